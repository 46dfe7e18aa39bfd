/*
 * pf-report log: what the engine of a job printed, from the files that
 * pf-ingest keeps in logs/jobs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/clock.h"
#include "report/report.h"
#include "store/joblog.h"
#include "view/find.h"
#include "view/logread.h"

#define FOLLOW_MS	500

static bool
print(void *arg, const char *p, size_t n)
{
	const bool *people = arg;
	size_t i;

	if (!*people) {
		fwrite(p, 1, n, stdout);
		return true;
	}
	/* The engine's words must not move a person's cursor. */
	for (i = 0; i < n; i++)
		putchar(((unsigned char)p[i] < 32 || p[i] == 127) &&
		    p[i] != '\n' && p[i] != '\t' ? '?' : p[i]);
	return true;
}

static bool
remark(void *arg, const char *text)
{
	(void)arg;
	if (text != NULL)
		printf("%s\n", text);
	return true;
}

const struct pf_err *
report_log(struct report *r, const char *arg)
{
	const struct pf_err *err;
	bool people = isatty(STDOUT_FILENO) != 0;
	struct pf_logread reader = { .text = print, .mark = remark,
	    .arg = &people };
	char job[PF_ID_MAX + 1], *dir;

	if ((err = pf_find_job(job, r->show.db, arg)) != NULL)
		return err;
	/* The files are all that is read from here on, for days perhaps. */
	pf_db_close(r->show.db);
	r->show.db = NULL;
	dir = pf_joblog_dir(r->conf.storage_path, job);
	reader.dir = dir;
	reader.patient = r->follow;
	while ((err = pf_logread(&reader)) == NULL && r->follow) {
		fflush(stdout);
		if (reader_gone())
			break;
		pf_sleep_ms(FOLLOW_MS);
	}
	free(dir);
	return err;
}
