/*
 * A bucket as other programs want to have it: what its report says, where in
 * the source that is, and how bad.  And what the files that write such lists
 * share.
 */
#ifndef PF_VIEW_FOUND_H
#define PF_VIEW_FOUND_H

#include <stdio.h>

#include "base/buf.h"
#include "codec/report/scan.h"
#include "codec/report/severity.h"
#include "codec/report/state.h"
#include "view/bugs.h"

/* Large; of pf_calloc(), pf_found_free() what it holds. */
struct pf_found {
	const struct pf_bug	*bug;
	bool			 read;		/* there was a report */
	struct pf_report	 report;
	struct pf_state		 state;
	const struct pf_severity *severity;
	const struct pf_frame	*at;		/* of ours, or NULL: a file and
						 * a line of it */
	char			 rules[PF_RULES_TEXT];
	struct pf_ignore	*ignore;
	struct pf_buf		 words;		/* in a line, for people */
	char			 text[PF_REPORT_TEXT];
};

void	pf_found_init(struct pf_found *);
void	pf_found_free(struct pf_found *);
/* Of a bucket whose texts stay good while it is in use. */
void	pf_found_read(struct pf_found *, const struct pf_bug *);

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
