/*
 * A bucket as other programs want to have it: what its report says, where in
 * the source that is, and how bad.  And what the files that write such lists
 * share.
 */
#ifndef PF_REPORT_FOUND_H
#define PF_REPORT_FOUND_H

#include "base/buf.h"
#include "codec/report/scan.h"
#include "codec/report/severity.h"
#include "codec/report/state.h"
#include "report/report.h"
#include "view/bugs.h"

/* Large; of pf_calloc(), found_free() what it holds. */
struct found {
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

void	found_init(struct found *);
void	found_free(struct found *);
/* Of a bucket whose texts stay good while it is in use. */
void	found_read(struct found *, const struct pf_bug *);

/* The first frame of a stack that is the program's own and tells file and
 * line; else where the program begins, else NULL. */
const struct pf_frame	*found_place(const struct found *,
			    const struct pf_stack *);

/*
 * The path of a file as a URI reference, which is relative to root if the file
 * is below it or its path is relative; true then.  What goes up and out of
 * where it begins is left out.
 */
bool	found_uri(struct pf_buf *, const char *path, const char *root);

/* The lists; root as for found_uri(), or NULL. */
const struct pf_err	*found_sarif(FILE *, const struct pf_bugs *,
			    const char *root);
const struct pf_err	*found_junit(FILE *, const struct pf_bugs *,
			    const char *root);

/* Writes what is much by now, but for the last byte: pf_jw looks at it. */
void	found_flush(FILE *, struct pf_buf *);

#endif
