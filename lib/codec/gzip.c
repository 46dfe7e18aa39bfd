/*
 * Bytes made smaller; see gzip.h.
 */
#define ZLIB_CONST
#include <limits.h>
#include <string.h>
#include <zlib.h>

#include "codec/gzip.h"

#define WINDOW	(15 + 16)	/* the whole one, in the form of gzip */
#define MEMORY	8		/* the default */

/*
 * Quick rather than small: what goes out is text of few words, which shrinks
 * to a tenth by any effort.
 */
bool
pf_gzip(struct pf_buf *out, const void *data, size_t n)
{
	z_stream z;
	int rc;

	memset(&z, 0, sizeof(z));
	if (n < 2 || n > INT_MAX || deflateInit2(&z, Z_BEST_SPEED,
	    Z_DEFLATED, WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	z.next_in = data;
	z.avail_in = (uInt)n;
	z.next_out = (Bytef *)pf_buf_room(out, n);
	z.avail_out = (uInt)n - 1;
	rc = deflate(&z, Z_FINISH);
	if (rc == Z_STREAM_END)
		pf_buf_grew(out, n - 1 - z.avail_out);
	deflateEnd(&z);
	return rc == Z_STREAM_END;
}
