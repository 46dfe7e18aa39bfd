/*
 * New files of an afl-fuzz, by their running numbers: inputs, crashes, hangs.
 *
 * Which are new each number tells for itself: a directory that is read while
 * files come may show a later one and not the one before.
 *
 * A directory is read again when its time has changed, and not at once if
 * that takes long: queues grow to tens of thousands of files.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/aflstat.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/engine/afl.h"

#define LOOKS_MAX	20	/* crashes run again in one poll */
#define LOOKS_MS	5000	/* and nothing new begun after that */
#define SETTLE_MS	100	/* a younger file may not be whole */
#define SELDOM		200	/* reading names takes this part of the time */
#define HANGS_MAX	100	/* that are sent of a job */
#define PLACES_MAX	64
#define IDS_MAX		(1 << 24)	/* those above are known by name */
#define INPUT_MAX	(1 << 20)

#define SYNC_SIBLING	",sync:" AFL_SIBLING

static int64_t
age_ms(const struct timespec *t)
{
	return pf_wall_ms() - ((int64_t)t->tv_sec * 1000 +
	    t->tv_nsec / 1000000);
}

static bool
young(const struct timespec *t)
{
	int64_t age = age_ms(t);

	/* A negative one is of another clock. */
	return age >= 0 && age < SETTLE_MS;
}

/* The hash of the input that a crash was made of, if it is still there. */
static void
find_parent(char hash[PF_SHA_TEXT], const struct afl_node *n, int64_t id,
    const char *root)
{
	char *dir = pf_asprintf("%s/queue", n->dir), *path, prefix[32];
	struct pf_buf b = PF_BUF_INIT;
	char **names = NULL;
	size_t i, count = 0;

	hash[0] = '\0';
	snprintf(prefix, sizeof(prefix), "id:%06lld,", (long long)id);
	if (id < 0 || pf_names(&names, &count, dir) != NULL)
		count = 0;
	for (i = 0; i < count; i++) {
		if (strncmp(names[i], prefix, strlen(prefix)) != 0)
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		if (pf_slurp_in(&b, root, path, INPUT_MAX) == NULL)
			pf_sha256(hash, b.data, b.len);
		free(path);
		break;
	}
	pf_buf_free(&b);
	pf_names_free(names);
	free(dir);
}

static const struct pf_err *
send(struct fuzz *f, const struct afl_node *n, const struct afl_place *p,
    const struct pf_aflname *a, const char *path)
{
	struct afl *st = f->state;
	struct origin o = { .op = a->op, .ms = a->time, .execs = a->execs };
	struct find found = { .crash = p->kind != AFL_QUEUE,
	    .hang = p->kind == AFL_HANGS, .path = path,
	    .name = strrchr(path, '/') + 1, .signal = a->sig > 0 &&
	    a->sig < 65 ? (int)a->sig : 0 };

	if (found.hang && st->hangs_sent++ >= HANGS_MAX)
		return NULL;
	if (found.crash) {
		/* Those of a queue that was put aside are others, and those
		 * of what was given are the sibling's. */
		if (p->current && !a->imported)
			find_parent(o.parent, n, a->src, f->dir);
		found.origin = &o;
	}
	return find_file(f, &found);
}

static bool
is_done(const struct afl_place *p, int64_t id)
{
	size_t at = (size_t)id / 8;

	return id < IDS_MAX && at < p->ndone &&
	    (p->done[at] >> (id % 8) & 1) != 0;
}

static void
set_done(struct afl_place *p, int64_t id)
{
	size_t at = (size_t)id / 8, n = p->ndone;

	if (at >= n) {
		p->ndone = at + at / 4 + 64;
		p->done = pf_reallocarray(p->done, p->ndone, 1);
		memset(p->done + n, 0, p->ndone - n);
	}
	p->done[at] = (unsigned char)(p->done[at] | 1 << id % 8);
}

void
afl_forget_kind(struct afl_node *n, enum afl_kind kind)
{
	size_t i, k = 0;

	for (i = 0; i < n->nplaces; i++)
		if (n->places[i].kind == kind)
			free(n->places[i].done);
		else
			n->places[k++] = n->places[i];
	n->nplaces = k;
}

void
afl_forget(struct afl_node *n)
{
	size_t i;

	for (i = 0; i < n->nplaces; i++)
		free(n->places[i].done);
	free(n->places);
	n->places = NULL;
	n->nplaces = 0;
}

/* What is left of one look: files, and time. */
struct budget {
	int	 looks;
	int64_t	 end;
};

/* *stop: this file, and those after it, later. */
static const struct pf_err *
take(struct fuzz *f, struct afl_node *n, struct afl_place *p,
    const struct pf_aflname *a, const char *path, struct budget *b,
    bool *stop)
{
	const struct pf_err *err = NULL;

	if (a->id >= IDS_MAX && seen_has(&f->seen, path))
		return NULL;
	if (b->looks-- <= 0 || pf_boot_ms() > b->end) {
		*stop = true;
		return NULL;
	}
	/* What was given or came from elsewhere is known already, but not
	 * that it crashes or hangs. */
	if (p->kind != AFL_QUEUE || (!a->seed && !a->imported))
		err = send(f, n, p, a, path);
	if (err == NULL && a->id < IDS_MAX)
		set_done(p, a->id);
	else if (err == NULL)
		(void)seen_add(&f->seen, path);
	return err;
}

static const struct pf_err *
take_all(struct fuzz *f, struct afl_node *n, struct afl_place *p,
    const char *dir, char **names, size_t count)
{
	const struct pf_err *err = NULL, *later = NULL;
	struct budget b = { p->kind == AFL_CRASHES ? LOOKS_MAX : 100000,
	    pf_boot_ms() + LOOKS_MS };
	struct pf_aflname a;
	char *path;
	size_t i;
	bool stop = false;

	p->count = 0;
	if (p->kind == AFL_QUEUE)
		n->imported = 0;
	for (i = 0; i < count && err == NULL; i++) {
		if (!pf_aflname_parse(&a, names[i]))
			continue;
		p->count++;
		if (p->kind == AFL_QUEUE &&
		    strstr(names[i], SYNC_SIBLING) != NULL)
			n->imported++;
		/* Counted from the job's start, also after a restart.  Seeds
		 * have their names before anything is executed. */
		if (!a.seed && a.execs > n->now.execs)
			n->now.execs = a.execs;
		if (stop || is_done(p, a.id))
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		err = take(f, n, p, &a, path, &b, &stop);
		free(path);
		/* Not now; the others count all the same. */
		if (err != NULL && err->class == PF_NO) {
			later = err;
			err = NULL;
			stop = true;
		}
	}
	if (stop || err != NULL)
		p->again = true;
	return err != NULL ? err : later;
}

static const struct pf_err *
look(struct fuzz *f, struct afl_node *n, struct afl_place *p,
    const char *dir, const struct stat *st)
{
	const struct pf_err *err;
	bool all = ((const struct afl *)f->state)->all;
	int64_t began = pf_boot_ms(), took;
	char **names = NULL;
	size_t count = 0;

	if (!f->over && !all && (began < p->not_before || (!p->again &&
	    p->mtime.tv_sec == st->st_mtim.tv_sec &&
	    p->mtime.tv_nsec == st->st_mtim.tv_nsec)))
		return NULL;
	p->mtime = st->st_mtim;
	/* A file made in the same moment does not change it again. */
	p->again = young(&st->st_mtim);
	if ((err = pf_names(&names, &count, dir)) != NULL)
		return err->class == PF_NOTFOUND ? NULL : err;
	took = pf_boot_ms() - began;
	p->not_before = began + took * SELDOM;
	err = take_all(f, n, p, dir, names, count);
	pf_names_free(names);
	return err;
}

static struct afl_place *
place_of(struct afl_node *n, ino_t ino, enum afl_kind kind, bool current)
{
	struct afl_place *p;

	for (p = n->places; p < n->places + n->nplaces; p++)
		if (p->ino == ino && p->kind == kind)
			return p;
	/* What was put aside was looked at before; the others always are. */
	if (n->nplaces >= PLACES_MAX && !current)
		return NULL;
	n->places = pf_reallocarray(n->places, n->nplaces + 1,
	    sizeof(*n->places));
	p = &n->places[n->nplaces++];
	*p = (struct afl_place){ .kind = kind, .ino = ino, .again = true };
	return p;
}

/* "crashes", or "crashes.DATE" that was put aside. */
static bool
is_kind(const char *name, const char *kind, bool *current)
{
	size_t n = strlen(kind);

	*current = name[n] == '\0';
	return strncmp(name, kind, n) == 0 && (*current || name[n] == '.');
}

/* _resume is the queue of one that was killed while it took that up. */
static bool
kind_of(enum afl_kind *kind, bool *current, const char *name)
{
	*kind = AFL_QUEUE;
	*current = strcmp(name, "queue") == 0;
	if (*current || strcmp(name, "_resume") == 0)
		return true;
	*kind = AFL_CRASHES;
	if (strncmp(name, "crashes", 7) == 0)
		return is_kind(name, "crashes", current);
	*kind = AFL_HANGS;
	return strncmp(name, "hangs", 5) == 0 &&
	    is_kind(name, "hangs", current);
}

static const struct pf_err *
look_below(struct fuzz *f, struct afl_node *n, const char *base)
{
	const struct pf_err *err = NULL;
	bool aside = base == n->aside, current;
	char **names = NULL, *dir;
	size_t i, count = 0;
	struct afl_place *p;
	enum afl_kind kind;
	struct stat st;

	if (pf_names(&names, &count, base) != NULL)
		return NULL;
	for (i = 0; i < count && err == NULL; i++) {
		if (!kind_of(&kind, &current, names[i]))
			continue;
		/* A queue under other names is but for who looks at all. */
		if (kind == AFL_QUEUE && (aside || !current) &&
		    !((const struct afl *)f->state)->all)
			continue;
		dir = pf_asprintf("%s/%s", base, names[i]);
		if (lstat(dir, &st) == 0 && S_ISDIR(st.st_mode) &&
		    (p = place_of(n, st.st_ino, kind, current && !aside)) !=
		    NULL) {
			p->current = current && !aside;
			err = look(f, n, p, dir, &st);
		}
		free(dir);
	}
	pf_names_free(names);
	return err;
}

bool
afl_finds_last(struct fuzz *f, struct afl_node *n)
{
	const struct pf_err *err;
	struct afl *st = f->state;
	const struct afl_place *p;
	size_t i;

	for (i = 0; i < n->nplaces; i++)
		n->places[i].current = false;
	st->all = true;
	err = look_below(f, n, n->dir);
	st->all = false;
	if (err != NULL)
		return err->class != PF_NO;
	for (p = n->places; p < n->places + n->nplaces; p++)
		if (p->current && p->again)
			return false;
	return true;
}

const struct pf_err *
afl_finds(struct fuzz *f, struct afl_node *n)
{
	const struct pf_err *err;
	struct afl_place *p;

	for (p = n->places; p < n->places + n->nplaces; p++)
		p->current = false;
	err = look_below(f, n, n->dir);
	if (err == NULL && n->aside != NULL)
		err = look_below(f, n, n->aside);
	n->now.crashes = n->now.hangs = 0;
	for (p = n->places; p < n->places + n->nplaces; p++)
		if (p->kind == AFL_CRASHES)
			n->now.crashes += p->count;
		else if (p->kind == AFL_HANGS)
			n->now.hangs += p->count;
		else if (p->current)
			n->now.corpus = p->count;
	return err;
}
