/*
 * Corpus; see corpus.h.
 */
#include "model/corpus.h"

const struct pf_err *
pf_corpus_put(bool *unique, struct pf_db *db, const struct pf_corpus *c)
{
	const struct pf_err *err;
	int64_t n = 0;

	err = pf_db_run(db, &n, "INSERT INTO corpus (job_id, hash, size, "
	    "bot_id, engine, name, timestamp, rid) VALUES (?, ?, ?, ?, ?, ?, "
	    "?, ?) ON CONFLICT (job_id, hash) DO NOTHING", "ssisssis", c->job,
	    c->hash, c->size, c->bot, c->engine, c->name, c->timestamp,
	    c->rid);
	*unique = n > 0;
	return err;
}
