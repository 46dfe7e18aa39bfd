/*
 * Base64 (RFC 4648, section 4) as JSON carries bytes: read strictly.
 */
#ifndef PF_CODEC_BASE64_H
#define PF_CODEC_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Appends the bytes that n characters stand for.  False, and nothing is
 * appended, for another alphabet, blanks, wrong or missing padding, and for
 * bits beyond the last byte: so one text stands for the bytes, no other.
 */
bool	pf_base64(struct pf_buf *, const char *, size_t n);

#endif
