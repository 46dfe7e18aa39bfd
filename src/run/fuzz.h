/*
 * One job from its start to its end.
 */
#ifndef RUN_FUZZ_H
#define RUN_FUZZ_H

#include "run/engine/engine.h"

enum ending {
	ENDED,			/* its time was over, or it ended well */
	FAILED,			/* the message says why */
	CANCELLED,
	LOST,			/* the lease is gone: nothing to complete */
	AWAY,			/* it ended while the master was away, who
				 * decides when he is back */
	INTERRUPTED		/* hand it back */
};

/* What fuzz.c and harvest.c begin and end with; false: no such engine. */
bool	fuzz_open(struct fuzz *, struct slot *, const struct job *,
	    const char *dir);
void	fuzz_close(struct fuzz *);

/*
 * harvest.c: what an engine found and nobody took.
 *
 * open says that the job's directory may hold such, close that it does not
 * any more, remove takes the directory away; over: the job will not come
 * again; forget what was sent of one that has no directory any more.  old does
 * harvest_finds() with what an earlier process left, before the engine is
 * started; job with the directory of one that is not ours any more; all with
 * every such but one.
 */
const struct pf_err	*harvest_open(struct slot *, const struct job *);
void			 harvest_close(struct slot *, const char *job);
void	harvest_remove(struct slot *, const char *job, const char *dir,
	    bool over);
void	harvest_forget(const struct slot *, const char *job);
bool			 harvest_old(struct fuzz *);
bool			 harvest_job(struct slot *, const struct job *);
void			 harvest_all(struct slot *, const char *but);

/*
 * Fetches what the job needs into dir, runs its engine until it is over,
 * cancelled, lost, or pf-run is told to stop.  Everything found is in the
 * outbox when it returns, unless *left, and delivered as far as the master was
 * there.
 */
enum ending	fuzz_job(struct slot *, const struct job *, const char *dir,
		    char message[512], bool *left);

#endif
