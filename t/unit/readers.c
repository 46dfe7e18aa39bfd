/*
 * codec/report: what libraries, languages, valgrind and gdb print.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "codec/report/scan.h"
#include "codec/report/state.h"

static struct pf_report r;
static struct pf_state st;
static struct pf_ignore *ignore;
static char text[PF_REPORT_TEXT];
static char state[2048];

static bool
take(const char *s)
{
	size_t i, offset;
	bool found;

	pf_report_init(&r, text, sizeof(text));
	found = pf_report_parse(&r, s, strlen(s), &offset);
	pf_state_of(&st, &r, ignore);
	state[0] = '\0';
	for (i = 0; i < st.n; i++)
		snprintf(state + strlen(state), sizeof(state) - strlen(state),
		    "%s%s", i > 0 ? " < " : "", st.frame[i]);
	return found;
}

struct row {
	const char	*text;
	const char	*tool, *title, *coarse, *state, *message;
	enum pf_addr	 region;
	int		 sig;
};

static const struct row libraries[] = {
	{ "a: b/c.c:12: parse: Assertion `n > 0 && \"it's\"' failed.\n",
	    "glibc", "ASSERT", "assertion", "parse", "n > 0 && \"it's\"",
	    PF_ADDR_NONE, SIGABRT },
	{ "a: c.c:1: int f(int (*)(int), const char *): Assertion `0' "
	    "failed.\nAborted\n", "glibc", "ASSERT", "assertion", "f", "0",
	    PF_ADDR_NONE, SIGABRT },
	{ "/usr/include/c++/12/v.h:9: T& v<T>::at(int) [with T = int]: "
	    "Assertion 'i < n' failed.\n", "cxx", "ASSERT", "assertion",
	    "v<>::at", "i < n", PF_ADDR_NONE, SIGABRT },
	{ ": Assertion `x' failed.", "glibc", "ASSERT", "assertion", "", "x",
	    PF_ADDR_NONE, SIGABRT },
	{ "a: c.c:1: f: Assertion `x' holds.\n", "", "", "", "", "",
	    PF_ADDR_NONE, 0 },
	{ "a: c.c:1: f: Assertion \"x' failed.\n", "", "", "", "", "",
	    PF_ADDR_NONE, 0 },
	/* the report of the abort gives the stack, the assertion the type */
	{ "a: c.c:7: f: Assertion `x' failed.\n==1==ERROR: AddressSanitizer: "
	    "ABRT on unknown address 0x1 (pc 0x1 T0)\n"
	    "    #0 0x1 in abort x.c:1\n    #1 0x2 in f c.c:7\n"
	    "    #2 0x3 in g c.c:9\n", "asan", "ASSERT", "assertion",
	    "f < g", "x", PF_ADDR_NONE, SIGABRT },
	/* another report is another bug */
	{ "a: c.c:7: f: Assertion `x' failed.\n==1==ERROR: AddressSanitizer: "
	    "heap-use-after-free on address 0x602 at pc 0x1\n"
	    "    #0 0x2 in g c.c:9\n", "glibc", "ASSERT", "assertion", "f",
	    "x", PF_ADDR_NONE, SIGABRT },
	{ "free(): double free detected in tcache 2\n", "glibc",
	    "Heap-double-free", "double-free", "",
	    "free(): double free detected in tcache 2", PF_ADDR_NONE,
	    SIGABRT },
	{ "double free or corruption (fasttop)\n", "glibc",
	    "Heap-double-free", "double-free", "",
	    "double free or corruption (fasttop)", PF_ADDR_NONE, SIGABRT },
	{ "double free or corruption (out)\n", "glibc", "Heap-corruption",
	    "heap-corruption", "", "double free or corruption (out)",
	    PF_ADDR_NONE, SIGABRT },
	{ "munmap_chunk(): invalid pointer\n", "glibc", "Bad-free",
	    "bad-free", "", "munmap_chunk(): invalid pointer", PF_ADDR_NONE,
	    SIGABRT },
	{ "malloc(): corrupted top size\n", "glibc", "Heap-corruption",
	    "heap-corruption", "", "malloc(): corrupted top size",
	    PF_ADDR_NONE, SIGABRT },
	{ "it says free(): invalid pointer\n", "", "", "", "", "",
	    PF_ADDR_NONE, 0 },
	{ "*** stack smashing detected ***: terminated\n", "glibc",
	    "Stack-buffer-overflow", "stack-buffer-overflow", "",
	    "stack smashing detected", PF_ADDR_NONE, SIGABRT },
	{ "*** buffer overflow detected ***: terminated\n", "glibc",
	    "Buffer-overflow", "buffer-overflow", "",
	    "buffer overflow detected", PF_ADDR_NONE, SIGABRT },
	{ "*** %n in writable segment detected ***\n", "glibc",
	    "Fortify-failure", "fortify-failure", "",
	    "%n in writable segment detected", PF_ADDR_NONE, SIGABRT },
	{ "*** all tests passed ***\n*** stack smashing detected\n", "", "",
	    "", "", "", PF_ADDR_NONE, 0 },
	/* before 2.26 */
	{ "*** Error in `./a': free(): invalid pointer: 0x07ff ***\n"
	    "======= Backtrace: =========\n"
	    "/lib/x86_64-linux-gnu/libc.so.6(+0x777e5)[0x7f10]\n"
	    "./a(drop+0x12)[0x400512]\n./a(main+0x20)[0x400530]\n"
	    "======= Memory map: ========\n", "glibc", "Bad-free",
	    "bad-free", "drop", "free(): invalid pointer: 0x07ff",
	    PF_ADDR_NONE, SIGABRT },
	{ "*** Error in `./a': a bad day: 0x07ff ***\n", "", "", "", "", "",
	    PF_ADDR_NONE, 0 },
	{ "Fatal glibc error: malloc.c:2594 (sysmalloc): assertion failed: "
	    "x\n", "glibc", "Heap-corruption", "heap-corruption", "",
	    "malloc.c:2594 (sysmalloc): assertion failed: x", PF_ADDR_NONE,
	    SIGABRT },
	{ "Fatal glibc error: allocatestack.c:193 (advise): assertion failed:"
	    " x\n", "glibc", "ASSERT", "assertion", "",
	    "allocatestack.c:193 (advise): assertion failed: x",
	    PF_ADDR_NONE, SIGABRT },
	{ "a.out: malloc.c:2401: sysmalloc: Assertion `(old_top == "
	    "initial_top (av))' failed.\n==1==ERROR: AddressSanitizer: ABRT on"
	    " unknown address 0x1 (pc 0x1 T0)\n    #0 0x1 in abort abort.c:1\n"
	    "    #1 0x2 in __malloc_assert malloc.c:301\n"
	    "    #2 0x3 in sysmalloc malloc.c:2401\n"
	    "    #3 0x4 in _int_malloc malloc.c:4141\n"
	    "    #4 0x5 in malloc malloc.c:3066\n    #5 0x6 in f c.c:9\n",
	    "asan", "Heap-corruption", "heap-corruption", "f",
	    "(old_top == initial_top (av))", PF_ADDR_NONE, SIGABRT },
	{ "a.out: malloc.c:3894: _int_malloc: Assertion `chunk_main_arena "
	    "(bck->bk)' failed.\n", "glibc", "Heap-corruption",
	    "heap-corruption", "_int_malloc", "chunk_main_arena (bck->bk)",
	    PF_ADDR_NONE, SIGABRT },
	{ "a.out: malloc.c:12: my_malloc: Assertion `n > 0' failed.\n",
	    "glibc", "ASSERT", "assertion", "my_malloc", "n > 0",
	    PF_ADDR_NONE, SIGABRT },
	{ "terminate called after throwing an instance of 'a::b<c>'\n"
	    "  what():  words\n", "cxx", "Uncaught-exception",
	    "uncaught-exception", "a::b<>", "a::b<c>: words", PF_ADDR_NONE,
	    SIGABRT },
	{ "terminate called after throwing an instance of 'int'\nAborted\n",
	    "cxx", "Uncaught-exception", "uncaught-exception", "int", "int",
	    PF_ADDR_NONE, SIGABRT },
	{ "terminate called without an active exception\n", "cxx",
	    "Terminate", "terminate", "",
	    "terminate called without an active exception", PF_ADDR_NONE,
	    SIGABRT },
	{ "pure virtual method called\nterminate called without an active "
	    "exception\n", "cxx", "Pure-virtual-call", "pure-virtual-call",
	    "", "pure virtual method called", PF_ADDR_NONE, SIGABRT },
	{ "libc++abi: terminating due to uncaught exception of type X: w\n",
	    "cxx", "Uncaught-exception", "uncaught-exception", "X", "X: w",
	    PF_ADDR_NONE, SIGABRT },
	{ "terminate called by mistake\nlibc++abi: nothing\n", "", "", "", "",
	    "", PF_ADDR_NONE, 0 },
};

#define TRACE	"stack backtrace:\n   0: rust_begin_unwind\n"		\
		"             at /rustc/9/library/std/src/p.rs:6:5\n"	\
		"   1: core::panicking::panic_fmt\n"			\
		"   2: shop::Shelf<T>::get\n             at ./a.rs:9:1\n" \
		"   3: shop::main\n             at ./a.rs:12:1\n"	\
		"note: Some details are omitted\n"

static const struct row languages[] = {
	{ "\nthread 'main' panicked at src/a.rs:2:5:\nindex out of bounds: "
	    "the len is 3\n" TRACE, "rust", "Index-out-of-bounds",
	    "index-out-of-bounds", "shop::Shelf<>::get",
	    "index out of bounds: the len is 3", PF_ADDR_NONE, 0 },
	{ "thread 'main' (77) panicked at src/a.rs:2:5:\nmy words\n", "rust",
	    "Panic", "panic", "a.rs:2", "my words", PF_ADDR_NONE, 0 },
	{ "thread 'w' panicked at 'it's ', odd', src/a.rs:2:5\n" TRACE,
	    "rust", "Panic", "panic", "shop::Shelf<>::get",
	    "it's ', odd", PF_ADDR_NONE, 0 },
	{ "thread 'w' panicked at 'assertion failed: a\n  left: 1', b.rs:2\n",
	    "rust", "ASSERT", "assertion", "b.rs:2", "assertion failed: a",
	    PF_ADDR_NONE, 0 },
	{ "thread 'main' panicked at a.rs:2:5:\nassertion `left == right` "
	    "failed: it has 7 of `x` failed\n  left: 7\n right: 1\n", "rust",
	    "ASSERT", "assertion", "a.rs:2",
	    "assertion `left == right` failed", PF_ADDR_NONE, 0 },
	{ "thread 'main' panicked at a.rs:2:5:\nassertion failed: x > 3\n",
	    "rust", "ASSERT", "assertion", "a.rs:2",
	    "assertion failed: x > 3", PF_ADDR_NONE, 0 },
	/* inlined frames have no number of their own in some forms */
	{ "thread 'm' panicked at 'x', a.rs:1:1\nstack backtrace:\n"
	    "  12:     0x55d5 - shop::a::h0123456789abcdef\n"
	    "                               at /b/a.rs:3:4\n"
	    "                       shop::b::h0123456789abcdef\n"
	    "                               at /b/a.rs:5:6\n", "rust",
	    "Panic", "panic", "shop::a < shop::b", "x", PF_ADDR_NONE, 0 },
	{ "\nthread 'main' has overflowed its stack\nfatal runtime error: "
	    "stack overflow\n", "rust", "Stack-overflow", "stack-overflow",
	    "", "", PF_ADDR_NONE, SIGABRT },
	{ "memory allocation of 4096 bytes failed\n", "rust",
	    "Out-of-memory", "out-of-memory", "",
	    "memory allocation of 4096 bytes failed", PF_ADDR_NONE,
	    SIGABRT },
	{ "thread 'main' panicked at a.rs:1:1:\nboom\n==5== ERROR: libFuzzer:"
	    " deadly signal\n    #0 0x1 in abort (a+0x1)\n"
	    "    #1 0x2 in shop::b::hf6bb976cc7873963 /a.rs:1:1\n\n",
	    "libfuzzer", "Panic", "panic", "shop::b", "boom", PF_ADDR_NONE,
	    SIGABRT },
	{ "thread 'main' is well\n", "", "", "", "", "", PF_ADDR_NONE, 0 },
	{ "panic: runtime error: index out of range [7] with length 3\n\n"
	    "goroutine 1 [running]:\nmain.(*shelf).get(...)\n\t/b/a.go:17\n"
	    "main.index(0x1?, {0x2, 0x3})\n\t/b/a.go:20 +0x9d\n"
	    "main.main()\n\t/b/a.go:99 +0x4\nexit status 2\n", "go",
	    "Index-out-of-bounds", "index-out-of-bounds",
	    "main.(*shelf).get < main.index",
	    "runtime error: index out of range [7] with length 3",
	    PF_ADDR_NONE, 0 },
	{ "panic: runtime error: invalid memory address or nil pointer "
	    "dereference\n[signal SIGSEGV: segmentation violation code=0x1 "
	    "addr=0x8 pc=0x4]\n\ngoroutine 7 [running]:\n"
	    "panic({0x1, 0x2})\n\truntime/panic.go:9 +0x3\n"
	    "runtime.sigpanic()\n\truntime/s.go:1 +0x2\n"
	    "x.f.func1()\n\tx.go:3 +0x1\ncreated by x.g in goroutine 1\n"
	    "\tx.go:9 +0x2\n", "go", "Null-dereference", "null-dereference",
	    "x.f.func1 < x.g", "runtime error: invalid memory address or "
	    "nil pointer dereference", PF_ADDR_NEAR_NULL, SIGSEGV },
	{ "panic: one [recovered]\n\tpanic: runtime error: integer divide by "
	    "zero\n\ngoroutine 1 [running]:\nmain.f(0x1)\n\ta.go:1 +0x1\n",
	    "go", "Divide-by-zero", "division-by-zero", "main.f",
	    "runtime error: integer divide by zero", PF_ADDR_NONE, 0 },
	{ "--- FAIL: FuzzX (0.00s)\n    --- FAIL: FuzzX (0.00s)\n"
	    "        testing.go:1349: panic: runtime error: index out of range"
	    " [3] with length 3\n            goroutine 34 [running]:\n"
	    "            runtime/debug.Stack()\n            \t"
	    "/usr/lib/go/src/runtime/debug/stack.go:24 +0x9e\n"
	    "            testing.tRunner.func1()\n            \t"
	    "/usr/lib/go/src/testing/testing.go:1349 +0x1f2\n"
	    "            a/b.Parse({0xc0, 0x1})\n            \t/b/a.go:7 "
	    "+0x1\n            a/b.FuzzX.func1(0x0?)\n            \t"
	    "/b/a_test.go:9 +0x2\n    \n    Failing input written\n", "go",
	    "Index-out-of-bounds", "index-out-of-bounds",
	    "a/b.Parse < a/b.FuzzX.func1",
	    "runtime error: index out of range [3] with length 3",
	    PF_ADDR_NONE, 0 },
	{ "        testing.go:13: no panic: today\n", "", "", "", "", "",
	    PF_ADDR_NONE, 0 },
	{ "fatal error: stack overflow\n\nruntime stack:\n"
	    "runtime.throw({0x4, 0x5})\n\truntime/panic.go:1 +0x5\n\n"
	    "goroutine 1 [running]:\nmain.d(0x1)\n\ta.go:3 +0x8 fp=0xc0\n"
	    "main.e(0x1)\n\ta.go:3 +0x8\nmain.d(0x1)\n\ta.go:3 +0x8\n"
	    "main.e(0x1)\n\ta.go:3 +0x8\n...100 frames elided...\n\n", "go",
	    "Stack-overflow", "stack-overflow", "main.d < main.e",
	    "stack overflow", PF_ADDR_NONE, 0 },
	{ "fatal error: all goroutines are asleep - deadlock!\n", "go",
	    "Deadlock", "deadlock", "",
	    "all goroutines are asleep - deadlock!", PF_ADDR_NONE, 0 },
	{ "==================\nWARNING: DATA RACE\nRead at 0x0000005d9580 by "
	    "goroutine 8:\n  main.count()\n      r.go:11 +0x30\n"
	    "  main.main.func2()\n      r.go:19 +0x39\n\nPrevious write at "
	    "0x0000005d9580 by goroutine 7:\n  main.add()\n      r.go:5 +0x4"
	    "\n\nGoroutine 8 (running) created at:\n  main.main()\n"
	    "      r.go:19 +0x1\n==================\n", "go",
	    "Data-race READ", "data-race", "main.add < main.count", "",
	    PF_ADDR_WILD, 0 },
	/* What may be anybody's word gives way to a report. */
	{ "panic: give up\n==1==ERROR: AddressSanitizer: heap-buffer-overflow"
	    " on address 0x6 at pc 0x1\nREAD of size 2 at 0x6 thread T0\n"
	    "    #0 0x2 in g c.c:9\n", "asan", "Heap-buffer-overflow READ 2",
	    "heap-buffer-overflow", "g", "", PF_ADDR_NEAR_NULL, 0 },
};

#define P	"==12== "

static const struct row valgrind[] = {
	{ P "Memcheck, a memory error detector\n" P "\n"
	    P "Invalid read of size 4\n" P "   at 0x1091A9: f(int) (a.c:3)\n"
	    P "   by 0x1091F0: g (in /b/a)\n"
	    P " Address 0x4a44060 is 0 bytes after a block of size 32 "
	    "alloc'd\n" P "   at 0x48407B4: malloc (vg.c:381)\n"
	    P "   by 0x109190: make (a.c:1)\n" P "\n", "valgrind",
	    "Heap-buffer-overflow READ 4", "heap-buffer-overflow", "f < g",
	    "Invalid read of size 4", PF_ADDR_HEAP, 0 },
	{ P "Invalid write of size 8\n" P "   at 0x1: f (a.c:3)\n"
	    P " Address 0x4a is 8 bytes inside a block of size 64 free'd\n"
	    P "   at 0x2: free (vg.c:1)\n" P " Block was alloc'd at\n"
	    P "   at 0x3: malloc (vg.c:1)\n" P "\n", "valgrind",
	    "Heap-use-after-free WRITE 8", "heap-use-after-free", "f",
	    "Invalid write of size 8", PF_ADDR_HEAP, 0 },
	{ P "Invalid read of size 8\n" P "   at 0x1: f (a.c:3)\n"
	    P " Address 0x4a is 1,016 bytes inside a block of size 1,023 "
	    "alloc'd\n" P "\n", "valgrind", "Heap-buffer-overflow READ 8",
	    "heap-buffer-overflow", "f", "Invalid read of size 8",
	    PF_ADDR_HEAP, 0 },
	{ P "Invalid read of size 8\n" P "   at 0x1: f (a.c:3)\n"
	    P " Address 0x4a42048 is 1,016 bytes inside a block of size "
	    "1,024 alloc'd\n" P "\n", "valgrind", "UNKNOWN READ 8", "segfault",
	    "f", "Invalid read of size 8", PF_ADDR_HEAP, 0 },
	{ P "Invalid free() / delete / delete[] / realloc()\n"
	    P "   at 0x2: free (vg.c:1)\n" P "   by 0x1: f (a.c:3)\n"
	    P " Address 0x4a is 0 bytes inside a block of size 64 free'd\n"
	    P "\n", "valgrind", "Heap-double-free", "double-free", "f",
	    "Invalid free() / delete / delete[] / realloc()", PF_ADDR_HEAP,
	    0 },
	{ P "Invalid write of size 4\n" P "   at 0x1: f (a.c:3)\n"
	    P " Address 0x0 is not stack'd, malloc'd or (recently) free'd\n"
	    P "\n" P "\n" P "Process terminating with default action of "
	    "signal 11 (SIGSEGV)\n", "valgrind", "Null-dereference WRITE 4",
	    "null-dereference", "f", "Invalid write of size 4", PF_ADDR_NULL,
	    0 },
	{ "==00:00:00:01.234 12== Conditional jump or move depends on "
	    "uninitialised value(s)\n==00:00:00:01.234 12==    at 0x1: "
	    "??? (in /b/a)\n", "valgrind", "Use-of-uninitialized-value",
	    "uninitialized-value", "a+0x1", "Conditional jump or move "
	    "depends on uninitialised value(s)", PF_ADDR_NONE, 0 },
	{ P "Process terminating with default action of signal 6 "
	    "(SIGABRT)\n" P "   at 0x1: abort (abort.c:1)\n"
	    P "   by 0x2: f (a.c:1)\n" P "\n", "valgrind", "Abrt", "abort",
	    "f", "Process terminating with default action of signal 6 "
	    "(SIGABRT)", PF_ADDR_NONE, SIGABRT },
	{ P "Stack overflow in thread #1: can't grow stack to 0x1ffe801000\n"
	    P "\n" P "Process terminating with default action of signal 11 "
	    "(SIGSEGV)\n" P " Access not within mapped region at address "
	    "0x1FFE801FF8\n" P "   at 0x1: f (a.c:1)\n" P "\n", "valgrind",
	    "Stack-overflow", "stack-overflow", "f", "Stack overflow in "
	    "thread #1: can't grow stack to 0x1ffe801000", PF_ADDR_STACK, 0 },
	{ P "Possible data race during write of size 4 at 0x10C060 by thread"
	    " #1\n" P "Locks held: none\n" P "   at 0x1: f (a.c:1)\n" P "\n",
	    "valgrind", "Data-race WRITE 4", "data-race", "f", "Possible "
	    "data race during write of size 4 at 0x10C060 by thread #1",
	    PF_ADDR_WILD, 0 },
	{ P "12 bytes in 1 blocks are still reachable in loss record 1 of 2\n"
	    P "   at 0x1: malloc (vg.c:1)\n", "", "", "", "", "",
	    PF_ADDR_NONE, 0 },
	{ "Invalid read of size 4\n==12==Invalid read of size 4\n"
	    P " Invalid read of size 4\n", "", "", "", "", "",
	    PF_ADDR_NONE, 0 },
	{ "<valgrindoutput>\n<error>\n  <kind>InvalidRead</kind>\n"
	    "  <what>Invalid read of size 1</what>\n  <stack>\n    <frame>\n"
	    "      <ip>0x1</ip>\n      <fn>a::f&lt;int&gt;(char&amp;)</fn>\n"
	    "      <dir>/b</dir>\n      <file>a.cc</file>\n"
	    "      <line>3</line>\n    </frame>\n  </stack>\n  <auxwhat>"
	    "Address 0x9 is not stack&apos;d, malloc&apos;d</auxwhat>\n"
	    "</error>\n", "valgrind", "Null-dereference READ 1",
	    "null-dereference", "a::f<>", "Invalid read of size 1",
	    PF_ADDR_NEAR_NULL, 0 },
	{ "<fatal_signal>\n  <tid>1</tid>\n  <signo>11</signo>\n"
	    "  <sicode>128</sicode>\n  <siaddr>0x0</siaddr>\n  <stack>\n"
	    "    <frame>\n      <ip>0x1</ip>\n      <fn>f</fn>\n"
	    "    </frame>\n  </stack>\n</fatal_signal>\n", "valgrind",
	    "UNKNOWN", "segfault", "f", "Process terminating with default "
	    "action of signal 0", PF_ADDR_NONE, SIGSEGV },
};

#define SEGV	"\nProgram received signal SIGSEGV, Segmentation fault.\n"

static const struct row gdb[] = {
	{ SEGV "f (n=1) at a.c:3\n3\t\t*p = n;\n#0  f (n=1) at a.c:3\n"
	    "#1  0x0000555555555189 in g (s=0x5 \"(a) at x\\\"\") at b.c:4\n"
	    "#2  0x0055 in main () from /lib/x.so\n", "gdb", "UNKNOWN",
	    "segfault", "f < g", "", PF_ADDR_NONE, SIGSEGV },
	{ SEGV "#0  0x01 in a::b<int (char)>::operator() (this=0x1) at a.c:3\n"
	    "#1  operator new (sz=1) at n.cc:1\n"
	    "#2  0x02 in (anonymous namespace)::d (x=...) at a.c:4\n"
	    "=> 0x1 <f+4>:\tmovl   $0x1,0x8(%rax,%rcx,4)\n"
	    "$1 = (void *) 0x18\n", "gdb", "Null-dereference WRITE",
	    "null-dereference", "a::b<>::operator() < d", "",
	    PF_ADDR_NEAR_NULL, SIGSEGV },
	{ "Thread 2 \"a\" received signal SIGSEGV, Segmentation fault.\n\n"
	    "Thread 2 (Thread 0x7f (LWP 12) \"a\"):\n#0  h (x=1) at a.c:1\n\n"
	    "Thread 1 (Thread 0x7e (LWP 11) \"a\"):\n#0  w () at a.c:9\n",
	    "gdb", "UNKNOWN", "segfault", "h", "", PF_ADDR_NONE, SIGSEGV },
	{ "Thread 1 \"a\" received signal SIGSEGV, Segmentation fault.\n\n"
	    "Thread 2 (Thread 0x7f (LWP 12) \"a\"):\n#0  h (x=1) at a.c:1\n\n"
	    "Thread 1 (Thread 0x7e (LWP 11) \"a\"):\n#0  w () at a.c:9\n",
	    "gdb", "UNKNOWN", "segfault", "w", "", PF_ADDR_NONE, SIGSEGV },
	{ "Program terminated with signal SIGABRT, Aborted.\n"
	    "#0  0x1 in raise () from /lib/libc.so.6\n"
	    "#1  0x2 in f () at a.c:1\n", "gdb", "Abrt", "abort", "f", "",
	    PF_ADDR_NONE, SIGABRT },
	{ SEGV "#0  0x0000000000000000 in ?? ()\n"
	    "#1  0x0000555555555189 in g () at b.c:4\n", "gdb",
	    "Null-dereference", "null-dereference", "g", "", PF_ADDR_NULL,
	    SIGSEGV },
	{ SEGV "#0  0x05 in d (n=3) at b.c:4\n#1  0x05 in d (n=2) at b.c:4\n"
	    "#2  0x05 in d (n=1) at b.c:4\n#3  0x05 in d (n=0) at b.c:4\n"
	    "rsp            0x7fffff7feff0      0x7fffff7feff0\n"
	    "$1 = (void *) 0x7fffff7fefe8\n", "gdb", "Stack-overflow",
	    "stack-overflow", "d", "", PF_ADDR_STACK, SIGSEGV },
	{ SEGV "#0  d () at b.c:4\n=> 0x5 <d+4>:\tmov    %eax,(%rdx)\n"
	    "$1 = (void *) 0x0\n", "gdb", "Null-dereference WRITE",
	    "null-dereference", "d", "", PF_ADDR_NULL, SIGSEGV },
	/* What a processor refuses has no address. */
	{ SEGV "#0  0x05 in d () at b.c:4\n$1 = (void *) 0x0\n"
	    "=> 0x5 <d+4>:\tnotrack jmp *%rdx\n", "gdb", "UNKNOWN",
	    "segfault", "d", "", PF_ADDR_NON_CANONICAL, SIGSEGV },
	{ SEGV "#0  0x05 in d () at b.c:4\n=> 0x5 <d+4>:\trepz ret\n"
	    "$1 = (void *) 0x0\n", "gdb", "UNKNOWN", "segfault", "d", "",
	    PF_ADDR_NON_CANONICAL, SIGSEGV },
	{ SEGV "#0  0x05 in d () at b.c:4\n=> 0x5 <d+4>:\tcall   *0x8(%rax)\n"
	    "$1 = (void *) 0x0\nrax  0x0  0\nrbx  0x4141414141414141  1\n",
	    "gdb", "Null-dereference READ", "null-dereference", "d", "",
	    PF_ADDR_NULL, SIGSEGV },
	{ SEGV "#0  0x05 in d () at b.c:4\n$1 = (void *) 0x0\n"
	    "=> 0x5 <d+4>:\tmov    %eax,0x8(%r12,%rax,4)\n"
	    "rax  0x4141414141414141  1\nr12  0x800000000000  1\n", "gdb",
	    "UNKNOWN WRITE", "segfault", "d", "", PF_ADDR_NON_CANONICAL,
	    SIGSEGV },
	{ SEGV "#0  0x05 in d () at b.c:4\nr\nrax\nrsp \n"
	    "$1 = {si_signo = 11, si_errno = 0, si_code = -6, _sifields = "
	    "{_sigfault = {si_addr = 0x3e800000001}}}\n", "gdb", "UNKNOWN",
	    "segfault", "d", "", PF_ADDR_NONE, SIGSEGV },
	{ "#0  0x01 in f (n=1) at a.c:3\n#1  0x02 in g () at a.c:4\n", "gdb",
	    "UNKNOWN", "unknown", "f < g", "", PF_ADDR_NONE, 0 },
	{ "a: c.c:7: f: Assertion `x' failed.\n\nProgram received signal "
	    "SIGABRT, Aborted.\n#0  0x1 in raise () from /lib/libc.so.6\n"
	    "#1  0x2 in f () at c.c:7\n#10 0x3 in main () at c.c:9\n", "gdb",
	    "ASSERT", "assertion", "f", "x", PF_ADDR_NONE, SIGABRT },
	{ "Program received signal SIGNOT, Nothing.\n#0 0x1 in f a.c:1\n",
	    "", "", "", "", "", PF_ADDR_NONE, 0 },
};

static const struct row undefined[] = {
	{ "a.c:1:2: runtime error: left shift of 2147483647 by 1 places "
	    "cannot be represented in type 'int'\n", "ubsan",
	    "Undefined-shift", "left-shift", "a.c:1", "left shift of "
	    "2147483647 by 1 places cannot be represented in type 'int'",
	    PF_ADDR_NONE, 0 },
	{ "a.c:1:2: runtime error: negation of -2147483648 cannot be "
	    "represented in type 'int'\n", "ubsan", "Integer-overflow",
	    "signed-integer-overflow", "a.c:1", "negation of -2147483648 "
	    "cannot be represented in type 'int'", PF_ADDR_NONE, 0 },
	{ "a.c:1:2: runtime error: member access within null pointer of "
	    "type 'struct offset_table'\n", "ubsan", "Null-dereference",
	    "null-pointer", "a.c:1", "member access within null pointer of "
	    "type 'struct offset_table'", PF_ADDR_NULL, 0 },
	{ "a.c:1:2: runtime error: store to misaligned address 0x1 for type "
	    "'offset_t', which requires 8 byte alignment\n", "ubsan",
	    "Misaligned-address WRITE", "misaligned", "a.c:1",
	    "store to misaligned address 0x1 for type 'offset_t', which "
	    "requires 8 byte alignment", PF_ADDR_NONE, 0 },
	{ "a.c:1:2: runtime error: applying non-zero offset 4 to null "
	    "pointer\n", "ubsan", "Pointer-overflow", "pointer-overflow",
	    "a.c:1", "applying non-zero offset 4 to null pointer",
	    PF_ADDR_NONE, 0 },
	{ "a.c:1:2: runtime error: addition of unsigned offset to 0x7 "
	    "overflowed to 0x3\n", "ubsan", "Pointer-overflow",
	    "pointer-overflow", "a.c:1", "addition of unsigned offset to "
	    "0x7 overflowed to 0x3", PF_ADDR_NONE, 0 },
};

static void
try_rows(const struct row *t, size_t n)
{
	char title[PF_TITLE_TEXT];
	size_t i;

	for (i = 0; i < n; i++) {
		is_int(take(t[i].text), t[i].tool[0] != '\0', t[i].text);
		is_str(r.tool, t[i].tool, "the tool");
		pf_report_title(title, &r);
		is_str(title, t[i].title, "the type");
		is_str(r.coarse, t[i].coarse, "the coarse type");
		is_str(state, t[i].state, "the state");
		is_str(r.message, t[i].message, "what was said");
		is_int(r.addr_class, t[i].region, "the region");
		is_int(r.signal, t[i].sig, "the signal");
	}
}

#define TRY(t)	try_rows(t, sizeof(t) / sizeof(t[0]))

/* A report that ends anywhere is still read, and so are two in one. */
static void
try_cut(const struct row *t, size_t n)
{
	char *part;
	size_t i, k, len, bad = 0;

	for (i = 0; i < n; i++) {
		len = strlen(t[i].text);
		for (k = 0; k <= len; k++) {
			part = strndup(t[i].text, k);
			if (part == NULL)
				exit(1);
			if (take(part) && r.tool[0] == '\0')
				bad++;
			free(part);
		}
	}
	is_int(bad, 0, "a report may end anywhere");
}

#define CUT(t)	try_cut(t, sizeof(t) / sizeof(t[0]))

int
main(void)
{
	ignore = pf_ignore_new();
	TRY(libraries);
	TRY(languages);
	TRY(valgrind);
	TRY(gdb);
	TRY(undefined);
	CUT(libraries);
	CUT(languages);
	CUT(valgrind);
	CUT(gdb);
	CUT(undefined);
	pf_ignore_free(ignore);
	return done_testing();
}
