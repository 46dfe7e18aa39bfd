/*
 * Shared memory that is left; see ipc.h.
 */
#include <sys/ipc.h>
#include <sys/shm.h>

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "os/ipc.h"

static bool
among(long pid, const pid_t *pids, size_t n)
{
	for (; n > 0 && *pids != (pid_t)pid; n--, pids++)
		;
	return n > 0;
}

void
pf_ipc_remove(const pid_t *pids, size_t n, int64_t since)
{
	FILE *f = fopen("/proc/sysvipc/shm", "re");
	char line[512];
	long long made;
	long pid, uid;
	int id;

	/* key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime
	 * ctime ...; the line of names has no numbers. */
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%*d %d %*o %*u %ld %*d %*u %*u %*u %ld %*u "
		    "%*u %*u %lld", &id, &pid, &uid, &made) == 4 &&
		    uid == (long)geteuid() && made >= since &&
		    among(pid, pids, n))
			(void)shmctl(id, IPC_RMID, NULL);
	if (f != NULL)
		fclose(f);
}
