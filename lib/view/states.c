/*
 * Jobs, leases, bots and campaigns; see states.h.
 */
#include "view/states.h"

const struct pf_err *
pf_states_init(struct pf_db *db)
{
	return pf_db_run(db, NULL, "CREATE TABLE said (kind TEXT, id TEXT, "
	    "epoch INTEGER, event INTEGER, place TEXT, why TEXT)", "");
}

/* The parameters: the document, its file, its epoch, its event, and until. */
#define NOTE \
	"WITH d (text, file, epoch, event, until) AS (VALUES (iif(json_valid(" \
	"?1), ?1, '{}'), ?2, ?3, ?4, ?5)) INSERT INTO said "
/* What is as of that event, and where the case says why. */
#define BEGIN(kind, table, event) \
	"SELECT '" kind "', t.id, d.epoch, d." event ", '" table "/' || t.id," \
	" CASE "
#define END(table) \
	"END || ' as in ' || d.file || ', and no event tells of a change' " \
	"AS why FROM d, json_each(d.text, '$." table "') AS v JOIN m." table \
	" AS t ON t.id = (v.value ->> '$.id') WHERE why IS NOT NULL "
/* A column that the object v has; one of later is not asked for of old. */
#define DIFFERS(col, is) \
	"WHEN t." col " " is " (v.value ->> '$." col "') THEN printf('its " \
	col " is %.60s, not %.60s', t." col ", v.value ->> '$." col "') "
#define SAID(col)	DIFFERS(col, "IS NOT")
#define LATER(col)	DIFFERS(col, "<>")

static const char bot[] = NOTE BEGIN("bot", "bots", "until")
    SAID("status") SAID("inc") SAID("capabilities") SAID("current_job")
    SAID("registered_at") SAID("failure_count") SAID("drain") SAID("gone_at")
    END("bots");

/* All of them in their order, but for what signs of life and results change. */
#define LEASES(get, of) \
	"(SELECT json_group_array(json_array(" get("epoch") ", " \
	get("attempt") ", " get("bot_id") ", " get("inc") ", " \
	get("timestamp") ", " get("status") ", " get("start_tick") ", " \
	get("ended_at") ", " get("result") ", " get("given_tick") ")) FROM " \
	of ")"
#define ROW(col)	"a." col
#define MEMBER(col)	"(e.value ->> '$." col "')"

static const char job[] = NOTE BEGIN("job", "jobs", "until")
    SAID("priority") SAID("status") SAID("assigned_bot") SAID("started_at")
    SAID("completed_at") SAID("timeout_at") SAID("epoch") SAID("attempt")
    SAID("strikes") SAID("cancel") SAID("message") SAID("archived_at")
    "WHEN " LEASES(ROW, "(SELECT * FROM m.assignments WHERE job_id = t.id "
    "ORDER BY epoch, attempt) AS a") " <> " LEASES(MEMBER, "json_each(d.text, "
    "'$.assignments') AS e") " THEN 'its leases are not' " END("jobs")
    "UNION ALL "
    BEGIN("campaign", "campaigns", "event")
    SAID("name") SAID("weight") SAID("created_at") SAID("ended_at")
    LATER("status") LATER("description") LATER("tags") END("campaigns");

const struct pf_err *
pf_states_doc(struct pf_db *db, const struct pf_states_doc *d)
{
	return pf_db_run(db, NULL, d->of_bot ? bot : job, "ssiii", d->text,
	    d->file, d->epoch, d->event, d->until);
}

/*
 * Ids of events follow one another, and the last is never forgotten: where
 * one is missing above the moment that may have been the change.  One campaign
 * is described in the files of all its jobs: it is told of once.
 */
const struct pf_err *
pf_states_changed(struct pf_q *q, struct pf_db *db)
{
	return pf_q(q, db, "WITH least (id) AS (SELECT min(event) FROM said), "
	    "since AS MATERIALIZED (SELECT kind, subject, max(id) AS id FROM "
	    "m.events WHERE id > (SELECT id FROM least) GROUP BY 1, 2), gap "
	    "(id) AS (SELECT max(id) FROM m.events AS e WHERE id > (SELECT id "
	    "FROM least) + 1 AND NOT EXISTS (SELECT 1 FROM m.events WHERE id "
	    "= e.id - 1)) SELECT s.place, min(s.why) FROM said AS s LEFT JOIN "
	    "since AS e ON e.kind = s.kind AND e.subject = s.id WHERE s.epoch "
	    "= (SELECT CAST(value AS INTEGER) FROM m.system WHERE key = "
	    "'epoch') AND coalesce(e.id, 0) <= s.event AND s.event + 1 >= "
	    "coalesce((SELECT id FROM gap), 0) GROUP BY s.place "
	    "ORDER BY s.place", "");
}

#define LIVE	"('assigned', 'started')"
#define HELD	"('assigned', 'running')"

const struct pf_err *
pf_states_apart(struct pf_q *q, struct pf_db *db)
{
	return pf_q(q, db, "WITH live AS MATERIALIZED (SELECT * FROM "
	    "m.assignments WHERE ended_at IS NULL), leases AS MATERIALIZED "
	    "(SELECT job_id, count(*) AS n, max(epoch) AS epoch FROM "
	    "m.assignments GROUP BY job_id), tick (n) AS (SELECT tick FROM "
	    "m.clock UNION ALL SELECT 0 LIMIT 1) "
	    "SELECT 'jobs/' || j.id, CASE "
	    "WHEN j.attempt <> coalesce(l.n, 0) THEN printf('its attempt is "
	    "%d, and it has %d leases', j.attempt, coalesce(l.n, 0)) "
	    "WHEN j.epoch <> coalesce(l.epoch, 0) THEN printf('its epoch is "
	    "%d, and that of its last lease %d', j.epoch, coalesce(l.epoch, "
	    "0)) "
	    "WHEN (j.completed_at IS NULL) <> (j.status = 'pending' OR "
	    "j.status IN " HELD ") THEN 'it is ' || j.status || ', and "
	    "completed_at does not say so' "
	    "WHEN iif(j.status IN " HELD ", j.assigned_bot, NULL) IS NOT "
	    "v.bot_id OR v.status IS NOT CASE j.status WHEN 'assigned' THEN "
	    "'assigned' WHEN 'running' THEN 'started' END THEN 'it is ' || "
	    "j.status || ', and its lease is not of that' "
	    "END AS why FROM m.jobs AS j LEFT JOIN leases AS l ON l.job_id = "
	    "j.id LEFT JOIN live AS v ON v.job_id = j.id WHERE why IS NOT NULL"
	    /* Attempts are counted through all epochs. */
	    " UNION ALL SELECT printf('assignments/%s/%d.%d', a.job_id, "
	    "a.epoch, a.attempt), CASE "
	    "WHEN a.attempt <> a.n THEN printf('it is number %d of its job', "
	    "a.n) "
	    "WHEN a.epoch < 1 OR a.epoch > (SELECT CAST(value AS INTEGER) "
	    "FROM m.system WHERE key = 'epoch') THEN 'there was no such "
	    "epoch' "
	    "WHEN (a.ended_at IS NULL) <> (a.status IN " LIVE ") THEN 'it is "
	    "' || a.status || ', and ended_at does not say so' "
	    "WHEN a.ended_at IS NULL AND (a.lease_tick > t.n OR a.given_tick "
	    "> a.lease_tick OR a.start_tick > a.lease_tick) THEN 'its ticks "
	    "are not in order' "
	    "END AS why FROM (SELECT *, row_number() OVER (PARTITION BY "
	    "job_id ORDER BY epoch, attempt) AS n FROM m.assignments) AS a, "
	    "tick AS t WHERE why IS NOT NULL "
	    "UNION ALL SELECT 'bots/' || b.id, 'its current job is not that "
	    "of its lease' FROM m.bots AS b LEFT JOIN live AS v ON v.bot_id = "
	    "b.id WHERE b.gone_at IS NULL AND b.status <> 'failed' AND "
	    "(b.current_job IS NOT v.job_id OR (b.status = 'busy') <> "
	    "(v.job_id IS NOT NULL))", "");
}
