/*
 * Processes that descend from us, and others, as /proc shows them; see
 * proc.h.
 */
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
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
#define SWEEPS	200

const struct pf_err *
pf_proc_adopt(void)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
		return pf_errno("become a subreaper");
	return NULL;
}

/* One of /proc. */
struct one {
	pid_t	 pid, parent;
	int64_t	 born;		/* ticks after the machine's start */
	int64_t	 pages;		/* in memory */
	bool	 ours;		/* descends from us */
};

struct all {
	struct one	*v;
	size_t		 n;
};

/* "pid (name) S ppid ...": the name may hold anything but is closed by the
 * last parenthesis. */
static bool
read_one(struct one *o, const char *pid)
{
	char path[64], text[1024], *p;
	long parent = 0, pages = 0;
	long long born = 0;
	bool good = false;
	ssize_t n = -1;
	int fd;

	/* Processes go all the time; that is no error to tell of. */
	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) != -1) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	if ((p = strrchr(text, ')')) != NULL)
		good = sscanf(p, ") %*c %ld %*s %*s %*s %*s %*s %*s %*s %*s "
		    "%*s %*s %*s %*s %*s %*s %*s %*s %*s %lld %*s %ld", &parent,
		    &born, &pages) == 3;
	o->parent = (pid_t)parent;
	o->born = born;
	o->pages = pages;
	return good;
}

static void
read_all(struct all *all)
{
	struct one o = { 0 };
	struct dirent *d;
	DIR *proc = opendir("/proc");
	size_t cap = 0;
	int64_t pid;

	*all = (struct all){ 0 };
	while (proc != NULL && (d = readdir(proc)) != NULL) {
		if (!pf_num(&pid, d->d_name, 2, INT32_MAX) ||
		    !read_one(&o, d->d_name))
			continue;
		o.pid = (pid_t)pid;
		if (all->n == cap)
			all->v = pf_reallocarray(all->v, cap = cap * 2 + 256,
			    sizeof(*all->v));
		all->v[all->n++] = o;
	}
	if (proc != NULL)
		closedir(proc);
}

/* Marks who descends from us; how many. */
static size_t
mark(struct all *all)
{
	size_t i, k, n = 0, before;

	do {
		before = n;
		for (i = 0; i < all->n; i++) {
			if (all->v[i].ours)
				continue;
			all->v[i].ours = all->v[i].parent == getpid();
			for (k = 0; k < all->n && !all->v[i].ours; k++)
				all->v[i].ours = all->v[k].ours &&
				    all->v[k].pid == all->v[i].parent;
			n += all->v[i].ours;
		}
	} while (n > before);
	return n;
}

static size_t
signal_all(int sig)
{
	struct all all;
	size_t i, n;

	read_all(&all);
	n = mark(&all);
	for (i = 0; i < all.n; i++)
		if (all.v[i].ours)
			(void)kill(all.v[i].pid, sig);
	free(all.v);
	return n;
}

void
pf_proc_sweep(void)
{
	size_t n = 0, before;
	int i;

	do {
		before = n;
		n = signal_all(SIGSTOP);
	} while (n > before);
	for (i = 0; i < SWEEPS && signal_all(SIGKILL) > 0; i++) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		pf_sleep_ms(STEP_MS);
	}
}

pid_t *
pf_proc_kin(size_t *n)
{
	struct all all;
	pid_t *v;
	size_t i;

	read_all(&all);
	v = pf_calloc(mark(&all) + 1, sizeof(*v));
	for (*n = i = 0; i < all.n; i++)
		if (all.v[i].ours)
			v[(*n)++] = all.v[i].pid;
	free(all.v);
	return v;
}

pid_t
pf_proc_child(pid_t pid)
{
	const struct one *best = NULL;
	struct all all;
	size_t i;
	pid_t found;

	read_all(&all);
	for (i = 0; i < all.n; i++)
		if (all.v[i].parent == pid && (best == NULL ||
		    all.v[i].born < best->born ||
		    (all.v[i].born == best->born &&
		    all.v[i].pid < best->pid)))
			best = &all.v[i];
	found = best != NULL ? best->pid : 0;
	free(all.v);
	return found;
}

pid_t
pf_proc_parent(pid_t pid)
{
	struct one o = { 0 };
	char text[32];

	snprintf(text, sizeof(text), "%ld", (long)pid);
	return read_one(&o, text) ? o.parent : 0;
}

int64_t
pf_proc_bytes(pid_t pid)
{
	struct one o = { 0 };
	char text[32];

	snprintf(text, sizeof(text), "%ld", (long)pid);
	return read_one(&o, text) ? o.pages * sysconf(_SC_PAGESIZE) : 0;
}

/* They are there in the order in which they began. */
void
pf_proc_signal_aside(pid_t pid, int sig)
{
	char path[64];
	struct dirent *d;
	int64_t tid = pid;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%ld/task", (long)pid);
	if ((dir = opendir(path)) == NULL)
		return;
	while (tid == pid && (d = readdir(dir)) != NULL)
		if (!pf_num(&tid, d->d_name, 1, INT32_MAX))
			tid = pid;
	closedir(dir);
	(void)tgkill(pid, (pid_t)tid, sig);
}

/* Its part of what it shares counts, if we may know. */
static int64_t
part_of(const struct one *o)
{
	struct pf_buf b = PF_BUF_INIT;
	char path[64], *p;
	int64_t bytes = o->pages * sysconf(_SC_PAGESIZE);

	snprintf(path, sizeof(path), "/proc/%ld/smaps_rollup", (long)o->pid);
	if (pf_slurp(&b, path, 65536) == NULL &&
	    (p = strstr(b.data, "\nPss:")) != NULL)
		bytes = strtoll(p + strlen("\nPss:"), NULL, 10) * 1024;
	pf_buf_free(&b);
	return bytes;
}

int64_t
pf_proc_memory(pid_t *most, int64_t enough)
{
	int64_t page = sysconf(_SC_PAGESIZE), sum = 0, its, top = 0;
	struct all all;
	size_t i;

	*most = 0;
	read_all(&all);
	(void)mark(&all);
	for (i = 0; i < all.n; i++)
		if (all.v[i].ours)
			sum += all.v[i].pages * page;
	if (sum > enough)
		sum = 0;
	else
		all.n = 0;
	for (i = 0; i < all.n; i++) {
		if (!all.v[i].ours)
			continue;
		sum += its = part_of(&all.v[i]);
		if (its > top) {
			top = its;
			*most = all.v[i].pid;
		}
	}
	free(all.v);
	return sum;
}

int64_t
pf_proc_count(uid_t uid)
{
	char path[64];
	struct stat st;
	struct all all;
	int64_t n = 0;
	size_t i;

	read_all(&all);
	for (i = 0; i < all.n; i++) {
		snprintf(path, sizeof(path), "/proc/%ld", (long)all.v[i].pid);
		n += stat(path, &st) == 0 && st.st_uid == uid;
	}
	free(all.v);
	return n;
}
