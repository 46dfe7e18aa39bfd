/*
 * pf-report regressions: what became of known crashes from build to build.
 */
#include "base/num.h"
#include "report/report.h"
#include "view/find.h"
#include "view/regressions.h"

static const struct pf_column columns[] = {
	{ "campaign", PF_CELL_TEXT }, { "build", PF_CELL_INT },
	{ "name", PF_CELL_TEXT }, { "crash", PF_CELL_TEXT },
	{ "type", PF_CELL_TEXT }, { "verdict", PF_CELL_TEXT },
	{ "same", PF_CELL_INT }, { "crashed", PF_CELL_INT },
	{ "runs", PF_CELL_INT }, { "enough", PF_CELL_INT },
	{ "job", PF_CELL_TEXT }, { "target", PF_CELL_TEXT },
	{ "hash", PF_CELL_TEXT }, { "bucket", PF_CELL_TEXT },
	{ "why", PF_CELL_TEXT },
};
#define COLUMNS	(sizeof(columns) / sizeof(columns[0]))

struct out {
	const struct report	*r;
	struct pf_buf		 b;
	struct pf_table		 t;
	bool			 regressed;	/* some on a newest build */
};

static void
add(void *arg, const struct pf_regression *x)
{
	struct out *o = arg;
	struct pf_table *t = &o->t;

	pf_table_text(t, x->campaign);
	pf_table_int(t, x->seq);
	pf_table_text(t, x->build);
	pf_table_text(t, x->crash);
	pf_table_text(t, x->type);
	pf_table_text(t, pf_fate_word(x->fate));
	pf_table_int(t, x->trial.same);
	pf_table_int(t, x->trial.crashed);
	pf_table_int(t, x->trial.runs);
	pf_table_int(t, x->enough);
	pf_table_text(t, x->status);
	pf_table_text(t, x->target);
	pf_table_text(t, x->hash);
	pf_table_text(t, x->bucket);
	pf_table_text(t, x->why);
	if (x->fate == PF_FATE_REGRESSED && (x->newest || o->r->bucket !=
	    NULL))
		o->regressed = true;
	if (o->b.len > 1 << 16)
		pf_show_flush(&o->r->show, &o->b);
}

const struct pf_err *
report_regressions(struct report *r, const char *arg)
{
	const struct pf_err *err = NULL;
	struct out o = { .r = r, .b = PF_BUF_INIT };
	struct pf_regressions w = { .each = add, .arg = &o };
	char id[PF_ID_MAX + 1];

	(void)arg;
	if (r->bucket != NULL && !pf_num(&w.seq, r->bucket, 1, INT64_MAX))
		return pf_err(PF_USAGE, "-b %s: not the number of a build",
		    r->bucket);
	if (r->pick.campaign != NULL && (err = pf_find_campaign(id,
	    r->show.db, r->pick.campaign)) != NULL)
		return err;
	w.campaign = r->pick.campaign != NULL ? id : NULL;
	pf_table_begin(&o.t, &o.b, r->show.format, columns, COLUMNS);
	if (r->show.header)
		pf_table_header(&o.t);
	err = pf_regressions_walk(r->show.db, &w);
	pf_table_end(&o.t);
	pf_show_flush(&r->show, &o.b);
	pf_buf_free(&o.b);
	if (err == NULL && o.regressed)
		err = pf_err(PF_NO, "%s", "");
	return err;
}
