/*
 * Name and bucket of a crash; see bucket.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "codec/bucket.h"
#include "codec/hash.h"

#define FRAMES	3

void
pf_bucket_of(struct pf_bucket *b, const char *campaign, const char *type,
    const char *tool, const char *stack)
{
	struct pf_buf text = PF_BUF_INIT;
	char sum[PF_SHA_TEXT];
	const char *end = stack;
	int i;

	for (i = 0; i < FRAMES && end != NULL; i++)
		end = strstr(i == 0 ? end : end + 3, " < ");
	snprintf(b->frames, sizeof(b->frames), "%.*s", end == NULL ?
	    (int)strlen(stack) : (int)(end - stack), stack);
	pf_buf_addf(&text, "%s\n%s\n%s\n%s", campaign, type, tool, b->frames);
	pf_sha256(sum, text.data, text.len);
	snprintf(b->id, sizeof(b->id), "%.32s", sum);
	pf_buf_free(&text);
}

void
pf_bucket_over(struct pf_bucket *b, const char *campaign)
{
	pf_bucket_of(b, campaign, PF_BUCKET_OVER_TYPE, PF_BUCKET_OVER_TOOL,
	    "");
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
