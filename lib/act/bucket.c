/*
 * Buckets and what is in them; see bucket.h.
 */
#include <stdio.h>
#include <string.h>

#include "act/bucket.h"
#include "base/buf.h"
#include "codec/hash.h"

/* The same statement for these rules or those; the number stands between. */
#define ON(g, before, after) \
	((g)->coming ? before "(SELECT coming FROM placing)" after : \
	before "(SELECT rules FROM placing)" after)
#define ROWS_OF	" WHERE rules = "

#define OVER \
	"type = '" PF_BUCKET_OVER_TYPE "' AND tool = '" PF_BUCKET_OVER_TOOL "'"

/* Crashes in the bucket ?1 by the rules ?2, so far as they are placed. */
#define MEMBERS \
	"(SELECT id, timestamp, rid FROM crashes AS c WHERE bucket = ?1 AND " \
	"id <= ?3 AND NOT EXISTS (SELECT 1 FROM moves WHERE rules = ?2 AND " \
	"crash = c.id) UNION ALL SELECT crash, timestamp, rid FROM moves " \
	"WHERE rules = ?2 AND bucket = ?1 ORDER BY 2, 3, 1) "

const struct pf_err *
pf_place_find(struct pf_place *p, const struct pf_gen *g, struct pf_db *db,
    const char *campaign, const struct pf_given *t, bool overflow)
{
	const struct pf_err *err;
	bool there = true;
	int64_t one;

	p->over = p->fresh = false;
	pf_rules_sign(&p->sign, g->rules, t);
	pf_bucket_of(&p->b, campaign, p->sign.key);
	if (!overflow)
		return NULL;
	if ((err = pf_db_int(db, &one, &there, ON(g, "SELECT 1 FROM "
	    "bucket_rows" ROWS_OF, " AND id = ?"), "s", p->b.id)) ==
	    NULL && !there) {
		p->over = true;
		pf_bucket_over(&p->b, campaign);
	}
	return err;
}

static const char *
type_of(const struct pf_place *p)
{
	return p->over ? PF_BUCKET_OVER_TYPE : p->sign.type;
}

static const char *
tool_of(const struct pf_place *p)
{
	return p->over ? PF_BUCKET_OVER_TOOL : p->sign.tool;
}

static const char *
frames_of(const struct pf_place *p)
{
	return p->over ? "" : p->sign.frames;
}

/* It may come before the one that the bucket tells of. */
static const struct pf_err *
tell_of(struct pf_db *db, const struct pf_gen *g, const struct pf_place *p,
    const struct pf_member *m)
{
	return pf_db_run(db, NULL, ON(g, "UPDATE bucket_rows AS b SET "
	    "first_crash = ?2, type = ?5, tool = ?6, frames = ?7" ROWS_OF,
	    " AND id = ?1 AND (samples = ?8 OR (?3, ?4, ?2) < (SELECT "
	    "timestamp, rid, id FROM crashes WHERE id = b.first_crash))"),
	    "ssissssi", p->b.id, m->id,
	    m->timestamp, m->rid, type_of(p), tool_of(p), frames_of(p),
	    m->samples);
}

const struct pf_err *
pf_bucket_put(bool *fresh, char first[PF_ID_MAX + 1], struct pf_db *db,
    const struct pf_gen *g, const struct pf_place *p,
    const struct pf_member *m)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	if ((err = pf_q(&q, db, ON(g, "UPDATE bucket_rows SET samples = "
	    "samples + ?2, dropped = dropped + ?3, first_seen = "
	    "min(first_seen, ?4), last_seen = max(last_seen, ?5)" ROWS_OF,
	    " AND id = ?1 RETURNING first_crash"), "siiii", p->b.id, m->samples,
	    m->dropped, m->first, m->last)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more && first != NULL)
		pf_q_copy(&q, 0, first, PF_ID_MAX + 1);
	pf_q_done(&q);
	*fresh = !more;
	if (err != NULL)
		return err;
	if (more)
		return m->samples > 0 ? tell_of(db, g, p, m) : NULL;
	return pf_db_run(db, NULL, ON(g, "INSERT INTO bucket_rows (id, "
	    "campaign, type, tool, frames, first_crash, samples, dropped, "
	    "first_seen, last_seen, rules) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
	    "?7, ?8, ?9, ?10, ", ")"),
	    "ssssssiiii", p->b.id, m->campaign, type_of(p), tool_of(p),
	    frames_of(p), m->id, m->samples, m->dropped, m->first, m->last);
}

void
pf_said_from(struct pf_given *t, const struct pf_q *q, int at)
{
	*t = (struct pf_given){ .type = pf_q_text(q, at),
	    .tool = pf_q_text(q, at + 1), .stack = pf_q_text(q, at + 2),
	    .output = pf_q_text(q, at + 3), .signal = pf_q_int(q, at + 4) };
}

/* The least of its crashes. */
static const struct pf_err *
choose_first(struct pf_db *db, const struct pf_gen *g, const char *bucket)
{
	const struct pf_err *err;
	struct pf_given t;
	struct pf_sign s;
	struct pf_q q;
	bool more = false;

	if ((err = pf_q(&q, db, "SELECT type, tool, stack, output, signal, id "
	    "FROM crashes WHERE id = (SELECT id FROM " MEMBERS "LIMIT 1)",
	    "sis", bucket, g->n, g->cursor)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more) {
		pf_said_from(&t, &q, 0);
		pf_rules_sign(&s, g->rules, &t);
		/* The one of the rest is of none of its crashes. */
		err = pf_db_run(db, NULL, ON(g, "UPDATE bucket_rows SET "
		    "first_crash = ?2, type = iif(" OVER ", type, ?3), tool ="
		    " iif(" OVER ", tool, ?4), frames = iif(" OVER ", frames,"
		    " ?5)" ROWS_OF, " AND id = ?1"), "sssss", bucket,
		    pf_q_text(&q, 5), s.type, s.tool, s.frames);
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_bucket_refresh(struct pf_db *db, const struct pf_gen *g,
    const char *bucket)
{
	const struct pf_err *err;

	if ((err = choose_first(db, g, bucket)) != NULL)
		return err;
	return pf_db_run(db, NULL, ON(g, "UPDATE bucket_rows SET first_seen = "
	    "iif(dropped > 0, min(first_seen, x.a), x.a), last_seen = "
	    "iif(dropped > 0, max(last_seen, x.b), x.b) FROM (SELECT "
	    "min(c.first_seen) AS a, max(c.first_seen) AS b FROM " MEMBERS
	    "AS m JOIN crashes AS c ON c.id = m.id) AS x" ROWS_OF, " AND "
	    "id = ?1 AND x.a IS NOT NULL"), "sis", bucket, g->n, g->cursor);
}

const struct pf_err *
pf_bucket_leave(struct pf_db *db, const struct pf_gen *g, const char *bucket)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, ON(g, "UPDATE bucket_rows SET samples = "
	    "samples - 1" ROWS_OF, " AND id = ?"), "s", bucket)) != NULL ||
	    (err = pf_db_run(db, NULL, ON(g, "DELETE FROM bucket_rows" ROWS_OF,
	    " AND id = ? AND samples <= 0 AND dropped = 0"), "s", bucket)) !=
	    NULL)
		return err;
	return pf_bucket_refresh(db, g, bucket);
}

const struct pf_err *
pf_place_get(char bucket[PF_BUCKET_TEXT], struct pf_db *db,
    const struct pf_gen *g, const char *crash)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	bucket[0] = '\0';
	if ((err = pf_q(&q, db, "SELECT coalesce((SELECT bucket FROM moves "
	    "WHERE rules = ?2 AND crash = c.id), bucket) FROM crashes AS c "
	    "WHERE id = ?1", "si", crash, g->n)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more)
		pf_q_copy(&q, 0, bucket, PF_BUCKET_TEXT);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_place_set(struct pf_db *db, const struct pf_gen *g, const char *crash,
    const char *bucket)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, "DELETE FROM moves WHERE rules = ?1 "
	    "AND crash = ?2", "is", g->n, crash)) != NULL)
		return err;
	return pf_db_run(db, NULL, "INSERT INTO moves (rules, crash, bucket, "
	    "timestamp, rid) SELECT ?1, id, ?3, timestamp, rid FROM crashes "
	    "WHERE id = ?2 AND bucket <> ?3", "iss", g->n, crash, bucket);
}

/* One more may come to the table? */
static const struct pf_err *
has_room(bool *room, struct pf_db *db, const char *campaign, const char *id)
{
	const struct pf_err *err;
	bool known;
	int64_t n = 0;

	if ((err = pf_db_int(db, &n, &known, "SELECT 1 FROM dropped WHERE id "
	    "= ?", "s", id)) == NULL && !known)
		err = pf_db_int(db, &n, NULL, "SELECT count(*) FROM dropped "
		    "WHERE campaign = ?", "s", campaign);
	*room = n < PF_DROPS_MAX;
	return err;
}

const struct pf_err *
pf_drop_put(char id[PF_SHA_TEXT], struct pf_db *db, struct pf_live *l,
    const struct pf_place *p, const char *campaign, const struct pf_given *t,
    int64_t now)
{
	const struct pf_err *err;
	struct pf_given least = { type_of(p), tool_of(p), frames_of(p), "",
	    t->signal };
	bool room;

	pf_drop_name(id, l->gen[0].rules, p->sign.parsed, p->over, campaign,
	    t);
	if ((err = has_room(&room, db, campaign, id)) != NULL)
		return err;
	if (!room) {
		/* Of many that all differ the bucket is what is known. */
		snprintf(id, PF_SHA_TEXT, "%s", p->b.id);
		t = &least;
	}
	if ((err = pf_db_run(db, NULL, "INSERT INTO dropped (id, campaign, "
	    "type, tool, stack, output, signal, overflow, n, first_seen, "
	    "last_seen, bucket) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, "
	    "?9, ?9, ?10) ON CONFLICT (id) DO UPDATE SET n = n + 1, first_seen"
	    " = min(first_seen, ?9), last_seen = max(last_seen, ?9)",
	    "ssssssiiis", id, campaign, t->type, t->tool, t->stack, t->output,
	    t->signal, (int64_t)p->over, now, p->b.id)) != NULL || l->n < 2)
		return err;
	/* By the rules that come it counts there, if it is placed. */
	return pf_db_run(db, NULL, "UPDATE bucket_rows SET dropped = dropped + "
	    "1, first_seen = min(first_seen, ?2), last_seen = max(last_seen, "
	    "?2) WHERE rules = (SELECT coming FROM placing) AND id = "
	    "(SELECT coming FROM dropped WHERE id = ?1)", "si", id, now);
}
