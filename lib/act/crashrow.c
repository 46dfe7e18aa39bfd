/*
 * A crash among the rows; see row.h.
 */
#include <stdio.h>
#include <string.h>

#include "act/announce.h"
#include "act/crash.h"
#include "act/row.h"
#include "codec/bucket.h"
#include "model/event.h"

/* A row that is there and damaged is written over, not counted again. */
static const struct pf_err *
file_crash(struct pf_crash_verdict *v, struct pf_act *a,
    const struct row *row, struct pf_crash *c)
{
	const struct pf_err *err;
	int64_t first = row->filed, last = row->filed;
	bool found = false;

	if (strcmp(row->restore, "row") == 0) {
		if ((err = pf_json_int(&first, row->j, "first_seen", 0,
		    PF_INT_MAX)) != NULL || (err = pf_json_int(&last, row->j,
		    "last_seen", 0, PF_INT_MAX)) != NULL ||
		    (err = pf_crash_amend(v, &found, a->db, c, first, last))
		    != NULL || found)
			return err;
	}
	return pf_crash_put(v, a->db, c, row->filed);
}

/*
 * Until schema 5 a crash was called after its first report; lines of the
 * ledger from those days, which are without v, keep those names.  Who files
 * it again knows what it was called.
 */
static void
name_crash(char id[PF_ID_MAX + 1], const struct pf_act *a,
    const struct row *row, const char *hash)
{
	const char *known = "";

	if (row->restore[0] != '\0' &&
	    pf_json_str(&known, row->j, "id") == NULL && pf_id_ok(known))
		snprintf(id, PF_ID_MAX + 1, "%s", known);
	else if (a->remaking && pf_json_get(row->j, "v") == NULL &&
	    pf_json_get(row->j, "filed") != NULL)
		pf_uuid_of(id, row->filed, row->r.rid);
	else
		pf_crash_id(id, row->r.job, hash);
}

/* A report that comes before the others may tell of another bucket. */
static const struct pf_err *
note_move(struct pf_act *a, const struct row *row,
    const struct pf_crash_verdict *v)
{
	const struct pf_event e = { .time = a->now, .kind = "crash",
	    .subject = v->id, .was = v->was, .now = v->bucket,
	    .who = row->r.bot, .why = "an earlier report of it came" };

	const struct pf_err *err;

	if (v->was[0] == '\0' || strcmp(v->was, v->bucket) == 0)
		return NULL;
	if ((err = pf_announce_left(a->db, v->was, v->id)) != NULL)
		return err;
	return pf_event_add(a->db, &e);
}

/*
 * What places it.  A brief row may say instead what it is called in the table
 * dropped, where that is known; if not, the little it says itself has to do.
 */
static const struct pf_err *
get_said(struct pf_json **said, struct pf_crash *c, const struct pf_act *a,
    const struct pf_json *j)
{
	const struct pf_err *err;
	const char *drop = "";

	c->type = "unknown";
	c->tool = c->stack = c->output = "";
	if ((err = pf_json_bool(&c->brief, j, "brief")) != NULL ||
	    (err = pf_json_str(&drop, j, "drop")) != NULL ||
	    (c->brief && pf_sha_ok(drop) && (err = pf_drop_said(said, a->db,
	    drop)) != NULL))
		return err;
	if (*said != NULL)
		j = *said;
	if ((err = pf_json_str(&c->type, j, "type")) != NULL ||
	    (err = pf_json_int(&c->signal, j, "signal", 0, 128)) != NULL ||
	    (err = pf_json_str(&c->tool, j, "tool")) != NULL ||
	    (err = pf_json_str(&c->stack, j, "stack")) != NULL)
		return err;
	return pf_json_str(&c->output, j, "output");
}

static const struct pf_err *
put_said(struct pf_act *a, struct row *row, struct pf_buf *out,
    struct pf_json **said)
{
	const struct pf_err *err;
	const struct pf_json *j = row->j;
	struct pf_crash c = { .job = row->r.job, .bot = row->r.bot,
	    .timestamp = row->r.time, .rid = row->r.rid,
	    .command = "", .engine = "", .target_hash = "",
	    .run_seed = -1 };
	struct pf_event e = { .time = a->now, .kind = "crash", .was = "",
	    .now = "new", .who = row->r.bot };
	struct pf_crash_verdict v;
	char id[PF_ID_MAX + 1], path[256];

	c.hash = "";
	c.overflow = pf_json_get(j, "overflow") != NULL;
	c.stored = row->stored;
	c.campaign = row->campaign;
	c.live = &a->live;
	if ((err = pf_json_need(&c.hash, j, "hash")) != NULL ||
	    (err = pf_json_int(&c.size, j, "size", 0, PF_INT_MAX)) != NULL ||
	    (err = pf_json_int(&c.report, j, "report", 0, PF_INT_MAX)) !=
	    NULL || (err = get_said(said, &c, a, j)) != NULL ||
	    (err = pf_json_int(&c.exit_code, j, "exit_code", -1, 65535)) !=
	    NULL || (err = pf_json_str(&c.command, j, "command")) != NULL ||
	    (err = pf_json_str(&c.engine, j, "engine")) != NULL ||
	    (err = pf_json_str(&c.target_hash, j, "target_hash")) != NULL ||
	    (err = pf_json_int(&c.run_seed, j, "run_seed", 0, PF_INT_MAX)) !=
	    NULL)
		return err;
	if (!pf_sha_ok(c.hash))
		return pf_err_field(PF_DATA, "hash", "hash is not a SHA-256");
	if (c.target_hash[0] != '\0' && !pf_sha_ok(c.target_hash))
		return pf_err_field(PF_DATA, "target_hash",
		    "target_hash is not a SHA-256");
	snprintf(path, sizeof(path), "crashes/%s/%s", c.job, c.hash);
	c.file_path = path;
	name_crash(id, a, row, c.hash);
	c.id = id;
	if ((err = file_crash(&v, a, row, &c)) != NULL)
		return err;
	e.subject = v.id;
	e.why = c.type;
	if ((v.unique && (err = pf_event_add(a->db, &e)) != NULL) ||
	    (err = note_move(a, row, &v)) != NULL || (v.fresh && (err =
	    pf_announce(a, v.bucket, v.drop[0] != '\0' ? v.drop : v.id)) !=
	    NULL))
		return err;
	pf_jw_str(out, "id", v.id);
	pf_jw_bool(out, "unique", v.unique);
	pf_jw_int(out, "count", v.count);
	pf_jw_str(out, "bucket", v.bucket);
	pf_jw_str(out, "rules", a->live.gen[0].version);
	if (v.drop[0] != '\0')
		pf_jw_str(out, "drop", v.drop);
	pf_jw_bool(out, "new_bucket", v.fresh);
	pf_jw_bool(out, "chosen", v.chosen);
	return NULL;
}

const struct pf_err *
pf_put_crash(struct pf_act *a, struct row *row, struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_json *said = NULL;

	err = put_said(a, row, out, &said);
	pf_json_free(said);
	return err;
}
