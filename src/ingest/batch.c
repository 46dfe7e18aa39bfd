/*
 * Packs taken apart and filed.  Packs come as there is room for them and go
 * when their last record is filed, a slice of records at a time in between.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ingest/batch.h"

#define PACKS	256		/* on their way: each takes a descriptor */

const struct pf_err *
say_refused(struct ingest *g, const struct pf_err *was)
{
	struct pf_err first;

	if (was == NULL)
		return tell_refusals(g);
	if (was->class == PF_BUSY || was->class == PF_UNAVAIL)
		return was;
	first = *was;
	(void)tell_refusals(g);
	/* Errors live in a ring, and what was may be gone from it. */
	return pf_err(first.class, "%s", first.msg);
}

/*
 * Packs on their way, the oldest first, and their records: filed, placed but
 * without their rows yet, and still to be looked at, in this order.
 */
struct belt {
	struct ingest		*g;
	const struct source	*source;
	struct pf_pack		*pack[PACKS];
	size_t			 npacks;
	int64_t			 bytes;		/* of them */
	struct items		 s;
	struct items		 ahead;		/* what came while s was in
						 * use, to be put behind it */
	size_t			 gone;		/* records at the front, whose
						 * packs are gone */
	size_t			 filed;		/* with those */
	size_t			 placed;	/* with these */
	struct pf_err		 fault;		/* of meanwhile() */
	bool			 failed;
};

/* Takes packs, as there are, until there are n records. */
static const struct pf_err *
fill(struct belt *b, struct items *to, size_t n)
{
	const struct pf_err *err = NULL;
	struct pf_pack p;

	while (err == NULL && b->npacks < PACKS && b->s.n + b->ahead.n < n) {
		p = (struct pf_pack)PF_PACK_INIT;
		err = b->source->more(&p, b->source->arg, b->bytes);
		if (err != NULL || p.fd == -1)
			break;
		b->bytes += p.size;
		b->pack[b->npacks] = pf_malloc(sizeof(p));
		*b->pack[b->npacks] = p;
		err = split_or_stay(b->g, to, b->pack[b->npacks++]);
	}
	return err;
}

/* Lets go of the packs of which all records are filed. */
static const struct pf_err *
let_go_of_filed(struct belt *b)
{
	const struct pf_err *err = NULL;
	const struct pf_pack *first = b->filed < b->s.n ?
	    b->s.v[b->filed].pack : NULL;
	struct pf_pack *p;
	size_t n;

	while (err == NULL && b->npacks > 0 && (p = b->pack[0]) != first) {
		for (n = b->gone; n < b->filed && b->s.v[n].pack == p; n++)
			;
		b->bytes -= p->size;
		err = let_go(b->g, p, b->s.v + b->gone, n - b->gone);
		b->gone = n;
		free(p);
		memmove(b->pack, b->pack + 1, --b->npacks *
		    sizeof(b->pack[0]));
	}
	return err;
}

/* Beside the syncs of a slice: s is in use and must stay where it is. */
static void
meanwhile(void *arg)
{
	struct belt *b = arg;
	const struct pf_err *err;

	if ((err = let_go_of_filed(b)) == NULL)
		err = fill(b, &b->ahead, b->placed + 3 * SLICE);
	if ((b->failed = err != NULL))
		b->fault = *err;
}

/* Drops the records whose packs are gone, and puts new ones behind. */
static void
move_up(struct belt *b)
{
	struct items *s = &b->s;
	size_t i;

	for (i = 0; i < b->gone; i++)
		item_free(&s->v[i]);
	s->n -= b->gone;
	b->filed -= b->gone;
	b->placed -= b->gone;
	if (b->gone > 0)
		memmove(s->v, s->v + b->gone, s->n * sizeof(*s->v));
	b->gone = 0;
	for (i = 0; i < b->ahead.n; i++)
		*items_add(s) = b->ahead.v[i];
	b->ahead.n = 0;
}

static const struct pf_err *
step(struct belt *b)
{
	const struct pf_err *err;
	const struct beside beside = { meanwhile, b };
	/* Told to stop: what is on its way gets there, no more. */
	const bool stop = stopping();
	const size_t end = stop ? b->placed : b->s.n;
	const size_t now = end - b->placed < SLICE ? end : b->placed + SLICE;
	const size_t next = end - now < SLICE ? end : now + SLICE;
	int64_t ms;

	b->failed = false;
	err = file_slice(b->g, slice_of(&b->s, b->filed, b->placed),
	    slice_of(&b->s, b->placed, now), slice_of(&b->s, now, next),
	    &beside);
	if (err == NULL && b->failed)
		err = pf_err(b->fault.class, "%s", b->fault.msg);
	if (err != NULL || (err = tell_refusals(b->g)) != NULL)
		return err;
	b->filed = b->placed;
	b->placed = now;
	move_up(b);
	return hook_or_errand(b->g, &ms);
}

/* Nothing is on its way: the packs go, with what a stop has left of them. */
static const struct pf_err *
clear(struct belt *b)
{
	const struct pf_err *err;

	if ((err = tell_refusals(b->g)) != NULL)
		return err;
	b->filed = b->placed = b->s.n;
	if ((err = let_go_of_filed(b)) == NULL)
		move_up(b);
	return err;
}

const struct pf_err *
file_packs(struct ingest *g, const struct source *source)
{
	const struct pf_err *err;
	struct belt b = { .g = g, .source = source };

	while ((err = fill(&b, &b.s, b.placed + 2 * SLICE)) == NULL &&
	    b.npacks > 0) {
		err = b.filed < b.placed || (b.filed < b.s.n && !stopping()) ?
		    step(&b) : clear(&b);
		if (err != NULL)
			break;
		hook_watch(g);
	}
	if (err != NULL)
		err = say_refused(g, err);
	while (b.npacks > 0) {
		pf_spool_back(b.pack[--b.npacks], g->conf->spool_path);
		free(b.pack[b.npacks]);
	}
	items_free(&b.ahead);
	items_free(&b.s);
	return err;
}
