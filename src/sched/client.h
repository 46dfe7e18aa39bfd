/*
 * A client of pf-sched serve: its connection, what it has sent and what it is
 * owed.
 */
#ifndef PF_SCHED_CLIENT_H
#define PF_SCHED_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define CLIENT_OWED	(256 << 10)	/* unread replies, then it waits */

struct client {
	int		 fd;
	struct pf_buf	 in;
	struct pf_buf	 out;
	size_t		 mark;		/* replies up to here are committed */
	bool		 eof;
	bool		 skips;		/* the rest of an overlong line */
	bool		 broken;
	bool		 ear;		/* bots are heard through it */
	int64_t		 heard_at;	/* when it last said so */
};

/*
 * Reads what is there, but no more than is needed for a turn; in holds
 * nothing of an overlong line that was refused.
 */
void	client_hear(struct client *);

/* Done with the first n bytes of what it has sent. */
void	client_ate(struct client *, size_t n);
bool	client_has_line(const struct client *);

/* Sends committed replies, as many as its connection takes now. */
void	client_tell(struct client *);

/*
 * How many clients there may be at once: as many as the system lets us have
 * descriptors for, of which it is asked for enough.
 */
size_t	clients_most(void);

#endif
