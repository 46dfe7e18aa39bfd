/*
 * A bucket as other programs want to have it: what its best report says, where
 * in the source that is, and how bad.  And what the files that write such lists
 * share.
 */
#ifndef PF_VIEW_FOUND_H
#define PF_VIEW_FOUND_H

#include <stdio.h>

#include "base/buf.h"
#include "store/placing.h"
#include "view/better.h"
#include "view/bugs.h"
#include "view/checked.h"

/* All by the rules in force. */
struct pf_found {
	struct pf_db		*db;
	const char		*storage;
	struct pf_live		 live;
	const struct pf_bug	*bug;
	/* By the report that it is filed by: it is the same bug for who
	 * compares lists when there is a better one.  Parsed: there is one. */
	struct pf_sign		 sign;
	char			 type[PF_TYPE_TEXT];
	/* What else follows is of the best there is. */
	struct pf_better	 better;
	struct pf_given		 given;
	bool			 parsed;
	const struct pf_report	*report;
	const struct pf_state	*state;
	struct pf_judged	 judged;	/* how bad it is */
	const struct pf_frame	*at;		/* of ours, or NULL: a file and
						 * a line of it */
	struct pf_buf		 words;		/* in a line, for people */
};

/* pf_found_free() what it holds, in every case. */
const struct pf_err	*pf_found_init(struct pf_found *, struct pf_db *,
			    const char *storage);
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
			    const char *storage, const char *root);
const struct pf_err	*pf_found_junit(FILE *, const struct pf_bugs *,
			    const char *storage, const char *root);

/* Writes what is much by now, but for the last byte: pf_jw looks at it. */
void	pf_found_flush(FILE *, struct pf_buf *);

#endif
