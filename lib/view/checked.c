/*
 * Crashes that were run again; see checked.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/json.h"
#include "codec/report/scan.h"
#include "codec/report/severity.h"
#include "store/trials.h"
#include "view/checked.h"

/* What the crash of this id is called in the tables of checks. */
#define CRASH \
	"WITH x AS (SELECT c.hash, c.job_id, j.campaign FROM crashes AS c " \
	"JOIN jobs AS j ON j.id = c.job_id WHERE c.id = ?1) "

static const char each[] = CRASH "SELECT k.build, k.target, coalesce(b.name,"
    " ''), coalesce(b.seq, 0), k.runs, k.crashed, iif(b.seq IS NULL, "
    "k.same, (SELECT sum(" PF_TRIALS_SAME ") FROM check_records AS r WHERE "
    "(r.campaign, r.hash, r.target, r.build) = (k.campaign, k.hash, k.target,"
    " k.build))), r.type, r.tool, r.stack, iif(r.report = '', '', 'checks/' "
    "|| r.job_id || '/' || r.report), k.last_filed FROM x JOIN checks AS k "
    "ON k.campaign = x.campaign AND k.hash = x.hash LEFT JOIN builds AS b "
    "ON b.campaign = k.campaign AND b.target = k.target LEFT JOIN "
    "check_records AS r ON r.rid = k.best ORDER BY 4, k.build <> 'target', "
    "k.build, k.target";

const struct pf_err *
pf_checked_each(struct pf_db *db, const char *crash,
    void (*fn)(void *, const struct pf_checked *), void *arg)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	struct pf_checked c;
	bool more = true;

	err = pf_q(&q, db, each, "s", crash);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		c = (struct pf_checked){ .build = pf_q_text(&q, 0),
		    .target = pf_q_text(&q, 1), .name = pf_q_text(&q, 2),
		    .seq = pf_q_int(&q, 3), .runs = pf_q_int(&q, 4),
		    .crashed = pf_q_int(&q, 5), .same = pf_q_int(&q, 6),
		    .type = pf_q_text(&q, 7), .tool = pf_q_text(&q, 8),
		    .stack = pf_q_text(&q, 9), .report = pf_q_text(&q, 10),
		    .time = pf_q_int(&q, 11) };
		pf_repro_interval(&c.low, &c.high, c.same, c.runs);
		c.word = pf_repro_word(pf_repro_of(c.same, c.runs));
		fn(arg, &c);
	}
	pf_q_done(&q);
	return err;
}

void
pf_checked_text(char out[PF_CHECKED_TEXT], const struct pf_checked *c)
{
	int n = snprintf(out, PF_CHECKED_TEXT, "reproduced %" PRId64 " of %"
	    PRId64 " (95 %% interval %.1f %% to %.1f %%)", c->same, c->runs,
	    100 * c->low, 100 * c->high);

	if (c->same < c->runs)
		n += snprintf(out + n, PF_CHECKED_TEXT - (size_t)n, ", %s",
		    c->word);
	if (c->crashed > c->same)
		snprintf(out + n, PF_CHECKED_TEXT - (size_t)n, ", crashed "
		    "otherwise %" PRId64, c->crashed - c->same);
}

static void
put(void *arg, const struct pf_checked *c)
{
	struct pf_buf *b = arg;

	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "build", c->build);
	pf_jw_str(b, "target", c->target);
	pf_jw_str(b, "name", c->name);
	pf_jw_int(b, "seq", c->seq);
	pf_jw_int(b, "runs", c->runs);
	pf_jw_int(b, "crashed", c->crashed);
	pf_jw_int(b, "same", c->same);
	pf_jw_real(b, "low", c->low);
	pf_jw_real(b, "high", c->high);
	pf_jw_str(b, "reproducible", c->word);
	pf_jw_str(b, "type", c->type);
	pf_jw_str(b, "tool", c->tool);
	pf_jw_str(b, "stack", c->stack);
	pf_jw_str(b, "report", c->report);
	pf_jw_close(b, '}');
}

const struct pf_err *
pf_checked_json(struct pf_buf *b, struct pf_db *db, const char *storage,
    const char *crash)
{
	const struct pf_err *err;
	struct pf_smaller s;
	bool found = false;
	char *path;

	pf_jw_open(b, "checks", '[');
	err = pf_checked_each(db, crash, put, b);
	pf_jw_close(b, ']');
	if (err != NULL || (err = pf_smaller_get(&s, &found, db, crash)) !=
	    NULL)
		return err;
	if (!found) {
		pf_jw_null(b, "small");
		return NULL;
	}
	path = pf_asprintf("%s/%s", storage, s.path);
	pf_jw_open(b, "small", '{');
	pf_jw_str(b, "hash", s.hash);
	pf_jw_int(b, "size", s.size);
	pf_jw_str(b, "how", s.how);
	pf_jw_int(b, "runs", s.runs);
	pf_jw_int(b, "same", s.same);
	pf_jw_str(b, "input", path);
	pf_jw_close(b, '}');
	free(path);
	return NULL;
}

const struct pf_err *
pf_smaller_get(struct pf_smaller *s, bool *found, struct pf_db *db,
    const char *crash)
{
	const struct pf_err *err;
	struct pf_q q;

	*found = false;
	if ((err = pf_q(&q, db, "SELECT s.hash, s.size, s.how, s.runs, s.same,"
	    " c.file_path || '.min' FROM crashes AS c JOIN smalls AS s ON "
	    "s.job_id = c.job_id AND s.of = c.hash WHERE c.id = ? AND "
	    "s.size < c.size", "s", crash)) == NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found) {
		pf_q_copy(&q, 0, s->hash, sizeof(s->hash));
		s->size = pf_q_int(&q, 1);
		pf_q_copy(&q, 2, s->how, sizeof(s->how));
		s->runs = pf_q_int(&q, 3);
		s->same = pf_q_int(&q, 4);
		pf_q_copy(&q, 5, s->path, sizeof(s->path));
	}
	pf_q_done(&q);
	return err;
}

struct work {
	struct pf_report	 report;
	char			 text[PF_REPORT_TEXT];
};

/* What its report says; a crash without one is what its bot told of it. */
static const struct pf_severity *
severity_of(const struct pf_given *t)
{
	const struct pf_severity *s;
	struct work *w = pf_malloc(sizeof(*w));
	size_t at;

	pf_report_init(&w->report, w->text, sizeof(w->text));
	if (!pf_report_parse(&w->report, t->output, strlen(t->output), &at)) {
		pf_report_init(&w->report, w->text, sizeof(w->text));
		pf_report_told(&w->report, t->tool, t->signal, t->type);
	}
	s = pf_severity_of(&w->report);
	free(w);
	return s;
}

const struct pf_err *
pf_judged_get(struct pf_judged *j, struct pf_db *db, const char *crash,
    const struct pf_given *t)
{
	const struct pf_err *err;
	const struct pf_severity *s = severity_of(t);
	struct pf_q q;
	bool more = false;

	*j = (struct pf_judged){ .severity = s->severity, .casr = s->casr,
	    .rule = s->rule, .why = s->why };
	if ((err = pf_q(&q, db, CRASH "SELECT coalesce(sum(k.runs), 0), "
	    "coalesce(sum(k.crashed), 0) FROM x JOIN checks AS k ON "
	    "k.campaign = x.campaign AND k.hash = x.hash WHERE k.target IN "
	    "(SELECT sha256 FROM job_blobs WHERE job = x.job_id)", "s",
	    crash)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more && pf_q_int(&q, 1) == 0 &&
	    pf_q_int(&q, 0) >= PF_JUDGED_RUNS) {
		j->runs = pf_q_int(&q, 0);
		j->was = j->severity;
		j->severity = pf_severity_below(j->severity);
	}
	pf_q_done(&q);
	return err;
}
