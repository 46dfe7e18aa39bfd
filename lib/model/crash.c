/*
 * Crashes; see crash.h.
 */
#include <stdio.h>

#include "model/crash.h"

static const struct pf_err *
insert(struct pf_db *db, const struct pf_crash *c, const char *id,
    bool unique, int64_t now)
{
	return pf_db_run(db, NULL, "INSERT INTO crashes (id, job_id, bot_id, "
	    "hash, file_path, type, signal, exit_code, timestamp, size, "
	    "is_unique, tool, stack, output, command, engine, count, "
	    "first_seen, last_seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
	    "?9, ?10, ?17, ?11, ?12, ?13, ?14, ?15, 1, ?16, ?16)",
	    "ssssssiiiisssssii", id, c->job, c->bot, c->hash, c->file_path,
	    c->type, c->signal, c->exit_code, c->timestamp, c->size, c->tool,
	    c->stack, c->output, c->command, c->engine, now,
	    (int64_t)unique);
}

/* True if another job of the campaign has it, with the same target. */
static const struct pf_err *
elsewhere(bool *known, struct pf_db *db, const struct pf_crash *c)
{
	const struct pf_err *err;
	struct pf_q q;

	*known = false;
	if ((err = pf_q(&q, db, "SELECT 1 FROM jobs j CROSS JOIN crashes x ON "
	    "x.hash = ?2 JOIN jobs o ON o.id = x.job_id WHERE j.id = ?1 AND "
	    "o.campaign = j.campaign AND o.target_hash = j.target_hash "
	    "LIMIT 1", "ss", c->job, c->hash)) == NULL)
		err = pf_q_row(&q, known);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_crash_put(char id[PF_ID_MAX + 1], int64_t *count, bool *unique,
    struct pf_db *db, const struct pf_crash *c, int64_t now)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	if ((err = pf_q(&q, db, "UPDATE crashes SET count = count + 1, "
	    "last_seen = max(last_seen, ?3) WHERE job_id = ?1 AND hash = ?2 "
	    "RETURNING id, count", "ssi", c->job, c->hash, now)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more) {
		pf_q_copy(&q, 0, id, PF_ID_MAX + 1);
		*count = pf_q_int(&q, 1);
	}
	pf_q_done(&q);
	*unique = false;
	if (err != NULL || more || (err = elsewhere(&more, db, c)) != NULL)
		return err;
	*unique = !more;
	*count = 1;
	pf_uuid_of(id, now, c->rid);
	return insert(db, c, id, *unique, now);
}
