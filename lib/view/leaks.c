/*
 * Leaks by where they were allocated; see leaks.h.
 */
#include <string.h>

#include "store/scratch.h"
#include "view/better.h"
#include "view/leaks.h"
#include "view/place.h"

/* last is the crash that was added last: a report may tell of what has no
 * frames several times. */
static const char make[] = "CREATE TABLE leaks (campaign TEXT, place TEXT, "
    "direct_bytes INTEGER, direct_objects INTEGER, indirect_bytes INTEGER, "
    "indirect_objects INTEGER, crashes INTEGER, crash TEXT, last TEXT, "
    "frames TEXT, PRIMARY KEY (campaign, place)) WITHOUT ROWID";
static const char put[] = "INSERT INTO leaks VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
    "1, ?7, ?7, ?8) ON CONFLICT DO UPDATE SET direct_bytes = direct_bytes + "
    "?3, direct_objects = direct_objects + ?4, indirect_bytes = "
    "indirect_bytes + ?5, indirect_objects = indirect_objects + ?6, crashes "
    "= crashes + (last <> ?7), crash = min(crash, ?7), last = ?7";
static const char get[] = "SELECT l.place, l.frames, coalesce(k.name, "
    "l.campaign), l.crash, l.direct_bytes, l.direct_objects, "
    "l.indirect_bytes, l.indirect_objects, l.crashes FROM leaks AS l LEFT "
    "JOIN m.campaigns AS k ON k.id = l.campaign ORDER BY l.direct_bytes + "
    "l.indirect_bytes DESC, l.place, l.campaign LIMIT ?1";

/* Only what may be a report of leaks is read. */
static bool
may_leak(const char *output)
{
	return strstr(output, "eak of ") != NULL ||
	    strstr(output, " lost") != NULL;
}

static const struct pf_leak *
of_place(const struct pf_report *r, const struct pf_leak *of, bool indirect)
{
	const struct pf_leak *l;

	for (l = r->leaks; l < r->leaks + r->nleaks; l++)
		if (l->indirect == indirect && l->place[0] != '\0' &&
		    strcmp(l->place, of->place) == 0)
			return l;
	return NULL;
}

static void
add_top(struct pf_buf *b, const struct pf_leak *l)
{
	size_t i;

	for (i = 0; i < PF_LEAK_TOP && l->top[i] != NULL; i++)
		pf_buf_addf(b, "%s%s", i > 0 ? " < " : "", l->top[i]);
}

/* What is lost through another leak is told once: as a leak of its own, or
 * else by that one. */
static const struct pf_err *
add_leaks(struct pf_db *scratch, const struct pf_report *r,
    const char *campaign, const char *crash)
{
	const struct pf_err *err = NULL;
	struct pf_buf top = PF_BUF_INIT;
	const struct pf_leak *l, *direct, *in;
	int64_t lost, objects;

	for (l = r->leaks; l < r->leaks + r->nleaks && err == NULL; l++) {
		direct = l->indirect ? NULL : l;
		in = l->indirect ? l : of_place(r, l, true);
		/* It was added with the direct one. */
		if (l->indirect && of_place(r, l, false) != NULL)
			continue;
		lost = in != NULL ? in->bytes : 0;
		objects = in != NULL ? in->count : 0;
		if (r->indirect_count == 0)
			lost = l->through;
		pf_buf_reset(&top);
		add_top(&top, l);
		err = pf_db_run(scratch, NULL, put, "ssiiiiss", campaign,
		    l->place, direct != NULL ? direct->bytes : INT64_C(0),
		    direct != NULL ? direct->count : INT64_C(0), lost,
		    objects, crash, top.data);
	}
	pf_buf_free(&top);
	return err;
}

/* Of one crash, by the best report of it: its own may be cut. */
static const struct pf_err *
read_leaks(struct pf_db *scratch, struct pf_rules *rules,
    const struct pf_leaks *w, struct pf_db *db, const struct pf_q *q)
{
	const struct pf_err *err;
	struct pf_better best;
	struct pf_given said;
	struct pf_sign s;

	pf_place_said(&said, q);
	if (*said.output != '\0' && !may_leak(said.output))
		return NULL;
	if ((err = pf_better_find(&best, db, w->storage, pf_q_text(q,
	    PF_PLACE_ID), &said)) == NULL) {
		if (best.output != NULL)
			said.output = best.output;
		if (may_leak(said.output)) {
			pf_rules_sign(&s, rules, &said);
			err = add_leaks(scratch, pf_rules_report(rules),
			    pf_q_text(q, PF_PLACE_CAMPAIGN), pf_q_text(q,
			    PF_PLACE_ID));
		}
	}
	pf_better_free(&best);
	return err;
}

static const struct pf_err *
collect(struct pf_db *scratch, struct pf_db *db, const struct pf_leaks *w)
{
	const struct pf_err *err;
	struct pf_live live = { .n = 0 };
	struct pf_q q = PF_Q_INIT;
	bool more = true;

	if ((err = pf_live_load(&live, db)) == NULL)
		err = pf_place_query(&q, db, NULL);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		if (w->campaign == NULL || strcmp(w->campaign, pf_q_text(&q,
		    PF_PLACE_CAMPAIGN)) == 0)
			err = read_leaks(scratch, live.gen[0].rules, w, db,
			    &q);
	pf_q_done(&q);
	pf_live_free(&live);
	return err;
}

static const struct pf_err *
tell(struct pf_db *scratch, const struct pf_leaks *w)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	struct pf_leaked l;
	bool more = true;

	err = pf_q(&q, scratch, get, "i", w->max);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		l = (struct pf_leaked){ .place = pf_q_text(&q, 0),
		    .frames = pf_q_text(&q, 1), .campaign = pf_q_text(&q, 2),
		    .crash = pf_q_text(&q, 3), .direct_bytes = pf_q_int(&q,
		    4), .direct_objects = pf_q_int(&q, 5),
		    .indirect_bytes = pf_q_int(&q, 6),
		    .indirect_objects = pf_q_int(&q, 7),
		    .crashes = pf_q_int(&q, 8) };
		w->each(w->arg, &l);
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_leaks_walk(struct pf_db *db, const struct pf_leaks *w)
{
	const struct pf_err *err;
	struct pf_db *scratch = NULL;

	if ((err = pf_scratch_open(&scratch, w->storage)) == NULL &&
	    (err = pf_db_run(scratch, NULL, make, "")) == NULL &&
	    (err = collect(scratch, db, w)) == NULL)
		err = tell(scratch, w);
	pf_db_close(scratch);
	return err;
}
