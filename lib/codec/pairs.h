/*
 * Lines "key : value", as afl-fuzz and engines of pf-engine(5) write their
 * numbers: blanks around both count for nothing, a line without a colon is
 * passed over.
 */
#ifndef PF_CODEC_PAIRS_H
#define PF_CODEC_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

/* What is longer is cut. */
struct pf_pair {
	char	 key[64];
	char	 value[256];
};

/* The next pair of the bytes from *p to end, *p behind it; false: no more. */
bool	pf_pair_next(struct pf_pair *, const char **p, const char *end);

/* The bytes from p to end without blanks around them, in out of size. */
void	pf_trim(char *out, size_t size, const char *p, const char *end);

#endif
