/*
 * When pf-run is killed, what it started is not: afl-fuzz dies with it, but
 * its persistent target stays, stopped, for ever.  So a process watches that
 * does nothing else: it sees by a pipe that the last slot is gone, and ends
 * what works below their directories.  Until then it keeps the lock, for the
 * next pf-run's engines work there too.
 */
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/clock.h"
#include "run/box/box.h"

#define ROUNDS		100
#define STEP_MS		5
#define ENV_MAX		4096
#define STATUS_MAX	4096

static bool
below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && path[n] == '/';
}

/* What /proc has of a process under that name, up to n - 1 bytes. */
static size_t
look(char *text, size_t n, int proc, const char *pid, const char *what)
{
	char name[48];
	ssize_t got = -1;
	int fd;

	snprintf(name, sizeof(name), "%.20s/%s", pid, what);
	if ((fd = openat(proc, name, O_RDONLY | O_CLOEXEC)) != -1) {
		got = read(fd, text, n - 1);
		close(fd);
	}
	text[got > 0 ? got : 0] = '\0';
	return got > 0 ? (size_t)got : 0;
}

static bool
links_below(int proc, const char *pid, const char *what, const char *dir)
{
	char name[48], text[ENV_MAX + 1];
	ssize_t n;

	snprintf(name, sizeof(name), "%.20s/%s", pid, what);
	n = readlinkat(proc, name, text, ENV_MAX);
	text[n > 0 ? n : 0] = '\0';
	return below(text, dir);
}

/* It was given a HOME there: nobody else does that. */
static bool
lives_below(int proc, const char *pid, const char *dir)
{
	char text[ENV_MAX + 1], *p;
	size_t n = look(text, sizeof(text), proc, pid, "environ");

	for (p = text; p < text + n; p += strlen(p) + 1)
		if (strncmp(p, "HOME=", 5) == 0)
			return below(p + 5, dir);
	return false;
}

/*
 * What box_start() gives its programs, and no shell of a person has: the
 * first to go when memory is short, and no way to new privileges, which is
 * there to stay.  Of a pf-run that has none itself that says nothing.
 */
static bool
is_marked(int proc, const char *pid)
{
	char text[STATUS_MAX], *p;
	int64_t adj;

	if (look(text, sizeof(text), proc, pid, "oom_score_adj") > 0) {
		text[strcspn(text, "\n")] = '\0';
		if (pf_num(&adj, text, BOX_OOM_ADJ, INT32_MAX))
			return true;
	}
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return false;
	(void)look(text, sizeof(text), proc, pid, "status");
	return (p = strstr(text, "\nNoNewPrivs:\t")) != NULL && p[13] == '1';
}

/*
 * Its directory, its program, or the HOME it was given: it may leave the one,
 * run a program of the system, and write over the third, but seldom all.  A
 * person may be there too, who looks at what a job does.
 */
static bool
works_below(int proc, const char *pid, const char *dir)
{
	if (lives_below(proc, pid, dir))
		return true;
	return (links_below(proc, pid, "cwd", dir) ||
	    links_below(proc, pid, "exe", dir)) && is_marked(proc, pid);
}

/* True if there was any. */
static bool
kill_below(const char *dir)
{
	struct dirent *d;
	DIR *proc = opendir("/proc");
	bool any = false;
	int64_t pid;

	if (proc == NULL)
		return false;
	while ((d = readdir(proc)) != NULL)
		if (pf_num(&pid, d->d_name, 2, INT32_MAX) &&
		    pid != getpid() && works_below(dirfd(proc), d->d_name,
		    dir)) {
			(void)kill((pid_t)pid, SIGKILL);
			any = true;
		}
	closedir(proc);
	return any;
}

static void
sweep_below(const char *workdir, int slot, const char *what)
{
	char *dir = pf_asprintf("%s/slot-%d/%s", workdir, slot, what);
	char *full = realpath(dir, NULL);
	int i;

	for (i = 0; full != NULL && i < ROUNDS && kill_below(full); i++)
		pf_sleep_ms(STEP_MS);
	free(full);
	free(dir);
}

void
warden_sweep(const char *workdir, int slot)
{
	sweep_below(workdir, slot, "jobs");
	sweep_below(workdir, slot, "later");
}

/* Waits for a word, or for the end of all who could say it. */
static void __attribute__((noreturn))
watch(int fd, const char *workdir, int slots)
{
	ssize_t n;
	char c;
	int i;

	setsid();
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	do
		n = read(fd, &c, 1);
	while (n == -1 && errno == EINTR);
	for (i = 0; n == 0 && i < slots; i++)
		warden_sweep(workdir, i);
	_exit(0);
}

const struct pf_err *
warden_start(int *out, const char *workdir, int slots)
{
	const struct pf_err *err = NULL;
	int fds[2];
	pid_t pid;

	*out = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == -1)
		return pf_errno("socketpair");
	if ((pid = fork()) == -1)
		err = pf_errno("fork");
	if (pid == 0) {
		close(fds[1]);
		/* Nobody's child: ours are the slots. */
		if ((pid = fork()) == 0)
			watch(fds[0], workdir, slots);
		_exit(pid == -1 ? EX_OSERR : 0);
	}
	close(fds[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
	if (err != NULL)
		close(fds[1]);
	else
		*out = fds[1];
	return err;
}

void
warden_stop(int fd)
{
	char c = 0;

	if (fd == -1)
		return;
	/* It has the lock as we have: not before it is gone. */
	if (send(fd, &c, 1, MSG_NOSIGNAL) == 1)
		while (recv(fd, &c, 1, 0) == -1 && errno == EINTR)
			;
	close(fd);
}
