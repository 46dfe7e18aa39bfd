/*
 * Name and bucket of a crash; see bucket.h.
 */
#include <stdio.h>

#include "base/buf.h"
#include "codec/bucket.h"
#include "codec/hash.h"

void
pf_bucket_of(struct pf_bucket *b, const char *campaign, const char *key)
{
	struct pf_buf text = PF_BUF_INIT;
	char sum[PF_SHA_TEXT];

	pf_buf_addf(&text, "%s\n%s", campaign, key);
	pf_sha256(sum, text.data, text.len);
	snprintf(b->id, sizeof(b->id), "%.32s", sum);
	pf_buf_free(&text);
}

void
pf_bucket_over(struct pf_bucket *b, const char *campaign)
{
	pf_bucket_of(b, campaign, PF_BUCKET_OVER_TYPE "\n"
	    PF_BUCKET_OVER_TOOL "\n");
}

void
pf_crash_id(char out[PF_ID_MAX + 1], const char *job, const char *hash)
{
	struct pf_buf text = PF_BUF_INIT;
	char sum[PF_SHA_TEXT];

	pf_buf_addf(&text, "%s\n%s", job, hash);
	pf_sha256(sum, text.data, text.len);
	pf_uuid_sha(out, sum);
	pf_buf_free(&text);
}
