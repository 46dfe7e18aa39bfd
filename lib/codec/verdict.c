/*
 * Verdicts on the health of a job; see verdict.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "codec/verdict.h"

#define BIG	INT64_C(9007199254740992)	/* 2^53 */

static const struct {
	const char	*name, *means, *todo;
} verdicts[PF_VERDICT_MAX] = {
	[PF_VERDICT_WRONG_BINARY] = { "wrong_binary",
	    "the target is no program that this bot can execute",
	    "build it for the bot's machine, or offer the job to other bots" },
	[PF_VERDICT_MISSING_LIBRARY] = { "missing_library",
	    "the target needs a shared library that the bot has not",
	    "link it statically, or install the library on the bots" },
	[PF_VERDICT_NOT_INSTRUMENTED] = { "not_instrumented",
	    "the engine sees no coverage in the target",
	    "build it with the engine's own compiler (afl-clang-fast, "
	    "-fsanitize=fuzzer), or let afl-fuzz do without (-o mode=plain)" },
	[PF_VERDICT_BAD_SEEDS] = { "bad_seeds",
	    "each input to begin with crashes the target or takes too long",
	    "submit a seed that works, or raise the limits of time and "
	    "memory" },
	[PF_VERDICT_NO_START] = { "no_start",
	    "the engine does not start, or dies again and again",
	    "read its last words in the job's message and log" },
	[PF_VERDICT_RESTARTED] = { "restarted",
	    "the engine died and was started again",
	    "look at the job's log and at the memory of the bot" },
	[PF_VERDICT_NO_EXECS] = { "no_execs",
	    "the target has not been executed for a while",
	    "see whether it waits for something that never comes" },
	[PF_VERDICT_NO_IMPORTS] = { "no_imports",
	    "the engine does not read what other jobs have found",
	    "look at the job's log; the job is slower than it could be" },
	[PF_VERDICT_LOW_DISK] = { "low_disk",
	    "the disk of the bot's work directory is nearly full",
	    "make room there, or give the bot another work_directory" },
	[PF_VERDICT_LOW_MEMORY] = { "low_memory",
	    "the bot or the job is short of memory",
	    "run fewer slots on the bot, or give the job more memory" },
	[PF_VERDICT_UNSTABLE] = { "unstable",
	    "the same input does not take the same way each time",
	    "look for threads, random numbers and state in the target" },
	[PF_VERDICT_STALLED] = { "stalled",
	    "nothing new has been reached for long",
	    "better seeds, a dictionary or another engine may help; or it is "
	    "done" },
};

const char *
pf_verdict_name(enum pf_verdict v)
{
	return verdicts[v].name;
}

const char *
pf_verdict_means(enum pf_verdict v)
{
	return verdicts[v].means;
}

const char *
pf_verdict_todo(enum pf_verdict v)
{
	return verdicts[v].todo;
}

bool
pf_verdicts_any(const struct pf_verdicts *v)
{
	size_t i;

	for (i = 0; i < PF_VERDICT_MAX; i++)
		if (v->since[i] != 0)
			return true;
	return false;
}

/* One word, "name" or "name@ms". */
static void
take(struct pf_verdicts *v, const char *word, size_t n, int64_t none)
{
	const char *at = memchr(word, '@', n);
	size_t i, len = at != NULL ? (size_t)(at - word) : n;
	char time[24];
	int64_t since = none;

	for (i = 0; i < PF_VERDICT_MAX; i++)
		if (strlen(verdicts[i].name) == len &&
		    memcmp(verdicts[i].name, word, len) == 0)
			break;
	if (i == PF_VERDICT_MAX || v->since[i] != 0)
		return;
	if (at != NULL && n - len - 1 < sizeof(time)) {
		memcpy(time, at + 1, n - len - 1);
		time[n - len - 1] = '\0';
		if (!pf_num(&since, time, 1, BIG))
			since = none;
	}
	v->since[i] = since > 0 ? since : 1;
}

void
pf_verdicts_parse(struct pf_verdicts *v, const char *text, int64_t none)
{
	static const char between[] = " ,";
	const char *end = text + strnlen(text, PF_VERDICTS_SAID);
	size_t n;

	*v = (struct pf_verdicts){ { 0 } };
	while (text < end) {
		text += strspn(text, between);
		n = strcspn(text, between);
		if (text + n > end)
			break;
		take(v, text, n, none);
		text += n;
	}
}

void
pf_verdicts_keep(char out[PF_VERDICTS_TEXT], const char *said)
{
	struct pf_verdicts v;

	pf_verdicts_parse(&v, said, 1);
	pf_verdicts_text(out, &v);
	if (out[0] == '\0')
		snprintf(out, PF_VERDICTS_TEXT, PF_VERDICT_WELL);
}

void
pf_verdicts_text(char out[PF_VERDICTS_TEXT], const struct pf_verdicts *v)
{
	size_t i, n = 0;

	out[0] = '\0';
	for (i = 0; i < PF_VERDICT_MAX; i++)
		if (v->since[i] != 0)
			n += (size_t)snprintf(out + n, PF_VERDICTS_TEXT - n,
			    "%s%s@%" PRId64, n > 0 ? " " : "",
			    verdicts[i].name, v->since[i]);
}
