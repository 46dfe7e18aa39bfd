/*
 * Becoming another user; see user.h.
 */
#include <sys/types.h>

#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/user.h"

static const struct pf_err *
change(const char *name, uid_t uid, gid_t gid, bool one)
{
	uid_t r, e, s;
	gid_t gr, ge, gs;

	if (one ? setgroups(1, &gid) == -1 : initgroups(name, gid) == -1)
		return pf_errno("the groups of %s", name);
	if (setresgid(gid, gid, gid) == -1 || setresuid(uid, uid, uid) == -1)
		return pf_errno("become %s", name);
	if (getresuid(&r, &e, &s) == -1 || getresgid(&gr, &ge, &gs) == -1)
		return pf_errno("become %s", name);
	if (r != uid || e != uid || s != uid || gr != gid || ge != gid ||
	    gs != gid || setuid(0) == 0 || seteuid(0) == 0)
		return pf_err(PF_DENIED, "the rights of root cannot be given "
		    "up");
	return NULL;
}

const struct pf_err *
pf_user_become(const char *who)
{
	const struct pf_err *err = NULL;
	const struct passwd *pw;
	const struct group *gr = NULL;
	const char *colon = strchr(who, ':');
	char *name;

	if (geteuid() != 0)
		return pf_err(PF_DENIED, "only root can become %s", who);
	name = pf_strndup(who, colon != NULL ? (size_t)(colon - who) :
	    strlen(who));
	if ((pw = getpwnam(name)) == NULL)
		err = pf_err(PF_NOTFOUND, "no user has the name \"%s\"", name);
	else if (colon != NULL && (gr = getgrnam(colon + 1)) == NULL)
		err = pf_err(PF_NOTFOUND, "no group has the name \"%s\"",
		    colon + 1);
	else if (pw->pw_uid == 0)
		err = pf_err(PF_USAGE, "%s is root and would give up nothing",
		    name);
	else
		err = change(name, pw->pw_uid, gr != NULL ? gr->gr_gid :
		    pw->pw_gid, gr != NULL);
	free(name);
	return err;
}
