/*
 * All slots of a machine: a process each, started, watched and stopped.
 */
#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/lock.h"
#include "os/stop.h"
#include "run/run.h"

#define AGAIN_MS	5000	/* before a slot that died is started anew */

static pid_t
start_slot(const struct options *o, const struct pf_conf *conf, int i)
{
	pid_t pid, parent = getpid();

	if ((pid = fork()) != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EX_TEMPFAIL);
	_exit(slot_run(o, conf, conf->bot_work_directory, i,
	    (int)conf->bot_slots));
}

/* 0 if any slot ran a job, else the most telling of the others. */
static int
combine(int a, int b)
{
	if (a == -1 || b == EX_OK)
		return b;
	return a == EX_OK || a > b ? a : b;
}

static void
pass_on(const pid_t *pids, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (pids[i] > 0)
			(void)kill(pids[i], SIGTERM);
}

/* True if a slot ended for a reason that passes. */
static bool
accident(int status)
{
	if (WIFSIGNALED(status))
		return true;
	switch (WEXITSTATUS(status)) {
	case EX_OSERR:
	case EX_IOERR:
	case EX_TEMPFAIL:
		return true;
	default:
		return false;
	}
}

/* Waits for all slots; with -l one that died by accident comes back. */
static int
watch(const struct options *o, const struct pf_conf *conf, pid_t *pids, int n)
{
	int i, left = n, status, worst = -1;
	bool told = false;
	pid_t pid;

	while (left > 0) {
		if (pf_stopping && !told) {
			pass_on(pids, n);
			told = true;
		}
		pid = waitpid(-1, &status, told ? 0 : WNOHANG);
		if (pid == 0 || (pid == -1 && errno == EINTR)) {
			pf_sleep_ms(200);
			continue;
		}
		if (pid == -1)
			break;
		for (i = 0; i < n && pids[i] != pid; i++)
			;
		if (i == n)
			continue;
		pids[i] = 0;
		if (o->loop && !pf_stopping && accident(status)) {
			pf_warn("slot %d ended with %s %d; starting it anew",
			    i, WIFSIGNALED(status) ? "signal" : "status",
			    WIFSIGNALED(status) ? WTERMSIG(status) :
			    WEXITSTATUS(status));
			pf_sleep_ms(AGAIN_MS);
			pids[i] = start_slot(o, conf, i);
			continue;
		}
		left--;
		worst = combine(worst, WIFEXITED(status) ?
		    WEXITSTATUS(status) : EX_SOFTWARE);
	}
	return worst;
}

const struct pf_err *
slots_run(const struct options *o, const struct pf_conf *conf, int *status)
{
	const struct pf_err *err;
	int i, lock = -1, n = (int)conf->bot_slots;
	char *path = pf_asprintf("%s/lock", conf->bot_work_directory);
	pid_t *pids = NULL;

	if ((err = pf_mkdirs(conf->bot_work_directory, 0750)) != NULL)
		goto done;
	if ((err = pf_lock(&lock, path)) != NULL) {
		if (err->class == PF_BUSY)
			err = pf_err(PF_BUSY, "%s: another pf-run works here",
			    conf->bot_work_directory);
		goto done;
	}
	pf_stop_catch();
	pids = pf_calloc((size_t)n, sizeof(*pids));
	for (i = 0; i < n; i++)
		if ((pids[i] = start_slot(o, conf, i)) == -1) {
			err = pf_errno("fork");
			pass_on(pids, i);
			break;
		}
	*status = watch(o, conf, pids, i);
done:
	if (lock != -1)
		close(lock);
	free(pids);
	free(path);
	return err;
}
