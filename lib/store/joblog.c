/*
 * Logs of jobs; see joblog.h.
 */
#include <sys/stat.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/fs.h"
#include "store/joblog.h"

char *
pf_joblog_dir(const char *storage, const char *job)
{
	return pf_asprintf("%s/logs/jobs/%s", storage, job);
}

void
pf_joblog_name(char out[PF_JOBLOG_NAME], const struct pf_joblog *l)
{
	snprintf(out, PF_JOBLOG_NAME, "%06" PRId64 ".%06" PRId64 ".%08" PRId64
	    ".log", l->epoch, l->attempt, l->segment);
}

/* Digits up to the next dot. */
static bool
number(int64_t *v, const char **p)
{
	char text[24];
	size_t n = strspn(*p, "0123456789");

	if (n == 0 || n >= sizeof(text) || (*p)[n] != '.')
		return false;
	memcpy(text, *p, n);
	text[n] = '\0';
	*p += n + 1;
	return pf_num(v, text, 0, INT64_MAX);
}

bool
pf_joblog_parse(struct pf_joblog *l, const char *name)
{
	return strlen(name) < PF_JOBLOG_NAME && number(&l->epoch, &name) &&
	    number(&l->attempt, &name) && number(&l->segment, &name) &&
	    strcmp(name, "log") == 0;
}

const struct pf_err *
pf_joblog_gone(struct pf_joblog_gone *g, const char *dir)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_joblog l;
	char *path = pf_asprintf("%s/" PF_JOBLOG_GONE, dir);
	size_t n;

	g->name[0] = '\0';
	g->bytes = 0;
	err = pf_slurp(&b, path, 256);
	if (err == NULL && (n = strcspn(b.data, " ")) < b.len &&
	    n < sizeof(g->name)) {
		memcpy(g->name, b.data, n);
		g->name[n] = '\0';
		b.data[strcspn(b.data, "\n")] = '\0';
		/* What makes no sense says nothing. */
		if (!pf_joblog_parse(&l, g->name) || !pf_num(&g->bytes,
		    b.data + n + 1, 0, INT64_MAX))
			g->name[0] = '\0';
	}
	pf_buf_free(&b);
	free(path);
	return err != NULL && err->class == PF_NOTFOUND ? NULL : err;
}

const struct pf_err *
pf_joblog_let_go(const char *dir, const struct pf_joblog_gone *g)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/" PF_JOBLOG_GONE, dir);
	char *text = pf_asprintf("%s %" PRId64 "\n", g->name, g->bytes);

	err = pf_file_put(path, NULL, text, strlen(text), 0640);
	free(text);
	free(path);
	return err;
}

const struct pf_err *
pf_joblog_bytes(int64_t *bytes, const char *storage, const char *job)
{
	const struct pf_err *err;
	char *dir = pf_joblog_dir(storage, job), **names = NULL, *path;
	struct pf_joblog l;
	struct stat st;
	size_t i, n = 0;

	*bytes = 0;
	err = pf_names(&names, &n, dir);
	for (i = 0; err == NULL && i < n; i++) {
		if (!pf_joblog_parse(&l, names[i]))
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		/* Rotated away under our hands: then it is not kept. */
		if (lstat(path, &st) == 0)
			*bytes += st.st_size;
		free(path);
	}
	pf_names_free(names);
	free(dir);
	return err != NULL && err->class == PF_NOTFOUND ? NULL : err;
}
