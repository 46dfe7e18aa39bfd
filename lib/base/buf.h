/*
 * A growing byte buffer.  Initialise with PF_BUF_INIT; data is never NULL
 * and always ends in a NUL that len does not count, so a text buffer is a
 * string at any time.  Bytes may hold NULs.
 */
#ifndef PF_BASE_BUF_H
#define PF_BASE_BUF_H

#include <stddef.h>

struct pf_buf {
	char	*data;
	size_t	 len;
	size_t	 cap;		/* 0: data is not allocated */
};

extern char pf_buf_empty[];
#define PF_BUF_INIT	{ pf_buf_empty, 0, 0 }

void	 pf_buf_add(struct pf_buf *, const void *, size_t);
void	 pf_buf_adds(struct pf_buf *, const char *);
void	 pf_buf_addc(struct pf_buf *, char);
void	 pf_buf_addf(struct pf_buf *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));
/* A text, with by in the place of each what, which is not empty. */
void	 pf_buf_replaced(struct pf_buf *, const char *text, const char *what,
	    const char *by);
/* Room for at least n more bytes; returns where they would go. */
char	*pf_buf_room(struct pf_buf *, size_t);
/* n bytes have been put where pf_buf_room() pointed. */
void	 pf_buf_grew(struct pf_buf *, size_t);
/* Drops the first n bytes; more than there are is a bug, status 70. */
void	 pf_buf_eat(struct pf_buf *, size_t);
/* Empties it and keeps the memory. */
void	 pf_buf_reset(struct pf_buf *);
/* Frees the memory and leaves PF_BUF_INIT. */
void	 pf_buf_free(struct pf_buf *);
/* Hands the bytes (NUL-ended, malloc'd) to the caller; leaves PF_BUF_INIT. */
char	*pf_buf_detach(struct pf_buf *);

#endif
