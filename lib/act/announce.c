/*
 * Who is told of new buckets; see announce.h.
 */
#include "act/announce.h"
#include "base/name.h"
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

/* Where what stood for buckets that are gone is now. */
#define NOW_IN \
	"SELECT p.bucket AS bucket, t.crash AS crash FROM told AS t JOIN " \
	"placed AS p ON p.id = t.crash WHERE t.bucket NOT IN (SELECT id FROM " \
	"buckets) UNION ALL SELECT d.bucket, t.crash FROM told AS t JOIN " \
	"dropped AS d ON d.id = t.crash WHERE t.bucket NOT IN (SELECT id " \
	"FROM buckets)"

/* Of several that are one now one that was told counts most. */
static const struct pf_err *
inherit(struct pf_act *a)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = true;

	if ((err = pf_q(&q, a->db, "INSERT INTO told (bucket, crash) SELECT "
	    "bucket, substr(min(iif(crash IN (SELECT crash FROM hooks), '1', "
	    "'0') || crash), 2) FROM (" NOW_IN ") WHERE bucket IN (SELECT id "
	    "FROM buckets) AND bucket NOT IN (SELECT bucket FROM told) GROUP "
	    "BY bucket RETURNING bucket, crash, crash IN (SELECT crash FROM "
	    "hooks)", "")) == NULL)
		while ((err = pf_q_row(&q, &more)) == NULL && more)
			if (pf_q_int(&q, 2) == 0)
				pf_buf_addf(&a->told, "%s %s\n",
				    pf_q_text(&q, 1), pf_q_text(&q, 0));
	pf_q_done(&q);
	return err;
}

/* The order is forced: a hook has one row in told, of many buckets. */
#define STRAY \
	"WHERE NOT EXISTS (SELECT 1 FROM told AS t CROSS JOIN buckets AS b " \
	"ON b.id = t.bucket WHERE t.crash = hooks.crash)"

/* What waits for a bucket that is gone; should it arise again, it is new. */
static const struct pf_err *
drop_hooks(struct pf_db *db)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, "DELETE FROM told WHERE crash IN ("
	    "SELECT crash FROM hooks " STRAY ")", "")) != NULL)
		return err;
	return pf_db_run(db, NULL, "DELETE FROM hooks WHERE crash NOT IN "
	    "(SELECT crash FROM told)", "");
}

const struct pf_err *
pf_announce_rest(struct pf_act *a, bool hook)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = true;

	if ((err = inherit(a)) != NULL || (err = drop_hooks(a->db)) != NULL)
		return err;
	if ((err = pf_q(&q, a->db, "INSERT INTO told (bucket, crash) SELECT "
	    "id, " STANDS " FROM buckets WHERE id NOT IN (SELECT bucket FROM "
	    "told) RETURNING bucket, crash", "")) == NULL)
		while ((err = pf_q_row(&q, &more)) == NULL && more)
			if ((err = settle(a, pf_q_text(&q, 0), pf_q_text(&q,
			    1), hook)) != NULL)
				break;
	pf_q_done(&q);
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
