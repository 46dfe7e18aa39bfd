/*
 * Control groups of a slot: one in each hierarchy that limits, shares or
 * kills, below the group pf-run itself is in, found again by its name after a
 * death.  That processors are shared between slots, not between processes, is
 * what keeps a slot whose target multiplies from starving the others; nothing
 * is said where that is not to be had.
 */
#ifndef RUN_BOX_GROUPS_H
#define RUN_BOX_GROUPS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define GROUPS_MAX	4	/* v2; memory, pids and cpu of v1 */

struct group {
	char	*dir;
	bool	 memory, pids, kill;	/* what it is for */
	bool	 v2;
};

struct groups {
	struct group	 v[GROUPS_MAX];
	int		 n;
	const char	*dirs[GROUPS_MAX + 1];	/* for pf_proc_start() */
	int64_t		 pids;			/* the limit, 0: none yet */
};

/*
 * Makes the groups called name; processes that an earlier one of that name
 * left are killed.  None is no error: then n is 0.  *why: what an operator
 * may do about what is missing, or "".
 */
void	groups_make(struct groups *, const char *name, const char **why);
/* Kills what is in them and removes them. */
void	groups_remove(struct groups *);

bool	groups_limit_memory(const struct groups *);
bool	groups_limit_pids(const struct groups *);
bool	groups_new(const struct groups *);	/* memory is limited by v2 */

/* Bytes and processes from now on; 0 bytes: no limit. */
const struct pf_err	*groups_set(struct groups *, int64_t bytes,
			    int64_t pids);
/* How often a limit was met so far: processes killed, and not started. */
void	groups_met(const struct groups *, int64_t *killed, int64_t *refused);

/* Kills all that is in them, until nothing is. */
void	groups_kill(const struct groups *);

#endif
