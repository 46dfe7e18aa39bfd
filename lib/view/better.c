/*
 * Better reports; see better.h.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/json.h"
#include "codec/trace.h"
#include "os/fs.h"
#include "store/placing.h"
#include "view/better.h"
#include "view/checked.h"

#define MOST	65536		/* bytes of the report of a check */
#define CUT	(PF_TRACE_SENT - 192)	/* so long was it cut, quoted */
#define SAME	5		/* pf_check_rank(): the same, with names */
#define OTHER	3		/* crashed otherwise, with names */

/* The first by the bots' clocks, as of the checks themselves. */
static const char sql[] = "SELECT 'checks/' || r.job_id || '/' || r.report, "
    "r.report FROM crashes AS c JOIN jobs AS j ON j.id = c.job_id JOIN "
    "check_records AS r ON (r.campaign, r.hash, r.target, r.build) = "
    "(j.campaign, c.hash, c.target_hash, " PF_CHECKED_BY("c.tool") ") WHERE "
    "c.id = ?1 AND "
    "r.job_id = c.job_id AND r.report <> '' AND r.rank >= ?2 "
    "ORDER BY r.timestamp, r.rid LIMIT 1";

/* On other builds, whose types are often others. */
static const char others[] = "SELECT 'checks/' || r.job_id || '/' || "
    "r.report, r.report FROM crashes AS c JOIN jobs AS j ON j.id = c.job_id "
    "JOIN check_records AS r ON (r.campaign, r.hash) = (j.campaign, c.hash) "
    "WHERE c.id = ?1 AND r.job_id = c.job_id AND r.build <> 'target' AND "
    "r.report <> '' AND r.rank % 2 = 1 AND r.rank >= ?2 "
    "ORDER BY r.build, r.timestamp, r.rid";

/* Of what a bot sends as much is kept as has room when it is quoted. */
static bool
was_cut(const char *s, size_t n)
{
	struct pf_buf quoted = PF_BUF_INIT;
	bool cut;

	pf_jw_strn(&quoted, NULL, s, n);
	cut = quoted.len >= CUT;
	pf_buf_free(&quoted);
	return cut;
}

/* Whether it tells more than what was told, and not of another crash. */
static bool
tells_more(const char *output, size_t n, const struct pf_given *t)
{
	struct pf_trace own, other, part;
	size_t len = strlen(t->output);

	pf_trace_parse(&other, output, n);
	if (other.major[0] == '\0' || other.named == 0)
		return false;
	pf_trace_parse(&own, t->output, len);
	if (own.major[0] == '\0')
		return true;
	if (own.named == 0)
		return strcmp(own.type, other.type) == 0;
	if (n <= len || !was_cut(t->output, len))
		return false;
	/* Of many leaks that which counts may be in the rest. */
	pf_trace_parse(&part, output, len);
	return strcmp(own.major, part.major) == 0;
}

/*
 * Whether it may tell what a death by that signal came of: it died likewise,
 * or what it did to memory may have no page elsewhere.
 */
static bool
tells_cause(const char *output, size_t n, const struct pf_given *t)
{
	struct pf_trace other;
	int sig = (int)t->signal;

	pf_trace_parse(&other, output, n);
	if (other.major[0] == '\0' || other.named == 0)
		return false;
	return strcmp(other.type, pf_trace_signal(sig)) == 0 ||
	    ((sig == SIGSEGV || sig == SIGBUS) && (other.access ||
	    strcmp(other.type, "stack-overflow") == 0));
}

static void
describe(struct pf_better *b, struct pf_live *l, const struct pf_given *t)
{
	struct pf_rules *rules = l->gen[0].rules;
	struct pf_given told = *t;
	struct pf_sign s;

	told.output = b->output;
	pf_rules_sign(&s, rules, &told);
	pf_report_title(b->type, pf_rules_report(rules));
	memcpy(b->stack, s.frames, sizeof(b->stack));
}

/* What is gone, or is not what its name says, is none. */
static void
take(struct pf_better *b, const char *storage, const struct pf_q *q,
    bool (*tells)(const char *, size_t, const struct pf_given *),
    const struct pf_given *t)
{
	const char *path = pf_q_text(q, 0), *sha = pf_q_text(q, 1);
	struct pf_buf text = PF_BUF_INIT;
	char *whole = pf_asprintf("%s/%s", storage, path);
	char sum[PF_SHA_TEXT];
	size_t i;

	if (pf_slurp(&text, whole, MOST) == NULL) {
		pf_sha256(sum, text.data, text.len);
		for (i = 0; i < text.len; i++)
			if (text.data[i] == '\0')
				text.data[i] = ' ';
		if (strcmp(sum, sha) == 0 && tells(text.data, text.len, t)) {
			b->output = pf_strdup(text.data);
			b->path = pf_strdup(path);
		}
	}
	pf_buf_free(&text);
	free(whole);
}

const struct pf_err *
pf_better_find(struct pf_better *b, struct pf_db *db, const char *storage,
    const char *crash, const struct pf_given *t)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	*b = (struct pf_better){ .output = NULL };
	if ((err = pf_q(&q, db, sql, "si", crash, (int64_t)SAME)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more)
		take(b, storage, &q, tells_more, t);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_better_any(struct pf_better *b, struct pf_db *db, const char *storage,
    const char *crash, const struct pf_given *t)
{
	const struct pf_err *err;
	struct pf_trace own;
	struct pf_q q = PF_Q_INIT;
	bool more = true;

	if ((err = pf_better_find(b, db, storage, crash, t)) != NULL ||
	    b->output != NULL || t->signal <= 0 || *t->stack != '\0')
		return err;
	pf_trace_parse(&own, t->output, strlen(t->output));
	if (own.major[0] != '\0')
		return NULL;
	err = pf_q(&q, db, others, "si", crash, (int64_t)OTHER);
	while (err == NULL && b->output == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more)
		take(b, storage, &q, tells_cause, t);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_better_get(struct pf_better *b, struct pf_db *db, const char *storage,
    const char *crash, const struct pf_given *t)
{
	const struct pf_err *err;
	struct pf_live live = { .n = 0 };

	if ((err = pf_better_any(b, db, storage, crash, t)) == NULL &&
	    b->output != NULL && (err = pf_live_load(&live, db)) == NULL)
		describe(b, &live, t);
	pf_live_free(&live);
	return err;
}

void
pf_better_free(struct pf_better *b)
{
	free(b->output);
	free(b->path);
	*b = (struct pf_better){ .output = NULL };
}

void
pf_better_json(struct pf_buf *out, const struct pf_better *b)
{
	if (b->output == NULL) {
		pf_jw_null(out, "best");
		return;
	}
	pf_jw_open(out, "best", '{');
	pf_jw_str(out, "report", b->path);
	pf_jw_str(out, "type", b->type);
	pf_jw_str(out, "stack", b->stack);
	pf_jw_str(out, "output", b->output);
	pf_jw_close(out, '}');
}
