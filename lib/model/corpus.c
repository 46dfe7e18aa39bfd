/*
 * Corpus; see corpus.h.
 */
#include "model/corpus.h"
#include "store/dbw.h"

const struct pf_err *
pf_corpus_put(bool *unique, struct pf_db *db, const struct pf_corpus *c)
{
	const struct pf_err *err;
	int64_t n = 0;

	err = pf_db_run(db, &n, "INSERT INTO corpus (job_id, hash, size, "
	    "bot_id, engine, name, timestamp, rid, filed) VALUES (?, ?, ?, "
	    "?, ?, ?, ?, ?, ?) ON CONFLICT (job_id, hash) DO NOTHING",
	    "ssisssisi", c->job, c->hash, c->size, c->bot, c->engine,
	    c->name, c->timestamp, c->rid, c->filed);
	*unique = n > 0;
	if (err != NULL || *unique)
		return err;
	/* Who comes first by its clock has found it, as with crashes. */
	return pf_db_run(db, NULL, "UPDATE corpus SET bot_id = ?3, "
	    "engine = ?4, name = ?5, timestamp = ?6, rid = ?7 WHERE "
	    "job_id = ?1 AND hash = ?2 AND (?6, ?7) < (timestamp, rid)",
	    "sssssis", c->job, c->hash, c->bot, c->engine, c->name,
	    c->timestamp, c->rid);
}

const struct pf_err *
pf_corpus_recount(struct pf_db *db, const char *job)
{
	const struct pf_err *err;
	int64_t files = 0, bytes = 0, n = 0, size = 0, last = 0;

	if ((err = pf_db_int(db, &files, NULL, "SELECT file_count FROM "
	    "corpus_meta WHERE job_id = ?", "s", job)) != NULL ||
	    (err = pf_db_int(db, &bytes, NULL, "SELECT total_size FROM "
	    "corpus_meta WHERE job_id = ?", "s", job)) != NULL ||
	    (err = pf_db_int(db, &n, NULL, "SELECT count(*) FROM corpus "
	    "WHERE job_id = ?", "s", job)) != NULL ||
	    (err = pf_db_int(db, &size, NULL, "SELECT coalesce(sum(size), 0) "
	    "FROM corpus WHERE job_id = ?", "s", job)) != NULL ||
	    (err = pf_db_int(db, &last, NULL, "SELECT coalesce(max(filed), "
	    "0) FROM corpus WHERE job_id = ?", "s", job)) != NULL ||
	    (err = pf_db_run(db, NULL, "INSERT INTO corpus_meta VALUES (?1, "
	    "?2, ?3, ?4) ON CONFLICT (job_id) DO UPDATE SET file_count = ?2, "
	    "total_size = ?3, last_updated = ?4", "siii", job, n, size,
	    last)) != NULL ||
	    (err = pf_counter_add(db, "corpus_files", "", n - files)) != NULL)
		return err;
	return pf_counter_add(db, "corpus_bytes", "", size - bytes);
}
