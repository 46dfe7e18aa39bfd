/*
 * os/user: root becomes nobody and cannot come back.
 */
#include <grp.h>
#include <stdlib.h>

#include "../lib/tap.h"
#include "os/user.h"

/* In a child: 0 if it became uid with one group, else the class. */
static int
become(const char *who, bool twice)
{
	const struct pf_err *err;
	int status = -1;
	gid_t g[8];
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0) {
		if ((err = pf_user_become(who)) == NULL && twice)
			err = pf_user_become(who);
		if (err != NULL)
			_exit((int)err->class);
		_exit(getuid() != 0 && geteuid() == getuid() &&
		    getgroups(8, g) == 1 && g[0] == getgid() &&
		    getegid() == getgid() && setuid(0) == -1 &&
		    setgid(0) == -1 && setgroups(0, NULL) == -1 ? 0 : 99);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int
main(void)
{
	if (geteuid() != 0) {
		is_int(become("nobody", false), PF_DENIED, "only root can");
		return done_testing();
	}
	is_int(become("nobody", false), 0, "nobody, in its own group");
	is_int(become("nobody:daemon", false), 0, "nobody, in another group");
	is_int(become("nobody", true), PF_DENIED, "then it is root no more");
	is_int(become("no-such-user", false), PF_NOTFOUND, "no such user");
	is_int(become("", false), PF_NOTFOUND, "no user at all");
	is_int(become("nobody:", false), PF_NOTFOUND, "no group at all");
	is_int(become("nobody:no-such", false), PF_NOTFOUND, "no such group");
	is_int(become("root", false), PF_USAGE, "root gives up nothing");
	return done_testing();
}
