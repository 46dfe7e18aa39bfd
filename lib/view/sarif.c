/*
 * pf-report crashes -o sarif: one run of SARIF 2.1.0, a result a bucket and a
 * rule a type of crash.
 *
 * The rules come last, since they are known when all results are written.  How
 * many there may be is limited: types came from bots.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "codec/json.h"
#include "view/found.h"

#define RULES	500		/* the last one is for all that have no room */

#define SCHEMA \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/" \
	"sarif-schema-2.1.0.json"

/* What severity is in words of SARIF, and of those who read it. */
static const struct degree {
	const char	*severity, *level;
	double		 score;
} degrees[] = {
	{ "info",	"note",		0.0 },
	{ "low",	"note",		3.0 },
	{ "medium",	"warning",	5.5 },
	{ "high",	"error",	8.0 },
	{ "critical",	"error",	9.5 },
};

#define NDEGREES	(sizeof(degrees) / sizeof(degrees[0]))

struct rule {
	char		 id[PF_TYPE_TEXT];
	char		 type[PF_TYPE_TEXT];
	const struct degree *worst;
	const char	*why;
};

struct sarif {
	FILE			*f;
	const struct pf_bugs	*pick;
	const char		*root;
	struct pf_buf		 b, text;
	struct rule		 rules[RULES];
	size_t			 nrules;
	struct pf_found		 found;
};

static const struct degree *
degree(const struct pf_judged *j)
{
	size_t i = 0;

	while (i + 1 < NDEGREES && strcmp(degrees[i].severity, j->severity) !=
	    0)
		i++;
	return &degrees[i];
}

/* A message: { and } are doubled in it, and no text of a bot's is a link. */
static void
message(struct sarif *s, const char *key, const char *text)
{
	struct pf_buf *t = &s->text;
	char last = '\0';

	pf_buf_reset(t);
	for (; *text != '\0'; last = *text++) {
		if (*text == '(' && last == ']')
			pf_buf_addc(t, ' ');
		else if (*text == '{' || *text == '}')
			pf_buf_addc(t, *text);
		pf_buf_addc(t, *text);
	}
	pf_jw_open(&s->b, key, '{');
	pf_jw_str(&s->b, "text", t->data);
	pf_jw_close(&s->b, '}');
}

static void
score(struct pf_buf *b, const struct degree *d)
{
	char text[16];

	/* A string, and none for what is no danger. */
	if (d->score == 0)
		return;
	snprintf(text, sizeof(text), "%.1f", d->score);
	pf_jw_str(b, "security-severity", text);
}

/* Which rule the bug is of; new ones are made. */
static size_t
rule_of(struct sarif *s, const struct pf_found *f)
{
	const char *id = f->bug->type[0] != '\0' ? f->bug->type : "unknown";
	const struct degree *d = degree(&f->judged);
	char key[PF_TYPE_TEXT];
	struct rule *r;
	size_t i;

	snprintf(key, sizeof(key), "%s", id);
	for (i = 0; i < s->nrules && strcmp(s->rules[i].id, key) != 0; i++)
		;
	if (i == RULES)
		i = RULES - 1;
	r = &s->rules[i];
	if (i == s->nrules) {
		s->nrules++;
		snprintf(r->id, sizeof(r->id), "%s", i == RULES - 1 ?
		    "(others)" : key);
		snprintf(r->type, sizeof(r->type), "%s", i == RULES - 1 ?
		    "Others" : f->type);
	}
	if (r->worst == NULL || d > r->worst) {
		r->worst = d;
		r->why = f->judged.why;
	}
	return i;
}

/* file:line:column, of a frame that has at least a file. */
static void
add_physical(struct sarif *s, const struct pf_frame *f)
{
	bool relative = pf_found_uri(&s->text, f->file, s->root);

	if (s->text.len == 0)
		return;
	pf_jw_open(&s->b, "physicalLocation", '{');
	pf_jw_open(&s->b, "artifactLocation", '{');
	pf_jw_str(&s->b, "uri", s->text.data);
	if (relative)
		pf_jw_str(&s->b, "uriBaseId", "SRCROOT");
	pf_jw_close(&s->b, '}');
	if (f->line > 0 && f->line <= INT32_MAX) {
		pf_jw_open(&s->b, "region", '{');
		pf_jw_int(&s->b, "startLine", f->line);
		if (f->column > 0 && f->column <= INT32_MAX)
			pf_jw_int(&s->b, "startColumn", f->column);
		pf_jw_close(&s->b, '}');
	}
	pf_jw_close(&s->b, '}');
}

static void
add_logical(struct sarif *s, const char *name)
{
	if (*name == '\0')
		return;
	pf_jw_open(&s->b, "logicalLocations", '[');
	pf_jw_open(&s->b, NULL, '{');
	pf_jw_str(&s->b, "fullyQualifiedName", name);
	pf_jw_str(&s->b, "kind", "function");
	pf_jw_close(&s->b, '}');
	pf_jw_close(&s->b, ']');
}

/* Without a place in the source it is in the target, wherever that lies. */
static void
add_locations(struct sarif *s)
{
	const struct pf_found *f = &s->found;
	struct pf_frame target = { .file = f->bug->target };

	pf_jw_open(&s->b, "locations", '[');
	pf_jw_open(&s->b, NULL, '{');
	if (f->at != NULL)
		add_physical(s, f->at);
	else if (*f->bug->target != '\0')
		add_physical(s, &target);
	add_logical(s, f->at != NULL && f->at->name[0] != '\0' ? f->at->name :
	    f->state->n > 0 ? f->state->frame[0] : "");
	pf_jw_close(&s->b, '}');
	pf_jw_close(&s->b, ']');
}

static void
add_frame(struct sarif *s, const struct pf_frame *f)
{
	pf_jw_open(&s->b, NULL, '{');
	pf_jw_open(&s->b, "location", '{');
	if (f->file[0] != '\0')
		add_physical(s, f);
	add_logical(s, f->name);
	pf_jw_close(&s->b, '}');
	if (f->module[0] != '\0')
		pf_jw_str(&s->b, "module", f->module);
	pf_jw_close(&s->b, '}');
}

static const char *
stack_words(const struct pf_found *f, const struct pf_stack *st)
{
	if (st == pf_report_main(f->report))
		return f->words.data;
	switch (st->kind) {
	case PF_STACK_FREE:
		return "freed here";
	case PF_STACK_ALLOC:
		return "allocated here";
	case PF_STACK_CRASH:
		return "it happened here";
	default:
		return "another thread, or where a value came from";
	}
}

static void
add_stacks(struct sarif *s)
{
	const struct pf_report *r = s->found.report;
	const struct pf_stack *st;
	size_t i, j;

	if (r->nframes == 0)
		return;
	pf_jw_open(&s->b, "stacks", '[');
	for (i = 0; i < r->nstacks; i++) {
		st = &r->stacks[i];
		if (st->n == 0)
			continue;
		pf_jw_open(&s->b, NULL, '{');
		message(s, "message", stack_words(&s->found, st));
		pf_jw_open(&s->b, "frames", '[');
		for (j = 0; j < st->n; j++)
			add_frame(s, &r->frames[st->first + j]);
		pf_jw_close(&s->b, ']');
		pf_jw_close(&s->b, '}');
	}
	pf_jw_close(&s->b, ']');
}

/* Where the memory came from and went to, for who shows no stacks. */
static void
add_related(struct sarif *s)
{
	const struct pf_report *r = s->found.report;
	const struct pf_frame *at;
	const struct pf_stack *st;
	bool any = false;
	size_t i;

	for (i = 0; i < r->nstacks && r->nleaks == 0; i++) {
		st = &r->stacks[i];
		if ((st->kind != PF_STACK_FREE && st->kind != PF_STACK_ALLOC) ||
		    (at = pf_found_place(&s->found, st)) == NULL)
			continue;
		if (!any)
			pf_jw_open(&s->b, "relatedLocations", '[');
		any = true;
		pf_jw_open(&s->b, NULL, '{');
		add_physical(s, at);
		add_logical(s, at->name);
		message(s, "message", stack_words(&s->found, st));
		pf_jw_close(&s->b, '}');
	}
	if (any)
		pf_jw_close(&s->b, ']');
}

/* Those who compare runs want to know which rules made the hash. */
static void
add_fingerprints(struct sarif *s)
{
	const struct pf_found *f = &s->found;
	const char *rules = f->live.gen[0].version;
	char key[PF_RULES_TEXT + 32];

	pf_jw_open(&s->b, "partialFingerprints", '{');
	pf_jw_str(&s->b, "pandafuzzBucket/v1", f->bug->bucket);
	if (f->sign.parsed) {
		snprintf(key, sizeof(key), "pandafuzzMajor/v%s", rules);
		pf_jw_str(&s->b, key, f->sign.major);
		snprintf(key, sizeof(key), "pandafuzzMinor/v%s", rules);
		pf_jw_str(&s->b, key, f->sign.minor);
	}
	pf_jw_close(&s->b, '}');
}

static void
add_time(struct pf_buf *b, const char *key, int64_t ms)
{
	char text[PF_TIME_TEXT];

	pf_jw_str(b, key, pf_time_text(text, ms));
}

static void
add_properties(struct sarif *s)
{
	const struct pf_found *f = &s->found;
	const struct pf_bug *bug = f->bug;
	struct pf_buf *b = &s->b;

	pf_jw_open(b, "properties", '{');
	score(b, degree(&f->judged));
	pf_jw_str(b, "severity", f->judged.severity);
	pf_jw_str(b, "casr", f->judged.casr);
	pf_jw_str(b, "tool", bug->tool);
	pf_jw_str(b, "campaign", bug->campaign);
	pf_jw_str(b, "bucket", bug->bucket);
	pf_jw_int(b, "samples", bug->kept);
	pf_jw_int(b, "dropped", bug->dropped);
	add_time(b, "first_seen", bug->first_seen);
	add_time(b, "last_seen", bug->last_seen);
	if (*bug->crash != '\0') {
		pf_jw_str(b, "crash", bug->crash);
		pf_jw_str(b, "job_id", bug->job);
		pf_jw_str(b, "input", bug->input);
	}
	pf_jw_close(b, '}');
}

static const struct pf_err *
add_result(void *arg, const struct pf_bug *bug)
{
	struct sarif *s = arg;
	struct pf_found *f = &s->found;
	struct pf_buf *b = &s->b;
	int64_t n = bug->kept + bug->dropped;
	const struct pf_err *err;
	size_t rule;

	if ((err = pf_found_read(f, bug)) != NULL)
		return err;
	rule = rule_of(s, f);
	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "ruleId", s->rules[rule].id);
	pf_jw_int(b, "ruleIndex", (int64_t)rule);
	pf_jw_str(b, "level", degree(&f->judged)->level);
	message(s, "message", f->words.data);
	add_locations(s);
	add_stacks(s);
	add_related(s);
	add_fingerprints(s);
	pf_jw_int(b, "occurrenceCount", n < 1 ? 1 : n > INT32_MAX ?
	    INT32_MAX : n);
	pf_jw_open(b, "provenance", '{');
	add_time(b, "firstDetectionTimeUtc", bug->first_seen);
	add_time(b, "lastDetectionTimeUtc", bug->last_seen);
	pf_jw_close(b, '}');
	add_properties(s);
	pf_jw_close(b, '}');
	pf_found_flush(s->f, b);
	return NULL;
}

static void
add_rule(struct sarif *s, const struct rule *r)
{
	struct pf_buf *b = &s->b;

	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "id", r->id);
	message(s, "shortDescription", r->type);
	message(s, "fullDescription", r->why);
	message(s, "help", "pf-report crash shows the crash that a result "
	    "names, and pf-report bundle takes it to another machine.");
	pf_jw_open(b, "defaultConfiguration", '{');
	pf_jw_str(b, "level", r->worst->level);
	pf_jw_close(b, '}');
	pf_jw_open(b, "properties", '{');
	pf_jw_raw(b, "tags", "[\"fuzzing\",\"security\"]");
	pf_jw_str(b, "precision", "very-high");
	score(b, r->worst);
	pf_jw_close(b, '}');
	pf_jw_close(b, '}');
}

static void
add_tool(struct sarif *s)
{
	struct pf_buf *b = &s->b;
	size_t i;

	pf_jw_open(b, "tool", '{');
	pf_jw_open(b, "driver", '{');
	pf_jw_str(b, "name", "PandaFuzz");
	pf_jw_str(b, "version", PF_VERSION);
	pf_jw_open(b, "rules", '[');
	for (i = 0; i < s->nrules; i++)
		add_rule(s, &s->rules[i]);
	pf_jw_close(b, ']');
	pf_jw_close(b, '}');
	pf_jw_close(b, '}');
}

/* Runs of one campaign are compared with one another. */
static void
add_head(struct sarif *s)
{
	struct pf_buf *b = &s->b, id = PF_BUF_INIT;

	pf_buf_adds(&id, "pandafuzz/");
	if (s->pick->campaign != NULL)
		pf_buf_addf(&id, "%s/", s->pick->campaign);
	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "$schema", SCHEMA);
	pf_jw_str(b, "version", "2.1.0");
	pf_jw_open(b, "runs", '[');
	pf_jw_open(b, NULL, '{');
	pf_jw_open(b, "automationDetails", '{');
	pf_jw_str(b, "id", id.data);
	pf_jw_close(b, '}');
	pf_jw_open(b, "originalUriBaseIds", '{');
	pf_jw_open(b, "SRCROOT", '{');
	message(s, "description", "where the sources of the targets lie");
	pf_jw_close(b, '}');
	pf_jw_close(b, '}');
	pf_jw_open(b, "results", '[');
	pf_buf_free(&id);
}

const struct pf_err *
pf_found_sarif(FILE *f, const struct pf_bugs *pick,
    const char *storage, const char *root)
{
	struct sarif *s = pf_calloc(1, sizeof(*s));
	const struct pf_err *err;

	s->f = f;
	s->pick = pick;
	s->root = root;
	s->b = s->text = (struct pf_buf)PF_BUF_INIT;
	add_head(s);
	if ((err = pf_found_init(&s->found, pick->db, storage)) == NULL &&
	    (err = pf_bugs_each(pick, NULL, add_result, s)) == NULL) {
		pf_jw_close(&s->b, ']');
		add_tool(s);
		pf_jw_close(&s->b, '}');
		pf_jw_close(&s->b, ']');
		pf_jw_close(&s->b, '}');
		pf_buf_addc(&s->b, '\n');
		fwrite(s->b.data, 1, s->b.len, f);
	}
	pf_found_free(&s->found);
	pf_buf_free(&s->b);
	pf_buf_free(&s->text);
	free(s);
	return err;
}
