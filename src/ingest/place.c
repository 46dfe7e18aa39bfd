/*
 * Inputs into the storage tree: corpus/<job>/<sha256>, crashes/<job>/<sha256>
 * and <sha256>.json beside it; reports of checks, checks/<job>/<sha256>.  The
 * name is the content, so what is there already is left alone; a temporary
 * file is named after its pack, which only one process holds, so that the next
 * one overwrites what a dead one left.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ingest/crew.h"
#include "ingest/ingest.h"
#include "os/fs.h"

#define FEW		8	/* files */
#define WRITERS		4	/* of files */
#define IN_FLIGHT	16	/* syncs that a disk is given at a time */

struct file {
	const struct pf_rec	*rec;
	bool			 report;	/* of it, not its body */
	bool			 there;		/* filed already */
	int			 fd;
	int			 error;		/* of the step, or 0 */
	const char		*step;
	char			*tmp;
	char			*path;
};

/* What one call is about to file: an input and a report for each item. */
struct work {
	struct file	 file[2 * SLICE];
	size_t		 nfiles;
	char		*dir[SLICE];
	size_t		 ndirs;
};

const char *
kind_dir(enum pf_kind kind)
{
	return kind == PF_KIND_CRASH ? "crashes" : kind == PF_KIND_CHECK ?
	    "checks" : "corpus";
}

/* Those that lie by their hash in a directory of the job. */
static bool
has_input(enum pf_kind kind)
{
	return kind == PF_KIND_CRASH || kind == PF_KIND_CORPUS ||
	    kind == PF_KIND_CHECK;
}

/* It has a file there once it is placed. */
static bool
lies_in_dir(const struct item *it)
{
	return it->state == ITEM_TODO && !it->dropped &&
	    has_input(it->rec.kind) &&
	    (it->rec.kind != PF_KIND_CHECK || it->rec.len > 0);
}

bool
is_placed(const struct ingest *g, const struct item *it)
{
	char *path = pf_asprintf("%s/%s/%s/%s", g->conf->storage_path,
	    kind_dir(it->rec.kind), it->rec.job, it->rec.sha256);
	struct stat st;
	bool there = has_input(it->rec.kind) && it->rec.len > 0 &&
	    lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size == it->rec.len;

	free(path);
	return there;
}

/* Creates the directory once. */
static const struct pf_err *
need_dir(struct work *w, const char *dir)
{
	const struct pf_err *err;
	size_t i;

	for (i = 0; i < w->ndirs; i++)
		if (strcmp(w->dir[i], dir) == 0)
			return NULL;
	if ((err = pf_mkdirs(dir, 0750)) != NULL)
		return err;
	w->dir[w->ndirs++] = pf_strdup(dir);
	return NULL;
}

/* The file will be written to a temporary one; commit() writes all. */
static void
plan(struct work *w, const char *dir, const struct item *it, bool report)
{
	struct file *f = &w->file[w->nfiles];
	size_t i;

	*f = (struct file){ .rec = &it->rec, .report = report, .fd = -1 };
	f->path = pf_asprintf("%s/%s%s", dir, it->rec.sha256,
	    report ? ".json" : "");
	for (i = 0; i < w->nfiles; i++)
		if (strcmp(w->file[i].path, f->path) == 0) {
			free(f->path);
			return;
		}
	f->tmp = pf_asprintf("%s/.%s%s.%.*s", dir, it->rec.sha256,
	    report ? ".json" : "", (int)strcspn(it->pack->name, ":"),
	    it->pack->name);
	w->nfiles++;
}

static const struct pf_err *
begin_item(struct ingest *g, struct work *w, const struct item *it)
{
	const struct pf_err *err;
	char *dir;

	dir = pf_asprintf("%s/%s/%s", g->conf->storage_path,
	    kind_dir(it->rec.kind), it->rec.job);
	if ((err = need_dir(w, dir)) == NULL) {
		plan(w, dir, it, false);
		if (it->rec.kind == PF_KIND_CRASH)
			plan(w, dir, it, true);
	}
	free(dir);
	return err;
}

static bool
write_body(const struct file *f)
{
	struct pf_buf b = PF_BUF_INIT;
	const void *p = f->rec->body;
	size_t n = (size_t)f->rec->len;
	bool ok;

	if (f->report) {
		make_report(&b, f->rec);
		p = b.data;
		n = b.len;
	}
	ok = pf_write_all(f->fd, p, n, f->tmp) == NULL;
	pf_buf_free(&b);
	return ok;
}

/*
 * Is it filed?  What is there must not be written over for a look that failed,
 * which says nothing.
 */
static bool
look(struct file *f)
{
	struct stat st;

	f->step = "look at";
	if (lstat(f->path, &st) == -1)
		return errno == ENOENT;
	f->there = S_ISREG(st.st_mode) && (f->report ? st.st_size > 0 :
	    st.st_size == f->rec->len);
	return true;
}

static bool
create(struct file *f)
{
	f->step = "create";
	f->fd = open(f->tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
	    O_CLOEXEC, 0640);
	if (f->fd == -1)
		return false;
	f->step = "write";
	return write_body(f);
}

static void
write_one(void *arg, size_t i)
{
	struct file *f = (struct file *)arg + i;
	const bool ok = look(f) && (f->there || create(f));

	f->error = ok ? 0 : errno;
	/* Only a hint: with all on their way the first fsync waits for all. */
	if (ok && !f->there)
		sync_file_range(f->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

static void
sync_one(void *arg, size_t i)
{
	struct file *f = (struct file *)arg + i;

	f->step = "fsync";
	f->error = !f->there && fsync(f->fd) == -1 ? errno : 0;
}

/*
 * A step of all files, several at a time: making one waits for its directory
 * and the journal, a sync for the disk.  Few are not worth the threads.
 */
static const struct pf_err *
all(struct work *w, size_t threads, void (*step)(void *, size_t),
    const struct beside *beside)
{
	const struct file *f;
	struct crew c;

	crew_begin(&c, w->nfiles < FEW ? 0 : threads - 1, w->nfiles, step,
	    w->file);
	if (beside != NULL)
		beside->work(beside->arg);
	crew_end(&c);
	for (f = w->file; f < w->file + w->nfiles; f++)
		if ((errno = f->error) != 0)
			return pf_errno("%s %s", f->step, f->path);
	return NULL;
}

/*
 * All are synced before the first is renamed: a rename makes the syncs beside
 * it wait.
 */
static const struct pf_err *
commit(struct work *w, const struct beside *beside)
{
	const struct pf_err *err;
	struct file *f;
	size_t i;
	int fd;

	if ((err = all(w, WRITERS, write_one, NULL)) != NULL ||
	    (err = all(w, IN_FLIGHT, sync_one, beside)) != NULL)
		return err;
	for (i = 0; i < w->nfiles; i++) {
		f = &w->file[i];
		fd = f->fd;
		f->fd = -1;
		if (fd != -1 && close(fd) == -1)
			return pf_errno("close %s", f->tmp);
	}
	for (i = 0; i < w->nfiles; i++) {
		f = &w->file[i];
		if (!f->there && rename(f->tmp, f->path) == -1)
			return pf_errno("rename %s to %s", f->tmp, f->path);
		free(f->tmp);
		f->tmp = NULL;
	}
	return NULL;
}

/* Removes what was not committed. */
static void
work_free(struct work *w)
{
	struct file *f;
	size_t i;

	for (i = 0; i < w->nfiles; i++) {
		f = &w->file[i];
		if (f->fd != -1)
			close(f->fd);
		if (f->tmp != NULL)
			unlink(f->tmp);
		free(f->tmp);
		free(f->path);
	}
	for (i = 0; i < w->ndirs; i++)
		free(w->dir[i]);
	free(w);
}

const struct pf_err *
place_items(struct ingest *g, struct item *it, size_t n,
    const struct beside *beside)
{
	const struct pf_err *err = NULL;
	struct work *w = pf_calloc(1, sizeof(*w));
	size_t i;

	g->hard = false;
	for (i = 0; err == NULL && i < n; i++) {
		if (it[i].state != ITEM_TODO || it[i].dropped)
			continue;
		if (lies_in_dir(&it[i]))
			err = begin_item(g, w, &it[i]);
		else if (it[i].rec.kind == PF_KIND_LOG)
			err = place_log(g, &it[i]);
		else if (it[i].rec.kind == PF_KIND_BLOB)
			err = place_blob(g, &it[i]);
	}
	if (err == NULL)
		err = commit(w, beside);
	if (err == NULL)
		err = measure_logs(g, it, n);
	work_free(w);
	return err;
}

static bool
same_dir(const struct pf_rec *a, const struct pf_rec *b)
{
	return a->kind == b->kind && strcmp(a->job, b->job) == 0;
}

/* Even if nothing of ours went there: who filed it may have died before. */
const struct pf_err *
sync_places(struct ingest *g, const struct item *it, size_t n)
{
	const struct pf_err *err = NULL;
	const struct item *o;
	size_t i;
	char *dir;

	for (i = 0; err == NULL && i < n; i++) {
		if (!lies_in_dir(&it[i]))
			continue;
		for (o = it; !lies_in_dir(o) || !same_dir(&o->rec,
		    &it[i].rec); o++)
			;
		if (o < &it[i])
			continue;
		dir = pf_asprintf("%s/%s/%s", g->conf->storage_path,
		    kind_dir(it[i].rec.kind), it[i].rec.job);
		err = pf_sync_dir(dir);
		free(dir);
	}
	return err;
}
