/*
 * Crashes; see crash.h.
 */
#include <stdio.h>

#include "codec/bucket.h"
#include "model/crash.h"
#include "store/dbw.h"

static const struct pf_err *
insert(struct pf_db *db, const struct pf_crash *c,
    const struct pf_crash_verdict *v, int64_t now)
{
	return pf_db_run(db, NULL, "INSERT INTO crashes (id, job_id, bot_id, "
	    "hash, file_path, type, signal, exit_code, timestamp, size, "
	    "is_unique, tool, stack, output, command, engine, count, "
	    "first_seen, last_seen, bucket) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
	    "?7, ?8, ?9, ?10, ?17, ?11, ?12, ?13, ?14, ?15, 1, ?16, ?16, "
	    "?18)", "ssssssiiiisssssiis", v->id, c->job, c->bot, c->hash,
	    c->file_path, c->type, c->signal, c->exit_code, c->timestamp,
	    c->size, c->tool, c->stack, c->output, c->command, c->engine, now,
	    (int64_t)v->unique, v->bucket);
}

/* True if another job of the campaign has it, with the same target. */
static const struct pf_err *
elsewhere(bool *known, struct pf_db *db, const struct pf_crash *c)
{
	const struct pf_err *err;
	struct pf_q q;

	*known = false;
	if ((err = pf_q(&q, db, "SELECT 1 FROM jobs j CROSS JOIN crashes x ON "
	    "x.hash = ?2 JOIN jobs o ON o.id = x.job_id WHERE j.id = ?1 AND "
	    "o.campaign = j.campaign AND o.target_hash = j.target_hash "
	    "LIMIT 1", "ss", c->job, c->hash)) == NULL)
		err = pf_q_row(&q, known);
	pf_q_done(&q);
	return err;
}

/* Its own bucket, or the one of the rest; that is counted. */
static const struct pf_err *
choose(struct pf_bucket *b, struct pf_crash *c, struct pf_db *db)
{
	const struct pf_err *err;
	bool there = true;
	int64_t one;

	pf_bucket_of(b, c->campaign, c->type, c->tool, c->stack);
	if (!c->overflow)
		return NULL;
	if ((err = pf_db_int(db, &one, &there, "SELECT 1 FROM buckets WHERE "
	    "id = ?", "s", b->id)) != NULL)
		return err;
	c->overflow = !there;
	if (there)
		return NULL;
	pf_bucket_over(b, c->campaign);
	if ((err = pf_counter_add(db, "overflow_crash", "", 1)) != NULL)
		return err;
	return pf_counter_add(db, "overflow_crash", c->job, 1);
}

/* Counts it in its bucket; *fresh if that is new. */
static const struct pf_err *
put_bucket(struct pf_crash_verdict *v, struct pf_db *db,
    const struct pf_crash *c, const struct pf_bucket *b, int64_t now)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	if ((err = pf_q(&q, db, "UPDATE buckets SET samples = samples + ?2, "
	    "dropped = dropped + 1 - ?2, last_seen = max(last_seen, ?3) "
	    "WHERE id = ?1 RETURNING first_crash", "sii", b->id,
	    (int64_t)c->stored, now)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more && !c->stored)
		pf_q_copy(&q, 0, v->id, sizeof(v->id));
	pf_q_done(&q);
	v->fresh = !more;
	if (err != NULL || more)
		return err;
	return pf_db_run(db, NULL, "INSERT INTO buckets (id, campaign, type, "
	    "tool, frames, first_crash, samples, dropped, first_seen, "
	    "last_seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1 - ?7, ?8, ?8)",
	    "ssssssii", b->id, c->campaign, c->overflow ? PF_BUCKET_OVER_TYPE :
	    c->type, c->overflow ? PF_BUCKET_OVER_TOOL : c->tool, b->frames,
	    v->id, (int64_t)c->stored, now);
}

/* Another report of an input that the job has? */
static const struct pf_err *
count_again(struct pf_crash_verdict *v, bool *known, struct pf_db *db,
    const struct pf_crash *c, int64_t now)
{
	const struct pf_err *err;
	struct pf_q q;

	*known = false;
	if ((err = pf_q(&q, db, "UPDATE crashes SET count = count + 1, "
	    "last_seen = max(last_seen, ?3) WHERE job_id = ?1 AND hash = ?2 "
	    "RETURNING id, count, bucket", "ssi", c->job, c->hash, now)) ==
	    NULL)
		err = pf_q_row(&q, known);
	if (err == NULL && *known) {
		pf_q_copy(&q, 0, v->id, sizeof(v->id));
		v->count = pf_q_int(&q, 1);
		pf_q_copy(&q, 2, v->bucket, sizeof(v->bucket));
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_crash_put(struct pf_crash_verdict *v, struct pf_db *db,
    struct pf_crash *c, int64_t now)
{
	const struct pf_err *err;
	struct pf_bucket b;
	bool known;

	*v = (struct pf_crash_verdict){ .count = 1 };
	if ((err = count_again(v, &known, db, c, now)) != NULL || known ||
	    (err = choose(&b, c, db)) != NULL)
		return err;
	snprintf(v->bucket, sizeof(v->bucket), "%s", b.id);
	pf_uuid_of(v->id, now, c->rid);
	if ((err = put_bucket(v, db, c, &b, now)) != NULL || !c->stored ||
	    (err = elsewhere(&known, db, c)) != NULL)
		return err;
	v->unique = !known;
	if ((err = insert(db, c, v, now)) != NULL)
		return err;
	if ((err = pf_counter_add(db, "crash_bytes", "", c->size + c->report))
	    != NULL)
		return err;
	return pf_counter_add(db, "crash_bytes", c->job, c->size + c->report);
}

const struct pf_err *
pf_crash_amend(struct pf_crash_verdict *v, bool *found, struct pf_db *db,
    const struct pf_crash *c, int64_t first, int64_t last)
{
	const struct pf_err *err;
	struct pf_bucket b;
	struct pf_q q;

	*v = (struct pf_crash_verdict){ .count = 1 };
	pf_bucket_of(&b, c->campaign, c->type, c->tool, c->stack);
	snprintf(v->bucket, sizeof(v->bucket), "%s", b.id);
	pf_uuid_of(v->id, first, c->rid);
	if ((err = pf_q(&q, db, "UPDATE crashes SET id = ?1, job_id = ?2, "
	    "bot_id = ?3, hash = ?4, file_path = ?5, type = ?6, signal = ?7, "
	    "exit_code = ?8, timestamp = ?9, size = ?10, tool = ?11, stack = "
	    "?12, output = ?13, command = ?14, engine = ?15, first_seen = "
	    "?16, last_seen = max(?16, ?17), bucket = ?18 WHERE id = ?1 OR "
	    "(job_id = ?2 AND hash = ?4) RETURNING count, is_unique",
	    "ssssssiiiisssssiis", v->id, c->job, c->bot, c->hash,
	    c->file_path, c->type, c->signal, c->exit_code, c->timestamp,
	    c->size, c->tool, c->stack, c->output, c->command, c->engine,
	    first, last, v->bucket)) == NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found)
		v->unique = pf_q_int(&q, 1) != 0;
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_hook_add(struct pf_db *db, const char *crash, int64_t now)
{
	return pf_db_run(db, NULL, "INSERT INTO hooks (crash, due) "
	    "VALUES (?, ?)", "si", crash, now);
}

const struct pf_err *
pf_hook_tries(int64_t *tries, bool *due, struct pf_db *db, const char *crash)
{
	*tries = 0;
	return pf_db_int(db, tries, due, "SELECT tries FROM hooks WHERE "
	    "crash = ?", "s", crash);
}

const struct pf_err *
pf_hook_later(struct pf_db *db, const char *crash, int64_t due)
{
	return pf_db_run(db, NULL, "UPDATE hooks SET due = ?2, tries = "
	    "tries + 1 WHERE crash = ?1", "si", crash, due);
}

const struct pf_err *
pf_hook_done(struct pf_db *db, const char *crash)
{
	return pf_db_run(db, NULL, "DELETE FROM hooks WHERE crash = ?", "s",
	    crash);
}
