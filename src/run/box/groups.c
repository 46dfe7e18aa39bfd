/*
 * Control groups, v1 and v2; see groups.h.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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
#include "run/box/groups.h"
#include "run/box/node.h"

#define STEP_MS		5
#define KILL_ROUNDS	400
#define PAGE		4096

static bool
make_dir(struct group *g, const char *parent, const char *name)
{
	g->dir = pf_asprintf("%s/%s", parent, name);
	if ((mkdir(g->dir, 0755) == 0 || errno == EEXIST) &&
	    node_has(g->dir, "cgroup.procs"))
		return true;
	free(g->dir);
	g->dir = NULL;
	return false;
}

/* A neighbour of ours, for root. */
static bool
make_beside(struct group *g, const char *own, const char *name)
{
	struct group next = { 0 };
	char *parent = pf_strdup(own), *slash = strrchr(parent, '/');
	bool good = false;

	if (slash != NULL)
		*slash = '\0';
	if (slash != NULL && node_has(parent, "cgroup.subtree_control") &&
	    make_dir(&next, parent, name) &&
	    node_has(next.dir, "memory.max")) {
		(void)rmdir(g->dir);
		free(g->dir);
		g->dir = next.dir;
		next.dir = NULL;
		good = true;
	}
	if (next.dir != NULL)
		(void)rmdir(next.dir);
	free(next.dir);
	free(parent);
	return good;
}

/*
 * The huge pages that the machine has set aside are not counted as memory,
 * and are for whoever they were set aside for.
 */
static void
refuse_huge(const char *dir)
{
	char **names = NULL;
	size_t i, len, n = 0;

	if (pf_names(&names, &n, dir) != NULL)
		return;
	for (i = 0; i < n; i++) {
		len = strlen(names[i]);
		if (strncmp(names[i], "hugetlb.", 8) == 0 &&
		    strcmp(names[i] + len - 4, ".max") == 0)
			(void)node_put(dir, names[i], "0");
	}
	pf_names_free(names);
}

static void
make_v2(struct groups *gs, const char *name)
{
	struct group *g = &gs->v[gs->n];
	struct pf_buf b = PF_BUF_INIT;
	char *own = node_ours(NULL);

	*g = (struct group){ .v2 = true };
	if (own != NULL && make_dir(g, own, name)) {
		if (!node_has(g->dir, "memory.max") &&
		    node_get(&b, own, "cgroup.controllers") &&
		    node_lists(b.data, "memory"))
			(void)make_beside(g, own, name);
		g->memory = node_has(g->dir, "memory.max");
		g->pids = node_has(g->dir, "pids.max");
		g->kill = node_has(g->dir, "cgroup.kill");
		refuse_huge(g->dir);
		gs->n++;
	}
	pf_buf_free(&b);
	free(own);
}

static void
make_v1(struct groups *gs, const char *name, const char *controller,
    const char *file)
{
	struct group *g = &gs->v[gs->n];
	char *own = node_ours(controller);

	*g = (struct group){ 0 };
	if (own != NULL && make_dir(g, own, name) && node_has(g->dir, file)) {
		g->memory = strcmp(controller, "memory") == 0;
		g->pids = strcmp(controller, "pids") == 0;
		gs->n++;
	}
	free(own);
}

bool
groups_limit_memory(const struct groups *gs)
{
	int i;

	for (i = 0; i < gs->n && !gs->v[i].memory; i++)
		;
	return i < gs->n;
}

bool
groups_new(const struct groups *gs)
{
	return gs->n > 0 && gs->v[0].v2 && gs->v[0].memory;
}

bool
groups_limit_pids(const struct groups *gs)
{
	int i;

	for (i = 0; i < gs->n && !gs->v[i].pids; i++)
		;
	return i < gs->n;
}

void
groups_make(struct groups *gs, const char *name, const char **why)
{
	int i;

	*gs = (struct groups){ 0 };
	*why = "";
	make_v2(gs, name);
	if (!groups_limit_memory(gs))
		make_v1(gs, name, "memory", "memory.limit_in_bytes");
	if (!groups_limit_pids(gs))
		make_v1(gs, name, "pids", "pids.max");
	if (gs->n == 0 || !node_has(gs->v[0].dir, "cpu.weight"))
		make_v1(gs, name, "cpu", "cpu.shares");
	for (i = 0; i < gs->n; i++)
		gs->dirs[i] = gs->v[i].dir;
	groups_kill(gs);
	if (groups_limit_memory(gs) && groups_limit_pids(gs))
		return;
	*why = geteuid() == 0 ? "no control group: the kernel or the "
	    "container gives none to make" : "no control group: run it under "
	    "systemd with Delegate=memory pids cpu, or as root";
}

void
groups_remove(struct groups *gs)
{
	int i, k;

	groups_kill(gs);
	for (i = 0; i < gs->n; i++) {
		/* The last of its processes may be on its way out. */
		for (k = 0; k < KILL_ROUNDS && rmdir(gs->v[i].dir) == -1 &&
		    errno == EBUSY; k++)
			pf_sleep_ms(STEP_MS);
		free(gs->v[i].dir);
	}
	*gs = (struct groups){ 0 };
}

static bool
set_memory(const struct group *g, int64_t bytes)
{
	if (bytes == 0)
		bytes = INT64_MAX / PAGE * PAGE;
	if (g->v2) {
		(void)node_put(g->dir, "memory.swap.max", "0");
		return node_put_num(g->dir, "memory.max", bytes);
	}
	/* That of memory with swap must never be the smaller one. */
	(void)node_put(g->dir, "memory.memsw.limit_in_bytes", "-1");
	if (!node_put_num(g->dir, "memory.limit_in_bytes", bytes))
		return false;
	(void)node_put_num(g->dir, "memory.memsw.limit_in_bytes", bytes);
	return true;
}

const struct pf_err *
groups_set(struct groups *gs, int64_t bytes, int64_t pids)
{
	const struct pf_err *err = NULL;
	const struct group *g;

	gs->pids = pids;
	/* Each, whatever became of another: until now none may start. */
	for (g = gs->v; g < gs->v + gs->n; g++) {
		if (g->pids && !node_put_num(g->dir, "pids.max", pids))
			err = pf_errno("%s: pids.max", g->dir);
		if (g->memory && !set_memory(g, bytes))
			err = pf_errno("%s: limit of memory", g->dir);
	}
	return err;
}

/* The number after a word at the start of a line. */
static int64_t
count(const char *dir, const char *file, const char *word)
{
	struct pf_buf b = PF_BUF_INIT;
	const char *p;
	size_t n = strlen(word);
	int64_t v = 0;

	if (node_get(&b, dir, file))
		for (p = b.data; *p != '\0'; p += strcspn(p, "\n"),
		    p += *p == '\n')
			if (strncmp(p, word, n) == 0 && p[n] == ' ')
				v = strtoll(p + n, NULL, 10);
	pf_buf_free(&b);
	return v;
}

void
groups_met(const struct groups *gs, int64_t *killed, int64_t *refused)
{
	const struct group *g;

	*killed = *refused = 0;
	for (g = gs->v; g < gs->v + gs->n; g++) {
		if (g->memory)
			*killed += count(g->dir, g->v2 ? "memory.events" :
			    "memory.oom_control", "oom_kill");
		if (g->pids)
			*refused += count(g->dir, "pids.events", "max");
	}
}

static bool
kill_pid(char *line, void *arg)
{
	int64_t pid;

	if (pf_num(&pid, line, 2, INT32_MAX)) {
		(void)kill((pid_t)pid, SIGKILL);
		*(bool *)arg = true;
	}
	return false;
}

void
groups_kill(const struct groups *gs)
{
	struct pf_buf b = PF_BUF_INIT;
	const struct group *g;
	bool any = true;
	int i;

	/* Who multiplies is held first. */
	for (g = gs->v; g < gs->v + gs->n; g++)
		if (g->pids)
			(void)node_put(g->dir, "pids.max", "0");
	for (i = 0; i < KILL_ROUNDS && any; i++) {
		any = false;
		for (g = gs->v; g < gs->v + gs->n; g++) {
			if (g->kill)
				(void)node_put(g->dir, "cgroup.kill", "1");
			if (node_get(&b, g->dir, "cgroup.procs"))
				(void)node_lines(b.data, kill_pid, &any);
		}
		if (any) {
			while (waitpid(-1, NULL, WNOHANG) > 0)
				;
			pf_sleep_ms(STEP_MS);
		}
	}
	/* A crash may be run once more. */
	for (g = gs->v; g < gs->v + gs->n && gs->pids > 0; g++)
		if (g->pids)
			(void)node_put_num(g->dir, "pids.max", gs->pids);
	pf_buf_free(&b);
}
