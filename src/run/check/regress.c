/*
 * A job of kind regress: crashes that are known are run on another build, so
 * many times each, and a record of kind check tells how each of them ended.
 * It takes the place of an engine, and so has a lease, a log and an end as any
 * other; each crash that is done is written down, so that a process that comes
 * after this one goes on with the next.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/box/box.h"
#include "run/check/check.h"

#define CRASHES_MAX	100
#define LOOK_MS		800
#define BIG		INT64_C(9007199254740992)	/* 2^53 */

struct regress {
	int64_t	 all, missing;
};

static const struct pf_err *
read_crash(struct known *k, const struct pf_json *v)
{
	const struct pf_err *err;
	const char *hash = "";

	*k = (struct known){ .size = -1, .runs = 1 };
	if ((err = pf_json_need(&hash, v, "hash")) != NULL ||
	    (err = pf_json_int(&k->size, v, "size", 0, BIG)) != NULL ||
	    (err = pf_json_int(&k->runs, v, "runs", 1, 10000)) != NULL)
		return err;
	if (!pf_sha_ok(hash) || k->size < 0)
		return pf_err(PF_DATA, "a crash has a bad hash or size");
	snprintf(k->hash, sizeof(k->hash), "%s", hash);
	return NULL;
}

static void
say_missing(struct fuzz *f, const struct known *k, const struct pf_err *err)
{
	char words[400];

	snprintf(words, sizeof(words), "crash %.16s is not run: %.300s",
	    k->hash, err->msg);
	find_say(f, words);
}

/* One of the list, unless it is here or done with. */
static const struct pf_err *
fetch(struct fuzz *f, struct regress *r, const struct known *k)
{
	struct checker *c = check_get(f);
	struct pf_buf b = PF_BUF_INIT;
	const struct pf_err *err = NULL;

	if (queue_has(&c->q, k->hash))
		return NULL;
	if (k->size > CHECK_SIZE)
		err = pf_err(PF_DATA, "%" PRId64 " bytes are too many",
		    k->size);
	else if ((err = fetch_input(f->slot, k->hash, k->size, &b)) == NULL &&
	    !queue_add(&c->q, f, k, b.data))
		err = pf_err(PF_FULL, "there is no room for it");
	pf_buf_free(&b);
	/* He may be away for a while: then the job is begun anew. */
	if (err != NULL && err->class != PF_BUSY) {
		r->missing++;
		say_missing(f, k, err);
		err = NULL;
	}
	return err;
}

/* All are fetched first: a look may come while the master is spoken to. */
static const struct pf_err *
start(struct fuzz *f)
{
	const struct pf_json *list = pf_json_get(f->job->doc, "crashes"), *v;
	const struct pf_err *err;
	struct regress *r;
	struct known k;

	if (pf_json_count(list) > CRASHES_MAX)
		return pf_err(PF_DATA, "job %s has more than %d crashes",
		    f->job->id, CRASHES_MAX);
	f->state = r = pf_calloc(1, sizeof(*r));
	r->all = (int64_t)pf_json_count(list);
	f->now.execs = 0;
	for (v = pf_json_first(list); v != NULL; v = pf_json_next(v)) {
		if (lease_keep(f->slot) != LEASE_HELD)
			return pf_err(PF_STALE, "the lease is gone");
		if ((err = read_crash(&k, v)) != NULL)
			return pf_err_at(err, "job %s", f->job->id);
		if ((err = fetch(f, r, &k)) != NULL)
			return err;
	}
	return NULL;
}

/* At each look: the end may be that of its time. */
static void
say_sums(struct fuzz *f, const struct regress *r)
{
	const struct queue *q = &check_get(f)->q;
	int64_t bad = queue_count_past(q, PAST_BAD);
	int64_t good = queue_count_past(q, PAST_GOOD);
	int64_t rest = r->all - bad - good - r->missing;
	char words[80] = "";

	if (rest > 0)
		snprintf(words, sizeof(words), ", %" PRId64 " could not be "
		    "run to an end", rest);
	snprintf(f->message, sizeof(f->message), "%" PRId64 " crashes: %"
	    PRId64 " crash this build, %" PRId64 " do not, %" PRId64
	    " could not be had%s", r->all, bad, good, r->missing, words);
}

static const struct pf_err *
poll(struct fuzz *f)
{
	if (f->over)
		return NULL;
	/* It may but wait for room. */
	if (!check_step(f, LOOK_MS) && !check_get(f)->filed) {
		f->over = true;
		f->result = "completed";
	}
	say_sums(f, f->state);
	f->now.execs = check_get(f)->runs;
	f->progress = pf_boot_ms();
	return NULL;
}

static void
release(struct fuzz *f)
{
	free(f->state);
	f->state = NULL;
}

const struct engine engine_regress = { .name = "regress", .start = start,
    .poll = poll, .release = release };
