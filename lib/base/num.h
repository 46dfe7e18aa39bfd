/*
 * Numbers, durations and sizes as people write them, checked at the border.
 * Each function takes the whole string or refuses it: no sign unless the
 * range allows one, no blanks, no trailing bytes, no overflow.
 */
#ifndef PF_BASE_NUM_H
#define PF_BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal integer in min..max.  False leaves *out alone. */
bool	pf_num(int64_t *out, const char *, int64_t min, int64_t max);

/* Finite decimal fraction ("1.5") in min..max. */
bool	pf_frac(double *out, const char *, double min, double max);

/*
 * Duration in milliseconds: a sequence of number and unit, largest unit
 * first ("90s", "1h30m", "250ms", "2d"); units d h m s ms.  A bare number is
 * refused, for nobody agrees on its unit; "0" is zero.
 */
bool	pf_dur(int64_t *ms, const char *);

/* Shortest form of a duration pf_dur() reads back; out of at least 32. */
char	*pf_dur_text(char out[32], int64_t ms);

/* Size in bytes: "4096", "64K", "512M", "2G", "1T" (powers of 1024). */
bool	pf_size(int64_t *bytes, const char *);

/* "512M" where exact, else bytes. */
char	*pf_size_text(char out[32], int64_t bytes);

#endif
