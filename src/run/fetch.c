/*
 * The files of a job: fetched once by content into WORKDIR/blobs, linked
 * into the job's directory under their names.
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
#include "os/clock.h"
#include "os/fs.h"
#include "run/run.h"

#define LINK_TRIES	3

static void
on_piece(void *arg, const void *p, size_t n)
{
	pf_hash_add(arg, p, n);
}

/* Downloads a blob to tmp; its hash and size must be those announced. */
static const struct pf_err *
download(struct slot *s, const struct blob *b, const char *tmp)
{
	const struct pf_err *err;
	char path[128], sha[PF_SHA_TEXT];
	struct pf_hash *h = pf_hash_begin();
	struct pf_http_sink sink = { .max = b->size, .see = on_piece,
	    .arg = h };
	long status = 0;

	snprintf(path, sizeof(path), "/api/v1/blobs/%s", b->sha256);
	sink.fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
	    O_CLOEXEC, 0750);
	if (sink.fd == -1) {
		pf_hash_abort(h);
		return pf_errno("create %s", tmp);
	}
	err = pf_http_get(s->http, path, &sink, &status);
	pf_hash_end(h, sha);
	if (err == NULL && status != 200)
		err = pf_err(status >= 500 ? PF_BUSY : PF_DATA, "the master "
		    "answered %ld", status);
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

/* The blob in the cache; what is there was checked when it came. */
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

/* Puts one file in place and remembers where. */
static const struct pf_err *
place(struct slot *s, const struct blob *b, const char *dir, size_t n,
    struct files *f)
{
	const struct pf_err *err = NULL;
	char *from = pf_asprintf("%s/blobs/%s", s->workdir, b->sha256);
	char *to;
	bool linked = false;
	int i;

	/* Seeds of the same name must not hide one another. */
	if (strcmp(b->kind, "seed") == 0)
		to = pf_asprintf("%s/%04zu-%s", f->seeds, n, b->name);
	else
		to = pf_asprintf("%s/bin/%s", dir, b->name);
	if (unlink(to) == -1 && errno != ENOENT)
		err = pf_errno("unlink %s", to);
	/* Old files are swept by other slots: then it is fetched anew. */
	for (i = 0; err == NULL && !linked && i < LINK_TRIES; i++)
		if ((err = need_blob(s, b, from)) == NULL &&
		    !(linked = link(from, to) == 0) &&
		    (errno != ENOENT || i == LINK_TRIES - 1))
			err = pf_errno("link %s", to);
	if (err == NULL && strcmp(b->kind, "target") == 0)
		f->target = pf_strdup(to);
	else if (err == NULL && strcmp(b->kind, "dict") == 0)
		f->dict = pf_strdup(to);
	free(from);
	free(to);
	return err;
}

/* Keeps the lease between two files; only its loss is an error. */
static const struct pf_err *
keep_lease(struct slot *s, const struct job *j)
{
	const struct pf_err *err;
	struct beat beat;

	if (pf_boot_ms() < s->next_beat)
		return NULL;
	err = master_heartbeat(s, j, &beat);
	return err != NULL && err->class == PF_STALE ? err : NULL;
}

const struct pf_err *
fetch_job(struct slot *s, const struct job *j, const char *dir,
    struct files *f)
{
	const struct pf_err *err;
	char *blobs = pf_asprintf("%s/blobs", s->workdir);
	char *bin = pf_asprintf("%s/bin", dir);
	size_t i;

	*f = (struct files){ .seeds = pf_asprintf("%s/seeds", dir) };
	if ((err = pf_mkdirs(blobs, 0750)) == NULL &&
	    (err = pf_mkdirs(bin, 0750)) == NULL)
		err = pf_mkdirs(f->seeds, 0750);
	for (i = 0; i < j->nblobs && err == NULL; i++)
		if ((err = keep_lease(s, j)) == NULL)
			err = place(s, &j->blobs[i], dir, i, f);
	if (err == NULL && f->target == NULL)
		err = pf_err(PF_DATA, "job %s has no target", j->id);
	free(blobs);
	free(bin);
	return err;
}

void
files_free(struct files *f)
{
	free(f->target);
	free(f->dict);
	free(f->seeds);
	*f = (struct files){ 0 };
}
