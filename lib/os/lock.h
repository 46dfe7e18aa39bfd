/*
 * flock(2) on a file that is made once and never unlinked.  The lock ends
 * with the descriptor, so a killed holder frees it.
 */
#ifndef PF_OS_LOCK_H
#define PF_OS_LOCK_H

#include "base/err.h"

/*
 * Opens path (made with mode 0640 if it is not there) and takes the lock.
 * *fd is the holder's; close it to let go.  Held by somebody else: PF_BUSY.
 */
const struct pf_err	*pf_lock(int *fd, const char *path);

#endif
