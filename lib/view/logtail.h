/*
 * A job's log as a text that is followed: what is new is appended to a buffer,
 * as much as there is room for, and the place behind it can be told and gone
 * back to.  Looking for what is new costs little while there is nothing.
 */
#ifndef PF_VIEW_LOGTAIL_H
#define PF_VIEW_LOGTAIL_H

#include <sys/types.h>

#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "view/logread.h"

#define PF_LOG_PLACE	64	/* text of a place */

/* What a file was when it was last looked at. */
struct pf_log_seen {
	struct timespec	 time;
	off_t		 size;
};

struct pf_logtail {
	struct pf_logread r;
	char		*dir;
	struct pf_buf	*out;			/* while it reads */
	size_t		 max;
	size_t		 run;			/* bytes since a remark */
	struct pf_log_seen seen[2];		/* directory and segment */
};

void	pf_logtail_open(struct pf_logtail *, const char *storage,
	    const char *job);
void	pf_logtail_close(struct pf_logtail *);

/*
 * Appends what is there and was not read, until the buffer holds max bytes or
 * some more.  A character is not torn apart.
 */
const struct pf_err	*pf_logtail(struct pf_logtail *, struct pf_buf *,
			    size_t max);

/* How far it is read, as "EPOCH.ATTEMPT.OFFSET", or "" at the beginning. */
void	pf_logtail_tell(char out[PF_LOG_PLACE], const struct pf_logtail *);
/* Goes there; false if the text is none. */
bool	pf_logtail_seek(struct pf_logtail *, const char *place);

#endif
