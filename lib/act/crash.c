/*
 * Crashes; see crash.h.
 */
#include <stdio.h>
#include <string.h>

#include "act/bucket.h"
#include "act/crash.h"
#include "act/place.h"
#include "codec/bucket.h"
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

static void
said_of(struct pf_given *t, const struct pf_crash *c)
{
	*t = (struct pf_given){ .type = c->type, .tool = c->tool,
	    .stack = c->stack, .output = c->output, .signal = c->signal };
}

/* Where it belongs; the bucket of the rest is counted. */
static const struct pf_err *
find_place(struct pf_place *p, struct pf_db *db, const struct pf_gen *g,
    const struct pf_crash *c)
{
	const struct pf_err *err;
	struct pf_given t;

	said_of(&t, c);
	if ((err = pf_place_find(p, g, db, c->campaign, &t, c->overflow)) !=
	    NULL || !p->over || g->coming)
		return err;
	if ((err = pf_counter_add(db, "overflow_crash", "", 1)) != NULL)
		return err;
	return pf_counter_add(db, "overflow_crash", c->job, 1);
}

/* By rules that come it is placed in its turn. */
static bool
has_place(const struct pf_gen *g, const char *id)
{
	return strcmp(id, g->cursor) <= 0;
}

static void
member_of(struct pf_member *m, const struct pf_crash *c, const char *id,
    int64_t now)
{
	*m = (struct pf_member){ .id = id, .campaign = c->campaign,
	    .rid = c->rid, .timestamp = c->timestamp, .first = now,
	    .last = now, .samples = c->stored, .dropped = !c->stored };
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
	    " WHERE job_id = ?1 AND hash = ?2 RETURNING id, count, coalesce(("
	    "SELECT bucket FROM moves WHERE rules = (SELECT rules FROM "
	    "placing) AND crash = crashes.id), bucket), "
	    "?6 = 0 AND (?4, ?5) < (timestamp, rid)", "ssiisi", c->job,
	    c->hash, now, c->timestamp, c->rid, (int64_t)c->brief)) == NULL)
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

/* It is in another bucket by these rules, or the same says another thing. */
static const struct pf_err *
move(struct pf_db *db, const struct pf_gen *g, const char *was,
    struct pf_place *p, const struct pf_member *m)
{
	const struct pf_err *err;

	if ((err = pf_place_set(db, g, m->id, p->b.id)) != NULL)
		return err;
	if (strcmp(was, p->b.id) != 0 &&
	    ((err = pf_bucket_leave(db, g, was)) != NULL ||
	    (err = pf_bucket_put(&p->fresh, NULL, db, g, p, m)) != NULL))
		return err;
	return pf_bucket_refresh(db, g, p->b.id);
}

static const struct pf_err *
rewrite(struct pf_db *db, const char *id, const struct pf_crash *c,
    const char *bucket)
{
	return pf_db_run(db, NULL, "UPDATE crashes SET bot_id = ?2, "
	    "type = ?3, signal = ?4, exit_code = ?5, timestamp = ?6, "
	    "tool = ?7, stack = ?8, output = ?9, command = ?10, "
	    "engine = ?11, bucket = ?12, rid = ?13, target_hash = "
	    TARGET("?14", "?15") ", run_seed = iif(?16 < 0, NULL, ?16), "
	    "report = ?17 WHERE id = ?1", "sssiiisssssssssii", id,
	    c->bot, c->type, c->signal, c->exit_code, c->timestamp,
	    c->tool, c->stack, c->output, c->command, c->engine, bucket,
	    c->rid, c->target_hash, c->job, c->run_seed, c->report);
}

/* The row tells of this report from now on. */
static const struct pf_err *
choose(struct pf_crash_verdict *v, struct pf_db *db, struct pf_crash *c,
    int64_t now)
{
	const struct pf_err *err;
	const struct pf_gen *g = c->live->gen;
	char was[2][PF_BUCKET_TEXT];
	struct pf_place p[2];
	struct pf_member m;
	int i;

	if ((err = weigh_again(db, v->id, c)) != NULL)
		return err;
	for (i = 0; i < c->live->n; i++)
		if ((err = pf_place_get(was[i], db, &g[i], v->id)) != NULL ||
		    (err = find_place(&p[i], db, &g[i], c)) != NULL)
			return err;
	memcpy(v->was, was[0], sizeof(v->was));
	memcpy(v->bucket, p[0].b.id, sizeof(v->bucket));
	if ((err = rewrite(db, v->id, c, p[0].b.id)) != NULL)
		return err;
	member_of(&m, c, v->id, now);
	/* Its input is there, whatever became of this report's. */
	m.samples = 1;
	m.dropped = 0;
	for (i = 0; i < c->live->n && err == NULL; i++)
		if (has_place(&g[i], v->id))
			err = move(db, &g[i], was[i], &p[i], &m);
	v->fresh = p[0].fresh;
	return err;
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

/* One of which the input is not kept. */
static const struct pf_err *
drop(struct pf_crash_verdict *v, struct pf_db *db, const struct pf_crash *c,
    const struct pf_place *p, int64_t now)
{
	const struct pf_err *err;
	struct pf_member m;
	struct pf_given t;

	said_of(&t, c);
	member_of(&m, c, v->id, now);
	if ((err = pf_drop_put(v->drop, db, c->live, p, c->campaign, &t,
	    now)) != NULL)
		return err;
	return pf_bucket_put(&v->fresh, v->id, db, &c->live->gen[0], p, &m);
}

/* By the rules that come. */
static const struct pf_err *
put_coming(struct pf_db *db, const struct pf_crash *c, const char *id,
    int64_t now)
{
	const struct pf_gen *g = &c->live->gen[1];
	const struct pf_err *err;
	struct pf_member m;
	struct pf_place p;
	bool fresh;

	if (c->live->n < 2 || !has_place(g, id))
		return NULL;
	member_of(&m, c, id, now);
	if ((err = find_place(&p, db, g, c)) != NULL ||
	    (err = pf_bucket_put(&fresh, NULL, db, g, &p, &m)) != NULL)
		return err;
	return pf_place_set(db, g, id, p.b.id);
}

/* An input that is new to the job. */
static const struct pf_err *
put_new(struct pf_crash_verdict *v, struct pf_db *db, struct pf_crash *c,
    int64_t now)
{
	const struct pf_err *err;
	const struct pf_gen *g = &c->live->gen[0];
	struct pf_place p;
	struct pf_member m;
	bool known;

	if ((err = find_place(&p, db, g, c)) != NULL)
		return err;
	memcpy(v->bucket, p.b.id, sizeof(v->bucket));
	snprintf(v->id, sizeof(v->id), "%s", c->id);
	if (!c->stored)
		return drop(v, db, c, &p, now);
	member_of(&m, c, v->id, now);
	if ((err = pf_bucket_put(&v->fresh, NULL, db, g, &p, &m)) != NULL ||
	    (err = elsewhere(&known, db, c)) != NULL)
		return err;
	v->unique = !known;
	v->chosen = true;
	if ((err = insert(db, c, v, now)) != NULL ||
	    (err = put_coming(db, c, v->id, now)) != NULL ||
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
	struct pf_given t;
	struct pf_q q;

	*v = (struct pf_crash_verdict){ .chosen = true };
	said_of(&t, c);
	pf_live_bucket(&b, c->live, c->campaign, &t);
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
	if (err != NULL || !*found)
		return err;
	/* Its row has its bucket now. */
	if ((err = pf_db_run(db, NULL, "DELETE FROM moves WHERE crash = ? AND "
	    "rules = ?", "si", v->id, c->live->gen[0].n)) != NULL)
		return err;
	if ((err = pf_place_again(db, c->live)) != NULL)
		return err;
	return pf_live_load(c->live, db);
}

/* The first report of all has come. */
static const struct pf_err *
date(struct pf_db *db, const struct pf_live *l, const char *id)
{
	const struct pf_err *err = NULL;
	char bucket[PF_BUCKET_TEXT];
	int i;

	for (i = 0; i < l->n && err == NULL; i++)
		if (has_place(&l->gen[i], id) && (err = pf_place_get(bucket,
		    db, &l->gen[i], id)) == NULL)
			err = pf_bucket_refresh(db, &l->gen[i], bucket);
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
	return sooner ? date(db, c->live, v->id) : NULL;
}
