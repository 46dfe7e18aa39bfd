/*
 * The table of engines.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/proc.h"
#include "run/engine/engine.h"

static const struct engine *const engines[] = {
	&engine_afl, &engine_libfuzzer,
};

void
numbers_unknown(struct numbers *n)
{
	*n = (struct numbers){ -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	    -1, -1, -1 };
}

#define NENGINES	(sizeof(engines) / sizeof(engines[0]))

const struct engine *
engine_find(const char *name)
{
	const struct engine *e;
	size_t i;

	for (i = 0; i < NENGINES; i++)
		if (strcmp(engines[i]->name, name) == 0)
			return engines[i];
	for (i = 0; (e = engine_learnt(i)) != NULL; i++)
		if (strcmp(e->name, name) == 0)
			return e;
	return NULL;
}

bool
engine_alive(const struct fuzz *f)
{
	return f->engine->alive != NULL ? f->engine->alive(f) : f->pid > 0;
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
	const struct engine *e;
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
	for (i = 0; (e = engine_learnt(i)) != NULL; i++)
		if (listed(only, e->name)) {
			pf_jw_str(out, NULL, e->name);
			n++;
		}
	pf_jw_close(out, ']');
	if (n == 0)
		return pf_err(PF_UNAVAIL, "no engine to offer: install afl++, "
		    "or mend capabilities in [bot]");
	return NULL;
}

void
engine_kinds(struct pf_buf *out, const char *caps)
{
	char *program = pf_proc_find("valgrind");

	/* The bracket at the end comes later. */
	pf_buf_add(out, caps, strlen(caps) - 1);
	pf_buf_adds(out, ",\"regress\"");
	if (program != NULL)
		pf_buf_adds(out, ",\"memcheck\"");
	pf_buf_addc(out, ']');
	free(program);
}
