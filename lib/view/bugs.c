/*
 * Buckets one by one; see bugs.h.
 */
#include <string.h>

#include "view/bugs.h"
#include "view/find.h"
#include "view/place.h"
#include "view/view.h"

/* ?1 and ?2 are where to begin, ?3 a job, ?4 a type, ?5 a bucket, ?6 a
 * campaign.  Each way to them has an index. */
#define WANTED \
	"(b.first_seen, b.id) >= (?1, ?2) AND " \
	"((?3 IS NULL AND ?4 IS NULL) OR EXISTS (SELECT 1 FROM crashes AS c " \
	"WHERE c.id IN " PF_IN_BUCKET("b.id") "AND (?3 IS NULL OR c.job_id " \
	"= ?3) AND " \
	"(?4 IS NULL OR c.type = ?4)))"
#define OF_ALL		"FROM buckets AS b WHERE ?5 IS NULL AND ?6 IS NULL AND "
#define OF_CAMPAIGN \
	"FROM buckets AS b WHERE ?5 IS NULL AND b.campaign = ?6 AND "
#define OF_BUCKET \
	"FROM buckets AS b WHERE b.id = ?5 AND (?6 IS NULL OR " \
	"b.campaign = ?6) AND "
#define WAYS(before, after) \
	{ before OF_ALL WANTED after, before OF_CAMPAIGN WANTED after, \
	    before OF_BUCKET WANTED after }

static const char *const count_sql[] = WAYS("SELECT count(*) ", "");
static const char *const newest_sql[] = WAYS("SELECT b.first_seen, b.id ",
    " ORDER BY b.first_seen DESC, b.id DESC LIMIT 1 OFFSET ?7 - 1");
static const char *const each_sql[] = WAYS("SELECT b.id, b.type, b.tool, "
    "b.frames, (SELECT name FROM campaigns WHERE id = b.campaign), "
    "b.samples, b.dropped, b.first_seen, b.last_seen ",
    " ORDER BY b.first_seen, b.id");

#define OF_CRASHES \
	" FROM crashes AS c WHERE c.id IN " PF_IN_BUCKET("?1") "AND (?2 IS " \
	"NULL OR c.job_id = ?2) AND (?3 IS NULL OR c.type = ?3)"

static const char sums_sql[] = "SELECT count(*), min(c.first_seen), "
    "max(c.last_seen)" OF_CRASHES;
static const char example_sql[] = "SELECT c.id, c.job_id, (SELECT target "
    "FROM jobs WHERE jobs.id = c.job_id), c.hash, c.type, c.tool, c.stack, "
    "c.output, c.signal" OF_CRASHES " ORDER BY c.timestamp, c.rid LIMIT 1";

static const char *
or_null(const char *s)
{
	return s == NULL || *s == '\0' ? NULL : s;
}

static const struct pf_err *
ask(struct pf_q *q, const struct pf_bugs *p, const char *const ways[],
    const char *campaign)
{
	int way = p->bucket != NULL ? 2 : campaign != NULL ? 1 : 0;

	return pf_q(q, p->db, ways[way], ways == newest_sql ? "isssssi" :
	    "isssss", p->from, p->from_id, or_null(p->job_id), p->type,
	    p->bucket, campaign, p->max);
}

static const struct pf_err *
find_newest(struct pf_bugs *p)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = ask(&q, p, newest_sql, or_null(p->campaign_id))) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more) {
		p->from = pf_q_int(&q, 0);
		pf_q_copy(&q, 1, p->from_id, sizeof(p->from_id));
	}
	pf_q_done(&q);
	return err;
}

static const struct pf_err *
find_job(struct pf_bugs *p)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = pf_find_job(p->job_id, p->db, p->job)) != NULL ||
	    *p->campaign_id != '\0')
		return err;
	if ((err = pf_q(&q, p->db, "SELECT campaign FROM jobs WHERE id = ?1",
	    "s", p->job_id)) == NULL && (err = pf_q_row(&q, &more)) == NULL &&
	    more)
		pf_q_copy(&q, 0, p->campaign_id, sizeof(p->campaign_id));
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_bugs_begin(struct pf_bugs *p, struct pf_db *db)
{
	const struct pf_err *err;

	p->db = db;
	p->from = INT64_MIN;
	p->campaign_id[0] = p->job_id[0] = p->from_id[0] = '\0';
	if ((err = pf_db_hold(db)) != NULL)
		return err;
	if (p->campaign != NULL && (err = pf_find_campaign(p->campaign_id, db,
	    p->campaign)) != NULL)
		return err;
	if (p->job != NULL && (err = find_job(p)) != NULL)
		return err;
	return p->max == PF_VIEW_ALL ? NULL : find_newest(p);
}

const struct pf_err *
pf_bugs_end(struct pf_bugs *p)
{
	return p->db == NULL ? NULL : pf_db_release(p->db);
}

const struct pf_err *
pf_bugs_count(int64_t *n, const struct pf_bugs *p, const char *campaign)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	*n = 0;
	if (campaign == NULL)
		campaign = or_null(p->campaign_id);
	if ((err = ask(&q, p, count_sql, campaign)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more)
		*n = pf_q_int(&q, 0);
	pf_q_done(&q);
	return err;
}

/* What only those crashes tell that were picked. */
static const struct pf_err *
add_sums(struct pf_bug *bug, const struct pf_bugs *p)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if (*p->job_id == '\0' && p->type == NULL)
		return NULL;
	if ((err = pf_q(&q, p->db, sums_sql, "sss", bug->bucket,
	    or_null(p->job_id), p->type)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more) {
		bug->kept = pf_q_int(&q, 0);
		bug->first_seen = pf_q_int(&q, 1);
		bug->last_seen = pf_q_int(&q, 2);
		bug->dropped = 0;
	}
	pf_q_done(&q);
	return err;
}

static const struct pf_err *
tell(struct pf_bug *bug, const struct pf_bugs *p, const struct pf_err *
    (*each)(void *, const struct pf_bug *), void *arg)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = pf_q(&q, p->db, example_sql, "sss", bug->bucket,
	    or_null(p->job_id), p->type)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more) {
		bug->crash = pf_q_text(&q, 0);
		bug->job = pf_q_text(&q, 1);
		bug->target = pf_q_text(&q, 2);
		bug->input = pf_q_text(&q, 3);
		bug->given = (struct pf_given){ .type = pf_q_text(&q, 4),
		    .tool = pf_q_text(&q, 5), .stack = pf_q_text(&q, 6),
		    .output = pf_q_text(&q, 7), .signal = pf_q_int(&q, 8) };
		if (p->type != NULL)
			bug->type = bug->given.type;
	}
	if (err == NULL)
		err = each(arg, bug);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_bugs_each(const struct pf_bugs *p, const char *campaign,
    const struct pf_err *(*each)(void *, const struct pf_bug *), void *arg)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if (campaign == NULL)
		campaign = or_null(p->campaign_id);
	err = ask(&q, p, each_sql, campaign);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		struct pf_bug bug = { .bucket = pf_q_text(&q, 0),
		    .type = pf_q_text(&q, 1), .tool = pf_q_text(&q, 2),
		    .frames = pf_q_text(&q, 3), .campaign = pf_q_text(&q, 4),
		    .kept = pf_q_int(&q, 5), .dropped = pf_q_int(&q, 6),
		    .first_seen = pf_q_int(&q, 7),
		    .last_seen = pf_q_int(&q, 8), .crash = "", .job = "",
		    .target = "", .input = "" };

		bug.given = (struct pf_given){ .type = bug.type,
		    .tool = bug.tool, .stack = bug.frames, .output = "" };
		if ((err = add_sums(&bug, p)) == NULL)
			err = tell(&bug, p, each, arg);
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_bugs_campaigns(const struct pf_bugs *p, const struct pf_err *
    (*each)(void *, const char *id, const char *name), void *arg)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	err = pf_q(&q, p->db, "SELECT id, name FROM campaigns WHERE "
	    "?1 IS NULL OR id = ?1 ORDER BY created_at, id", "s",
	    or_null(p->campaign_id));
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		err = each(arg, pf_q_text(&q, 0), pf_q_text(&q, 1));
	pf_q_done(&q);
	return err;
}
