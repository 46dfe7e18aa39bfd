/*
 * The table of engines.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/proc.h"
#include "run/engine.h"

static const struct engine *const engines[] = {
	&engine_afl, &engine_libfuzzer,
};

#define NENGINES	(sizeof(engines) / sizeof(engines[0]))

const struct engine *
engine_find(const char *name)
{
	size_t i;

	for (i = 0; i < NENGINES; i++)
		if (strcmp(engines[i]->name, name) == 0)
			return engines[i];
	return NULL;
}

/* True if the list is empty or has the name, in any of its spellings. */
static bool
listed(const char *list, const char *name)
{
	char word[64], canon[33];
	const char *p = list + strspn(list, " ,");
	size_t n;
	bool any = false;

	for (; *p != '\0'; p += strspn(p, " ,")) {
		n = strcspn(p, " ,");
		any = true;
		if (n < sizeof(word)) {
			memcpy(word, p, n);
			word[n] = '\0';
			if (pf_engine_name(canon, word) &&
			    strcmp(canon, name) == 0)
				return true;
		}
		p += n;
	}
	return !any;
}

const struct pf_err *
engine_capabilities(struct pf_buf *out, const char *only)
{
	char *program;
	size_t i, n = 0;

	pf_jw_open(out, NULL, '[');
	for (i = 0; i < NENGINES; i++) {
		if (!listed(only, engines[i]->name))
			continue;
		if (engines[i]->program != NULL) {
			program = pf_proc_find(engines[i]->program);
			if (program == NULL)
				continue;
			free(program);
		}
		pf_jw_str(out, NULL, engines[i]->name);
		n++;
	}
	pf_jw_close(out, ']');
	if (n == 0)
		return pf_err(PF_UNAVAIL, "no engine to offer: install afl++, "
		    "or mend capabilities in [bot]");
	return NULL;
}
