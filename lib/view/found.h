/*
 * A bucket as other programs want to have it: what its report says, where in
 * the source that is, and how bad.  And what the files that write such lists
 * share.
 */
#ifndef PF_VIEW_FOUND_H
#define PF_VIEW_FOUND_H

#include <stdio.h>

#include "base/buf.h"
#include "store/placing.h"
#include "view/bugs.h"
#include "view/checked.h"

/* All by the rules in force. */
struct pf_found {
	struct pf_db		*db;
	struct pf_live		 live;
	const struct pf_bug	*bug;
	struct pf_sign		 sign;		/* parsed: there was a report */
	const struct pf_report	*report;
	const struct pf_state	*state;
	struct pf_judged	 judged;	/* how bad it is */
	const struct pf_frame	*at;		/* of ours, or NULL: a file and
						 * a line of it */
	struct pf_buf		 words;		/* in a line, for people */
};

/* pf_found_free() what it holds, in every case. */
const struct pf_err	*pf_found_init(struct pf_found *, struct pf_db *);
void			 pf_found_free(struct pf_found *);
/* Of a bucket whose texts stay good while it is in use. */
const struct pf_err	*pf_found_read(struct pf_found *,
			    const struct pf_bug *);

/* The first frame of a stack that is the program's own and tells file and
 * line; else where the program begins, else NULL. */
const struct pf_frame	*pf_found_place(const struct pf_found *,
			    const struct pf_stack *);

/*
 * The path of a file as a URI reference, which is relative to root if the file
 * is below it or its path is relative; true then.  What goes up and out of
 * where it begins is left out.
 */
bool	pf_found_uri(struct pf_buf *, const char *path, const char *root);

/* The lists; root as for pf_found_uri(), or NULL. */
const struct pf_err	*pf_found_sarif(FILE *, const struct pf_bugs *,
			    const char *root);
const struct pf_err	*pf_found_junit(FILE *, const struct pf_bugs *,
			    const char *root);

/* Writes what is much by now, but for the last byte: pf_jw looks at it. */
void	pf_found_flush(FILE *, struct pf_buf *);

#endif
