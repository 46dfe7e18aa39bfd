/*
 * Sums of lines; see sum.h.
 */
#include <string.h>

#include "codec/hash.h"
#include "codec/sum.h"

#define DIGITS	16	/* of the hash */

static const char mark[] = ",\"sum\":\"";

void
pf_sum_end(struct pf_buf *b, size_t start)
{
	char sum[PF_SHA_TEXT];

	pf_sha256(sum, b->data + start, b->len - start);
	pf_buf_addf(b, "%s%.*s\"}\n", mark, DIGITS, sum);
}

bool
pf_sum_ok(const char *line, size_t n)
{
	const size_t tail = sizeof(mark) - 1 + DIGITS + 2;
	char sum[PF_SHA_TEXT];

	/* Lines of old have none. */
	if (n < tail || memcmp(line + n - tail, mark, sizeof(mark) - 1) != 0)
		return true;
	pf_sha256(sum, line, n - tail);
	return memcmp(line + n - DIGITS - 2, sum, DIGITS) == 0;
}
