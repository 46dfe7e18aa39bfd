/*
 * The way into the spool: see httpd.h.  One thread takes every pack that
 * waits, lays their frames down as one pack and answers all of them after
 * the syncs, so that many bots share the price of one.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "httpd/reply.h"
#include "os/clock.h"
#include "os/fs.h"
#include "store/spool.h"

#define DEPTH_MS	1000	/* how long a look at the spool is good for */
#define NOTE_MS		10000	/* the same complaint not more often */

struct commit {
	struct httpd	*h;
	pthread_mutex_t	 lock;
	pthread_cond_t	 more;
	struct req	*head, **tail;
	bool		 stop;
	pthread_t	 thread;
	pthread_mutex_t	 gate;		/* for what follows */
	int64_t		 depth;		/* bytes in the spool */
	int64_t		 coming;	/* reserved for what is on its way */
	int64_t		 looked;	/* when, 0: never */
	int64_t		 noted;
};

/* The operator must hear of it, but not once a request. */
static void
complain(struct commit *c, const struct pf_err *err)
{
	int64_t now = pf_boot_ms();
	bool say;

	pthread_mutex_lock(&c->gate);
	say = c->noted == 0 || now - c->noted >= NOTE_MS;
	if (say)
		c->noted = now;
	pthread_mutex_unlock(&c->gate);
	if (say)
		pf_warn("results are refused: %s", err->msg);
}

/* Full stays full; anything else that fails here can be mended: 503. */
const struct pf_err *
commit_refuse(struct commit *c, const struct pf_err *err)
{
	complain(c, err);
	return err->class == PF_FULL ? err :
	    pf_err(PF_BUSY, "the spool does not take results: %s", err->msg);
}

/*
 * In the spool: all up to the limit, without crashes up to 3/4 of it.  Then
 * *count, of the two below the gate, has n more.
 */
static const struct pf_err *
check_depth(struct commit *c, int64_t n, bool crashes, int64_t *count)
{
	const struct pf_conf *conf = &c->h->conf;
	const struct pf_err *err = NULL;
	int64_t packs, bad, now = pf_boot_ms();
	int64_t limit = crashes ? conf->spool_size : conf->spool_size / 4 * 3;

	pthread_mutex_lock(&c->gate);
	if (c->looked == 0 || now - c->looked >= DEPTH_MS) {
		err = pf_spool_depth(conf->spool_path, &packs, &c->depth,
		    &bad);
		c->looked = err == NULL ? now : 0;
	}
	if (err == NULL && c->depth + c->coming + n > limit)
		err = pf_err(PF_BUSY, "%lld bytes wait in the spool, the "
		    "limit is %lld", (long long)(c->depth + c->coming),
		    (long long)limit);
	else if (err == NULL)
		*count += n;
	pthread_mutex_unlock(&c->gate);
	return err;
}

/* On its disk: all down to what is kept, without crashes to twice that. */
static const struct pf_err *
check_disk(struct commit *c, int64_t n, bool crashes)
{
	const struct pf_conf *conf = &c->h->conf;
	const struct pf_err *err;
	int64_t bytes, inodes, times = crashes ? 1 : 2;

	if ((err = pf_disk_free(&bytes, &inodes, conf->spool_path)) != NULL)
		return err;
	if (bytes - n < times * conf->disk_min_free)
		return pf_err(PF_FULL, "no space for results: %lld bytes are "
		    "free, %lld are kept", (long long)bytes,
		    (long long)(times * conf->disk_min_free));
	if (inodes < times * conf->inodes_min_free)
		return pf_err(PF_FULL, "no space for results: %lld inodes are "
		    "free, %lld are kept", (long long)inodes,
		    (long long)(times * conf->inodes_min_free));
	return NULL;
}

static const struct pf_err *
admit(struct commit *c, int64_t n, bool crashes, int64_t *count)
{
	const struct pf_err *err;

	if ((err = check_disk(c, n, crashes)) == NULL)
		err = check_depth(c, n, crashes, count);
	return err == NULL ? NULL : commit_refuse(c, err);
}

const struct pf_err *
commit_admit(struct commit *c, int64_t n, bool crashes)
{
	return admit(c, n, crashes, &c->depth);
}

const struct pf_err *
commit_reserve(struct commit *c, int64_t n, bool crashes)
{
	return admit(c, n, crashes, &c->coming);
}

void
commit_release(struct commit *c, int64_t n)
{
	pthread_mutex_lock(&c->gate);
	c->coming -= n;
	pthread_mutex_unlock(&c->gate);
}

/* Takes what waits, up to the size of a pack, but at least one. */
static struct req *
take(struct commit *c)
{
	struct req *first, *r;
	size_t n;

	pthread_mutex_lock(&c->lock);
	while (c->head == NULL && !c->stop)
		pthread_cond_wait(&c->more, &c->lock);
	if ((first = r = c->head) != NULL) {
		n = r->frames.len;
		while (r->next != NULL && n + r->next->frames.len <=
		    (size_t)c->h->conf.pack_size) {
			r = r->next;
			n += r->frames.len;
		}
		if ((c->head = r->next) == NULL)
			c->tail = &c->head;
		r->next = NULL;
	}
	pthread_mutex_unlock(&c->lock);
	return first;
}

static void
answer(struct commit *c, struct req *r, const struct pf_err *err)
{
	if (err == NULL) {
		if (r->reply.status == 0)
			r->reply.status = 200;
		pf_buf_free(&r->reply.body);
		r->reply.body = r->verdicts;
		memset(&r->verdicts, 0, sizeof(r->verdicts));
		r->verdicts.data = pf_buf_empty;
	} else
		reply_error(r, 0, commit_refuse(c, err), NULL);
	req_finish(r);
}

static void
commit_batch(struct commit *c, struct req *first)
{
	const struct pf_err *err;
	struct pf_buf all = PF_BUF_INIT, *b = &first->frames;
	struct req *r, *next;

	if (first->next != NULL) {
		for (r = first; r != NULL; r = r->next)
			pf_buf_add(&all, r->frames.data, r->frames.len);
		b = &all;
	}
	err = pf_spool_put(c->h->conf.spool_path, b->data, b->len, NULL);
	for (r = first; r != NULL; r = next) {
		next = r->next;
		answer(c, r, err);
	}
	pf_buf_free(&all);
}

static void *
commit_main(void *arg)
{
	struct commit *c = arg;
	struct req *first;

	while ((first = take(c)) != NULL)
		commit_batch(c, first);
	return NULL;
}

const struct pf_err *
commit_start(struct httpd *h)
{
	struct commit *c = pf_calloc(1, sizeof(*c));
	int rc;

	c->h = h;
	c->tail = &c->head;
	pthread_mutex_init(&c->lock, NULL);
	pthread_mutex_init(&c->gate, NULL);
	pthread_cond_init(&c->more, NULL);
	if ((rc = pthread_create(&c->thread, NULL, commit_main, c)) != 0) {
		free(c);
		return pf_err(PF_BUSY, "cannot start a thread: %s",
		    strerror(rc));
	}
	h->commit = c;
	return NULL;
}

void
commit_push(struct commit *c, struct req *r)
{
	pthread_mutex_lock(&c->lock);
	r->next = NULL;
	*c->tail = r;
	c->tail = &r->next;
	pthread_cond_signal(&c->more);
	pthread_mutex_unlock(&c->lock);
}

void
commit_stop(struct commit *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->stop = true;
	pthread_cond_signal(&c->more);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	pthread_cond_destroy(&c->more);
	pthread_mutex_destroy(&c->gate);
	pthread_mutex_destroy(&c->lock);
	free(c);
}
