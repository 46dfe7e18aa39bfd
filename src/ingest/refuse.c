/*
 * What is refused goes to bad/, as long as that takes no more than its share
 * of the spool.  What lies there stays, what comes beyond is only counted: a
 * flood of rubbish fills no disk, and nothing goes without a word.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ingest/crew.h"
#include "ingest/ingest.h"
#include "os/clock.h"

#define SHARE		4	/* bad/ has spool_size / SHARE */
#define FEW		4	/* records: not worth the threads */
#define FRESH_MS	10000	/* its size is known for so long */
#define WHY		(2 * PF_SPOOL_BLOCK + 1024)	/* at most, for .why */

/* Others write there too, and people tidy up: now and then it is measured. */
static const struct pf_err *
has_room(bool *room, struct ingest *g, int64_t n)
{
	const struct pf_err *err = NULL;
	const int64_t now = pf_boot_ms();

	if (g->bad_seen == 0 || now - g->bad_seen > FRESH_MS) {
		err = pf_spool_bad_size(&g->bad_bytes, g->conf->spool_path);
		g->bad_seen = now;
	}
	*room = g->bad_bytes + n + WHY <= g->conf->spool_size / SHARE;
	if (*room)
		g->bad_bytes += n + WHY;
	return err;
}

static const struct pf_err *
drop(struct ingest *g, int64_t n)
{
	pf_warn("its %lld bytes are dropped, only counted: %s/bad is full",
	    (long long)n, g->conf->spool_path);
	return pf_spool_drop_count(g->conf->spool_path, n);
}

const struct pf_err *
keep_bad(struct ingest *g, const struct pf_pack *pack, const void *p,
    size_t n, const char *why)
{
	const struct pf_err *err;
	bool room;

	if ((err = has_room(&room, g, (int64_t)n)) != NULL)
		return err;
	return room ? pf_spool_bad(pack, g->conf->spool_path, NULL, p, n, why)
	    : drop(g, (int64_t)n);
}

bool
bad_ails(struct ingest *g, const char *pack, const struct pf_err *err)
{
	if (err->class != PF_FULL && err->class != PF_IO &&
	    err->class != PF_DENIED && err->class != PF_NOTFOUND)
		return false;
	ail(g, pack, err);
	return true;
}

const struct pf_err *
keep_bad_pack(struct ingest *g, struct pf_pack *p, const char *why)
{
	const struct pf_err *err;
	const char *spool = g->conf->spool_path;
	bool room;

	if ((err = has_room(&room, g, p->size)) == NULL)
		err = room ? pf_spool_reject(p, spool, why) :
		    drop(g, p->size);
	if (err != NULL) {
		if (bad_ails(g, p->name, err))
			err = NULL;
		pf_spool_back(p, spool);
		return err;
	}
	count_refusal(g, PF_KIND_MAX, "");
	ail_over(g, p->name);
	return room ? NULL : pf_spool_done(p, spool);
}

/* One on its way into bad/. */
struct refusal {
	struct ingest	*g;
	struct item	*it;
	bool		 known;		/* it lies there already */
	bool		 room;
	bool		 failed;
	struct pf_err	 fault;
};

static void
put(void *arg, size_t i)
{
	struct refusal *r = (struct refusal *)arg + i;
	const struct item *it = r->it;
	const struct pf_err *err = NULL;

	if (r->failed)
		return;
	if (r->room)
		err = pf_spool_bad(it->pack, r->g->conf->spool_path, it->rid,
		    it->raw, it->rawlen, it->fault->msg);
	/* Of this thread's ring, which ends with it. */
	if ((r->failed = err != NULL))
		r->fault = *err;
}

/* Of a record that makes no sense the kind cannot be told. */
static int
kind_of(const struct item *it)
{
	return it->rec.body != NULL ? (int)it->rec.kind : PF_KIND_MAX;
}

/* One that comes again and again, in times of trouble, counts once. */
static const struct pf_err *
end(struct ingest *g, struct refusal *r)
{
	const struct pf_err *err = NULL;
	struct item *it = r->it;

	if (r->failed && bad_ails(g, it->pack->name, &r->fault)) {
		it->state = ITEM_STAYS;
		return NULL;
	}
	if (r->failed)
		return pf_err(r->fault.class, "%s", r->fault.msg);
	pf_warn("record %.16s is refused: %s", it->rid, it->fault->msg);
	if (!r->room && (err = drop(g, (int64_t)it->rawlen)) != NULL) {
		if (!bad_ails(g, it->pack->name, err))
			return err;
		it->state = ITEM_STAYS;
		return NULL;
	}
	g->refused++;
	if (!r->known)
		count_refusal(g, kind_of(it), it->rec.job);
	return NULL;
}

/* Does it lie in bad/, or is one before it in line the same? */
static bool
is_known(struct ingest *g, const struct refusal *first,
    const struct refusal *r)
{
	const struct item *it = r->it;
	const struct refusal *o;

	for (o = first; o < r; o++)
		if (strcmp(o->it->rid, it->rid) == 0 &&
		    o->it->rawlen == it->rawlen && memcmp(o->it->raw, it->raw,
		    it->rawlen) == 0)
			return true;
	return pf_spool_is_bad(g->conf->spool_path, it->rid, it->raw,
	    it->rawlen);
}

const struct pf_err *
refuse_items(struct ingest *g, struct item *it, size_t n)
{
	const struct pf_err *err, *first = NULL;
	struct refusal *list = pf_calloc(n + 1, sizeof(*list)), *r = list;
	size_t i;

	for (i = 0; i < n; i++) {
		if (it[i].state != ITEM_REFUSED)
			continue;
		it[i].state = ITEM_BAD;
		*r = (struct refusal){ .g = g, .it = &it[i], .room = true };
		r->known = is_known(g, list, r);
		/* What is there takes no more room. */
		if (!r->known && (err = has_room(&r->room, g,
		    (int64_t)it[i].rawlen)) != NULL) {
			r->failed = true;
			r->fault = *err;
		}
		r++;
	}
	n = (size_t)(r - list);
	crew(n < FEW ? 1 : CREW_MAX, n, put, list);
	for (i = 0; i < n; i++)
		if ((err = end(g, &list[i])) != NULL && first == NULL)
			first = err;
	free(list);
	return first;
}

void
refuse_later(struct item *it, const char *why)
{
	char text[PF_ERR_MSG];

	snprintf(text, sizeof(text), "%s", why);
	if (it->fault == NULL)
		it->fault = pf_malloc(sizeof(*it->fault));
	*it->fault = (struct pf_err){ .class = PF_DATA };
	memcpy(it->fault->msg, text, sizeof(text));
	it->state = ITEM_REFUSED;
}

const struct pf_err *
refuse_item(struct ingest *g, struct item *it, const char *why)
{
	if (it->raw != NULL) {
		refuse_later(it, why);
		return refuse_items(g, it, 1);
	}
	/* Its pack goes to bad/ as a whole, and is counted then. */
	it->state = ITEM_BAD;
	g->refused++;
	pf_warn("record %.16s is refused: %s", it->rid, why);
	return NULL;
}
