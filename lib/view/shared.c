/*
 * Inputs to share; see shared.h.
 */
#include "codec/json.h"
#include "view/shared.h"

/* No input that crashed anything is handed on: its finder may have another
 * build than those it would go to.  An error that valgrind saw ends no engine,
 * and the next job of kind memcheck is to see it, too. */
#define HARMLESS	"NOT EXISTS (SELECT 1 FROM crashes AS x WHERE " \
			"x.hash = s.hash AND (x.signal <> 0 OR NOT EXISTS " \
			"(SELECT 1 FROM jobs AS j WHERE j.id = x.job_id AND " \
			"j.kind = 'memcheck')))"

/* The job's pool, 0 if nothing was filed in it yet. */
static const struct pf_err *
find_pool(int64_t *pool, bool *known, struct pf_db *db, const char *job)
{
	*pool = 0;
	return pf_db_int(db, pool, known, "SELECT coalesce(p.id, 0) FROM "
	    "job_pools AS j LEFT JOIN pools AS p ON p.campaign = j.campaign "
	    "AND p.target_hash = j.target_hash WHERE j.job = ?", "s", job);
}

static const struct pf_err *
find_epoch(int64_t *epoch, struct pf_db *db)
{
	*epoch = 0;
	return pf_db_int(db, epoch, NULL, "SELECT CAST(value AS INTEGER) "
	    "FROM system WHERE key = 'epoch'", "");
}

static void
put(struct pf_buf *out, const struct pf_q *q)
{
	pf_jw_open(out, NULL, '{');
	pf_q_json(q, 2, out, "hash");
	pf_jw_int(out, "size", pf_q_int(q, 3));
	pf_q_json(q, 1, out, "job_id");
	pf_jw_int(out, "cursor", pf_q_int(q, 0));
	pf_jw_close(out, '}');
}

/* One that is not of this database begins anew. */
static const struct pf_err *
check_cursor(struct pf_shared *s, struct pf_db *db, int64_t pool)
{
	const struct pf_err *err;
	int64_t was = s->epoch, last = 0;

	if ((err = find_epoch(&s->epoch, db)) != NULL)
		return err;
	if (was != -1 && was != s->epoch)
		s->after = 0;
	if (pool == 0)
		return NULL;
	err = pf_db_int(db, &last, NULL, "SELECT max(seq) FROM shared "
	    "WHERE pool = ?", "i", pool);
	if (s->after > last)
		s->after = 0;
	return err;
}

const struct pf_err *
pf_shared_list(struct pf_shared *s, struct pf_db *db, const char *job,
    struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	int64_t pool, n = 0;
	bool more = false;

	s->known = s->more = false;
	if ((err = find_pool(&pool, &s->known, db, job)) != NULL ||
	    (err = check_cursor(s, db, pool)) != NULL || pool == 0)
		return err;
	/* One more than is wanted tells whether there is more. */
	err = pf_q(&q, db, "SELECT s.seq, s.job_id, s.hash, c.size, "
	    "c.size IS NOT NULL AND " HARMLESS " AND (?5 OR NOT EXISTS "
	    "(SELECT 1 FROM corpus AS own WHERE own.job_id = ?1 AND "
	    "own.hash = s.hash)) "
	    "FROM shared AS s LEFT JOIN corpus AS c ON c.job_id = s.job_id "
	    "AND c.hash = s.hash WHERE s.pool = ?2 AND s.seq > ?3 "
	    "ORDER BY s.seq LIMIT ?4", "siiii", job, pool, s->after,
	    s->limit + 1, (int64_t)s->own);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		if ((s->more = n++ == s->limit))
			break;
		s->after = pf_q_int(&q, 0);
		if (pf_q_int(&q, 4) != 0)
			put(out, &q);
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_shared_pool(int64_t *pool, struct pf_db *db, const char *job,
    int64_t epoch)
{
	const struct pf_err *err;
	int64_t now;
	bool known = false;

	if ((err = find_pool(pool, &known, db, job)) != NULL ||
	    (err = find_epoch(&now, db)) != NULL)
		return err;
	if (!known)
		return pf_err(PF_NOTFOUND, "there is no job %s", job);
	if (epoch != -1 && epoch != now)
		return pf_err_field(PF_STALE, "epoch", "these cursors are of "
		    "another database");
	return NULL;
}

const struct pf_err *
pf_shared_find(struct pf_shared_input *in, bool *found, struct pf_db *db,
    int64_t pool, int64_t cursor)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;

	*found = false;
	if ((err = pf_q(&q, db, "SELECT s.job_id, s.hash, c.size FROM shared "
	    "AS s JOIN corpus AS c ON c.job_id = s.job_id AND c.hash = "
	    "s.hash WHERE s.pool = ?1 AND s.seq = ?2 AND " HARMLESS, "ii",
	    pool, cursor)) == NULL &&
	    (err = pf_q_row(&q, found)) == NULL && *found) {
		in->cursor = cursor;
		pf_q_copy(&q, 0, in->job, sizeof(in->job));
		pf_q_copy(&q, 1, in->hash, sizeof(in->hash));
		in->size = pf_q_int(&q, 2);
	}
	pf_q_done(&q);
	return err;
}
