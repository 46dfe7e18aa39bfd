/*
 * pf-sched init: the storage tree, the spool, the database.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "model/campaign.h"
#include "model/system.h"
#include "os/clock.h"
#include "os/fs.h"
#include "sched/sched.h"
#include "store/dbw.h"
#include "store/spool.h"

static const char *const tree[] = {
	"", "/data", "/targets", "/corpus", "/crashes", "/metadata",
	"/metadata/bots", "/metadata/jobs", "/metadata/system",
	"/metadata/ledger", "/logs", "/logs/jobs",
};

#define NTREE	(sizeof(tree) / sizeof(tree[0]))

const struct pf_err *
tree_make(const char *storage)
{
	const struct pf_err *err = NULL;
	char *path;
	size_t i;

	for (i = 0; i < NTREE && err == NULL; i++) {
		path = pf_asprintf("%s%s", storage, tree[i]);
		err = pf_mkdirs(path, 0750);
		free(path);
	}
	return err;
}

/* What a new database needs to know of its master. */
static const struct pf_err *
fill(const struct pf_conf *conf)
{
	const struct pf_err *err;
	struct pf_db *db = NULL;
	char id[PF_ID_MAX + 1], text[32];
	int64_t now = pf_wall_ms();
	int lock = -1;

	if (!keep_master(id, conf->storage_path))
		pf_uuid7(id, now);
	snprintf(text, sizeof(text), "%" PRId64, now);
	if ((err = pf_dbw_open(&db, &lock, conf->storage_path)) == NULL &&
	    (err = pf_dbw_begin(db)) == NULL &&
	    (err = pf_system_default(db, "master_id", id)) == NULL &&
	    (err = pf_system_default(db, "created", text)) == NULL &&
	    (err = pf_system_default(db, "epoch", "1")) == NULL &&
	    (err = pf_campaign_need(id, NULL, db, PF_CAMPAIGN_DEFAULT, now)) ==
	    NULL && (err = pf_dbw_commit(db)) == NULL)
		err = pf_system_get(text, sizeof(text), db, "epoch");
	if (err == NULL)
		err = pf_system_get(id, sizeof(id), db, "master_id");
	/* Synced before any token is given out under it. */
	if (err == NULL && (err = keep_once(conf->storage_path, "epoch",
	    text)) == NULL)
		err = keep_once(conf->storage_path, "master", id);
	if (db != NULL)
		pf_dbw_rollback(db);
	pf_db_close(db);
	if (lock != -1)
		close(lock);
	return err;
}

const struct pf_err *
verb_init(struct options *o, const struct pf_conf *conf, int argc,
    char *argv[])
{
	const struct pf_err *err;
	bool made = false;

	(void)argv;
	if (argc != 1)
		usage();
	/* A new one in the place of one that was lost would be its end. */
	if ((err = pf_db_lost(conf->storage_path)) != NULL)
		return err;
	if (o->dry) {
		printf("would make storage %s, spool %s, database %s/data/"
		    "pandafuzz.db\n", conf->storage_path, conf->spool_path,
		    conf->storage_path);
		return NULL;
	}
	if ((err = tree_make(conf->storage_path)) != NULL ||
	    (err = pf_spool_init(conf->spool_path, 0770)) != NULL ||
	    (err = pf_dbw_init(conf->storage_path, &made)) != NULL ||
	    (err = fill(conf)) != NULL)
		return err;
	if (!o->quiet)
		printf("%s\t%s\n", made ? "made" : "ready",
		    conf->storage_path);
	return NULL;
}
