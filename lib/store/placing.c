/*
 * Rules from the database; see placing.h.
 */
#include <string.h>

#include "base/mem.h"
#include "store/placing.h"

void
pf_live_free(struct pf_live *l)
{
	int i;

	for (i = 0; i < l->n; i++)
		pf_rules_free(l->gen[i].rules);
	*l = (struct pf_live){ .n = 0 };
}

static const struct pf_err *
load(struct pf_gen *g, struct pf_db *db, int64_t n)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	*g = (struct pf_gen){ .n = n, .rules = pf_rules_new() };
	if ((err = pf_q(&q, db, "SELECT version, text FROM rules WHERE n = ?",
	    "i", n)) == NULL && (err = pf_q_row(&q, &more)) == NULL && !more)
		err = pf_err(PF_IO, "the database has lost its rules");
	if (err == NULL) {
		pf_q_copy(&q, 0, g->was, sizeof(g->was));
		err = pf_rules_add(g->rules, pf_q_text(&q, 1),
		    strlen(pf_q_text(&q, 1)));
	}
	pf_rules_version(g->version, g->rules);
	pf_q_done(&q);
	return err;
}

/* What is loaded is what the row says; then only the cursor may be new. */
static bool
is_loaded(const struct pf_live *l, const struct pf_q *q)
{
	if (l->n == 0 || l->gen[0].n != pf_q_int(q, 0) ||
	    (l->n == 2) != !pf_q_null(q, 1) ||
	    strcmp(l->gen[0].was, pf_q_text(q, 3)) != 0)
		return false;
	return l->n == 1 || (l->gen[1].n == pf_q_int(q, 1) &&
	    strcmp(l->gen[1].was, pf_q_text(q, 4)) == 0);
}

const struct pf_err *
pf_live_load(struct pf_live *l, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_live new = { .n = 0 };
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = pf_q(&q, db, "SELECT rules, coming, cursor, (SELECT version"
	    " FROM rules WHERE n = p.rules), (SELECT version FROM rules WHERE "
	    "n = p.coming) FROM placing AS p", "")) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && !more)
		err = pf_err(PF_IO, "the database does not say which rules "
		    "are in force");
	if (err == NULL && !is_loaded(l, &q)) {
		new.n = 1;
		err = load(&new.gen[0], db, pf_q_int(&q, 0));
		if (err == NULL && !pf_q_null(&q, 1)) {
			new.n = 2;
			err = load(&new.gen[1], db, pf_q_int(&q, 1));
			new.gen[1].coming = true;
		}
		/* Those that are loaded are better than none. */
		pf_live_free(err == NULL ? l : &new);
		if (err == NULL)
			*l = new;
	}
	if (err == NULL) {
		memcpy(l->gen[0].cursor, PF_PLACED_ALL, 2);
		if (l->n == 2)
			pf_q_copy(&q, 2, l->gen[1].cursor,
			    sizeof(l->gen[1].cursor));
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_live_text(char **text, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = pf_q(&q, db, "SELECT text FROM rules WHERE n = (SELECT "
	    "rules FROM placing)", "")) == NULL)
		err = pf_q_row(&q, &more);
	*text = pf_strdup(err == NULL && more ? pf_q_text(&q, 0) : "");
	pf_q_done(&q);
	return err;
}

bool
pf_live_sound(const struct pf_live *l)
{
	return strcmp(l->gen[0].version, l->gen[0].was) == 0;
}

void
pf_live_bucket(struct pf_bucket *b, struct pf_live *l, const char *campaign,
    const struct pf_given *t)
{
	struct pf_sign s;

	pf_rules_sign(&s, l->gen[0].rules, t);
	pf_bucket_of(b, campaign, s.key);
}

void
pf_drop_name(char id[PF_SHA_TEXT], const struct pf_rules *rules, bool parsed,
    bool over, const char *campaign, const struct pf_given *t)
{
	struct pf_buf b = PF_BUF_INIT;

	pf_buf_addf(&b, "%s\n%d\n", campaign, (int)over);
	if (parsed)
		pf_rules_trace(&b, rules);
	else
		pf_buf_addf(&b, "%s\n%s\n%s\n%lld\n%s", t->type, t->tool,
		    t->stack, (long long)t->signal, t->output);
	pf_sha256(id, b.data, b.len);
	pf_buf_free(&b);
}

void
pf_live_drop(char id[PF_SHA_TEXT], struct pf_live *l, bool over,
    const char *campaign, const struct pf_given *t)
{
	struct pf_sign s;

	pf_rules_sign(&s, l->gen[0].rules, t);
	pf_drop_name(id, l->gen[0].rules, s.parsed, over, campaign, t);
}

const struct pf_err *
pf_drop_said(struct pf_json **said, struct pf_db *db, const char *id)
{
	const struct pf_err *err;
	const char *text;
	struct pf_q q;
	bool more = false;

	*said = NULL;
	if ((err = pf_q(&q, db, "SELECT json_object('type', type, 'tool', "
	    "tool, 'stack', stack, 'output', output, 'signal', signal) FROM "
	    "dropped WHERE id = ?", "s", id)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more) {
		text = pf_q_text(&q, 0);
		err = pf_json_parse(said, text, strlen(text));
	}
	pf_q_done(&q);
	return err;
}
