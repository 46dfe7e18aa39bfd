/*
 * What the engine of a job printed, from the files of its log, attempt by
 * attempt, with remarks on what is not there.  Read-only; whoever reads may
 * go on later, also in another process, from where he was.
 */
#ifndef PF_VIEW_LOGREAD_H
#define PF_VIEW_LOGREAD_H

#include <stdbool.h>
#include <stddef.h>

#include "store/joblog.h"

struct pf_logread {
	const char	*dir;			/* of the job's log */
	bool		 patient;		/* waits at holes */
	/*
	 * Bytes that were printed, and a remark on what comes or is missing
	 * next; NULL where bytes end that a remark will follow.  False is
	 * enough.
	 */
	bool		(*text)(void *, const char *, size_t);
	bool		(*mark)(void *, const char *);
	void		*arg;
	/* How far it is: what text() and mark() are given stands here. */
	bool		 begun;
	char		 name[PF_JOBLOG_NAME];	/* of the segment at hand */
	int64_t		 at;			/* bytes of it */
	/* Its own */
	int64_t		 missing;		/* bytes not yet told of */
	bool		 young;			/* the segment has changed */
	int64_t		 until;			/* waits so long, 0: not */
	struct pf_joblog_gone	 gone;
	bool		 enough;
};

/* All that is there from that place on. */
const struct pf_err	*pf_logread(struct pf_logread *);

#endif
