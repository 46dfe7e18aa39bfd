/*
 * fsck: the file of the database itself, what jobs need, and their logs.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "ingest/fsck.h"
#include "os/fs.h"
#include "store/blob.h"
#include "store/joblog.h"
#include "store/steps.h"
#include "view/known.h"

#define BLOB_MAX	(INT64_C(1) << 40)

/* Each page and index, each type; then what refers to what. */
static const struct pf_err *
look_over(struct fsck *f, const char *path)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = true;

	err = pf_q(&q, f->g->db, "PRAGMA integrity_check(20)", "");
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		if (strcmp(pf_q_text(&q, 0), "ok") != 0) {
			f->whole = false;
			finding(f, "database", path, pf_q_text(&q, 0));
		}
	pf_q_done(&q);
	if (err == NULL)
		err = pf_q(&q, f->g->db, "SELECT \"table\", parent FROM "
		    "pragma_foreign_key_check LIMIT 20", "");
	for (more = true; err == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more;) {
		f->whole = false;
		finding(f, "database", path, pf_q_text(&q, 0));
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
fsck_database(struct fsck *f)
{
	const struct pf_err *err;
	struct pf_buf path = PF_BUF_INIT, how = PF_BUF_INIT;
	char why[PF_ERR_MSG];

	f->whole = true;
	pf_db_path(&path, f->g->conf->storage_path);
	if ((err = pf_steps_check(f->g->db, &how)) == NULL && how.len > 0) {
		f->whole = false;
		finding(f, "database", path.data, how.data);
	} else if (err == NULL)
		err = look_over(f, path.data);
	if (err != NULL && pf_db_damaged(f->g->db)) {
		snprintf(why, sizeof(why), "%s", err->msg);
		finding(f, "database", path.data, why);
		f->whole = false;
		err = NULL;
	}
	pf_buf_free(&how);
	pf_buf_free(&path);
	return err;
}

/* Who needs it, for a person to read. */
static const struct pf_err *
add_jobs(struct fsck *f, struct pf_buf *b, const char *sha)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = true;

	err = pf_q(&q, f->g->db, "SELECT DISTINCT job FROM job_blobs WHERE "
	    "sha256 = ? ORDER BY job LIMIT 5", "s", sha);
	pf_buf_adds(b, "; needed by");
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		pf_buf_addf(b, " %s", pf_q_text(&q, 0));
	pf_q_done(&q);
	return err;
}

static const struct pf_err *
check_blob(struct fsck *f, const char *sha, int64_t size)
{
	const struct pf_err *err;
	struct pf_buf path = PF_BUF_INIT, why = PF_BUF_INIT;
	char sum[PF_SHA_TEXT] = "";
	bool there = true;
	int64_t found = 0;

	f->files++;
	pf_blob_path(&path, f->g->conf->storage_path, sha);
	err = pf_blob_hash(sum, &found, path.data, BLOB_MAX);
	if (err != NULL && err->class == PF_NOTFOUND) {
		there = false;
		pf_buf_adds(&why, "it is missing");
	} else if (err != NULL && err->class == PF_DATA)
		pf_buf_adds(&why, err->msg);
	else if (err != NULL) {
		err = fsck_unread(f, path.data, err);
		goto done;
	}
	else if (strcmp(sum, sha) != 0)
		pf_buf_adds(&why, "its bytes are others than its name says");
	else if (found != size)
		pf_buf_adds(&why, "its size is not the one on file");
	err = NULL;
	if (why.len == 0 || (err = add_jobs(f, &why, sha)) != NULL)
		goto done;
	finding(f, "target", path.data, why.data);
	if (there && strcmp(sum, sha) != 0)
		err = mend_aside(f, path.data);
done:
	pf_buf_free(&why);
	pf_buf_free(&path);
	return err;
}

/* Of no job: left by a submission that did not come to its end. */
static const struct pf_err *
check_spare(struct fsck *f, const char *sha)
{
	const struct pf_err *err;
	struct pf_buf path = PF_BUF_INIT;
	bool needed = false;
	struct stat st;
	int64_t one;

	pf_blob_path(&path, f->g->conf->storage_path, sha);
	if (lstat(path.data, &st) == -1 ||
	    time(NULL) - st.st_mtime <= FSCK_STRAY_S)
		err = NULL;
	else if ((err = pf_db_int(f->g->db, &one, &needed, "SELECT 1 FROM "
	    "job_blobs WHERE sha256 = ? LIMIT 1", "s", sha)) == NULL &&
	    !needed)
		finding(f, "spare", path.data, "no job needs it");
	pf_buf_free(&path);
	return err;
}

/* What lies there, whoever needs it. */
static const struct pf_err *
check_spares(struct fsck *f)
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/targets", f->g->conf->storage_path);
	char **names = NULL, *path;
	size_t i, n = 0;

	err = pf_names(&names, &n, dir);
	if (err != NULL && err->class == PF_NOTFOUND)
		err = NULL;
	err = fsck_unread(f, dir, err);
	for (i = 0; err == NULL && i < n && !stopping(); i++) {
		if (pf_sha_ok(names[i])) {
			err = check_spare(f, names[i]);
			continue;
		}
		/* The writer removes those that are half written. */
		if (strncmp(names[i], ".tmp.", 5) == 0)
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		finding(f, "foreign", path, "nothing of that name belongs "
		    "here");
		err = mend_aside(f, path);
		free(path);
	}
	pf_names_free(names);
	free(dir);
	return err;
}

const struct pf_err *
fsck_targets(struct fsck *f)
{
	const struct pf_err *err;
	char sha[PF_SHA_TEXT] = "";
	struct pf_q q;
	bool more = true;
	int64_t size = 0;

	do {
		if ((err = pf_q(&q, f->g->db, "SELECT sha256, size FROM "
		    "job_blobs WHERE sha256 > ? AND missing = 0 "
		    "ORDER BY sha256 LIMIT 1",
		    "s", sha)) == NULL)
			err = pf_q_row(&q, &more);
		if (err == NULL && more) {
			pf_q_copy(&q, 0, sha, sizeof(sha));
			size = pf_q_int(&q, 1);
		}
		pf_q_done(&q);
		if (err == NULL && more && pf_sha_ok(sha))
			err = check_blob(f, sha, size);
	} while (err == NULL && more && !stopping());
	return err != NULL || stopping() ? err : check_spares(f);
}

/* Something was logged, so the newest of it is there. */
static const struct pf_err *
check_log(struct fsck *f, const char *job)
{
	const struct pf_err *err;
	char *dir = pf_joblog_dir(f->g->conf->storage_path, job);
	char **names = NULL, *path;
	struct pf_joblog l;
	size_t i, n = 0;
	bool any = false, usable;

	if ((err = fsck_place(&usable, f, dir)) != NULL || !usable) {
		free(dir);
		return err;
	}
	err = pf_names(&names, &n, dir);
	if (err != NULL && err->class == PF_NOTFOUND)
		err = NULL;
	if (err != NULL && (err = fsck_unread(f, dir, err)) == NULL)
		any = true;
	for (i = 0; err == NULL && i < n; i++) {
		if (pf_joblog_parse(&l, names[i])) {
			any = true;
			continue;
		}
		/* Or, for a moment, a newer one in the making. */
		if (strncmp(names[i], PF_JOBLOG_GONE,
		    sizeof(PF_JOBLOG_GONE) - 1) == 0)
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		finding(f, "foreign", path, "nothing of that name belongs "
		    "here");
		err = mend_aside(f, path);
		free(path);
	}
	if (err == NULL && !any)
		finding(f, "log", dir, "it is gone; the database counts its "
		    "bytes");
	pf_names_free(names);
	free(dir);
	return err;
}

const struct pf_err *
fsck_logs(struct fsck *f)
{
	const struct pf_err *err;
	char job[PF_ID_MAX + 1] = "";
	struct pf_q q;
	bool more = true;

	do {
		if ((err = pf_q(&q, f->g->db, "SELECT scope FROM counters "
		    "WHERE name = 'log_bytes' AND scope > ? AND value > 0 "
		    "ORDER BY scope LIMIT 1", "s", job)) == NULL)
			err = pf_q_row(&q, &more);
		if (err == NULL && more)
			pf_q_copy(&q, 0, job, sizeof(job));
		pf_q_done(&q);
		if (err == NULL && more && pf_id_ok(job))
			err = check_log(f, job);
	} while (err == NULL && more && !stopping());
	return err;
}
