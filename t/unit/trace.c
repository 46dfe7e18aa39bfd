/*
 * codec/trace and codec/fuzzlog: what tools say, in their own words.
 */
#include <signal.h>
#include <string.h>

#include "../lib/tap.h"
#include "codec/fuzzlog.h"
#include "codec/trace.h"

/* What tools print, and what is to be read from it. */
static const struct {
	const char	*text, *tool, *type, *stack;
	int		 sig;
} t[] = {
	{ "", "", "", "", 0 },
	{ "hello\nworld\n", "", "", "", 0 },
	{ "==1==ERROR: AddressSanitizer: heap-buffer-overflow on "
	    "address 0x602 at pc 0x55 bp 0x7f sp 0x7f\n"
	    "WRITE of size 8 at 0x602 thread T0\n"
	    "    #0 0x55 in __asan_memcpy (x+0x1)\n"
	    "    #1 0x56 in parse_palette chunk.c:62:2\n"
	    "    #2 0x57 in chunk_parse chunk.c:199:7\n"
	    "    #3 0x58 in LLVMFuzzerTestOneInput f.c:9:2\n"
	    "    #4 0x59 in fuzzer::Fuzzer::ExecuteCallback(unsigned "
	    "char const*, unsigned long) (x+0x2)\n\n"
	    "0x602 is located 0 bytes after region\n"
	    "    #0 0x55 in malloc (x+0x1)\n"
	    "    #1 0x56 in elsewhere a.c:1\n", "asan",
	    "heap-buffer-overflow", "parse_palette < chunk_parse < "
	    "LLVMFuzzerTestOneInput", 0 },
	{ "==1==ERROR: AddressSanitizer: SEGV on unknown address "
	    "0x000000000010 (pc 0x56 T0)\n    #0 0x56 in f a.c:1:1\n",
	    "asan", "null-dereference", "f", SIGSEGV },
	{ "==1==ERROR: AddressSanitizer: SEGV on unknown address "
	    "0x00007f0000001000 (pc 0x56 T0)\n", "asan", "segfault",
	    "", SIGSEGV },
	{ "==1==ERROR: AddressSanitizer: attempting double-free on "
	    "0x602 in thread T0:\n", "asan", "double-free", "", 0 },
	{ "==1==ERROR: AddressSanitizer: ABRT on unknown address "
	    "0x1\n    #0 0x1 in abort\n    #1 0x2 in g b.c:2\n",
	    "asan", "abort", "g", SIGABRT },
	{ "a: c.c:52: int f(int): Assertion `x' failed.\n"
	    "==1==ERROR: AddressSanitizer: ABRT on unknown address\n"
	    "    #0 0x1 in __pthread_kill_implementation n.c:1\n"
	    "    #1 0x2 in f c.c:52:2\n", "asan", "assertion",
	    "f", SIGABRT },
	{ "a: c.c:52: int f(int): Assertion `x' failed.\n", "glibc",
	    "assertion", "f", SIGABRT },
	{ "==1==ERROR: LeakSanitizer: detected memory leaks\n",
	    "lsan", "memory-leak", "", 0 },
	{ "==1== ERROR: libFuzzer: timeout after 1 seconds\n",
	    "libfuzzer", "timeout", "", 0 },
	{ "==1== ERROR: libFuzzer: out-of-memory (used: 2100Mb)\n",
	    "libfuzzer", "out-of-memory", "", 0 },
	{ "==1== ERROR: libFuzzer: deadly signal\n", "libfuzzer",
	    "abort", "", 0 },
	{ "==1==ERROR: AddressSanitizer: stack-overflow on address "
	    "0x7ff\n    #0 0x1 in r a.c:1\n    #1 0x2 in r a.c:1\n",
	    "asan", "stack-overflow", "r", 0 },
	{ "==1==WARNING: MemorySanitizer: use-of-uninitialized-value"
	    "\n    #0 0x1 in m m.c:1\n", "msan",
	    "uninitialized-value", "m", 0 },
	{ "a.c:3:5: runtime error: signed integer overflow: 1 + 2\n"
	    "    #0 0x1 in g a.c:3\n", "ubsan",
	    "signed-integer-overflow", "g", 0 },
	{ "WARNING: ThreadSanitizer: data race (pid=7)\n"
	    "  Write of size 4 at 0x55 by thread T1:\n"
	    "    #0 adder r.c:8:53 (r+0x1) (BuildId: a8)\n\n"
	    "  Previous write of size 4 at 0x55 by main thread:\n"
	    "    #0 other r.c:9:1 (r+0x2)\n", "tsan", "data-race",
	    "adder < other", 0 },
	{ "free(): invalid pointer\n", "glibc", "bad-free",
	    "", SIGABRT },
	{ "the target says free(): invalid pointer\n", "", "", "", 0 },
	{ "*** stack smashing detected ***: terminated\n", "glibc",
	    "stack-buffer-overflow", "", SIGABRT },
	/* That it died is known to who asks. */
	{ "Segmentation fault\n", "", "", "", 0 },
};

static const char late[] = "noise\nnoise\n==1==ERROR: AddressSanitizer: "
    "use-after-poison\n";

static void
reports(void)
{
	struct pf_trace tr;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		pf_trace_parse(&tr, t[i].text, strlen(t[i].text));
		is_str(tr.tool, t[i].tool, "tool");
		is_str(tr.type, t[i].type, t[i].type);
		is_str(tr.stack, t[i].stack, "stack");
		is_int(tr.signal, t[i].sig, "signal");
		is_int((long long)tr.length, t[i].tool[0] == '\0' ? 0 :
		    (long long)(strlen(t[i].text) - tr.offset), "length");
	}
	pf_trace_parse(&tr, late, strlen(late));
	is_int((long long)tr.offset, 12, "where the report begins");
	is_str(tr.type, "use-after-poison", "a word of its own");
	is_str(pf_trace_signal(SIGFPE), "floating-point", "a signal's word");
	is_str(pf_trace_signal(99), "signal", "any signal");
}

/* Long lines and hostile bytes: no overrun, and no lie about the length. */
static void
hostile(void)
{
	static char text[300000];
	struct pf_trace tr;
	size_t i;

	memset(text, 'A', sizeof(text));
	memcpy(text, "==1==ERROR: AddressSanitizer: ", 30);
	for (i = 40; i + 40 < sizeof(text); i += 40)
		memcpy(text + i, "\n#0 0x1 in AAAA\0A", 17);
	pf_trace_parse(&tr, text, sizeof(text));
	is_str(tr.tool, "asan", "still a report");
	ok(strlen(tr.stack) < sizeof(tr.stack), "a stack in bounds");
	is_int((long long)tr.length, sizeof(text), "all of it");
}

static enum pf_fuzzline
line(struct pf_fuzzlog *f, const char *s)
{
	return pf_fuzzlog_line(f, s, strlen(s));
}

static void
libfuzzer(void)
{
	struct pf_fuzzlog f;

	pf_fuzzlog_init(&f);
	is_int(line(&f, "INFO: Seed: 123"), PF_FL_OTHER, "talk");
	is_int(f.seed, 123, "with the seed");
	is_int(line(&f, "INFO: Seed: 5"), PF_FL_OTHER, "the target's own");
	is_int(f.seed, 123, "counts no more");
	is_int(line(&f, "#0\tREAD units: 3"), PF_FL_STATUS, "it reads");
	ok(!f.inited, "but has run nothing");
	is_int(line(&f, "#5\tINITED cov: 12 ft: 13 corp: 4/9b exec/s: 0 "
	    "rss: 27Mb"), PF_FL_STATUS, "it has begun");
	ok(f.inited, "now it has");
	is_int(f.cov, 12, "edges");
	is_int(f.ft, 13, "features");
	is_int(f.corpus, 4, "corpus");
	is_int(f.rss_mb, 27, "memory");
	is_int(line(&f, "#1024\tpulse  cov: 15 ft: 18 corp: 5/9b lim: 4 "
	    "exec/s: 341 rss: 28Mb"), PF_FL_STATUS, "a pulse");
	is_int(f.execs, 1024, "executions");
	is_int(f.execs_per_sec, 341, "a second");
	is_int(line(&f, "#99999999999999999999\tNEW    cov: 1"), PF_FL_OTHER,
	    "a number that is none");
	is_int(line(&f, "#7 not libFuzzer cov: 99"), PF_FL_OTHER,
	    "a target that prints alike");
	is_int(f.cov, 15, "changes nothing");
	is_int(line(&f, "#4096: cov: 20 ft: 30 corp: 6 exec/s 100 "
	    "oom/timeout/crash: 0/0/1 time: 2s job: 1"), PF_FL_STATUS,
	    "the form of -fork");
	is_int(f.execs, 4096, "its executions");
	is_int(f.execs_per_sec, 100, "its speed");
	is_int(f.crashes, 1, "its crashes");
	is_int(line(&f, "#4097: cov: 20 ft: 30 corp: 6 exec/s 100 "
	    "oom/timeout/crash: 3/2 time: 2s"), PF_FL_STATUS, "cut short");
	is_int(f.ooms, 0, "all three or none");
	is_int(f.timeouts, 0, "all three or none");
	is_int(line(&f, "stat::number_of_executed_units: 5000"),
	    PF_FL_STATUS, "the final count");
	is_int(f.execs, 5000, "its executions");
	is_int(line(&f, "==7==ERROR: AddressSanitizer: SEGV"), PF_FL_REPORT,
	    "a report");
	is_int(line(&f, "==7== ERROR: libFuzzer: timeout"), PF_FL_REPORT,
	    "a report of libFuzzer");
	is_int(line(&f, "artifact_prefix='./a/'; Test unit written to "
	    "./a/crash-1"), PF_FL_ARTIFACT, "a file");
	is_str(f.artifact, "./a/crash-1", "its name");
	is_int(line(&f, "Done 6000 runs in 3 second(s)"), PF_FL_DONE, "done");
	is_int(f.execs, 6000, "all of them");
	is_int(line(&f, "MERGE-OUTER: 9 files, 2 in the initial corpus, 0 "
	    "processed earlier"), PF_FL_MERGE, "a merge");
	is_int(f.to_merge, 9, "of so many");
	is_int(line(&f, "MERGE-INNER: 9 total files"), PF_FL_MERGE, "goes on");
	is_int(f.merged, -1, "and on");
	is_int(line(&f, "MERGE-OUTER: 5 new files with 12 new features added; "
	    "12 new coverage edges"), PF_FL_DONE, "to its end");
	is_int(f.merged, 5, "with fewer");
	is_int(line(&f, "MERGE-OUTER: x new files"), PF_FL_MERGE, "or else");
}

int
main(void)
{
	reports();
	hostile();
	libfuzzer();
	return done_testing();
}
