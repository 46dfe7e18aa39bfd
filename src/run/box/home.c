/*
 * Where pf-run lives; see home.h.
 */
#include <sys/stat.h>
#include <sys/xattr.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/proc.h"
#include "run/box/home.h"
#include "run/box/node.h"

#define CONTROL		"cgroup.subtree_control"
#define PROCS		"cgroup.procs"
#define LINEAGE_MAX	64
#define STEP_MS		5
#define LEAVE_ROUNDS	400
#define MOVE_ROUNDS	20

static const char *const wanted[] = { "memory", "pids", "cpu", "hugetlb" };
#define WANTED	(sizeof(wanted) / sizeof(wanted[0]))

/* Those that are there and not given to the groups below yet. */
static unsigned int
missing(const char *dir)
{
	struct pf_buf all = PF_BUF_INIT, now = PF_BUF_INIT;
	unsigned int i, bits = 0;

	if (node_get(&all, dir, "cgroup.controllers") &&
	    node_get(&now, dir, CONTROL))
		for (i = 0; i < WANTED; i++)
			if (node_lists(all.data, wanted[i]) &&
			    !node_lists(now.data, wanted[i]))
				bits |= 1U << i;
	pf_buf_free(&all);
	pf_buf_free(&now);
	return bits;
}

/* Each for itself: that one is refused is no reason to miss the others. */
static unsigned int
turn(const char *dir, char sign, unsigned int bits)
{
	unsigned int i, done = 0;
	char word[32];

	for (i = 0; i < WANTED; i++) {
		snprintf(word, sizeof(word), "%c%s", sign, wanted[i]);
		if ((bits & 1U << i) != 0 && node_put(dir, CONTROL, word))
			done |= 1U << i;
	}
	return done;
}

/* Taken: a process that is neither this one nor descends from it. */
static bool
is_foreign(char *line, void *arg)
{
	int64_t n;
	pid_t pid;
	int i;

	(void)arg;
	if (!pf_num(&n, line, 1, INT32_MAX))
		return true;	/* of another namespace */
	pid = (pid_t)n;
	for (i = 0; i < LINEAGE_MAX && pid > 1 && pid != getpid(); i++)
		pid = pf_proc_parent(pid);
	/* One that has gone meanwhile is nobody. */
	return pid != getpid() && (kill((pid_t)n, 0) == 0 || errno == EPERM);
}

/* systemd says so of a group of Delegate=. */
static bool
is_given_away(const char *dir)
{
	char value[8];

	return getxattr(dir, "user.delegate", value, sizeof(value)) == 1 &&
	    value[0] == '1';
}

static bool
move_one(char *line, void *arg)
{
	(void)node_put(arg, PROCS, line);
	return false;
}

/* All of them, also those that are forked meanwhile. */
static bool
move_all(const char *from, char *to)
{
	struct pf_buf b = PF_BUF_INIT;
	bool empty = false;
	int i;

	for (i = 0; i < MOVE_ROUNDS && !empty; i++) {
		if (!node_get(&b, from, PROCS))
			break;
		empty = b.len == 0;
		(void)node_lines(b.data, move_one, to);
	}
	pf_buf_free(&b);
	return empty;
}

static bool
is_ours(const char *dir)
{
	struct pf_buf b = PF_BUF_INIT;
	bool ours = is_given_away(dir) || (node_get(&b, dir, PROCS) &&
	    !node_lines(b.data, is_foreign, NULL));

	pf_buf_free(&b);
	return ours;
}

/* The root of all has no type, and may have processes and limits below. */
static bool
is_root(const char *dir)
{
	char *type = pf_asprintf("%s/cgroup.type", dir);
	bool root = !pf_exists(type);

	free(type);
	return root;
}

void
home_take(struct home *h)
{
	unsigned int want;

	*h = (struct home){ .given = node_ours(NULL) };
	if (h->given == NULL || (want = missing(h->given)) == 0)
		return;
	if (is_root(h->given)) {
		/* For good: others may rely on it by the time we end. */
		(void)turn(h->given, '+', want);
		return;
	}
	/*
	 * Some can be given where processes are.  Then the groups below are
	 * none that processes can be in.
	 */
	if (!is_ours(h->given))
		return;
	h->self = pf_asprintf("%s/%s", h->given, NODE_SELF);
	if ((mkdir(h->self, 0755) == 0 || errno == EEXIST) &&
	    move_all(h->given, h->self))
		h->gave = turn(h->given, '+', want);
	if (h->gave == 0)
		home_leave(h);
}

void
home_leave(struct home *h)
{
	int i;

	if (h->self != NULL) {
		(void)turn(h->given, '-', h->gave);
		(void)move_all(h->self, h->given);
		/* One of it may be on its way out. */
		for (i = 0; i < LEAVE_ROUNDS && rmdir(h->self) == -1 &&
		    errno == EBUSY; i++)
			pf_sleep_ms(STEP_MS);
	}
	free(h->given);
	free(h->self);
	*h = (struct home){ 0 };
}
