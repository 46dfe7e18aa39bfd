/*
 * The texts of a bundle; see bundle.h.  All but what is ours in them came
 * from bots, and is quoted for whom it is meant.
 */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "codec/elfscan.h"
#include "codec/repro.h"
#include "codec/table.h"
#include "report/bundle.h"

#define SLACK_S		3
#define WAIT_S		60
#define LIMIT_MAX_S	3600
#define SLOW		20	/* so much longer under valgrind, as for bots */

/* As uname -m has it; "" if it does not matter or is not known here. */
static const char *
machine(const struct pf_elf *e)
{
	if (!e->elf)
		return "";
	switch (e->machine) {
	case EM_X86_64:
		return "x86_64";
	case EM_386:
		return "i386";
	case EM_AARCH64:
		return "aarch64";
	case EM_ARM:
		return "arm";
	case EM_RISCV:
		return e->bits == 64 ? "riscv64" : "";
	case EM_S390:
		return "s390x";
	default:
		return "";
	}
}

static void
line(struct pf_buf *b, const char *name, const char *value)
{
	pf_buf_addf(b, "%s\t", name);
	pf_table_escape(b, *value != '\0' ? value : "-");
	pf_buf_addc(b, '\n');
}

static void
number(struct pf_buf *b, const char *name, int64_t n)
{
	pf_buf_addf(b, "%s\t%" PRId64 "\n", name, n);
}

/* What the rules in force make of the report, or of what its bot told. */
static const struct pf_report *
read_report(struct pf_sign *s, const struct bundle *u)
{
	const struct pf_again *a = &u->crash;
	const struct pf_given given = { .type = a->type, .tool = a->tool,
	    .stack = a->stack, .output = a->output, .signal = a->signal };
	struct pf_rules *rules = u->live.gen[0].rules;

	pf_rules_sign(s, rules, &given);
	return pf_rules_report(rules);
}

/* It was seen under valgrind, and is seen nowhere else. */
static bool
by_valgrind(const struct bundle *u)
{
	struct pf_sign s;

	return strcmp(read_report(&s, u)->tool, "valgrind") == 0;
}

static void
add_reading(struct pf_buf *b, const struct bundle *u)
{
	const struct pf_again *a = &u->crash;
	char title[PF_TITLE_TEXT];
	struct pf_sign s;

	pf_report_title(title, read_report(&s, u));
	line(b, "type", title);
	line(b, "state", s.frames);
	line(b, "major", s.major);
	line(b, "key", s.key);
	line(b, "bucket", a->bucket);
	line(b, "rules", u->live.gen[0].version);
}

/* signature.awk passes over the rules for crashes. */
void
bundle_frames(struct pf_buf *b, const struct bundle *u)
{
	const char *const *text;

	for (text = pf_ignore_builtin; *text != NULL; text++)
		pf_buf_adds(b, *text);
	pf_buf_adds(b, u->rules);
}

static void
add_options(struct pf_buf *b, const struct bundle *u, enum pf_san s)
{
	pf_san_options(b, s, u->options, NULL,
	    (u->built & PF_BUILT_LIBFUZZER) != 0);
}

void
bundle_about(struct pf_buf *b, struct bundle *u)
{
	const struct pf_again *a = &u->crash;
	struct pf_buf text = PF_BUF_INIT;
	enum pf_san s;

	line(b, "crash", a->id);
	line(b, "engine", a->engine);
	line(b, "tool", a->tool);
	line(b, "kind", a->type);
	add_reading(b, u);
	number(b, "signal", a->signal);
	number(b, "exit_code", a->exit_code);
	line(b, "command", a->command);
	line(b, "input", a->input_hash);
	line(b, "target", a->target_hash);
	line(b, "machine", machine(&u->elf));
	line(b, "sanitizer", pf_elfscan_word(u->built));
	for (s = 0; s < PF_SAN_MAX; s++) {
		pf_buf_reset(&text);
		add_options(&text, u, s);
		line(b, pf_san_variable(s), text.data);
	}
	pf_buf_free(&text);
}

/* A variable of repro.sh. */
static void
set(struct pf_buf *b, const char *name, const char *value)
{
	pf_buf_addf(b, "%s=", name);
	/* No value is a command's: nothing to be filled in. */
	pf_cmdline_quote(b, value);
	pf_buf_addc(b, '\n');
}

/* What a run without a report has to end like. */
static void
add_expected(struct pf_buf *b, const struct pf_again *a)
{
	char text[64] = "-";

	if (strcmp(a->type, "timeout") == 0)
		snprintf(text, sizeof(text), "timeout");
	else if (a->signal > 0)
		snprintf(text, sizeof(text), "signal %" PRId64, a->signal);
	else if (a->exit_code > 0)
		snprintf(text, sizeof(text), "status %" PRId64, a->exit_code);
	set(b, "expected", text);
}

/*
 * How long a run may take: of the processor, as for a bot, and in all, for
 * who waits.  The machine may be busy.
 */
static void
add_limits(struct pf_buf *b, const struct pf_again *a, bool valgrind)
{
	int64_t s = 2 * (a->timeout / 1000);

	if (valgrind && s < LIMIT_MAX_S)
		s = (s > 0 ? s : 1) * SLOW;
	if (s < 0 || s > LIMIT_MAX_S)
		s = LIMIT_MAX_S;
	pf_buf_addf(b, "seconds=%" PRId64 "\nlimit=%" PRId64 "\n\n",
	    s + SLACK_S, 2 * s + WAIT_S);
}

/* What libFuzzer ends a run at is the bot's, or it would not end it. */
static void
add_bounds(struct pf_buf *b, const struct bundle *u)
{
	const struct pf_again *a = &u->crash;
	int64_t mb = a->memory >> 20, most = 0;

	if ((u->built & PF_BUILT_LIBFUZZER) == 0 ||
	    strcmp(a->engine, "libfuzzer") != 0)
		return;
	if (a->timeout > 0 && a->timeout / 1000 <= LIMIT_MAX_S)
		pf_buf_addf(b, "\t    -timeout=%" PRId64 " \\\n",
		    (a->timeout + 999) / 1000);
	if (a->memory > 0)
		pf_buf_addf(b, "\t    -rss_limit_mb=%" PRId64 " \\\n",
		    mb > 0 ? mb : 1);
	/* An option of a job is a text, of which only a number is one here. */
	if (pf_json_text(pf_json_get(u->options, "malloc_limit_mb")) != NULL &&
	    pf_num(&most, pf_json_text(pf_json_get(u->options,
	    "malloc_limit_mb")), 0, INT32_MAX))
		pf_buf_addf(b, "\t    -malloc_limit_mb=%" PRId64 " \\\n",
		    most);
}

/* The function that becomes the target, with nothing in its environment but
 * what is ours: a bot tells arguments, no settings. */
static void
add_start(struct pf_buf *b, const struct bundle *u, bool valgrind)
{
	const struct pf_cmdline *c = &u->command;
	const char *w = c->words.data;
	enum pf_san s;
	size_t i;

	pf_buf_adds(b, "start()\n{\n\texec env -i \"PATH=$PATH\" "
	    "\"HOME=$work\" \"TMPDIR=$work\" \\\n\t    LC_ALL=C TZ=UTC "
	    "LIBC_FATAL_STDERR_=1 \\\n");
	for (s = 0; s < PF_SAN_MAX; s++) {
		pf_buf_addf(b, "\t    \"%s=", pf_san_variable(s));
		add_options(b, u, s);
		pf_buf_adds(b, "$symbolizer\" \\\n");
	}
	if (valgrind)
		pf_buf_adds(b, "\t    " PF_AGAIN_VALGRIND " \\\n");
	pf_buf_adds(b, "\t    ./target \\\n");
	add_bounds(b, u);
	for (i = 0; i < c->nargs; i++, w += strlen(w) + 1) {
		pf_buf_adds(b, "\t    ");
		pf_cmdline_quote(b, w);
		pf_buf_adds(b, " \\\n");
	}
	pf_buf_addf(b, "\t    <%s\n}\n", c->by_stdin ? "\"$input\"" :
	    "/dev/null");
}

void
bundle_script(struct pf_buf *b, const struct bundle *u)
{
	const struct pf_again *a = &u->crash;
	bool valgrind = by_valgrind(u);

	pf_buf_adds(b, "#!/bin/sh\n"
	    "# Runs the target on the input of a crash: 0 the same bug, "
	    "1 another crash,\n# 2 no crash, 3 this environment is another, "
	    "64 wrong usage.\n");
	set(b, "target_sha", a->target_hash);
	set(b, "input_sha", a->input_hash);
	set(b, "machine", machine(&u->elf));
	set(b, "under", valgrind ? "valgrind" : "");
	add_expected(b, a);
	/* Any crash ends it: only of a rare one these are many. */
	pf_buf_addf(b, "tries=%" PRId64 "\n",
	    pf_repro_enough(u->same, u->runs));
	add_limits(b, a, valgrind);
	add_start(b, u, valgrind);
	pf_buf_adds(b, bundle_repro_sh);
}
