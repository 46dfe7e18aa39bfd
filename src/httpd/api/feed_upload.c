/*
 * A job that comes with its files, as a form of several parts: first what it
 * is, then target, seeds and dictionary in any order.  Files go into a pack
 * in the spool as they come, a record each.
 *
 * The pack is on disk before the writer hears of the job: a job that waits
 * for files is one whose files will come.  Killed in between, the files are
 * there without a job, and its sender sends it again.
 */
#include <microhttpd.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "httpd/api/newjob.h"
#include "httpd/api/push.h"
#include "httpd/body.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "os/sock.h"
#include "store/spoolblob.h"

#define FORM_BUFFER	(32 * 1024)	/* of the form's reader */
#define SEED_MAX	(1 << 20)	/* what afl-fuzz takes */

struct upload {
	struct httpd		*h;
	struct req		*r;
	struct MHD_PostProcessor *form;
	struct pf_spool_file	 pack;
	int64_t			 reserved;
	struct worker		*w;		/* at the moment */
	struct pf_buf		 meta;		/* text of job_metadata */
	struct pf_json		*job;		/* it, when it was read */
	struct newjob_files	 files;
	size_t			 seeds_room;
	int64_t			 parts;
	char			 name[24];	/* of the part at hand */
	struct newjob_file	*file;		/* it is this one, */
	int64_t			 max;		/* at most so large */
	struct pf_spool_blob	 blob;
	bool			 wrong;		/* for this reason */
	struct pf_err		 why;
};

static void
upload_free(void *arg)
{
	struct upload *up = arg;

	if (up->form != NULL)
		MHD_destroy_post_processor(up->form);
	pf_spool_blob_abort(&up->blob);
	pf_spool_abort(&up->pack);
	commit_release(up->h->commit, up->reserved);
	pf_buf_free(&up->meta);
	pf_json_free(up->job);
	free(up->files.builds);
	free(up->files.seeds);
	free(up);
}

/* The last of a path, if it will do as a file's name; else what is given. */
static void
take_name(char out[NEWJOB_NAME], const char *path, const char *none)
{
	const char *s = path != NULL ? path : "", *p;

	for (p = s; *p != '\0'; p++)
		if (*p == '/' || *p == '\\')
			s = p + 1;
	if (!pf_text_ok(s) || *s == '.')
		s = none;
	snprintf(out, NEWJOB_NAME, "%s", s);
}

/* On a bot the seeds lie in one directory. */
static void
name_seed(struct upload *up, struct newjob_file *f, const char *path)
{
	char *none = pf_asprintf("seed-%zu", up->files.nseeds);
	const struct newjob_file *o;

	take_name(f->name, path, none);
	for (o = up->files.seeds; o < f; o++)
		if (strcmp(o->name, f->name) == 0) {
			snprintf(f->name, sizeof(f->name), "%s", none);
			break;
		}
	free(none);
}

static const struct pf_err *
new_seed(struct upload *up, const char *path)
{
	struct newjob_files *files = &up->files;

	if (files->nseeds == NEWJOB_SEEDS)
		return pf_err_field(PF_USAGE, "seed_corpus", "seed_corpus: "
		    "more than %d files; minimise it first", NEWJOB_SEEDS);
	if (files->nseeds == up->seeds_room) {
		up->seeds_room = up->seeds_room * 2 + 16;
		files->seeds = pf_reallocarray(files->seeds, up->seeds_room,
		    sizeof(*files->seeds));
	}
	up->file = &files->seeds[files->nseeds++];
	*up->file = (struct newjob_file){ .size = 0 };
	name_seed(up, up->file, path);
	return NULL;
}

/* One of which there is one at most. */
static const struct pf_err *
new_single(struct upload *up, struct newjob_file *f, const char *path)
{
	if (f->name[0] != '\0')
		return pf_err_field(PF_DATA, up->name, "%s: there is one "
		    "already", up->name);
	take_name(f->name, path, up->name);
	up->file = f;
	return NULL;
}

/* Its place in files.builds, or -1: the part's name is build_KIND. */
static int
build_at(const char *part)
{
	int i;

	if (strncmp(part, "build_", 6) != 0)
		return -1;
	for (i = 0; pf_build_kinds[i] != NULL; i++)
		if (strcmp(part + 6, pf_build_kinds[i]) == 0)
			return i;
	return -1;
}

/* What is wrong with the job is found before its files have come. */
static const struct pf_err *
read_meta(struct upload *up)
{
	static const struct newjob_files some = { .target = { .name = "t",
	    .size = 1 } };
	const struct pf_err *err;
	struct pf_buf line = PF_BUF_INIT;

	if ((err = pf_json_parse(&up->job, up->meta.data, up->meta.len)) !=
	    NULL || !pf_json_is_object(up->job))
		return pf_err_field(PF_DATA, "job_metadata", "job_metadata: "
		    "not a JSON object%s%s", err != NULL ? ": " : "",
		    err != NULL ? err->msg : "");
	if ((err = shape_check(&shape_upload, up->job)) == NULL)
		err = newjob_line(up->w, &line, up->r, up->job, &some);
	pf_buf_free(&line);
	return err;
}

static const struct pf_err *
begin_file(struct upload *up, const char *path)
{
	const struct pf_err *err;
	int build = build_at(up->name);

	up->max = build != -1 ? up->h->conf.target_size : SEED_MAX;
	if (build != -1)
		err = new_single(up, &up->files.builds[build], path);
	else if (strcmp(up->name, "target_binary") == 0) {
		up->max = up->h->conf.target_size;
		err = new_single(up, &up->files.target, path);
	} else if (strcmp(up->name, "dictionary") == 0)
		err = new_single(up, &up->files.dict, path);
	else if (strcmp(up->name, "seed_corpus") == 0)
		err = new_seed(up, path);
	else
		err = pf_err_field(PF_DATA, up->name, "nothing is known of "
		    "the part %s: there are job_metadata, target_binary, "
		    "seed_corpus, dictionary and build_KIND", up->name);
	if (err == NULL && (err = pf_spool_blob_begin(&up->blob,
	    &up->pack)) != NULL)
		err = commit_refuse(up->h->commit, err);
	return err;
}

static const struct pf_err *
end_part(struct upload *up)
{
	const struct pf_err *err = NULL;
	struct newjob_file *f = up->file;

	up->file = NULL;
	if (up->parts == 1)
		return up->job == NULL ? read_meta(up) : NULL;
	if (f == NULL)
		return NULL;
	if (up->blob.size == 0)
		return pf_err_field(PF_DATA, up->name, "%s: the file %.64s is "
		    "empty", up->name, f->name);
	f->size = up->blob.size;
	if ((err = pf_spool_blob_end(&up->blob, f->sha)) != NULL)
		err = commit_refuse(up->h->commit, err);
	return err;
}

static const struct pf_err *
begin_part(struct upload *up, const char *name, const char *path)
{
	const struct pf_err *err;

	if (up->parts > 0 && (err = end_part(up)) != NULL)
		return err;
	up->parts++;
	snprintf(up->name, sizeof(up->name), "%s", name != NULL ? name : "");
	if (strcmp(up->name, "job_metadata") == 0)
		return up->parts == 1 ? NULL : pf_err_field(PF_DATA, up->name,
		    "job_metadata: there is one already");
	if (up->parts == 1)
		return pf_err_field(PF_DATA, "job_metadata", "job_metadata "
		    "must be the first part of the form, this one is %s",
		    up->name);
	return begin_file(up, path);
}

static const struct pf_err *
take_bytes(struct upload *up, const char *p, size_t n)
{
	const struct pf_err *err;

	if (up->parts == 1) {
		if (up->meta.len + n > JSON_MAX)
			return pf_err_field(PF_USAGE, "job_metadata",
			    "job_metadata: more than %d bytes", JSON_MAX);
		pf_buf_add(&up->meta, p, n);
		return NULL;
	}
	if (up->blob.size + (int64_t)n > up->max)
		return pf_err_field(PF_USAGE, up->name, "%s: the file %.64s is "
		    "larger than %lld bytes", up->name, up->file->name,
		    (long long)up->max);
	err = pf_spool_blob_add(&up->blob, p, n);
	return err == NULL ? NULL : commit_refuse(up->h->commit, err);
}

/* What the Go program calls a part that may have a shorter name too. */
static const char *
full_name(const char *name)
{
	static const char *const names[][2] = {
		{ "metadata", "job_metadata" },
		{ "target", "target_binary" },
		{ "seeds", "seed_corpus" },
		{ "seeds[]", "seed_corpus" },
		{ "seed_corpus[]", "seed_corpus" },
	};
	size_t i;

	for (i = 0; name != NULL && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i][0]) == 0)
			return names[i][1];
	return name;
}

/* A part may be said to begin twice, before its first byte and with it. */
static bool
goes_on(const struct upload *up, const char *name, uint64_t off)
{
	if (off > 0)
		return true;
	return up->parts > 0 && name != NULL && strcmp(name, up->name) == 0 &&
	    (up->parts == 1 ? up->meta.len == 0 : up->blob.size == 0);
}

static enum MHD_Result
on_part(void *cls, enum MHD_ValueKind kind, const char *name,
    const char *path, const char *type, const char *coding, const char *data,
    uint64_t off, size_t n)
{
	struct upload *up = cls;
	const struct pf_err *err = NULL;

	(void)kind;
	(void)type;
	(void)coding;
	name = full_name(name);
	if (!goes_on(up, name, off))
		err = begin_part(up, name, path);
	if (err == NULL && n > 0)
		err = take_bytes(up, data, n);
	if (err == NULL)
		return MHD_YES;
	up->wrong = true;
	up->why = *err;
	return MHD_NO;
}

static const struct pf_err *
reserve(struct upload *up, int64_t n)
{
	const struct pf_err *err = commit_reserve(up->h->commit, n, false);

	if (err == NULL)
		up->reserved += n;
	return err;
}

static const struct pf_err *
begin(struct req *r)
{
	static const struct pf_buf empty = PF_BUF_INIT;
	static const struct pf_spool_file none = PF_SPOOL_FILE_INIT;
	const struct pf_err *err;
	struct upload *up = pf_calloc(1, sizeof(*up));
	size_t kinds;
	int fd;

	up->h = r->h;
	up->r = r;
	up->meta = empty;
	up->pack = none;
	for (kinds = 0; pf_build_kinds[kinds] != NULL; kinds++)
		;
	up->files.builds = pf_calloc(kinds, sizeof(*up->files.builds));
	r->upload = up;
	r->drop = upload_free;
	/* Without a writer all of it would come for nothing. */
	if (pf_sock_connect_unix(&fd, r->h->conf.sched_socket) != NULL)
		return pf_err(PF_BUSY, "the writer is not running");
	close(fd);
	if (r->length > 0 && (err = reserve(up, r->length)) != NULL)
		return err;
	up->form = MHD_create_post_processor(r->conn, FORM_BUFFER, on_part,
	    up);
	if (up->form == NULL)
		return pf_err(PF_DATA, "%s", BODY_NO_BOUNDARY);
	err = pf_spool_begin(&up->pack, r->h->conf.spool_path);
	return err == NULL ? NULL : commit_refuse(r->h->commit, err);
}

/* The name of the target may stand in the description. */
static void
name_target(struct upload *up)
{
	const char *s = pf_json_text(pf_json_get(up->job, "target"));
	struct newjob_file *f = &up->files.target;
	char old[NEWJOB_NAME];

	if (f->size == 0 || s == NULL || pf_sha_ok(s))
		return;
	memcpy(old, f->name, sizeof(old));
	take_name(f->name, s, old);
}

static const struct pf_err *
finish(struct upload *up)
{
	const struct pf_err *err;
	enum MHD_Result whole = MHD_destroy_post_processor(up->form);
	struct pf_buf line = PF_BUF_INIT;

	up->form = NULL;
	if (up->wrong)
		return &up->why;
	if (whole != MHD_YES)
		return pf_err(PF_DATA, "the form does not end: its last "
		    "boundary is missing");
	if (up->parts == 0)
		return pf_err_field(PF_DATA, "job_metadata",
		    "job_metadata is missing");
	if ((err = end_part(up)) != NULL)
		return err;
	name_target(up);
	err = newjob_line(up->w, &line, up->r, up->job, &up->files);
	if (err == NULL && up->pack.size > 0 &&
	    (err = pf_spool_commit(&up->pack, NULL)) != NULL)
		err = commit_refuse(up->h->commit, err);
	if (err == NULL)
		newjob_submit(up->w, up->r, &line, &up->files);
	pf_buf_free(&line);
	return err;
}

static const struct pf_err *
feed(struct worker *w, struct req *r, bool last)
{
	const struct pf_err *err;
	struct upload *up;

	if (r->upload == NULL && (err = begin(r)) != NULL)
		return err;
	up = r->upload;
	up->w = w;
	if (r->length < 0 && (err = reserve(up, (int64_t)r->body.len)) !=
	    NULL)
		return err;
	if (MHD_post_process(up->form, r->body.data, r->body.len) != MHD_YES)
		return up->wrong ? &up->why : pf_err(PF_DATA, "the body is "
		    "not a form of parts as its Content-Type says");
	if (!last)
		return NULL;
	if ((err = finish(up)) != NULL)
		return err;
	upload_free(up);
	r->upload = NULL;
	r->drop = NULL;
	return NULL;
}

const struct pf_err *
feed_upload(struct worker *w, struct req *r, bool last)
{
	return push_end(r, feed(w, r, last));
}

const struct pf_err *
api_job_upload(struct worker *w, struct req *r)
{
	return feed_upload(w, r, true);
}
