/*
 * Becoming another user, for good.
 */
#ifndef PF_OS_USER_H
#define PF_OS_USER_H

#include "base/err.h"

/*
 * "USER": that user, its group and all groups it is in.  "USER:GROUP": that
 * group and no other.  All three user ids and group ids change, and it is
 * tried that they do not change back.  Only root can: PF_DENIED.  A name
 * that nobody has is PF_NOTFOUND, root's is PF_USAGE.  After an error the
 * process may be half of each and must end.
 */
const struct pf_err	*pf_user_become(const char *who);

#endif
