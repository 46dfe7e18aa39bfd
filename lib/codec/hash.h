/*
 * SHA-256 (FIPS 180-4), by libcrypto.  Names everything content-addressed
 * and makes the rid of a record.
 */
#ifndef PF_CODEC_HASH_H
#define PF_CODEC_HASH_H

#include <stdbool.h>
#include <stddef.h>

#define PF_SHA_TEXT	65	/* 64 lower-case hex digits and a NUL */

/* The hash of n bytes as hex. */
void	pf_sha256(char out[PF_SHA_TEXT], const void *, size_t n);

/* Whether two are the same, in a time that does not tell where they differ. */
bool	pf_sha_same(const char a[PF_SHA_TEXT], const char b[PF_SHA_TEXT]);

/* The hash in pieces.  pf_hash_end() frees the state, as does _abort(). */
struct pf_hash;
struct pf_hash	*pf_hash_begin(void);
void		 pf_hash_add(struct pf_hash *, const void *, size_t);
void		 pf_hash_end(struct pf_hash *, char out[PF_SHA_TEXT]);
void		 pf_hash_abort(struct pf_hash *);

#endif
