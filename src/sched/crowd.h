/*
 * The clients of pf-sched serve together: who is let in, who is heard, and
 * what of their bytes is held, which is bounded however many they are.
 */
#ifndef PF_SCHED_CROWD_H
#define PF_SCHED_CROWD_H

#include <poll.h>

#include "base/err.h"
#include "sched/client.h"

struct crowd {
	struct client	*clients;
	struct pollfd	*polls;
	size_t		 n;
	size_t		 most;		/* as many descriptors allow */
	size_t		 owed;		/* bytes of unread replies, */
	size_t		 held;		/* and of what clients have sent */
	int64_t		 crowded;	/* until when nobody is let in */
	int		 listener;	/* -1: none */
	bool		 handed;	/* it came on fd 0 */
};

/* Listens on path, or on what was handed; crowd_close() in every case. */
const struct pf_err	*crowd_open(struct crowd *, const char *path);
void			 crowd_close(struct crowd *);

/*
 * Waits for clients, up to ms (-1: as long as it takes), lets in and reads.
 * An error is one of poll(): nobody can be heard any more.
 */
const struct pf_err	*crowd_hear(struct crowd *, int ms);

/* Whether it has a line to execute, and reads its replies. */
bool			 client_may_work(const struct client *);

/* What each of those may have of so many lines: nobody is to wait for who
 * sends a lot. */
size_t			 crowd_share(const struct crowd *, size_t lines);

/* Sends what is committed, and lets go of who has left. */
void			 crowd_tell(struct crowd *);
/* What was done is told before the end, to whoever still reads. */
void			 crowd_finish(struct crowd *);

#endif
