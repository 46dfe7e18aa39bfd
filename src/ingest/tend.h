/*
 * A program that is run for at most so long: when it has ended, when its time
 * is up and when this process is gone, whatever killed it, all that it has
 * started is killed.  Must not know what the program is for.
 */
#ifndef PF_INGEST_TEND_H
#define PF_INGEST_TEND_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct tended {
	pid_t			 pid;	/* of who tends it, 0: none runs */
	struct tended_said	*said;
	bool			 ok;	/* it ended with status 0 in time */
	char			 why[PF_ERR_MSG];	/* or why not */
};

/* in_fd is its standard input; the rest of it is /dev/null. */
const struct pf_err	*tend_start(struct tended *, char *program, int in_fd,
			    int64_t ms);

/* True once it has ended: then ok and why say how. */
bool			 tend_ended(struct tended *);

/* Ends one that runs, and waits for that. */
void			 tend_end(struct tended *);

#endif
