/*
 * What a crash is called, and its bucket: what is filed under the same key
 * (report/rules.h) in a campaign.
 */
#ifndef PF_CODEC_BUCKET_H
#define PF_CODEC_BUCKET_H

#include "base/name.h"

#define PF_BUCKET_TEXT		33	/* 32 hex digits */

/* Type and tool of the one that takes what is over [limits] crash_buckets. */
#define PF_BUCKET_OVER_TYPE	"overflow"
#define PF_BUCKET_OVER_TOOL	"pf-ingest"

struct pf_bucket {
	char	id[PF_BUCKET_TEXT];
};

void	pf_bucket_of(struct pf_bucket *, const char *campaign,
	    const char *key);
/* The one of the rest. */
void	pf_bucket_over(struct pf_bucket *, const char *campaign);

/* The id of a crash follows from its job and input. */
void	pf_crash_id(char out[PF_ID_MAX + 1], const char *job,
	    const char *hash);

#endif
