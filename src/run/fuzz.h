/*
 * One job from its start to its end.
 */
#ifndef RUN_FUZZ_H
#define RUN_FUZZ_H

#include "run/engine.h"

enum ending {
	ENDED,			/* its time was over, or it ended well */
	FAILED,			/* the message says why */
	CANCELLED,
	LOST,			/* the lease is gone: nothing to complete */
	INTERRUPTED		/* hand it back */
};

/*
 * Fetches what the job needs into dir, runs its engine until it is over,
 * cancelled, lost, or pf-run is told to stop.  Everything found is in the
 * outbox when it returns, and delivered as far as the master was there.
 */
enum ending	fuzz_job(struct slot *, const struct job *, const char *dir,
		    char message[512]);

#endif
