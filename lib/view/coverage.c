/*
 * Pages of coverage; see coverage.h.
 *
 * What a sample adds follows from all samples of its job before it.  A cursor
 * carries the most edges so far, so that no page has to look back:
 * TIME.EDGES.JOB.RID.
 */
#include <string.h>

#include "base/name.h"
#include "base/num.h"
#include "view/coverage.h"
#include "view/rows.h"

/* The sample that ended the page before. */
struct sample {
	char		 job[PF_ID_MAX + 1];
	int64_t		 time, edges;
	char		 rid[PF_SHA_HEX + 1];
};

/* A number and the dot behind it. */
static bool
take_number(int64_t *n, const char **s)
{
	size_t len = strcspn(*s, ".");
	char text[32];

	if (len >= sizeof(text) || (*s)[len] != '.')
		return false;
	memcpy(text, *s, len);
	text[len] = '\0';
	*s += len + 1;
	return pf_num(n, text, 0, INT64_MAX);
}

static bool
parse(struct sample *at, const char *s)
{
	size_t n;

	if (!take_number(&at->time, &s) || !take_number(&at->edges, &s))
		return false;
	n = strlen(s);
	if (n < PF_SHA_HEX + 2 || n > PF_ID_MAX + 1 + PF_SHA_HEX)
		return false;
	n -= PF_SHA_HEX + 1;
	memcpy(at->job, s, n);
	at->job[n] = '\0';
	memcpy(at->rid, s + n + 1, PF_SHA_HEX + 1);
	return s[n] == '.' && pf_id_ok(at->job) && pf_sha_ok(at->rid);
}

#define SAMPLES \
	"SELECT id, timestamp, edges, max(0, edges - most), exec_count, " \
	"execs_per_sec, corpus_count, crash_count, job_id, bot_id, " \
	"timestamp || '.' || max(edges, most) || '.' || job_id || '.' || id " \
	"FROM (SELECT *, max(iif(job_id = ?1, ?3, 0), coalesce(max(edges) " \
	"OVER (PARTITION BY job_id ORDER BY timestamp, id ROWS BETWEEN " \
	"UNBOUNDED PRECEDING AND 1 PRECEDING), 0)) AS most FROM (" \
	"SELECT * FROM coverage WHERE "
#define LIMIT \
	" ORDER BY job_id, timestamp, id LIMIT ?5)) " \
	"ORDER BY job_id, timestamp, id"

const struct pf_err *
pf_coverage_page(struct pf_page *p, struct pf_buf *b, struct pf_db *db,
    const char *job)
{
	const struct pf_err *err;
	struct sample at = { .time = -1 };
	struct pf_q q = PF_Q_INIT;

	if (p->cursor != NULL && !parse(&at, p->cursor))
		return pf_cursor_bad();
	if (job != NULL && p->cursor != NULL && strcmp(job, at.job) != 0)
		return pf_cursor_bad();
	err = job != NULL ?
	    pf_q(&q, db, SAMPLES "job_id = ?1 AND (timestamp, id) > (?2, ?4)"
	    LIMIT, "siisi", job, at.time, at.edges, at.rid, p->limit + 1) :
	    pf_q(&q, db, SAMPLES "(job_id, timestamp, id) > (?1, ?2, ?4)"
	    LIMIT, "siisi", at.job, at.time, at.edges, at.rid, p->limit + 1);
	if (err == NULL)
		err = pf_view_rows(p, b, &pf_view_coverage, &q, p->limit);
	pf_q_done(&q);
	return err;
}
