/*
 * Whose tree is made a database of, and whose its files are; see remake.h.
 *
 * Files that were copied in from another master by mistake would make its
 * jobs this one's: bots would run them.  Those of before say nothing, and are
 * believed.
 */
#include <stdio.h>
#include <string.h>

#include "model/system.h"
#include "sched/remake.h"

const struct pf_err *
whose_begin(struct remake *r)
{
	if (keep_master(r->master, r->conf->storage_path))
		return NULL;
	return pf_system_get(r->master, sizeof(r->master), r->act.db,
	    "master_id");
}

/* A snapshot has it among what the master knows of itself. */
static const struct pf_err *
said(const char **id, const struct pf_json *doc)
{
	const struct pf_err *err;
	const struct pf_json *row;
	const char *key;

	*id = NULL;
	if ((err = pf_json_str(id, doc, "master")) != NULL || *id != NULL)
		return err;
	for (row = pf_json_first(pf_json_get(doc, "system")); row != NULL;
	    row = pf_json_next(row)) {
		key = pf_json_text(pf_json_get(row, "key"));
		if (key != NULL && strcmp(key, "master_id") == 0)
			return pf_json_str(id, row, "value");
	}
	return NULL;
}

const struct pf_err *
whose_file(struct remake *r, const struct pf_json *doc)
{
	const struct pf_err *err;
	const char *id;

	if ((err = said(&id, doc)) != NULL || id == NULL ||
	    strcmp(id, r->master) == 0)
		return err;
	if (!pf_id_ok(id))
		return pf_err(PF_DATA, "master is not an id");
	if (r->master[0] == '\0') {
		snprintf(r->master, sizeof(r->master), "%s", id);
		return NULL;
	}
	return pf_err(PF_DATA, "it is of master %s, but this is %s", id,
	    r->master);
}
