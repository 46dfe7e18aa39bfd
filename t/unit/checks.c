/*
 * codec/report: assertions of other libraries, HWASan, what the runtimes of
 * tools call their frames, and that every type has a severity.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "codec/report/blind.h"
#include "codec/report/scan.h"
#include "codec/report/severity.h"
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

#define HWASAN	"==1==ERROR: HWAddressSanitizer: "
#define MISMATCH \
	HWASAN "tag-mismatch on address 0x42a0 at pc 0x1\n" \
	"READ of size 1 at 0x42a0 tags: 01/00 (ptr/mem) in thread T0\n" \
	"    #0 0x1 in __hwasan_load1 (/b+0x8)\n    #1 0x2 in f a.c:5:3\n\n"
#define ABORT \
	"==1==ERROR: AddressSanitizer: ABRT on unknown address 0x1 (T0)\n" \
	"    #0 0x1 in abort x.c:1\n    #1 0x2 in h c.c:7\n"

#define REMARK \
	"a.c:3:5: runtime error: division by zero\n" \
	"    #0 0x1 in g a.c:3:5\n    #1 0x1 in h a.c:9\n\n"
#define OVERFLOW \
	"==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1\n" \
	"READ of size 4 at 0x60200001 thread T0\n"

/* message and line: where it was told to be, 0 if that is of no interest */
static const struct {
	const char	*text, *tool, *type, *state, *message;
	unsigned int	 line;
} rows[] = {
	{ "Assertion failed: n > 7 && \"a (b)\" (a.c: f: 5)\n", "musl",
	    "ASSERT", "f", "n > 7 && \"a (b)\"", 5 },
	{ "Assertion failed: x (a.c: f: 5)\n" ABORT, "asan", "ASSERT", "h",
	    "x", 5 },
	{ "Assertion failed: (n > 7), function f, file a.c, line 5.\n", "libc",
	    "ASSERT", "f", "(n > 7)", 5 },
	{ "Assertion failed: (n > 7), file a.c, line 5.\n", "libc", "ASSERT",
	    "a.c:5", "(n > 7)", 5 },
	{ "Assertion failed: no place\n", "", "", "", "", 0 },
	{ "Assertion failed: (a: b)\n", "", "", "", "", 0 },
	{ "**\nERROR:a.c:5:f: assertion failed (n == 7): (1 == 7)\n"
	    "Bail out! ERROR:a.c:5:f: assertion failed (n == 7): (1 == 7)\n",
	    "glib", "ASSERT", "f", "(n == 7)", 5 },
	{ "ERROR:a.c:5:f: assertion failed: (s==NULL)\n", "glib", "ASSERT",
	    "f", "(s==NULL)", 5 },
	/* What is said ends where it is to begin. */
	{ "ERROR:a.c:5:f: assertion failed\n", "glib", "ASSERT", "f", "", 5 },
	{ "ERROR:a.c:5:f: assertion failed:\n", "glib", "ASSERT", "f", "", 5 },
	{ "ERROR:a.c:5:f: code should not be reached\n", "glib", "ASSERT",
	    "f", "code should not be reached", 5 },
	{ "ERROR:a.c:5:f: no room\nERROR: a\nERROR::\n", "", "", "", "", 0 },
	{ "\n** (process:9): ERROR **: 10:08:10.150: bad thing\n"
	    "Trace/breakpoint trap\n", "glib", "Fatal-error", "", "bad thing",
	    0 },
	{ "(process:9): GLib-ERROR **: 1 too many\n", "glib", "Fatal-error",
	    "", "1 too many", 0 },
	{ "(process:9): GLib-WARNING **: bad\n** (x): y\n", "", "", "", "",
	    0 },
	{ "F20261127 10:08:30.613469 10340 a.cc:5] Check failed: n == 7 "
	    "(1 vs. 7) a header\n*** Check failure stack trace: ***\n"
	    "    @     0x7f google::LogMessage::Fail()\n"
	    "    @     0x55  f()\n    @     0x56  main\n"
	    "    @     0x57  (unknown)\nAborted\n", "glog", "ASSERT", "f",
	    "n == 7", 5 },
	{ "F1127 10:08:30.613469 10340 a.cc:5] Check failed: f(n) > 7 \n",
	    "glog", "ASSERT", "a.cc:5", "f(n) > 7", 5 },
	{ "F1127 10:08:30.613469 10340 a.cc:5] Check failed: x\n" ABORT,
	    "asan", "ASSERT", "h", "x", 5 },
	{ "F12 a] b\nF1127 x] y\nFoo: a:1] b\nF1127 1 ] b\n", "", "", "", "",
	    0 },
	{ "[9:9:0102/030405.678:FATAL:a.cc(5)] Check failed: x. \n", "glog",
	    "ASSERT", "a.cc:5", "x", 5 },
	{ "[9:9:0102/030405.678:ERROR:a.cc(5)] Check failed: x. \n", "", "",
	    "", "", 0 },
	{ "terminate called after throwing an instance of 'char const*'\n",
	    "cxx", "Uncaught-exception", "char const*", "char const*", 0 },
	{ "libc++abi: terminating with uncaught exception of type "
	    "std::__1::regex_error: w\n", "cxx", "Uncaught-exception",
	    "std::regex_error", "std::__1::regex_error: w", 0 },
	{ "libc++abi: terminating due to uncaught exception of type "
	    "std::__nested<std::a>: w\n", "cxx", "Uncaught-exception",
	    "std::__nested<>", "std::__nested<std::a>: w", 0 },
	{ "/v1/vector:1440: _LIBCPP_ASSERT '__n < size()' failed. out\n",
	    "cxx", "ASSERT", "vector:1440", "__n < size()", 1440 },
	{ "/v1/vector:1440: assertion __n < size() failed: out of bounds\n",
	    "cxx", "ASSERT", "vector:1440", "__n < size()", 1440 },
	{ "he said: assertion x failed\na: assertion x failed: y\n", "", "",
	    "", "", 0 },
	{ "*** SIGSEGV (@0x0) received by PID 9 (TID 0x7f) from PID 0; stack "
	    "trace: ***\n    @     0x7f (unknown)\n    @     0x55 f()\n"
	    "    @     0x56 g()\n", "glog", "Null-dereference", "f < g", "",
	    0 },
	{ "*** SIGABRT received at time=1 on cpu 1 ***\n"
	    "PC: @     0x7f  (unknown)  (unknown)\n"
	    "    @     0x55        208  f()\n", "glog", "Abrt", "f", "", 0 },
	{ "*** SIGFOO received ***\n*** SIGSEGV ***\n", "", "", "", "", 0 },
	{ MISMATCH "Cause: heap-buffer-overflow\n0x42a0 is located 0 bytes to "
	    "the right of 16-byte region [0x1,0x2)\nallocated here:\n"
	    "    #0 0x3 in g a.c:9\n\n", "hwasan", "Heap-buffer-overflow",
	    "f", "", 0 },
	{ MISMATCH "Cause: use-after-free\nfreed by thread T0 here:\n"
	    "    #0 0x3 in g a.c:9\n\npreviously allocated here:\n"
	    "    #0 0x3 in g a.c:8\n", "hwasan", "Heap-use-after-free", "f",
	    "", 0 },
	{ MISMATCH "Cause: stack tag-mismatch\nPotentially referenced stack "
	    "objects:\n", "hwasan", "Stack-buffer-overflow", "f", "", 0 },
	{ MISMATCH "Cause: global-overflow\n", "hwasan",
	    "Global-buffer-overflow", "f", "", 0 },
	{ MISMATCH, "hwasan", "Tag-mismatch", "f", "", 0 },
	{ HWASAN "invalid-free on address 0x42a0 at pc 0x1 on thread T0\n"
	    "    #0 0x1 in free (/b+0x8)\n    #1 0x2 in f a.c:5\n\n"
	    "Cause: use-after-free\n", "hwasan", "Heap-double-free", "f", "",
	    0 },
	{ HWASAN "invalid-free on address 0x42a0 at pc 0x1 on thread T0\n"
	    "    #1 0x2 in f a.c:5\n\n", "hwasan", "Bad-free", "f", "", 0 },
	{ HWASAN "allocation-tail-overwritten; heap object [0x1,0x2) of size "
	    "10\nStack of invalid access unknown. Issue detected at "
	    "deallocation time.\ndeallocated here:\n    #0 0x2 in f a.c:5\n",
	    "hwasan", "Heap-buffer-overflow", "f", "", 0 },
	{ HWASAN "SEGV on unknown address 0x0 (pc 0x5 T1)\n"
	    "    #0 0x2 in f a.c:5\n", "hwasan", "Null-dereference", "f", "",
	    0 },
	{ "SUMMARY: HWAddressSanitizer: tag-mismatch a.c:5 in f\n"
	    "HWAddressSanitizer:DEADLYSIGNAL\n", "", "", "", "", 0 },
	{ "SIGSEGV: segmentation violation\nPC=0x47e6 m=0 sigcode=1 addr=0x10"
	    "\nsignal arrived during cgo execution\n\n"
	    "goroutine 1 [syscall]:\nruntime.cgocall(0x1, 0x2)\n"
	    "\t/go/src/runtime/cgocall.go:157 +0x5\nmain._Cfunc_f(0x0)\n"
	    "\t_cgo_gotypes.go:39 +0x4\nmain.g(...)\n\t/a.go:9\n\n", "go",
	    "Null-dereference", "main._Cfunc_f < main.g",
	    "SIGSEGV: segmentation violation", 0 },
	{ "SIGNAL: x\nSIGSEGV\nSIGSEGV:x\n", "", "", "", "", 0 },
	{ "fatal error: out of memory allocating allArenas\n\n"
	    "goroutine 1 [running]:\nmain.f(0x1)\n\ta.go:1 +0x1\n", "go",
	    "Out-of-memory", "main.f", "out of memory allocating allArenas",
	    0 },
	{ "fatal error: no goroutines (main called runtime.Goexit) - "
	    "deadlock!\n", "go", "Deadlock", "", "no goroutines (main called "
	    "runtime.Goexit) - deadlock!", 0 },
	{ "==1== Invalid write of size 1\n==1==    at 0x1: f (a.c:5)\n"
	    "==1==  Address 0x4a44060 is 0 bytes inside a recently "
	    "re-allocated block of size 32 alloc'd\n"
	    "==1==    at 0x2: malloc (vg_replace_malloc.c:1)\n"
	    "==1==    by 0x3: g (a.c:9)\n==1== \n", "valgrind",
	    "Heap-use-after-free", "f",
	    "Invalid write of size 1", 0 },
	{ "WARNING: ThreadSanitizer: data race (pid=7)\n"
	    "  Write of size 4 at 0x7b04 by main thread:\n"
	    "    #0 f a.c:5 (b+0x1)\n    #1 e a.c:6 (b+0x1)\n\n"
	    "  Previous write of size 4 at 0x7b04 by thread T1:\n"
	    "    [failed to restore the stack]\n\n"
	    "  Thread T1 (tid=9, running) created by main thread at:\n"
	    "    #0 pthread_create x.cpp:1 (b+0x1)\n    #1 g a.c:9 (b+0x2)\n",
	    "tsan", "Data-race", "f < e", "", 0 },
	{ "WARNING: ThreadSanitizer: data race (pid=7)\n"
	    "  Write of size 4 at 0x7b04 by main thread:\n"
	    "    [failed to restore the stack]\n\n"
	    "  Previous write of size 4 at 0x7b04 by thread T1:\n"
	    "    #0 f a.c:5 (b+0x1)\n", "tsan", "Data-race", "f", "", 0 },
	{ "[12] - Bus error  ./a\n", "signal", "Bus-error", "", "", 0 },
	{ "[1]  + 12 killed     ./a\n", "signal", "Killed", "", "", 0 },
	{ "zsh: trace trap (core dumped)  ./a\n", "signal", "Trap", "", "",
	    0 },
	{ "[12.34] traps: a b[7] trap int3 ip:55 sp:7f error:0 in a[55+1]\n",
	    "signal", "Trap", "", "", 0 },
	{ "[12.34] traps: a[7] trap stack segment ip:55 sp:4141414141414141 "
	    "error:0 in a[55+1]\n", "signal", "Bus-error", "", "", 0 },
	{ "[1.2] Memory cgroup out of memory: Killed process 26619 (oom) "
	    "total-vm:33316kB, anon-rss:30592kB\n", "signal",
	    "Out-of-memory", "", "", 0 },
	{ "[1] Killed by us\n[12.5] Killed   \nzsh: killed by us\n"
	    "traps: a[7] trap divide error\ntraps: a[7] trap int4 ip:1\n"
	    "Out of memory: killed\n", "", "", "", "", 0 },
	/* A remark with a stack stands if nothing firm follows, ... */
	{ REMARK "b.c:3:5: runtime error: null pointer\n"
	    "    #0 0x1 in h a.c:3\n\nhello\nSegmentation fault\n", "ubsan",
	    "Divide-by-zero", "g < h", "division by zero", 3 },
	/* ... if it spoke of what follows, ... */
	{ REMARK "==1==ERROR: AddressSanitizer: FPE on unknown address 0x5\n"
	    "    #0 0x1 in g a.c:3:5\n    #1 0x1 in h a.c:9\n", "ubsan",
	    "Divide-by-zero", "g < h", "division by zero", 3 },
	/* ... not if that is elsewhere in the function, ... */
	{ REMARK OVERFLOW "    #0 0x1 in g a.c:5:5\n    #1 0x1 in h a.c:9\n",
	    "asan", "Heap-buffer-overflow", "g < h", "", 0 },
	{ REMARK OVERFLOW "    #0 0x1 in memcpy (/a+0x1)\n"
	    "    #1 0x1 in k a.c:3:5\n", "asan", "Heap-buffer-overflow", "k",
	    "", 0 },
	{ REMARK "a: c.c:7: f: Assertion `x' failed.\n" ABORT, "asan",
	    "ASSERT", "h", "x", 7 },
	/* ... and an abort is its own. */
	{ REMARK ABORT, "ubsan", "Divide-by-zero", "g < h",
	    "division by zero", 3 },
	{ "Program received signal SIGFPE, Arithmetic exception.\n"
	    "#0  0x0000000000000001 in f (c=34 '\"', d=40 '(', e=39 '\\'', "
	    "s=0x1 \"(\\\"\", n=0 '\\000') at a.c:5\n"
	    "#1  0x0000000000000002 in g (s='it''s') at a.c:9\n", "gdb",
	    "Floating-point-exception", "f < g", "", 0 },
};

static void
records(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		is_int(take(rows[i].text), rows[i].tool[0] != '\0',
		    rows[i].text);
		is_str(r.tool, rows[i].tool, "tool");
		is_str(r.type, rows[i].type, "type");
		is_str(state, rows[i].state, "state");
		is_str(r.message, rows[i].message, "message");
		if (rows[i].line != 0)
			is_int(r.place.line, rows[i].line, "line");
	}
	take(rows[sizeof(rows) / sizeof(rows[0]) - 1].text);
	is_str(r.frames[0].file, "a.c", "gdb: the place behind quotes");
}

/* As symbolizers give them, with and without what tells them apart. */
static const struct pf_frame runtimes[] = {
	{ .name = "__pthread_kill_implementation",
	    .file = "nptl/./nptl/pthread_kill.c" },
	{ .name = "__GI_raise", .file = "../sysdeps/posix/raise.c" },
	{ .name = "raise", .file = "signal/../sysdeps/posix/raise.c" },
	{ .name = "__GI_abort", .file = "./stdlib/abort.c" },
	{ .name = "__libc_start_call_main",
	    .file = "csu/../sysdeps/nptl/libc_start_call_main.h" },
	{ .name = "__libc_start_main_impl", .file = "csu/../csu/libc-start.c" },
	{ .name = "__memcpy_avx_unaligned_erms", .file =
	    "string/../sysdeps/x86_64/multiarch/memmove-vec-unaligned-erms.S" },
	{ .name = "__rawmemchr_avx2" }, { .name = "__stpcpy_avx2" },
	{ .name = "__wcslen_avx2" }, { .name = "__wmemset_avx2_unaligned" },
	{ .name = "____strtol_l_internal" }, { .name = "_int_realloc" },
	{ .name = "unlink_chunk" }, { .name = "tcache_get" },
	{ .name = "__vfprintf_internal" }, { .name = "printf_positional" },
	{ .name = "__isoc99_sscanf" }, { .name = "__restore_rt" },
	{ .name = "__futex_abstimed_wait_common" },
	{ .name = "__clang_call_terminate" },
	{ .name = "MemcmpInterceptorCommon" }, { .name = "StrstrCheck" },
	{ .name = "memchr", .module = "/lib/ld-musl-x86_64.so.1" },
	{ .name = "", .module = "/lib/libc.musl-x86_64.so.1" },
	{ .name = "", .module = "/lib/x86_64-linux-gnu/libc++abi.so.1" },
	{ .name = "google::LogMessageFatal::~LogMessageFatal" },
	{ .name = "logging::LogMessage::~LogMessage" },
	{ .name = "g_assertion_message_expr" }, { .name = "g_logv" },
	{ .name = "__hwasan_load1" }, { .name = "HandleNewFailed" },
};
/* And what a program may call its own. */
static const struct pf_frame own[] = {
	{ .name = "tcachet" }, { .name = "parse", .file = "./string/a.c" },
	{ .name = "parse", .file = "sysdeps/a.c" },
	{ .name = "google::protobuf::Message::Parse" },
	{ .name = "strtoken" }, { .name = "unlink_all" },
	{ .name = "parse", .module = "/usr/bin/ld-musler" },
};

static void
frames(void)
{
	struct pf_frame f;
	size_t i;

	for (i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++) {
		f = runtimes[i];
		f.file = f.file != NULL ? f.file : "";
		f.module = f.module != NULL ? f.module : "";
		is_int(pf_ignore_frame(ignore, &f), PF_FRAME_IGNORED,
		    f.name[0] != '\0' ? f.name : f.module);
	}
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		f = own[i];
		f.file = f.file != NULL ? f.file : "";
		f.module = f.module != NULL ? f.module : "";
		is_int(pf_ignore_frame(ignore, &f), PF_FRAME_COUNTS, f.name);
	}
}

/* What tools call a bug beyond those of which there are reports. */
static void
severities(void)
{
	static const char *const words[] = { "new-delete-type-mismatch",
	    "odr-violation", "alloc-dealloc-mismatch", "container-overflow",
	    "initialization-order-fiasco", "invalid-pointer-pair",
	    "intra-object-overflow", "dynamic-stack-buffer-overflow",
	    "invalid-allocation-alignment", "invalid-posix-memalign-alignment",
	    "bad-malloc_usable_size", "bad-__sanitizer_get_allocated_size",
	    "calloc-overflow", "reallocarray-overflow", "pvalloc-overflow",
	    "strncat-param-overlap", "use-after-poison", "tag-mismatch",
	    "check-failure", "fatal-error", "fortify-failure",
	    "realloc-of-nothing", "bad-syscall-argument",
	    "mutex-destroy-locked", "double-lock-of-a-mutex",
	    "unlock-of-an-unlocked-mutex-(or-by-a-wrong-thread)",
	    "read-lock-of-a-write-locked-mutex",
	    "signal-unsafe-call-inside-of-a-signal",
	    "signal-handler-spoils-errno", "destroy-of-a-locked-mutex",
	    "overwrites-const-input", "use-of-an-invalid-mutex-(e.g.-"
	    "uninitialized-or-destroyed)", "heap-use-after-free" };
	static const int signals[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE,
	    SIGILL, SIGTRAP, SIGSYS, SIGKILL, SIGXCPU };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		pf_report_init(&r, text, sizeof(text));
		pf_report_type(&r, words[i], strlen(words[i]));
		r.access = PF_ACCESS_READ;
		ok(strcmp(pf_severity_of(&r)->rule, "unknown") != 0, words[i]);
	}
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		pf_report_init(&r, text, sizeof(text));
		pf_report_signal(&r, signals[i]);
		ok(strcmp(pf_severity_of(&r)->rule, "unknown") != 0, r.type);
	}
}

/* What an address is does not tell which processor it was. */
static void
addresses(void)
{
	static const struct {
		uint64_t	 addr;
		enum pf_addr	 is;
	} of[] = {
		{ 0x7fffffffffff, PF_ADDR_WILD },
		{ 0x800000000000, PF_ADDR_WILD },
		{ 0xfffff7a00000, PF_ADDR_WILD },
		{ 0x1000000000000, PF_ADDR_NON_CANONICAL },
		{ 0x4141414141414141, PF_ADDR_CONTROLLED },
		{ 0x41414141, PF_ADDR_CONTROLLED },
		{ 0x414243444546, PF_ADDR_CONTROLLED },
		{ 0x6e6f7465, PF_ADDR_CONTROLLED },
		{ 0xcccccccc, PF_ADDR_CONTROLLED },
		{ 0xdededededededede, PF_ADDR_CONTROLLED },
		{ 0x414141, PF_ADDR_WILD },
		{ 0x41414100, PF_ADDR_WILD },
		{ 0x41411f41, PF_ADDR_WILD },
		{ 0x4141417f, PF_ADDR_WILD },
		{ 0xffffffff, PF_ADDR_WILD },
		{ 0xffffffffffffffff, PF_ADDR_WILD },
		{ 0x555555555555, PF_ADDR_WILD },
		{ 0x564a4b4c4d4e, PF_ADDR_WILD },
		{ 0x56555657, PF_ADDR_WILD },
		{ 0x6dedbeefcafef00d, PF_ADDR_NON_CANONICAL },
		{ 0xffff7fffffffffff, PF_ADDR_NON_CANONICAL },
		{ 0xffff800000000000, PF_ADDR_WILD },
	};
	size_t i;

	for (i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		pf_report_init(&r, text, sizeof(text));
		pf_report_addr(&r, of[i].addr);
		is_int(r.addr_class, of[i].is, "an address");
	}
	pf_report_init(&r, text, sizeof(text));
	pf_report_signal(&r, SIGSEGV);
	pf_report_addr(&r, 0x41414141);
	is_str(pf_severity_of(&r)->rule, "controlled", "made of an input");
	/* Who knows better says so. */
	ok(take("==1==ERROR: AddressSanitizer: heap-buffer-overflow on "
	    "address 0x61616161 at pc 0x5\n"
	    "READ of size 1 at 0x61616161 thread T0\n"
	    "    #0 0x1 in f a.c:1\n\n0x61616161 is located 0 bytes to the "
	    "right of 1-byte region [0x61616160,0x61616161)\n"),
	    "an address in the heap that looks so");
	is_int(r.addr_class, PF_ADDR_HEAP, "is one of the heap");
}

/* A report that ends anywhere is still read. */
static void
cut(void)
{
	char *part;
	size_t i, k, bad = 0;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (k = 0; k <= strlen(rows[i].text); k++) {
			part = strndup(rows[i].text, k);
			if (part == NULL)
				exit(1);
			bad += take(part) && r.tool[0] == '\0';
			free(part);
		}
	is_int(bad, 0, "a report may end anywhere");
}

/* One text must not be too long for a compiler. */
static void
parts(void)
{
	size_t i;

	for (i = 0; pf_ignore_builtin[i] != NULL; i++)
		ok(strlen(pf_ignore_builtin[i]) < 4096, "a part of the rules");
	ok(i > 3, "there are parts");
}

/* What a build has, and what it would need to see a crash. */
static const struct {
	const char	*text, *has, *needs;
} builds[] = {
	{ OVERFLOW, "ubsan", "asan" },
	{ OVERFLOW, "none", "asan" },
	{ OVERFLOW, "hwasan asan0", "asan" },
	{ OVERFLOW, "ubsan asan", "" },
	{ OVERFLOW, "", "" },
	{ "==1==ERROR: AddressSanitizer: SEGV on unknown address 0x5\n", "none",
	    "" },
	{ ABORT, "none", "" },
	{ "a: c.c:7: f: Assertion `x' failed.\n" ABORT, "ubsan", "" },
	{ "==1==ERROR: AddressSanitizer: stack-overflow on address 0x7f\n",
	    "none", "" },
	{ "==1==ERROR: AddressSanitizer: attempting double-free on 0x6\n",
	    "msan", "asan" },
	{ "==1==ERROR: LeakSanitizer: detected memory leaks\n\n"
	    "Direct leak of 7 byte(s) in 1 object(s) allocated from:\n",
	    "asan", "" },
	{ "==1==ERROR: LeakSanitizer: detected memory leaks\n\n"
	    "Direct leak of 7 byte(s) in 1 object(s) allocated from:\n",
	    "ubsan", "lsan" },
	{ "==1==WARNING: MemorySanitizer: use-of-uninitialized-value\n",
	    "asan", "msan" },
	{ "WARNING: ThreadSanitizer: data race (pid=7)\n", "asan", "tsan" },
	{ "WARNING: ThreadSanitizer: unlock of an unlocked mutex (pid=7)\n",
	    "none", "tsan" },
	{ "a.c:3:5: runtime error: shift exponent 99 is too large\n", "asan",
	    "ubsan" },
	{ "a.c:3:5: runtime error: division by zero\n", "asan", "" },
	{ "Segmentation fault\n", "none", "" },
	{ MISMATCH, "none", "" },
};

static void
blind(void)
{
	size_t i;

	for (i = 0; i < sizeof(builds) / sizeof(builds[0]); i++) {
		take(builds[i].text);
		is_str(pf_report_blind(&r, builds[i].has), builds[i].needs,
		    builds[i].text);
	}
}

int
main(void)
{
	ignore = pf_ignore_new();
	records();
	frames();
	severities();
	addresses();
	cut();
	parts();
	blind();
	pf_ignore_free(ignore);
	return done_testing();
}
