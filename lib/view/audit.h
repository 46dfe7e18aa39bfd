/*
 * The rows of results against the ledger, as questions of SQL to a scratch
 * database (store/scratch.h) that holds the lines of the ledger and has the
 * real one beside it.  Read-only; finds, and knows nothing of mending.
 *
 * Rows are to be read before the lines they are compared with: begin, fill
 * in what the ledger has by now, ask, end.  Every row then has its line.
 */
#ifndef PF_VIEW_AUDIT_H
#define PF_VIEW_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/name.h"
#include "codec/bucket.h"
#include "store/db.h"

#define PF_AUDIT_PAGE	1000		/* rows of a page, at most */

/* A line of the ledger; what it has not is NULL, or -1 of a real number. */
struct pf_audit_line {
	const char	*rid, *kind, *job, *bot, *hash;
	int64_t		 time, filed, size, seq, epoch, attempt, v;
	double		 speed, stability;
	bool		 stored;
	const char	*text;		/* the JSON object */
	/* Of a crash: its id by this line, its bucket, that of the rest. */
	char		 crash[PF_ID_MAX + 1];
	char		 bucket[PF_BUCKET_TEXT], rest[PF_BUCKET_TEXT];
};

enum pf_audit {
	PF_AUDIT_RESULTS, PF_AUDIT_CRASHES, PF_AUDIT_CORPUS,
	PF_AUDIT_COVERAGE, PF_AUDIT_STATS, PF_AUDIT_CHECKS,
	PF_AUDIT_SMALLS,			/* each row has its line */
	PF_AUDIT_LOST,				/* each line has its row */
	PF_AUDIT_MAX
};

const struct pf_err	*pf_audit_init(struct pf_db *);
const struct pf_err	*pf_audit_add(struct pf_db *,
			    const struct pf_audit_line *);

/* One state of the database from here to the end. */
const struct pf_err	*pf_audit_begin(struct pf_db *);
const struct pf_err	*pf_audit_end(struct pf_db *);

/*
 * Begins the query of a page: rows after the key (k1, k2).  Lines filed after
 * young may have no row yet; reports of numbers and logs from before kept
 * none any more.  Columns of the answer, for each row, in order: k1, k2, its
 * place, what is wrong (NULL: nothing) as "finding TAB why", rid, job, hash.
 */
struct pf_audit_from {
	const char	*k1, *k2;
	int64_t		 young, kept;
};
const struct pf_err	*pf_audit_page(struct pf_q *, struct pf_db *,
			    enum pf_audit, const struct pf_audit_from *);

/*
 * What is counted by the way, counted anew; only what is wrong is answered.
 * Counters: its place, why, the job ("": none); likewise what a claim goes
 * by, the jobs of campaigns and the files that jobs wait for.  Buckets, all
 * of them: place, why (NULL: nothing), campaign, id; type (NULL: not to be
 * looked at), tool, stack, output and signal of the first crash; type, tool
 * and frames that the bucket says.
 * Corpora: the job, files and bytes as kept, the same as counted, whether the
 * time differs.  Shared: the job, how many of its inputs are not in its pool,
 * and how many are there more than once.
 */
const struct pf_err	*pf_audit_counters(struct pf_q *, struct pf_db *);
const struct pf_err	*pf_audit_given(struct pf_q *, struct pf_db *);
const struct pf_err	*pf_audit_buckets(struct pf_q *, struct pf_db *);
const struct pf_err	*pf_audit_corpora(struct pf_q *, struct pf_db *);
const struct pf_err	*pf_audit_shared(struct pf_q *, struct pf_db *);

/* What pf_audit_buckets() needs to be at hand; inside a begin. */
const struct pf_err	*pf_audit_drops(struct pf_db *);

/*
 * For mending: the line of a rid that is to be sent again, and of a crash
 * when it was reported and what it is called.  *found is false if the ledger
 * has none.
 */
struct pf_audit_seen {
	int64_t	 first, last;
	char	 id[PF_ID_MAX + 1];
};
const struct pf_err	*pf_audit_line(struct pf_buf *text,
			    struct pf_audit_seen *, bool *found,
			    struct pf_db *, const char *rid);
/* The rid of the report that a row of crashes or corpus has to tell of. */
const struct pf_err	*pf_audit_line_of(char rid[65], bool *found,
			    struct pf_db *, enum pf_audit, const char *job,
			    const char *hash);
/* A line of an input, one whose bytes were kept (*stored) before others. */
const struct pf_err	*pf_audit_input(char rid[65], bool *found,
			    bool *stored, struct pf_db *, const char *kind,
			    const char *job, const char *hash);

/*
 * The line that a row would have, its row to be freed; k2 is the rid of a
 * crash.  *found is false if there is no such row.
 */
struct pf_made {
	char		 kind[16];
	struct pf_buf	 row;
};
const struct pf_err	*pf_audit_make(struct pf_made *, bool *found,
			    struct pf_db *, enum pf_audit, const char *k1,
			    const char *k2);

#endif
