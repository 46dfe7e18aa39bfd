/*
 * Crashes: one row an input of a job, counted again each time it is found.
 */
#ifndef PF_ACT_CRASH_H
#define PF_ACT_CRASH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/name.h"
#include "codec/hash.h"
#include "store/db.h"
#include "store/placing.h"

struct pf_crash {
	const char	*id;		/* if it is new */
	const char	*job, *bot, *hash, *file_path, *type, *tool, *stack;
	const char	*output, *command, *engine;
	const char	*rid;		/* of this report */
	const char	*campaign;	/* of the job */
	const char	*target_hash;	/* "": the job's */
	int64_t		 signal, exit_code, timestamp, size;
	int64_t		 report;	/* bytes of what lies beside it */
	int64_t		 run_seed;	/* of the engine, -1: unknown */
	bool		 stored;	/* the input was kept */
	bool		 brief;		/* less than was reported: no row that
					 * is there may tell of it */
	bool		 overflow;	/* no new bucket for it */
	struct pf_live	*live;		/* the rules it is placed by */
};

struct pf_crash_verdict {
	char	 id[PF_ID_MAX + 1];	/* of the row, or the bucket's first */
	char	 bucket[33];
	char	 was[33];		/* its bucket before, or "" */
	char	 drop[PF_SHA_TEXT];	/* what it is called among those that
					 * were dropped, or "" */
	int64_t	 count;
	bool	 unique;
	bool	 fresh;			/* its bucket was made for it */
	bool	 chosen;		/* the row tells of this report */
};

/*
 * Files it, or counts it if the job has that input: then it is not unique.
 * One whose input was not kept is only counted in its bucket.  With overflow
 * it counts in the bucket of the rest unless its own is there.
 *
 * Of several reports of an input the row tells of the least by time, then by
 * rid: when that comes later the row is changed and counted in the bucket of
 * the other report instead.  So order does not matter; unique and fresh alone
 * are of the moment it came.
 */
const struct pf_err	*pf_crash_put(struct pf_crash_verdict *,
			    struct pf_db *, struct pf_crash *, int64_t now);

/*
 * The row of the input, or of the id, as this report makes it; first and last
 * are when the first and the last report of it were filed.  *found is false
 * if there is no such row.
 */
const struct pf_err	*pf_crash_amend(struct pf_crash_verdict *,
			    bool *found, struct pf_db *,
			    const struct pf_crash *, int64_t first,
			    int64_t last);

#endif
