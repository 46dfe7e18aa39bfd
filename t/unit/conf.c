/*
 * codec/conf: the table, its reader, and the timers that nest.
 */
#include <string.h>

#include "../lib/tap.h"
#include "codec/conf.h"

static void
refusals(void)
{
	static const struct {
		const char	*text, *words;
	} t[] = {
		{ "path = /x\n", "f:1: \"path\" stands before any [section]" },
		{ "[sched]\nscoket = /x\n",
		    "f:2: unknown key \"scoket\" in [sched]" },
		{ "\n; x\n[nope]\na = 1\n", "f:4: unknown section [nope]" },
		{ "[storage]\npath = here\n", "absolute path" },
		{ "[timeouts]\nbot = 60\n", "is not a duration" },
		{ "[bot]\nisolation = str\n", "is not auto|strict|none" },
		{ "[bot]\nisolation = auto|strict\n", "is not auto|" },
		{ "[bot]\nisolation =\n", "is not auto|strict|none" },
		{ "[timeouts]\nbot = 1ms\n", "is not a duration" },
		{ "[timeouts]\nbot = -1s\n", "is not a duration" },
		{ "[timeouts]\nbot = 1s 2s\n", "is not a duration" },
		{ "[limits]\ncrash_size = 1X\n", "is not a size" },
		{ "[limits]\ncrash_size = 0\n", "is not a size" },
		{ "[limits]\nmax_attempts = 0\n", "is not a number" },
		{ "[limits]\nmax_attempts = 1.5\n", "is not a number" },
		{ "[retry.communication]\njitter = maybe\n", "yes or no" },
		{ "[retry.communication]\nmultiplier = 0.5\n",
		    "is not a number" },
		{ "[retry.engine]\nretryable_errors = no such, x\n",
		    "is not a list of classes" },
		{ "[retry.engine]\ninitial_delay = 31s\n",
		    "f:2: initial_delay = 31s in [retry.engine] is more" },
		{ "[storage\npath = /x\n", "f:1: neither" },
		{ "[storage]\nhello\n", "f:2: neither" },
		{ "[storage]\npath = /\xff\n", "a shorter text" },
	};
	const struct pf_err *err;
	struct pf_conf c;
	struct pf_buf b = PF_BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		pf_conf_default(&c);
		err = pf_conf_parse(&c, "f", t[i].text, strlen(t[i].text),
		    NULL);
		ok(err != NULL && err->class == PF_CONFIG &&
		    strstr(err->msg, t[i].words) != NULL, t[i].words);
	}
	pf_buf_adds(&b, "[storage]\n# ");
	for (i = 0; i < 5000; i++)
		pf_buf_addc(&b, 'x');
	pf_buf_adds(&b, "\npath = /x\n");
	err = pf_conf_parse(&c, "f", b.data, b.len, NULL);
	ok(err != NULL && strstr(err->msg, "f:2: line is longer") != NULL,
	    "a line that would be read in parts");
	err = pf_conf_parse(&c, "f", "[storage]\npath = /\0x\n", 21, NULL);
	ok(err != NULL, "a NUL");
	pf_buf_free(&b);
}

static void
values(void)
{
	static const char text[] = "; a comment\n[storage]\npath = /s ; no\n"
	    "[timeouts]\ntick=100ms\nbot = 1s\n[retry.communication]\n"
	    "jitter = no\nmultiplier = 2.5\n[retry.engine]\nmax_delay = 1ms\n"
	    "retryable_errors = , full , database is locked,io ,\n"
	    "[bot]\nname =\nisolation = none\n";
	struct pf_conf c;
	int lines[128];
	size_t i, set = 0;

	pf_conf_default(&c);
	is_str(c.bot_isolation, "auto", "the first of the words is meant");
	ok(pf_conf_count() < 128, "few enough keys");
	ok(pf_conf_parse(&c, "f", text, strlen(text), lines) == NULL, "good");
	is_str(c.storage_path, "/s", "a path, its comment left out");
	is_int(c.tick, 100, "a duration");
	is_int(c.bot, 1000, "another");
	is_str(c.bot_isolation, "none", "a word");
	ok(!c.retry_communication.jitter, "a flag");
	ok(c.retry_communication.multiplier == 2.5, "a fraction");
	is_int(c.crash_size, 16 << 20, "what is not set is at its default");
	for (i = 0; i < pf_conf_count(); i++) {
		if (lines[i] != 0)
			set++;
		if (strcmp(pf_conf_key(i), "tick") == 0)
			is_int(lines[i], 5, "the line of a key");
	}
	is_int((int)set, 9, "nine keys were set");
}

/* The bot gives up before the reaper may take its job, whatever is set. */
static void
timers(void)
{
	static const int64_t tick[] = { 100, 333, 1000, 15000, 60000, 3600000 };
	static const int64_t bot[] = { 1000, 60000, 61000, 86400000 };
	struct pf_conf c;
	size_t i, k;
	int bad = 0;

	pf_conf_default(&c);
	for (i = 0; i < sizeof(tick) / sizeof(tick[0]); i++)
		for (k = 0; k < sizeof(bot) / sizeof(bot[0]); k++) {
			c.tick = tick[i];
			c.bot = bot[k];
			if (pf_conf_lease_ticks(&c) < 2 ||
			    pf_conf_lease_ticks(&c) * c.tick < c.bot ||
			    pf_conf_lease_ms(&c) >=
			    pf_conf_lease_ticks(&c) * c.tick ||
			    pf_conf_heartbeat_ms(&c) * 3 >
			    pf_conf_lease_ms(&c))
				bad++;
		}
	is_int(bad, 0, "the timers nest");
}

int
main(void)
{
	refusals();
	values();
	timers();
	return done_testing();
}
