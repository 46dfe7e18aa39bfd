/*
 * Counts of states; see tally.h.
 */
#include <string.h>

#include "model/tally.h"

void
pf_tally_add(struct pf_tally *t, const char *prefix, const char *name,
    int64_t n)
{
	size_t i;

	for (i = 0; i < t->used; i++)
		if (strcmp(t->of[i].name, name) == 0 &&
		    strcmp(t->of[i].prefix, prefix) == 0)
			break;
	if (i == PF_TALLY_MAX)
		pf_die("more than %d counters of states", PF_TALLY_MAX);
	if (i == t->used) {
		t->of[i].prefix = prefix;
		t->of[i].name = name;
		t->of[i].n = 0;
		t->used++;
	}
	t->of[i].n += n;
}

const struct pf_err *
pf_tally_write(struct pf_tally *t, struct pf_db *db)
{
	const struct pf_err *err;
	size_t i;

	for (i = 0; i < t->used; i++) {
		if (t->of[i].n == 0)
			continue;
		if ((err = pf_db_run(db, NULL, "INSERT INTO counters (name, "
		    "scope, value) VALUES (?1 || ?2, '', ?3) ON CONFLICT "
		    "(name, scope) DO UPDATE SET value = value + ?3", "ssi",
		    t->of[i].prefix, t->of[i].name, t->of[i].n)) != NULL)
			return err;
		t->of[i].n = 0;
	}
	t->used = 0;
	return NULL;
}
