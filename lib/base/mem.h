/*
 * Allocation that cannot fail: out of memory ends the process with status
 * 75 (EX_TEMPFAIL).  The commands are crash-only, so dying is always safe: what
 * was promised is already on disk.
 */
#ifndef PF_BASE_MEM_H
#define PF_BASE_MEM_H

#include <stddef.h>

/* The caller owns and frees what these return. */
void	*pf_malloc(size_t);
void	*pf_calloc(size_t, size_t);
/* Product checked for overflow; NULL is fine as the old pointer. */
void	*pf_reallocarray(void *, size_t, size_t);
char	*pf_strdup(const char *);
char	*pf_strndup(const char *, size_t);
char	*pf_asprintf(const char *, ...) __attribute__((format(printf, 1, 2)));
/* For who allocates otherwise. */
void	 pf_no_memory(void) __attribute__((noreturn));

#endif
