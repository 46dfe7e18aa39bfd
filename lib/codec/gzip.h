/*
 * Bytes made smaller for the way, by zlib.
 */
#ifndef PF_CODEC_GZIP_H
#define PF_CODEC_GZIP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Appends the n bytes as a gzip file (RFC 1952), the same for the same bytes.
 * False, and nothing appended, if it would not be smaller or there is no
 * memory.
 */
bool	pf_gzip(struct pf_buf *, const void *, size_t n);

#endif
