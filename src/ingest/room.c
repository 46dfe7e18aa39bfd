/*
 * What is kept when room gets short: corpus goes first, then logs, then
 * further crashes of a bucket; the first sample of a bucket waits for room
 * instead.  And the limits that hold always.
 *
 * The database and the disk are asked once a slice; from there on each item
 * that is kept is reckoned in, and those of the slice before, whose rows are
 * still to be sent.  What other pf-ingest take at the same time is
 * seen with the next slice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/bucket.h"
#include "codec/check.h"
#include "codec/recfield.h"
#include "ingest/ingest.h"
#include "os/fs.h"
#include "view/known.h"

#define SHORT		1024	/* a row that is not worth the trouble */
#define CHECK_REPORTS	16	/* kept of a crash and build, about */

/* How short; each includes those above. */
enum room { ROOM_PLENTY, ROOM_NO_CORPUS, ROOM_NO_LOGS, ROOM_NO_COPIES };

/* What there is, as items take of it. */
struct space {
	struct ingest	*g;
	struct item	*first;		/* whose row is not there yet */
	int64_t		 used;		/* of storage_size */
	int64_t		 bytes, inodes;	/* free on the disk */
	enum room	 worst;		/* of all that was found */
};

static enum room
worse(enum room a, enum room b)
{
	return a > b ? a : b;
}

/* used of limit, in hundredths: at the limit corpus is given up. */
static enum room
by_quota(int64_t used, int64_t limit)
{
	if (limit == 0 || used < limit)
		return ROOM_PLENTY;
	if (used < limit + limit / 20)
		return ROOM_NO_CORPUS;
	return used < limit + limit / 10 ? ROOM_NO_LOGS : ROOM_NO_COPIES;
}

/*
 * Below the least of the disk nothing comes in any more, for pf-httpd asks
 * bots to wait: so things are given up before.
 */
static enum room
by_disk(int64_t free, int64_t least)
{
	if (free >= 2 * least)
		return ROOM_PLENTY;
	if (free >= least + least * 3 / 4)
		return ROOM_NO_CORPUS;
	return free >= least + least / 2 ? ROOM_NO_LOGS : ROOM_NO_COPIES;
}

static const struct pf_err *
look(struct space *s, struct ingest *g, struct item *first,
    const struct item *it)
{
	const struct pf_err *err;
	const struct item *o;

	*s = (struct space){ .g = g, .first = first };
	if ((err = pf_disk_free(&s->bytes, &s->inodes,
	    g->conf->storage_path)) != NULL || g->conf->storage_size == 0)
		return err;
	err = pf_known_bytes(&s->used, g->db);
	for (o = first; o < it; o++)
		s->used += o->bytes;
	return err;
}

/* How short the room of all jobs is by now. */
static enum room
of_all(struct space *s)
{
	const struct pf_conf *c = s->g->conf;
	enum room room = worse(by_quota(s->used, c->storage_size),
	    by_disk(s->bytes, c->disk_min_free));

	room = worse(room, by_disk(s->inodes, c->inodes_min_free));
	s->worst = worse(s->worst, room);
	return room;
}

static void
tell(struct ingest *g, enum room room)
{
	if ((int)room != g->room)
		pf_warn(room == ROOM_PLENTY ? "there is room again: "
		    "everything is kept" : room == ROOM_NO_CORPUS ?
		    "room is short: corpus is only counted" :
		    room == ROOM_NO_LOGS ? "room is short: corpus and logs "
		    "are only counted" : "room is short: of each bucket only "
		    "the first crash is kept");
	g->room = (int)room;
}

/* How short the job's own room is if the item is kept. */
static const struct pf_err *
of_job(enum room *room, struct space *s, const struct item *it)
{
	const struct pf_err *err;
	const struct item *o;
	int64_t used;

	*room = ROOM_PLENTY;
	if (s->g->conf->job_size == 0)
		return NULL;
	if ((err = pf_known_job_bytes(&used, s->g->db, it->rec.job)) != NULL)
		return err;
	for (o = s->first; o < it; o++)
		if (strcmp(o->rec.job, it->rec.job) == 0)
			used += o->bytes;
	*room = by_quota(used + it->bytes - 1, s->g->conf->job_size);
	return NULL;
}

/* Samples of the item's bucket: in the database, and before it in line. */
static const struct pf_err *
count_samples(int64_t *n, struct space *s, struct item *it)
{
	const struct pf_err *err;
	const struct item *o;
	bool known;

	if ((err = pf_known_samples(n, &known, s->g->db, it->bucket)) != NULL)
		return err;
	for (o = s->first; o < it; o++)
		if (o->state == ITEM_TODO &&
		    strcmp(o->bucket, it->bucket) == 0) {
			known = true;
			*n += !o->dropped;
		}
	it->fresh = !known;
	return NULL;
}

/* A new bucket too many?  Then the item belongs to the one of the rest. */
static const struct pf_err *
overflow(int64_t *samples, struct space *s, struct item *it)
{
	const struct pf_err *err;
	const struct item *o;
	struct pf_bucket b;
	int64_t n;

	if (!it->fresh)
		return NULL;
	if ((err = pf_known_buckets(&n, s->g->db, it->campaign)) != NULL)
		return err;
	for (o = s->first; o < it; o++)
		n += o->fresh && strcmp(o->campaign, it->campaign) == 0;
	if (n < s->g->conf->crash_buckets)
		return NULL;
	pf_bucket_over(&b, it->campaign);
	snprintf(it->bucket, sizeof(it->bucket), "%s", b.id);
	add_to_row(it, "overflow", 1);
	return count_samples(samples, s, it);
}

const struct pf_err *
said_in(struct pf_given *t, const struct pf_json *j)
{
	const struct pf_err *err;

	*t = (struct pf_given){ "unknown", "", "", "", 0 };
	if ((err = pf_json_str(&t->type, j, "type")) != NULL ||
	    (err = pf_json_str(&t->tool, j, "tool")) != NULL ||
	    (err = pf_json_str(&t->stack, j, "stack")) != NULL ||
	    (err = pf_json_str(&t->output, j, "output")) != NULL)
		return err;
	return pf_json_int(&t->signal, j, "signal", 0, 128);
}

/* The bucket of a crash, and how many inputs are kept of it. */
static const struct pf_err *
find_bucket(int64_t *samples, struct space *s, struct item *it)
{
	const struct pf_err *err;
	struct pf_given t;
	struct pf_bucket b;

	if ((err = said_in(&t, it->rec.fields)) != NULL)
		return err;
	pf_live_bucket(&b, &s->g->live, it->campaign, &t);
	snprintf(it->bucket, sizeof(it->bucket), "%s", b.id);
	if ((err = count_samples(samples, s, it)) != NULL)
		return err;
	return overflow(samples, s, it);
}

/*
 * It is given up, unless its file lies there, of a process that died before
 * its row was there: it takes no more room, and a file has to have a row.
 */
static void
give_up(struct space *s, struct item *it)
{
	if (!is_placed(s->g, it))
		drop_item(it);
}

/* Of a text, n bytes at most: free it. */
static char *
cut(const char *text, size_t n)
{
	return pf_strndup(text, pf_rec_cut(text, strlen(text), n));
}

/*
 * How much of the output tells its bucket, *output bytes or none; false if
 * it takes all of it.
 */
static bool
is_told(size_t *output, struct space *s, const struct item *it,
    const struct pf_given *t)
{
	static const size_t some[] = { 0, 1024, 2048 };
	struct pf_given part = *t;
	struct pf_bucket b;
	char *stack = cut(t->stack, SHORT_STACK), *said;
	bool told = false;
	size_t i;

	part.stack = stack;
	for (i = 0; !told && i < sizeof(some) / sizeof(*some); i++) {
		*output = some[i];
		part.output = said = cut(t->output, some[i]);
		pf_live_bucket(&b, &s->g->live, it->campaign, &part);
		told = strcmp(b.id, it->bucket) == 0;
		free(said);
	}
	free(stack);
	return told;
}

/*
 * Of a storm each report says the same: once what it says is in the database,
 * and so in the ledger before this, it need not be written again.  Or each
 * says something else: once the database has enough of that, of one more it
 * keeps no more than its bucket, and so does the ledger.
 */
static const struct pf_err *
shorten(struct space *s, struct item *it)
{
	const struct pf_err *err;
	struct pf_given t;
	struct pf_bucket rest;
	char id[PF_SHA_TEXT];
	bool known, over;
	int64_t n;
	size_t output = 0;

	if (it->row.len <= SHORT)
		return NULL;
	pf_bucket_over(&rest, it->campaign);
	over = strcmp(rest.id, it->bucket) == 0;
	if ((err = said_in(&t, it->rec.fields)) != NULL)
		return err;
	pf_live_drop(id, &s->g->live, over, it->campaign, &t);
	if ((err = pf_known_drop(&known, s->g->db, id)) != NULL || (!known &&
	    (err = pf_known_drops(&n, s->g->db, it->campaign)) != NULL))
		return err;
	if (!known && (n < PF_DROPS_MAX || (!over &&
	    !is_told(&output, s, it, &t))))
		return NULL;
	if ((err = brief_item(it, known ? id : NULL, output)) == NULL && over)
		add_to_row(it, "overflow", 1);
	return err;
}

static const struct pf_err *
judge_crash(struct space *s, struct item *it, enum room room)
{
	const struct pf_err *err;
	int64_t samples = 0;

	if ((err = find_bucket(&samples, s, it)) != NULL)
		return err;
	if (samples >= (room == ROOM_NO_COPIES ? 1 :
	    s->g->conf->crash_samples))
		give_up(s, it);
	return it->dropped ? shorten(s, it) : NULL;
}

/* Its numbers count in any case; enough reports are enough. */
static const struct pf_err *
judge_check(struct space *s, struct item *it, enum room room)
{
	const struct pf_err *err;
	struct pf_check c;
	int64_t n = 0;

	if ((err = pf_check_read(&c, it->rec.fields)) != NULL ||
	    (err = pf_known_checks(&n, s->g->db, it->campaign, &c)) != NULL)
		return err;
	if (room >= ROOM_NO_LOGS || n >= CHECK_REPORTS)
		give_up(s, it);
	return NULL;
}

/* What it takes; the row of a crash says what its report does. */
static void
weigh(struct item *it)
{
	struct pf_buf report = PF_BUF_INIT;

	it->bytes = (int64_t)it->rec.len;
	if (it->rec.kind == PF_KIND_CRASH) {
		make_report(&report, &it->rec);
		add_to_row(it, "report", (int64_t)report.len);
		it->bytes += (int64_t)report.len;
		pf_buf_free(&report);
	}
}

/*
 * Another report of a crash that is there takes no room; but should it be the
 * one that is told of, it may not make a bucket too many either.
 */
static const struct pf_err *
judge_known(struct space *s, struct item *it)
{
	const struct pf_err *err;
	int64_t samples;
	bool told;

	if (it->rec.kind != PF_KIND_CRASH)
		return NULL;
	/* No row will ever tell of it: it comes too late. */
	if ((err = pf_known_told(&told, s->g->db, &it->rec)) != NULL)
		return err;
	if (told && it->row.len > SHORT)
		return brief_item(it, NULL, 0);
	weigh(it);
	it->bytes = 0;
	err = find_bucket(&samples, s, it);
	it->bucket[0] = '\0';
	it->fresh = false;
	return err;
}

/* Takes its room, or gives it up. */
static const struct pf_err *
judge(struct space *s, struct item *it)
{
	const struct pf_err *err;
	enum room room = of_all(s), own;

	weigh(it);
	/* Somebody waits for it: it comes in, or waits for room as well. */
	if (it->rec.kind == PF_KIND_BLOB) {
		s->bytes -= it->bytes;
		s->inodes -= 2;
		return NULL;
	}
	if ((err = of_job(&own, s, it)) != NULL)
		return err;
	room = worse(room, own);
	if (it->rec.kind == PF_KIND_CRASH)
		err = judge_crash(s, it, room);
	else if (it->rec.kind == PF_KIND_CHECK && it->rec.len > 0)
		err = judge_check(s, it, room);
	else if ((it->rec.kind == PF_KIND_CORPUS && room >= ROOM_NO_CORPUS) ||
	    (it->rec.kind == PF_KIND_LOG && room >= ROOM_NO_LOGS) ||
	    (it->rec.kind == PF_KIND_SMALL && room >= ROOM_NO_COPIES))
		give_up(s, it);
	if (it->dropped)
		it->bytes = 0;
	s->used += it->bytes;
	s->bytes -= it->bytes;
	if (it->bytes > 0)
		s->inodes -= it->rec.kind == PF_KIND_CRASH ? 2 : 1;
	return err;
}

/* Does one that is kept before it in line bring the same? */
static bool
is_coming(const struct space *s, const struct item *it)
{
	const enum pf_kind kind = it->rec.kind;
	const struct item *o;

	if (it->rec.len == 0 || (kind != PF_KIND_CRASH &&
	    kind != PF_KIND_CORPUS && kind != PF_KIND_CHECK))
		return false;
	for (o = s->first; o < it; o++)
		if (o->state == ITEM_TODO && !o->dropped &&
		    o->rec.kind == kind &&
		    memcmp(o->rec.sha256, it->rec.sha256, PF_SHA_TEXT) == 0 &&
		    strcmp(o->rec.job, it->rec.job) == 0)
			return true;
	return false;
}

static const struct pf_err *
judge_all(struct space *s, struct item *first, struct item *it, size_t n)
{
	const struct pf_err *err;
	bool known;
	size_t i;

	if ((err = look(s, s->g, first, it)) != NULL ||
	    (err = pf_live_load(&s->g->live, s->g->db)) != NULL)
		return err;
	for (i = 0; i < n && err == NULL; i++) {
		if (it[i].state != ITEM_TODO)
			continue;
		/* What is there already takes no room. */
		err = pf_known_input(&known, s->g->db, it[i].rec.kind,
		    it[i].rec.job, it[i].rec.sha256);
		if (err == NULL)
			err = known || is_coming(s, &it[i]) ?
			    judge_known(s, &it[i]) : judge(s, &it[i]);
	}
	return err;
}

/*
 * All is asked of the database as it is now: else the writer's commits have
 * its pages read again for every item.
 */
const struct pf_err *
make_room(struct ingest *g, struct item *first, struct item *it, size_t n)
{
	const struct pf_err *err, *end;
	struct space s = { .g = g };

	if ((err = pf_db_hold(g->db)) != NULL)
		return err;
	err = judge_all(&s, first, it, n);
	end = pf_db_release(g->db);
	if (err == NULL && (err = end) == NULL)
		tell(g, worse(s.worst, of_all(&s)));
	return err;
}
