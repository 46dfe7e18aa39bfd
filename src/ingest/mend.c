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

static void
say(struct fsck *f, const char *what, const char *path)
{
	f->mended++;
	pf_note("%s: %s", path, what);
}

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
		say(f, "moved aside", path);
	free(to);
	free(dir);
	free(flat);
	return err;
}

const struct pf_err *
mend_damaged(struct fsck *f, const char *path, const char *hash)
{
	(void)hash;
	/* Found again by a bot, it is filed as it should be. */
	return mend_aside(f, path);
}

const struct pf_err *
mend_stray(struct fsck *f, const char *path)
{
	if (!f->mend)
		return NULL;
	if (unlink(path) == -1 && errno != ENOENT)
		return pf_errno("remove %s", path);
	say(f, "removed", path);
	return NULL;
}

const struct pf_err *
mend_report(struct fsck *f, const char *path, const char *hash)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_q q;
	bool more = false;

	if (!f->mend)
		return NULL;
	if ((err = pf_q(&q, f->g->db, "SELECT hash AS sha256, * FROM crashes "
	    "WHERE job_id = ? AND hash = ?", "ss", f->job, hash)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more)
		pf_row_json(&b, NULL, &q);
	pf_q_done(&q);
	pf_buf_addc(&b, '\n');
	if (err == NULL && more && (err = pf_file_put(path, NULL, b.data,
	    b.len, 0640)) == NULL)
		say(f, "written anew from its row", path);
	pf_buf_free(&b);
	return err;
}

/* The members of its report that a record may have of its own. */
static void
add_fields(struct pf_buf *fields, const char *path)
{
	static const char *const own[] = { "type", "signal", "exit_code",
	    "tool", "stack", "output", "command", "engine" };
	struct pf_buf b = PF_BUF_INIT, value = PF_BUF_INIT;
	char *report = pf_asprintf("%s.json", path);
	struct pf_json *j = NULL;
	const struct pf_json *v;
	size_t i;

	if (pf_slurp(&b, report, 4 * PF_REC_HEADER_MAX) == NULL &&
	    pf_json_parse(&j, b.data, b.len) == NULL)
		for (i = 0; i < sizeof(own) / sizeof(*own); i++) {
			if ((v = pf_json_get(j, own[i])) == NULL)
				continue;
			pf_buf_reset(&value);
			pf_json_print(&value, v);
			pf_jw_raw(fields, own[i], value.data);
		}
	pf_json_free(j);
	pf_buf_free(&value);
	pf_buf_free(&b);
	free(report);
}

const struct pf_err *
mend_unknown(struct fsck *f, const char *path, const char *hash)
{
	const struct pf_err *err;
	struct pf_buf body = PF_BUF_INIT, pack = PF_BUF_INIT;
	struct pf_buf fields = PF_BUF_INIT;
	struct pf_rec r = { .kind = f->kind, .bot = "fsck",
	    .time = pf_wall_ms() };

	if (!f->mend)
		return NULL;
	if ((err = pf_slurp(&body, path, PF_REC_BODY_MAX)) != NULL)
		return err;
	snprintf(r.job, sizeof(r.job), "%s", f->job);
	r.body = body.data;
	r.len = body.len;
	pf_jw_open(&fields, NULL, '{');
	add_fields(&fields, path);
	pf_rec_frame(&pack, &r, fields.len > 1 ? fields.data + 1 : "");
	if (strcmp(r.sha256, hash) != 0) {
		finding(f, "damaged", path, "its bytes are others than its "
		    "name says");
		err = mend_aside(f, path);
	} else if ((err = pf_spool_put(f->g->conf->spool_path, pack.data,
	    pack.len, NULL)) == NULL)
		say(f, "put into the spool, to be filed", path);
	pf_buf_free(&fields);
	pf_buf_free(&pack);
	pf_buf_free(&body);
	return err;
}

const struct pf_err *
mend_sums(struct fsck *f)
{
	const struct pf_err *err;
	struct pf_buf line = PF_BUF_INIT;
	struct pf_json *reply = NULL;

	if (!f->mend)
		return NULL;
	pf_jw_open(&line, NULL, '{');
	pf_jw_str(&line, "op", "recount");
	pf_jw_str(&line, "job", f->job);
	pf_jw_close(&line, '}');
	if ((err = ask(f->g, &reply, line.data)) == NULL)
		say(f, "counted anew", f->job);
	pf_json_free(reply);
	pf_buf_free(&line);
	return err;
}
