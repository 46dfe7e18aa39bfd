/*
 * How jobs are, and events of it.
 *
 * Events tell of each verdict that appears or is gone.  A bot that changes its
 * mind with every report must not fill the list: beyond the first changes of
 * an attempt there is one a minute, of what then is.
 */
#include <stdio.h>
#include <string.h>

#include "act/row.h"
#include "model/event.h"

#define FREE	10	/* changes of an attempt that are told at once */
#define PAUSE	60000	/* ms between two later ones */

static const struct pf_err *
tell_one(struct pf_act *a, const struct pf_stats *s, enum pf_verdict v,
    bool holds)
{
	char why[400];
	struct pf_event e = { .time = a->now, .kind = "health",
	    .subject = s->job, .was = "", .now = "", .who = s->bot,
	    .why = "" };

	if (holds) {
		snprintf(why, sizeof(why), "%s: %s", pf_verdict_means(v),
		    pf_verdict_todo(v));
		e.now = pf_verdict_name(v);
		e.why = why;
	} else
		e.was = pf_verdict_name(v);
	return pf_event_add(a->db, &e);
}

/* What differs from what was told; to nobody while rows are made anew. */
static const struct pf_err *
tell(struct pf_act *a, const struct row *row, const struct pf_stats *s,
    const struct pf_verdicts *now, struct pf_told *t)
{
	const struct pf_err *err;
	bool silent = a->remaking || row->restore[0] != '\0', differ = false;
	bool holds;
	int i;

	if (t->epoch != s->epoch || t->attempt != s->attempt) {
		differ = t->n > 0;
		t->n = -1;	/* the first of a new attempt is free */
	} else if (t->n >= FREE && a->now - t->at < PAUSE && a->now >= t->at)
		return NULL;
	for (i = 0; i < PF_VERDICT_MAX; i++) {
		holds = now->since[i] != 0;
		if (holds == (t->told.since[i] != 0))
			continue;
		differ = true;
		if (!silent && (err = tell_one(a, s, (enum pf_verdict)i,
		    holds)) != NULL)
			return err;
	}
	if (!differ)
		return NULL;
	t->told = *now;
	t->at = a->now;
	t->n++;
	return pf_told_set(a->db, s->job, t);
}

const struct pf_err *
pf_put_stats(struct pf_act *a, const struct row *row, struct pf_stats *s)
{
	const struct pf_err *err;
	char text[PF_VERDICTS_TEXT];
	struct pf_verdicts now;
	struct pf_told t;
	bool put = false;

	pf_verdicts_parse(&now, s->health, 1);
	pf_verdicts_keep(text, s->health);
	if (s->health[0] != '\0')
		s->health = text;
	if ((err = pf_told_get(&t, a->db, s->job)) != NULL ||
	    (err = pf_stats_put(&put, a->db, s)) != NULL || !put)
		return err;
	return tell(a, row, s, &now, &t);
}
