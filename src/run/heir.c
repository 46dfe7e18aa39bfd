/*
 * Results of slots that are no more: with fewer slots than before, nobody
 * would deliver what the others left.  Their packs go to the first at once;
 * what their engines found and nobody took it looks for between two jobs, and
 * then it tells what became of theirs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/fs.h"
#include "os/lock.h"
#include "run/box/box.h"
#include "run/fuzz.h"
#include "store/spool.h"

/* new/NAME or cur/NAME:N, to new/NAME; one that is there stays here. */
static const struct pf_err *
move(const char *from, const char *entry, const char *to)
{
	const struct pf_err *err = NULL;
	char *old = pf_asprintf("%s/%s", from, entry);
	const char *name = strchr(entry, '/') + 1;
	char *new = pf_asprintf("%s/new/%.*s", to, (int)strcspn(name, ":"),
	    name);

	if (renameat2(AT_FDCWD, old, AT_FDCWD, new, RENAME_NOREPLACE) == -1 &&
	    errno != EEXIST && errno != ENOENT)
		err = pf_errno("rename %s", old);
	free(old);
	free(new);
	return err;
}

static const struct pf_err *
take(const char *from, const char *to, size_t *moved)
{
	const struct pf_err *err;
	char **list = NULL, *dir;
	size_t i, n = 0;

	if ((err = pf_spool_list(&list, &n, from)) != NULL)
		return err->class == PF_NOTFOUND ? NULL : err;
	for (i = 0; i < n && err == NULL; i++)
		err = move(from, list[i], to);
	pf_spool_list_free(list);
	if (n == 0 || err != NULL)
		return err;
	*moved += n;
	dir = pf_asprintf("%s/new", to);
	err = pf_sync_dir(dir);
	free(dir);
	return err;
}

static void
tell(size_t moved)
{
	if (moved > 0)
		pf_note("slot 0 delivers %zu packs of slots that are no more",
		    moved);
}

/* Its packs, to those of the first. */
static const struct pf_err *
take_slot(const char *workdir, int64_t k, size_t *moved)
{
	const struct pf_err *err;
	char *to = pf_asprintf("%s/slot-0/outbox", workdir);
	char *dir = pf_asprintf("%s/slot-%d", workdir, (int)k);
	char *from = pf_asprintf("%s/outbox", dir);

	sweep_strays(dir);
	box_forget(dir);
	/* What was sent is to be known there before it is elsewhere. */
	sent_settle(dir, from);
	if ((err = pf_mkdirs(to, 0750)) == NULL &&
	    (err = pf_spool_init(to, 0750)) == NULL)
		err = take(from, to, moved);
	free(dir);
	free(from);
	free(to);
	return err;
}

void
heir_take_one(const char *workdir, int slot)
{
	const struct pf_err *err;
	size_t moved = 0;

	if ((err = take_slot(workdir, slot, &moved)) != NULL)
		pf_warn("%s", err->msg);
	tell(moved);
}

/* Calls each for those slots of a work directory that are too many. */
static const struct pf_err *
each_gone(const char *workdir, int64_t slots, void *arg,
    const struct pf_err *(*each)(void *arg, const char *workdir, int64_t k))
{
	const struct pf_err *err;
	char **names = NULL;
	size_t i, n = 0;
	int64_t k;

	if ((err = pf_names(&names, &n, workdir)) != NULL)
		return err;
	for (i = 0; i < n && err == NULL; i++)
		if (strncmp(names[i], "slot-", 5) == 0 &&
		    pf_num(&k, names[i] + 5, slots, INT32_MAX))
			err = each(arg, workdir, k);
	pf_names_free(names);
	return err;
}

static const struct pf_err *
take_each(void *moved, const char *workdir, int64_t k)
{
	return take_slot(workdir, k, moved);
}

const struct pf_err *
heir_take(const char *workdir, int slots)
{
	const struct pf_err *err;
	size_t moved = 0;

	err = each_gone(workdir, slots, &moved, take_each);
	tell(moved);
	return err;
}

/* True if it may hold finds, and all its packs are ours: they tell what was
 * sent. */
static bool
may_hold(const struct slot *gone)
{
	char *open = pf_asprintf("%s/open", gone->dir), **names = NULL, *dot;
	char *outbox = pf_asprintf("%s/outbox", gone->dir);
	int64_t packs = 0, bytes, bad;
	bool any = false;
	size_t i, n = 0;

	if (pf_names(&names, &n, open) != NULL)
		n = 0;
	for (i = 0; i < n && !any; i++)
		any = (dot = strrchr(names[i], '.')) != NULL &&
		    strcmp(dot, ".json") == 0;
	if (any && pf_spool_depth(outbox, &packs, &bytes, &bad) != NULL)
		packs = 0;
	pf_names_free(names);
	free(outbox);
	free(open);
	return any && packs == 0;
}

/*
 * Its job: how it ended is told, and one that had not is handed back, so that
 * nobody has to wait for the end of its lease.
 */
static const struct pf_err *
conclude(struct slot *gone)
{
	const struct pf_err *err;
	struct pf_buf message = PF_BUF_INIT;
	struct job j = { 0 };
	char result[16] = "";
	bool found = false;

	err = state_load(gone, &j, &found, result, &message);
	if (err == NULL && found && state_owner(gone)) {
		err = result[0] != '\0' ? master_complete(gone, &j, result,
		    message.data) : master_handback(gone, &j);
		if (err == NULL || err->class == PF_STALE ||
		    err->class == PF_NOTFOUND)
			err = state_clear(gone);
	}
	if (err != NULL && err->class == PF_DATA) {
		pf_warn("%s: %s; dropping it", gone->dir, err->msg);
		err = state_clear(gone);
	}
	job_free(&j);
	pf_buf_free(&message);
	return err;
}

const struct pf_err *
heir_renamed(struct slot *s)
{
	struct slot old = *s;

	if (!state_has_job(s) || !state_owner(&old) ||
	    strcmp(old.bot, s->bot) == 0)
		return NULL;
	harvest_all(s, "");
	return conclude(&old);
}

/* Its finds are sent as ours.  One that still ends, or begins again, has its
 * lock. */
static const struct pf_err *
harvest_each(void *arg, const char *workdir, int64_t k)
{
	struct slot *s = arg, gone = *s;
	char *lock = pf_asprintf("%s/slot-%d/lock", workdir, (int)k);
	bool holds, has;
	int fd = -1;

	gone.dir = pf_asprintf("%s/slot-%d", workdir, (int)k);
	holds = may_hold(&gone);
	has = state_has_job(&gone);
	if ((holds || has) && pf_lock(&fd, lock) == NULL) {
		warden_sweep(workdir, (int)k);
		if (holds) {
			harvest_all(&gone, "");
			s->seq = gone.seq;
			outbox_count(s);
		}
		if (has)
			(void)conclude(&gone);
		close(fd);
	}
	free(gone.dir);
	free(lock);
	return NULL;
}

void
heir_harvest(struct slot *s)
{
	if (s->number == 0)
		(void)each_gone(s->workdir, s->conf->bot_slots, s,
		    harvest_each);
}
