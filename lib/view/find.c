/*
 * Ids by their beginning; see find.h.
 */
#include <stdio.h>
#include <string.h>

#include "view/find.h"

/* sql gives at most two ids, an exact one first. */
static const struct pf_err *
find(char out[PF_ID_MAX + 1], struct pf_db *db, const char *sql,
    const char *what, const char *text)
{
	const struct pf_err *err;
	const char *how = strcmp(what, "crash") == 0 ? "crashes" :
	    strcmp(what, "bot") == 0 ? "bots" :
	    strcmp(what, "campaign") == 0 ? "campaigns" : "jobs";
	char second[PF_ID_MAX + 1];
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	*out = second[0] = '\0';
	if (!pf_text_ok(text))
		return pf_err(PF_NOTFOUND, "no %s has such an id; pf-report "
		    "%s lists them", what, how);
	if ((err = pf_q(&q, db, sql, "s", text)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more) {
		snprintf(out, PF_ID_MAX + 1, "%s", pf_q_text(&q, 0));
		if ((err = pf_q_row(&q, &more)) == NULL && more)
			pf_q_copy(&q, 0, second, sizeof(second));
	}
	pf_q_done(&q);
	if (err != NULL || strcmp(out, text) == 0)
		return err;
	if (*out == '\0')
		return pf_err(PF_NOTFOUND, "there is no %s \"%s\"; pf-report "
		    "%s lists them", what, text, how);
	if (second[0] != '\0')
		return pf_err(PF_DATA, "\"%s\" fits more than one %s: %s, "
		    "%s ...; give the whole id", text, what, out, second);
	return NULL;
}

/* '~' comes after every character an id may have. */
const struct pf_err *
pf_find_job(char out[PF_ID_MAX + 1], struct pf_db *db, const char *text)
{
	return find(out, db, "SELECT id FROM jobs WHERE id >= ?1 AND "
	    "id < ?1 || '~' ORDER BY id LIMIT 2", "job", text);
}

const struct pf_err *
pf_find_bot(char out[PF_ID_MAX + 1], struct pf_db *db, const char *text)
{
	return find(out, db, "SELECT id FROM bots WHERE (id >= ?1 AND "
	    "id < ?1 || '~') OR (name = ?1 AND gone_at IS NULL) "
	    "ORDER BY id <> ?1, id LIMIT 2", "bot", text);
}

const struct pf_err *
pf_find_crash(char out[PF_ID_MAX + 1], struct pf_db *db, const char *text)
{
	return find(out, db, "SELECT id FROM crashes WHERE id >= ?1 AND "
	    "id < ?1 || '~' ORDER BY id LIMIT 2", "crash", text);
}

const struct pf_err *
pf_find_campaign(char out[PF_ID_MAX + 1], struct pf_db *db, const char *text)
{
	return find(out, db, "SELECT id FROM campaigns WHERE name = ?1 OR "
	    "(id >= ?1 AND id < ?1 || '~' AND NOT EXISTS (SELECT 1 FROM "
	    "campaigns WHERE name = ?1)) ORDER BY id LIMIT 2", "campaign",
	    text);
}
