/*
 * Crashes that were run again, and the smaller inputs of them: a row a record,
 * the sums of those, and the smallest there is.  The order they come in does
 * not matter.
 */
#ifndef PF_MODEL_CHECK_H
#define PF_MODEL_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/check.h"
#include "store/db.h"

/* Who told it, and when. */
struct pf_check_from {
	const char	*rid, *job, *bot, *campaign;
	int64_t		 time;		/* the bot's clock */
	int64_t		 filed;		/* the master's */
};

/* What the report says; report is its SHA-256, "" if it is not kept. */
struct pf_check_report {
	const char	*report, *type, *tool, *stack, *major;
	int64_t		 size;
};

/*
 * Adds it to its sums.  Of several reports that of the highest rank is told,
 * then the earliest by time, then by rid.
 */
const struct pf_err	*pf_check_put(struct pf_db *,
			    const struct pf_check_from *,
			    const struct pf_check *,
			    const struct pf_check_report *);

/* chosen: it is the smallest so far, or one of those and the first by hash. */
const struct pf_err	*pf_small_put(bool *chosen, struct pf_db *,
			    const struct pf_check_from *,
			    const struct pf_small *, const char *hash,
			    int64_t size);

/* For fsck: a record that is to be filed anew goes; the sums are made anew. */
const struct pf_err	*pf_check_forget(struct pf_db *, const char *rid);
const struct pf_err	*pf_small_forget(struct pf_db *, const char *rid);
const struct pf_err	*pf_checks_recount(struct pf_db *);

#endif
