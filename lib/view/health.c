/*
 * How jobs are; see health.h.
 */
#include <stdio.h>

#include "base/time.h"
#include "codec/json.h"
#include "view/health.h"

void
pf_health_json(struct pf_buf *b, const char *key, const char *text)
{
	char time[PF_TIME_TEXT];
	struct pf_verdicts v;
	enum pf_verdict i;

	pf_verdicts_parse(&v, text, 1);
	pf_jw_open(b, key, '[');
	for (i = 0; i < PF_VERDICT_MAX; i++) {
		if (v.since[i] == 0)
			continue;
		pf_jw_open(b, NULL, '{');
		pf_jw_str(b, "verdict", pf_verdict_name(i));
		pf_jw_str(b, "since", pf_time_text(time, v.since[i]));
		pf_jw_str(b, "means", pf_verdict_means(i));
		pf_jw_str(b, "todo", pf_verdict_todo(i));
		pf_jw_close(b, '}');
	}
	pf_jw_close(b, ']');
}

char *
pf_health_names(char out[PF_VERDICTS_TEXT], const char *text)
{
	struct pf_verdicts v;
	size_t n = 0;
	enum pf_verdict i;

	pf_verdicts_parse(&v, text, 1);
	for (i = 0; i < PF_VERDICT_MAX; i++)
		if (v.since[i] != 0)
			n += (size_t)snprintf(out + n, PF_VERDICTS_TEXT - n,
			    "%s%s", n > 0 ? " " : "", pf_verdict_name(i));
	if (n == 0)
		snprintf(out, PF_VERDICTS_TEXT, PF_VERDICT_WELL);
	return out;
}

void
pf_health_words(struct pf_buf *b, const char *text)
{
	char time[PF_TIME_TEXT];
	struct pf_verdicts v;
	enum pf_verdict i;

	pf_verdicts_parse(&v, text, 1);
	for (i = 0; i < PF_VERDICT_MAX; i++)
		if (v.since[i] != 0)
			pf_buf_addf(b, "; %s since %s: %s (%s)",
			    pf_verdict_name(i), pf_time_text(time,
			    v.since[i]), pf_verdict_means(i),
			    pf_verdict_todo(i));
}

const struct pf_err *
pf_health_count(struct pf_health *h, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	struct pf_verdicts v;
	enum pf_verdict i;
	bool more = false;

	*h = (struct pf_health){ .jobs = 0 };
	if ((err = pf_q(&q, db, "SELECT s.health FROM assignments AS a JOIN "
	    "job_stats AS s ON s.job_id = a.job_id AND (s.epoch, s.attempt) = "
	    "(a.epoch, a.attempt) WHERE a.ended_at IS NULL AND s.health NOT "
	    "IN ('', '" PF_VERDICT_WELL "')",
	    "")) == NULL)
		while ((err = pf_q_row(&q, &more)) == NULL && more) {
			pf_verdicts_parse(&v, pf_q_text(&q, 0), 1);
			for (i = 0; i < PF_VERDICT_MAX; i++)
				h->n[i] += v.since[i] != 0;
			h->jobs += pf_verdicts_any(&v);
		}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_health_members(struct pf_buf *b, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_health h;
	enum pf_verdict i;

	if ((err = pf_health_count(&h, db)) != NULL)
		return err;
	pf_jw_int(b, "jobs", h.jobs);
	for (i = 0; i < PF_VERDICT_MAX; i++)
		pf_jw_int(b, pf_verdict_name(i), h.n[i]);
	return NULL;
}
