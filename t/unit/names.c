/*
 * codec/report: names of functions without what changes from build to build,
 * lines of frames, and globs.
 */
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "codec/report/ignore.h"
#include "codec/report/line.h"

static struct pf_report r;
static char text[PF_REPORT_TEXT];

static const struct {
	const char	*from, *to;
} names[] = {
	{ "parse", "parse" },
	{ "parse_chunk(char const*, unsigned long)", "parse_chunk" },
	{ "ns::Foo<int, std::vector<char> >::bar(int (*)(char)) const",
	    "ns::Foo<>::bar" },
	{ "void max<int>(int, int)", "max<>" },
	{ "std::unique_ptr<A> make<A>(int&&)", "make<>" },
	{ "(anonymous namespace)::f()", "(anonymous)::f" },
	{ "a::{anonymous}::f(int)", "a::(anonymous)::f" },
	{ "f(int)::{lambda(int)#1}::operator()(int) const",
	    "f::{lambda}::operator()" },
	{ "f(int)::$_0::operator()(int) const", "f::{lambda}::operator()" },
	{ "f(int)::'lambda0'(int)::operator()(int) const",
	    "f::{lambda}::operator()" },
	{ "A::f(int) const::{lambda()#2}::operator()() const",
	    "A::f::{lambda}::operator()" },
	{ "operator new(unsigned long)", "operator new" },
	{ "operator new[](unsigned long)", "operator new[]" },
	{ "operator delete(void*, unsigned long)", "operator delete" },
	{ "A::operator<(A const&) const", "A::operator<" },
	{ "A::operator<<(int)", "A::operator<<" },
	{ "A::operator->() const", "A::operator->" },
	{ "A::operator unsigned long() const", "A::operator unsigned long" },
	{ "std::ostream& operator<< <char>(std::ostream&, char)",
	    "operator<<<>" },
	{ "my_operator(int)", "my_operator" },
	{ "A::operator*() const", "A::operator*" },
	{ "A operator*(A const&, A const&)", "operator*" },
	{ "A::operator*=(int)", "A::operator*=" },
	{ "A::operator&(A const&)", "A::operator&" },
	{ "A::operator&&(A const&)", "A::operator&&" },
	{ "A::operator&=(int)", "A::operator&=" },
	{ "A::operator->*(int A::*)", "A::operator->*" },
	{ "B& operator* <char>(B&, char)", "operator*<>" },
	{ "A::operator char*()", "A::operator char*" },
	{ "decltype(auto) ns::f<int>(int)", "ns::f<>" },
	{ "decltype (g((int)0)) std::visit<A, B>(A&&, B&)", "std::visit<>" },
	{ "decltype(a::b()) f(int)", "f" }, { "my_decltype(int)",
	    "my_decltype" }, { "decltype", "decltype" }, { "decltype(",
	    "decltype" },
	{ "int (anonymous namespace)::f(int)", "(anonymous)::f" },
	{ "std::vector<int, a<b> > (anonymous namespace)::A::f(int)",
	    "(anonymous)::A::f" },
	{ "void (anonymous namespace)::f<int>(int)", "(anonymous)::f<>" },
	{ "a::(anonymous namespace)::f()", "a::(anonymous)::f" },
	{ "f.part.0", "f" }, { "f.isra.12.part.3", "f" },
	{ "f.constprop.0.cold", "f" }, { "f.llvm.1234567890", "f" },
	{ "f.cold.7", "f" }, { "count.123", "count" },
	{ "f(int) [clone .part.0]", "f" },
	{ "f[abi:cxx11](int)", "f" },
	{ "memcpy@@GLIBC_2.14", "memcpy" }, { "memcpy@plt", "memcpy" },
	{ "_ZN3foo3barEi", "foo::bar" },
	{ "_ZN3foo3barEi.cold", "foo::bar" },
	{ "core::panicking::panic::h0123456789abcdef",
	    "core::panicking::panic" },
	{ "core::panicking::panic::hello", "core::panicking::panic::hello" },
	{ "<alloc::vec::Vec<T> as core::ops::Index<I>>::index",
	    "<alloc::vec::Vec<> as core::ops::Index<>>::index" },
	{ "<a[0123456789abcdef]::B as core[c1f1a4ba060b9bfa]::fmt::Debug>::fmt",
	    "<a::B as core::fmt::Debug>::fmt" },
	{ "<[T] as core::cmp::Ord>::cmp", "<[T] as core::cmp::Ord>::cmp" },
	{ "<a[", "<a" }, { "<[", "<[" },
	{ "a::f::{closure#0}::{closure#12}",
	    "a::f::{{closure}}::{{closure}}" },
	{ "a::f::{{closure}}", "a::f::{{closure}}" },
	{ "ns::._anon_70::f(int)", "ns::{unnamed}::f" },
	{ "main.parse({0xc000012, 0x3, 0x3})", "main.parse" },
	{ "main.(*Shelf).take(0xc0000, 0x7)", "main.(*Shelf).take" },
	{ "main.main.func1()", "main.main.func1" },
	{ "-[Foo bar:baz:]", "-[Foo bar:baz:]" },
	{ "non-virtual thunk to A::f()", "A::f" },
	/* What is no name does no harm. */
	{ "", "" }, { "(", "" }, { "<<<<", "<<>" }, { "operator", "operator" },
	{ "f(((", "f" }, { ")", "" }, { "{lambda", "{lambda}" }, { ".1", ".1" },
	{ "::h0123456789abcdef", "::h0123456789abcdef" },
};

static void
normalise(void)
{
	struct pf_frame *f;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		pf_report_init(&r, text, sizeof(text));
		f = pf_report_frame(&r);
		pf_frame_name(&r, f, names[i].from, strlen(names[i].from));
		is_str(f->name, names[i].to, names[i].from);
	}
}

static const struct {
	const char	*line;
	const char	*name, *file, *module;
	uint32_t	 lno, column;
	uint64_t	 pc, offset;
} lines[] = {
	{ "    #0 0x55d in parse /src/a.c:12:3", "parse", "/src/a.c", "",
	    12, 3, 0x55d, 0 },
	{ "    #0 0x55d in parse /src/a.c:12", "parse", "/src/a.c", "",
	    12, 0, 0x55d, 0 },
	{ "    #1 0x1 in f(int, char const*) a.cpp:1:2 (BuildId: 01)", "f",
	    "a.cpp", "", 1, 2, 1, 0 },
	{ "    #1 0x1 in main (/bin/prog+0x1234) (BuildId: 01ab)", "main", "",
	    "/bin/prog", 0, 0, 1, 0x1234 },
	{ "    #12 0x1  (/bin/prog+0x1234)", "", "", "/bin/prog", 0, 0, 1,
	    0x1234 },
	{ "    #0 adder r.c:8:53 (r+0x1) (BuildId: a8)", "adder", "r.c", "r",
	    8, 53, 0, 1 },
	{ "    #0 pthread_create <null> (r+0x1)", "pthread_create", "", "r",
	    0, 0, 0, 1 },
	{ "    #0 <null> <null> (0x7f1234567000)", "", "", "", 0, 0, 0, 0 },
	{ "    #0 0x1 in f /my path/a b.c:1:2", "f", "/my path/a b.c", "",
	    1, 2, 1, 0 },
	{ "    #0 0x1 in A::f(int) const a.cc:3:1", "A::f", "a.cc", "",
	    3, 1, 1, 0 },
	{ "    #0 0x1 in A::f(int) const (/x+0x2)", "A::f", "", "/x", 0, 0,
	    1, 2 },
	{ "    #0 0x1 in A::f(int) const", "A::f", "", "", 0, 0, 1, 0 },
	{ "    #0 0x1 in g(int) /b.c", "g", "/b.c", "", 0, 0, 1, 0 },
	{ "    #3 0x1 in f a.c:99999999999:1", "f", "a.c", "", UINT32_MAX,
	    1, 1, 0 },
};

/* No frames, though they look a bit like some. */
static const char *const others[] = { "", "#", "# 1", "#1", "#define X",
    "    #x 0x1 in f a.c:1", "READ of size 4 #0" };

static void
frames(void)
{
	const struct pf_frame *f;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		pf_report_init(&r, text, sizeof(text));
		ok(pf_line_frame(&r, lines[i].line), lines[i].line);
		is_int((long long)r.nframes, 1, "one frame");
		f = &r.frames[0];
		is_str(f->name, lines[i].name, "function");
		is_str(f->file, lines[i].file, "file");
		is_str(f->module, lines[i].module, "module");
		is_int(f->line, lines[i].lno, "line");
		is_int(f->column, lines[i].column, "column");
		is_int((long long)f->pc, (long long)lines[i].pc, "address");
		is_int((long long)f->offset, (long long)lines[i].offset,
		    "offset");
	}
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		pf_report_init(&r, text, sizeof(text));
		ok(!pf_line_frame(&r, others[i]), "no frame");
		is_int((long long)r.nframes, 0, others[i]);
	}
}

static const struct {
	const char	*glob, *text;
	bool		 fits;
} globs[] = {
	{ "main", "main", true }, { "main", "main2", false },
	{ "main", "mai", false }, { "*", "", true }, { "*", "x", true },
	{ "?", "", false }, { "?", "x", true }, { "?", "xy", false },
	{ "__asan_*", "__asan_memcpy", true }, { "__asan_*", "asan", false },
	{ "*/libc.so*", "/lib/libc.so.6", true }, { "*a*b*c", "xxaybzzc",
	    true }, { "*a*b*c", "xxaybzz", false }, { "a**b", "ab", true },
	{ "", "", true }, { "", "x", false }, { "*.c", "a.c.c", true },
	{ "str*cmp", "strcasecmp", true }, { "str*cmp", "strcmpx", false },
};

static void
match(void)
{
	char *many;
	size_t i;

	for (i = 0; i < sizeof(globs) / sizeof(globs[0]); i++)
		is_int(pf_glob(globs[i].glob, globs[i].text), globs[i].fits,
		    globs[i].glob);
	/* What takes others a time that has no end. */
	many = malloc(PF_REPORT_NAME);
	memset(many, 'a', PF_REPORT_NAME - 1);
	many[PF_REPORT_NAME - 1] = '\0';
	ok(!pf_glob("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*ab", many),
	    "many stars");
	free(many);
}

/* Others have a directory called runtime too. */
static void
rules_of_go(void)
{
	static const struct {
		const char		*file;
		enum pf_verdict_frame	 is;
	} t[] = {
		{ "/usr/lib/go/src/runtime/panic.go", PF_FRAME_IGNORED },
		{ "/usr/lib/go/src/runtime/asm_amd64.s", PF_FRAME_IGNORED },
		{ "runtime/panic.go", PF_FRAME_IGNORED },
		{ "/b/src/runtime/heap.cc", PF_FRAME_COUNTS },
		{ "/b/src/runtime/gc/mark.cpp", PF_FRAME_COUNTS },
	};
	struct pf_ignore *ignore = pf_ignore_new();
	struct pf_frame f = { .name = "f", .module = "" };
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		f.file = t[i].file;
		is_int(pf_ignore_frame(ignore, &f), t[i].is, t[i].file);
	}
	pf_ignore_free(ignore);
}

/* Of Rust only what is no type of the program is never the culprit. */
static const char *const rust[] = {
	"<core::option::Option<T> as core::ops::Try>::branch",
	"<alloc::vec::Vec<T,A> as core::ops::index::Index<I>>::index",
	"<std::io::Stderr as std::io::Write>::write_fmt",
	"<&T as core::fmt::Display>::fmt", "<&str as core::str::Pattern>::f",
	"<T as core::convert::Into<U>>::into",
	"<u8 as core::iter::Step>::forward",
	"<str as alloc::string::ToString>::to_string",
	"<[T] as core::slice::SliceIndex<I>>::index",
	"<() as std::process::Termination>::report",
	"<usize as core::slice::index::SliceIndex<[T]>>::index",
	"<i128 as core::ops::Div>::div", "<bool as core::fmt::Debug>::fmt",
	"<core::option::Option<u32>>::unwrap", "<alloc::raw_vec::Inner>::grow",
	"<std::fs::File>::open", "<[i32]>::copy_from_slice", "<i8>::abs",
	"<str>::find::<char>", "<u128>::pow", "<usize>::pow",
	"<*const u8>::add", "<fn() as core::ops::function::FnOnce<()>>::f",
	"<a::f::{closure#0} as core::ops::function::FnOnce<()>>::call_once",
}, *const mine_of_rust[] = {
	"<mycrate::Version as core::str::traits::FromStr>::from_str",
	"<a::B as alloc::string::ToString>::to_string",
	"<a::B as std::io::Read>::read",
	"<u8 as mycrate::Parse>::parse",
	"<alloc::vec::Vec<u8> as mycrate::Parse>::parse",
	"<core_like::Thing as mycrate::Parse>::parse",
	"<alloc::vec::Vec<u8> as a::P>::f::<core::option::Option<u8>>",
	"<a::B>::f", "<core_like::Thing>::f",
};

static void
rules_of_rust(void)
{
	struct pf_ignore *ignore = pf_ignore_new();
	struct pf_frame *f;
	size_t i;

	pf_report_init(&r, text, sizeof(text));
	for (i = 0; i < sizeof(rust) / sizeof(rust[0]); i++) {
		f = pf_report_frame(&r);
		pf_frame_name(&r, f, rust[i], strlen(rust[i]));
		is_int(pf_ignore_frame(ignore, f), PF_FRAME_IGNORED, rust[i]);
	}
	for (i = 0; i < sizeof(mine_of_rust) / sizeof(mine_of_rust[0]); i++) {
		f = pf_report_frame(&r);
		pf_frame_name(&r, f, mine_of_rust[i],
		    strlen(mine_of_rust[i]));
		is_int(pf_ignore_frame(ignore, f), PF_FRAME_COUNTS,
		    mine_of_rust[i]);
		f->file = "/h/.rustup/toolchains/x/lib/rustlib/src/rust/"
		    "library/core/src/str.rs";
		is_int(pf_ignore_frame(ignore, f), PF_FRAME_IGNORED,
		    "but not in a file of the library");
	}
	pf_ignore_free(ignore);
}

/* What is too much is left out, counted, and nothing is overrun. */
static void
bounds(void)
{
	char small[64];
	size_t i;

	pf_report_init(&r, text, sizeof(text));
	pf_report_stack(&r, PF_STACK_CRASH);
	for (i = 0; i < 300; i++)
		pf_line_frame(&r, "    #0 0x1 in f a.c:1:1");
	is_int(r.stacks[0].n, PF_STACK_FRAMES, "frames of a stack");
	is_int(r.stacks[0].dropped, 300 - PF_STACK_FRAMES, "and those left");
	ok(r.cut, "it says so");
	for (i = 0; i < 100; i++) {
		pf_report_stack(&r, PF_STACK_OTHER);
		pf_line_frame(&r, "    #0 0x1 in g a.c:1:1");
	}
	is_int((long long)r.nstacks, PF_REPORT_STACKS, "stacks");
	is_int((long long)r.nframes, PF_STACK_FRAMES + PF_REPORT_STACKS - 1,
	    "no frame went to a stack that it is not of");
	for (i = 0; i < 100; i++)
		pf_report_leak(&r, i % 2 == 1, INT64_MAX / 4, 1, 0);
	is_int((long long)r.nleaks, PF_REPORT_LEAKS, "leaks");
	ok(r.direct_bytes == INT64_MAX, "a sum that has no room");
	ok(r.indirect_bytes == INT64_MAX, "and another");
	ok(pf_report_leaked(&r) == INT64_MAX, "nor has the sum of both");
	is_int(r.direct_count + r.indirect_count, 100, "all are counted");

	for (i = 0; i < 2; i++)
		pf_report_leak(&r, i == 1, 1, INT64_MAX, 0);
	ok(pf_report_leaked(&r) == INT64_MAX, "that of the blocks is not made");
	pf_report_init(&r, text, sizeof(text));
	ok(pf_report_leaked(&r) == -1, "nothing leaked");
	pf_report_leak(&r, true, 0, 1, 0);
	ok(pf_report_leaked(&r) == 0, "no bytes did");

	pf_report_init(&r, small, sizeof(small));
	pf_line_frame(&r, "    #0 0x1 in f a.c:1:1 (/bin/x+0x1)");
	ok(!r.cut, "a little has room in a little");
	for (i = 0; i < 9; i++)
		pf_line_frame(&r, "    #0 0x1 in function file.c:1:1");
	ok(r.cut, "more has not");
	is_str(r.frames[9].name, "", "and is not there");
	ok(r.used <= sizeof(small), "in bounds");
}

int
main(void)
{
	normalise();
	frames();
	match();
	rules_of_rust();
	rules_of_go();
	bounds();
	return done_testing();
}
