/*
 * A job of kind regress: crashes that are known are run on another build, so
 * many times each, and a record of kind check tells how each of them ended.
 * What only valgrind has seen is run under it, or not at all.
 * It takes the place of an engine, and so has a lease, a log and an end as any
 * other; each crash that is done is written down, so that a process that comes
 * after this one goes on with the next.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/report/ignore.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/box/box.h"
#include "run/check/check.h"

#define CRASHES_MAX	100
#define LOOK_MS		800
#define FETCH_MS	300000	/* of tries to have one again */
#define BIG		INT64_C(9007199254740992)	/* 2^53 */

/*
 * Inputs may be large, and there are many: they are fetched into the cache at
 * the start, and each has its turn in the queue alone.
 */
struct regress {
	struct known	*v;		/* all of them, */
	size_t		 n, next;	/* and which comes next */
	int64_t		 missing;
	int64_t		 unfit;		/* valgrind does not run the build */
	int64_t		 tried;		/* CLOCK_BOOTTIME, ms: it is not to be
					 * had since */
	bool		 fetching;	/* a look may come meanwhile */
};

/* By other rules than ours a key is none. */
static void
take_key(struct known *k, const char *key)
{
	size_t n = strlen(PF_RULES ":");

	if (strncmp(key, PF_RULES ":", n) == 0)
		snprintf(k->key, sizeof(k->key), "%s", key + n);
}

static const struct pf_err *
read_crash(struct known *k, const struct pf_json *v)
{
	const struct pf_err *err;
	const char *hash = "", *under = "", *key = "";

	*k = (struct known){ .size = -1, .runs = 1 };
	if ((err = pf_json_need(&hash, v, "hash")) != NULL ||
	    (err = pf_json_int(&k->size, v, "size", 0, BIG)) != NULL ||
	    (err = pf_json_int(&k->runs, v, "runs", 1, 10000)) != NULL ||
	    (err = pf_json_str(&under, v, "under")) != NULL ||
	    (err = pf_json_str(&key, v, "key")) != NULL)
		return err;
	if (*under != '\0' && strcmp(under, "valgrind") != 0)
		return pf_err(PF_DATA, "a crash is to be run under \"%.32s\", "
		    "of which nothing is known here", under);
	k->under = *under != '\0';
	take_key(k, key);
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

/* The bytes of one; PF_BUSY: the master is away. */
static const struct pf_err *
fetch(struct fuzz *f, const struct known *k, struct pf_buf *b)
{
	if (k->size > f->slot->conf->crash_size)
		return pf_err(PF_DATA, "%" PRId64 " bytes are more than "
		    "[limits] crash_size allows here", k->size);
	return fetch_input(f->slot, k->hash, k->size, b);
}

/* One of the list will not be had. */
static void
give_up(struct fuzz *f, struct regress *r, struct known *k,
    const struct pf_err *err)
{
	r->missing++;
	say_missing(f, k, err);
	k->over = true;
}

/* So will none of those that valgrind does not run: true if this is one. */
static bool
is_unfit(struct fuzz *f, struct regress *r, struct known *k)
{
	if (!k->under || check_under(f))
		return false;
	r->unfit++;
	say_missing(f, k, pf_err(PF_UNAVAIL, "it takes valgrind, which is "
	    "not here or does not run a build with its sanitizer"));
	k->over = true;
	return true;
}

/*
 * All are fetched first, so that what the master does not have is known, and
 * he may then be away.  If he is by now, the job is begun anew.
 */
static const struct pf_err *
fetch_all(struct fuzz *f, struct regress *r)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct known *k;

	for (k = r->v; k < r->v + r->n; k++) {
		if (lease_keep(f->slot) != LEASE_HELD)
			return pf_err(PF_STALE, "the lease is gone");
		if (queue_has(&check_get(f)->q, k->hash) || is_unfit(f, r, k))
			continue;
		err = fetch(f, k, &b);
		pf_buf_free(&b);
		if (err != NULL && err->class == PF_BUSY)
			return err;
		if (err != NULL)
			give_up(f, r, k, err);
	}
	return NULL;
}

static const struct pf_err *
start(struct fuzz *f)
{
	const struct pf_json *list = pf_json_get(f->job->doc, "crashes"), *v;
	const struct pf_err *err;
	struct regress *r;

	if (pf_json_count(list) > CRASHES_MAX)
		return pf_err(PF_DATA, "job %s has more than %d crashes",
		    f->job->id, CRASHES_MAX);
	f->state = r = pf_calloc(1, sizeof(*r));
	r->v = pf_calloc(CRASHES_MAX, sizeof(*r->v));
	f->now.execs = 0;
	for (v = pf_json_first(list); v != NULL; v = pf_json_next(v))
		if ((err = read_crash(&r->v[r->n++], v)) != NULL)
			return pf_err_at(err, "job %s", f->job->id);
	return fetch_all(f, r);
}

/* The next one that is neither here nor done with, into the queue; false: it
 * has to be waited for. */
static bool
queue_next(struct fuzz *f, struct regress *r)
{
	struct known *k = &r->v[r->next];
	struct pf_buf b = PF_BUF_INIT;
	const struct pf_err *err;

	if (k->over || queue_has(&check_get(f)->q, k->hash)) {
		r->next++;
		return true;
	}
	r->fetching = true;
	err = fetch(f, k, &b);
	r->fetching = false;
	/* Somebody may have cleared the cache: for a while he is waited for. */
	if (err != NULL && err->class == PF_BUSY && (r->tried == 0 ||
	    pf_boot_ms() - r->tried < FETCH_MS)) {
		if (r->tried == 0)
			r->tried = pf_boot_ms();
		return false;
	}
	if (err == NULL && !queue_add(&check_get(f)->q, f, k, b.data))
		err = pf_err(PF_FULL, "there is no room for it");
	pf_buf_free(&b);
	if (err != NULL)
		give_up(f, r, k, err);
	r->tried = 0;
	r->next++;
	return true;
}

/* At each look: the end may be that of its time. */
static void
say_sums(struct fuzz *f, const struct regress *r)
{
	const struct queue *q = &check_get(f)->q;
	int64_t bad = queue_count_past(q, PAST_BAD);
	int64_t good = queue_count_past(q, PAST_GOOD);
	int64_t rest = (int64_t)r->n - bad - good - r->missing - r->unfit;
	char words[80] = "", unfit[80] = "";

	if (rest > 0)
		snprintf(words, sizeof(words), ", %" PRId64 " could not be "
		    "run to an end", rest);
	if (r->unfit > 0)
		snprintf(unfit, sizeof(unfit), ", %" PRId64 " take valgrind, "
		    "which cannot run it", r->unfit);
	snprintf(f->message, sizeof(f->message), "%zu crashes: %" PRId64
	    " crash this build, %" PRId64 " do not, %" PRId64
	    " could not be had%s%s", r->n, bad, good, r->missing, words,
	    unfit);
}

static const struct pf_err *
poll(struct fuzz *f)
{
	struct regress *r = f->state;
	int64_t until = pf_boot_ms() + LOOK_MS, left;
	bool wait = false;

	if (f->over || r->fetching)
		return NULL;
	while (!wait && (left = until - pf_boot_ms()) > 0) {
		if (check_step(f, left))
			continue;
		/* It may but wait for room. */
		if (check_get(f)->filed)
			break;
		if (r->next == r->n) {
			f->over = true;
			f->result = "completed";
			break;
		}
		wait = !queue_next(f, r);
	}
	say_sums(f, r);
	f->now.execs = check_get(f)->runs;
	f->progress = pf_boot_ms();
	return NULL;
}

static void
release(struct fuzz *f)
{
	struct regress *r = f->state;

	if (r != NULL)
		free(r->v);
	free(r);
	f->state = NULL;
}

const struct engine engine_regress = { .name = "regress", .start = start,
    .poll = poll, .release = release };
