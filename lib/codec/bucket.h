/*
 * What a crash is called, and its bucket: what looks alike is one.  A rough
 * measure, made of the campaign, the type, the tool and the top three frames.
 */
#ifndef PF_CODEC_BUCKET_H
#define PF_CODEC_BUCKET_H

#include "base/name.h"

#define PF_BUCKET_TEXT		33	/* 32 hex digits */
#define PF_BUCKET_FRAMES	512	/* room for the top three, cut */

/* Type and tool of the one that takes what is over [limits] crash_buckets. */
#define PF_BUCKET_OVER_TYPE	"overflow"
#define PF_BUCKET_OVER_TOOL	"pf-ingest"

struct pf_bucket {
	char	id[PF_BUCKET_TEXT];
	char	frames[PF_BUCKET_FRAMES];
};

/* stack is "a < b < c < ...", innermost first. */
void	pf_bucket_of(struct pf_bucket *, const char *campaign,
	    const char *type, const char *tool, const char *stack);
void	pf_bucket_over(struct pf_bucket *, const char *campaign);

/* The id of a crash follows from its job and input. */
void	pf_crash_id(char out[PF_ID_MAX + 1], const char *job,
	    const char *hash);

#endif
