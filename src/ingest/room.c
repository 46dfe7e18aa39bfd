/*
 * What is kept when room gets short: corpus goes first, then logs, then
 * further crashes of a bucket; the first sample of a bucket waits for room
 * instead.  And the limits that hold always.
 */
#include <stdio.h>
#include <string.h>

#include "codec/bucket.h"
#include "ingest/ingest.h"
#include "os/fs.h"
#include "view/known.h"

/* How short; each includes those above. */
enum room { ROOM_PLENTY, ROOM_NO_CORPUS, ROOM_NO_LOGS, ROOM_NO_COPIES };

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
 * Below disk_min_free nothing comes in any more, for pf-httpd asks bots to
 * wait: so things are given up before.
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
how_short(enum room *room, struct ingest *g)
{
	const struct pf_err *err;
	int64_t bytes, inodes, used = 0;
	enum room disk;

	if ((err = pf_disk_free(&bytes, &inodes, g->conf->storage_path)) !=
	    NULL || (g->conf->storage_size > 0 &&
	    (err = pf_known_bytes(&used, g->db)) != NULL))
		return err;
	disk = by_disk(bytes, g->conf->disk_min_free);
	*room = by_quota(used, g->conf->storage_size);
	if (disk > *room)
		*room = disk;
	if ((int)*room != g->room)
		pf_warn(*room == ROOM_PLENTY ? "there is room again: "
		    "everything is kept" : *room == ROOM_NO_CORPUS ?
		    "room is short: corpus is only counted" :
		    *room == ROOM_NO_LOGS ? "room is short: corpus and logs "
		    "are only counted" : "room is short: of each bucket only "
		    "the first crash is kept");
	g->room = (int)*room;
	return NULL;
}

/* Samples of the item's bucket: in the database, and before it in line. */
static const struct pf_err *
count_samples(int64_t *n, struct ingest *g, struct item *first,
    const struct item *it)
{
	const struct pf_err *err;
	struct item *o;

	if ((err = pf_known_samples(n, g->db, it->bucket)) != NULL)
		return err;
	for (o = first; o < it; o++)
		if (o->state == ITEM_TODO && !o->dropped &&
		    strcmp(o->bucket, it->bucket) == 0)
			++*n;
	return NULL;
}

static const struct pf_err *
judge_crash(struct ingest *g, struct item *first, struct item *it,
    enum room room)
{
	const struct pf_err *err;
	const char *type = "unknown", *tool = "", *stack = "";
	struct pf_bucket b;
	int64_t samples = 0;

	if ((err = pf_json_str(&type, it->rec.fields, "type")) != NULL ||
	    (err = pf_json_str(&tool, it->rec.fields, "tool")) != NULL ||
	    (err = pf_json_str(&stack, it->rec.fields, "stack")) != NULL)
		return err;
	pf_bucket_of(&b, it->campaign, type, tool, stack);
	snprintf(it->bucket, sizeof(it->bucket), "%s", b.id);
	if ((err = count_samples(&samples, g, first, it)) != NULL)
		return err;
	if (samples >= (room == ROOM_NO_COPIES ? 1 : g->conf->crash_samples))
		drop_item(it);
	return NULL;
}

static const struct pf_err *
judge_corpus(struct ingest *g, struct item *it, enum room room)
{
	const struct pf_err *err;
	int64_t used = 0;

	if (room >= ROOM_NO_CORPUS)
		drop_item(it);
	else if (g->conf->job_size > 0) {
		if ((err = pf_known_corpus(&used, g->db, it->rec.job)) != NULL)
			return err;
		if (used + (int64_t)it->rec.len > g->conf->job_size)
			drop_item(it);
	}
	return NULL;
}

const struct pf_err *
make_room(struct ingest *g, struct item *it, size_t n)
{
	const struct pf_err *err;
	enum room room;
	bool known;
	size_t i;

	if ((err = how_short(&room, g)) != NULL)
		return err;
	for (i = 0; i < n && err == NULL; i++) {
		if (it[i].state != ITEM_TODO)
			continue;
		/* What is there already takes no room. */
		err = pf_known_input(&known, g->db, it[i].rec.kind,
		    it[i].rec.job, it[i].rec.sha256);
		if (err != NULL || known)
			continue;
		if (it[i].rec.kind == PF_KIND_CRASH)
			err = judge_crash(g, it, &it[i], room);
		else if (it[i].rec.kind == PF_KIND_CORPUS)
			err = judge_corpus(g, &it[i], room);
		else if (it[i].rec.kind == PF_KIND_LOG &&
		    room >= ROOM_NO_LOGS)
			drop_item(&it[i]);
	}
	return err;
}
