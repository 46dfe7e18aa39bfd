/*
 * Coverage samples, and the latest numbers of a job's engine.  Numbers that
 * an engine does not tell are PF_UNKNOWN and stand as NULL.
 */
#ifndef PF_MODEL_COVERAGE_H
#define PF_MODEL_COVERAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/verdict.h"
#include "store/db.h"

#define PF_UNKNOWN	((int64_t)-1)

struct pf_coverage {
	const char	*rid, *job, *bot;
	int64_t		 edges, exec_count, corpus_count, crash_count;
	int64_t		 timestamp;
	double		 execs_per_sec;		/* < 0: unknown */
};

/*
 * Adds a sample; *fresh is the edges above the job's maximum as of now, in
 * the order of arrival.  filed is the master's clock: no bot's may run ahead
 * of it.
 *
 * Samples get thinner with age, counted from the job's newest: the first of
 * each minute stays after an hour, of each quarter of an hour after a day,
 * of each two hours after two weeks.  What stays depends on which samples
 * there are, not on their order.
 */
const struct pf_err	*pf_coverage_put(int64_t *fresh, struct pf_db *,
			    const struct pf_coverage *, int64_t filed);

/* A sample that came too late to stay is forgotten as a result, too. */
const struct pf_err	*pf_coverage_settle(struct pf_db *, const char *rid);

struct pf_stats {
	const char	*job, *bot, *state;
	const char	*health;		/* see codec/verdict.h */
	int64_t		 time, seq, epoch, attempt;
	int64_t		 executions, edges, total_edges, corpus_count;
	int64_t		 crash_count, hang_count, peak_rss_mb;
	double		 execs_per_sec, stability;	/* < 0: unknown */
};

/* Executions beyond those that the same attempt told of before. */
const struct pf_err	*pf_stats_more(int64_t *more, struct pf_db *,
			    const struct pf_stats *);
/* Replaces the job's numbers unless newer ones, by token and seq, are there;
 * *put (may be NULL) tells. */
const struct pf_err	*pf_stats_put(bool *put, struct pf_db *,
			    const struct pf_stats *);

/* What events have told of a job's health; n is of that attempt. */
struct pf_told {
	struct pf_verdicts	 told;
	int64_t			 at, n, epoch, attempt;
};
const struct pf_err	*pf_told_get(struct pf_told *, struct pf_db *,
			    const char *job);
const struct pf_err	*pf_told_set(struct pf_db *, const char *job,
			    const struct pf_told *);

#endif
