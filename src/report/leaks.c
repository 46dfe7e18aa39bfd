/*
 * pf-report leaks: what is lost, by where it was allocated.
 */
#include "report/report.h"
#include "view/find.h"
#include "view/leaks.h"

static const struct pf_column columns[] = {
	{ "place",		PF_CELL_TEXT },
	{ "direct_bytes",	PF_CELL_SIZE },
	{ "direct_objects",	PF_CELL_INT },
	{ "indirect_bytes",	PF_CELL_SIZE },
	{ "indirect_objects",	PF_CELL_INT },
	{ "crashes",		PF_CELL_INT },
	{ "campaign",		PF_CELL_TEXT },
	{ "crash",		PF_CELL_TEXT },
	{ "frames",		PF_CELL_TEXT },
};

struct out {
	const struct report	*r;
	struct pf_buf		 b;
	struct pf_table		 t;
};

static void
add(void *arg, const struct pf_leaked *l)
{
	struct out *o = arg;

	pf_table_given(&o->t, l->place);
	pf_table_int(&o->t, l->direct_bytes);
	pf_table_int(&o->t, l->direct_objects);
	pf_table_int(&o->t, l->indirect_bytes);
	pf_table_int(&o->t, l->indirect_objects);
	pf_table_int(&o->t, l->crashes);
	pf_table_given(&o->t, l->campaign);
	pf_table_given(&o->t, l->crash);
	pf_table_given(&o->t, l->frames);
	if (o->b.len > 1 << 16)
		pf_show_flush(&o->r->show, &o->b);
}

const struct pf_err *
report_leaks(struct report *r, const char *arg)
{
	const struct pf_err *err;
	struct out o = { .r = r, .b = PF_BUF_INIT };
	struct pf_leaks w = { .storage = r->conf.storage_path,
	    .max = r->show.max, .each = add, .arg = &o };
	char id[PF_ID_MAX + 1];

	(void)arg;
	if (r->pick.campaign != NULL && (err = pf_find_campaign(id,
	    r->show.db, r->pick.campaign)) != NULL)
		return err;
	w.campaign = r->pick.campaign != NULL ? id : NULL;
	pf_table_begin(&o.t, &o.b, r->show.format, columns,
	    sizeof(columns) / sizeof(columns[0]));
	if (r->show.header && r->show.format == PF_FORMAT_TSV)
		pf_table_header(&o.t);
	err = pf_leaks_walk(r->show.db, &w);
	pf_table_end(&o.t);
	pf_show_flush(&r->show, &o.b);
	pf_buf_free(&o.b);
	return err;
}
