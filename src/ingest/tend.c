/*
 * A program that is held to its time by a process of its own, which ends it
 * with all it has started: also when who wanted it run is killed.
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "ingest/tend.h"
#include "os/clock.h"
#include "os/proc.h"

#define IN_FD		3		/* the program's input, in the child */
#define LOOK_MS		1000		/* whether its parent lives */
#define END_MS		10000		/* it has to end what it tends */

extern char **environ;

/* In memory of both processes. */
struct tended_said {
	bool	 late;
	int	 status;
	char	 why[PF_ERR_MSG];	/* it could not be started, or "" */
};

/* In the child: locks, pipes and the database are not for it to hold. */
static bool
let_go_of_all(int in_fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null == -1 || dup2(null, STDIN_FILENO) == -1 ||
	    dup2(null, STDOUT_FILENO) == -1 || dup2(in_fd, IN_FD) == -1)
		return false;
	return close_range(IN_FD + 1, ~0U, 0) == 0;
}

/* In the child: until the program has ended, its time is up or we are told. */
static void
watch(struct tended_said *s, pid_t pid, pid_t parent, const sigset_t *wake,
    int64_t end)
{
	struct timespec t;
	int64_t left;
	bool told = false;

	while (!pf_proc_ended(pid, &s->status)) {
		left = end - pf_boot_ms();
		s->late = left <= 0;
		if (s->late || told || getppid() != parent)
			return;
		if (left > LOOK_MS)
			left = LOOK_MS;
		t.tv_sec = (time_t)(left / 1000);
		t.tv_nsec = (long)(left % 1000) * 1000000;
		told = sigtimedwait(wake, NULL, &t) == SIGTERM;
	}
}

/* In the child. */
static void
tend(struct tended_said *s, const struct pf_proc_spec *spec, pid_t parent,
    int64_t ms)
{
	const struct pf_err *err;
	const int64_t end = pf_boot_ms() + ms;
	sigset_t wake;
	pid_t pid;

	sigemptyset(&wake);
	sigaddset(&wake, SIGCHLD);
	sigaddset(&wake, SIGTERM);
	sigprocmask(SIG_SETMASK, &wake, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	setsid();
	if (getppid() != parent || !let_go_of_all(spec->in_fd))
		_exit(71);
	if ((err = pf_proc_adopt()) == NULL)
		err = pf_proc_start(&pid, &(struct pf_proc_spec){
		    .argv = spec->argv, .envp = spec->envp,
		    .cwd = spec->cwd, .in_fd = IN_FD });
	if (err != NULL) {
		snprintf(s->why, sizeof(s->why), "%s", err->msg);
		_exit(0);
	}
	watch(s, pid, parent, &wake, end);
	/* All that descends from it, in whatever sessions. */
	pf_proc_sweep();
	_exit(0);
}

const struct pf_err *
tend_start(struct tended *t, char *program, int in_fd, int64_t ms)
{
	const struct pf_err *err;
	char *argv[] = { program, NULL };
	const struct pf_proc_spec spec = { .argv = argv, .envp = environ,
	    .cwd = "/", .in_fd = in_fd };
	const pid_t us = getpid();

	t->said = mmap(NULL, sizeof(*t->said), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t->said == MAP_FAILED)
		return pf_errno("memory to start %s", program);
	if ((t->pid = fork()) == 0)
		tend(t->said, &spec, us, ms);
	if (t->pid != -1)
		return NULL;
	err = pf_errno("fork");
	munmap(t->said, sizeof(*t->said));
	t->pid = 0;
	return err;
}

static void
take_end(struct tended *t, int status)
{
	const struct tended_said *s = t->said;
	const bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;

	status = well ? s->status : status;
	t->ok = well && s->why[0] == '\0' && !s->late && WIFEXITED(status) &&
	    WEXITSTATUS(status) == 0;
	if (s->why[0] != '\0')
		snprintf(t->why, sizeof(t->why), "%s", s->why);
	else if (s->late)
		snprintf(t->why, sizeof(t->why), "killed after hook_timeout");
	else
		snprintf(t->why, sizeof(t->why), "it ended with %s %d",
		    WIFSIGNALED(status) ? "signal" : "status",
		    WIFSIGNALED(status) ? WTERMSIG(status) :
		    WEXITSTATUS(status));
	munmap(t->said, sizeof(*t->said));
	t->said = NULL;
	t->pid = 0;
}

bool
tend_ended(struct tended *t)
{
	int status;

	if (!pf_proc_ended(t->pid, &status))
		return false;
	take_end(t, status);
	return true;
}

void
tend_end(struct tended *t)
{
	int status;

	(void)kill(t->pid, SIGTERM);
	(void)pf_proc_wait(t->pid, &status, END_MS);
	take_end(t, status);
}
