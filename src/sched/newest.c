/*
 * Which of several descriptions of a job, a bot or a campaign is the newest.
 *
 * Each change of them is an event, and ids of events only grow until they
 * begin anew in a database made anew, whose epoch is the higher then.  So a
 * file says as of which epoch and event it is, a backup is as of the last
 * event it has, and the greater of two is the newer.  Of one that says
 * nothing, as they were once, it is known that it was there.
 */
#include <string.h>

#include "sched/remake.h"
#include "store/rowjson.h"

static const struct kind {
	const char	*table, *newer, *drop;
} kinds[] = {
#define NEWER(table) \
	"SELECT (?2, ?3) > (coalesce(n.epoch, ?4), coalesce(n.event, ?5)) " \
	"FROM " table " AS t LEFT JOIN newest AS n ON n.id = t.id " \
	"WHERE t.id = ?1"
	{ "jobs", NEWER("jobs"), "DELETE FROM jobs WHERE id = ?" },
	{ "bots", NEWER("bots"), "DELETE FROM bots WHERE id = ?" },
	{ "campaigns", NEWER("campaigns"),
	    "DELETE FROM campaigns WHERE id = ?" },
#undef NEWER
	{ NULL, NULL, NULL }
};

const struct pf_err *
remake_moment(struct moment *m, struct pf_db *db)
{
	const struct pf_err *err;

	*m = (struct moment){ 0 };
	if ((err = pf_db_int(db, &m->epoch, NULL, "SELECT coalesce((SELECT "
	    "CAST(value AS INTEGER) FROM system WHERE key = 'epoch'), 0)",
	    "")) != NULL)
		return err;
	return pf_db_int(db, &m->event, NULL, "SELECT coalesce(max(id), 0) "
	    "FROM events", "");
}

const struct pf_err *
newest_begin(struct remake *r)
{
	const struct pf_err *err;

	if ((err = remake_moment(&r->backup, r->act.db)) != NULL)
		return err;
	return pf_db_run(r->act.db, NULL, "CREATE TEMP TABLE newest (id TEXT "
	    "PRIMARY KEY, epoch INTEGER, event INTEGER) WITHOUT ROWID", "");
}

const struct pf_err *
newest_file(struct remake *r, const struct pf_json *doc)
{
	const struct pf_err *err;

	r->file = (struct moment){ 0 };
	if ((err = pf_json_int(&r->file.epoch, doc, "epoch", 0, INT64_MAX)) !=
	    NULL)
		return err;
	return pf_json_int(&r->file.event, doc, "event", 0, INT64_MAX);
}

/* A name is one live bot's: who had it before has gone, file or not. */
static const struct pf_err *
free_name(struct pf_db *db, const char *id, const struct pf_json *row)
{
	const struct pf_err *err;
	const char *host = "", *name = "";
	int64_t since = 0;

	if (pf_json_get(row, "gone_at") != NULL)
		return NULL;
	if ((err = pf_json_need(&host, row, "hostname")) != NULL ||
	    (err = pf_json_need(&name, row, "name")) != NULL ||
	    (err = pf_json_int(&since, row, "registered_at", 0, INT64_MAX)) !=
	    NULL)
		return err;
	return pf_db_run(db, NULL, "UPDATE bots SET gone_at = ?4, is_online ="
	    " 0 WHERE hostname = ?1 AND name = ?2 AND id <> ?3 AND gone_at "
	    "IS NULL", "sssi", host, name, id, since);
}

/* Two of one name, as two masters have a default each, are both kept: the
 * later to come has its id in its name. */
static const struct pf_err *
add_campaign(struct pf_db *db, const char *id, const struct pf_json *row)
{
	const struct pf_err *err;
	const char *name = "";
	int64_t same = 0;

	if ((err = pf_json_need(&name, row, "name")) != NULL ||
	    (err = pf_db_run(db, &same, "UPDATE campaigns SET name = char(10)"
	    " || name WHERE name = ? AND id <> ?", "ss", name, id)) != NULL ||
	    (err = pf_row_insert(db, "campaigns", row)) != NULL || same == 0)
		return err;
	if ((err = pf_db_run(db, NULL, "UPDATE campaigns SET name = name || "
	    "' ' || id WHERE id = ?", "s", id)) != NULL)
		return err;
	return pf_db_run(db, NULL, "UPDATE campaigns SET name = ?1 WHERE "
	    "name = char(10) || ?1", "s", name);
}

const struct pf_err *
newest_take(bool *taken, struct remake *r, const char *table,
    const struct pf_json *row)
{
	const struct pf_err *err;
	const struct kind *k = kinds;
	const char *id = "";
	struct pf_db *db = r->act.db;
	bool found = false;
	int64_t newer = 0;

	*taken = false;
	while (strcmp(k->table, table) != 0)
		k++;
	if ((err = pf_json_need(&id, row, "id")) != NULL ||
	    (err = pf_db_int(db, &newer, &found, k->newer, "siiii", id,
	    r->file.epoch, r->file.event, r->backup.epoch,
	    r->backup.event)) != NULL || (found && newer == 0))
		return err;
	if ((err = pf_db_run(db, NULL, k->drop, "s", id)) != NULL ||
	    (strcmp(table, "bots") == 0 && (err = free_name(db, id, row)) !=
	    NULL))
		return err;
	if (strcmp(table, "campaigns") == 0)
		err = add_campaign(db, id, row);
	else
		err = pf_row_insert(db, table, row);
	if (err != NULL)
		return err;
	*taken = true;
	return pf_db_run(db, NULL, "INSERT INTO newest VALUES (?, ?, ?) ON "
	    "CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, event = "
	    "excluded.event", "sii", id, r->file.epoch, r->file.event);
}
