/*
 * Cores: which there are, which are free, and one for a slot's job.
 */
#ifndef RUN_CORES_H
#define RUN_CORES_H

#include "run/run.h"

/* Those this process may use; false if the kernel does not say. */
bool	cores_allowed(struct cores *);

/* How many these are, and how many of them no process is bound to. */
int	cores_count(const struct cores *);
int	cores_free(const struct cores *);

/*
 * Binds this process, and thereby what it starts from now on, to the free
 * core with the lowest number, or to the least crowded; then that is said,
 * once for all slots.  Not if affinity in [bot] says no, nor for a job of
 * several processes at a time.
 */
void	cores_take(struct slot *, const struct job *);
void	cores_leave(struct slot *);

#endif
