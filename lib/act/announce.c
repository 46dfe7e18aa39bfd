/*
 * Who is told of new buckets; see announce.h.
 */
#include <string.h>

#include "act/announce.h"
#include "codec/bucket.h"
#include "model/hook.h"

/* What stands for a row of buckets. */
#define STANDS \
	"iif(samples > 0, first_crash, coalesce((SELECT min(id) FROM dropped " \
	"WHERE bucket = buckets.id), first_crash))"

/* One that nobody wants to hear of now is not told later either. */
static const struct pf_err *
settle(struct pf_act *a, const char *bucket, const char *crash, bool hook)
{
	if (hook)
		return pf_hook_add(a->db, crash, a->now);
	pf_buf_addf(&a->told, "%s %s\n", crash, bucket);
	return NULL;
}

const struct pf_err *
pf_announce(struct pf_act *a, const char *bucket, const char *crash)
{
	const struct pf_err *err;
	int64_t n = 0;

	if (a->remaking)
		return NULL;
	if ((err = pf_db_run(a->db, &n, "INSERT INTO told (bucket, crash) "
	    "VALUES (?1, ?2) ON CONFLICT (bucket) DO NOTHING", "ss", bucket,
	    crash)) != NULL || n == 0)
		return err;
	return settle(a, bucket, crash, a->conf->on_new_crash[0] != '\0');
}

const struct pf_err *
pf_announce_left(struct pf_db *db, const char *bucket, const char *crash)
{
	const struct pf_err *err;
	int64_t n = 0;
	bool there = false;

	if ((err = pf_db_int(db, &n, &there, "SELECT 1 FROM buckets WHERE id "
	    "= ?", "s", bucket)) != NULL)
		return err;
	n = 0;
	if (!there) {
		if ((err = pf_db_run(db, &n, "DELETE FROM told WHERE bucket = "
		    "?1 AND crash = ?2 AND EXISTS (SELECT 1 FROM hooks WHERE "
		    "crash = ?2)", "ss", bucket, crash)) != NULL || n == 0)
			return err;
		return pf_hook_done(db, crash);
	}
	if ((err = pf_db_run(db, &n, "UPDATE told SET crash = (SELECT " STANDS
	    " FROM buckets WHERE id = ?1) WHERE bucket = ?1 AND crash = ?2",
	    "ss", bucket, crash)) != NULL || n == 0)
		return err;
	if ((err = pf_db_run(db, NULL, "INSERT INTO hooks (crash, due, tries) "
	    "SELECT t.crash, h.due, h.tries FROM told AS t JOIN hooks AS h ON "
	    "h.crash = ?2 WHERE t.bucket = ?1 ON CONFLICT (crash) DO NOTHING",
	    "ss", bucket, crash)) != NULL)
		return err;
	return pf_hook_done(db, crash);
}

/*
 * After many buckets have changed, in three walks by their ids, each of which
 * needs the one before: what stood for buckets that are gone, and was told,
 * stands for those that it is in now; so does what waits, or goes if they are
 * known; all buckets that are left are new.  So several that are one now are
 * known if one of them was.
 */
enum walk { TOLD = '1', WAITING, NEW, OVER };

/* What stood for buckets that are gone, of those behind ?1 up to ?2, stands
 * for those that it is in now; which waits for a hook, or does not. */
#define INHERIT(waits) \
	"INSERT INTO told (bucket, crash) SELECT bucket, crash FROM (SELECT " \
	"coalesce((SELECT bucket FROM placed WHERE id = t.crash), (SELECT " \
	"bucket FROM dropped WHERE id = t.crash)) AS bucket, t.crash AS " \
	"crash FROM told AS t WHERE t.bucket > ?1 AND t.bucket <= ?2 AND NOT " \
	"EXISTS (SELECT 1 FROM buckets WHERE id = t.bucket) AND " waits " " \
	"(SELECT 1 FROM hooks WHERE crash = t.crash)) AS x WHERE EXISTS " \
	"(SELECT 1 FROM buckets WHERE id = x.bucket) ORDER BY crash ON " \
	"CONFLICT (bucket) DO NOTHING"

static const struct pf_err *
inherit(struct pf_act *a, const char *from, const char *to)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = true;

	if ((err = pf_q(&q, a->db, INHERIT("NOT EXISTS") " RETURNING bucket, "
	    "crash", "ss", from, to)) == NULL)
		while ((err = pf_q_row(&q, &more)) == NULL && more)
			pf_buf_addf(&a->told, "%s %s\n", pf_q_text(&q, 1),
			    pf_q_text(&q, 0));
	pf_q_done(&q);
	return err;
}

/* The order is forced: a hook has one row in told, of many buckets. */
#define STRAY \
	"NOT EXISTS (SELECT 1 FROM told AS o CROSS JOIN buckets AS b ON b.id " \
	"= o.bucket WHERE o.crash = hooks.crash)"

/* What waits for a bucket that is gone; should it arise again, it is new. */
static const struct pf_err *
inherit_waiting(struct pf_act *a, const char *from, const char *to)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = true;

	if ((err = pf_db_run(a->db, NULL, INHERIT("EXISTS"), "ss", from,
	    to)) == NULL)
		err = pf_q(&q, a->db, "DELETE FROM hooks WHERE crash IN "
		    "(SELECT crash FROM told WHERE bucket > ?1 AND bucket <= "
		    "?2) AND " STRAY " RETURNING crash", "ss", from, to);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		err = pf_db_run(a->db, NULL, "DELETE FROM told WHERE crash = "
		    "?", "s", pf_q_text(&q, 0));
	pf_q_done(&q);
	return err;
}

static const struct pf_err *
take_new(struct pf_act *a, const char *from, const char *to, bool hook)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = true;

	err = pf_q(&q, a->db, "INSERT INTO told (bucket, crash) SELECT id, "
	    STANDS " FROM buckets WHERE id > ?1 AND id <= ?2 AND NOT EXISTS "
	    "(SELECT 1 FROM told WHERE bucket = buckets.id) RETURNING bucket, "
	    "crash", "ss", from, to);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		err = settle(a, pf_q_text(&q, 0), pf_q_text(&q, 1), hook);
	pf_q_done(&q);
	return err;
}

/* Where a walk is: which, and up to what bucket. */
#define AT_TEXT	(1 + PF_BUCKET_TEXT)

/* The next of them, rows at most; *n is how many.  "" when all is over. */
static const struct pf_err *
walk_on(struct pf_act *a, char at[AT_TEXT], int64_t *n, bool hook,
    int64_t rows)
{
	static const char told[] = "SELECT max(bucket), count(*) FROM (SELECT "
	    "bucket FROM told WHERE bucket > ?1 ORDER BY bucket LIMIT ?2)";
	static const char all[] = "SELECT max(id), count(*) FROM (SELECT id "
	    "FROM buckets WHERE id > ?1 ORDER BY id LIMIT ?2)";
	const struct pf_err *err;
	struct pf_q q;
	char to[PF_BUCKET_TEXT] = "";
	bool more = false;

	*n = 0;
	if ((err = pf_q(&q, a->db, at[0] == NEW ? all : told, "si", at + 1,
	    rows)) == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		pf_q_copy(&q, 0, to, sizeof(to));
		*n = pf_q_int(&q, 1);
	}
	pf_q_done(&q);
	if (err != NULL)
		return err;
	if (*n == 0) {
		at[0] = at[0] + 1 < OVER ? (char)(at[0] + 1) : '\0';
		at[1] = '\0';
		return NULL;
	}
	err = at[0] == TOLD ? inherit(a, at + 1, to) :
	    at[0] == WAITING ? inherit_waiting(a, at + 1, to) :
	    take_new(a, at + 1, to, hook);
	memcpy(at + 1, to, sizeof(to));
	return err;
}

const struct pf_err *
pf_announce_begin(struct pf_db *db)
{
	return pf_db_run(db, NULL, "UPDATE placing SET cursor = '1' WHERE "
	    "coming IS NULL", "");
}

const struct pf_err *
pf_announce_step(struct pf_act *a, bool *left, bool hook, int64_t rows)
{
	const struct pf_err *err;
	struct pf_q q;
	char at[AT_TEXT] = "";
	bool more = false;
	int64_t n;

	*left = false;
	if ((err = pf_q(&q, a->db, "SELECT cursor FROM placing WHERE coming "
	    "IS NULL", "")) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more)
		pf_q_copy(&q, 0, at, sizeof(at));
	pf_q_done(&q);
	if (err != NULL || at[0] == '\0')
		return err;
	if (at[0] < TOLD || at[0] >= OVER)
		memcpy(at, "1", 2);
	for (; err == NULL && at[0] != '\0' && rows > 0; rows -= n)
		err = walk_on(a, at, &n, hook, rows);
	*left = at[0] != '\0';
	return err != NULL ? err : pf_db_run(a->db, NULL, "UPDATE placing SET "
	    "cursor = ?", "s", at);
}

const struct pf_err *
pf_announce_rest(struct pf_act *a, bool hook)
{
	const struct pf_err *err = NULL;
	char at[AT_TEXT] = "1";
	int64_t n;

	while (err == NULL && at[0] != '\0')
		err = walk_on(a, at, &n, hook, 1000);
	return err;
}

const struct pf_err *
pf_announced(struct pf_act *a, const char *crash)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = true;

	if ((err = pf_q(&q, a->db, "SELECT bucket FROM told WHERE crash = ?",
	    "s", crash)) == NULL)
		while ((err = pf_q_row(&q, &more)) == NULL && more)
			pf_buf_addf(&a->told, "%s %s\n", crash,
			    pf_q_text(&q, 0));
	pf_q_done(&q);
	return err;
}
