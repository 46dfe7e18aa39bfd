/*
 * What other jobs of the campaign found on the same target: asked for while
 * the engine runs, fetched by hash, checked, and given to the engine.
 *
 * This is a favour and no duty.  A master that is away or does not know of it
 * changes nothing: no call is told to the breaker, and the pauses grow.  What
 * is known by its hash, as sent or as given, is not fetched.
 */
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
#include "run/engine.h"

#define EVERY_MS	5000	/* between two questions, give or take 1/4 */
#define PAUSE_MAX	300000	/* while they get no answer, or if unknown */
#define CALL_MS		10000	/* a call may take, or a quarter of the lease */
#define ROUND_MS	2000	/* no fetch is begun later in a round */
#define ROUND_BYTES	(4 << 20)	/* of one round */
#define TRIES		3	/* to fetch an input, then it is left out */
#define STATE_MAX	4096
#define BIG		INT64_C(9007199254740992)	/* 2^53 */

/* An input that is offered. */
struct offer {
	const char	*hash, *job;
	int64_t		 size, cursor;
};

static char *
state_path(const struct fuzz *f)
{
	return pf_asprintf("%s/share.json", f->dir);
}

/* Of another epoch: numbers of a database that may not be this one. */
void
share_resume(struct fuzz *f)
{
	char *path = state_path(f);
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;
	int64_t epoch = -1, cursor = 0;

	if (pf_slurp(&b, path, STATE_MAX) == NULL &&
	    pf_json_parse(&j, b.data, b.len) == NULL &&
	    pf_json_int(&epoch, j, "epoch", 0, BIG) == NULL &&
	    pf_json_int(&cursor, j, "cursor", 0, BIG) == NULL &&
	    epoch == f->job->epoch)
		f->share.cursor = cursor;
	pf_json_free(j);
	pf_buf_free(&b);
	free(path);
}

static const struct pf_err *
save(const struct fuzz *f)
{
	const struct pf_err *err;
	char *path = state_path(f);
	struct pf_buf b = PF_BUF_INIT;

	pf_jw_open(&b, NULL, '{');
	pf_jw_int(&b, "epoch", f->job->epoch);
	pf_jw_int(&b, "cursor", f->share.cursor);
	pf_jw_close(&b, '}');
	pf_buf_addc(&b, '\n');
	err = pf_file_put(path, NULL, b.data, b.len, 0640);
	pf_buf_free(&b);
	free(path);
	return err;
}

/* A GET that neither waits for nor decides whether the master is there. */
static const struct pf_err *
get(struct slot *s, struct pf_http_call *c)
{
	const struct pf_err *err;

	c->method = "GET";
	c->most = (s->lease_end - pf_boot_ms()) / 4;
	if (c->most <= 0 || s->breaker.state != PF_CIRCUIT_CLOSED)
		return pf_err(PF_BUSY, "the master is away");
	if (c->most > CALL_MS)
		c->most = CALL_MS;
	if ((err = pf_http_call(s->http, c)) != NULL)
		return err;
	if (c->status == 404)
		return pf_err(PF_NOTFOUND, "the master does not have %s",
		    c->path);
	if (c->status != 200)
		return pf_err(PF_BUSY, "the master answered %ld to %s",
		    c->status, c->path);
	return NULL;
}

/* The bytes, if they are what was offered, to the engine. */
static const struct pf_err *
fetch(struct fuzz *f, const struct offer *o)
{
	const struct pf_err *err;
	char path[256], sha[PF_SHA_TEXT];
	char *tmp = pf_asprintf("%s/import.tmp", f->dir);
	struct pf_http_call c = { .path = path, .reply = PF_BUF_INIT };

	snprintf(path, sizeof(path), "/api/v1/jobs/%s/corpus/%s", o->job,
	    o->hash);
	if ((err = get(f->slot, &c)) == NULL) {
		pf_sha256(sha, c.reply.data, c.reply.len);
		if ((int64_t)c.reply.len != o->size ||
		    strcmp(sha, o->hash) != 0)
			err = pf_err(PF_DATA, "shared input %.16s: what came "
			    "is not what was announced", o->hash);
		/* Not synced: what a power cut spoils, engines pass over. */
		else if ((err = pf_file_write(tmp, &c.reply)) == NULL &&
		    (err = f->engine->import(f, tmp, o->hash, o->size)) ==
		    NULL)
			(void)find_known(f, o->hash);
		if (err != NULL)
			unlink(tmp);
	}
	pf_buf_free(&c.reply);
	free(tmp);
	return err;
}

/* One offer; an error means that the round ends before it. */
static const struct pf_err *
take(struct fuzz *f, const struct offer *o, int64_t *bytes)
{
	const struct pf_err *err;
	int64_t max = f->slot->conf->corpus_size;

	if (max > PF_HTTP_REPLY_MAX)
		max = PF_HTTP_REPLY_MAX;
	if (o->size == 0 || o->size > max || find_is_known(f, o->hash))
		return NULL;
	*bytes += o->size;
	if ((err = fetch(f, o)) == NULL)
		return NULL;
	/* Gone since, or damaged: that must not keep the others. */
	if (err->class != PF_NOTFOUND && err->class != PF_DATA &&
	    ++f->share.tries < TRIES)
		return err;
	if (err->class != PF_NOTFOUND)
		pf_warn("%s: %s", f->slot->name, err->msg);
	return NULL;
}

static const struct pf_err *
read_offer(struct offer *o, const struct pf_json *v)
{
	const struct pf_err *err;

	*o = (struct offer){ .hash = "", .job = "", .size = -1, .cursor = -1 };
	if ((err = pf_json_need(&o->hash, v, "hash")) != NULL ||
	    (err = pf_json_need(&o->job, v, "job_id")) != NULL ||
	    (err = pf_json_int(&o->size, v, "size", 0, BIG)) != NULL ||
	    (err = pf_json_int(&o->cursor, v, "cursor", 0, BIG)) != NULL)
		return err;
	if (!pf_sha_ok(o->hash) || !pf_id_ok(o->job) || o->size < 0 ||
	    o->cursor < 0)
		return pf_err(PF_DATA, "bad hash, job, size or cursor");
	return NULL;
}

/* What does not fit into the round stays for the next; *more then. */
static const struct pf_err *
take_all(struct fuzz *f, const struct pf_json *reply, bool *more)
{
	const struct pf_err *err;
	const struct pf_json *v;
	int64_t end = pf_boot_ms() + ROUND_MS, bytes = 0, cursor = -1;
	struct offer o;

	if ((err = pf_json_int(&cursor, reply, "cursor", 0, BIG)) != NULL ||
	    (err = pf_json_bool(more, reply, "more")) != NULL)
		return err;
	if (cursor < 0)
		return pf_err(PF_DATA, "there is no cursor");
	if (end > f->slot->next_beat)
		end = f->slot->next_beat;
	for (v = pf_json_first(pf_json_get(reply, "inputs")); v != NULL;
	    v = pf_json_next(v)) {
		if ((err = read_offer(&o, v)) != NULL)
			return err;
		if (pf_stopping || pf_boot_ms() >= end ||
		    (bytes > 0 && bytes + o.size > ROUND_BYTES)) {
			*more = true;
			return NULL;
		}
		if ((err = take(f, &o, &bytes)) != NULL)
			return err;
		f->share.tries = 0;
		f->share.cursor = o.cursor;
	}
	f->share.cursor = cursor;
	return NULL;
}

static const struct pf_err *
ask(struct fuzz *f, bool *more)
{
	const struct pf_err *err;
	struct pf_json *reply = NULL;
	int64_t before = f->share.cursor;
	char path[256];
	struct pf_http_call c = { .path = path, .reply = PF_BUF_INIT };

	/* Its own too: it may have been another bot's before. */
	snprintf(path, sizeof(path), "/api/v1/jobs/%s/shared?own=1&after=%"
	    PRId64, f->job->id, before);
	if ((err = get(f->slot, &c)) == NULL &&
	    ((err = pf_json_parse(&reply, c.reply.data, c.reply.len)) !=
	    NULL || (err = take_all(f, reply, more)) != NULL) &&
	    err->class == PF_DATA)
		err = pf_err_at(err, "reply of %s", path);
	pf_json_free(reply);
	pf_buf_free(&c.reply);
	if (f->share.cursor == before)
		return err;
	if (err != NULL) {
		(void)save(f);
		return err;
	}
	return save(f);
}

void
share_poll(struct fuzz *f)
{
	const struct pf_err *err;
	struct share *s = &f->share;
	int64_t pause = EVERY_MS;
	bool more = false;

	if (f->engine->import == NULL || pf_stopping ||
	    pf_boot_ms() < s->next)
		return;
	if ((err = ask(f, &more)) == NULL) {
		s->failures = 0;
		if (more)
			pause = 0;
	} else {
		if (s->failures < 10)
			s->failures++;
		pause <<= s->failures;
		if (pause > PAUSE_MAX || err->class == PF_NOTFOUND)
			pause = PAUSE_MAX;
		if (f->slot->opts->verbose || err->class == PF_DATA)
			pf_warn("%s: nothing is shared: %s", f->slot->name,
			    err->msg);
	}
	s->next = pf_boot_ms() + pause * 3 / 4 +
	    (int64_t)((double)pause / 2 * pf_timer.chance());
}
