/*
 * Buckets: one row for what is filed under one key in a campaign, by the
 * rules in force (view buckets) and by those that come (view coming).
 */
#ifndef PF_ACT_BUCKET_H
#define PF_ACT_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/hash.h"
#include "store/db.h"
#include "store/placing.h"

/* Where a crash belongs. */
struct pf_place {
	struct pf_bucket	 b;
	struct pf_sign		 sign;
	bool			 over;	/* the bucket of the rest */
	bool			 fresh;	/* made when a crash moved there */
};

/* What is counted there. */
struct pf_member {
	const char	*id;		/* of the crash */
	const char	*campaign, *rid;
	int64_t		 timestamp;
	int64_t		 samples, dropped;	/* of each so many */
	int64_t		 first, last;	/* when they were filed */
};

/* With overflow it is the one of the rest, unless its own is there. */
const struct pf_err	*pf_place_find(struct pf_place *,
			    const struct pf_gen *, struct pf_db *,
			    const char *campaign, const struct pf_given *,
			    bool overflow);

/*
 * Counts it; *fresh if there was no such bucket.  first, if not NULL, is set
 * to the first crash of one that was there.  A bucket tells of the crash that
 * is the least by time, rid and id.
 */
const struct pf_err	*pf_bucket_put(bool *fresh,
			    char first[PF_ID_MAX + 1], struct pf_db *,
			    const struct pf_gen *, const struct pf_place *,
			    const struct pf_member *);

/* One sample less, once the crash is in it no more; a bucket that counts
 * nothing any more never was. */
const struct pf_err	*pf_bucket_leave(struct pf_db *,
			    const struct pf_gen *, const char *bucket);

/* What it says of its first crash, and its times, from its crashes. */
const struct pf_err	*pf_bucket_refresh(struct pf_db *,
			    const struct pf_gen *, const char *bucket);

/* Where a crash is by these rules. */
const struct pf_err	*pf_place_get(char bucket[PF_BUCKET_TEXT],
			    struct pf_db *, const struct pf_gen *,
			    const char *crash);
/* Notes that it is there, which may be where its row has it. */
const struct pf_err	*pf_place_set(struct pf_db *, const struct pf_gen *,
			    const char *crash, const char *bucket);

/* All of them anew from what is in them, for pf-ingest fsck -r; mendbucket.c */
const struct pf_err	*pf_mend_buckets(struct pf_db *, struct pf_live *);

/* Columns type, tool, stack, output, signal of a query, from at on. */
void			 pf_said_from(struct pf_given *, const struct pf_q *,
			    int at);

/*
 * A report of which the input is not kept: noted so far as it takes to place
 * it by other rules, once for all that say the same.  id is what it is called
 * there; before it is counted in its bucket.
 */
const struct pf_err	*pf_drop_put(char id[PF_SHA_TEXT], struct pf_db *,
			    struct pf_live *, const struct pf_place *,
			    const char *campaign, const struct pf_given *,
			    int64_t now);

#endif
