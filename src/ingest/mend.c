/*
 * What fsck -r does about its findings; see fsck.h.
 */
#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ingest/fsck.h"
#include "os/clock.h"
#include "os/fs.h"
#include "store/rowjson.h"

const struct pf_err *
mend_aside(struct fsck *f, const char *path)
{
	const struct pf_err *err;
	const char *storage = f->g->conf->storage_path, *below;
	char *to, *flat, *dir, *p;

	if (!f->mend)
		return NULL;
	below = path + strlen(storage) + 1;
	flat = pf_strndup(below, strlen(below));
	for (p = flat; *p != '\0'; p++)
		if (*p == '/')
			*p = '_';
	dir = pf_asprintf("%s/aside", storage);
	to = pf_asprintf("%s/%" PRId64 "-%s", dir, pf_wall_ms(), flat);
	if ((err = pf_mkdirs(dir, 0750)) == NULL && rename(path, to) == -1 &&
	    errno != ENOENT)
		err = pf_errno("move %s to %s", path, to);
	if (err == NULL && (err = pf_sync_dir(dir)) == NULL)
		mended(f, "moved aside", path);
	else
		err = mend_failed(f, path, err);
	free(to);
	free(dir);
	free(flat);
	return err;
}

const struct pf_err *
mend_stray(struct fsck *f, const char *path)
{
	if (!f->mend)
		return NULL;
	if (unlink(path) == -1 && errno != ENOENT)
		return mend_failed(f, path, pf_errno("remove %s", path));
	mended(f, "removed", path);
	return NULL;
}

/* As the ledger has it, or else what the row still knows. */
static const struct pf_err *
fresh_report(struct fsck *f, struct pf_buf *b, const char *hash)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	char rid[PF_SHA_TEXT];
	bool found = false;
	struct pf_audit_seen seen;

	if ((err = pf_audit_line_of(rid, &found, f->scratch,
	    PF_AUDIT_CRASHES, f->job, hash)) == NULL && found &&
	    (err = pf_audit_line(b, &seen, &found, f->scratch, rid)) == NULL) {
		b->len--;
		pf_jw_str(b, "sha256", hash);
		pf_jw_close(b, '}');
	} else if (err == NULL) {
		if ((err = pf_q(&q, f->g->db, "SELECT hash AS sha256, * FROM "
		    "crashes WHERE job_id = ? AND hash = ?", "ss", f->job,
		    hash)) == NULL && (err = pf_q_row(&q, &found)) == NULL &&
		    found)
			pf_row_json(b, NULL, &q);
		pf_q_done(&q);
	}
	if (b->len > 0)
		pf_buf_addc(b, '\n');
	return err;
}

const struct pf_err *
mend_report(struct fsck *f, const char *path, const char *hash)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;

	if (!f->mend)
		return NULL;
	if ((err = fresh_report(f, &b, hash)) == NULL && b.len > 0 &&
	    (err = pf_file_put(path, NULL, b.data, b.len, 0640)) == NULL)
		mended(f, "written anew", path);
	else if (b.len > 0)
		err = mend_failed(f, path, err);
	pf_buf_free(&b);
	return err;
}

/*
 * The record that it came with, made of the report beside it: who found it,
 * when and under which lease, and the kind's own members.
 */
static void
read_report(struct pf_rec *r, struct pf_buf *fields, const char *path)
{
	static const char *const own[] = { "type", "signal", "exit_code",
	    "tool", "stack", "output", "command", "engine", "target_hash",
	    "run_seed" };
	struct pf_buf b = PF_BUF_INIT, value = PF_BUF_INIT;
	char *report = pf_asprintf("%s.json", path);
	const char *bot = "", *inc = "";
	struct pf_json *j = NULL;
	const struct pf_json *v;
	size_t i;

	if (pf_slurp(&b, report, 4 * PF_REC_HEADER_MAX) == NULL &&
	    pf_json_parse(&j, b.data, b.len) == NULL) {
		(void)pf_json_int(&r->seq, j, "seq", 0, INT64_MAX);
		(void)pf_json_int(&r->epoch, j, "epoch", 0, INT64_MAX);
		(void)pf_json_int(&r->attempt, j, "attempt", 0, INT64_MAX);
		(void)pf_json_int(&r->time, j, "time", 0, INT64_MAX);
		if (pf_json_str(&bot, j, "bot") == NULL && pf_id_ok(bot))
			snprintf(r->bot, sizeof(r->bot), "%s", bot);
		if (pf_json_str(&inc, j, "inc") == NULL && pf_id_ok(inc))
			snprintf(r->inc, sizeof(r->inc), "%s", inc);
		for (i = 0; i < sizeof(own) / sizeof(*own); i++) {
			if ((v = pf_json_get(j, own[i])) == NULL)
				continue;
			pf_buf_reset(&value);
			pf_json_print(&value, v);
			pf_jw_raw(fields, own[i], value.data);
		}
	}
	pf_json_free(j);
	pf_buf_free(&value);
	pf_buf_free(&b);
	free(report);
}

/* Nobody knows it: a record of it, for the next run to file. */
static const struct pf_err *
enqueue(struct fsck *f, const char *path, const char *hash)
{
	const struct pf_err *err;
	struct pf_buf body = PF_BUF_INIT, pack = PF_BUF_INIT;
	struct pf_buf fields = PF_BUF_INIT;
	struct pf_rec r = { .kind = f->kind, .bot = "fsck" };
	struct stat st;

	if ((err = pf_slurp(&body, path, PF_REC_BODY_MAX)) != NULL)
		return mend_failed(f, path, err);
	if (stat(path, &st) == 0)
		r.time = (int64_t)st.st_mtime * 1000;
	snprintf(r.job, sizeof(r.job), "%s", f->job);
	r.body = body.data;
	r.len = body.len;
	pf_jw_open(&fields, NULL, '{');
	if (f->kind == PF_KIND_CRASH)
		read_report(&r, &fields, path);
	pf_rec_frame(&pack, &r, fields.len > 1 ? fields.data + 1 : "");
	if (strcmp(r.sha256, hash) != 0) {
		finding(f, "damaged", path, "its bytes are others than its "
		    "name says");
		err = mend_aside(f, path);
	} else if ((err = pf_spool_put(f->g->conf->spool_path, pack.data,
	    pack.len, NULL)) == NULL)
		mended(f, "put into the spool, to be filed", path);
	pf_buf_free(&fields);
	pf_buf_free(&pack);
	pf_buf_free(&body);
	return err;
}

const struct pf_err *
mend_unknown(struct fsck *f, const char *path, const char *hash)
{
	const struct pf_err *err;
	char rid[PF_SHA_TEXT];
	bool found, stored = true;

	if (!f->mend)
		return NULL;
	if ((err = ledger_load(f)) != NULL || (err = pf_audit_input(rid,
	    &found, &stored, f->scratch, pf_kind_name(f->kind), f->job,
	    hash)) != NULL)
		return err;
	/* What is not there says nothing: its line may be in that part. */
	if (f->blind && !(found && stored)) {
		pf_warn("%s: stays as it is, for the ledger cannot be read "
		    "as a whole", path);
		return NULL;
	}
	/* A report says nothing without the numbers it came with. */
	if (!found && f->kind == PF_KIND_CHECK)
		return mend_aside(f, path);
	if (!found)
		return enqueue(f, path, hash);
	/* There was no room for it, and will not be the next time. */
	if (!stored)
		return mend_aside(f, path);
	return mend_send(f, rid, "result", path);
}
