/*
 * Checks and smaller inputs; see check.h.
 */
#include "model/check.h"

static const struct pf_err *
insert(struct pf_db *db, const struct pf_check_from *t,
    const struct pf_check *c, const struct pf_check_report *r)
{
	bool kept = r->report[0] != '\0';

	return pf_db_run(db, NULL, "INSERT INTO check_records (rid, job_id, "
	    "bot_id, campaign, hash, target, build, runs, crashed, same, "
	    "signal, exit_code, type, tool, stack, rank, report, size, "
	    "timestamp, filed, major, sanitizers) VALUES (?1, ?2, ?3, ?4, "
	    "?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, "
	    "?18, ?19, ?20, ?21, ?22)", "sssssssiiiiisssisiiiss",
	    t->rid, t->job, t->bot, t->campaign, c->hash, c->target,
	    c->build, c->runs, c->crashed, c->same,
	    c->signal, c->exit_code, r->type, r->tool, r->stack,
	    /* One that nobody can read any more tells less. */
	    kept ? (int64_t)pf_check_rank(c, r->stack) : INT64_C(-1),
	    r->report, kept ? r->size : 0, t->time, t->filed,
	    r->major, c->sanitizers);
}

const struct pf_err *
pf_check_put(struct pf_db *db, const struct pf_check_from *t,
    const struct pf_check *c, const struct pf_check_report *r)
{
	const struct pf_err *err;

	if ((err = insert(db, t, c, r)) != NULL)
		return err;
	return pf_db_run(db, NULL, "INSERT INTO checks (campaign, hash, "
	    "target, build, runs, crashed, same, records, best, first_filed, "
	    "last_filed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?9, ?9) "
	    "ON CONFLICT (campaign, hash, target, build) DO UPDATE SET "
	    "runs = runs + ?5, crashed = crashed + ?6, same = same + ?7, "
	    "records = records + 1, first_filed = min(first_filed, ?9), "
	    "last_filed = max(last_filed, ?9), best = iif((SELECT (-n.rank, "
	    "n.timestamp, n.rid) < (-o.rank, o.timestamp, o.rid) FROM "
	    "check_records AS n JOIN check_records AS o ON o.rid = "
	    "checks.best WHERE n.rid = ?8), ?8, best)", "ssssiiisi",
	    t->campaign, c->hash, c->target, c->build, c->runs, c->crashed,
	    c->same, t->rid, t->filed);
}

const struct pf_err *
pf_small_put(bool *chosen, struct pf_db *db, const struct pf_check_from *t,
    const struct pf_small *s, const char *hash, int64_t size)
{
	const struct pf_err *err;
	int64_t n = 0;

	err = pf_db_run(db, &n, "INSERT INTO smalls (job_id, of, hash, size, "
	    "how, runs, same, bot_id, rid, timestamp, filed) VALUES (?1, ?2, "
	    "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (job_id, of) "
	    "DO UPDATE SET hash = excluded.hash, size = excluded.size, "
	    "how = excluded.how, runs = excluded.runs, same = excluded.same, "
	    "bot_id = excluded.bot_id, rid = excluded.rid, timestamp = "
	    "excluded.timestamp, filed = excluded.filed WHERE "
	    "(excluded.size, excluded.hash, excluded.rid) < (size, hash, rid)",
	    "sssisiissii", t->job, s->of, hash, size, s->how, s->runs,
	    s->same, t->bot, t->rid, t->time, t->filed);
	*chosen = n > 0;
	return err;
}

const struct pf_err *
pf_check_forget(struct pf_db *db, const char *rid)
{
	return pf_db_run(db, NULL, "DELETE FROM check_records WHERE rid = ?",
	    "s", rid);
}

const struct pf_err *
pf_small_forget(struct pf_db *db, const char *rid)
{
	return pf_db_run(db, NULL, "DELETE FROM smalls WHERE rid = ?", "s",
	    rid);
}

const struct pf_err *
pf_checks_recount(struct pf_db *db)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, "DELETE FROM checks", "")) != NULL)
		return err;
	return pf_db_run(db, NULL, "INSERT INTO checks (campaign, hash, "
	    "target, build, runs, crashed, same, records, best, first_filed, "
	    "last_filed) SELECT campaign, hash, target, build, sum(runs), "
	    "sum(crashed), sum(same), count(*), max(iif(place = 1, rid, '')),"
	    " min(filed), max(filed) FROM (SELECT *, row_number() OVER ("
	    "PARTITION BY campaign, hash, target, build ORDER BY rank DESC, "
	    "timestamp, rid) AS place FROM check_records) GROUP BY campaign, "
	    "hash, target, build", "");
}
