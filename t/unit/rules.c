/*
 * codec/report/rules: what a crash is filed under, by its report and a text
 * of rules alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "codec/report/rules.h"

#define ASAN(top) \
	"==1==ERROR: AddressSanitizer: heap-buffer-overflow on address " \
	"0x602000000011 at pc 0x1 bp 0x2 sp 0x3\nREAD of size 1 at " \
	"0x602000000011 thread T0\n" top
#define F(n, name)	"    #" n " 0x55" n " in " name " /src/a.c:1" n ":3\n"

static const char one[] = ASAN(F("0", "get") F("1", "parse") F("2", "load")
    F("3", "png") F("4", "main"));
static const char two[] = ASAN(F("0", "get") F("1", "parse") F("2", "load")
    F("3", "gif") F("4", "main"));
static const char three[] = ASAN(F("0", "put") F("1", "emit") F("2", "main"));

/* Under these rules. */
static void
sign(struct pf_sign *s, const char *rules, const struct pf_given *t)
{
	struct pf_rules *g = pf_rules_new();

	if (pf_rules_add(g, rules, strlen(rules)) != NULL)
		ok(false, "rules");
	pf_rules_sign(s, g, t);
	pf_rules_free(g);
}

static void
sign_report(struct pf_sign *s, const char *rules, const char *output)
{
	const struct pf_given t = { "", "", "", output, 0 };

	sign(s, rules, &t);
}

static const char *
key(const char *rules, const char *output)
{
	static char kept[4][PF_STATE_HASH];
	static int at;
	struct pf_sign s;

	sign_report(&s, rules, output);
	at = (at + 1) % 4;
	memcpy(kept[at], s.key, sizeof(s.key));
	return kept[at];
}

/* Whether two are the same under these rules. */
static bool
same(const char *rules, const char *a, const char *b)
{
	return strcmp(key(rules, a), key(rules, b)) == 0;
}

static void
splits(void)
{
	struct pf_sign a, b;
	char text[512];

	sign_report(&a, "", one);
	sign_report(&b, "", two);
	is_str(a.key, a.major, "without rules what looks alike is the same");
	is_str(b.key, a.key, "whatever called it");
	ok(strcmp(a.minor, b.minor) != 0, "by all frames it is not");
	is_str(a.frames, "get < parse < load", "top frames");
	is_str(a.type, "heap-buffer-overflow", "type");
	ok(a.parsed && a.by == PF_KEY_MAJOR && !a.merged, "by its report");

	snprintf(text, sizeof(text), "split %s\n", a.major);
	ok(!same(text, one, two), "split by all frames");
	is_str(key(text, one), a.minor, "by their hash");
	is_str(key(text, three), key("", three), "others are left alone");
	snprintf(text, sizeof(text), "split %s function p?g\n", a.major);
	ok(!same(text, one, two), "split by one frame");
	is_str(key(text, two), b.key, "the rest stays what it was");
	snprintf(text, sizeof(text), "split %s function nothing*\n", a.major);
	ok(same(text, one, two), "by one that none has");
	snprintf(text, sizeof(text), "split %s function main\n", a.major);
	ok(same(text, one, two), "a frame that is ignored splits nothing");
	snprintf(text, sizeof(text), "split %s\nsplit %s function gif\n",
	    a.major, a.major);
	is_str(key(text, one), a.minor, "what no glob fits, by all frames");
	ok(strcmp(key(text, two), b.minor) != 0, "what one fits, by that");
	ok(!same("function get\n", one, two) &&
	    strcmp(key("function get\n", one), a.key) != 0,
	    "with a frame less others come to the top");
}

static void
merges(void)
{
	struct pf_sign a, b, c;
	char text[512], back[512], chain[512];

	sign_report(&a, "", one);
	sign_report(&b, "", two);
	sign_report(&c, "", three);
	snprintf(text, sizeof(text), "merge %s %s\n", a.key, c.key);
	snprintf(back, sizeof(back), "merge %s %s\n", c.key, a.key);
	ok(same(text, one, three), "two that do not look alike are one");
	is_str(key(text, one), key(back, one), "in either order");
	snprintf(text, sizeof(text), "split %s\nmerge %s %s\n", a.major,
	    a.minor, b.minor);
	ok(same(text, one, two), "parts are merged again");
	snprintf(chain, sizeof(chain), "split %s\nmerge %s %s\nmerge %s %s\n",
	    a.major, a.minor, c.key, b.minor, c.key);
	snprintf(back, sizeof(back), "merge %s %s\nmerge %s %s\nsplit %s\n",
	    c.key, b.minor, c.key, a.minor, a.major);
	ok(same(chain, one, two) && same(chain, one, three),
	    "lines that share one are one group");
	is_str(key(chain, two), key(back, two), "whatever their order");
}

/* What holds one bug together, and what tells of it otherwise. */
static void
fields(void)
{
	static const char far[] = "==99==ERROR: AddressSanitizer: "
	    "heap-buffer-overflow on address 0x7f1200000011 at pc 0x9 bp 0x8 "
	    "sp 0x7\nREAD of size 4 at 0x7f1200000011 thread T0\n"
	    "    #0 0xaa in get /elsewhere/build/a.c:99:1\n"
	    "    #1 0xab in parse.part.0 /elsewhere/a.c:3\n"
	    "    #2 0xac in parse /elsewhere/a.c:3\n"
	    "    #3 0xad in parse /elsewhere/a.c:3\n"
	    "    #4 0xae in load /elsewhere/a.c:3\n"
	    "    #5 0xaf in png /elsewhere/a.c:3\n"
	    "    #6 0xb0 in main /elsewhere/a.c:3\n";
	struct pf_given t = { "heap-buffer-overflow", "asan",
	    "get < parse < load < main", "", 0 };
	struct pf_sign a, b;

	sign_report(&a, "", one);
	sign_report(&b, "", far);
	is_str(b.key, a.key, "addresses, directories, lines, recursion");
	is_str(b.minor, a.minor, "do not count among all frames either");
	sign(&a, "", &t);
	ok(!a.parsed, "without a report");
	is_str(a.frames, "get < parse < load", "frames as they were told");
	t.output = "the program was run and said something";
	sign(&b, "", &t);
	is_str(b.key, a.key, "words that are no report");
	t.output = one;
	t.type = "lie";
	t.stack = "of < the < sender";
	sign(&b, "", &t);
	is_str(b.key, key("", one), "what a sender makes of a report is not "
	    "looked at");
	t = (struct pf_given){ "unknown", "", "f < g < h < i", "", 11 };
	sign(&a, "", &t);
	t.signal = 6;
	sign(&b, "", &t);
	ok(strcmp(a.key, b.key) != 0, "of two signals");
	t = (struct pf_given){ "", "", "", "", 0 };
	sign(&a, "", &t);
	ok(strlen(a.key) == 32 && a.frames[0] == '\0', "nothing at all");
	t = (struct pf_given){ "segfault", "", "f < g < h < i",
	    "Segmentation fault (core dumped)\n", 11 };
	sign(&a, "", &t);
	is_str(a.frames, "f < g < h", "a death without a stack has that told");
	t.output = "terminate called after throwing an instance of 'E'\n";
	sign(&a, "", &t);
	is_str(a.frames, "f < g < h", "so has an exception");
}

static void
wrong(void)
{
#define H	"0123456789abcdef0123456789abcdef"
	static const char *const lines[] = { "split\n", "split " H "0\n",
	    "split 0123\n", "split " H " file x\n", "split " H " function\n",
	    "split " H " function \t\n", "splits " H "\n",
	    "split 0123456789ABCDEF0123456789ABCDEF\n", "merge\n",
	    "merge " H "\n", "merge " H " " H "x\n", "merge " H " x\n",
	    "keep split " H "\n", "merge" H " " H "\n" };
	struct pf_rules *g = pf_rules_new();
	char v[PF_RULES_TEXT], w[PF_RULES_TEXT];
	size_t i;

	pf_rules_version(v, g);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		ok(pf_rules_add(g, lines[i], strlen(lines[i])) != NULL,
		    lines[i]);
	pf_rules_version(w, g);
	is_str(w, v, "what is refused makes no version");
	ok(pf_rules_add(g, "", 0) == NULL, "no text");
	pf_rules_version(w, g);
	is_str(w, v, "is no rule");
	pf_rules_free(g);
}

int
main(void)
{
	splits();
	merges();
	fields();
	wrong();
	return done_testing();
}
