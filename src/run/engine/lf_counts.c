/*
 * What of libFuzzer outlives pf-run: its counts, for the attempt at hand.
 * Crashes are counted by what lies there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/engine/libfuzzer.h"

#define SAVE_MS		5000
#define COUNTS_MAX	4096
#define MOST		INT64_C(9007199254740992)	/* 2^53 */

static char *
counts_path(const struct fuzz *f)
{
	return pf_asprintf("%s/own/libfuzzer.json", f->dir);
}

/* The members, by their names in the file. */
static int64_t *
member(struct lf_counts *n, size_t i, const char **name)
{
	static const char *const names[] = { "execs", "edges", "starts",
	    "merged" };
	int64_t *const all[] = { &n->execs, &n->edges, &n->starts,
	    &n->merged };

	if (i == sizeof(all) / sizeof(all[0]))
		return NULL;
	*name = names[i];
	return all[i];
}

void
lf_load(struct fuzz *f, struct lf *lf)
{
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;
	struct lf_counts n = { 0 };
	char *path = counts_path(f);
	const char *name;
	int64_t attempt = -1, *v;
	bool good;
	size_t i;

	lf->timeouts = lf_timeouts(lf);
	good = pf_slurp_in(&b, f->dir, path, COUNTS_MAX) == NULL &&
	    pf_json_parse(&j, b.data, b.len) == NULL &&
	    pf_json_int(&attempt, j, "attempt", 0, MOST) == NULL &&
	    attempt == f->job->attempt;
	for (i = 0; good && (v = member(&n, i, &name)) != NULL; i++)
		good = pf_json_int(v, j, name, 0, MOST) == NULL;
	if (good) {
		lf->n = n;
		lf->execs_before = n.execs;
		if (n.edges > 0)
			f->now.edges = n.edges;
	}
	pf_json_free(j);
	pf_buf_free(&b);
	free(path);
}

/* Not synced: it has to outlive a killed process, no more. */
void
lf_save(struct fuzz *f, struct lf *lf)
{
	struct pf_buf b = PF_BUF_INIT;
	struct lf_counts n = lf->n;
	char *path = counts_path(f), *tmp = pf_asprintf("%s.tmp", path);
	const char *name;
	int64_t *v;
	size_t i;

	if (lf->log.execs > 0 && lf->phase == LF_FUZZ)
		n.execs += lf->log.execs;
	if (f->now.edges > n.edges)
		n.edges = f->now.edges;
	pf_jw_open(&b, NULL, '{');
	pf_jw_int(&b, "attempt", f->job->attempt);
	for (i = 0; (v = member(&n, i, &name)) != NULL; i++)
		pf_jw_int(&b, name, *v);
	pf_jw_close(&b, '}');
	pf_buf_addc(&b, '\n');
	if (pf_file_write(tmp, &b) == NULL)
		(void)rename(tmp, path);
	pf_buf_free(&b);
	free(tmp);
	free(path);
	lf->save_at = pf_boot_ms() + SAVE_MS;
}
