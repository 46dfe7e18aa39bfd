/*
 * Every list and record that is shown: its columns, its SQL and its JSON
 * names in one place, for pf-report, pf-registry and the HTTP items alike.
 * Read-only.  Must not know who reads, nor anything of HTTP or terminals.
 */
#ifndef PF_VIEW_VIEW_H
#define PF_VIEW_VIEW_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "codec/table.h"
#include "store/db.h"

#define PF_VIEW_COLUMNS	64
#define PF_VIEW_ALL	INT64_C(-1)	/* as max: no limit */

/*
 * A column of the SQL, in its order.  name is its heading in lists, NULL if
 * it is not in them; json its JSON name ("config.duration" stands in an
 * object "config", with its neighbours), NULL if it is not in JSON.  In JSON
 * times are RFC 3339 and durations integer nanoseconds.
 */
struct pf_view_col {
	const char	*name;
	const char	*json;
	enum pf_cell	 kind;
};

/*
 * all takes the limit as ?1; by takes what is looked for as ?1 and the limit
 * as ?2.  Either may be NULL.  Rows come oldest first, and of more than the
 * limit the newest.
 */
struct pf_view {
	const char		*name;
	const struct pf_view_col *cols;
	size_t			 n;
	const char		*all;
	const char		*by;
};

extern const struct pf_view pf_view_jobs;	/* by: id */
extern const struct pf_view pf_view_progress;	/* by: id, only */
extern const struct pf_view pf_view_archive;	/* ended jobs put away */
extern const struct pf_view pf_view_campaigns;	/* by: id */
extern const struct pf_view pf_view_campaign_jobs;	/* by: campaign */
extern const struct pf_view pf_view_campaign_stats;	/* by: campaign, only */
extern const struct pf_view pf_view_builds;	/* by: campaign, only */
extern const struct pf_view pf_view_bots;	/* by: id */
extern const struct pf_view pf_view_timeouts;	/* by: bot */
extern const struct pf_view pf_view_buckets;	/* by: id */
extern const struct pf_view pf_view_crashes;	/* by: id */
extern const struct pf_view pf_view_crash;	/* by: id, only */
extern const struct pf_view pf_view_crash_bots;	/* by: crash, only */
extern const struct pf_view pf_view_coverage;	/* by: job */
extern const struct pf_view pf_view_corpora;	/* by: job; one row a job */
extern const struct pf_view pf_view_corpus;	/* by: job, only; the inputs */
extern const struct pf_view pf_view_corpus_stats;	/* by: job; one row */
extern const struct pf_view pf_view_campaign_corpus;	/* by view/inputs.h */
extern const struct pf_view pf_view_assignments;	/* by: job */
extern const struct pf_view pf_view_blobs;	/* by: job, only */
extern const struct pf_view pf_view_events;	/* by: after this id */
extern const struct pf_view pf_view_master;	/* one row */
extern const struct pf_view pf_view_counters;	/* of the whole master */

/* Starts the query; key NULL asks for all.  pf_q_done() in every case. */
const struct pf_err	*pf_view_open(struct pf_q *, struct pf_db *,
			    const struct pf_view *, const char *key,
			    int64_t max);

/* The row as a JSON object, or as members of an object that is open. */
void	pf_view_json(struct pf_buf *, const struct pf_view *,
	    const struct pf_q *);
void	pf_view_members(struct pf_buf *, const struct pf_view *,
	    const struct pf_q *);

/* The headings, at most 32; returns how many. */
size_t	pf_view_columns(struct pf_column out[32], const struct pf_view *);
/* The row as cells of a table with those columns. */
void	pf_view_cells(struct pf_table *, const struct pf_view *,
	    const struct pf_q *);

/*
 * The row as a record: a row "field value" a column that JSON has, into a
 * table of two columns of text.
 */
void	pf_view_record(struct pf_table *, const struct pf_view *,
	    const struct pf_q *);

#endif
