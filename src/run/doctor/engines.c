/*
 * Engines and what helps them: which there are, of what version, and what
 * they are boxed in by.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "os/fs.h"
#include "os/proc.h"
#include "run/box/box.h"
#include "run/doctor/doctor.h"
#include "run/engine/extern.h"

#define PROGRAM_MAX	(64 << 20)

/*
 * A version as it stands in the program, "++4.04c": it is in what every
 * afl-fuzz writes to fuzzer_stats.  Nothing is executed to know it.
 */
static void
afl_version(char out[64], const char *path)
{
	static const char key[] = "afl_version       : ";
	struct pf_buf b = PF_BUF_INIT;
	const char *p;

	snprintf(out, 64, "of unknown version");
	if (pf_slurp(&b, path, PROGRAM_MAX) == NULL &&
	    (p = memmem(b.data, b.len, key, sizeof(key) - 1)) != NULL &&
	    p[sizeof(key) - 1] == '+')
		snprintf(out, 64, "%.*s", (int)strcspn(p + sizeof(key) - 1,
		    " \n"), p + sizeof(key) - 1);
	pf_buf_free(&b);
}

static bool
offered(const struct pf_json *list, const char *name)
{
	const struct pf_json *v;
	const char *s;

	for (v = pf_json_first(list); v != NULL; v = pf_json_next(v))
		if ((s = pf_json_text(v)) != NULL && strcmp(s, name) == 0)
			return true;
	return false;
}

static void
look_afl(struct doctor *d, const struct pf_json *list)
{
	char *path = pf_proc_find("afl-fuzz"), *real, *text;
	char version[64];

	if (path == NULL)
		doctor_warn(d, "afl++", "afl-fuzz is not on the PATH",
		    "install afl++, if it should take such jobs");
	else if (!offered(list, "afl++"))
		doctor_warn(d, "afl++", path, "it is not offered: "
		    "capabilities in [bot] leaves it out");
	else {
		real = realpath(path, NULL);
		afl_version(version, real != NULL ? real : path);
		text = pf_asprintf("%s %s", path, version);
		doctor_ok(d, "afl++", text);
		free(text);
		free(real);
	}
	free(path);
}

static void
refused(void *d, const struct pf_err *err)
{
	doctor_warn(d, "engine", err->msg, "mend it, or take it out of engines "
	    "in [bot]: it is not offered");
}

/* Those of pf-engine(5), as they tell of themselves. */
static void
look_others(struct doctor *d)
{
	const struct engine_ear ear = { refused, d };
	const struct external *x;
	const struct engine *e;
	char *text;
	size_t i;

	engine_learn(d->conf, ENGINE_VERBOSE, &ear);
	for (i = 0; (e = engine_learnt(i)) != NULL; i++) {
		x = extern_named(e->name);
		text = pf_asprintf("%s %s", x->path, x->probe.version[0] !=
		    '\0' ? x->probe.version : "of unknown version");
		doctor_ok(d, e->name, text);
		free(text);
	}
}

/* All that would be offered, those without a line of their own too. */
static void
look_offer(struct doctor *d)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *list = NULL;

	if ((err = engine_capabilities(&b, d->conf->bot_capabilities)) !=
	    NULL)
		doctor_fail(d, EX_UNAVAILABLE, "engines", err->msg,
		    "install one, or mend capabilities in [bot]");
	else
		doctor_ok(d, "engines", b.data);
	if (err == NULL && pf_json_parse(&list, b.data, b.len) != NULL)
		list = NULL;
	look_afl(d, list);
	pf_json_free(list);
	pf_buf_free(&b);
}

/* Without it reports of sanitizers name no lines. */
static void
look_symbolizer(struct doctor *d)
{
	char *found = env_symbolizer();

	if (found != NULL)
		doctor_ok(d, "symbolizer", found);
	else
		doctor_warn(d, "symbolizer", "llvm-symbolizer is not on the "
		    "PATH", "install llvm: reports of crashes have no "
		    "functions and lines without it");
	free(found);
}

static void
look_box(struct doctor *d)
{
	struct box_ability can[BOX_LAYERS];
	bool strict = strcmp(d->conf->bot_isolation, "strict") == 0;
	char what[64];
	size_t i;

	box_abilities(d->conf, can);
	for (i = 0; i < BOX_LAYERS; i++) {
		snprintf(what, sizeof(what), "box: %s", can[i].name);
		if (can[i].have)
			doctor_ok(d, what, can[i].words);
		else if (strict)
			doctor_fail(d, EX_UNAVAILABLE, what, can[i].words,
			    "isolation = strict in [bot] wants it");
		else
			doctor_warn(d, what, can[i].words,
			    "targets are less shut in than they could be");
	}
}

void
doctor_engines(struct doctor *d)
{
	look_others(d);
	look_offer(d);
	look_symbolizer(d);
	look_box(d);
}
