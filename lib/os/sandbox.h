/*
 * A box for a program that has opened what it needs: what it may still reach
 * is a list of paths.  By landlock, a filter of system calls and limits, none
 * of which can be taken back.
 *
 * A kernel without landlock or without such filters leaves that part out and
 * the call says so; one that has them and refuses is an error.  Connecting to
 * a Unix socket by its path is left to the rights of the user, unless there
 * are to be no sockets at all.
 */
#ifndef PF_OS_SANDBOX_H
#define PF_OS_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*
 * What may be done with a path and all below it.  PF_BOX_WRITE is to make,
 * write, rename and remove regular files and directories; it includes
 * reading.  Links, devices and sockets are made nowhere.
 */
enum { PF_BOX_READ = 1, PF_BOX_WRITE = 2, PF_BOX_EXEC = 4 };

struct pf_box_path {
	const char	*path;
	unsigned int	 rights;
};

struct pf_box {
	const struct pf_box_path *paths;	/* ended by { NULL, 0 } */
	bool		 network;	/* false: only Unix sockets can be
					 * made; connections go on */
	bool		 alone;		/* nor those: no socket but pairs
					 * that stay pairs; no signal to all;
					 * no capability; its own IPC if this
					 * user may */
	bool		 secret;	/* the user's other processes may
					 * not trace it */
	int64_t		 files;		/* descriptors that are wanted, 0:
					 * as it is */
	int64_t		 file_bytes;	/* of one file, 0: no limit.  SIGXFSZ
					 * must be ignored */
};

/* What this kernel gave. */
struct pf_boxed {
	int		 landlock;	/* its ABI, 0: none */
	bool		 filter;
};

/*
 * Shuts this thread and all it starts from now on in: to be called before
 * the first other thread is started.  A path that is not there, or that this
 * user cannot reach, stays out of reach.  If no path may be executed nothing
 * may be, not even a file without a path.  No core files are written.
 */
const struct pf_err	*pf_sandbox(struct pf_boxed *, const struct pf_box *);

/* What it would get, without a box. */
void			 pf_sandbox_can(struct pf_boxed *);
#define PF_LANDLOCK_SIGNALS	6	/* from this ABI on it keeps who is
					 * inside from signalling others */

#endif
