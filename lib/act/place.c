/*
 * Rules that come into force; see place.h.
 */
#include <stdlib.h>
#include <string.h>

#include "act/announce.h"
#include "act/bucket.h"
#include "act/place.h"
#include "base/mem.h"

#define SWEEP	20	/* times as many rows of moves */

/* What was placed so far is not wanted; moves and buckets go with later
 * steps. */
static const struct pf_err *
forget_coming(struct pf_db *db)
{
	return pf_db_run(db, NULL, "UPDATE dropped SET coming = NULL WHERE "
	    "coming IS NOT NULL", "");
}

static const struct pf_err *
set_coming(struct pf_db *db, int64_t n)
{
	const struct pf_err *err;

	if ((err = forget_coming(db)) != NULL)
		return err;
	return pf_db_run(db, NULL, "UPDATE placing SET coming = ?1, cursor = "
	    "''", "i", n);
}

/* Rules that were coming and are not any more. */
static const struct pf_err *
drop_coming(struct pf_db *db)
{
	const struct pf_err *err;

	if ((err = forget_coming(db)) != NULL || (err = pf_db_run(db, NULL,
	    "DELETE FROM rules WHERE n = (SELECT coming FROM placing) AND n > "
	    "(SELECT rules FROM placing)", "")) != NULL)
		return err;
	if ((err = pf_db_run(db, NULL, "UPDATE placing SET coming = NULL",
	    "")) != NULL)
		return err;
	/* That may have been cut short. */
	return pf_announce_begin(db);
}

static const struct pf_err *
add(int64_t *n, struct pf_db *db, const char *before, const char *text,
    const char *version, int64_t now)
{
	const struct pf_err *err;

	if ((err = drop_coming(db)) != NULL || (err = pf_db_int(db, n, NULL,
	    "SELECT max(n) + 1 FROM rules", "")) != NULL ||
	    (err = pf_db_run(db, NULL, "INSERT INTO rules (n, before, version,"
	    " text, time) SELECT ?1, iif(?5 = '', NULL, CAST(?5 AS INTEGER)),"
	    " ?2, ?3, ?4", "issis", *n, version, text, now, before)) != NULL)
		return err;
	return set_coming(db, *n);
}

const struct pf_err *
pf_place_apply(int64_t *n, struct pf_db *db, const char *text,
    const char *version, int64_t now)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	char before[24] = "";
	bool more = false, same = false;

	if ((err = pf_q(&q, db, "SELECT rules, coming, coming IS NOT NULL AND "
	    "EXISTS (SELECT 1 FROM rules WHERE n = p.coming AND before = "
	    "p.rules AND (text, version) = (?1, ?2)) FROM placing AS p", "ss",
	    text, version)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more) {
		pf_q_copy(&q, 0, before, sizeof(before));
		*n = pf_q_int(&q, 1);
		same = pf_q_int(&q, 2) != 0;
	}
	pf_q_done(&q);
	/* One that was cut off goes on. */
	if (err != NULL || same)
		return err;
	return add(n, db, before, text, version, now);
}

const struct pf_err *
pf_place_renew(struct pf_db *db, const struct pf_live *l, int64_t now)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	char before[24] = "";
	bool more = false;
	int64_t n;
	char *text = NULL;

	if ((err = pf_q(&q, db, "SELECT before, text FROM rules WHERE n = ?",
	    "i", l->gen[0].n)) == NULL && (err = pf_q_row(&q, &more)) == NULL
	    && more) {
		pf_q_copy(&q, 0, before, sizeof(before));
		text = pf_strdup(pf_q_text(&q, 1));
	}
	pf_q_done(&q);
	if (err == NULL && text != NULL)
		err = add(&n, db, before, text, l->gen[0].version, now);
	free(text);
	return err;
}

/* Those that come are those in force, as another program reads them. */
static const struct pf_err *
is_renewal(bool *yes, struct pf_db *db)
{
	int64_t one;

	return pf_db_int(db, &one, yes, "SELECT 1 FROM placing AS p JOIN rules "
	    "AS a ON a.n = p.rules JOIN rules AS b ON b.n = p.coming WHERE "
	    "a.text = b.text", "");
}

const struct pf_err *
pf_place_undo(int64_t *n, struct pf_db *db, struct pf_live *l)
{
	const struct pf_err *err;
	bool there = false, renewal = false;

	*n = l->gen[0].n;
	/* What is not in force yet is all there is to take back. */
	if (l->n == 2 && l->gen[1].n > l->gen[0].n) {
		if ((err = is_renewal(&renewal, db)) != NULL ||
		    (err = drop_coming(db)) != NULL || !renewal)
			return err;
	} else if (l->n == 2) {
		*n = l->gen[1].n;
		return NULL;
	}
	if ((err = pf_db_int(db, n, &there, "SELECT before FROM rules WHERE "
	    "n = ? AND before IS NOT NULL", "i", l->gen[0].n)) != NULL)
		return err;
	if (!there)
		return pf_err(PF_CONFLICT, "no rules were applied: there is "
		    "nothing to take back");
	return set_coming(db, *n);
}

const struct pf_err *
pf_place_settle(struct pf_db *db, struct pf_live *l)
{
	const struct pf_err *err;
	bool any = true;
	int64_t one;

	if (pf_live_sound(l))
		return NULL;
	if ((err = pf_db_int(db, &one, &any, "SELECT 1 FROM buckets LIMIT 1",
	    "")) != NULL || any)
		return err;
	if ((err = pf_db_run(db, NULL, "UPDATE rules SET version = ?2 WHERE n "
	    "= ?1", "is", l->gen[0].n, l->gen[0].version)) != NULL)
		return err;
	return pf_live_load(l, db);
}

const struct pf_err *
pf_place_again(struct pf_db *db, const struct pf_live *l)
{
	return l->n < 2 ? NULL : set_coming(db, l->gen[1].n);
}

/* What there are numbers of rules in, the next one, and rows of one. */
static const struct {
	const char	*next, *some;
} swept[] = {
	{ "SELECT rules FROM moves WHERE rules > ? ORDER BY rules LIMIT 1",
	    "DELETE FROM moves WHERE rules = ?1 AND crash IN (SELECT crash "
	    "FROM moves WHERE rules = ?1 LIMIT ?2)" },
	{ "SELECT rules FROM bucket_rows WHERE rules > ? ORDER BY rules "
	    "LIMIT 1", "DELETE FROM bucket_rows WHERE rules = ?1 AND id IN "
	    "(SELECT id FROM bucket_rows WHERE rules = ?1 LIMIT ?2)" },
};

/* Rows that are of no rules, or of what is placed from the start. */
static const struct pf_err *
sweep(bool *left, struct pf_db *db, const struct pf_live *l, int64_t piece)
{
	const struct pf_err *err = NULL;
	bool there, begun = l->n == 2 && l->gen[1].cursor[0] != '\0';
	int64_t n, gone = 0;
	size_t i;

	/* Of some millions of rows there are but two or three numbers. */
	for (i = 0; i < sizeof(swept) / sizeof(swept[0]); i++) {
		n = -1;
		while (gone == 0 && (err = pf_db_int(db, &n, &there,
		    swept[i].next, "i", n)) == NULL && there) {
			if (n == l->gen[0].n || (begun && n == l->gen[1].n))
				continue;
			if ((err = pf_db_run(db, &gone, swept[i].some, "ii", n,
			    SWEEP * piece)) != NULL)
				return err;
		}
		if (err != NULL)
			return err;
	}
	*left = gone > 0;
	return NULL;
}

/* The row that the query is on: a crash that is placed by what is coming. */
static const struct pf_err *
place_one(struct pf_db *db, struct pf_gen *g, const struct pf_q *q)
{
	const struct pf_err *err;
	struct pf_place p;
	struct pf_bucket rest;
	struct pf_given t;
	const char *campaign = pf_q_text(q, 6);
	const struct pf_member m = { .id = pf_q_text(q, 5),
	    .campaign = campaign, .rid = pf_q_text(q, 8),
	    .timestamp = pf_q_int(q, 7), .samples = 1,
	    .first = pf_q_int(q, 9), .last = pf_q_int(q, 9) };
	bool fresh;

	pf_said_from(&t, q, 0);
	if ((err = pf_place_find(&p, g, db, campaign, &t, false)) != NULL)
		return err;
	/* What found no room for a bucket of its own stays with the rest. */
	pf_bucket_over(&rest, campaign);
	if (strcmp(rest.id, pf_q_text(q, 10)) == 0) {
		p.b = rest;
		p.over = true;
	}
	if ((err = pf_bucket_put(&fresh, NULL, db, g, &p, &m)) != NULL)
		return err;
	pf_q_copy(q, 5, g->cursor, sizeof(g->cursor));
	return pf_place_set(db, g, m.id, p.b.id);
}

/* Each row of a query that has begun; *n of them. */
static const struct pf_err *
place_rows(int64_t *n, struct pf_db *db, struct pf_gen *g, struct pf_q *q,
    const struct pf_err *(*place)(struct pf_db *, struct pf_gen *,
    const struct pf_q *))
{
	const struct pf_err *err = NULL;
	bool more = true;

	*n = 0;
	while (err == NULL && (err = pf_q_row(q, &more)) == NULL && more)
		if ((err = place(db, g, q)) == NULL)
			++*n;
	return err;
}

/* The next ones in the order of their ids. */
static const struct pf_err *
place_crashes(struct pf_db *db, struct pf_gen *g, int64_t piece)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	int64_t n = 0;

	if ((err = pf_q(&q, db, "SELECT c.type, c.tool, c.stack, c.output, "
	    "c.signal, c.id, j.campaign, c.timestamp, c.rid, c.first_seen, "
	    "coalesce((SELECT bucket FROM moves WHERE rules = (SELECT rules "
	    "FROM placing) AND crash = c.id), c.bucket) FROM crashes AS c JOIN"
	    " jobs AS j ON j.id = c.job_id WHERE c.id > ?1 ORDER BY c.id "
	    "LIMIT ?2", "si", g->cursor, piece)) == NULL)
		err = place_rows(&n, db, g, &q, place_one);
	pf_q_done(&q);
	if (err != NULL)
		return err;
	return pf_db_run(db, NULL, "UPDATE placing SET cursor = ?", "s",
	    n == piece ? g->cursor : PF_PLACED_ALL);
}

static const struct pf_err *
place_drop(struct pf_db *db, struct pf_gen *g, const struct pf_q *q)
{
	const struct pf_err *err;
	const struct pf_member m = { .id = pf_q_text(q, 10),
	    .campaign = pf_q_text(q, 6), .rid = "",
	    .dropped = pf_q_int(q, 7), .first = pf_q_int(q, 8),
	    .last = pf_q_int(q, 9) };
	struct pf_place p;
	struct pf_given t;
	bool fresh;

	pf_said_from(&t, q, 0);
	if ((err = pf_place_find(&p, g, db, m.campaign, &t, false)) != NULL)
		return err;
	if (pf_q_int(q, 11) != 0) {
		pf_bucket_over(&p.b, m.campaign);
		p.over = true;
	}
	if ((err = pf_bucket_put(&fresh, NULL, db, g, &p, &m)) != NULL)
		return err;
	return pf_db_run(db, NULL, "UPDATE dropped SET coming = ?2 WHERE id = "
	    "?1", "ss", pf_q_text(q, 5), p.b.id);
}

static const struct pf_err *
place_drops(bool *left, struct pf_db *db, struct pf_gen *g, int64_t piece)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	int64_t n = 0;

	if ((err = pf_q(&q, db, "SELECT d.type, d.tool, d.stack, d.output, "
	    "d.signal, d.id, d.campaign, d.n, d.first_seen, d.last_seen, "
	    "coalesce((SELECT first_crash FROM buckets WHERE id = d.bucket), "
	    "d.id), d.overflow FROM dropped AS d WHERE d.coming IS NULL "
	    "ORDER BY d.id LIMIT ?", "i", piece)) == NULL)
		err = place_rows(&n, db, g, &q, place_drop);
	pf_q_done(&q);
	*left = n == piece;
	return err;
}

/* Limits are held by how many there are. */
static const struct pf_err *
count_buckets(struct pf_db *db)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, "UPDATE counters SET value = 0 WHERE "
	    "name = 'buckets'", "")) != NULL)
		return err;
	return pf_db_run(db, NULL, "INSERT INTO counters (name, scope, value) "
	    "SELECT 'buckets', campaign, count(*) FROM buckets GROUP BY "
	    "campaign UNION ALL SELECT 'buckets', '', count(*) FROM buckets "
	    "WHERE true ON CONFLICT (name, scope) DO UPDATE SET value = "
	    "excluded.value", "");
}

/*
 * What is coming is in force: one number tells where crashes are, and which
 * buckets there are.  Those of before go with later steps.
 */
static const struct pf_err *
flip(struct pf_db *db, const struct pf_live *l)
{
	const struct pf_err *err;
	const int64_t was = l->gen[0].n, n = l->gen[1].n;

	if ((err = pf_db_run(db, NULL, "UPDATE dropped SET bucket = coming, "
	    "coming = NULL", "")) != NULL ||
	    (err = pf_db_run(db, NULL, "UPDATE placing SET rules = coming, "
	    "coming = NULL, cursor = ''", "")) != NULL ||
	    (err = count_buckets(db)) != NULL ||
	    (err = pf_db_run(db, NULL, "UPDATE rules SET version = ?2 WHERE "
	    "n = ?1", "is", n, l->gen[1].version)) != NULL)
		return err;
	/* Those that were taken back, or read anew, are no more. */
	return pf_db_run(db, NULL, "DELETE FROM rules WHERE n = ?1 AND NOT "
	    "EXISTS (SELECT 1 FROM rules WHERE n = ?2 AND before = ?1)", "ii",
	    was, n);
}

const struct pf_err *
pf_place_step(bool *left, bool *flipped, struct pf_db *db, struct pf_live *l,
    int64_t piece)
{
	const struct pf_err *err;
	struct pf_gen *g = &l->gen[1];
	bool more;

	*flipped = false;
	if ((err = sweep(left, db, l, piece)) != NULL || *left || l->n < 2)
		return err;
	*left = true;
	if (strcmp(g->cursor, PF_PLACED_ALL) != 0)
		return place_crashes(db, g, piece);
	if ((err = place_drops(&more, db, g, piece)) != NULL || more)
		return err;
	*flipped = true;
	return flip(db, l);
}
