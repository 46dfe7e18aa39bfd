/*
 * What other rules would make of the buckets there are.  Read-only.
 */
#ifndef PF_VIEW_REBUCKET_H
#define PF_VIEW_REBUCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/name.h"
#include "codec/bucket.h"
#include "codec/report/rules.h"
#include "store/db.h"

/* Crashes that go from one bucket to one bucket. */
struct pf_way {
	char	 from[PF_BUCKET_TEXT], to[PF_BUCKET_TEXT];
	char	*type, *frames;		/* as they are told now */
	char	 crash[PF_ID_MAX + 1];	/* one of them */
	int64_t	 n;
	bool	 splits, merges;
};

struct pf_ways {
	struct pf_way	*way;		/* by from and to */
	size_t		 n, room;
	int64_t		 crashes;	/* that were looked at */
	bool		 whole;		/* these are all there are */
};

/* Looks at max crashes, -1: at all; pf_ways_free() in every case. */
const struct pf_err	*pf_rebucket(struct pf_ways *, struct pf_db *,
			    struct pf_rules *, int64_t max);
void			 pf_ways_free(struct pf_ways *);

/* "split", "merge", "split, merge", "rename", or NULL: nothing changes. */
const char		*pf_way_change(const struct pf_way *);

#endif
