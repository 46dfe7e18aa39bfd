/*
 * What is refused goes to bad/, as long as that takes no more than its share
 * of the spool.  What lies there stays, what comes beyond is only counted: a
 * flood of rubbish fills no disk, and nothing goes without a word.
 */
#include <string.h>

#include "ingest/ingest.h"
#include "os/clock.h"

#define SHARE		4	/* bad/ has spool_size / SHARE */
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
keep_bad(struct ingest *g, const struct pf_pack *pack, const char *rid,
    const void *p, size_t n, const char *why)
{
	const struct pf_err *err;
	const char *spool = g->conf->spool_path;
	bool room = true;

	/* What is there takes no more room. */
	if ((rid == NULL || !pf_spool_is_bad(spool, rid, p, n)) &&
	    (err = has_room(&room, g, (int64_t)n)) != NULL)
		return err;
	return room ? pf_spool_bad(pack, spool, rid, p, n, why) :
	    drop(g, (int64_t)n);
}

const struct pf_err *
keep_bad_pack(struct ingest *g, struct pf_pack *p, const char *why)
{
	const struct pf_err *err;
	const char *spool = g->conf->spool_path;
	bool room;

	if ((err = has_room(&room, g, p->size)) == NULL && !room)
		err = drop(g, p->size);
	if (err != NULL) {
		pf_spool_back(p, spool);
		return err;
	}
	return room ? pf_spool_reject(p, spool, why) : pf_spool_done(p, spool);
}
