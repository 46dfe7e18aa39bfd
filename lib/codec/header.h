/*
 * Values of HTTP request headers that ask for less than all: what the client
 * has already (RFC 9110, 13.1.2), which part it wants (14.2), how it may be
 * encoded (12.5.3), whether it may be nothing.  Text in, a decision out; what
 * cannot be read asks for nothing.  A header that is absent is NULL.
 */
#ifndef PF_CODEC_HEADER_H
#define PF_CODEC_HEADER_H

#include <stdbool.h>
#include <stdint.h>

/* Accept-Encoding: may it be gzip, and is that not worse than as it is? */
bool	pf_header_gzip(const char *);

/*
 * If-None-Match: is the tag, which has its quotes, in the list?  Whether
 * either is weak does not matter; "*" is any.
 */
bool	pf_header_tag(const char *, const char *tag);

/* Prefer (RFC 7240): is it return=minimal? */
bool	pf_header_minimal(const char *);

enum pf_range {
	PF_RANGE_ALL,		/* none, several, or not to be read */
	PF_RANGE_PART,
	PF_RANGE_OUTSIDE	/* nothing there */
};

/* Range, of size bytes: *n of them at *from. */
enum pf_range	pf_header_range(int64_t *from, int64_t *n, const char *,
		    int64_t size);

#endif
