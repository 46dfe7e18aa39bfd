/*
 * fsck: the report beside a crash.  It is JSON, of this crash, and says what
 * the ledger says of the same report, or the row if it is of none; texts may
 * be longer than they are kept elsewhere.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ingest/fsck.h"
#include "os/clock.h"
#include "os/fs.h"
#include "store/rowjson.h"

#define CUT	64		/* shorter texts were never cut */

/* What the report is held against. */
static const struct pf_err *
other_side(struct pf_buf *b, struct fsck *f, const char *rid,
    const char *hash)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false, found = false;
	struct pf_audit_seen seen;

	if (rid[0] != '\0' && ((err = ledger_load(f)) != NULL ||
	    (err = pf_audit_line(b, &seen, &found, f->scratch, rid)) != NULL ||
	    found))
		return err;
	if ((err = pf_q(&q, f->g->db, "SELECT hash AS sha256, hash, type, "
	    "signal, exit_code, tool, stack, output, command, engine FROM "
	    "crashes WHERE job_id = ? AND hash = ?", "ss", f->job, hash)) ==
	    NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more)
		pf_row_json(b, NULL, &q);
	pf_q_done(&q);
	return err;
}

static bool
same_text(const char *report, const char *kept)
{
	size_t n = strlen(kept);

	return strcmp(report, kept) == 0 || (n >= CUT &&
	    strncmp(report, kept, n) == 0);
}

/* The first member that differs, or NULL. */
static const char *
differs(const struct pf_json *report, const struct pf_json *kept)
{
	static const char *const texts[] = { "job", "bot", "inc", "type",
	    "tool", "stack", "output", "command", "engine" };
	static const char *const numbers[] = { "seq", "epoch", "attempt",
	    "time", "signal", "exit_code" };
	const char *a, *b;
	int64_t m, n;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		a = b = "";
		if (pf_json_get(kept, texts[i]) != NULL &&
		    (pf_json_str(&a, report, texts[i]) != NULL ||
		    pf_json_str(&b, kept, texts[i]) != NULL ||
		    !same_text(a, b)) &&
		    !(strcmp(texts[i], "type") == 0 && a[0] == '\0'))
			return texts[i];
	}
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		m = n = 0;
		if (pf_json_get(kept, numbers[i]) != NULL &&
		    (pf_json_int(&m, report, numbers[i], INT64_MIN,
		    INT64_MAX) != NULL || pf_json_int(&n, kept, numbers[i],
		    INT64_MIN, INT64_MAX) != NULL || m != n))
			return numbers[i];
	}
	return NULL;
}

/*
 * The report beside a crash is that of the record its row tells of.  One that
 * was filed just now may be about to be written; rows from before schema 5 do
 * not know theirs.
 */
static const struct pf_err *
is_chosen(bool *chosen, struct fsck *f, const char *hash, const char *rid)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	*chosen = true;
	if ((err = pf_q(&q, f->g->db, "SELECT 1 FROM crashes WHERE "
	    "job_id = ?1 AND hash = ?2 AND rid NOT IN ('', ?3) AND "
	    "last_seen < ?4", "sssi", f->job, hash, rid,
	    pf_wall_ms() - FSCK_YOUNG_S * 1000)) == NULL)
		err = pf_q_row(&q, &more);
	pf_q_done(&q);
	*chosen = !more;
	return err;
}

static const struct pf_err *
judge(struct fsck *f, const struct pf_json *j, const char *hash)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *kept = NULL;
	const char *sha = "", *rid = "", *key;
	bool chosen = true;

	if ((err = pf_json_need(&sha, j, "sha256")) == NULL &&
	    strcmp(sha, hash) != 0)
		err = pf_err(PF_DATA, "it is of another input");
	if (err == NULL && (err = pf_json_str(&rid, j, "rid")) == NULL &&
	    (err = other_side(&b, f, rid, hash)) == NULL && b.len > 0 &&
	    pf_json_parse(&kept, b.data, b.len) == NULL &&
	    (key = differs(j, kept)) != NULL)
		err = pf_err(PF_DATA, "its %s is not that of the report", key);
	if (err == NULL && (err = is_chosen(&chosen, f, hash, rid)) == NULL &&
	    !chosen)
		err = pf_err(PF_DATA, "it is not the one its row tells of");
	pf_json_free(kept);
	pf_buf_free(&b);
	return err;
}

const struct pf_err *
fsck_report(struct fsck *f, const char *hash)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;
	char why[PF_ERR_MSG], *path = pf_asprintf("%s/%s/%s/%s.json",
	    f->g->conf->storage_path, kind_dir(f->kind), f->job, hash);

	/* What is no file, those find who look at the directory. */
	if (fsck_is_odd(path)) {
		free(path);
		return NULL;
	}
	err = pf_slurp(&b, path, 4 * PF_REC_HEADER_MAX);
	if (err != NULL)
		err = fsck_unread(f, path, err);
	else if ((err = pf_json_parse(&j, b.data, b.len)) == NULL)
		err = judge(f, j, hash);
	if (err != NULL && (err->class == PF_DATA ||
	    err->class == PF_NOTFOUND)) {
		snprintf(why, sizeof(why), "%s", err->class == PF_NOTFOUND ?
		    "it is missing" : err->msg);
		finding(f, "report", path, why);
		err = mend_report(f, path, hash);
	}
	pf_json_free(j);
	pf_buf_free(&b);
	free(path);
	return err;
}
