/*
 * codec/report: what the readers of languages, valgrind and gdb leave in
 * frames, stacks and leaks.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "codec/report/scan.h"
#include "codec/report/state.h"

#define P	"==12== "
#define SEGV	"\nProgram received signal SIGSEGV, Segmentation fault.\n"

static struct pf_report r;
static struct pf_state st;
static struct pf_ignore *ignore;
static char text[PF_REPORT_TEXT];
static const char *state;

/* The state is the first frame that counts. */
static bool
take(const char *s)
{
	size_t offset;
	bool found;

	pf_report_init(&r, text, sizeof(text));
	found = pf_report_parse(&r, s, strlen(s), &offset);
	pf_state_of(&st, &r, ignore);
	state = st.n > 0 ? st.frame[0] : "";
	return found;
}

static const char rust[] = "thread 'main' panicked at src/a.rs:2:5:\nx\n"
    "stack backtrace:\n   0: rust_begin_unwind\n"
    "             at /rustc/9/library/std/src/p.rs:6:5\n"
    "   1: core::panicking::panic_fmt\n"
    "   2: shop::Shelf<T>::get\n             at ./a.rs:9:1\n"
    "   3:     0x55d5 - <unknown>\n"
    "note: Some details are omitted\n   4: none\n";

static const char go[] = "panic: x\n\ngoroutine 1 [running]:\n"
    "main.(*shelf).get(...)\n\t/b/a.go:17\nmain.index(0x1?, {0x2, 0x3})\n"
    "\t/b/a.go:20 +0x9d\n\ngoroutine 2 [idle]:\nmain.other(0x1)\n";

static const char go_stacks[] = "fatal error: stack overflow\n\n"
    "runtime stack:\nruntime.throw({0x4, 0x5})\n\truntime/panic.go:1 +0x5\n"
    "\ngoroutine 1 [running]:\nmain.d(0x1)\n\ta.go:3 +0x8 fp=0xc0\n";

static const char freed[] = P "Invalid write of size 8\n"
    P "   at 0x1: f (a.c:3)\n"
    P " Address 0x4a is 8 bytes inside a block of size 64 free'd\n"
    P "   at 0x2: free (vg.c:1)\n" P " Block was alloc'd at\n"
    P "   at 0x3: malloc (vg.c:1)\n" P "\n" P "Invalid write of size 1\n"
    P "   at 0x9: g (a.c:9)\n";

#define THREAD2	"Thread 2 (Thread 0x7f (LWP 12) \"a\"):\n"	\
		"#0  h (x=1) at a.c:1\n\n"
#define THREAD1	"Thread 1 (Thread 0x7e (LWP 11) \"a\"):\n"	\
		"#0  w () at a.c:9\n"

static const char threads[] = "Thread 2 \"a\" received signal SIGSEGV, "
    "Segmentation fault.\n\n" THREAD2 THREAD1;
static const char other_first[] = "Thread 1 \"a\" received signal SIGSEGV, "
    "Segmentation fault.\n\n" THREAD2 THREAD1;

/* What stands in a frame, not only its name. */
static void
try_frames(void)
{
	const struct pf_frame *f = r.frames;

	take("==1== Invalid read of size 4\n"
	    "==1==    at 0x10: in (a (b).c:3)\n"
	    "==1==    by 0x10: out (c.c:4)\n"
	    "==1==    by 0x20: f (in /b/a b)\n==1== \n");
	is_int(r.nframes, 3, "valgrind: three frames");
	is_str(f[1].file, "c.c", "a file");
	is_int(f[1].line, 4, "its line");
	ok(f[0].inlined && !f[1].inlined, "one place is one call");
	is_str(f[2].module, "/b/a b", "a module with a blank");
	is_int((long long)f[2].pc, 0x20, "an address");

	take(SEGV "#0  0x1 in a (x=1) at /b/a.c:3\n"
	    "#1  b (y=<error reading variable: Cannot access memory at "
	    "address 0x7ff>) at b.c:4\n#2  0x2 in c () from /l/x.so\n");
	is_int(r.nframes, 3, "gdb: three frames");
	ok(f[0].inlined && !f[1].inlined, "one without address had no call");
	is_str(f[1].file, "b.c", "arguments are no place");
	is_str(f[2].module, "/l/x.so", "a library");

	take("<error>\n<what>Invalid read of size 1</what>\n<stack>\n<frame>\n"
	    "<ip>0x1F</ip>\n<obj>/b/a</obj>\n<fn>f</fn>\n<dir>/b</dir>\n"
	    "<file>a.c</file>\n<line>3</line>\n</frame>\n</stack>\n");
	is_str(f[0].file, "/b/a.c", "XML: directory and file");
	is_str(f[0].module, "/b/a", "the module");
	is_int(f[0].line, 3, "the line");
	is_int((long long)f[0].pc, 0x1f, "the address");

	take(rust);
	is_str(f[0].name, "rust_begin_unwind", "Rust: a name");
	is_int(r.nframes, 4, "what follows a note is none");
	is_str(f[3].name, "", "no name is none");
	is_int((long long)f[3].pc, 0x55d5, "but it has an address");
	is_str(f[2].file, "./a.rs", "the file of a frame");
	is_int(f[2].line, 9, "its line");
	take(go);
	is_int(r.nframes, 2, "Go: the goroutine that did it");
	is_str(f[0].file, "/b/a.go", "the file of a frame");
	is_int(f[1].line, 20, "its line");
	ok(f[0].inlined && !f[1].inlined, "one without arguments is inlined");
}

/* Kinds of stacks in the order of the text. */
static void
try_stacks(void)
{
	take(freed);
	is_int(r.nstacks, 3, "the first error has three stacks");
	is_int(r.stacks[0].kind, PF_STACK_CRASH, "where it was used");
	is_int(r.stacks[1].kind, PF_STACK_FREE, "where it was freed");
	is_int(r.stacks[2].kind, PF_STACK_ALLOC, "where it was allocated");
	take(threads);
	is_int(r.nstacks, 2, "two threads");
	is_int(r.stacks[0].kind, PF_STACK_CRASH, "the one that died");
	is_int(r.stacks[1].kind, PF_STACK_OTHER, "another");
	take(other_first);
	is_int(r.stacks[0].kind, PF_STACK_OTHER, "another before");
	is_int(r.stacks[1].kind, PF_STACK_CRASH, "the one that died");
	take(go_stacks);
	is_int(r.stacks[0].kind, PF_STACK_OTHER, "Go's own stack");
	is_int(r.stacks[1].kind, PF_STACK_CRASH, "that of the goroutine");
}

static const char leaks[] =
    P "HEAP SUMMARY:\n" P "    in use at exit: 2,096 bytes in 9 blocks\n" P "\n"
    P "16 bytes in 1 blocks are still reachable in loss record 1 of 4\n"
    P "   at 0x1: malloc (vg.c:1)\n" P "   by 0x2: kept (a.c:1)\n" P "\n"
    P "40 bytes in 2 blocks are indirectly lost in loss record 2 of 4\n"
    P "   at 0x1: malloc (vg.c:1)\n" P "   by 0x3: node (a.c:2)\n" P "\n"
    P "1,040 (1,000 direct, 40 indirect) bytes in 3 blocks are definitely "
    "lost in loss record 3 of 4\n"
    P "   at 0x1: malloc (vg.c:1)\n" P "   by 0x4: list (a.c:3)\n" P "\n"
    P "1,000 bytes in 1 blocks are possibly lost in loss record 4 of 4\n"
    P "   at 0x1: malloc (vg.c:1)\n" P "   by 0x5: maybe (a.c:4)\n" P "\n"
    P "LEAK SUMMARY:\n" P "   definitely lost: 1,000 bytes in 3 blocks\n"
    P "   indirectly lost: 40 bytes in 2 blocks\n"
    P "     possibly lost: 1,000 bytes in 1 blocks\n"
    P "ERROR SUMMARY: 3 errors from 3 contexts\n";

static const char leaks_xml[] =
    "<error>\n  <kind>Leak_StillReachable</kind>\n  <xwhat>\n    <text>"
    "16 bytes in 1 blocks are still reachable in loss record 1 of 2</text>\n"
    "    <leakedbytes>16</leakedbytes>\n  </xwhat>\n  <stack>\n    <frame>\n"
    "      <fn>kept</fn>\n    </frame>\n  </stack>\n</error>\n"
    "<error>\n  <xwhat>\n    <text>7 bytes in 1 blocks are definitely lost "
    "in loss record 1 of 2</text>\n  </xwhat>\n  <stack>\n    <frame>\n"
    "      <fn>one</fn>\n    </frame>\n  </stack>\n</error>\n"
    "<error>\n  <xwhat>\n    <text>9 bytes in 2 blocks are definitely lost "
    "in loss record 2 of 2</text>\n  </xwhat>\n  <stack>\n    <frame>\n"
    "      <fn>two</fn>\n    </frame>\n  </stack>\n</error>\n"
    "<error>\n  <what>Invalid read of size 1</what>\n  <stack>\n    <frame>\n"
    "      <fn>late</fn>\n    </frame>\n  </stack>\n</error>\n"
    "</valgrindoutput>\n";

static void
try_leaks(void)
{
	ok(take(leaks), "leaks of valgrind are a report");
	is_str(r.type, "Direct-leak", "called after the direct one");
	is_str(r.coarse, "memory-leak", "in a word");
	is_str(state, "list", "and so is its place the state");
	is_int(r.nleaks, 2, "what is reachable or possible is none");
	ok(!r.leaks[0].indirect && r.leaks[1].indirect, "the direct one first");
	is_int(r.leaks[0].bytes, 1000, "its own bytes");
	is_int(r.leaks[0].count, 3, "its blocks");
	is_int(r.direct_bytes, 1000, "the sums are theirs");
	is_int(r.direct_count, 3, "in blocks");
	is_int(pf_report_indirect(&r), 40, "indirect bytes, told twice");
	is_int(r.indirect_count, 2, "indirect blocks");
	ok(take(leaks_xml), "leaks in XML are a report");
	is_str(r.type, "Direct-leak", "of that type");
	is_int(r.nleaks, 2, "each of them");
	is_int(r.direct_bytes, 16, "the sum of bytes");
	is_int(r.direct_count, 3, "the sum of blocks");
	is_str(state, "one", "one of them is the state");
	is_int(r.nframes, 2, "what is none has no frames");
	ok(take(P "9 bytes in 1 blocks are possibly lost in loss record 1 of "
	    "1\n" P "   at 0x1: f (a.c:1)\n"), "a possible one alone");
	is_str(r.type, "Possible-leak", "is called so");
	is_int(pf_report_leaked(&r), 9, "with its bytes");
	ok(take(P "9 bytes in 1 blocks are possibly lost in loss record 1 of "
	    "2\n" P "   at 0x1: maybe (a.c:1)\n" P "\n"
	    P "1,064 (64 direct, 1,000 indirect) bytes in 2 blocks are "
	    "definitely lost in loss record 2 of 2\n"
	    P "   at 0x1: list (a.c:1)\n"), "a possible one, then another");
	is_str(r.type, "Direct-leak", "is called after the other");
	is_str(state, "list", "which is the state");
	is_str(r.message, "1,064 (64 direct, 1,000 indirect) bytes in 2 "
	    "blocks are definitely lost in loss record 2 of 2",
	    "and the message");
	is_int(r.nleaks, 1, "the first one is none");
	is_int(r.nstacks, 1, "nor is its stack");
	is_int(pf_report_leaked(&r), 1064, "the rest is lost, too");
	ok(take(P "9 (1 direct, 99,999,999,999,999,999,999 indirect) bytes "
	    "in 1 blocks are definitely lost in loss record 1 of 2\n"
	    P "   at 0x1: f (a.c:1)\n" P "\n"
	    P "9 (1 direct, 99,999,999,999,999,999,999 indirect) bytes in 1 "
	    "blocks are definitely lost in loss record 2 of 2\n"),
	    "more than a number holds");
	ok(pf_report_leaked(&r) >= INT64_MAX - 1, "is as much as one can");
	ok(take(P "9 (direct, indirect) bytes in 1 blocks are definitely lost "
	    "in loss record 1 of 1\n"), "parts without numbers");
	is_int(pf_report_leaked(&r), 0, "are none");
}

/* Two places in any order, each of them told in two parts. */
static void
try_orders(void)
{
	static const char *const parts[] = {
		"Direct leak of 8 byte(s) in 1 object(s) allocated from:\n"
		"    #0 0x1 in malloc m.c:1\n    #1 0x2 in left a.c:1\n\n",
		"Direct leak of 70 byte(s) in 2 object(s) allocated from:\n"
		"    #0 0x1 in calloc m.c:1\n    #1 0x9 in left a.c:7\n\n",
		"Direct leak of 9000 byte(s) in 3 object(s) allocated from:\n"
		"    #0 0x1 in malloc m.c:1\n    #1 0x3 in right a.c:2\n\n",
		"Indirect leak of 5 byte(s) in 4 object(s) allocated from:\n"
		"    #0 0x1 in malloc m.c:1\n    #1 0x3 in left a.c:2\n\n",
		"Direct leak of 6 byte(s) in 5 object(s) allocated from:\n\n",
		"Direct leak of 4 byte(s) in 6 object(s) allocated from:\n"
		"    #0 0x1 in malloc m.c:1\n\n",
	};
	enum { N = sizeof(parts) / sizeof(parts[0]) };
	char all[2048], major[PF_STATE_HASH] = "", minor[PF_STATE_HASH] = "";
	struct pf_leak first[N] = { { .bytes = 0 } };
	size_t order[N] = { 0, 1, 2, 3, 4, 5 }, i, j, bad = 0, tmp;
	int n;

	srand(1);
	for (n = 0; n < 1000; n++) {
		for (i = N - 1; n > 0 && i > 0; i--) {
			j = (size_t)rand() % (i + 1);
			tmp = order[i];
			order[i] = order[j];
			order[j] = tmp;
		}
		snprintf(all, sizeof(all), "==1==ERROR: LeakSanitizer: "
		    "detected memory leaks\n\n%s%s%s%s%s%s",
		    parts[order[0]], parts[order[1]], parts[order[2]],
		    parts[order[3]], parts[order[4]], parts[order[5]]);
		bad += !take(all) || strcmp(r.type, "Direct-leak") != 0 ||
		    pf_report_leaked(&r) != 9093 || r.nleaks != 5;
		if (n == 0) {
			memcpy(major, st.major, sizeof(major));
			memcpy(minor, st.minor, sizeof(minor));
			memcpy(first, r.leaks, 5 * sizeof(first[0]));
		}
		bad += strcmp(st.major, major) != 0 ||
		    strcmp(st.minor, minor) != 0;
		for (i = 0; i < r.nleaks && i < N; i++)
			bad += r.leaks[i].bytes != first[i].bytes ||
			    r.leaks[i].count != first[i].count;
	}
	is_int(bad, 0, "no order of leaks makes a difference");
	ok(strcmp(state, "left") == 0 || strcmp(state, "right") == 0,
	    "one with a place tells of all");
	ok(first[0].bytes + first[1].bytes == 9078 && (first[0].bytes == 78 ||
	    first[1].bytes == 78), "those of one place are one");
	ok(first[4].indirect, "what leaked through others is last");
	pf_state_of(&st, &r, ignore);
	is_str(st.major, major, "asked twice it is the same");
	is_int(r.nleaks, 5, "and as many");
}

/* The last operand tells. */
static void
try_instructions(void)
{
	static const struct {
		const char	*insn;
		enum pf_access	 is;
	} t[] = {
		{ "mov    (%rax),%eax", PF_ACCESS_READ },
		{ "mov    %eax,(%rax)", PF_ACCESS_WRITE },
		{ "movzbl (%rax,%rdx,1),%eax", PF_ACCESS_READ },
		{ "movb   $0x1,0x10(%rax,%rdx,8)", PF_ACCESS_WRITE },
		{ "cmpl   $0x3,0x18(%rax)", PF_ACCESS_READ },
		{ "call   *0x10(%rax)", PF_ACCESS_READ },
		{ "idivl  0x8(%rbp)", PF_ACCESS_READ },
		{ "mov    0x2ee4(%rip),%eax    # 0x404010", PF_ACCESS_READ },
		{ "incl   0x2ee4(%rip)        # 0x404010 <n>",
		    PF_ACCESS_WRITE },
		{ "rep stos %al,%es:(%rdi)", PF_ACCESS_WRITE },
		{ "lea    (%rax),%eax", PF_ACCESS_NONE },
		{ "ret", PF_ACCESS_NONE },
		{ "", PF_ACCESS_NONE },
		{ "#", PF_ACCESS_NONE },
	};
	char s[256];
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		snprintf(s, sizeof(s), SEGV "#0  0x1 in f () at a.c:1\n"
		    "=> 0x1 <f+0>:\t%s\n", t[i].insn);
		take(s);
		is_int(r.access, t[i].is, t[i].insn);
	}
}

int
main(void)
{
	ignore = pf_ignore_new();
	try_frames();
	try_stacks();
	try_leaks();
	try_orders();
	try_instructions();
	pf_ignore_free(ignore);
	return done_testing();
}
