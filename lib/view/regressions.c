/*
 * Crashes from build to build; see regressions.h.
 */
#include <stdio.h>
#include <string.h>

#include "codec/json.h"
#include "store/trials.h"
#include "view/columns.h"
#include "view/regressions.h"

#define LIST_BUILDS	'k'	/* of cursors */
#define LIST_FATES	'g'

#define ROWS \
	"SELECT r.campaign, p.name, r.seq, b.name, b.target, b.seq = (SELECT " \
	"max(seq) FROM builds WHERE campaign = r.campaign), r.crash, r.hash, " \
	"coalesce(c.type, ''), coalesce((SELECT bucket FROM placed WHERE id =" \
	" c.id), ''), r.job, " \
	"coalesce(j.status, ''), " PF_TRIALS_UNDER("r.campaign", "r.hash") \
	" FROM regressions AS r JOIN builds AS b ON " \
	"b.campaign = r.campaign AND b.seq = r.seq JOIN campaigns AS p ON " \
	"p.id = r.campaign LEFT JOIN crashes AS c ON c.id = r.crash " \
	"LEFT JOIN jobs AS j ON j.id = r.job "
#define ORDER	" ORDER BY r.campaign, r.hash, r.seq"

static const struct pf_err *
tell(struct pf_db *db, const struct pf_regressions *r, struct pf_trials *t,
    const struct pf_q *q)
{
	const struct pf_err *err;
	struct pf_regression one = { .campaign = pf_q_text(q, 1),
	    .seq = pf_q_int(q, 2), .build = pf_q_text(q, 3),
	    .target = pf_q_text(q, 4), .newest = pf_q_int(q, 5) != 0,
	    .crash = pf_q_text(q, 6), .hash = pf_q_text(q, 7),
	    .type = pf_q_text(q, 8), .bucket = pf_q_text(q, 9),
	    .job = pf_q_text(q, 10), .status = pf_q_text(q, 11) };

	if ((err = pf_trials_get(t, db, pf_q_text(q, 0), one.hash, one.seq))
	    != NULL)
		return err;
	one.fate = pf_fate_of(&one.enough, t->v, t->n);
	one.trial = t->v[t->n - 1];
	if (one.fate == PF_FATE_UNKNOWN && one.trial.missing[0] != '\0')
		snprintf(one.why, sizeof(one.why), "built without %s",
		    one.trial.missing);
	/* It may not be there any more, or not like the build. */
	else if (one.fate == PF_FATE_UNKNOWN && one.trial.runs == 0 &&
	    pf_q_int(q, 12) != 0 && strcmp(one.status, "completed") == 0)
		snprintf(one.why, sizeof(one.why), "not run under valgrind");
	r->each(r->arg, &one);
	return NULL;
}

const struct pf_err *
pf_regressions_walk(struct pf_db *db, const struct pf_regressions *r)
{
	const struct pf_err *err;
	struct pf_trials t = PF_TRIALS_INIT;
	struct pf_q q = PF_Q_INIT;
	bool more = true;

	if (r->campaign != NULL)
		err = pf_q(&q, db, ROWS "WHERE r.campaign = ?1 AND (?2 = 0 OR "
		    "r.seq = ?2)" ORDER, "si", r->campaign, r->seq);
	else
		err = pf_q(&q, db, ROWS "WHERE (?1 = 0 OR r.seq = ?1)" ORDER,
		    "i", r->seq);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		err = tell(db, r, &t, &q);
	pf_q_done(&q);
	pf_trials_free(&t);
	return err;
}

static const struct pf_view_col builds_cols[] = {
	{ "build",	"build",		INT },
	{ "name",	"name",			TEXT },
	{ "engine",	"engine",		TEXT },
	{ "size",	"size",			SIZE },
	{ "time",	"created_at",		TIME },
	{ "crashes",	"crashes",		INT },
	{ "target",	"target",		TEXT },
};
#define BUILDS \
	"SELECT seq, name, fuzzer, size, time, (SELECT count(*) FROM " \
	"regressions AS r WHERE (r.campaign, r.seq) = (b.campaign, b.seq)), " \
	"target FROM builds AS b WHERE campaign = ?1 "
VIEW(builds, NULL, "SELECT * FROM (" BUILDS "ORDER BY seq DESC LIMIT ?2) "
    "ORDER BY seq");

/* Where the page begins; at is the last build there was. */
static const struct pf_err *
begin(struct pf_cursor *at, struct pf_page *p, char list)
{
	*at = (struct pf_cursor){ .at = 0 };
	p->count = 0;
	p->next[0] = '\0';
	return p->cursor == NULL ? NULL :
	    pf_cursor_parse(at, list, p->cursor);
}

const struct pf_err *
pf_builds_page(struct pf_page *p, struct pf_buf *b, struct pf_db *db,
    const char *campaign)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	struct pf_cursor at;
	bool more = true;

	if ((err = begin(&at, p, LIST_BUILDS)) == NULL)
		err = pf_q(&q, db, BUILDS "AND seq > ?2 ORDER BY seq LIMIT ?3",
		    "sii", campaign, at.at, p->limit + 1);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more &&
	    p->count < p->limit) {
		pf_view_json(b, &pf_view_builds, &q);
		at.at = pf_q_int(&q, 0);
		p->count++;
	}
	if (err == NULL && more)
		pf_cursor_text(p->next, LIST_BUILDS, &at);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_build_seq(int64_t *seq, bool *known, struct pf_db *db,
    const char *campaign, const char *target)
{
	return pf_db_int(db, seq, known, "SELECT seq FROM builds WHERE "
	    "(campaign, target) = (?1, ?2)", "ss", campaign, target);
}

static void
put(void *arg, const struct pf_regression *x)
{
	struct pf_buf *b = arg;

	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "campaign", x->campaign);
	pf_jw_int(b, "build", x->seq);
	pf_jw_str(b, "name", x->build);
	pf_jw_str(b, "target", x->target);
	pf_jw_bool(b, "newest", x->newest);
	pf_jw_str(b, "crash", x->crash);
	pf_jw_str(b, "hash", x->hash);
	pf_jw_str(b, "type", x->type);
	pf_jw_str(b, "bucket", x->bucket);
	pf_jw_str(b, "verdict", pf_fate_word(x->fate));
	pf_jw_int(b, "same", x->trial.same);
	pf_jw_int(b, "crashed", x->trial.crashed);
	pf_jw_int(b, "runs", x->trial.runs);
	pf_jw_int(b, "enough", x->enough);
	pf_jw_str(b, "job", x->job);
	pf_jw_str(b, "job_status", x->status);
	pf_jw_str(b, "why", x->why);
	pf_jw_close(b, '}');
}

const struct pf_err *
pf_regressions_page(struct pf_page *p, struct pf_buf *b, struct pf_db *db,
    const char *campaign, int64_t seq)
{
	const struct pf_err *err;
	struct pf_regressions r = { campaign, seq, put, b };
	struct pf_trials t = PF_TRIALS_INIT;
	struct pf_q q = PF_Q_INIT;
	struct pf_cursor at;
	bool more = true;

	if ((err = begin(&at, p, LIST_FATES)) == NULL)
		err = pf_q(&q, db, ROWS "WHERE r.campaign = ?1 AND (r.seq, "
		    "r.hash) > (?2, ?3) AND (?4 = 0 OR r.seq = ?4) "
		    "ORDER BY r.seq, r.hash LIMIT ?5", "sisii", campaign,
		    at.at, at.id, seq, p->limit + 1);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more &&
	    p->count < p->limit && (err = tell(db, &r, &t, &q)) == NULL) {
		at.at = pf_q_int(&q, 2);
		pf_q_copy(&q, 7, at.id, sizeof(at.id));
		p->count++;
	}
	if (err == NULL && more)
		pf_cursor_text(p->next, LIST_FATES, &at);
	pf_q_done(&q);
	pf_trials_free(&t);
	return err;
}
