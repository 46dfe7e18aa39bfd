/*
 * The log of a job line by line, as JSON.  Lines are counted from the first
 * that is kept, so a log that is long enough to lose its beginning moves on
 * under their numbers; a cursor stays where it is.  Read-only.
 */
#ifndef PF_VIEW_LOGLINES_H
#define PF_VIEW_LOGLINES_H

#include "base/buf.h"
#include "view/cursor.h"
#include "view/logread.h"

struct pf_loglines {
	const char	*dir;		/* pf_joblog_dir() */
	const char	*source;	/* what to call the engine */
	const char	*cursor;	/* to go on behind, or NULL */
	int64_t		 skip;		/* lines passed over, without one */
	int64_t		 limit;		/* lines at most */
	bool		 over;		/* what has no end yet is a line too */
	int64_t		 count;		/* out: lines */
	int64_t		 total;		/* out: all, -1 with a cursor */
	bool		 more;		/* out: there are */
	char		 next[PF_CURSOR_TEXT];	/* out: behind the last */
};

/*
 * Appends the lines as elements of an open JSON array: timestamp (null, for
 * engines tell none), level, source, message, epoch, attempt.  Remarks on what
 * is not there are lines of source pandafuzz and level warning.  Long lines
 * are cut, and an answer that grows too large ends early.
 */
const struct pf_err	*pf_loglines(struct pf_loglines *, struct pf_buf *);

#endif
