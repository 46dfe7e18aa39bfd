/*
 * Crashes; see crash.h.
 */
#include <stdio.h>
#include <string.h>

#include "codec/bucket.h"
#include "model/crash.h"
#include "store/dbw.h"

/* A report that does not say what crashed is of the job's target. */
#define TARGET(hash, job)	"iif(" hash " <> '', " hash ", " \
	"(SELECT target_hash FROM jobs WHERE id = " job "))"

static const struct pf_err *
insert(struct pf_db *db, const struct pf_crash *c,
    const struct pf_crash_verdict *v, int64_t now)
{
	return pf_db_run(db, NULL, "INSERT INTO crashes (id, job_id, bot_id, "
	    "hash, file_path, type, signal, exit_code, timestamp, size, "
	    "is_unique, tool, stack, output, command, engine, count, "
	    "first_seen, last_seen, bucket, rid, target_hash, run_seed, "
	    "report) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?17, ?11, ?12, "
	    "?13, ?14, ?15, 1, ?16, ?16, ?18, ?19, " TARGET("?20", "?2") ", "
	    "iif(?21 < 0, NULL, ?21), ?22)", "ssssssiiiisssssiisssii", v->id,
	    c->job, c->bot, c->hash, c->file_path, c->type, c->signal,
	    c->exit_code, c->timestamp, c->size, c->tool, c->stack,
	    c->output, c->command, c->engine, now, (int64_t)v->unique,
	    v->bucket, c->rid, c->target_hash, c->run_seed, c->report);
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
find_bucket(struct pf_bucket *b, struct pf_crash *c, struct pf_db *db)
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

/* Counts it in its bucket; v->fresh if that is new. */
static const struct pf_err *
put_bucket(struct pf_crash_verdict *v, struct pf_db *db,
    const struct pf_crash *c, const struct pf_bucket *b, int64_t now)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	if ((err = pf_q(&q, db, "UPDATE buckets SET samples = samples + ?2, "
	    "dropped = dropped + 1 - ?2, first_seen = min(first_seen, ?3), "
	    "last_seen = max(last_seen, ?3) WHERE id = ?1 "
	    "RETURNING first_crash", "sii", b->id, (int64_t)c->stored, now))
	    == NULL)
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

/* The first crash of a bucket is found by the rule of reports. */
static const struct pf_err *
choose_first(struct pf_db *db, const char *bucket)
{
	return pf_db_run(db, NULL, "UPDATE buckets SET first_crash = "
	    "coalesce((SELECT id FROM crashes WHERE bucket = ?1 "
	    "ORDER BY timestamp, rid, id LIMIT 1), first_crash) WHERE id = ?1",
	    "s", bucket);
}

/* The same, and its times, which are those its crashes were first seen. */
static const struct pf_err *
refresh(struct pf_db *db, const char *bucket)
{
	const struct pf_err *err;

	if ((err = choose_first(db, bucket)) != NULL)
		return err;
	return pf_db_run(db, NULL, "UPDATE buckets SET first_seen = "
	    "iif(dropped > 0, min(first_seen, x.a), x.a), last_seen = "
	    "iif(dropped > 0, max(last_seen, x.b), x.b) FROM (SELECT "
	    "min(first_seen) AS a, max(first_seen) AS b FROM crashes WHERE "
	    "bucket = ?1) AS x WHERE id = ?1 AND x.a IS NOT NULL", "s",
	    bucket);
}

/* One sample less; a bucket that counts nothing any more never was. */
static const struct pf_err *
leave_bucket(struct pf_db *db, const char *bucket)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, "UPDATE buckets SET samples = samples "
	    "- 1 WHERE id = ?", "s", bucket)) != NULL ||
	    (err = pf_db_run(db, NULL, "DELETE FROM buckets WHERE id = ? AND "
	    "samples <= 0 AND dropped = 0", "s", bucket)) != NULL)
		return err;
	return refresh(db, bucket);
}

/*
 * Another report of an input that the job has?  v->chosen if it comes before
 * the one that the row tells of, *sooner if it was filed before all others.
 */
static const struct pf_err *
count_again(struct pf_crash_verdict *v, bool *known, bool *sooner,
    struct pf_db *db, const struct pf_crash *c, int64_t now)
{
	const struct pf_err *err;
	int64_t first = 0;
	struct pf_q q;

	*known = false;
	if ((err = pf_db_int(db, &first, NULL, "SELECT first_seen FROM crashes"
	    " WHERE job_id = ? AND hash = ?", "ss", c->job, c->hash)) != NULL)
		return err;
	*sooner = now < first;
	if ((err = pf_q(&q, db, "UPDATE crashes SET count = count + 1, "
	    "first_seen = min(first_seen, ?3), last_seen = max(last_seen, ?3)"
	    " WHERE job_id = ?1 AND hash = ?2 RETURNING id, count, bucket, "
	    "(?4, ?5) < (timestamp, rid)", "ssiis", c->job, c->hash, now,
	    c->timestamp, c->rid)) == NULL)
		err = pf_q_row(&q, known);
	if (err == NULL && *known) {
		pf_q_copy(&q, 0, v->id, sizeof(v->id));
		v->count = pf_q_int(&q, 1);
		pf_q_copy(&q, 2, v->bucket, sizeof(v->bucket));
		v->chosen = pf_q_int(&q, 3) != 0;
	}
	pf_q_done(&q);
	return err;
}

/* Another report will lie beside the input. */
static const struct pf_err *
weigh_again(struct pf_db *db, const char *id, const struct pf_crash *c)
{
	const struct pf_err *err;
	int64_t before = 0;

	if ((err = pf_db_int(db, &before, NULL, "SELECT report FROM crashes "
	    "WHERE id = ?", "s", id)) != NULL || (err = pf_counter_add(db,
	    "crash_bytes", "", c->report - before)) != NULL)
		return err;
	return pf_counter_add(db, "crash_bytes", c->job, c->report - before);
}

/* The row tells of this report from now on. */
static const struct pf_err *
choose(struct pf_crash_verdict *v, struct pf_db *db, struct pf_crash *c,
    int64_t now)
{
	const struct pf_err *err;
	struct pf_crash sample;
	struct pf_bucket b;

	if ((err = find_bucket(&b, c, db)) != NULL ||
	    (err = weigh_again(db, v->id, c)) != NULL)
		return err;
	snprintf(v->was, sizeof(v->was), "%s", v->bucket);
	snprintf(v->bucket, sizeof(v->bucket), "%s", b.id);
	if ((err = pf_db_run(db, NULL, "UPDATE crashes SET bot_id = ?2, "
	    "type = ?3, signal = ?4, exit_code = ?5, timestamp = ?6, "
	    "tool = ?7, stack = ?8, output = ?9, command = ?10, "
	    "engine = ?11, bucket = ?12, rid = ?13, target_hash = "
	    TARGET("?14", "?15") ", run_seed = iif(?16 < 0, NULL, ?16), "
	    "report = ?17 WHERE id = ?1", "sssiiisssssssssii", v->id,
	    c->bot, c->type, c->signal, c->exit_code, c->timestamp,
	    c->tool, c->stack, c->output, c->command, c->engine, b.id,
	    c->rid, c->target_hash, c->job, c->run_seed, c->report)) != NULL)
		return err;
	if (strcmp(v->was, b.id) == 0)
		return refresh(db, b.id);
	/* Its input is there, whatever became of this report's. */
	sample = *c;
	sample.stored = true;
	if ((err = leave_bucket(db, v->was)) != NULL ||
	    (err = put_bucket(v, db, &sample, &b, now)) != NULL)
		return err;
	v->fresh = false;
	return refresh(db, b.id);
}

/* Which bots have found it. */
static const struct pf_err *
note_bot(struct pf_db *db, const char *crash, const char *bot, int64_t now)
{
	return pf_db_run(db, NULL, "INSERT INTO crash_bots (crash, bot, "
	    "first_seen, last_seen, count) VALUES (?1, ?2, ?3, ?3, 1) "
	    "ON CONFLICT (crash, bot) DO UPDATE SET count = count + 1, "
	    "first_seen = min(first_seen, ?3), "
	    "last_seen = max(last_seen, ?3)", "ssi", crash, bot, now);
}

/* An input that is new to the job. */
static const struct pf_err *
put_new(struct pf_crash_verdict *v, struct pf_db *db, struct pf_crash *c,
    int64_t now)
{
	const struct pf_err *err;
	struct pf_bucket b;
	bool known;

	if ((err = find_bucket(&b, c, db)) != NULL)
		return err;
	snprintf(v->bucket, sizeof(v->bucket), "%s", b.id);
	snprintf(v->id, sizeof(v->id), "%s", c->id);
	if ((err = put_bucket(v, db, c, &b, now)) != NULL || !c->stored ||
	    (err = elsewhere(&known, db, c)) != NULL)
		return err;
	v->unique = !known;
	v->chosen = true;
	if ((err = insert(db, c, v, now)) != NULL ||
	    (err = choose_first(db, b.id)) != NULL ||
	    (err = note_bot(db, v->id, c->bot, now)) != NULL)
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
	struct pf_bucket b, rest;
	struct pf_q q;

	*v = (struct pf_crash_verdict){ .chosen = true };
	pf_bucket_of(&b, c->campaign, c->type, c->tool, c->stack);
	pf_bucket_over(&rest, c->campaign);
	snprintf(v->id, sizeof(v->id), "%s", c->id);
	if ((err = pf_q(&q, db, "UPDATE crashes SET id = ?1, job_id = ?2, "
	    "bot_id = ?3, hash = ?4, file_path = ?5, type = ?6, signal = ?7, "
	    "exit_code = ?8, timestamp = ?9, size = ?10, tool = ?11, stack = "
	    "?12, output = ?13, command = ?14, engine = ?15, first_seen = "
	    "?16, last_seen = max(?16, ?17), bucket = iif(?21 AND (bucket = "
	    "?20 OR NOT EXISTS (SELECT 1 FROM buckets WHERE id = ?18)), ?20, "
	    "?18), rid = ?19, target_hash = " TARGET("?22", "?2") ", "
	    "run_seed = iif(?23 < 0, NULL, ?23), report = ?24 WHERE id = ?1 "
	    "OR (job_id = ?2 AND hash = ?4) RETURNING count, is_unique, "
	    "bucket", "ssssssiiiisssssiisssisii", v->id, c->job, c->bot,
	    c->hash, c->file_path, c->type, c->signal, c->exit_code,
	    c->timestamp, c->size, c->tool, c->stack, c->output, c->command,
	    c->engine, first, last, b.id, c->rid, rest.id,
	    (int64_t)c->overflow, c->target_hash, c->run_seed, c->report)) ==
	    NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found) {
		v->count = pf_q_int(&q, 0);
		v->unique = pf_q_int(&q, 1) != 0;
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
	bool known, sooner;

	*v = (struct pf_crash_verdict){ .count = 1 };
	if ((err = count_again(v, &known, &sooner, db, c, now)) != NULL)
		return err;
	if (!known)
		return put_new(v, db, c, now);
	if ((err = note_bot(db, v->id, c->bot, now)) != NULL)
		return err;
	if (v->chosen)
		return choose(v, db, c, now);
	return sooner ? refresh(db, v->bucket) : NULL;
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
