/*
 * What a crash is called: the words of the tools, those of ClusterFuzz, and
 * the coarse ones.  Pure.
 */
#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "codec/report/report.h"

/* What the tools say; the longer of two that begin alike stands first. */
static const struct {
	const char	*said;
	const char	*type;
	const char	*coarse;
} words[] = {
	/* AddressSanitizer */
	{ "heap-buffer-overflow", "Heap-buffer-overflow",
	    "heap-buffer-overflow" },
	{ "heap-use-after-free", "Heap-use-after-free",
	    "heap-use-after-free" },
	{ "attempting double-free", "Heap-double-free", "double-free" },
	{ "attempting free on address", "Bad-free", "bad-free" },
	{ "attempting to call malloc_usable_size", "Bad-usable-size",
	    "bad-usable-size" },
	{ "stack-overflow", "Stack-overflow", "stack-overflow" },
	{ "allocation-size-too-big", "Out-of-memory", "out-of-memory" },
	{ "requested allocation size", "Out-of-memory", "out-of-memory" },
	{ "out-of-memory", "Out-of-memory", "out-of-memory" },
	{ "out of memory", "Out-of-memory", "out-of-memory" },
	{ "specified RSS limit exceeded", "Out-of-memory", "out-of-memory" },
	{ "reallocarray parameters overflow", "Out-of-memory",
	    "out-of-memory" },
	{ "calloc parameters overflow", "Calloc-overflow",
	    "calloc-overflow" },
	{ "pvalloc parameters overflow", "Pvalloc-overflow",
	    "pvalloc-overflow" },
	{ "invalid allocation alignment", "Invalid-alignment",
	    "invalid-alignment" },
	{ "invalid alignment requested", "Invalid-alignment",
	    "invalid-alignment" },
	{ "attempting to call __sanitizer_get_allocated_size",
	    "Bad-allocated-size", "bad-allocated-size" },
	{ "bad parameters to __sanitizer_annotate", "Bad-annotation",
	    "bad-annotation" },
	{ "null-dereference", "Null-dereference", "null-dereference" },
	/* the others */
	{ "Direct leak", "Direct-leak", "memory-leak" },
	{ "Indirect leak", "Indirect-leak", "memory-leak" },
	{ "detected memory leaks", "Direct-leak", "memory-leak" },
	{ "use-of-uninitialized-value", "Use-of-uninitialized-value",
	    "uninitialized-value" },
	{ "possibly lost", "Possible-leak", "memory-leak" },
	{ "data race on vptr", "Data-race-on-vptr", "data-race" },
	{ "data race", "Data-race", "data-race" },
	{ "lock-order-inversion", "Lock-order-inversion",
	    "lock-order-inversion" },
	{ "timeout", "Timeout", "timeout" },
	{ "fuzz target exited", "Unexpected-exit", "exit" },
	{ "overwrites-const-input", "Overwrites-const-input",
	    "overwrites-const-input" },
	/* libraries and languages */
	{ "assertion", "ASSERT", "assertion" },
	{ "stack smashing", "Stack-buffer-overflow",
	    "stack-buffer-overflow" },
	{ "buffer overflow detected", "Buffer-overflow", "buffer-overflow" },
	{ "double free", "Heap-double-free", "double-free" },
	{ "heap corruption", "Heap-corruption", "heap-corruption" },
	{ "invalid pointer", "Bad-free", "bad-free" },
	{ "uncaught exception", "Uncaught-exception", "uncaught-exception" },
	{ "panic", "Panic", "panic" },
	{ "divide-by-zero", "Divide-by-zero", "division-by-zero" },
	/* what the address has to tell, or nothing has */
	{ "invalid access", "UNKNOWN", "segfault" },
};

#define NWORDS	(sizeof(words) / sizeof(words[0]))

static void
put(char out[PF_TYPE_TEXT], const char *s, size_t n)
{
	if (n >= PF_TYPE_TEXT)
		n = PF_TYPE_TEXT - 1;
	memcpy(out, s, n);
	out[n] = '\0';
}

void
pf_report_type(struct pf_report *r, const char *word, size_t of)
{
	size_t i, n;

	for (i = 0; i < NWORDS; i++) {
		n = strlen(words[i].said);
		if (n <= of && memcmp(words[i].said, word, n) == 0) {
			put(r->type, words[i].type, strlen(words[i].type));
			put(r->coarse, words[i].coarse,
			    strlen(words[i].coarse));
			return;
		}
	}
	/* Only as the whole word: there is "unknown-crash". */
	if (of == 7 && memcmp(word, "unknown", 7) == 0) {
		put(r->type, "UNKNOWN", 7);
		put(r->coarse, "unknown", 7);
		return;
	}
	/* It becomes a name that is listed, searched and shown: no more than
	 * what a tool would call a bug. */
	for (n = 0; n < of && (isalnum((unsigned char)word[n]) ||
	    strchr("-_ ", word[n]) != NULL) && word[n] != '\0'; n++)
		;
	if (n == 0) {
		word = "unknown";
		n = 7;
	}
	put(r->type, word, n);
	r->type[0] = (char)toupper((unsigned char)r->type[0]);
	put(r->coarse, word, n);
}

static const struct {
	int		 signal;
	const char	*name;
	const char	*type;
	const char	*coarse;
} signals[] = {
	{ SIGSEGV, "SEGV", "UNKNOWN",		"segfault" },
	{ SIGABRT, "ABRT", "Abrt",		"abort" },
	{ SIGBUS,  "BUS",  "Bus-error",		"bus-error" },
	{ SIGFPE,  "FPE",  "Floating-point-exception", "floating-point" },
	{ SIGILL,  "ILL",  "Illegal-instruction", "illegal-instruction" },
	{ SIGTRAP, "TRAP", "Trap",		"trap" },
	{ SIGSYS,  "SYS",  "Bad-system-call",	"bad-system-call" },
	{ SIGKILL, "KILL", "Killed",		"killed" },
	{ SIGXCPU, "XCPU", "Timeout",		"timeout" },
	{ SIGALRM, "ALRM", "Timeout",		"timeout" },
	{ SIGPIPE, "PIPE", "Signal",		"signal" },
	{ SIGTERM, "TERM", "Signal",		"signal" },
	{ SIGXFSZ, "XFSZ", "Signal",		"signal" },
};

#define NSIGNALS	(sizeof(signals) / sizeof(signals[0]))

void
pf_report_signal(struct pf_report *r, int sig)
{
	const char *type = "Signal";
	size_t i;

	for (i = 0; i < NSIGNALS; i++)
		if (signals[i].signal == sig)
			type = signals[i].type;
	r->signal = sig;
	put(r->type, type, strlen(type));
	put(r->coarse, pf_signal_coarse(sig), strlen(pf_signal_coarse(sig)));
}

void
pf_report_told(struct pf_report *r, const char *tool, int64_t signal,
    const char *type)
{
	snprintf(r->tool, sizeof(r->tool), "%s", tool);
	if (signal > 0 && signal < NSIG)
		pf_report_signal(r, (int)signal);
	else
		pf_report_type(r, type, strlen(type));
}

const char *
pf_signal_coarse(int sig)
{
	size_t i;

	for (i = 0; i < NSIGNALS; i++)
		if (signals[i].signal == sig)
			return signals[i].coarse;
	return "signal";
}

int
pf_signal_find(const char *s, size_t n)
{
	size_t i;

	if (n > 3 && memcmp(s, "SIG", 3) == 0) {
		s += 3;
		n -= 3;
	}
	for (i = 0; i < NSIGNALS; i++)
		if (strlen(signals[i].name) == n &&
		    memcmp(signals[i].name, s, n) == 0)
			return signals[i].signal;
	return 0;
}
