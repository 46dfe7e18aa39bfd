/*
 * Starting, signalling and ending what runs in a box; see box.h.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/ipc.h"
#include "run/box/room.h"

#define FILES		4096		/* descriptors of a process */
#define FILE_BYTES	(128 << 20)	/* of a file, the engine's log too */
#define STEP_MS		5
#define SIGNAL_ROUNDS	20

static struct boxed *
find_boxed(struct box *box, pid_t pid)
{
	size_t i;

	for (i = 0; i < BOXED_MAX; i++)
		if (box->boxed[i].pid == pid)
			return &box->boxed[i];
	return NULL;
}

const struct pf_err *
box_enter(struct fuzz *f)
{
	static const char *const made[] = { "own", "tmp" };
	const struct pf_err *err = NULL;
	char *path;
	size_t i;

	box_say(f->slot);
	watch_begin(f);
	for (i = 0; i < sizeof(made) / sizeof(made[0]) && err == NULL; i++) {
		path = pf_asprintf("%s/%s", f->dir, made[i]);
		err = pf_mkdirs(path, 0750);
		free(path);
	}
	return err;
}

/* Landlock and a filter are not looked at: they may do it, or not. */
bool
box_keeps_files(const struct slot *s)
{
	return s->box->bwrap != NULL;
}

/*
 * Whether the kernel would run it, as far as its first bytes tell: inside, a
 * failure is but a line in the log.
 */
static const struct pf_err *
check_program(const char *path)
{
	const struct pf_err *err = NULL;
	char head[4] = "";
	int fd;

	if (access(path, X_OK) == -1 ||
	    (fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) == -1)
		return pf_errno("start %s", path);
	if (read(fd, head, sizeof(head)) < 2 ||
	    (memcmp(head, "\177ELF", 4) != 0 && memcmp(head, "#!", 2) != 0)) {
		errno = ENOEXEC;
		err = pf_errno("start %s", path);
	}
	close(fd);
	return err;
}

static const struct pf_err *
start_bwrap(struct fuzz *f, struct box *box, struct pf_proc_spec s,
    struct boxed *b)
{
	const struct pf_err *err;
	char **argv;
	int fd[2];

	if ((err = check_program(s.argv[0])) != NULL)
		return err;
	if (pipe2(fd, O_CLOEXEC) == -1)
		return pf_errno("pipe");
	argv = bwrap_argv(f, box, &s, fd[1]);
	s.argv = argv;
	s.cwd = NULL;
	s.keep_fd = fd[1];
	err = pf_proc_start(&b->pid, &s);
	close(fd[1]);
	if (err == NULL && (b->init = bwrap_init(fd[0])) == 0) {
		(void)pf_proc_wait(b->pid, &(int){ 0 }, 0);
		b->pid = 0;
		err = pf_err(PF_BUSY, "bubblewrap started nothing; the "
		    "engine's log may say why");
	}
	close(fd[0]);
	argv_free(argv);
	return err;
}

static const struct pf_err *
start_jail(struct fuzz *f, struct pf_proc_spec s, struct boxed *b)
{
	const struct pf_err *err;
	struct jail jail;

	jail_make(&jail, f, &s);
	s.box = &jail.box;
	err = pf_proc_start(&b->pid, &s);
	jail_free(&jail);
	return err;
}

const struct pf_err *
box_start(struct fuzz *f, const struct pf_proc_spec *given, pid_t *pid)
{
	const struct pf_err *err;
	struct box *box = f->slot->box;
	struct pf_proc_spec s = *given;
	struct boxed *b = find_boxed(box, 0);

	*pid = 0;
	if (b == NULL)
		return pf_err(PF_BUG, "too many programs in a box");
	*b = (struct boxed){ 0 };
	if (s.files == 0)
		s.files = FILES;
	if (s.file_bytes == 0)
		s.file_bytes = FILE_BYTES;
	if (s.processes == 0)
		s.processes = box->processes;
	if (s.oom_adj == 0)
		s.oom_adj = BOX_OOM_ADJ;
	s.groups = box->groups.dirs;
	if (box->bwrap != NULL)
		err = start_bwrap(f, box, s, b);
	else if (box->none)
		err = pf_proc_start(&b->pid, &s);
	else
		err = start_jail(f, s, b);
	if (err != NULL)
		*b = (struct boxed){ 0 };
	*pid = b->pid;
	return err;
}

/* The program itself, as soon as there is one. */
static pid_t
find_self(struct boxed *b)
{
	if (b->self == 0)
		b->self = b->init != 0 ? pf_proc_child(b->init) : b->pid;
	return b->self;
}

pid_t
boxed_self(struct box *box, pid_t pid)
{
	struct boxed *b = find_boxed(box, pid);

	return b == NULL ? 0 : find_self(b);
}

/*
 * In a namespace its first process does it.  Not what is still waited for: it
 * is first in the row until it has been.
 */
void
boxed_reap(struct box *box)
{
	siginfo_t si = { .si_pid = 0 };

	while (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    si.si_pid != 0 && find_boxed(box, si.si_pid) == NULL) {
		(void)waitpid(si.si_pid, NULL, WNOHANG);
		si.si_pid = 0;
	}
}

/*
 * It has ended; in a namespace what it left is gone with it, but for the first
 * process of that, of which nobody takes leave: after some hundred runs
 * without a pause it would be as many that a job may not start.
 */
static void
forget(struct box *box, struct boxed *b)
{
	if (b->init == 0)
		pf_ipc_remove(&b->pid, 1, box->began);
	*b = (struct boxed){ 0 };
	boxed_reap(box);
}

/* A status as of a shell is that of the program. */
static int
translate(const struct boxed *b, int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;

	return b->init != 0 && code > 128 && code <= 128 + 64 ? code - 128 :
	    status;
}

bool
box_ended(struct fuzz *f, pid_t pid, int *status)
{
	struct boxed *b = find_boxed(f->slot->box, pid);

	if (pid <= 0 || b == NULL)
		return false;
	if (!pf_proc_ended(pid, status)) {
		if (find_self(b) != 0 && b->due != 0) {
			(void)kill(b->self, b->due);
			b->due = 0;
		}
		return false;
	}
	*status = translate(b, *status);
	forget(f->slot->box, b);
	return true;
}

void
box_signal(struct fuzz *f, pid_t pid, int sig)
{
	struct boxed *b = find_boxed(f->slot->box, pid);

	if (pid <= 0 || b == NULL)
		return;
	if (b->init == 0 || sig == SIGKILL)
		pf_proc_signal(pid, sig);
	else if (find_self(b) != 0)
		(void)kill(b->self, sig);
	else
		b->due = sig;
}

/* What is started meanwhile is met in the next round. */
void
box_signal_all(int sig)
{
	size_t i, n = 0, before;
	pid_t *kin;
	int round;

	for (round = 0; round < SIGNAL_ROUNDS; round++) {
		before = n;
		kin = pf_proc_kin(&n);
		for (i = 0; i < n; i++)
			(void)kill(kin[i], sig);
		free(kin);
		if (round > 0 && n == before)
			break;
	}
}

bool
box_wait(struct fuzz *f, pid_t pid, int *status, int64_t ms)
{
	struct boxed *b = find_boxed(f->slot->box, pid);
	int64_t end = pf_boot_ms() + ms;

	while (!box_ended(f, pid, status)) {
		if (b == NULL)
			return true;
		if (pf_boot_ms() >= end) {
			if (b->init != 0)
				(void)kill(b->init, SIGKILL);
			(void)pf_proc_wait(pid, status, 0);
			forget(f->slot->box, b);
			return false;
		}
		pf_sleep_ms(STEP_MS);
	}
	return true;
}

void
box_sweep(struct slot *s)
{
	pid_t *kin = NULL;
	size_t n = 0;

	if (s->box != NULL) {
		if (s->box->bwrap == NULL)
			kin = pf_proc_kin(&n);
		groups_kill(&s->box->groups);
		memset(s->box->boxed, 0, sizeof(s->box->boxed));
	}
	pf_proc_sweep();
	if (n > 0)
		pf_ipc_remove(kin, n, s->box->began);
	free(kin);
}
