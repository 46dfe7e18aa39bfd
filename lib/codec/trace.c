/*
 * A crash report in a few words; see trace.h.
 */
#include <ctype.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/trace.h"

#define LINE_USED	1024	/* bytes of a line that are looked at */
#define FRAMES		3
#define NULL_PAGE	0x1000

/* First lines of reports: what stands in them tells the tool. */
static const struct {
	const char	*mark;
	const char	*tool;
} starts[] = {
	{ "ERROR: AddressSanitizer: ",	"asan" },
	{ "ERROR: LeakSanitizer: ",	"lsan" },
	{ "WARNING: MemorySanitizer: ",	"msan" },
	{ "WARNING: ThreadSanitizer: ",	"tsan" },
	{ "ERROR: ThreadSanitizer: ",	"tsan" },
	{ "ERROR: UndefinedBehaviorSanitizer: ", "ubsan" },
	{ "ERROR: libFuzzer: ",		"libfuzzer" },
	{ ": runtime error: ",		"ubsan" },
	{ "*** stack smashing detected ***", "glibc" },
	{ "*** buffer overflow detected ***", "glibc" },
	{ "malloc(): ",			"glibc" },
	{ "free(): ",			"glibc" },
	{ "double free or corruption",	"glibc" },
	{ "corrupted size vs. prev_size", "glibc" },
};

#define NSTARTS	(sizeof(starts) / sizeof(starts[0]))

/* What the tools say, and the word for it; others keep the tool's word. */
static const struct {
	const char	*said;
	const char	*type;
} words[] = {
	{ "attempting double-free",	"double-free" },
	{ "attempting free on address",	"bad-free" },
	{ "detected memory leaks",	"memory-leak" },
	{ "use-of-uninitialized-value",	"uninitialized-value" },
	{ "data race",			"data-race" },
	{ "deadly signal",		"deadly-signal" },
	{ "timeout after",		"timeout" },
	{ "out-of-memory",		"out-of-memory" },
	{ "allocation-size-too-big",	"out-of-memory" },
	{ "requested allocation size",	"out-of-memory" },
	{ "fuzz target exited",		"exit" },
	{ "stack-overflow",		"stack-overflow" },
	{ "stack smashing",		"stack-buffer-overflow" },
	{ "*** buffer overflow",	"buffer-overflow" },
	{ "double free",		"double-free" },
	{ "malloc(): ",			"heap-corruption" },
	{ "free(): ",			"heap-corruption" },
	{ "corrupted size",		"heap-corruption" },
	{ "ABRT",			"abort" },
	{ "FPE",			"floating-point" },
	{ "ILL",			"illegal-instruction" },
	{ "BUS",			"bus-error" },
	{ "SEGV",			"segfault" },
};

#define NWORDS	(sizeof(words) / sizeof(words[0]))

/* Frames that are never the culprit: runtimes, allocators, the way in. */
static const char *const noise[] = {
	"__asan_", "__interceptor_", "__sanitizer", "__ubsan", "__msan",
	"__lsan", "__tsan", "__assert", "__GI_", "__libc_", "fuzzer::",
	"abort", "raise", "gsignal", "__pthread_kill", "pthread_kill",
	"LLVMFuzzerRunDriver", "main", "_start", "malloc", "calloc",
	"realloc", "free", "memcpy", "memmove", "memset", "strcpy",
	"strlen", "operator new", "operator delete",
};

#define NNOISE	(sizeof(noise) / sizeof(noise[0]))

const char *
pf_trace_signal(int sig)
{
	switch (sig) {
	case SIGSEGV:
		return "segfault";
	case SIGABRT:
		return "abort";
	case SIGBUS:
		return "bus-error";
	case SIGFPE:
		return "floating-point";
	case SIGILL:
		return "illegal-instruction";
	case SIGTRAP:
		return "trap";
	case SIGSYS:
		return "bad-system-call";
	case SIGKILL:
		return "killed";
	case SIGXCPU:
		return "timeout";
	default:
		return "signal";
	}
}

/* Copies a line, NULs as blanks, so that string functions may look at it. */
static const char *
get_line(char out[LINE_USED + 1], const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));
	size_t i, n;

	if (nl == NULL)
		nl = end;
	n = (size_t)(nl - p) < LINE_USED ? (size_t)(nl - p) : LINE_USED;
	for (i = 0; i < n; i++)
		out[i] = p[i] != '\0' ? p[i] : ' ';
	out[n] = '\0';
	return nl == end ? end : nl + 1;
}

static bool
is_noise(const char *name)
{
	size_t i, n;

	for (i = 0; i < NNOISE; i++) {
		n = strlen(noise[i]);
		if (strncmp(name, noise[i], n) != 0)
			continue;
		/* Prefixes end in _ or :, the others are whole names. */
		if (noise[i][n - 1] == '_' || noise[i][n - 1] == ':' ||
		    strncmp(noise[i], "__", 2) == 0 || name[n] == '\0' ||
		    name[n] == ' ' || name[n] == '(')
			return true;
	}
	return false;
}

/* "    #0 0x55d in parse_chunk chunk.c:12:3" adds parse_chunk. */
static bool
add_frame(struct pf_trace *t, const char *line)
{
	const char *p = line + strspn(line, " \t");
	char name[128];
	size_t n, len = strlen(t->stack);

	if (*p != '#' || !isdigit((unsigned char)p[1]) ||
	    (p = strstr(p, " in ")) == NULL)
		return false;
	p += 4;
	n = strcspn(p, "( ");
	if (strncmp(p, "operator ", 9) == 0)
		n = 9 + strcspn(p + 9, "( ");
	if (n == 0 || *p == '(' || *p == '/')
		return false;
	if (n >= sizeof(name))
		n = sizeof(name) - 1;
	memcpy(name, p, n);
	name[n] = '\0';
	if (is_noise(name))
		return false;
	snprintf(t->stack + len, sizeof(t->stack) - len, "%s%s",
	    len > 0 ? " < " : "", name);
	return true;
}

static void
set_type(struct pf_trace *t, const char *said)
{
	const char *addr;
	size_t i, n;

	for (i = 0; i < NWORDS; i++)
		if (strncmp(said, words[i].said, strlen(words[i].said)) == 0) {
			snprintf(t->type, sizeof(t->type), "%s",
			    words[i].type);
			break;
		}
	if (i == NWORDS) {
		n = strspn(said, "abcdefghijklmnopqrstuvwxyz-");
		snprintf(t->type, sizeof(t->type), "%.*s", (int)(n < 60 ? n :
		    60), said);
	}
	if (strcmp(t->type, "segfault") == 0 &&
	    (addr = strstr(said, "address 0x")) != NULL &&
	    strtoull(addr + 8, NULL, 16) < NULL_PAGE)
		snprintf(t->type, sizeof(t->type), "null-dereference");
	if (strncmp(said, "SEGV", 4) == 0)
		t->signal = SIGSEGV;
	else if (strncmp(said, "ABRT", 4) == 0)
		t->signal = SIGABRT;
	else if (strncmp(said, "FPE", 3) == 0)
		t->signal = SIGFPE;
}

/* What undefined behaviour it was, in the words of the runtime error. */
static void
set_ubsan(struct pf_trace *t, const char *said)
{
	static const char *const kinds[] = { "signed integer overflow",
	    "unsigned integer overflow", "shift exponent", "left shift",
	    "division by zero", "index", "null pointer", "misaligned",
	    "load of value", "member access", "applying" };
	size_t i;
	char *p;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(said, kinds[i], strlen(kinds[i])) == 0)
			break;
	snprintf(t->type, sizeof(t->type), "%s", i <
	    sizeof(kinds) / sizeof(kinds[0]) ? kinds[i] :
	    "undefined-behaviour");
	for (p = t->type; *p != '\0'; p++)
		if (*p == ' ')
			*p = '-';
}

/* True if the line starts a report; then tool and type are set. */
static bool
starts_report(struct pf_trace *t, const char *line)
{
	const char *p;
	size_t i;

	for (i = 0; i < NSTARTS; i++)
		if ((p = strstr(line, starts[i].mark)) != NULL)
			break;
	if (i == NSTARTS)
		return false;
	/* A glibc message is a line of its own. */
	if (strcmp(starts[i].tool, "glibc") == 0 && p != line)
		return false;
	snprintf(t->tool, sizeof(t->tool), "%s", starts[i].tool);
	if (strcmp(starts[i].mark, ": runtime error: ") == 0)
		set_ubsan(t, p + strlen(starts[i].mark));
	else if (strcmp(t->tool, "glibc") == 0)
		set_type(t, *line == '*' ? line + 4 : line);
	else
		set_type(t, p + strlen(starts[i].mark));
	return true;
}

/* "prog: file.c:12: func: Assertion `x' failed." comes before a report. */
static bool
is_assertion(const char *line)
{
	return (strstr(line, ": Assertion `") != NULL &&
	    strstr(line, "' failed") != NULL) ||
	    strstr(line, "terminate called after throwing") != NULL;
}

void
pf_trace_parse(struct pf_trace *t, const char *text, size_t n)
{
	const char *p = text, *end = text + n, *next;
	char line[LINE_USED + 1];
	bool assertion = false, in_report = false;
	int frames = 0;

	*t = (struct pf_trace){ 0 };
	for (; p < end; p = next) {
		next = get_line(line, p, end);
		if (!in_report) {
			if (is_assertion(line)) {
				if (!assertion)
					t->offset = (size_t)(p - text);
				assertion = true;
			}
			in_report = starts_report(t, line);
			if (in_report && !assertion)
				t->offset = (size_t)(p - text);
		} else if (frames < FRAMES && add_frame(t, line))
			frames++;
		else if (frames > 0 && line[strspn(line, " \t")] == '\0')
			/* Only the first stack counts: it is the crash's. */
			frames = FRAMES;
	}
	if (assertion) {
		snprintf(t->type, sizeof(t->type), "assertion");
		if (t->tool[0] == '\0')
			snprintf(t->tool, sizeof(t->tool), "glibc");
		t->signal = SIGABRT;
	} else if (strcmp(t->type, "deadly-signal") == 0)
		snprintf(t->type, sizeof(t->type), "abort");
	if (t->tool[0] != '\0')
		t->length = n - t->offset;
}
