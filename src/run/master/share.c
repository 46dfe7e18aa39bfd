/*
 * What other jobs of the campaign found: asked for at each look at the engine,
 * fetched by hash, as many as are wanted at once, checked, and given to the
 * engine.
 *
 * This is a favour and no duty.  A master that is away or does not know of it
 * changes nothing: no call is told to the breaker, and the pauses grow.  What
 * is known by its hash, as sent or as given, is not fetched, so that wherever
 * the cursor begins nothing is sent twice.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/retry.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/stop.h"
#include "run/master/share.h"

#define EVERY_MS	500	/* at each look, which is less often */
#define PAUSE_AWAY	15000	/* at most, while they get no answer */
#define PAUSE_MAX	300000	/* while answers make no sense */
#define CALL_MS		10000	/* a call may take, or a quarter of the lease */
#define TRIES		3	/* to fetch an input, then it is left out */
#define STATE_MAX	4096
#define REPLY_VALUES	16384	/* of JSON; SHARE_MAX offers have fewer */

static char *
state_path(const struct fuzz *f)
{
	return pf_asprintf("%s/own/share.json", f->dir);
}

/*
 * The cursor goes with the job's directory, whose hands it may have gone
 * through: those of another attempt may have filed what is not here.
 */
void
share_resume(struct fuzz *f)
{
	struct share *s = &f->share;
	const struct pf_conf *conf = f->slot->conf;
	char *path = state_path(f);
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;
	int64_t epoch = -1, cursor = 0, attempt = -1;
	bool own = false;

	*s = (struct share){ .epoch = -1,
	    .bytes = { .amount = conf->import_rate, .period = 1000 },
	    .inputs = { .amount = conf->import_inputs, .period = 60000 } };
	if (pf_slurp(&b, path, STATE_MAX) == NULL &&
	    pf_json_parse(&j, b.data, b.len) == NULL &&
	    pf_json_int(&epoch, j, "epoch", 0, SHARE_BIG) == NULL &&
	    pf_json_int(&attempt, j, "attempt", 0, SHARE_BIG) == NULL &&
	    pf_json_bool(&own, j, "own") == NULL &&
	    pf_json_int(&cursor, j, "cursor", 0, SHARE_BIG) == NULL) {
		s->epoch = epoch;
		s->cursor = cursor;
		s->own = own && attempt == f->job->attempt;
	}
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
	pf_jw_int(&b, "epoch", f->share.epoch);
	pf_jw_int(&b, "attempt", f->job->attempt);
	pf_jw_bool(&b, "own", f->share.own);
	pf_jw_int(&b, "cursor", f->share.cursor);
	pf_jw_close(&b, '}');
	pf_buf_addc(&b, '\n');
	err = pf_file_put(path, NULL, b.data, b.len, 0640);
	pf_buf_free(&b);
	free(path);
	return err;
}

const struct pf_err *
share_get(struct slot *s, struct pf_http_call *c)
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
		return pf_err(PF_NOTFOUND, "the master does not have %.100s",
		    c->path);
	if (c->status == 409)
		return pf_err(PF_STALE, "the master has another database");
	if (c->status != 200)
		return pf_err(PF_BUSY, "the master answered %ld to %.100s",
		    c->status, c->path);
	return NULL;
}

static const struct pf_err *
read_offer(struct offer *o, const struct pf_json *v, int64_t after)
{
	const struct pf_err *err;

	*o = (struct offer){ .hash = "", .size = -1, .cursor = -1 };
	if ((err = pf_json_need(&o->hash, v, "hash")) != NULL ||
	    (err = pf_json_int(&o->size, v, "size", 0, SHARE_BIG)) != NULL ||
	    (err = pf_json_int(&o->cursor, v, "cursor", 1, SHARE_BIG)) !=
	    NULL)
		return err;
	if (!pf_sha_ok(o->hash) || o->size < 0 || o->cursor <= after)
		return pf_err(PF_DATA, "bad hash, size or cursor");
	return NULL;
}

/* Whether it is to be fetched, as far as it can be told by now. */
static bool
is_wanted(const struct fuzz *f, const struct offer *o)
{
	int64_t max = f->slot->conf->corpus_size;

	if (max > SHARE_BYTES)
		max = SHARE_BYTES;
	return o->size > 0 && o->size <= max && !find_is_known(f, o->hash);
}

/* The same input may have been filed by several jobs. */
static bool
is_there(const struct offers *l, const char *hash)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->v[i].hash, hash) == 0)
			return true;
	return false;
}

/*
 * What is wanted of a list, as much as may be fetched now; l->end is the
 * cursor behind that, and *more set if the list goes on.
 */
static const struct pf_err *
choose(struct fuzz *f, struct offers *l, const struct pf_json *list,
    bool *more)
{
	const struct pf_err *err;
	const struct pf_json *v;
	struct share *s = &f->share;
	int64_t now = pf_boot_ms(), bytes = 0;
	struct offer o;

	for (v = pf_json_first(list); v != NULL; v = pf_json_next(v)) {
		if ((err = read_offer(&o, v, l->end)) != NULL)
			return err;
		if (is_wanted(f, &o) && !is_there(l, o.hash)) {
			if (l->n == SHARE_MAX || !pf_rate_may(&s->bytes, now) ||
			    !pf_rate_may(&s->inputs, now) ||
			    bytes + o.size > SHARE_BYTES) {
				*more = true;
				return NULL;
			}
			/* Paid for by now: what does not come is no matter. */
			pf_rate_take(&s->bytes, o.size);
			pf_rate_take(&s->inputs, 1);
			bytes += o.size;
			l->v[l->n++] = o;
		}
		l->end = o.cursor;
	}
	return NULL;
}

/* The list is over: its cursor is behind all that it left out. */
static const struct pf_err *
read_list(struct fuzz *f, struct offers *l, const struct pf_json *reply,
    bool *more)
{
	const struct pf_err *err;
	struct share *s = &f->share;
	int64_t cursor = -1, epoch = -1;
	bool later = false;

	if ((err = pf_json_int(&cursor, reply, "cursor", 0, SHARE_BIG)) !=
	    NULL ||
	    (err = pf_json_int(&epoch, reply, "epoch", 0, SHARE_BIG)) !=
	    NULL || (err = pf_json_bool(more, reply, "more")) != NULL)
		return err;
	if (cursor < 0 || epoch < 0)
		return pf_err(PF_DATA, "there is no cursor or epoch");
	/* What is said of another database begins with its first input. */
	if (epoch != s->epoch || cursor < s->cursor) {
		s->cursor = 0;
		s->own = false;
	}
	s->epoch = epoch;
	l->end = s->cursor;
	if ((err = choose(f, l, pf_json_get(reply, "inputs"), &later)) !=
	    NULL)
		return err;
	if (later)
		*more = true;
	else if (cursor < l->end)
		return pf_err(PF_DATA, "the cursor is before its last input");
	else
		l->end = cursor;
	return NULL;
}

/*
 * All that is wanted, and how far that goes.  Without more its own finds are
 * all known: those to come are its own.
 */
static const struct pf_err *
take_all(struct fuzz *f, struct offers *l, bool more)
{
	const struct pf_err *err = NULL;
	struct share *s = &f->share;

	if (l->n > 0 && (err = share_fetch(f, l)) != NULL &&
	    err->class == PF_DATA && l->done < l->n && ++s->tries >= TRIES) {
		pf_warn("%s: %s; input %.16s is left out", f->slot->name,
		    err->msg, l->v[l->done].hash);
		l->done++;
		err = NULL;
	}
	if (l->done > 0)
		s->tries = 0;		/* it goes on */
	if (l->done == l->n) {
		s->cursor = l->end;
		s->own = s->own || !more;
	} else if (l->done > 0)
		s->cursor = l->v[l->done - 1].cursor;
	return err;
}

static const struct pf_err *
ask(struct fuzz *f, bool *more)
{
	const struct pf_err *err;
	const struct share was = f->share;
	struct share *s = &f->share;
	struct pf_json *reply = NULL;
	struct offers l = { .n = 0 };
	struct pf_buf path = PF_BUF_INIT;
	struct pf_http_call c = { .reply = PF_BUF_INIT };

	pf_buf_addf(&path, "/api/v1/jobs/%s/shared?limit=%d&after=%" PRId64,
	    f->job->id, SHARE_MAX, s->cursor);
	if (s->epoch >= 0)
		pf_buf_addf(&path, "&epoch=%" PRId64, s->epoch);
	/* Its own too, at first: it may have been another bot's before. */
	if (!s->own)
		pf_buf_adds(&path, "&own=1");
	c.path = path.data;
	if ((err = share_get(f->slot, &c)) == NULL) {
		if (pf_json_values(c.reply.data, c.reply.len) > REPLY_VALUES)
			err = pf_err(PF_DATA, "too many values");
		else if ((err = pf_json_parse(&reply, c.reply.data,
		    c.reply.len)) == NULL)
			err = read_list(f, &l, reply, more);
		if (err != NULL)
			err = pf_err_at(err, "reply of %s", path.data);
		else
			err = take_all(f, &l, *more);
	}
	pf_json_free(reply);
	pf_buf_free(&c.reply);
	pf_buf_free(&path);
	if (s->cursor != was.cursor || s->own != was.own ||
	    s->epoch != was.epoch)
		(void)save(f);
	return err;
}

/* How long after a failure; a database that is another one is none. */
static int64_t
pause_of(struct fuzz *f, const struct pf_err *err)
{
	struct share *s = &f->share;
	int64_t pause = EVERY_MS;

	if (err->class == PF_STALE) {
		s->epoch = -1;
		s->cursor = 0;
		s->own = false;
		return pause;
	}
	if (s->failures < 10)
		s->failures++;
	pause <<= s->failures;
	if (pause > PAUSE_MAX || err->class == PF_NOTFOUND)
		pause = PAUSE_MAX;
	/* Then the breaker spares the master. */
	if (err->class == PF_BUSY && pause > PAUSE_AWAY)
		pause = PAUSE_AWAY;
	if (f->slot->opts->verbose || err->class == PF_DATA)
		pf_warn("%s: nothing is shared: %s", f->slot->name,
		    err->msg);
	return pause;
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
	if ((err = ask(f, &more)) != NULL)
		pause = pause_of(f, err);
	else {
		s->failures = 0;
		if (more)
			pause = 0;
		if (pause < pf_rate_wait(&s->bytes))
			pause = pf_rate_wait(&s->bytes);
		if (pause < pf_rate_wait(&s->inputs))
			pause = pf_rate_wait(&s->inputs);
	}
	s->next = pf_boot_ms() + pause * 3 / 4 +
	    (int64_t)((double)pause / 2 * pf_timer.chance());
}
