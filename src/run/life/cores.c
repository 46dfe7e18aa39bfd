/*
 * A core for each job: the engine and all that the slot starts for it stay on
 * one, as afl-fuzz would do it by itself, so that engines do not push each
 * other from core to core.
 *
 * Free is a core that no process is bound to, neither alone nor as one of our
 * slots.  Between jobs a slot is bound to none and in nobody's way.
 */
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "os/fs.h"
#include "run/engine/engine.h"
#include "run/life/cores.h"

#define STATUS_MAX	16384

struct load {
	int	 all[CORES_MAX];	/* who is bound to it, at least */
	int	 slots[CORES_MAX];	/* of them ours */
};

bool
cores_allowed(struct cores *c)
{
	memset(c, 0, sizeof(*c));
	return sched_getaffinity(0, sizeof(c->set), c->set) == 0;
}

int
cores_count(const struct cores *c)
{
	return CPU_COUNT_S(sizeof(c->set), c->set);
}

static bool
has(const struct cores *c, int core)
{
	return CPU_ISSET_S((size_t)core, sizeof(c->set), c->set) != 0;
}

/*
 * The one core a process may use, -1 if several.  Threads of the kernel are
 * bound and use next to nothing; they have no memory of their own.
 */
static int
bound_to(const char *pid)
{
	static const char key[] = "\nCpus_allowed_list:\t";
	struct pf_buf b = PF_BUF_INIT;
	char path[64], *p;
	int64_t core = -1;

	snprintf(path, sizeof(path), "/proc/%.20s/status", pid);
	if (pf_slurp(&b, path, STATUS_MAX) == NULL &&
	    strstr(b.data, "\nVmSize:") != NULL &&
	    (p = strstr(b.data, key)) != NULL) {
		p += sizeof(key) - 1;
		p[strcspn(p, "\n")] = '\0';
		if (!pf_num(&core, p, 0, CORES_MAX - 1))
			core = -1;
	}
	pf_buf_free(&b);
	return (int)core;
}

/* Cores that processes other than this one are bound to. */
static void
look_around(struct load *l)
{
	struct dirent *d;
	DIR *proc = opendir("/proc");
	int64_t pid;
	int core;

	memset(l, 0, sizeof(*l));
	if (proc == NULL)
		return;
	while ((d = readdir(proc)) != NULL)
		if (pf_num(&pid, d->d_name, 1, INT32_MAX) &&
		    pid != getpid() && (core = bound_to(d->d_name)) != -1)
			l->all[core] = 1;
	closedir(proc);
}

int
cores_free(const struct cores *c)
{
	struct load l;
	int i, n = 0;

	look_around(&l);
	for (i = 0; i < CORES_MAX; i++)
		if (has(c, i) && l.all[i] == 0)
			n++;
	return n;
}

/* Slots that have chosen count even before anything of theirs runs. */
static void
count_slots(struct load *l, const struct slot *s)
{
	struct line line;
	int i;

	for (i = 0; i < BOARD_SLOTS; i++)
		if (i != s->number && board_get(&line, s->board, i) &&
		    line.core >= 0 && line.core < CORES_MAX)
			l->slots[line.core]++;
	for (i = 0; i < CORES_MAX; i++)
		if (l->slots[i] > l->all[i])
			l->all[i] = l->slots[i];
}

/* The least crowded, if need be by others; *crowd is who else is there. */
static int
choose(const struct slot *s, int *crowd)
{
	struct load l;
	int i, best = -1;

	/* Who is left one core shares it with whoever bound us to it. */
	if (cores_count(&s->cores) > 1)
		look_around(&l);
	else
		memset(&l, 0, sizeof(l));
	count_slots(&l, s);
	for (i = 0; i < CORES_MAX; i++)
		if (has(&s->cores, i) && (best == -1 ||
		    l.all[i] < l.all[best] || (l.all[i] == l.all[best] &&
		    l.slots[i] < l.slots[best])))
			best = i;
	*crowd = best == -1 ? 0 : l.all[best];
	return best;
}

static bool
bind_to(int core)
{
	struct cores one = { 0 };

	CPU_SET_S((size_t)core, sizeof(one.set), one.set);
	return sched_setaffinity(0, sizeof(one.set), one.set) == 0;
}

/* With the board locked: choosing and telling is one step. */
static void
take(struct slot *s, bool *told)
{
	int crowd, core = choose(s, &crowd);

	if (core == -1)
		return;
	if (!bind_to(core)) {
		if (!*told)
			pf_warn("%s: cannot be bound to core %d: %s; engines "
			    "run on any core", s->name, core, strerror(errno));
		*told = true;
		return;
	}
	if (crowd > 0 && !*told && !s->opts->quiet) {
		pf_warn("%s: none of %d cores is free: core %d is shared",
		    s->name, cores_count(&s->cores), core);
		*told = true;
	}
	s->shown.core = core;
	board_put(s->board, s->number, &s->shown);
}

/* Several processes that work are not to share one core. */
static bool
is_several(const struct job *j)
{
	static const char *const options[] = { "nodes", "fork" };
	const char *text;
	int64_t n;
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if ((text = job_option(j, options[i])) != NULL &&
		    pf_num(&n, text, 2, INT32_MAX))
			return true;
	return false;
}

void
cores_take(struct slot *s, const struct job *j)
{
	bool *told;

	if (!s->conf->bot_affinity || is_several(j) ||
	    !cores_allowed(&s->cores) || !board_lock(s->board, &told))
		return;
	take(s, told);
	board_unlock(s->board);
}

void
cores_leave(struct slot *s)
{
	if (s->shown.core == -1)
		return;
	(void)sched_setaffinity(0, sizeof(s->cores.set), s->cores.set);
	s->shown.core = -1;
	board_put(s->board, s->number, &s->shown);
}
