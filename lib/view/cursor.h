/*
 * Where a list goes on, as text that a client carries and need not read.  It
 * names a place, not a row: rows may come and go meanwhile.
 */
#ifndef PF_VIEW_CURSOR_H
#define PF_VIEW_CURSOR_H

#include <stdint.h>

#include "base/err.h"
#include "base/name.h"

#define PF_CURSOR_TEXT	96

/* The key of the last row there was; what a list has not got is 0 or "". */
struct pf_cursor {
	int64_t	 at;			/* 0 at least */
	char	 id[PF_ID_MAX + 1];
};

/* list is a letter, so that no list takes the cursor of another. */
void	pf_cursor_text(char out[PF_CURSOR_TEXT], char list,
	    const struct pf_cursor *);
/* PF_DATA of the field cursor unless it is just as it was given out. */
const struct pf_err	*pf_cursor_parse(struct pf_cursor *, char list,
			    const char *);
/* That error, for lists that have another text. */
const struct pf_err	*pf_cursor_bad(void);

#endif
