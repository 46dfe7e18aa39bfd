/*
 * Buckets made anew from what is in them; see bucket.h.
 */
#include <string.h>

#include "act/bucket.h"
#include "act/place.h"
#include "model/mend.h"

/* What reports that count in their bucket alone are noted as, and how many. */
#define DROP \
	"coalesce(" PF_REPLY " ->> '$.drop', " PF_REPLY " ->> '$.bucket')"
#define LIVE	"(SELECT rules FROM placing)"
#define NOTES \
	"(SELECT " DROP " AS k, min(" PF_REPLY " ->> '$.bucket') AS b, " \
	"count(*) AS n FROM results WHERE kind = 'crash' AND json_valid(" \
	PF_REPLY ") AND " PF_REPLY_APART " GROUP BY 1)"

/* The row that the query is on, where it belongs, unless that is there. */
static const struct pf_err *
add_bucket(struct pf_db *db, const struct pf_gen *g, const struct pf_q *q)
{
	const struct pf_err *err;
	struct pf_bucket rest;
	struct pf_given t;
	struct pf_place p;
	bool there = false;
	int64_t one;

	if ((err = pf_db_int(db, &one, &there, "SELECT 1 FROM buckets WHERE "
	    "id = ?", "s", pf_q_text(q, 8))) != NULL || there)
		return err;
	pf_said_from(&t, q, 0);
	if ((err = pf_place_find(&p, g, db, pf_q_text(q, 5), &t, false)) !=
	    NULL)
		return err;
	/* What found no room for a bucket of its own stays with the rest;
	 * mend_words() says what that says. */
	pf_bucket_over(&rest, pf_q_text(q, 5));
	if (strcmp(rest.id, pf_q_text(q, 8)) == 0)
		p.b = rest;
	if ((err = pf_db_run(db, NULL, "INSERT INTO bucket_rows "
	    "(id, campaign, type, tool, frames, first_crash, samples, dropped,"
	    " first_seen, last_seen, rules) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0,"
	    " 0, ?7, ?7, " LIVE ") ON CONFLICT DO NOTHING", "ssssssi", p.b.id,
	    pf_q_text(q, 5), p.sign.type, p.sign.tool, p.sign.frames,
	    pf_q_text(q, 6), pf_q_int(q, 7))) != NULL ||
	    (err = pf_db_run(db, NULL, "DELETE FROM moves WHERE rules = ?1 "
	    "AND crash = ?2", "is", g->n, pf_q_text(q, 6))) != NULL)
		return err;
	return pf_db_run(db, NULL, "UPDATE crashes SET bucket = ?1 WHERE id = "
	    "?2", "ss", p.b.id, pf_q_text(q, 6));
}

/*
 * Buckets that crashes are in and that are not there.  The order is that of no
 * index, so all rows are read before the first one changes anything.
 */
static const struct pf_err *
add_buckets(struct pf_db *db, const struct pf_gen *g)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = true;

	err = pf_q(&q, db, "SELECT c.type, c.tool, c.stack, c.output, "
	    "c.signal, j.campaign, c.id, c.first_seen, p.bucket FROM placed "
	    "AS p JOIN crashes AS c ON c.id = p.id JOIN jobs AS j ON j.id = "
	    "c.job_id WHERE NOT EXISTS (SELECT 1 FROM buckets WHERE id = "
	    "p.bucket) ORDER BY +c.first_seen, +c.id", "");
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		err = add_bucket(db, g, &q);
	pf_q_done(&q);
	return err;
}

/* Each note of reports that were dropped counts those that there are. */
static const struct pf_err *
mend_dropped(struct pf_db *db)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, "INSERT INTO dropped (id, campaign, "
	    "type, tool, stack, output, signal, overflow, n, first_seen, "
	    "last_seen, bucket) SELECT x.k, b.campaign, b.type, b.tool, "
	    "b.frames, '', 0, b.type = '" PF_BUCKET_OVER_TYPE "' AND b.tool = "
	    "'" PF_BUCKET_OVER_TOOL "', x.n, b.first_seen, b.last_seen, b.id "
	    "FROM " NOTES " AS x JOIN buckets AS b ON b.id = x.b WHERE x.k IS "
	    "NOT NULL ON CONFLICT (id) DO NOTHING", "")) != NULL ||
	    (err = pf_db_run(db, NULL, "UPDATE dropped SET n = "
	    "coalesce(d.n, 0) FROM (SELECT b.id AS k, x.n FROM dropped AS b "
	    "LEFT JOIN " NOTES " AS x ON x.k = b.id) AS d WHERE id = d.k AND "
	    "dropped.n <> coalesce(d.n, 0)", "")) != NULL ||
	    (err = pf_db_run(db, NULL, "DELETE FROM dropped WHERE n = 0",
	    "")) != NULL)
		return err;
	return pf_db_run(db, NULL, "UPDATE bucket_rows SET dropped = "
	    "coalesce((SELECT sum(n) FROM dropped WHERE bucket = "
	    "bucket_rows.id), 0) WHERE rules = " LIVE, "");
}

/* What a bucket says of itself is what its crashes and what was dropped say. */
static const struct pf_err *
mend_rows(struct pf_db *db, const struct pf_gen *g)
{
	const struct pf_err *err;

	if ((err = add_buckets(db, g)) != NULL || (err = pf_db_run(db, NULL,
	    "UPDATE bucket_rows SET first_crash = "
	    "coalesce((SELECT id FROM crashes WHERE id IN "
	    PF_IN_BUCKET("bucket_rows.id") "ORDER BY timestamp, rid, id LIMIT"
	    " 1), first_crash), samples = (SELECT count(*) FROM crashes WHERE"
	    " id IN " PF_IN_BUCKET("bucket_rows.id") ") WHERE rules = "
	    LIVE, "")) != NULL ||
	    (err = mend_dropped(db)) != NULL ||
	    (err = pf_db_run(db, NULL, "UPDATE bucket_rows SET first_seen = "
	    "iif(dropped > 0, min(first_seen, x.a), x.a), last_seen = "
	    "iif(dropped > 0, max(last_seen, x.b), x.b) FROM (SELECT bucket, "
	    "min(first_seen) AS a, max(first_seen) AS b FROM placed GROUP BY "
	    "bucket) AS x WHERE rules = " LIVE " AND id = x.bucket", "")) !=
	    NULL ||
	    (err = pf_db_run(db, NULL, "UPDATE bucket_rows SET campaign = "
	    "j.campaign FROM placed AS p JOIN crashes AS c ON c.id = p.id "
	    "JOIN jobs AS j ON j.id = c.job_id WHERE p.id = first_crash AND "
	    "p.bucket = bucket_rows.id AND rules = " LIVE, "")) != NULL)
		return err;
	return pf_db_run(db, NULL, "DELETE FROM bucket_rows WHERE rules = "
	    LIVE " AND samples = 0 AND dropped = 0", "");
}

/*
 * What each says of its first crash, which is not of that one's columns; and
 * what the one of the rest says, which is not of its crashes.
 */
static const struct pf_err *
mend_words(struct pf_db *db, struct pf_live *l)
{
	const struct pf_err *err;
	struct pf_bucket rest;
	struct pf_given t;
	struct pf_sign s;
	struct pf_q q = PF_Q_INIT;
	bool more = true, over;

	err = pf_q(&q, db, "SELECT c.type, c.tool, c.stack, c.output, "
	    "c.signal, b.id, b.campaign FROM buckets AS b JOIN crashes AS c "
	    "ON c.id = b.first_crash WHERE b.samples > 0", "");
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		pf_said_from(&t, &q, 0);
		pf_rules_sign(&s, l->gen[0].rules, &t);
		pf_bucket_over(&rest, pf_q_text(&q, 6));
		over = strcmp(pf_q_text(&q, 5), rest.id) == 0;
		err = pf_db_run(db, NULL, "UPDATE bucket_rows SET frames = "
		    "?2, type = ?3, tool = ?4 WHERE rules = " LIVE " AND id ="
		    " ?1 AND (frames, type, "
		    "tool) <> (?2, ?3, ?4)", "ssss", pf_q_text(&q, 5), over ?
		    "" : s.frames, over ? PF_BUCKET_OVER_TYPE : s.type,
		    over ? PF_BUCKET_OVER_TOOL : s.tool);
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_mend_buckets(struct pf_db *db, struct pf_live *l)
{
	const struct pf_err *err;

	if ((err = mend_rows(db, &l->gen[0])) != NULL ||
	    (err = mend_words(db, l)) != NULL ||
	    (err = pf_place_again(db, l)) != NULL)
		return err;
	return pf_live_load(l, db);
}
