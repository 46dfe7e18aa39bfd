/*
 * The inputs of a job; see inputs.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "view/columns.h"
#include "view/inputs.h"
#include "view/rows.h"

#define LOOKS	10000	/* of one pool, for a page */

#define SEEDS	"job_blobs WHERE job = ?1 AND kind = 'seed' AND missing = 0"

static const struct pf_err *
next(struct pf_input_names *names, struct pf_db *db, const char *sql,
    const char *job)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	char after[PF_SHA_HEX + 1] = "";
	bool more = false;

	if (names->n > 0)
		memcpy(after, names->sha[names->n - 1], sizeof(after));
	names->n = 0;
	err = pf_q(&q, db, sql, "ssi", job, after, (int64_t)PF_INPUT_NAMES);
	while (err == NULL && names->n < PF_INPUT_NAMES &&
	    (err = pf_q_row(&q, &more)) == NULL && more)
		pf_q_copy(&q, 0, names->sha[names->n++], PF_SHA_HEX + 1);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_inputs_next(struct pf_input_names *names, struct pf_db *db,
    const char *job)
{
	return next(names, db, "SELECT hash FROM corpus WHERE job_id = ?1 AND "
	    "hash > ?2 ORDER BY hash LIMIT ?3", job);
}

const struct pf_err *
pf_seeds_next(struct pf_input_names *names, struct pf_db *db, const char *job)
{
	return next(names, db, "SELECT DISTINCT sha256 FROM " SEEDS " AND "
	    "sha256 > ?2 ORDER BY sha256 LIMIT ?3", job);
}

const struct pf_err *
pf_seeds_sum(int64_t *n, int64_t *bytes, struct pf_db *db, const char *job)
{
	const struct pf_err *err;
	struct pf_q q;
	bool there = false;

	*n = *bytes = 0;
	if ((err = pf_q(&q, db, "SELECT count(*), coalesce(sum(size), 0) FROM "
	    "(SELECT DISTINCT sha256, size FROM " SEEDS ")", "s", job)) ==
	    NULL && (err = pf_q_row(&q, &there)) == NULL && there) {
		*n = pf_q_int(&q, 0);
		*bytes = pf_q_int(&q, 1);
	}
	pf_q_done(&q);
	return err;
}

static const struct pf_view_col corpora_cols[] = {
	{ "job",	"job_id",		TEXT },
	{ "name",	"job_name",		TEXT },
	{ "files",	"file_count",		INT },
	{ "bytes",	"total_size",		SIZE },
	{ "updated",	"last_updated",		TIME },
};
#define CORPORA \
	"SELECT m.job_id, j.name, m.file_count, m.total_size, " \
	"m.last_updated FROM corpus_meta AS m JOIN jobs AS j " \
	"ON j.id = m.job_id "
VIEW(corpora,
    CORPORA "ORDER BY m.job_id LIMIT ?1",
    CORPORA "WHERE m.job_id = ?1 LIMIT ?2");

static const struct pf_view_col corpus_cols[] = {
	{ NULL,		"id",			TEXT },
	{ "hash",	"hash",			TEXT },
	{ "size",	"total_size",		SIZE },
	{ "engine",	"engine",		TEXT },
	{ "name",	"name",			TEXT },
	{ "time",	"timestamp",		TIME },
	{ NULL,		"files",		JSON },
	{ NULL,		"job_id",		TEXT },
	{ "bot",	"bot_id",		TEXT },
	{ NULL,		"size",			INT },
	{ NULL,		"uploaded_at",		TIME },
};
#define INPUTS \
	"SELECT rid, hash, size, engine, name, timestamp, json_array(hash), " \
	"job_id, bot_id, size, filed"
VIEW(corpus, NULL,
    INPUTS " FROM (SELECT * FROM corpus WHERE job_id = ?1 "
    "ORDER BY timestamp DESC, hash DESC LIMIT ?2) ORDER BY timestamp, hash");

/* Of all jobs it takes a walk over all inputs to know which are the same. */
static const struct pf_view_col corpus_stats_cols[] = {
	{ "files",	"total_files",		INT },
	{ "bytes",	"total_size",		SIZE },
	{ "updated",	"last_updated",		TIME },
	{ "unique",	"unique_hashes",	INT },
};
VIEW(corpus_stats,
    "SELECT coalesce((SELECT value FROM counters WHERE name = "
    "'corpus_files' AND scope = ''), 0), coalesce((SELECT value FROM "
    "counters WHERE name = 'corpus_bytes' AND scope = ''), 0), "
    "(SELECT max(last_updated) FROM corpus_meta), NULL LIMIT ?1",
    "SELECT coalesce(m.file_count, 0), coalesce(m.total_size, 0), "
    "m.last_updated, coalesce(m.file_count, 0) FROM jobs AS j LEFT JOIN "
    "corpus_meta AS m ON m.job_id = j.id WHERE j.id = ?1 LIMIT ?2");

/* In words of the Go program's API. */
static const struct pf_view_col campaign_corpus_cols[] = {
	{ NULL,		"id",			TEXT },
	{ NULL,		"campaign_id",		TEXT },
	{ "job",	"job_id",		TEXT },
	{ "bot",	"bot_id",		TEXT },
	{ "name",	"filename",		TEXT },
	{ "hash",	"hash",			TEXT },
	{ "size",	"size",			SIZE },
	{ "engine",	"engine",		TEXT },
	{ "time",	"created_at",		TIME },
	{ NULL,		"synced_at",		TIME },
};
VIEW(campaign_corpus, NULL, NULL);

const struct pf_err *
pf_inputs_page(struct pf_page *p, struct pf_buf *b, struct pf_db *db,
    const char *job)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;

	if (p->cursor != NULL && !pf_sha_ok(p->cursor))
		return pf_cursor_bad();
	if ((err = pf_q(&q, db, INPUTS ", hash FROM corpus WHERE job_id = ?1 "
	    "AND hash > ?2 ORDER BY hash", "ss", job, p->cursor != NULL ?
	    p->cursor : "")) == NULL)
		err = pf_view_rows(p, b, &pf_view_corpus, &q, p->limit);
	pf_q_done(&q);
	return err;
}

/* A place among the inputs of a campaign: a pool, and the last one of it. */
struct spot {
	int64_t	 pool, seq;
};

static const struct pf_err *
find_spot(struct spot *s, const char *cursor)
{
	char text[64], *dot;

	*s = (struct spot){ 0 };
	if (cursor == NULL)
		return NULL;
	snprintf(text, sizeof(text), "%s", cursor);
	if ((dot = strchr(text, '.')) == NULL)
		return pf_cursor_bad();
	*dot++ = '\0';
	return pf_num(&s->pool, text, 0, INT64_MAX) &&
	    pf_num(&s->seq, dot, 0, INT64_MAX) ? NULL : pf_cursor_bad();
}

/* What is left of the page, from one pool.  Inputs that are gone since are
 * passed over. */
static const struct pf_err *
pool_rows(struct pf_page *p, struct pf_buf *b, struct pf_db *db,
    const struct spot *at)
{
	const struct pf_err *err;
	struct pf_page part = { .limit = p->limit - p->count };
	struct pf_q q = PF_Q_INIT;

	if ((err = pf_q(&q, db, "SELECT c.rid, p.campaign, s.job_id, "
	    "c.bot_id, c.name, s.hash, c.size, c.engine, c.timestamp, "
	    "c.filed, s.pool || '.' || s.seq, c.hash IS NOT NULL "
	    "FROM shared AS s CROSS JOIN pools AS p ON p.id = s.pool "
	    "LEFT JOIN corpus AS c ON c.job_id = s.job_id AND "
	    "c.hash = s.hash WHERE s.pool = ?1 AND s.seq > ?2 "
	    "ORDER BY s.seq", "ii", at->pool, at->seq)) == NULL)
		err = pf_view_rows(&part, b, &pf_view_campaign_corpus, &q,
		    LOOKS);
	pf_q_done(&q);
	p->count += part.count;
	memcpy(p->next, part.next, sizeof(p->next));
	return err;
}

const struct pf_err *
pf_campaign_inputs_page(struct pf_page *p, struct pf_buf *b,
    struct pf_db *db, const char *campaign)
{
	const struct pf_err *err;
	struct spot from, at;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	p->count = 0;
	p->next[0] = '\0';
	if ((err = find_spot(&from, p->cursor)) == NULL)
		err = pf_q(&q, db, "SELECT id FROM pools WHERE campaign = ?1 "
		    "AND id >= ?2 ORDER BY id", "si", campaign, from.pool);
	while (err == NULL && p->next[0] == '\0' &&
	    (err = pf_q_row(&q, &more)) == NULL && more) {
		at.pool = pf_q_int(&q, 0);
		at.seq = at.pool == from.pool ? from.seq : 0;
		if (p->count == p->limit)
			snprintf(p->next, sizeof(p->next), "%" PRId64 ".0",
			    at.pool);
		else
			err = pool_rows(p, b, db, &at);
	}
	pf_q_done(&q);
	return err;
}
