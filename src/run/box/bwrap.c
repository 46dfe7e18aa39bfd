/*
 * bubblewrap: namespaces of users, processes, mounts, network and the rest.
 *
 * It stays as a guard outside and as the first process inside, which ends
 * when the program does, with a status as a shell has it, and takes all
 * others of its namespace with it.  SIGTERM for the guard would kill the
 * program at once, so it goes to the program itself.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/box/room.h"

#define TRY_MS		10000
#define INFO_MAX	4096
#define INFO_MS		20000	/* it may take to tell */

static void
add_all(char ***v, const char *const *words)
{
	for (; *words != NULL; words++)
		argv_add(v, *words);
}

static void
add_bind(char ***v, const char *how, const char *path)
{
	argv_add(v, how);
	argv_add(v, path);
	argv_add(v, path);
}

/* Lays something over what is hidden below what was bound: a directory that
 * is empty, or a device that nobody may open. */
static void
add_hidden(char ***v, char ***empty, char *const *hidden, const char *dir)
{
	char **below = hide_below(hidden, dir);
	struct stat st;
	size_t i;

	for (i = 0; below != NULL && below[i] != NULL; i++) {
		if (stat(below[i], &st) == -1)
			continue;
		if (S_ISDIR(st.st_mode)) {
			argv_add(v, "--tmpfs");
			argv_add(empty, below[i]);
		} else {
			argv_add(v, "--ro-bind");
			argv_add(v, "/dev/null");
		}
		argv_add(v, below[i]);
	}
	argv_free(below);
}

static void
add_system(char ***v, char ***empty, char *const *hidden)
{
	size_t i;

	for (i = 0; box_system[i] != NULL; i++)
		if (!hide_covers(hidden, box_system[i])) {
			add_bind(v, "--ro-bind-try", box_system[i]);
			add_hidden(v, empty, hidden, box_system[i]);
		}
}

static void
add_programs(char ***v, char ***empty, char *const *hidden,
    const char *program)
{
	char **list = box_programs(program, hidden);
	size_t i;

	for (i = 0; list != NULL && list[i] != NULL; i++) {
		add_bind(v, "--ro-bind-try", list[i]);
		add_hidden(v, empty, hidden, list[i]);
	}
	argv_free(list);
}

/* What is the same for all: namespaces, memory to write in. */
static void
add_world(char ***v, bool spare)
{
	static const char *const first[] = { "--unshare-all",
	    "--die-with-parent", "--cap-drop", "ALL", NULL };
	static const char *const places[] = { "--proc", "/proc", "--dev",
	    "/dev", NULL };
	static const char *const bound[] = { "--unshare-user",
	    "--disable-userns", NULL };
	static const char *const tmp[] = { "/tmp", "/dev/shm", NULL };
	size_t i;

	add_all(v, first);
	if (!spare)
		add_all(v, bound);
	add_all(v, places);
	for (i = 0; tmp[i] != NULL; i++) {
		if (!spare) {
			argv_add(v, "--size");
			argv_addf(v, "%d", TMP_BYTES);
		}
		argv_add(v, "--tmpfs");
		argv_add(v, tmp[i]);
	}
}

static void
add_end(char ***v)
{
	static const char *const end[] = { "--remount-ro", "/dev",
	    "--remount-ro", "/", "--", NULL };

	add_all(v, end);
}

char **
bwrap_argv(struct fuzz *f, const struct box *box,
    const struct pf_proc_spec *s, int info_fd)
{
	char **hidden = hide_list(f->slot), **empty = NULL;
	char **v = NULL, **list;
	size_t i;

	argv_add(&v, box->bwrap);
	add_world(&v, box->spare);
	argv_add(&v, "--info-fd");
	argv_addf(&v, "%d", info_fd);
	add_system(&v, &empty, hidden);
	add_programs(&v, &empty, hidden, s->argv[0]);
	add_bind(&v, "--ro-bind", f->dir);
	list = box_writable(f->dir);
	for (i = 0; list != NULL && list[i] != NULL; i++)
		add_bind(&v, "--bind", list[i]);
	argv_free(list);
	/* Now that the job's directory is in it. */
	for (i = 0; empty != NULL && empty[i] != NULL; i++) {
		argv_add(&v, "--remount-ro");
		argv_add(&v, empty[i]);
	}
	argv_free(empty);
	argv_free(hidden);
	argv_add(&v, "--chdir");
	argv_add(&v, s->cwd != NULL ? s->cwd : f->dir);
	add_end(&v);
	for (i = 0; s->argv[i] != NULL; i++)
		argv_add(&v, s->argv[i]);
	return v;
}

/*
 * It closes its end, also when it fails.  One that hangs is given up, before
 * the lease of the job is.
 */
static bool
read_info(struct pf_buf *b, int fd)
{
	int64_t end = pf_boot_ms() + INFO_MS, left;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	while (b->len <= INFO_MAX && (left = end - pf_boot_ms()) > 0) {
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = read(fd, pf_buf_room(b, INFO_MAX), INFO_MAX);
		if (n == 0)
			return true;
		if (n > 0)
			pf_buf_grew(b, (size_t)n);
		else if (errno != EINTR)
			return false;
	}
	return false;
}

pid_t
bwrap_init(int fd)
{
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;
	int64_t pid = 0;

	if (!read_info(&b, fd) ||
	    pf_json_parse(&j, b.data, b.len) != NULL ||
	    pf_json_int(&pid, j, "child-pid", 1, INT32_MAX) != NULL)
		pid = 0;
	pf_json_free(j);
	pf_buf_free(&b);
	return (pid_t)pid;
}

static bool
trial(const char *bwrap, bool spare)
{
	char **v = NULL, *env[] = { NULL };
	struct pf_proc_spec s = { .envp = env };
	int status = -1;
	pid_t pid;

	argv_add(&v, bwrap);
	add_world(&v, spare);
	add_system(&v, NULL, NULL);
	add_end(&v);
	argv_add(&v, "/bin/true");
	s.argv = v;
	if (pf_proc_start(&pid, &s) == NULL)
		(void)pf_proc_wait(pid, &status, TRY_MS);
	argv_free(v);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Switches of the kernel that shut out a bubblewrap of ordinary users. */
static const struct {
	const char	*path, *bad, *words;
} switches[] = {
	{ "/proc/sys/user/max_user_namespaces", "0",
	    "user namespaces are off: sysctl user.max_user_namespaces" },
	{ "/proc/sys/kernel/unprivileged_userns_clone", "0", "user namespaces "
	    "are off: sysctl kernel.unprivileged_userns_clone=1" },
	{ "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
	    "AppArmor keeps user namespaces for profiles: give bwrap one" },
};

const char *
bwrap_try(const char *bwrap, bool *spare)
{
	struct pf_buf b = PF_BUF_INIT;
	const char *words = NULL;
	size_t i;

	for (*spare = false;; *spare = true) {
		if (trial(bwrap, *spare))
			return NULL;
		if (*spare)
			break;
	}
	for (i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		pf_buf_reset(&b);
		if (pf_slurp(&b, switches[i].path, 64) == NULL &&
		    b.data[strspn(b.data, switches[i].bad)] == '\n')
			words = switches[i].words;
	}
	pf_buf_free(&b);
	return words != NULL ? words : "it starts nothing here: "
	    "bwrap --unshare-all --ro-bind / / true tells why";
}
