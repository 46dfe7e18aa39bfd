/*
 * codec/report: from text to record, state, hashes and severity.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "codec/report/rules.h"
#include "codec/report/scan.h"
#include "codec/report/severity.h"

static struct pf_report r;
static struct pf_state st;
static struct pf_rules *set;
static const struct pf_ignore *ignore;
static char text[PF_REPORT_TEXT];
static char state[2048];
static size_t offset;

/* What a text says; state is its frames with < between them. */
static bool
take(const char *s, size_t n)
{
	size_t i;
	bool found;

	pf_report_init(&r, text, sizeof(text));
	found = pf_report_parse(&r, s, n, &offset);
	pf_state_of(&st, &r, ignore);
	state[0] = '\0';
	for (i = 0; i < st.n; i++)
		snprintf(state + strlen(state), sizeof(state) - strlen(state),
		    "%s%s", i > 0 ? " < " : "", st.frame[i]);
	return found;
}

#define ASAN	"==1==ERROR: AddressSanitizer: "

static const struct {
	const char	*text;
	const char	*tool, *title, *coarse, *state, *severity, *rule;
	enum pf_addr	 region;
	int		 sig;
} t[] = {
	{ "noise\n" ASAN
	    "heap-buffer-overflow on address 0x60200001 at pc 0x5\n"
	    "WRITE of size 4 at 0x60200001 thread T0\n"
	    "    #0 0x1 in __asan_memcpy (x+0x1)\n"
	    "    #1 0x2 in parse(int) /b/a.cc:1:2\n"
	    "    #2 0x3 in LLVMFuzzerTestOneInput f.cc:1:2\n"
	    "    #3 0x3 in fuzzer::Fuzzer::ExecuteCallback(int) (x+0x1)\n"
	    "    #4 0x3 in main (x+0x1)\n\n"
	    "0x60200001 is located 0 bytes to the right of 16-byte region "
	    "[0x5f2,0x60200001)\nallocated by thread T0 here:\n"
	    "    #0 0x1 in malloc (x+0x1)\n    #1 0x2 in make a.cc:9:1\n",
	    "asan", "Heap-buffer-overflow WRITE {*}", "heap-buffer-overflow",
	    "parse < LLVMFuzzerTestOneInput", "critical", "write-overflow",
	    PF_ADDR_HEAP, 0 },
	{ ASAN "SEGV on unknown address 0x000000000010 (pc 0x5 T0)\n"
	    "==1==The signal is caused by a READ memory access.\n"
	    "==1==Hint: address points to the zero page.\n"
	    "    #0 0x1 in f a.c:1:1\n", "asan", "Null-dereference READ",
	    "null-dereference", "f", "low", "null", PF_ADDR_NEAR_NULL,
	    SIGSEGV },
	{ ASAN "SEGV on unknown address 0x7f0000001000 (pc 0x5 T0)\n"
	    "==1==The signal is caused by a WRITE memory access.\n"
	    "    #0 0x1 in f a.c:1:1\n", "asan", "UNKNOWN WRITE",
	    "segfault", "f", "high", "write-wild", PF_ADDR_WILD, SIGSEGV },
	{ ASAN "SEGV on unknown address (pc 0x5 bp 0x7 sp 0x7 T0)\n"
	    "==1==The signal is caused by a READ memory access.\n"
	    "==1==Hint: this fault was caused by a dereference of a high "
	    "value address (see register values below).\n"
	    "    #0 0x1 in f a.c:1:1\n", "asan", "UNKNOWN READ", "segfault",
	    "f", "high", "read-controlled", PF_ADDR_NON_CANONICAL, SIGSEGV },
	{ ASAN "SEGV on unknown address 0x000041414141 (pc 0x5 T0)\n"
	    "==1==The signal is caused by a READ memory access.\n"
	    "==1==Hint: this fault was caused by a dereference of a high "
	    "value address (see register values below).\n"
	    "    #0 0x1 in f a.c:1:1\n", "asan", "UNKNOWN READ", "segfault",
	    "f", "high", "read-controlled", PF_ADDR_CONTROLLED, SIGSEGV },
	{ "x[12]: segfault at 6e6f7465 ip 0055 sp 0077 error 4 in x[55+1]\n",
	    "signal", "UNKNOWN READ", "segfault", "", "high",
	    "read-controlled", PF_ADDR_CONTROLLED, SIGSEGV },
	{ ASAN "SEGV on unknown address 0x7f0000001000 (pc 0x7f0000001000 "
	    "bp 0x7 sp 0x7 T0)\n"
	    "==1==The signal is caused by a READ memory access.\n",
	    "asan", "UNKNOWN", "segfault", "", "critical", "exec",
	    PF_ADDR_WILD, SIGSEGV },
	{ "\033[1m\033[31m" ASAN "heap-buffer-overflow on address "
	    "0x60200001\n\033[1m\033[0m\033[1m\033[34mREAD of size 4 at "
	    "0x60200001 thread T0\033[1m\033[0m\n    #0 0x1 in f a.c:1\n",
	    "asan", "Heap-buffer-overflow READ 4", "heap-buffer-overflow",
	    "f", "medium", "read-overflow", PF_ADDR_WILD, 0 },
	{ ASAN "odd\001\033[2J on address 0x60200001\n", "asan", "Odd", "odd",
	    "", "info", "unknown", PF_ADDR_WILD, 0 },
	{ ASAN "unknown-crash on address 0x60200001 at pc 0x5\n"
	    "WRITE of size 4 at 0x60200001 thread T0\n"
	    "    #0 0x1 in f a.c:1\n", "asan", "Unknown-crash WRITE 4",
	    "unknown-crash", "f", "high", "write-poisoned", PF_ADDR_WILD, 0 },
	{ ASAN "specified RSS limit exceeded, currently set to "
	    "soft_rss_limit_mb=9\n    #0 0x1 in f a.c:1\n", "asan",
	    "Out-of-memory", "out-of-memory", "f", "low", "memory",
	    PF_ADDR_NONE, 0 },
	{ ASAN "reallocarray parameters overflow: count * size (2 * 3) "
	    "cannot be represented in type size_t (thread T0)\n"
	    "    #0 0x1 in f a.c:1\n", "asan", "Out-of-memory",
	    "out-of-memory", "f", "low", "memory", PF_ADDR_NONE, 0 },
	{ ASAN "calloc parameters overflow: count * size (2 * 3) cannot be "
	    "represented in type size_t (thread T0)\n"
	    "    #0 0x1 in f a.c:1\n", "asan", "Calloc-overflow",
	    "calloc-overflow", "f", "low", "memory", PF_ADDR_NONE, 0 },
	{ ASAN "<b>\n", "asan", "Unknown", "unknown", "", "info", "unknown",
	    PF_ADDR_NONE, 0 },
	{ "ubsan: mul-overflow\n", "ubsan", "Integer-overflow",
	    "signed-integer-overflow", "", "low", "arithmetic",
	    PF_ADDR_NONE, 0 },
	{ ASAN "heap-use-after-free on address 0x60200001 at pc 0x5\n"
	    "READ of size 1 at 0x60200001 thread T0\n"
	    "    #0 0x1 in use a.c:1:1\n"
	    "\n0x60200001 is located 0 bytes inside of 4-byte region "
	    "[0x60200001,0x60200005)\n"
	    "freed by thread T0 here:\n    #0 0x1 in free (x+0x1)\n"
	    "    #1 0x1 in drop a.c:2:1\n", "asan",
	    "Heap-use-after-free READ 1", "heap-use-after-free", "use",
	    "high", "read-freed", PF_ADDR_HEAP, 0 },
	{ ASAN "attempting double-free on 0x60200001 in thread T0:\n"
	    "    #0 0x1 in free (x+0x1)\n    #1 0x1 in drop a.c:2:1\n",
	    "asan", "Heap-double-free", "double-free", "drop", "high",
	    "double-free", PF_ADDR_WILD, 0 },
	{ ASAN "stack-overflow on address 0x7ffe00001000 (pc 0x5 T0)\n"
	    "    #0 0x1 in leaf a.c:1\n    #1 0x1 in b a.c:2\n"
	    "    #2 0x1 in a a.c:3\n    #3 0x1 in b a.c:2\n"
	    "    #4 0x1 in a a.c:3\n    #5 0x1 in b a.c:2\n"
	    "    #6 0x1 in a a.c:3\n    #7 0x1 in b a.c:2\n"
	    "    #8 0x1 in a a.c:3\n", "asan", "Stack-overflow",
	    "stack-overflow", "a < b", "low", "stack-exhausted",
	    PF_ADDR_STACK, 0 },
	{ "==1==ERROR: LeakSanitizer: detected memory leaks\n\n"
	    "Direct leak of 7 byte(s) in 1 object(s) allocated from:\n"
	    "    #0 0x1 in malloc (x+0x1)\n    #1 0x1 in make a.c:2:1\n\n"
	    "Indirect leak of 30 byte(s) in 3 object(s) allocated from:\n"
	    "    #0 0x1 in malloc (x+0x1)\n    #1 0x1 in more a.c:2:1\n\n"
	    "SUMMARY: AddressSanitizer: 37 byte(s) leaked in 4 "
	    "allocation(s).\n", "lsan", "Direct-leak", "memory-leak", "make",
	    "low", "leak", PF_ADDR_NONE, 0 },
	{ "a.c:3:5: runtime error: signed integer overflow: 1 + 2\n"
	    "    #0 0x1 in g a.c:3\n", "ubsan", "Integer-overflow",
	    "signed-integer-overflow", "g", "low", "arithmetic",
	    PF_ADDR_NONE, 0 },
	{ "src/a.c:3:5: runtime error: index 7 out of bounds for type "
	    "'int [3]'\n", "ubsan", "Index-out-of-bounds",
	    "index-out-of-bounds", "a.c:3", "medium", "index", PF_ADDR_NONE,
	    0 },
	/* Why it aborted, and where. */
	{ "a.c:3:5: runtime error: division by zero\n"
	    "SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior a.c:3:5\n"
	    "==1== ERROR: libFuzzer: deadly signal\n"
	    "    #0 0x1 in __sanitizer_print_stack_trace (x+0x1)\n"
	    "    #1 0x1 in divide a.c:3:5\n", "libfuzzer", "Divide-by-zero",
	    "division-by-zero", "divide", "low", "arithmetic", PF_ADDR_NONE,
	    SIGABRT },
	/* What follows is what ended it, if the first had no stack. */
	{ "a.c:3:5: runtime error: division by zero\n" ASAN
	    "heap-use-after-free on address 0x60200001\n"
	    "READ of size 4 at 0x60200001 thread T0\n    #0 0x1 in f a.c:1\n",
	    "asan", "Heap-use-after-free READ 4", "heap-use-after-free", "f",
	    "high", "read-freed", PF_ADDR_WILD, 0 },
	{ "a.c:3:5: runtime error: load of null pointer of type 'int'\n"
	    "SUMMARY: UndefinedBehaviorSanitizer: null-pointer-use a.c:3\n"
	    "UndefinedBehaviorSanitizer:DEADLYSIGNAL\n"
	    "==1==ERROR: UndefinedBehaviorSanitizer: SEGV on unknown address "
	    "0x7f0000001000 (pc 0x5 T1)\n"
	    "==1==The signal is caused by a WRITE memory access.\n"
	    "    #0 0x1 in g a.c:9\n", "ubsan", "UNKNOWN WRITE", "segfault",
	    "g", "high", "write-wild", PF_ADDR_WILD, SIGSEGV },
	{ "a.c:3:5: runtime error: division by zero\n"
	    "a.c:4:5: runtime error: signed integer overflow: 1 + 2\n"
	    "a.c:5:5: runtime error: signed integer overflow: 1 + 2\n"
	    "1\n2\n3\n4\n5\n6\n7\n8\n9\npanic: they say\n"
	    "a.c:5:5: runtime error: signed integer overflow: 1 + 2\n"
	    "Segmentation fault\n" ASAN
	    "heap-use-after-free on address 0x60200001\n"
	    "READ of size 4 at 0x60200001 thread T0\n    #0 0x1 in f a.c:1\n",
	    "asan", "Heap-use-after-free READ 4", "heap-use-after-free", "f",
	    "high", "read-freed", PF_ADDR_WILD, 0 },
	{ "a.c:3:5: runtime error: division by zero\n"
	    "x: c.c:7: f: Assertion `x' failed.\nAborted\n", "glibc",
	    "ASSERT", "assertion", "f", "low", "assertion", PF_ADDR_NONE,
	    SIGABRT },
	/* The first one counts if nothing firm follows, ... */
	{ "a.c:3:5: runtime error: division by zero\n"
	    "b.c:4:5: runtime error: signed integer overflow: 1 + 2\n"
	    "    #0 0x1 in g b.c:4\nSegmentation fault\n", "ubsan",
	    "Divide-by-zero", "division-by-zero", "a.c:3", "low",
	    "arithmetic", PF_ADDR_NONE, 0 },
	/* ... also if it has a stack; see checks.c for more. */
	{ "a.c:3:5: runtime error: division by zero\n"
	    "    #0 0x1 in g a.c:3\n\n" ASAN
	    "heap-use-after-free on address 0x60200001\n"
	    "READ of size 4 at 0x60200001 thread T0\n    #0 0x1 in f a.c:1\n",
	    "asan", "Heap-use-after-free READ 4", "heap-use-after-free", "f",
	    "high", "read-freed", PF_ADDR_WILD, 0 },
	/* Unless it said only that the program died. */
	{ "Segmentation fault\n" ASAN
	    "heap-use-after-free on address 0x60200001\n"
	    "READ of size 4 at 0x60200001 thread T0\n    #0 0x1 in f a.c:1\n",
	    "asan", "Heap-use-after-free READ 4", "heap-use-after-free", "f",
	    "high", "read-freed", PF_ADDR_WILD, 0 },
	{ "==1==WARNING: MemorySanitizer: use-of-uninitialized-value\n"
	    "    #0 0x1 in m m.c:1:1\n", "msan",
	    "Use-of-uninitialized-value", "uninitialized-value", "m",
	    "medium", "uninitialized", PF_ADDR_NONE, 0 },
	{ "==================\nWARNING: ThreadSanitizer: data race (pid=7)\n"
	    "  Write of size 4 at 0x55 by thread T1:\n"
	    "    #0 adder r.c:8:53 (r+0x1)\n\n"
	    "  Previous read of size 4 at 0x55 by main thread:\n"
	    "    #0 other r.c:9:1 (r+0x2)\n\n"
	    "  Location is global 'n' of size 4 at 0x55 (r+0x3)\n",
	    "tsan", "Data-race WRITE 4", "data-race", "adder < other", "medium",
	    "race", PF_ADDR_GLOBAL, 0 },
	{ "==1== ERROR: libFuzzer: timeout after 25 seconds\n"
	    "    #0 0x1 in inner a.c:1\n    #1 0x1 in outer a.c:1\n"
	    "    #2 0x1 in LLVMFuzzerTestOneInput a.c:1\n", "libfuzzer",
	    "Timeout", "timeout", "outer", "low", "hang", PF_ADDR_NONE, 0 },
	{ "==1== ERROR: libFuzzer: out-of-memory (malloc(4294967296))\n"
	    "    #0 0x1 in malloc (x+0x1)\n    #1 0x1 in grow a.c:1\n",
	    "libfuzzer", "Out-of-memory", "out-of-memory", "grow", "low",
	    "memory", PF_ADDR_NONE, 0 },
	{ "==1== ERROR: libFuzzer: fuzz target exited\n", "libfuzzer",
	    "Unexpected-exit", "exit", "", "info", "exit", PF_ADDR_NONE,
	    0 },
	{ "\n+++ Program killed by signal 11 +++\n", "afl", "UNKNOWN",
	    "segfault", "", "medium", "segfault", PF_ADDR_NONE, SIGSEGV },
	{ "+++ Program timed off +++\n", "afl", "Timeout", "timeout", "",
	    "low", "hang", PF_ADDR_NONE, 0 },
	{ "[!] WARNING: Test case 'id:0,orig:s' results in a crash, "
	    "skipping\n", "afl", "UNKNOWN", "unknown", "", "medium",
	    "segfault", PF_ADDR_NONE, 0 },
	{ "sh: line 1:  123 Aborted                 (core dumped) ./x\n",
	    "signal", "Abrt", "abort", "", "low", "abort", PF_ADDR_NONE,
	    SIGABRT },
	{ "x[12]: segfault at 10 ip 0055 sp 0077 error 6 in x[55+1]\n",
	    "signal", "Null-dereference WRITE", "null-dereference", "",
	    "low", "null", PF_ADDR_NEAR_NULL, SIGSEGV },
	{ "x[12]: segfault at 7f0000001000 ip 00007f0000001000 sp 0077 "
	    "error 14 in x[55+1]\n", "signal", "UNKNOWN", "segfault", "",
	    "critical", "exec", PF_ADDR_WILD, SIGSEGV },
	{ "x[12]: segfault at 7f0000001000 ip 0055 sp 0077 error 7\n",
	    "signal", "UNKNOWN WRITE", "segfault", "", "high", "write-wild",
	    PF_ADDR_WILD, SIGSEGV },
	{ "x[12]: segfault at 0 ip 0 sp 0077 error 15 in x[55+1]\n",
	    "signal", "Null-dereference", "null-dereference", "", "medium",
	    "exec-null", PF_ADDR_NULL, SIGSEGV },
	{ ASAN "SEGV on unknown address 0x7ffe00000000 (pc 0x5 T0)\n"
	    "    #0 0x1 in f a.c:1\n    #1 0x1 in f a.c:1\n"
	    "    #2 0x1 in f a.c:1\n    #3 0x1 in f a.c:1\n"
	    "    #4 0x1 in f a.c:1\n    #5 0x1 in f a.c:1\n"
	    "    #6 0x1 in f a.c:1\n    #7 0x1 in f a.c:1\n"
	    "    #8 0x1 in f a.c:1\n    #9 0x1 in main a.c:1\n",
	    "asan", "UNKNOWN", "segfault", "f", "medium", "segfault",
	    PF_ADDR_WILD, SIGSEGV },
	/* Deep, and cut before main: still no overflow for who knows one. */
	{ ASAN "SEGV on unknown address 0x414141414141 (pc 0x5 T0)\n"
	    "==1==The signal is caused by a WRITE memory access.\n"
	    "    #0 0x1 in f a.c:1\n    #1 0x1 in f a.c:1\n"
	    "    #2 0x1 in f a.c:1\n    #3 0x1 in f a.c:1\n"
	    "    #4 0x1 in f a.c:1\n    #5 0x1 in f a.c:1\n"
	    "    #6 0x1 in f a.c:1\n    #7 0x1 in f a.c:1\n"
	    "    #8 0x1 in f a.c:1\n    #9 0x1 in f a.c:1\n",
	    "asan", "UNKNOWN WRITE", "segfault", "f", "critical",
	    "write-controlled", PF_ADDR_CONTROLLED, SIGSEGV },
	{ "sh: 12 Quit     ./a\n", "signal", "Signal", "signal", "", "info",
	    "unknown", PF_ADDR_NONE, SIGQUIT },
	{ "Command terminated by signal 6\n", "signal", "Abrt", "abort", "",
	    "low", "abort", PF_ADDR_NONE, SIGABRT },
};

static void
records(void)
{
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		char title[PF_TITLE_TEXT];

		ok(take(t[i].text, strlen(t[i].text)), t[i].title);
		pf_report_title(title, &r);
		is_str(r.tool, t[i].tool, "tool");
		is_str(title, t[i].title, "type");
		is_str(r.coarse, t[i].coarse, "kind");
		is_str(state, t[i].state, "state");
		is_str(pf_severity_of(&r)->severity, t[i].severity,
		    "severity");
		is_str(pf_severity_of(&r)->rule, t[i].rule, "rule");
		is_int(r.addr_class, t[i].region, "region");
		is_int(r.signal, t[i].sig, "signal");
	}
}

/* No reports, though words of some stand in them. */
static const char *const others[] = { "", "\n\n\n", "hello\nworld\n",
    "SUMMARY: AddressSanitizer: heap-buffer-overflow a.c:1 in f\n",
    "the target was Killed by us\n", "Segmentation faults are bad\n",
    "    #0 0x1 in f a.c:1\n", "ERROR: libFuzzer\n",
    "+++ Program killed by signal 0 +++\n", "segfault at 10\n" };

static void
strangers(void)
{
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		ok(!take(others[i], strlen(others[i])), others[i]);
		is_str(r.tool, "", "nothing");
		is_int((long long)offset, 0, "nowhere");
	}
}

#define HEAD	ASAN "heap-buffer-overflow on address 0x60200001\n" \
    "READ of size 4 at 0x60200001 thread T0\n"

#define RACE	"WARNING: ThreadSanitizer: data race (pid=7)\n"

/* Pairs of texts: whether both hashes are the same. */
static const struct {
	const char	*name, *a, *b;
	bool		 major, minor;
} pairs[] = {
	{ "addresses, directories and lines",
	    HEAD "    #0 0x1 in f /a/x.c:1:2\n    #1 0x2 in g /a/x.c:9:2\n",
	    HEAD "    #0 0x7 in f /b/x.c:4:2\n    #1 0x8 in g /b/x.c:8:1\n",
	    true, true },
	{ "how deep a recursion went",
	    HEAD "    #0 0x1 in f x.c:1\n    #1 0x1 in f x.c:1\n"
	    "    #2 0x1 in g x.c:1\n",
	    HEAD "    #0 0x1 in f x.c:1\n    #1 0x1 in f x.c:1\n"
	    "    #2 0x1 in f x.c:1\n    #3 0x1 in g x.c:1\n", true, true },
	{ "a recursion of two",
	    HEAD "    #0 0x1 in f x.c:1\n    #1 0x1 in g x.c:1\n"
	    "    #2 0x1 in h x.c:1\n",
	    HEAD "    #0 0x1 in f x.c:1\n    #1 0x1 in g x.c:1\n"
	    "    #2 0x1 in f x.c:1\n    #3 0x1 in g x.c:1\n"
	    "    #4 0x1 in h x.c:1\n", true, true },
	{ "copies of a function",
	    HEAD "    #0 0x1 in f.part.0 x.c:1\n",
	    HEAD "    #0 0x1 in f.isra.1.cold x.c:1\n", true, true },
	{ "another function",
	    HEAD "    #0 0x1 in f x.c:1\n", HEAD "    #0 0x1 in g x.c:1\n",
	    false, false },
	{ "the fourth frame",
	    HEAD "    #0 0x1 in a x.c:1\n    #1 0x1 in b x.c:1\n"
	    "    #2 0x1 in c x.c:1\n    #3 0x1 in d x.c:1\n",
	    HEAD "    #0 0x1 in a x.c:1\n    #1 0x1 in b x.c:1\n"
	    "    #2 0x1 in c x.c:1\n    #3 0x1 in e x.c:1\n", true, false },
	{ "a write and a read", HEAD "    #0 0x1 in f x.c:1\n",
	    ASAN "heap-buffer-overflow on address 0x60200001\n"
	    "WRITE of size 4 at 0x60200001 thread T0\n    #0 0x1 in f x.c:1\n",
	    false, false },
	{ "the size of an access", HEAD "    #0 0x1 in f x.c:1\n",
	    ASAN "heap-buffer-overflow on address 0x60200001\n"
	    "READ of size 8 at 0x60200001 thread T0\n    #0 0x1 in f x.c:1\n",
	    true, true },
	{ "which of two threads was seen first", RACE "  Write of size 4 at "
	    "0x55 by thread T1:\n    #0 a x.c:1 (r+0x1)\n\n  Previous read "
	    "of size 4 at 0x55 by main thread:\n    #0 b x.c:1 (r+0x1)\n",
	    RACE "  Read of size 4 at 0x66 by main thread:\n"
	    "    #0 b x.c:1 (r+0x1)\n\n  Previous write of size 4 at 0x66 by "
	    "thread T1:\n    #0 a x.c:1 (r+0x1)\n", true, false },
	{ "who freed it",
	    HEAD "    #0 0x1 in f x.c:1\nfreed by thread T0 here:\n"
	    "    #0 0x1 in g x.c:1\n",
	    HEAD "    #0 0x1 in f x.c:1\nfreed by thread T0 here:\n"
	    "    #0 0x1 in h x.c:1\n", true, false },
};

static void
sameness(void)
{
	struct pf_state a;
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		take(pairs[i].a, strlen(pairs[i].a));
		a = st;
		take(pairs[i].b, strlen(pairs[i].b));
		is_int(strcmp(a.major, st.major) == 0, pairs[i].major,
		    pairs[i].name);
		is_int(strcmp(a.minor, st.minor) == 0, pairs[i].minor,
		    "with all frames");
	}
}

/* Rules: the last one decides, and an entry counts when nothing else does. */
static void
rules(void)
{
	static const char mine[] = "# mine\n\n  function par*\r\n"
	    "keep function memcpy\nfile */skip/*\nmodule libx.so*\n";
	static const char *const wrong[] = { "functions f\n", "function\n",
	    "function \n", "keep\n", "keep f\n", "\nf\n" };
	static const char one[] = HEAD "    #0 0x1 in memcpy x.c:1\n"
	    "    #1 0x1 in parse x.c:1\n    #2 0x1 in f /a/skip/x.c:1\n"
	    "    #3 0x1 in h (/lib/libx.so.1+0x1)\n"
	    "    #4 0x1 in g x.c:1\n    #5 0x1 in main x.c:1\n";
	static const char only[] = HEAD "    #0 0x1 in free (x+0x1)\n"
	    "    #1 0x1 in main x.c:1\n    #2 0x1 in _start (x+0x1)\n";
	static const char near[] = HEAD "    #0 0x1 in memory x.c:1\n"
	    "    #1 0x1 in start x.c:1\n    #2 0x1 in panic x.c:1\n";
	char v[PF_RULES_TEXT], w[PF_RULES_TEXT];
	size_t i;

	take(one, strlen(one));
	is_str(state, "parse < f < h", "as it is built in");
	ok(r.frames[0].ignored && !r.frames[1].ignored, "one is marked");
	take(near, strlen(near));
	is_str(state, "memory < start < panic", "names that are only alike");
	take(only, strlen(only));
	is_str(state, "main", "nothing but where it begins");
	pf_rules_version(v, set);
	is_str(v, "9", "the version of the rules");
	ok(pf_rules_add(set, mine, strlen(mine)) == NULL, "more rules");
	take(one, strlen(one));
	is_str(state, "memcpy < g", "have the last word");
	pf_rules_version(w, set);
	is_int((long long)strlen(w), 10, "and another version");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ok(pf_rules_add(set, wrong[i], strlen(wrong[i])) != NULL,
		    wrong[i]);
}

/* A debugger's segfault that is the end of a stack, and one that is not; and
 * one of ASan, which would say so. */
static void
overflow(void)
{
	char many[16384];
	size_t i, n;

	for (n = 0; n < 3; n++) {
		snprintf(many, sizeof(many), "%s\n", n == 2 ? ASAN "SEGV on "
		    "unknown address 0x7ffe00000000 (pc 0x5 T0)" :
		    "Program received signal SIGSEGV, Segmentation fault.");
		for (i = 0; i < 250; i++)
			snprintf(many + strlen(many),
			    sizeof(many) - strlen(many), n == 2 ?
			    "    #%zu 0x1 in f%zu a.c:1\n" :
			    "#%-2zu 0x1 in f%zu () at a.c:1\n", i, n == 1 ? i :
			    i % 3);
		take(many, strlen(many));
		is_str(r.type, n == 0 ? "Stack-overflow" : "UNKNOWN",
		    "deep recursion, or just deep, or known not to be");
		is_str(state, "f0 < f1 < f2", "what recurs");
	}
}

/* Rubbish by the megabyte, and a line without an end. */
static void
rubbish(void)
{
	static struct pf_scan s;
	static char block[1 << 16];
	unsigned int x = 1;
	size_t i, j;

	pf_report_init(&r, text, sizeof(text));
	pf_scan_begin(&s, &r);
	for (i = 0; i < 64; i++) {
		for (j = 0; j < sizeof(block); j++) {
			x = x * 1103515245 + 12345;
			block[j] = (char)(x >> 16);
		}
		pf_scan_feed(&s, block, sizeof(block));
	}
	memset(block, 'A', sizeof(block));
	for (i = 0; i < 64; i++)
		pf_scan_feed(&s, block, sizeof(block));
	pf_scan_feed(&s, "\n" HEAD, strlen("\n" HEAD));
	for (i = 0; i < 100000; i++)
		pf_scan_feed(&s, "    #0 0x1 in f x.c:1\n", 22);
	ok(pf_scan_end(&s), "a report behind it is found");
	is_int((long long)s.offset, 128 << 16 | 1, "where it begins");
	is_int((long long)r.nframes, PF_STACK_FRAMES, "of endless frames");
	ok(r.cut, "some are kept");
}

int
main(void)
{
	set = pf_rules_new();
	ignore = pf_rules_ignore(set);
	records();
	strangers();
	sameness();
	rules();
	overflow();
	rubbish();
	pf_rules_free(set);
	return done_testing();
}
