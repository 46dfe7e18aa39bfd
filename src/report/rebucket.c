/*
 * pf-report rules, those in force, and rebucket: what others would make of the
 * buckets there are.
 */
#include "codec/table.h"
#include "os/fs.h"
#include "report/report.h"
#include "view/inforce.h"
#include "view/rebucket.h"

static const struct pf_column columns[] = {
	{ "change",	PF_CELL_TEXT },
	{ "bucket",	PF_CELL_TEXT },
	{ "becomes",	PF_CELL_TEXT },
	{ "crashes",	PF_CELL_INT },
	{ "type",	PF_CELL_TEXT },
	{ "frames",	PF_CELL_TEXT },
	{ "crash",	PF_CELL_TEXT },
};

static void
print(struct report *r, const struct pf_ways *w)
{
	struct pf_buf b = PF_BUF_INIT;
	struct pf_table t;
	const struct pf_way *x;
	const char *change;
	int64_t left = r->show.max > 0 ? r->show.max : INT64_MAX;

	pf_table_begin(&t, &b, r->show.format, columns,
	    sizeof(columns) / sizeof(columns[0]));
	if (r->show.header && r->show.format == PF_FORMAT_TSV)
		pf_table_header(&t);
	for (x = w->way; x < w->way + w->n && left > 0; x++) {
		if ((change = pf_way_change(x)) == NULL)
			continue;
		pf_table_text(&t, change);
		pf_table_text(&t, x->from);
		pf_table_text(&t, x->to);
		pf_table_int(&t, x->n);
		pf_table_text(&t, x->type);
		pf_table_text(&t, x->frames);
		pf_table_text(&t, x->crash);
		left--;
	}
	pf_table_end(&t);
	fwrite(b.data, 1, b.len, stdout);
	pf_buf_free(&b);
}

/* A bucket's id, or a hash that other rules for frames have changed. */
static void
say_idle(const struct pf_rules *rules, const char *arg)
{
	const char *hash;
	size_t at = 0;
	int line;

	while (pf_rules_idle(rules, &at, &line, &hash))
		pf_warn("%s: line %d fits no crash: %s", arg, line, hash);
}

const struct pf_err *
report_rebucket(struct report *r, const char *arg)
{
	const struct pf_err *err;
	struct pf_rules *rules = pf_rules_new();
	struct pf_buf text = PF_BUF_INIT;
	struct pf_ways w = { .n = 0 };

	if ((err = pf_slurp(&text, arg, PF_RULES_BYTES)) == NULL &&
	    (err = pf_rules_add(rules, text.data, text.len)) != NULL)
		err = pf_err_at(err, "%s", arg);
	if (err == NULL && (err = pf_rebucket(&w, r->show.db, rules, -1)) ==
	    NULL) {
		print(r, &w);
		say_idle(rules, arg);
	}
	pf_ways_free(&w);
	pf_buf_free(&text);
	pf_rules_free(rules);
	return err;
}

const struct pf_err *
report_rules(struct report *r, const char *arg)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;

	(void)arg;
	if (r->show.format == PF_FORMAT_JSON) {
		pf_jw_open(&b, NULL, '{');
		err = pf_inforce_json(&b, r->show.db);
		pf_jw_close(&b, '}');
		pf_buf_addc(&b, '\n');
	} else
		err = pf_inforce_text(&b, r->show.db);
	if (err == NULL)
		fwrite(b.data, 1, b.len, stdout);
	pf_buf_free(&b);
	return err;
}
