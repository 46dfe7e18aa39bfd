/*
 * pf-report explain crash: why it is in its bucket, frame by frame.
 */
#include <stdio.h>
#include <string.h>

#include "report/report.h"
#include "store/placing.h"
#include "view/find.h"
#include "view/place.h"

struct why {
	struct pf_live		 live;
	const struct pf_q	*q;
	struct pf_sign		 sign;
	bool			 over;	/* the bucket of the rest */
	bool			 agrees;	/* it is where the rules say */
};

static const char *
how(const struct why *w)
{
	if (w->over)
		return "its campaign had as many buckets as it may have";
	if (!w->agrees)
		return "it is placed by rules of before; pf-sched serve is "
		    "at it, or pf-sched rules does it";
	if (w->sign.merged)
		return w->sign.by == PF_KEY_MAJOR ? "merge" : "split, merge";
	return w->sign.by == PF_KEY_MAJOR ? "major hash" : w->sign.by ==
	    PF_KEY_MINOR ? "split by all frames" : "split by function";
}

/* What a frame counts for, and the rule of that. */
static const char *
verdict(char rule[PF_RULE_TEXT], const struct why *w,
    const struct pf_frame *f)
{
	pf_ignore_rule(rule, pf_rules_ignore(w->live.gen[0].rules), f);
	if (!f->ignored)
		return "counts";
	return pf_ignore_frame(pf_rules_ignore(w->live.gen[0].rules), f) ==
	    PF_FRAME_ENTRY ? "entry" : "ignored";
}

static void
add_frame(struct pf_buf *b, const struct why *w, const struct pf_frame *f,
    const char *stack, enum pf_format format, int n)
{
	char rule[PF_RULE_TEXT];
	const char *what = verdict(rule, w, f);

	if (format == PF_FORMAT_JSON) {
		pf_jw_open(b, NULL, '{');
		pf_jw_str(b, "stack", stack);
		pf_jw_str(b, "is", what);
		pf_jw_str(b, "function", f->name);
		pf_jw_str(b, "file", f->file);
		pf_jw_str(b, "module", f->module);
		pf_jw_str(b, "rule", rule);
		pf_jw_close(b, '}');
		return;
	}
	pf_buf_addf(b, "%s %d\t%s\t", stack, n, what);
	pf_table_escape(b, f->name[0] != '\0' ? f->name : f->module[0] != '\0'
	    ? f->module : f->file[0] != '\0' ? f->file : "?");
	pf_buf_addc(b, '\t');
	pf_table_escape(b, rule[0] != '\0' ? rule : "-");
	pf_buf_addc(b, '\n');
}

static void
add_frames(struct pf_buf *b, const struct why *w, enum pf_format format)
{
	const struct pf_report *r = pf_rules_report(w->live.gen[0].rules);
	const struct pf_stack *st;
	int i;

	for (st = r->stacks; st < r->stacks + r->nstacks; st++)
		for (i = 0; i < st->n; i++)
			add_frame(b, w, &r->frames[st->first + i],
			    pf_stack_word(st->kind), format, i);
}

static void
member(struct pf_buf *b, enum pf_format format, const char *name,
    const char *value)
{
	if (format == PF_FORMAT_JSON)
		pf_jw_str(b, name, value);
	else {
		pf_buf_addf(b, "%s\t", name);
		pf_table_escape(b, value[0] != '\0' ? value : "-");
		pf_buf_addc(b, '\n');
	}
}

static void
print(struct why *w, enum pf_format f)
{
	struct pf_buf b = PF_BUF_INIT;

	if (f == PF_FORMAT_JSON)
		pf_jw_open(&b, NULL, '{');
	member(&b, f, "crash", pf_q_text(w->q, PF_PLACE_ID));
	member(&b, f, "bucket", pf_q_text(w->q, PF_PLACE_BUCKET));
	member(&b, f, "by", how(w));
	member(&b, f, "glob", w->sign.glob);
	member(&b, f, "rules", w->live.gen[0].was);
	member(&b, f, "read", w->sign.parsed ? "the report" :
	    "what the sender told");
	member(&b, f, "type", w->sign.type);
	member(&b, f, "tool", w->sign.tool);
	member(&b, f, "state", w->sign.frames);
	member(&b, f, "major", w->sign.major);
	member(&b, f, "minor", w->sign.minor);
	member(&b, f, "key", w->sign.key);
	if (f == PF_FORMAT_JSON)
		pf_jw_open(&b, "frames", '[');
	add_frames(&b, w, f);
	if (f == PF_FORMAT_JSON) {
		pf_jw_close(&b, ']');
		pf_jw_close(&b, '}');
		pf_buf_addc(&b, '\n');
	}
	fwrite(b.data, 1, b.len, stdout);
	pf_buf_free(&b);
}

static void
explain(struct why *w, enum pf_format format)
{
	const char *campaign = pf_q_text(w->q, PF_PLACE_CAMPAIGN);
	const char *bucket = pf_q_text(w->q, PF_PLACE_BUCKET);
	struct pf_bucket b;
	struct pf_given said;

	pf_place_said(&said, w->q);
	pf_rules_sign(&w->sign, w->live.gen[0].rules, &said);
	pf_bucket_over(&b, campaign);
	w->over = strcmp(b.id, bucket) == 0;
	pf_bucket_of(&b, campaign, w->sign.key);
	w->agrees = strcmp(b.id, bucket) == 0;
	print(w, format);
}

const struct pf_err *
explain_crash(struct report *r, const char *text)
{
	const struct pf_err *err;
	struct why w = { .over = false };
	struct pf_q q = PF_Q_INIT;
	char id[PF_ID_MAX + 1];
	bool more = false;

	if ((err = pf_find_crash(id, r->show.db, text)) == NULL &&
	    (err = pf_live_load(&w.live, r->show.db)) == NULL &&
	    (err = pf_place_query(&q, r->show.db, id)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && !more)
		err = pf_err(PF_NOTFOUND, "crash %s: unknown", id);
	if (err == NULL) {
		w.q = &q;
		explain(&w, r->show.format);
	}
	pf_q_done(&q);
	pf_live_free(&w.live);
	return err;
}
