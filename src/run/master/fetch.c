/*
 * The files of a job: fetched once by content into WORKDIR/blobs, linked
 * into the job's directory under their names, or copied there if the engine
 * could write to what it is given.
 *
 * What is there is not believed: each file is read once more for its hash when
 * it is in place, at two gigabytes a second, and fetched anew if that is
 * another one.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/retry.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/stop.h"
#include "run/box/box.h"

#define PLACE_TRIES	3
#define PIECE		65536

static void
on_piece(void *arg, const void *p, size_t n)
{
	pf_hash_add(arg, p, n);
}

/* One request for what is still missing of it. */
static const struct pf_err *
get_rest(struct slot *s, const struct blob *b, struct pf_http_sink *sink)
{
	const struct pf_err *err;
	struct pf_json *said = NULL;
	char path[128];
	long status = 0;

	snprintf(path, sizeof(path), "/api/v1/blobs/%s", b->sha256);
	err = pf_http_get(s->http, path, sink, &status);
	if (err == NULL && status != 200 && status != 206) {
		/* Without an object in it nobody has said anything. */
		(void)pf_json_parse(&said, sink->said.data, sink->said.len);
		err = master_refusal(status, said);
		pf_json_free(said);
		if (err->class != PF_BUSY)
			err = pf_err(PF_DATA, "%s", err->msg);
	}
	return err;
}

/* True to go on after an error: not too often without getting further. */
static bool
again(struct slot *s, const struct pf_err *err, int *tries)
{
	const struct pf_retry *r = &s->conf->retry_communication;
	int64_t end;

	if (err->class != PF_BUSY || pf_stopping || *tries >= r->max_retries)
		return false;
	end = pf_boot_ms() + pf_retry_delay(r, &pf_timer, (*tries)++);
	while (!pf_stopping && lease_keep(s) == LEASE_HELD &&
	    pf_boot_ms() < end)
		pf_sleep_ms(50);
	return !pf_stopping && s->lease == LEASE_HELD;
}

/* All of it, over as many requests as it takes; begins where it was cut. */
static const struct pf_err *
get_all(struct slot *s, const struct blob *b, struct pf_http_sink *sink,
    char sha[PF_SHA_TEXT])
{
	const struct pf_err *err;
	int64_t before;
	int tries = 0;

	do {
		before = sink->got;
		if ((err = get_rest(s, b, sink)) != NULL &&
		    err->class == PF_STALE) {
			/* A master that knows no ranges. */
			pf_hash_end(sink->arg, sha);
			sink->arg = pf_hash_begin();
			sink->got = before = 0;
			if (ftruncate(sink->fd, 0) == -1 ||
			    lseek(sink->fd, 0, SEEK_SET) == -1)
				return pf_errno("truncate");
			err = pf_err(PF_BUSY, "%s", err->msg);
		}
		if (sink->got > before)
			tries = 0;
	} while (err != NULL && again(s, err, &tries));
	return err;
}

/* Downloads a blob to tmp; its hash and size must be those announced. */
static const struct pf_err *
download(struct slot *s, const struct blob *b, const char *tmp)
{
	const struct pf_err *err;
	char sha[PF_SHA_TEXT];
	struct pf_http_sink sink = { .tag = b->sha256, .said = PF_BUF_INIT,
	    .max = b->size, .see = on_piece };

	sink.fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
	    O_CLOEXEC, 0750);
	if (sink.fd == -1)
		return pf_errno("create %s", tmp);
	sink.arg = pf_hash_begin();
	s->fetching = true;
	err = get_all(s, b, &sink, sha);
	s->fetching = false;
	pf_buf_free(&sink.said);
	pf_hash_end(sink.arg, sha);
	if (err == NULL && (sink.got != b->size ||
	    strcmp(sha, b->sha256) != 0))
		err = pf_err(PF_DATA, "what came is not what was announced: "
		    "%" PRId64 " of %" PRId64 " bytes, hash %.16s", sink.got,
		    b->size, sha);
	if (close(sink.fd) == -1 && err == NULL)
		err = pf_errno("close %s", tmp);
	return err;
}

/*
 * Another slot may have been faster.  What is there is not replaced: a file
 * that is replaced while somebody links it is gone for him (ENOENT).
 */
static const struct pf_err *
publish(const char *tmp, const char *path, int64_t size)
{
	struct stat st;

	if (link(tmp, path) == 0 || (errno == EEXIST &&
	    stat(path, &st) == 0 && st.st_size == size))
		return NULL;
	if (rename(tmp, path) == -1)
		return pf_errno("rename %s", tmp);
	return NULL;
}

/* The blob in the cache, by its name and size. */
static const struct pf_err *
need_blob(struct slot *s, const struct blob *b, const char *path)
{
	const struct pf_err *err;
	struct stat st;
	char *tmp;

	if (stat(path, &st) == 0 && st.st_size == b->size)
		return NULL;
	tmp = pf_asprintf("%s.%ld", path, (long)getpid());
	if ((err = download(s, b, tmp)) == NULL)
		err = publish(tmp, path, b->size);
	unlink(tmp);
	free(tmp);
	return err == NULL ? NULL : pf_err_at(err, "blob %s", b->name);
}

/* Seeds of one name must not hide one another; nor must a build its target,
 * which is often called so too. */
static char *
path_of(const struct files *f, const struct blob *b, size_t n)
{
	if (strcmp(b->kind, "seed") == 0)
		return pf_asprintf("%s/%04zu-%s", f->seeds, n, b->name);
	return pf_asprintf("%s/%s/%s", f->dir, b->kind, b->name);
}

char *
files_get(const struct files *f, const char *kind)
{
	size_t i;

	for (i = 0; i < f->job->nblobs; i++)
		if (strcmp(f->job->blobs[i].kind, kind) == 0)
			return path_of(f, &f->job->blobs[i], i);
	return NULL;
}

static const struct pf_err *
make_dir(const struct files *f, const struct blob *b)
{
	const struct pf_err *err;
	char *path;

	if (strcmp(b->kind, "seed") == 0)
		return pf_mkdirs(f->seeds, 0750);
	path = pf_asprintf("%s/%s", f->dir, b->kind);
	err = pf_mkdirs(path, 0750);
	free(path);
	return err;
}

/* Reads in to its end: its hash, and a copy to out unless that is -1. */
static const struct pf_err *
pass(int in, int out, const char *path, char sha[PF_SHA_TEXT])
{
	const struct pf_err *err = NULL;
	struct pf_hash *hash = pf_hash_begin();
	char *piece = pf_calloc(1, PIECE);
	ssize_t got = 1;

	while (err == NULL && got != 0) {
		if ((got = read(in, piece, PIECE)) > 0) {
			pf_hash_add(hash, piece, (size_t)got);
			if (out != -1)
				err = pf_write_all(out, piece, (size_t)got,
				    path);
		} else if (got == -1 && errno != EINTR)
			err = pf_errno("read %s", path);
	}
	pf_hash_end(hash, sha);
	free(piece);
	return err;
}

/*
 * One try to have the blob as to: a link of from where a box keeps engines
 * from writing to it, else a copy.  PF_NOTFOUND: from is gone; *good: it has
 * the bytes it should have.
 */
static const struct pf_err *
put(const struct slot *s, const char *from, const char *to,
    const struct blob *b, bool *good)
{
	const struct pf_err *err = NULL;
	char sha[PF_SHA_TEXT] = "";
	int in, out = -1;

	*good = false;
	if (unlink(to) == -1 && errno != ENOENT)
		return pf_errno("unlink %s", to);
	if (box_keeps_files(s) && link(from, to) == -1)
		return pf_errno("link %s", to);
	in = open(box_keeps_files(s) ? to : from, O_RDONLY | O_NOFOLLOW |
	    O_CLOEXEC);
	if (in == -1)
		return pf_errno("open %s", from);
	if (!box_keeps_files(s) && (out = open(to, O_WRONLY | O_CREAT |
	    O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0750)) == -1)
		err = pf_errno("create %s", to);
	if (err == NULL)
		err = pass(in, out, to, sha);
	*good = strcmp(sha, b->sha256) == 0;
	close(in);
	if (out != -1 && close(out) == -1 && err == NULL)
		err = pf_errno("close %s", to);
	return err;
}

/* Puts one file in place and remembers where. */
static const struct pf_err *
place(struct slot *s, const struct blob *b, size_t n, struct files *f)
{
	const struct pf_err *err;
	char *from = pf_asprintf("%s/blobs/%s", s->workdir, b->sha256);
	char *to = path_of(f, b, n);
	bool good = false, again;
	int i = 0;

	/* Old files are swept by other slots: then it is fetched anew. */
	do {
		if ((err = need_blob(s, b, from)) != NULL)
			break;
		err = put(s, from, to, b, &good);
		again = ++i < PLACE_TRIES && (err == NULL ? !good :
		    err->class == PF_NOTFOUND);
		if (err != NULL || good)
			continue;
		pf_warn("%s: %s is damaged; it is fetched anew", s->name,
		    from);
		(void)unlink(from);
		err = pf_err(PF_BUSY, "blob %s: it changes while it is read",
		    b->name);
	} while (again);
	if (err == NULL && strcmp(b->kind, "target") == 0)
		f->target = pf_strdup(to);
	else if (err == NULL && strcmp(b->kind, "dict") == 0)
		f->dict = pf_strdup(to);
	free(from);
	free(to);
	return err;
}

const struct pf_err *
fetch_job(struct slot *s, const struct job *j, const char *dir,
    struct files *f)
{
	const struct pf_err *err;
	char *blobs = pf_asprintf("%s/blobs", s->workdir);
	size_t i;

	*f = (struct files){ .seeds = pf_asprintf("%s/seeds", dir),
	    .dir = pf_asprintf("%s/files", dir), .job = j };
	if ((err = pf_mkdirs(blobs, 0750)) == NULL)
		err = pf_mkdirs(f->seeds, 0750);
	for (i = 0; i < j->nblobs && err == NULL; i++)
		if (lease_keep(s) != LEASE_HELD)
			err = pf_err(PF_STALE, "the lease is gone");
		else if ((err = make_dir(f, &j->blobs[i])) == NULL)
			err = place(s, &j->blobs[i], i, f);
	if (err == NULL && f->target == NULL)
		err = pf_err(PF_DATA, "job %s has no target", j->id);
	free(blobs);
	return err;
}

const struct pf_err *
fetch_input(struct slot *s, const char *hash, int64_t size, struct pf_buf *b)
{
	const struct pf_err *err;
	const struct blob blob = { "crash", hash, hash, size };
	char *path = pf_asprintf("%s/blobs/%s", s->workdir, hash);
	char sha[PF_SHA_TEXT];

	if (size == 0)
		err = NULL;
	else if ((err = need_blob(s, &blob, path)) == NULL)
		err = pf_slurp(b, path, (size_t)size);
	pf_sha256(sha, b->data, b->len);
	if (err == NULL && strcmp(sha, hash) != 0) {
		(void)unlink(path);
		err = pf_err(PF_DATA, "input %.16s: what is there is another "
		    "one", hash);
	}
	free(path);
	return err;
}

void
files_free(struct files *f)
{
	free(f->target);
	free(f->dict);
	free(f->seeds);
	free(f->dir);
	*f = (struct files){ 0 };
}
