/*
 * Why a crash is in its bucket; see why.h.
 */
#include <string.h>

#include "codec/bucket.h"
#include "codec/json.h"
#include "view/why.h"

static const char *
how(const struct pf_why *w)
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

static void
look(struct pf_why_frame *f, const struct pf_why *w)
{
	const struct pf_ignore *ignore = pf_rules_ignore(
	    w->live.gen[0].rules);

	pf_ignore_rule(f->rule, ignore, f->frame);
	f->is = !f->frame->ignored ? "counts" :
	    pf_ignore_frame(ignore, f->frame) == PF_FRAME_ENTRY ? "entry" :
	    "ignored";
}

void
pf_why_each(const struct pf_why *w,
    void (*member)(void *, const char *, const char *),
    void (*frame)(void *, const struct pf_why_frame *), void *arg)
{
	const struct pf_report *r = pf_rules_report(w->live.gen[0].rules);
	const struct pf_stack *st;
	struct pf_why_frame f;

	member(arg, "crash", pf_q_text(&w->q, PF_PLACE_ID));
	member(arg, "bucket", pf_q_text(&w->q, PF_PLACE_BUCKET));
	member(arg, "by", how(w));
	member(arg, "glob", w->sign.glob);
	member(arg, "rules", w->live.gen[0].was);
	member(arg, "read", w->sign.parsed ? "the report" :
	    "what the sender told");
	member(arg, "type", w->sign.type);
	member(arg, "tool", w->sign.tool);
	member(arg, "state", w->sign.frames);
	member(arg, "major", w->sign.major);
	member(arg, "minor", w->sign.minor);
	member(arg, "key", w->sign.key);
	for (st = r->stacks; st < r->stacks + r->nstacks; st++)
		for (f.n = 0; f.n < st->n; f.n++) {
			f.stack = pf_stack_word(st->kind);
			f.frame = &r->frames[st->first + f.n];
			look(&f, w);
			frame(arg, &f);
		}
}

/* The array of frames opens with the first of them, or at the end. */
struct json {
	struct pf_buf	*b;
	bool		 frames;
};

static void
json_member(void *arg, const char *name, const char *value)
{
	struct json *j = arg;

	pf_jw_str(j->b, name, value);
}

static void
json_frame(void *arg, const struct pf_why_frame *f)
{
	struct json *j = arg;

	if (!j->frames)
		pf_jw_open(j->b, "frames", '[');
	j->frames = true;
	pf_jw_open(j->b, NULL, '{');
	pf_jw_str(j->b, "stack", f->stack);
	pf_jw_str(j->b, "is", f->is);
	pf_jw_str(j->b, "function", f->frame->name);
	pf_jw_str(j->b, "file", f->frame->file);
	pf_jw_str(j->b, "module", f->frame->module);
	pf_jw_str(j->b, "rule", f->rule);
	pf_jw_close(j->b, '}');
}

void
pf_why_json(const struct pf_why *w, struct pf_buf *b)
{
	struct json j = { b, false };

	pf_why_each(w, json_member, json_frame, &j);
	if (!j.frames)
		pf_jw_open(b, "frames", '[');
	pf_jw_close(b, ']');
}

static void
sign(struct pf_why *w)
{
	const char *campaign = pf_q_text(&w->q, PF_PLACE_CAMPAIGN);
	const char *bucket = pf_q_text(&w->q, PF_PLACE_BUCKET);
	struct pf_bucket b;
	struct pf_given said;

	pf_place_said(&said, &w->q);
	pf_rules_sign(&w->sign, w->live.gen[0].rules, &said);
	pf_bucket_over(&b, campaign);
	w->over = strcmp(b.id, bucket) == 0;
	pf_bucket_of(&b, campaign, w->sign.key);
	w->agrees = strcmp(b.id, bucket) == 0;
}

const struct pf_err *
pf_why_load(struct pf_why *w, struct pf_db *db, const char *id)
{
	static const struct pf_q none = PF_Q_INIT;
	const struct pf_err *err;
	bool more = false;

	*w = (struct pf_why){ .q = none };
	if ((err = pf_live_load(&w->live, db)) == NULL &&
	    (err = pf_place_query(&w->q, db, id)) == NULL &&
	    (err = pf_q_row(&w->q, &more)) == NULL && !more)
		err = pf_err(PF_NOTFOUND, "there is no crash %s", id);
	if (err == NULL)
		sign(w);
	return err;
}

void
pf_why_free(struct pf_why *w)
{
	pf_q_done(&w->q);
	pf_live_free(&w->live);
}
