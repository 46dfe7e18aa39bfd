/*
 * fsck: the smaller inputs beside crashes.  The smallest is all that was
 * kept, so one that is lost is only told of, once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ingest/fsck.h"
#include "os/fs.h"
#include "view/known.h"

struct min {
	char	of[PF_SHA_TEXT], hash[PF_SHA_TEXT];
	int64_t	size;
};

/* The one after m of the job at hand. */
static const struct pf_err *
next(struct min *m, bool *more, struct fsck *f)
{
	const struct pf_err *err;
	struct pf_q q;

	if ((err = pf_q(&q, f->g->db, "SELECT of, hash, size FROM smalls "
	    "WHERE job_id = ? AND of > ? ORDER BY of LIMIT 1", "ss", f->job,
	    m->of)) == NULL)
		err = pf_q_row(&q, more);
	if (err == NULL && *more) {
		pf_q_copy(&q, 0, m->of, sizeof(m->of));
		pf_q_copy(&q, 1, m->hash, sizeof(m->hash));
		m->size = pf_q_int(&q, 2);
	}
	pf_q_done(&q);
	return err;
}

/* Is it still what the row tells of?  A smaller one may just have come. */
static const struct pf_err *
is_current(bool *is, struct fsck *f, const struct min *m)
{
	int64_t one;

	return pf_db_int(f->g->db, &one, is, "SELECT 1 FROM smalls WHERE "
	    "job_id = ? AND of = ? AND hash = ? AND filed < unixepoch() * "
	    "1000 - 600000", "sss", f->job, m->of, m->hash);
}

static const struct pf_err *
look_at(struct fsck *f, const struct min *m)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	char sum[PF_SHA_TEXT] = "", *path;
	bool current = false, there;
	static const char why[] = "the smaller input that the database has a "
	    "row of is not there";

	path = pf_asprintf("%s/%s/%s/%s.min", f->g->conf->storage_path,
	    kind_dir(f->kind), f->job, m->of);
	f->files++;
	/* What is no file, those find who look at the directory. */
	if (fsck_is_odd(path)) {
		free(path);
		return NULL;
	}
	err = pf_slurp(&b, path, PF_REC_BODY_MAX);
	there = err == NULL || err->class == PF_DATA;
	if (err == NULL)
		pf_sha256(sum, b.data, b.len);
	else if (there || err->class == PF_NOTFOUND)
		err = NULL;
	else if ((err = fsck_unread(f, path, err)) == NULL)
		goto done;
	if (err != NULL || strcmp(sum, m->hash) == 0 ||
	    (err = is_current(&current, f, m)) != NULL || !current)
		goto done;
	if (there) {
		finding(f, "damaged", path, why);
		err = mend_aside(f, path);
	} else
		err = fsck_missing(f, path, why);
done:
	pf_buf_free(&b);
	free(path);
	return err;
}

const struct pf_err *
fsck_smalls(struct fsck *f)
{
	const struct pf_err *err = NULL;
	struct min m = { .of = "" };
	bool more = true;

	while (err == NULL && (err = next(&m, &more, f)) == NULL && more &&
	    !stopping())
		err = look_at(f, &m);
	return err;
}

const struct pf_err *
fsck_min(struct fsck *f, const char *path, const char *of)
{
	const struct pf_err *err;
	char rid[PF_SHA_TEXT];

	if ((err = pf_known_small(rid, f->g->db, f->job, of)) != NULL ||
	    rid[0] != '\0')
		return err;
	finding(f, "unknown", path, "the database has no row of it");
	return mend_aside(f, path);
}
