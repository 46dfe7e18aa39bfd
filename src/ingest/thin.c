/*
 * pf-ingest thin: old days of the ledger without the lines that tell nothing
 * any more, because their results were superseded and are not known as filed:
 * samples that were thinned out, old reports of numbers.
 *
 * A day is rewritten beside itself and renamed; nobody appends to it by then.
 */
#include <sys/stat.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/time.h"
#include "ingest/ingest.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/lock.h"
#include "view/known.h"

#define CLOSED_MS	(INT64_C(2) * 86400000)	/* that old a day is over */

struct sums {
	int64_t	 lines, kept, bytes;
};

static const struct pf_err *
is_newest(bool *newest, struct ingest *g, const struct pf_json *j)
{
	const char *job = "";
	int64_t attempt = 0, seq = 0;

	(void)pf_json_str(&job, j, "job");
	(void)pf_json_int(&attempt, j, "attempt", 0, INT64_MAX);
	(void)pf_json_int(&seq, j, "seq", 0, INT64_MAX);
	return pf_known_report(newest, g->db, job, attempt, seq);
}

/* Crashes and inputs are for ever; half a line was never one. */
static const struct pf_err *
is_needed(bool *needed, struct ingest *g, const char *line, size_t n)
{
	const struct pf_err *err = NULL;
	struct pf_json *j = NULL;
	const char *kind = "", *rid = "";

	*needed = true;
	if (!ledger_sum_ok(line, n) || pf_json_parse(&j, line, n) != NULL)
		*needed = false;
	else if (pf_json_str(&kind, j, "kind") == NULL &&
	    pf_json_str(&rid, j, "rid") == NULL && pf_sha_ok(rid) &&
	    (strcmp(kind, "status") == 0 || strcmp(kind, "coverage") == 0 ||
	    strcmp(kind, "log") == 0))
		err = pf_known_result(needed, g->db, rid);
	/* What is told of a job's engine now is of its newest report. */
	if (err == NULL && !*needed && strcmp(kind, "status") == 0)
		err = is_newest(needed, g, j);
	pf_json_free(j);
	return err;
}

static const struct pf_err *
pick(struct ingest *g, FILE *f, struct pf_buf *out, struct sums *s)
{
	const struct pf_err *err = NULL;
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	bool needed;

	while (err == NULL && !stopping() &&
	    (n = getline(&line, &room, f)) > 0) {
		s->lines++;
		s->bytes += n;
		if (line[n - 1] == '\n')
			n--;
		err = is_needed(&needed, g, line, (size_t)n);
		if (err == NULL && needed) {
			s->kept++;
			pf_buf_add(out, line, (size_t)n);
			pf_buf_addc(out, '\n');
		}
	}
	free(line);
	return err;
}

static const struct pf_err *
thin_day(struct ingest *g, const char *path, bool dry)
{
	const struct pf_err *err;
	struct pf_buf out = PF_BUF_INIT;
	struct sums s = { 0, 0, 0 };
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return pf_errno("open %s", path);
	err = pick(g, f, &out, &s);
	if (err == NULL && ferror(f))
		err = pf_errno("read %s", path);
	fclose(f);
	if (err == NULL && s.kept < s.lines && !stopping()) {
		if (!dry)
			err = pf_file_put(path, NULL, out.data, out.len,
			    0640);
		if (err == NULL && !g->quiet)
			printf("%s\t%" PRId64 "\t%" PRId64 "\t%" PRId64
			    "\t%zu\n", path, s.lines, s.kept, s.bytes,
			    out.len);
	}
	pf_buf_free(&out);
	return err;
}

/* YYYYMMDD.jsonl of a day that is over. */
static bool
is_closed(const char *name, const char *before)
{
	return strlen(name) == 14 && strcmp(name + 8, ".jsonl") == 0 &&
	    strspn(name, "0123456789") == 8 && strncmp(name, before, 8) < 0;
}

const struct pf_err *
thin(struct ingest *g, char **words, bool dry)
{
	const struct pf_err *err;
	char now[PF_TIME_TEXT], before[16], *dir, *path, **names = NULL;
	size_t i, n = 0;
	int lock = -1;

	if (words[0] != NULL)
		return pf_err(PF_USAGE, "thin: \"%s\": it takes no names",
		    words[0]);
	if ((err = pf_db_open_conf(&g->db, g->conf)) != NULL)
		return err;
	pf_time_text(now, pf_wall_ms() - CLOSED_MS);
	snprintf(before, sizeof(before), "%.4s%.2s%.2s", now, now + 5,
	    now + 8);
	dir = pf_asprintf("%s/metadata/ledger", g->conf->storage_path);
	path = pf_asprintf("%s/.lock", dir);
	if ((err = pf_names(&names, &n, dir)) == NULL)
		err = pf_lock(&lock, path);
	free(path);
	for (i = 0; err == NULL && i < n && !stopping(); i++) {
		if (!is_closed(names[i], before))
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		err = thin_day(g, path, dry);
		free(path);
	}
	if (lock != -1)
		close(lock);
	pf_names_free(names);
	free(dir);
	return err;
}
