/*
 * What this machine gives for a box, and saying so.
 */
#include <sys/prctl.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "run/box/home.h"
#include "run/box/room.h"

#define GROUP		"pandafuzz-"
#define PROCESSES	1024	/* of a user without control groups, more
				 * than there are */

static void
say(struct box_ability *a, bool have, const char *how, const char *words)
{
	a->have = have;
	snprintf(a->words, sizeof(a->words), "%s%s", how, words);
}

/* What there is in its place. */
static void
say_jail(struct box_ability *a, const char *how, const char *why)
{
	struct pf_boxed can;
	struct pf_buf b = PF_BUF_INIT;

	pf_sandbox_can(&can);
	pf_buf_addf(&b, "%s%s; ", how, why);
	if (can.landlock == 0)
		pf_buf_adds(&b, "no landlock either: our files and processes "
		    "are open to it");
	else if (can.landlock < PF_LANDLOCK_SIGNALS)
		pf_buf_adds(&b, "landlock instead, an old one: it may signal "
		    "our processes");
	else
		pf_buf_adds(&b, "landlock instead");
	if (!can.filter)
		pf_buf_adds(&b, "; no filter of system calls: so is the "
		    "network");
	say(a, false, b.data, "");
	pf_buf_free(&b);
}

static void
look_names(struct box *box)
{
	struct box_ability *a = &box->can[BOX_NAMES];
	const char *why;

	a->name = "namespaces";
	if ((box->bwrap = pf_proc_find("bwrap")) == NULL) {
		say_jail(a, "", "bwrap is not on the PATH: install "
		    "bubblewrap");
		return;
	}
	if ((why = bwrap_try(box->bwrap, &box->spare)) != NULL) {
		say_jail(a, "bubblewrap does not work: ", why);
		free(box->bwrap);
		box->bwrap = NULL;
		return;
	}
	say(a, true, "bubblewrap", box->spare ? ", an old one: the sizes of "
	    "its /tmp and /dev/shm have no limit" : "");
}

/* Memory and processes; none of both with an empty name. */
static void
look_groups(struct box *box, const char *name)
{
	struct box_ability *mem = &box->can[BOX_MEMORY];
	struct box_ability *pids = &box->can[BOX_PROCESSES];
	const char *why = "";

	mem->name = "memory";
	pids->name = "processes";
	groups_make(&box->groups, name, &why);
	if (groups_limit_memory(&box->groups))
		say(mem, true, "control group, ", groups_new(&box->groups) ?
		    "v2" : "v1");
	else
		say(mem, false, why, "; looked at every half second instead");
	if (groups_limit_pids(&box->groups))
		say(pids, true, "control group", "");
	else if (getuid() != 0) {
		/* Others of this user count too. */
		box->processes = pf_proc_count(getuid()) + PROCESSES;
		say(pids, true, "a limit for all of the user", "");
	} else
		say(pids, false, why, ", and root has no other limit");
}

static void
look(struct box *box, const struct pf_conf *conf, const char *name)
{
	box->none = strcmp(conf->bot_isolation, "none") == 0;
	look_names(box);
	look_groups(box, name);
	if (box->none) {
		free(box->bwrap);
		box->bwrap = NULL;
	}
}

void
box_abilities(const struct pf_conf *conf, struct box_ability out[BOX_LAYERS])
{
	struct box box = { 0 };
	struct home home;
	char name[64];

	snprintf(name, sizeof(name), GROUP "try-%ld", (long)getpid());
	home_take(&home);
	look(&box, conf, name);
	memcpy(out, box.can, sizeof(box.can));
	groups_remove(&box.groups);
	home_leave(&home);
	free(box.bwrap);
}

void
box_describe(struct pf_buf *b, const struct pf_conf *conf)
{
	struct box_ability can[BOX_LAYERS];
	size_t i;

	box_abilities(conf, can);
	if (strcmp(conf->bot_isolation, "none") == 0)
		pf_buf_adds(b, "isolation: none, as it is configured\n");
	for (i = 0; i < BOX_LAYERS; i++)
		pf_buf_addf(b, "isolation: %s: %s%s\n", can[i].name,
		    can[i].have ? "" : "missing: ", can[i].words);
}

/* What is missing, in one line; how many. */
static int
missing(struct pf_buf *b, const struct box *box)
{
	size_t i;
	int n = 0;

	for (i = 0; i < BOX_LAYERS; i++)
		if (!box->can[i].have)
			pf_buf_addf(b, "%s%s (%s)", n++ > 0 ? ", " : "",
			    box->can[i].name, box->can[i].words);
	return n;
}

void
box_tell(struct fuzz *f)
{
	const struct box *box = f->slot->box;
	struct pf_buf b = PF_BUF_INIT;
	size_t i;

	pf_buf_adds(&b, box->none ? "isolation: none, as it is configured" :
	    "isolation");
	for (i = 0; i < BOX_LAYERS; i++)
		pf_buf_addf(&b, "; %s: %s%s", box->can[i].name,
		    box->can[i].have ? "" : "missing: ", box->can[i].words);
	find_say(f, b.data);
	pf_buf_free(&b);
}

/* What is left of an earlier process of this slot is found by it. */
static void
name_group(char name[64], const char *dir)
{
	char sha[PF_SHA_TEXT];

	pf_sha256(sha, dir, strlen(dir));
	snprintf(name, 64, GROUP "%.16s", sha);
}

void
box_forget(const char *dir)
{
	struct groups gs;
	const char *why;
	char name[64];

	name_group(name, dir);
	groups_make(&gs, name, &why);
	groups_remove(&gs);
}

const struct pf_err *
box_open(struct slot *s)
{
	const struct pf_err *err = NULL;
	struct pf_buf b = PF_BUF_INIT;
	char name[64];
	sigset_t set;

	/* See box_nap(). */
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	/* The token is in our memory: nobody of this user may look. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	s->box = pf_calloc(1, sizeof(*s->box));
	s->box->began = pf_wall_ms() / 1000;
	name_group(name, s->dir);
	look(s->box, s->conf, name);
	if (strcmp(s->conf->bot_isolation, "strict") == 0 &&
	    missing(&b, s->box) > 0)
		err = pf_err(PF_UNAVAIL, "isolation is strict, and missing "
		    "are: %.600s", b.data);
	pf_buf_free(&b);
	return err;
}

void
box_say(struct slot *s)
{
	struct pf_buf b = PF_BUF_INIT;
	struct box *box = s->box;

	if (box->said)
		return;
	box->said = true;
	if (box->none)
		pf_warn("%s: isolation is none: a target may do what this "
		    "user may", s->name);
	else if (missing(&b, box) > 0)
		pf_warn("%s: isolation without: %s", s->name, b.data);
	pf_buf_free(&b);
}

void
box_close(struct slot *s)
{
	if (s->box != NULL) {
		groups_remove(&s->box->groups);
		free(s->box->bwrap);
	}
	free(s->box);
	s->box = NULL;
}
