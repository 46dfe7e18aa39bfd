/*
 * Child processes; see proc.h.
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/proc.h"
#include "os/sandbox.h"

#define STEP_MS	5

/* In the child: a soft and hard limit; a kernel that refuses is no error. */
static void
limit(int what, int64_t value)
{
	struct rlimit rl;

	if (getrlimit((__rlimit_resource_t)what, &rl) == -1)
		return;
	if (rl.rlim_max > (rlim_t)value)
		rl.rlim_max = (rlim_t)value;
	rl.rlim_cur = rl.rlim_max;
	(void)setrlimit((__rlimit_resource_t)what, &rl);
}

static void
limits(const struct pf_proc_spec *s)
{
	limit(RLIMIT_CORE, 0);
	if (s->cpu_s > 0)
		limit(RLIMIT_CPU, s->cpu_s);
	if (s->file_bytes > 0) {
		limit(RLIMIT_FSIZE, s->file_bytes);
		/* Who prints too much is not to die of it. */
		signal(SIGXFSZ, SIG_IGN);
	}
	if (s->files > 0)
		limit(RLIMIT_NOFILE, s->files);
	if (s->processes > 0)
		limit(RLIMIT_NPROC, s->processes);
}

/* In the child: a short text into a file of the kernel's. */
static int
tell(const char *dir, const char *file, const char *text)
{
	char path[4096];
	int fd, rc;

	if (snprintf(path, sizeof(path), "%s/%s", dir, file) >=
	    (int)sizeof(path))
		return -1;
	if ((fd = open(path, O_WRONLY | O_CLOEXEC)) == -1)
		return -1;
	rc = write(fd, text, strlen(text)) == -1 ? -1 : 0;
	close(fd);
	return rc;
}

/* In the child: whom the kernel ends first when memory is short. */
static void
volunteer(int adj)
{
	int dumpable = prctl(PR_GET_DUMPABLE);
	char text[16];

	snprintf(text, sizeof(text), "%d", adj);
	/* Else the file is root's. */
	prctl(PR_SET_DUMPABLE, 1);
	(void)tell("/proc/self", "oom_score_adj", text);
	prctl(PR_SET_DUMPABLE, dumpable);
}

/* In the child: path as descriptor to. */
static int
redirect(const char *path, int flags, int to)
{
	int fd = open(path, flags | O_NOCTTY | O_NOFOLLOW, 0640);

	if (fd == -1)
		return -1;
	if (fd != to && dup2(fd, to) == -1)
		return -1;
	if (fd != to)
		close(fd);
	return 0;
}

/* In the child; only returns on failure, with errno. */
static void
become(const struct pf_proc_spec *s)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };
	struct pf_boxed got;
	sigset_t none;
	const char *const *group;
	const char *out = s->out != NULL ? s->out : "/dev/null";

	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	sigaction(SIGPIPE, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	(void)close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
	if (s->keep_fd > STDERR_FILENO)
		fcntl(s->keep_fd, F_SETFD, 0);
	if (s->oom_adj > 0)
		volunteer(s->oom_adj);
	for (group = s->groups; group != NULL && *group != NULL; group++)
		if (tell(*group, "cgroup.procs", "0") == -1)
			return;
	limits(s);
	if ((s->in_fd > STDERR_FILENO ? dup2(s->in_fd, STDIN_FILENO) :
	    redirect(s->in != NULL ? s->in : "/dev/null", O_RDONLY,
	    STDIN_FILENO)) == -1 || (s->out_fd > STDERR_FILENO ?
	    dup2(s->out_fd, STDOUT_FILENO) : redirect(out, O_WRONLY |
	    O_CREAT | O_APPEND, STDOUT_FILENO)) == -1 ||
	    dup2(STDOUT_FILENO, STDERR_FILENO) == -1)
		return;
	if (s->cwd != NULL && chdir(s->cwd) == -1)
		return;
	if (s->box != NULL && pf_sandbox(&got, s->box) != NULL)
		return;
	execve(s->argv[0], s->argv, s->envp);
}

const struct pf_err *
pf_proc_start(pid_t *out, const struct pf_proc_spec *s)
{
	int pipefd[2], num = 0;
	ssize_t n;
	pid_t pid;

	*out = -1;
	if (pipe2(pipefd, O_CLOEXEC) == -1)
		return pf_errno("pipe");
	if ((pid = fork()) == -1) {
		close(pipefd[0]);
		close(pipefd[1]);
		return pf_errno("fork");
	}
	if (pid == 0) {
		become(s);
		num = errno;
		if (write(pipefd[1], &num, sizeof(num)) == -1)
			_exit(126);
		_exit(127);
	}
	close(pipefd[1]);
	do
		n = read(pipefd[0], &num, sizeof(num));
	while (n == -1 && errno == EINTR);
	close(pipefd[0]);
	if (n == (ssize_t)sizeof(num)) {
		while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
			;
		errno = num;
		return pf_errno("start %s", s->argv[0]);
	}
	*out = pid;
	return NULL;
}

bool
pf_proc_ended(pid_t pid, int *status)
{
	return waitpid(pid, status, WNOHANG) == pid;
}

void
pf_proc_signal(pid_t pid, int sig)
{
	/* The group may not be there yet, or no more. */
	if (kill(-pid, sig) == -1)
		(void)kill(pid, sig);
}

bool
pf_proc_wait(pid_t pid, int *status, int64_t ms)
{
	int64_t end = pf_boot_ms() + ms;

	while (!pf_proc_ended(pid, status)) {
		if (pf_boot_ms() >= end) {
			pf_proc_signal(pid, SIGKILL);
			while (waitpid(pid, status, 0) == -1 &&
			    errno == EINTR)
				;
			return false;
		}
		pf_sleep_ms(STEP_MS);
	}
	return true;
}

char *
pf_proc_find(const char *name)
{
	const char *path = getenv("PATH"), *end;
	char *full;

	if (strchr(name, '/') != NULL)
		return access(name, X_OK) == 0 ? pf_strdup(name) : NULL;
	if (path == NULL)
		path = "/usr/local/bin:/usr/bin:/bin";
	for (;; path = end + 1) {
		end = path + strcspn(path, ":");
		full = pf_asprintf("%.*s/%s", (int)(end - path), path, name);
		if (end > path && access(full, X_OK) == 0)
			return full;
		free(full);
		if (*end == '\0')
			return NULL;
	}
}
