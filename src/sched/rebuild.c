/*
 * pf-sched rebuild and restore: the database from the storage tree alone, or
 * from a backup and what the tree knows since.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/system.h"
#include "os/fs.h"
#include "sched/remake.h"

/* What another master knew would take the place of what this one is. */
static const struct pf_err *
same_master(const struct remake *r, const char *from)
{
	const struct pf_err *err;
	const char *storage = r->conf->storage_path;
	char id[PF_ID_MAX + 1], own[PF_ID_MAX + 1];

	if ((err = pf_system_get(id, sizeof(id), r->act.db, "master_id")) !=
	    NULL || id[0] == '\0' || !keep_master(own, storage) ||
	    strcmp(id, own) == 0)
		return err;
	return pf_err(PF_CONFIG, "%s: the backup of master %s, but this is "
	    "%s; if it shall become that one, remove %s/metadata/system/"
	    "master first", from, id, own, storage);
}

static const struct pf_err *
remake(const struct options *o, const struct pf_conf *conf, const char *from)
{
	const struct pf_err *err;
	struct remake r;
	int64_t crashes = 0, corpus = 0;

	if ((err = remake_begin(&r, conf, from)) == NULL &&
	    (from == NULL || (err = same_master(&r, from)) == NULL) &&
	    (err = remake_told(&r)) == NULL &&
	    (err = remake_metadata(&r)) == NULL &&
	    (err = remake_replay(&r)) == NULL &&
	    (err = remake_hooks(&r)) == NULL &&
	    (err = pf_db_int(r.act.db, &crashes, NULL, "SELECT count(*) FROM "
	    "crashes", "")) == NULL &&
	    (err = pf_db_int(r.act.db, &corpus, NULL, "SELECT count(*) FROM "
	    "corpus", "")) == NULL)
		err = remake_finish(&r, !o->dry);
	remake_end(&r);
	if (err == NULL && !o->quiet)
		printf("jobs\t%" PRId64 "\nbots\t%" PRId64 "\nresults\t%"
		    PRId64 "\ncrashes\t%" PRId64 "\ncorpus\t%" PRId64
		    "\nrefused\t%" PRId64 "\n", r.jobs, r.bots, r.replayed,
		    crashes, corpus, r.refused);
	/* What was left out was told of; a script is to see it too. */
	if (err == NULL && r.refused > 0)
		err = pf_err(PF_NO, "%s", "");
	return err;
}

const struct pf_err *
verb_rebuild(struct options *o, const struct pf_conf *conf, int argc,
    char *argv[])
{
	(void)argv;
	if (argc != 1)
		usage();
	return remake(o, conf, NULL);
}

const struct pf_err *
verb_restore(struct options *o, const struct pf_conf *conf, int argc,
    char *argv[])
{
	const struct pf_err *err;
	bool in = false;

	if (argc != 2)
		usage();
	if (*argv[1] == '\0')
		return pf_err(PF_USAGE, "the directory has no name");
	if ((err = pf_within(&in, argv[1], conf->storage_path)) != NULL)
		return err;
	if (in)
		return pf_err(PF_USAGE, "%s lies in the storage itself; "
		    "rebuild makes the database anew from that", argv[1]);
	return remake(o, conf, argv[1]);
}
