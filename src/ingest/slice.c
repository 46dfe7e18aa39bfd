/*
 * A slice of records on its way: read, judged, placed, into the ledger, its
 * rows to the writer.  What waits for a disk or for the writer is done beside
 * what needs a processor, of the slice before and of the next.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "ingest/crew.h"
#include "ingest/ingest.h"

#define MUCH	(64 * 1024)	/* bytes, to be hashed by several */

static void
parse_one(void *arg, size_t i)
{
	struct item *it = (struct item *)arg + i;
	const struct pf_err *err;

	err = pf_rec_parse(&it->rec, it->raw, it->rawlen, it->rid);
	it->parsed = true;
	if (err != NULL) {
		/* Of this thread's ring, which ends with it. */
		it->fault = pf_malloc(sizeof(*it->fault));
		*it->fault = *err;
	}
}

/* To hash much takes a processor longer than to start another. */
static size_t
hashers(struct slice s)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t i, bytes = 0;

	for (i = 0; i < s.n; i++)
		bytes += s.it[i].rawlen;
	return bytes < MUCH ? 0 : cpus < 1 ? 1 : cpus > 4 ? 4 : (size_t)cpus;
}

static const struct pf_err *
judge(struct ingest *g, struct slice before, struct slice s)
{
	const struct pf_err *err = NULL;
	size_t i, n;

	if (s.n == 0)
		return NULL;
	if (!s.it[0].parsed && (n = hashers(s)) > 0)
		crew(n, s.n, parse_one, s.it);
	for (i = 0; err == NULL && i < s.n; i++) {
		err = check_item(g, &s.it[i]);
		if (err != NULL && refuses(err)) {
			refuse_later(&s.it[i], err->msg);
			err = NULL;
		}
	}
	if (err == NULL)
		err = refuse_items(g, s.it, s.n);
	return err != NULL ? err :
	    make_room(g, before.n > 0 ? before.it : s.it, s.it, s.n);
}

/* A slice on its way into the ledger. */
struct entry {
	struct ingest	*g;
	struct slice	 s;
	struct pf_err	 fault;
	bool		 failed;
};

static void
enter(void *arg, size_t i)
{
	struct entry *e = arg;
	const struct pf_err *err;

	(void)i;
	if ((err = sync_places(e->g, e->s.it, e->s.n)) == NULL)
		err = ledger_add(e->g, e->s.it, e->s.n);
	/* Of this thread's ring, which ends with it. */
	if ((e->failed = err != NULL))
		e->fault = *err;
}

/* What is done while the disk has the syncs of a slice. */
struct ahead {
	struct slice		 next;
	const struct beside	*beside;
	bool			 done;
};

static void
look_ahead(void *arg)
{
	struct ahead *a = arg;
	struct crew readers;
	const size_t n = hashers(a->next);

	a->done = true;
	crew_begin(&readers, n, n > 0 ? a->next.n : 0, parse_one, a->next.it);
	if (a->beside != NULL)
		a->beside->work(a->beside->arg);
	crew_end(&readers);
}

/* Into the storage tree. */
static const struct pf_err *
keep(struct ingest *g, struct slice s, struct slice next,
    const struct beside *beside)
{
	const struct pf_err *err = NULL;
	struct ahead a = { next, beside, false };
	const struct beside look = { look_ahead, &a };

	if (s.n > 0)
		err = place_all(g, s.it, s.n, &look);
	if (err == NULL && !a.done)
		look_ahead(&a);
	return err;
}

const struct pf_err *
file_slice(struct ingest *g, struct slice before, struct slice s,
    struct slice next, const struct beside *beside)
{
	struct entry e = { .g = g, .s = before };
	const struct pf_err *err, *sent;
	struct pf_err own;
	struct crew clerk;
	size_t i;

	crew_begin(&clerk, s.n > 0 && before.n > 0, before.n > 0, enter, &e);
	err = judge(g, before, s);
	crew_end(&clerk);
	if (e.failed)
		return pf_err(e.fault.class, "%s", e.fault.msg);
	sent = send_rows(g, before.it, before.n);
	if (err == NULL && sent == NULL)
		err = keep(g, s, next, beside);
	if (err != NULL)
		own = *err;	/* it lives in a ring, and may go from it */
	if (sent == NULL)
		sent = take_rows(g, before.it, before.n);
	for (i = 0; i < before.n; i++)
		if (before.it[i].state == ITEM_FILED)
			print_item(g, &before.it[i]);
	fflush(stdout);
	return sent != NULL || err == NULL ? sent :
	    pf_err(own.class, "%s", own.msg);
}

const struct pf_err *
file_alone(struct ingest *g, struct slice s)
{
	const struct slice none = { NULL, 0 };
	const struct pf_err *err;

	if ((err = file_slice(g, none, s, none, NULL)) == NULL)
		err = file_slice(g, s, none, none, NULL);
	return err;
}
