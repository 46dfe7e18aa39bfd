/*
 * Builds and what they are tried with; see build.h.
 */
#include <stdio.h>
#include <string.h>

#include "model/build.h"
#include "store/placing.h"
#include "store/trials.h"

#define DAYS	INT64_C(86400000)

const struct pf_err *
pf_build_find(struct pf_build *b, bool *found, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q;

	*found = false;
	if ((err = pf_q(&q, db, "SELECT seq, fuzzer FROM builds WHERE "
	    "campaign = ? AND target = ?", "ss", b->campaign, b->target)) ==
	    NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found) {
		b->seq = pf_q_int(&q, 0);
		pf_q_copy(&q, 1, b->engine, sizeof(b->engine));
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_build_insert(struct pf_db *db, struct pf_build *b, int64_t now)
{
	const struct pf_err *err;

	b->seq = 0;
	if ((err = pf_db_int(db, &b->seq, NULL, "SELECT max(seq) FROM builds "
	    "WHERE campaign = ?", "s", b->campaign)) != NULL)
		return err;
	b->seq++;
	return pf_db_run(db, NULL, "INSERT INTO builds (campaign, seq, "
	    "target, name, size, fuzzer, time) VALUES (?, ?, ?, ?, ?, ?, ?)",
	    "sissisi", b->campaign, b->seq, b->target, b->name, b->size,
	    b->engine, now);
}

const struct pf_err *
pf_build_like(char job[PF_ID_MAX + 1], bool *found, struct pf_db *db,
    struct pf_build *b)
{
	static const char any[] = "SELECT id, fuzzer FROM jobs WHERE "
	    "campaign = ?1 AND ?2 = '' AND kind = 'fuzz' ORDER BY id DESC "
	    "LIMIT 1";
	static const char of[] = "SELECT id, fuzzer FROM jobs WHERE "
	    "campaign = ?1 AND fuzzer = ?2 AND kind = 'fuzz' ORDER BY id "
	    "DESC LIMIT 1";
	const struct pf_err *err;
	struct pf_q q;

	*found = false;
	if ((err = pf_q(&q, db, b->engine[0] == '\0' ? any : of, "ss",
	    b->campaign, b->engine)) == NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found) {
		pf_q_copy(&q, 0, job, PF_ID_MAX + 1);
		pf_q_copy(&q, 1, b->engine, sizeof(b->engine));
	}
	pf_q_done(&q);
	return err;
}

/*
 * Before all that fuzzes, for it is short; it may take as long as if each run
 * were ended for its time.
 */
const struct pf_err *
pf_regress_job(struct pf_db *db, const struct pf_build *b,
    const struct pf_regress_job *r)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, "INSERT INTO jobs (id, campaign, name,"
	    " kind, target, target_hash, fuzzer, status, priority, "
	    "created_at, work_dir, duration, memory_limit, timeout, "
	    "seed_corpus, output_dir, args, options) SELECT ?1, campaign, ?3, "
	    "'regress', ?4, ?5, fuzzer, 'pending', 100, ?6, 'jobs/' || ?1, "
	    "min(?8, 600000 + ?7 * timeout), memory_limit, timeout, '[]', "
	    "'corpus/' || ?1, args, options FROM jobs WHERE id = ?2",
	    "sssssiii", r->id, r->like, r->name, b->name, b->target, r->now,
	    r->runs, 30 * DAYS)) != NULL)
		return err;
	return pf_db_run(db, NULL, "INSERT INTO job_blobs (job, n, kind, "
	    "name, sha256, size, missing) VALUES (?, 0, 'target', ?, ?, ?, "
	    "0)", "sssi", r->id, b->name, b->target, b->size);
}

const struct pf_err *
pf_regress_live(bool *made, bool *live, struct pf_db *db,
    const struct pf_build *b, const char *hash)
{
	const struct pf_err *err;
	int64_t left = 0;

	err = pf_db_int(db, &left, made, "SELECT j.id IS NOT NULL AND "
	    "j.completed_at IS NULL FROM regressions AS r LEFT JOIN jobs AS j "
	    "ON j.id = r.job WHERE r.campaign = ? AND r.seq = ? AND r.hash = "
	    "?", "sis", b->campaign, b->seq, hash);
	*live = left != 0;
	return err;
}

const struct pf_err *
pf_regress_put(struct pf_db *db, const struct pf_build *b,
    const struct pf_regress *r, int64_t runs, const char *job)
{
	return pf_db_run(db, NULL, "INSERT INTO regressions (campaign, seq, "
	    "hash, crash, size, runs, job) VALUES (?, ?, ?, ?, ?, ?, ?) ON "
	    "CONFLICT (campaign, seq, hash) DO UPDATE SET runs = "
	    "excluded.runs, job = excluded.job", "sissiis", b->campaign,
	    b->seq, r->hash, r->crash, r->size, runs, job);
}

/*
 * Of inputs that several jobs have one counts.  What crashes by itself is run
 * so, whatever valgrind had to say of it.
 */
static const struct pf_err *
add_smallest(struct pf_regress_walk *w, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_regress *r;
	struct pf_q q;
	bool more = true;
	int64_t got = 0, want = (int64_t)(PF_REGRESS_JOB - w->n);

	if (w->each > 0 && want > w->each - w->taken)
		want = w->each - w->taken;
	err = pf_q(&q, db, "SELECT min(id), hash, size, tool = 'valgrind' "
	    "FROM crashes WHERE id IN " PF_IN_BUCKET("?1") "AND (tool <> "
	    "'valgrind' OR " PF_TRIALS_UNDER("?4", "crashes.hash") ") "
	    "GROUP BY hash ORDER BY size, hash LIMIT ?2 OFFSET ?3", "siis",
	    w->bucket, want, w->taken, w->campaign);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		r = &w->found[w->n++];
		pf_q_copy(&q, 0, r->crash, sizeof(r->crash));
		pf_q_copy(&q, 1, r->hash, sizeof(r->hash));
		r->size = pf_q_int(&q, 2);
		r->under = pf_q_int(&q, 3) != 0;
		got++;
	}
	pf_q_done(&q);
	w->taken += got;
	if (got < want || w->taken == w->each)
		w->taken = 0;
	return err;
}

static const struct pf_err *
next_bucket(struct pf_regress_walk *w, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q;

	if ((err = pf_q(&q, db, "SELECT first_seen, id FROM buckets WHERE "
	    "campaign = ?1 AND (first_seen, id) > (?2, ?3) ORDER BY "
	    "first_seen, id LIMIT 1", "sis", w->campaign, w->at,
	    w->bucket)) == NULL)
		err = pf_q_row(&q, &w->more);
	if (err == NULL && w->more) {
		w->at = pf_q_int(&q, 0);
		pf_q_copy(&q, 1, w->bucket, sizeof(w->bucket));
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_regress_next(struct pf_regress_walk *w, struct pf_db *db)
{
	const struct pf_err *err = NULL;
	int i;

	w->n = 0;
	w->more = true;
	for (i = 0; i < PF_REGRESS_BUCKETS && w->n < PF_REGRESS_JOB; i++) {
		if (w->taken == 0 && ((err = next_bucket(w, db)) != NULL ||
		    !w->more))
			return err;
		if ((err = add_smallest(w, db)) != NULL)
			return err;
	}
	return NULL;
}
