/*
 * os/ipc: shared memory that a process left, found by who made it and when.
 */
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/wait.h>

#include <time.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "os/ipc.h"

/* A process that makes a segment and ends. */
static pid_t
leave(int *id)
{
	int fds[2], status;
	pid_t pid;

	*id = -1;
	if (pipe(fds) == -1)
		return -1;
	if ((pid = fork()) == 0) {
		*id = shmget(IPC_PRIVATE, 12345, IPC_CREAT | 0600);
		_exit(write(fds[1], id, sizeof(*id)) == -1);
	}
	if (pid == -1 || read(fds[0], id, sizeof(*id)) != sizeof(*id) ||
	    waitpid(pid, &status, 0) != pid)
		return -1;
	close(fds[0]);
	close(fds[1]);
	return pid;
}

static bool
there(int id)
{
	struct shmid_ds ds;

	return shmctl(id, IPC_STAT, &ds) == 0;
}

int
main(void)
{
	int64_t now = (int64_t)time(NULL);
	int ids[3];
	pid_t pids[3];
	void *at;
	size_t i;

	for (i = 0; i < 3; i++) {
		pids[i] = leave(&ids[i]);
		ok(pids[i] > 0 && there(ids[i]), "one is left");
	}
	pf_ipc_remove(pids, 0, 0);
	ok(there(ids[0]), "of nobody: it stays");
	pf_ipc_remove(pids, 1, now + 3600);
	ok(there(ids[0]), "made before: it stays");
	pf_ipc_remove(pids, 2, now);
	ok(!there(ids[0]) && !there(ids[1]), "those of two go");
	ok(there(ids[2]), "that of another stays");
	at = shmat(ids[2], NULL, 0);
	ok(at != (void *)-1, "somebody has the third");
	pf_ipc_remove(pids + 2, 1, now);
	ok(shmdt(at) == 0 && !there(ids[2]), "it goes with its last user");
	pf_ipc_remove(pids, 3, 0);
	ok(true, "to remove what is gone is fine");
	return done_testing();
}
