/*
 * Files that jobs need, into targets/<sha256>/data: what was uploaded.  They
 * may be larger than anything else here, so a pack over pack_size is taken
 * apart while it is read.  Such a pack has nothing but blobs; what in it is
 * something else or damaged makes all of it lie in bad/ once the rest of it
 * is filed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "codec/unpack.h"
#include "ingest/ingest.h"
#include "os/fs.h"
#include "view/known.h"

#define PIECE	(256 * 1024)

const struct pf_err *
blob_settle(struct ingest *g, struct pf_blob_file *f, const struct pf_rec *r)
{
	const char *storage = g->conf->storage_path;
	const struct pf_err *err;
	int64_t there;

	err = pf_blob_settle(f, storage, r->sha256, r->len);
	/* In its place and not synced: synced once more it would lie. */
	if (err != NULL)
		g->hard = pf_blob_has(storage, r->sha256, &there) &&
		    there == r->len;
	return err;
}

const struct pf_err *
place_blob(struct ingest *g, const struct item *it)
{
	const struct pf_err *err;
	struct pf_blob_file f = PF_BLOB_FILE_INIT;

	if ((err = pf_blob_begin(&f, g->conf->storage_path)) == NULL &&
	    (err = pf_write_all(f.fd, it->rec.body, (size_t)it->rec.len,
	    f.tmp)) == NULL)
		err = blob_settle(g, &f, &it->rec);
	pf_blob_abort(&f);
	return err;
}

/* A pack that is read piece by piece. */
struct large {
	struct ingest		*g;
	struct pf_pack		*p;
	bool			 dry;
	struct pf_blob_file	 file;
	struct item		 it[SLICE];
	size_t			 n;
	bool			 bad;		/* for this reason */
	struct pf_err		 why;
};

/* In order or not, it can be filed otherwise. */
static bool
is_small(const struct large *l)
{
	return l->p != NULL && l->p->size <= l->g->conf->pack_size;
}

static void
is_bad(struct large *l, const struct pf_err *why)
{
	if (is_small(l)) {
		l->bad = true;
		return;
	}
	l->g->refused++;
	if (!l->bad)
		l->why = *why;
	l->bad = true;
}

/* What was placed goes into the ledger and to the writer. */
static const struct pf_err *
send(struct large *l)
{
	const struct pf_err *err;
	size_t i;

	if ((err = ledger_add(l->g, l->it, l->n)) == NULL &&
	    (err = send_rows(l->g, l->it, l->n)) == NULL)
		err = take_rows(l->g, l->it, l->n);
	for (i = 0; i < l->n; i++) {
		if (l->it[i].state == ITEM_FILED)
			print_item(l->g, &l->it[i]);
		else if (err == NULL && !l->bad) {
			l->bad = true;
			l->why = *pf_err(PF_DATA, "the writer refused a file "
			    "of it");
		}
		pf_buf_free(&l->it[i].row);
	}
	l->n = 0;
	fflush(stdout);
	hook_watch(l->g);
	return err != NULL ? err :
	    pf_spool_progress(l->p, l->g->conf->spool_path);
}

static const struct pf_err *
on_header(const struct pf_err **why, void *arg, const struct pf_rec *rec)
{
	struct large *l = arg;

	if (rec->kind != PF_KIND_BLOB)
		*why = pf_err(PF_DATA, "a %s record is in it",
		    pf_kind_name(rec->kind));
	else
		*why = check_size(rec, l->g->conf);
	return *why != NULL || l->dry ? NULL :
	    pf_blob_begin(&l->file, l->g->conf->storage_path);
}

static const struct pf_err *
on_body(void *arg, const void *p, size_t n)
{
	struct large *l = arg;

	return l->dry ? NULL : pf_write_all(l->file.fd, p, n, l->file.tmp);
}

static const struct pf_err *
say(struct large *l, struct item *it)
{
	const struct pf_err *err;
	bool counted = false;

	err = pf_known_result(&counted, l->g->db, it->rid);
	it->what = counted ? "again" : "new";
	if (err == NULL) {
		print_item(l->g, it);
		l->g->filed++;
	}
	return err;
}

static const struct pf_err *
on_end(void *arg, const struct pf_rec *rec, const struct pf_err *verdict)
{
	struct large *l = arg;
	const struct pf_err *err = NULL;
	struct item *it = &l->it[l->n];

	if (verdict != NULL) {
		if (!is_small(l))
			pf_warn("record %.16s %s refused: %s", rec->rid,
			    l->dry ? "would be" : "is", verdict->msg);
		is_bad(l, verdict);
		pf_blob_abort(&l->file);
		return NULL;
	}
	*it = (struct item){ .pack = l->p, .row = PF_BUF_INIT, .id = "-",
	    .rec = *rec };
	it->rec.fields = NULL;	/* the reader's */
	memcpy(it->rid, rec->rid, sizeof(it->rid));
	if (l->dry)
		return say(l, it);
	err = blob_settle(l->g, &l->file, rec);
	pf_blob_abort(&l->file);
	if (err != NULL)
		return err;
	blob_row(it);
	return ++l->n == SLICE ? send(l) : NULL;
}

static const struct pf_err *
on_looked_at(void *arg, const struct pf_rec *rec, const struct pf_err *verdict)
{
	struct large *l = arg;

	(void)rec;
	if (verdict != NULL && !l->bad)
		l->why = *verdict;
	l->bad |= verdict != NULL;
	return NULL;
}

static const struct pf_unpack_calls calls = { on_header, NULL, on_body,
    on_end };
static const struct pf_unpack_calls looking = { NULL, NULL, NULL,
    on_looked_at };

/* Reads the pack to its end; what is no frame is no error but bad. */
static const struct pf_err *
read_all(struct large *l, int fd, const struct pf_unpack_calls *do_what)
{
	const struct pf_err *err = NULL;
	struct pf_unpack *u = pf_unpack_new(do_what, l);
	struct pf_buf b = PF_BUF_INIT;
	struct pf_err copy;
	ssize_t n = 1;

	while (err == NULL && n != 0) {
		n = read(fd, pf_buf_room(&b, PIECE), PIECE);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			err = pf_errno("read");
		else
			err = n > 0 ? pf_unpack_feed(u, b.data, (size_t)n) :
			    pf_unpack_end(u);
	}
	/* The error may be the reader's. */
	if (err != NULL)
		copy = *err;
	pf_unpack_free(u);
	pf_buf_free(&b);
	pf_blob_abort(&l->file);
	if (err == NULL || copy.class != PF_DATA)
		return err == NULL ? NULL : pf_err(copy.class, "%s", copy.msg);
	is_bad(l, &copy);
	return NULL;
}

static const struct pf_err *
end_large(struct large *l)
{
	char why[PF_ERR_MSG];
	struct ingest *g = l->g;

	if (!l->bad) {
		ail_over(g, l->p->name);
		return pf_spool_done(l->p, g->conf->spool_path);
	}
	if (is_small(l))
		return NULL;
	snprintf(why, sizeof(why), "it is over pack_size in [limits], and not "
	    "of files for jobs alone: %.500s", l->why.msg);
	pf_warn("pack %.*s is refused: %s", (int)strcspn(l->p->name, ":"),
	    l->p->name, why);
	return keep_bad_pack(g, l->p, why);
}

const struct pf_err *
file_large(struct ingest *g, struct pf_pack *p)
{
	const struct pf_err *err;
	struct large l = { .g = g, .p = p, .file = PF_BLOB_FILE_INIT };

	if (p->tries >= PF_SPOOL_TRIES)
		return keep_bad_pack(g, p,
		    "pf-ingest died each time it took this pack apart");
	g->hard = false;
	if ((err = read_all(&l, p->fd, &calls)) == NULL && l.n > 0)
		err = send(&l);
	while (l.n > 0)
		pf_buf_free(&l.it[--l.n].row);
	if (err == NULL)
		return end_large(&l);
	/* Trouble of its own keeps nobody else waiting. */
	if (ail_local(g, err)) {
		ail(g, p->name, err);
		err = NULL;
	}
	pf_spool_back(p, g->conf->spool_path);
	return err;
}

const struct pf_err *
dry_large(struct ingest *g, const char *path)
{
	const struct pf_err *err;
	struct large l = { .g = g, .dry = true, .file = PF_BLOB_FILE_INIT };
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return errno == ENOENT ? NULL : pf_errno("open %s", path);
	err = read_all(&l, fd, &calls);
	close(fd);
	if (err == NULL && l.bad)
		pf_warn("%s would be refused: %s", path, l.why.msg);
	return err;
}

const struct pf_err *
check_large(struct ingest *g, const char *path)
{
	const struct pf_err *err;
	struct large l = { .g = g, .dry = true, .file = PF_BLOB_FILE_INIT };
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return pf_errno("open %s", path);
	err = read_all(&l, fd, &looking);
	close(fd);
	return err == NULL && l.bad ?
	    pf_err(l.why.class, "%s", l.why.msg) : err;
}
