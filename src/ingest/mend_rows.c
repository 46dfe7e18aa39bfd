/*
 * What fsck -r does about rows; see fsck.h.
 *
 * The ledger is believed where the two differ, for its lines tell by
 * themselves whether they are as they were written; where it has none, the
 * row gets one.  The writer counts anew what that changed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ingest/fsck.h"
#include "os/fs.h"

void
mend_later(struct fsck *f, const char *job)
{
	size_t i;

	f->recount = true;
	for (i = 0; i < f->ntouched; i++)
		if (strcmp(f->touched[i], job) == 0)
			return;
	f->touched = pf_reallocarray(f->touched, f->ntouched + 1,
	    sizeof(*f->touched));
	f->touched[f->ntouched++] = pf_strdup(job);
}

static const struct pf_err *
recount(struct fsck *f, const char *job)
{
	const struct pf_err *err;
	struct pf_buf line = PF_BUF_INIT;
	struct pf_json *reply = NULL;

	pf_jw_open(&line, NULL, '{');
	pf_jw_str(&line, "op", "recount");
	if (job != NULL)
		pf_jw_str(&line, "job", job);
	pf_jw_close(&line, '}');
	err = ask(f->g, &reply, line.data);
	if (err != NULL && refuses(err)) {
		pf_warn("%s: cannot be counted anew: %s", job, err->msg);
		err = NULL;
	} else if (err == NULL)
		mended(f, "counted anew", job != NULL ? job : "the whole");
	pf_json_free(reply);
	pf_buf_free(&line);
	return err;
}

const struct pf_err *
mend_counts(struct fsck *f)
{
	const struct pf_err *err = NULL;
	size_t i;

	for (i = 0; i < f->ntouched && err == NULL; i++)
		err = recount(f, f->touched[i]);
	if (err == NULL && f->recount)
		err = recount(f, NULL);
	return err;
}

void
mend_forget(struct fsck *f)
{
	while (f->ntouched > 0)
		free(f->touched[--f->ntouched]);
	free(f->touched);
	f->touched = NULL;
}

/* Never a row without its file. */
static bool
has_input(const struct fsck *f, const struct pf_json *j, const char *kind)
{
	const char *job = "", *hash = "";
	bool stored = true, there;
	char *path;

	(void)pf_json_bool(&stored, j, "stored");
	if (!stored || (strcmp(kind, "crash") != 0 &&
	    strcmp(kind, "corpus") != 0))
		return true;
	(void)pf_json_str(&job, j, "job");
	(void)pf_json_str(&hash, j, "hash");
	path = pf_asprintf("%s/%s/%s/%s", f->g->conf->storage_path,
	    kind_dir(pf_kind_find(kind)), job, hash);
	there = pf_exists(path);
	free(path);
	return there;
}

static const struct pf_err *
send(struct fsck *f, const char *op, const char *place)
{
	const struct pf_err *err;
	struct pf_json *reply = NULL;
	const struct pf_json *row;
	const char *why = NULL;

	if ((err = ask(f->g, &reply, op)) == NULL) {
		row = pf_json_first(pf_json_get(reply, "rows"));
		(void)pf_json_str(&why, row, "error");
		if (why == NULL)
			mended(f, "filed again from the ledger", place);
		else
			pf_warn("%s: is not filed again: %s", place, why);
	}
	pf_json_free(reply);
	return err;
}

const struct pf_err *
mend_send(struct fsck *f, const char *rid, const char *restore,
    const char *place)
{
	const struct pf_err *err;
	struct pf_buf text = PF_BUF_INIT, op = PF_BUF_INIT;
	struct pf_json *j = NULL;
	const char *kind = "", *job = "";
	struct pf_audit_seen seen;
	bool found;

	if ((err = pf_audit_line(&text, &seen, &found, f->scratch, rid)) !=
	    NULL || !found || pf_json_parse(&j, text.data, text.len) != NULL)
		goto done;
	(void)pf_json_str(&kind, j, "kind");
	(void)pf_json_str(&job, j, "job");
	if (!has_input(f, j, kind))
		goto done;
	pf_buf_addf(&op, "{\"v\":1,\"op\":\"%s\",\"rows\":[%.*s", kind,
	    (int)text.len - 1, text.data);
	pf_jw_str(&op, "restore", restore);
	if (strcmp(kind, "crash") == 0) {
		pf_jw_int(&op, "first_seen", seen.first);
		pf_jw_int(&op, "last_seen", seen.last);
		pf_jw_str(&op, "id", seen.id);
	}
	pf_buf_adds(&op, "}]}");
	if ((err = send(f, op.data, place)) == NULL)
		mend_later(f, job);
done:
	pf_json_free(j);
	pf_buf_free(&text);
	pf_buf_free(&op);
	return err;
}

/* The row of a crash, or of an input, is made of one of its reports. */
static const struct pf_err *
restore_row(struct fsck *f, const struct bad_row *b)
{
	const struct pf_err *err;
	char rid[PF_SHA_TEXT];
	bool found = true;

	snprintf(rid, sizeof(rid), "%s", b->rid);
	if ((b->audit == PF_AUDIT_CRASHES || (b->audit == PF_AUDIT_CORPUS &&
	    rid[0] == '\0')) && ((err = pf_audit_line_of(rid, &found,
	    f->scratch, b->audit, b->job, b->hash)) != NULL ||
	    !found))
		return err;
	return mend_send(f, rid, "row", b->place);
}

/* A line for what the ledger has none of. */
static const struct pf_err *
write_line(struct fsck *f, const struct bad_row *b, struct pf_buf *lines)
{
	const struct pf_err *err;
	struct pf_made m = { .row = PF_BUF_INIT };
	char rid[PF_SHA_TEXT];
	bool found;

	pf_sha256(rid, b->k1, strlen(b->k1));
	if ((err = pf_audit_make(&m, &found, f->scratch, b->audit, b->k1,
	    b->k2[0] == '\0' ? rid : b->k2)) == NULL && found) {
		ledger_line(lines, m.kind, m.row.data);
		mended(f, "written into the ledger", b->place);
	}
	pf_buf_free(&m.row);
	return err;
}

const struct pf_err *
mend_rows(struct fsck *f, struct bad_row *b, size_t n)
{
	const struct pf_err *err = NULL;
	struct pf_buf lines = PF_BUF_INIT;
	size_t i;

	for (i = 0; err == NULL && i < n && !stopping(); i++) {
		if (strcmp(b[i].what, "unledgered") == 0)
			err = write_line(f, &b[i], &lines);
		else if (strcmp(b[i].what, "count") == 0)
			mend_later(f, b[i].job);
		else if (b[i].audit == PF_AUDIT_RESULTS ||
		    b[i].audit == PF_AUDIT_LOST)
			err = mend_send(f, b[i].rid, "result", b[i].place);
		else
			err = restore_row(f, &b[i]);
	}
	if (err == NULL)
		err = ledger_put(f->g, &lines);
	pf_buf_free(&lines);
	return err;
}
