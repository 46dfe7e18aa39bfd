/*
 * Small questions to the database; see known.h.
 */
#include <string.h>

#include "codec/hash.h"
#include "view/known.h"

const struct pf_err *
pf_known_job(bool *known, char campaign[PF_ID_MAX + 1], struct pf_db *db,
    const char *job)
{
	const struct pf_err *err;
	struct pf_q q;

	*known = false;
	if ((err = pf_q(&q, db, "SELECT campaign FROM jobs WHERE id = ?1",
	    "s", job)) == NULL)
		err = pf_q_row(&q, known);
	if (err == NULL && *known)
		pf_q_copy(&q, 0, campaign, PF_ID_MAX + 1);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_known_about(struct pf_about *a, bool *known, struct pf_db *db,
    const char *job)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;

	*known = false;
	if ((err = pf_q(&q, db, "SELECT name, target, fuzzer, status, "
	    "target_hash, completed_at IS NOT NULL FROM jobs WHERE id = ?1",
	    "s", job)) == NULL)
		err = pf_q_row(&q, known);
	if (err == NULL && *known) {
		pf_q_copy(&q, 0, a->name, sizeof(a->name));
		pf_q_copy(&q, 1, a->target, sizeof(a->target));
		pf_q_copy(&q, 2, a->fuzzer, sizeof(a->fuzzer));
		pf_q_copy(&q, 3, a->status, sizeof(a->status));
		pf_q_copy(&q, 4, a->target_hash, sizeof(a->target_hash));
		a->over = pf_q_int(&q, 5) != 0;
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_known_bot(bool *known, struct pf_db *db, const char *bot)
{
	int64_t one;

	return pf_db_int(db, &one, known, "SELECT 1 FROM bots WHERE id = ?1 "
	    "AND gone_at IS NULL", "s", bot);
}

const struct pf_err *
pf_known_bot_ever(bool *known, struct pf_db *db, const char *bot)
{
	int64_t one;

	return pf_db_int(db, &one, known, "SELECT 1 FROM bots WHERE id = ?1",
	    "s", bot);
}

const struct pf_err *
pf_known_campaign(bool *known, struct pf_db *db, const char *campaign)
{
	int64_t one;

	return pf_db_int(db, &one, known, "SELECT 1 FROM campaigns WHERE "
	    "id = ?1", "s", campaign);
}

const struct pf_err *
pf_known_place(char bucket[PF_BUCKET_TEXT], struct pf_db *db,
    const char *job, const char *hash)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	bucket[0] = '\0';
	if ((err = pf_q(&q, db, "SELECT bucket FROM placed WHERE id = (SELECT "
	    "id FROM crashes WHERE job_id = ?1 AND hash = ?2)", "ss", job,
	    hash)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more)
		pf_q_copy(&q, 0, bucket, PF_BUCKET_TEXT);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_known_samples(int64_t *n, bool *known, struct pf_db *db,
    const char *bucket)
{
	*n = 0;
	return pf_db_int(db, n, known, "SELECT samples FROM buckets WHERE "
	    "id = ?1", "s", bucket);
}

const struct pf_err *
pf_known_buckets(int64_t *n, struct pf_db *db, const char *campaign)
{
	*n = 0;
	return pf_db_int(db, n, NULL, "SELECT value FROM counters WHERE "
	    "name = 'buckets' AND scope = ?1", "s", campaign);
}

const struct pf_err *
pf_known_job_bytes(int64_t *n, struct pf_db *db, const char *job)
{
	*n = 0;
	return pf_db_int(db, n, NULL, "SELECT coalesce((SELECT total_size "
	    "FROM corpus_meta WHERE job_id = ?1), 0) + coalesce((SELECT "
	    "sum(value) FROM counters WHERE name IN ('crash_bytes', "
	    "'log_bytes', 'check_bytes') AND scope = ?1), 0)", "s", job);
}

const struct pf_err *
pf_known_bytes(int64_t *n, struct pf_db *db)
{
	*n = 0;
	return pf_db_int(db, n, NULL, "SELECT sum(value) FROM counters WHERE "
	    "name IN ('corpus_bytes', 'crash_bytes', 'log_bytes', "
	    "'check_bytes') AND scope = ''", "");
}

const struct pf_err *
pf_known_token(bool *known, struct pf_db *db, const struct pf_rec *r)
{
	int64_t one;

	return pf_db_int(db, &one, known, "SELECT 1 FROM assignments WHERE "
	    "job_id = ?1 AND epoch = ?2 AND attempt = ?3", "sii", r->job,
	    r->epoch, r->attempt);
}

const struct pf_err *
pf_known_lease(bool *known, struct pf_db *db, struct pf_rec *r)
{
	const struct pf_err *err;
	struct pf_q q;

	*known = false;
	if ((err = pf_q(&q, db, "SELECT job_id, inc, epoch, attempt FROM "
	    "assignments WHERE bot_id = ?1 AND status IN ('assigned', "
	    "'started') AND ?2 IN ('', job_id)", "ss", r->bot, r->job)) ==
	    NULL)
		err = pf_q_row(&q, known);
	if (err == NULL && *known) {
		pf_q_copy(&q, 0, r->job, sizeof(r->job));
		pf_q_copy(&q, 1, r->inc, sizeof(r->inc));
		r->epoch = pf_q_int(&q, 2);
		r->attempt = pf_q_int(&q, 3);
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_known_result(bool *known, struct pf_db *db, const char *rid)
{
	int64_t one;

	return pf_db_int(db, &one, known,
	    "SELECT 1 FROM results WHERE rid = ?1 UNION ALL "
	    "SELECT 1 FROM uploads WHERE rid = ?1", "s", rid);
}

const struct pf_err *
pf_known_report(bool *known, struct pf_db *db, const char *job,
    int64_t epoch, int64_t attempt, int64_t seq)
{
	int64_t one;

	return pf_db_int(db, &one, known, "SELECT 1 FROM job_stats WHERE "
	    "job_id = ?1 AND attempt = ?2 AND seq = ?3 AND epoch IN (0, ?4)",
	    "siii", job, attempt, seq, epoch);
}

static const struct pf_err *
get_rid(char rid[PF_SHA_TEXT], struct pf_db *db, const char *sql,
    const char *job, const char *hash)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	rid[0] = '\0';
	if ((err = pf_q(&q, db, sql, "ss", job, hash)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more)
		pf_q_copy(&q, 0, rid, PF_SHA_TEXT);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_known_chosen(char rid[PF_SHA_TEXT], struct pf_db *db, const char *job,
    const char *hash)
{
	return get_rid(rid, db, "SELECT rid FROM crashes WHERE job_id = ?1 "
	    "AND hash = ?2", job, hash);
}

const struct pf_err *
pf_known_told(bool *told, struct pf_db *db, const struct pf_rec *r)
{
	int64_t one;

	return pf_db_int(db, &one, told, "SELECT 1 FROM crashes WHERE job_id ="
	    " ?1 AND hash = ?2 AND rid <> '' AND (timestamp, rid) < (?3, ?4)",
	    "ssis", r->job, r->sha256, r->time, r->rid);
}

const struct pf_err *
pf_known_small(char rid[PF_SHA_TEXT], struct pf_db *db, const char *job,
    const char *of)
{
	return get_rid(rid, db, "SELECT rid FROM smalls WHERE job_id = ?1 "
	    "AND of = ?2", job, of);
}

const struct pf_err *
pf_known_drop(bool *known, struct pf_db *db, const char *id)
{
	int64_t one;

	return pf_db_int(db, &one, known, "SELECT 1 FROM dropped WHERE id = ?",
	    "s", id);
}

const struct pf_err *
pf_known_drops(int64_t *n, struct pf_db *db, const char *campaign)
{
	return pf_db_int(db, n, NULL, "SELECT count(*) FROM dropped WHERE "
	    "campaign = ?", "s", campaign);
}

const struct pf_err *
pf_known_checks(int64_t *n, struct pf_db *db, const char *campaign,
    const struct pf_check *c)
{
	*n = 0;
	return pf_db_int(db, n, NULL, "SELECT records FROM checks WHERE "
	    "campaign = ?1 AND hash = ?2 AND target = ?3 AND build = ?4",
	    "ssss", campaign, c->hash, c->target, c->build);
}

const struct pf_err *
pf_known_input(bool *known, struct pf_db *db, enum pf_kind kind,
    const char *job, const char *hash)
{
	int64_t one;

	*known = false;
	if (kind == PF_KIND_CRASH)
		return pf_db_int(db, &one, known,
		    "SELECT 1 FROM crashes WHERE job_id = ?1 AND hash = ?2",
		    "ss", job, hash);
	if (kind == PF_KIND_CORPUS)
		return pf_db_int(db, &one, known,
		    "SELECT 1 FROM corpus WHERE job_id = ?1 AND hash = ?2",
		    "ss", job, hash);
	if (kind == PF_KIND_CHECK)
		return pf_db_int(db, &one, known,
		    "SELECT 1 FROM check_records WHERE job_id = ?1 AND "
		    "report = ?2 AND report <> '' LIMIT 1", "ss", job, hash);
	return NULL;
}

const struct pf_err *
pf_known_database(char tag[PF_KNOWN_TAG + 1], struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;
	const char *text;
	char sha[PF_SHA_TEXT];

	tag[0] = '\0';
	if ((err = pf_q(&q, db, "SELECT m.value || '.' || e.value FROM system "
	    "AS m JOIN system AS e ON e.key = 'epoch' WHERE m.key = "
	    "'master_id'", "")) == NULL && (err = pf_q_row(&q, &more)) ==
	    NULL && more) {
		text = pf_q_text(&q, 0);
		pf_sha256(sha, text, strlen(text));
		memcpy(tag, sha, PF_KNOWN_TAG);
		tag[PF_KNOWN_TAG] = '\0';
	}
	pf_q_done(&q);
	return err;
}
