/*
 * Child processes; see proc.h.
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

#define STEP_MS	5

/* In the child: a soft and hard limit; a kernel that refuses is no error. */
static void
limit(int what, int64_t value)
{
	struct rlimit rl = { (rlim_t)value, (rlim_t)value };

	(void)setrlimit((__rlimit_resource_t)what, &rl);
}

/* In the child: path as descriptor to. */
static int
redirect(const char *path, int flags, int to)
{
	int fd = open(path, flags | O_NOCTTY, 0640);

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
	sigset_t none;
	const char *out = s->out != NULL ? s->out : "/dev/null";

	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	sigaction(SIGPIPE, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	limit(RLIMIT_CORE, 0);
	if (s->cpu_s > 0)
		limit(RLIMIT_CPU, s->cpu_s);
	if (s->file_bytes > 0)
		limit(RLIMIT_FSIZE, s->file_bytes);
	if (redirect(s->in != NULL ? s->in : "/dev/null", O_RDONLY,
	    STDIN_FILENO) == -1 || redirect(out, O_WRONLY | O_CREAT |
	    O_APPEND, STDOUT_FILENO) == -1 ||
	    dup2(STDOUT_FILENO, STDERR_FILENO) == -1)
		return;
	if (s->cwd != NULL && chdir(s->cwd) == -1)
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

const struct pf_err *
pf_proc_adopt(void)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
		return pf_errno("become a subreaper");
	return NULL;
}

/* Parent of a process by /proc, 0 if it is gone. */
static int64_t
parent_of(const char *pid)
{
	struct pf_buf b = PF_BUF_INIT;
	char path[64], *p;
	int64_t ppid = 0;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	/* "pid (name) S ppid ...": the name may hold anything but is closed
	 * by the last parenthesis. */
	if (pf_slurp(&b, path, 4096) == NULL &&
	    (p = strrchr(b.data, ')')) != NULL && strlen(p) > 4) {
		p[4 + strcspn(p + 4, " ")] = '\0';
		if (!pf_num(&ppid, p + 4, 0, INT32_MAX))
			ppid = 0;
	}
	pf_buf_free(&b);
	return ppid;
}

static bool
kill_children(void)
{
	struct dirent *d;
	DIR *proc = opendir("/proc");
	bool any = false;
	int64_t pid;

	if (proc == NULL)
		return false;
	while ((d = readdir(proc)) != NULL)
		if (pf_num(&pid, d->d_name, 2, INT32_MAX) &&
		    parent_of(d->d_name) == getpid()) {
			(void)kill((pid_t)pid, SIGKILL);
			any = true;
		}
	closedir(proc);
	return any;
}

void
pf_proc_sweep(void)
{
	int i;

	/* Each round kills a generation; the next is ours after it. */
	for (i = 0; i < 50 && kill_children(); i++) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		pf_sleep_ms(STEP_MS);
	}
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
