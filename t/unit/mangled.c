/*
 * codec/report/mangled: names as the linker has them, those of liars too.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../lib/tap.h"
#include "codec/report/mangled.h"
#include "codec/report/report.h"

static struct pf_report r;
static char text[PF_REPORT_TEXT];

/* A name, and the same as c++filt prints it. */
static const struct {
	const char	*mangled, *plain;
} twins[] = {
	{ "_Z1fv", "f()" },
	{ "__Z1fv", "f()" },
	{ "_ZN3foo3barEi.cold", "foo::bar(int) [clone .cold]" },
	{ "_ZN3foo3barEi.part.0.isra.1",
	    "foo::bar(int) [clone .part.0] [clone .isra.1]" },
	{ "_ZN3foo3barB5cxx11Ei", "foo::bar[abi:cxx11](int)" },
	{ "_ZL6staticv", "static()" },
	{ "_Z3maxIiET_S0_S0_", "int max<int>(int, int)" },
	{ "_ZN1aL1gEv", "a::g()" },
	{ "_ZN1a12_GLOBAL__N_11Q1fEv", "a::(anonymous namespace)::Q::f()" },
	{ "_ZNK1a12_GLOBAL__N_11Q1fENSt7__cxx1112basic_stringIcSt11"
	    "char_traitsIcESaIcEEESt6vectorISt3mapIiS7_St4lessIiESaISt4pair"
	    "IKiS7_EEESaISF_EE",
	    "a::(anonymous namespace)::Q::f(std::__cxx11::basic_string<char, "
	    "std::char_traits<char>, std::allocator<char> >, std::vector<"
	    "int>) const" },
	{ "_ZN1a1BIiLi3EEC2Ev", "a::B<int, 3>::B()" },
	{ "_ZN1a1BIiLi3EED0Ev", "a::B<int, 3>::~B()" },
	{ "_ZN1AC1IiEET_", "A::A<int>(int)" },
	{ "_ZN1a1BIiLi3EEcvPKcEv", "a::B<int, 3>::operator char const*()" },
	{ "_ZNK1a1BIiLi3EEcvbEv", "a::B<int, 3>::operator bool() const" },
	{ "_ZN1AcvmEv", "A::operator unsigned long()" },
	{ "_ZNK1a1BIiLi3EEltERKS1_",
	    "a::B<int, 3>::operator<(a::B<int, 3> const&) const" },
	{ "_ZNK1a1BIiLi3EEltIiEEbT_",
	    "bool a::B<int, 3>::operator< <int>(int) const" },
	{ "_ZN1a1BIiLi3EEclEi", "a::B<int, 3>::operator()(int)" },
	{ "_ZN1a1BIiLi3EEixEi", "a::B<int, 3>::operator[](int)" },
	{ "_ZN1AnwEm", "A::operator new(unsigned long)" },
	{ "_ZdaPv", "operator delete[](void*)" },
	{ "_ZN1ApTEv", "_ZN1ApTEv" },
	{ "_Zli3_kmy", "operator\"\" _km(unsigned long long)" },
	{ "_ZlsRSoi", "operator<<(std::ostream&, int)" },
	{ "_ZZ1fiENKUlvE_clEv", "f(int)::{lambda()#1}::operator()() const" },
	{ "_ZZ1fiENK3$_0clEv", "f(int)::$_0::operator()() const" },
	{ "_ZZZ4mainENKUlvE_clEvENKUliE0_clEi",
	    "main::{lambda()#1}::operator()() const::{lambda(int)#2}::"
	    "operator()(int) const" },
	{ "_ZZN1a1BIiLi3EE1gIdEEvT_DTplfp_Li1EEENKUliE_clEi",
	    "a::B<int, 3>::g<double>(double, decltype({parm#1}+1))::"
	    "{lambda(int)#1}::operator()(int) const" },
	{ "_ZZ1fvE1x_0", "f()::x" },
	{ "_ZZ1fvEN1A1gEv", "f()::A::g()" },
	{ "_ZN1AUt_1gEv", "A::{unnamed type#1}::g()" },
	{ "_ZThn16_N1B1fEv", "non-virtual thunk to B::f()" },
	{ "_ZTv0_n24_N1B1fEv", "virtual thunk to B::f()" },
	{ "_ZTch0_h16_N1B1fEv", "covariant return thunk to B::f()" },
	{ "_ZSt4sortIPiEvT_S1_", "void std::sort<int*>(int*, int*)" },
	{ "_ZNSt6vectorIiSaIiEE9push_backERKi",
	    "std::vector<int, std::allocator<int> >::push_back(int const&)" },
	{ "_ZNSsC1EPKcRKSaIcE", "std::basic_string<char, std::char_traits<"
	    "char>, std::allocator<char> >::basic_string(char const*)" },
	{ "_ZNKSs2atEm", "std::string::at(unsigned long) const" },
	{ "_Z1fM1AFivES0_", "f(int (A::*)(), int (A::*)())" },
	{ "_Z1fIJidEEvDpT_", "void f<int, double>(int, double)" },
	{ "_Z1fIXadL_Z1gvEEEvv", "void f<&(g())>()" },
	{ "_Z1fIXltLi1ELi2EEEvv", "void f<(1)<(2)>()" },
	{ "_Z1fILb1ELln3ELPv0EEvv", "void f<true, -3l, (void*)0>()" },
	{ "_Z1fIXsr1AIT_E5valueEEvv", "void f<A<T>::value>()" },
	{ "_Z1fIXsZT_EEvv", "void f<sizeof...(T)>()" },
	{ "_Z1fIDnDv4_fA3_iPFvRKiOdEEvv", "void f<a, b, c>()" },
	{ "_ZN4core6option15Option$LT$T$GT$6unwrap17h0123456789abcdefE",
	    "core::option::Option<T>::unwrap::h0123456789abcdef" },
	{ "_ZN46_$LT$a..B$u20$as$u20$core..ops..drop..Drop$GT$4drop"
	    "17h0123456789abcdefE",
	    "<a::B as core::ops::drop::Drop>::drop::h0123456789abcdef" },
	/* By rustc 1.95. */
	{ "_RNvCs6xxl1lAjzDf_1a4main", "a::main" },
	{ "__RNvCs6xxl1lAjzDf_1a4main", "a::main" },
	{ "_RINvCs6xxl1lAjzDf_1a3genINtNtCslNYArtu3iFV_5alloc3vec3VechE"
	    "NCNvB2_4mains0_0EB2_",
	    "a::gen::<alloc::vec::Vec<u8>, a::main::{closure#2}>" },
	{ "_RNCNCNvNvCs6xxl1lAjzDf_1a5outer6nested00B7_",
	    "a::outer::nested::{closure#0}::{closure#0}" },
	{ "_RNSNvYNCNvCs6xxl1lAjzDf_1a4main0INtNtNtCsgEmfK2I1SDS_4core3ops"
	    "8function6FnOnceTRhEE9call_once6vtableB8_",
	    "<a::main::{closure#0} as core::ops::function::FnOnce<(&u8,)>>"
	    "::call_once::{shim:vtable#0}" },
	{ "_RNvMsd_NtCs6xxl1lAjzDf_1a5innerINtB5_3NumKj3_Kb1_Kc78_E3sayB7_",
	    "<a::inner::Num<3, true, 'x'>>::say" },
	{ "_RNvXse_NtCs6xxl1lAjzDf_1a5innerINtB5_3NegKan3_EINtB5_4WalkhE4walk",
	    "<a::inner::Neg<-3> as a::inner::Walk<u8>>::walk" },
	{ "_RNvXs0_NtCs6xxl1lAjzDf_1a5innerThxEINtB5_4WalkhE4walk",
	    "<(u8, i64) as a::inner::Walk<u8>>::walk" },
	{ "_RNvXs1_NtCs6xxl1lAjzDf_1a5innerThEINtB5_4WalkhE4walk",
	    "<(u8,) as a::inner::Walk<u8>>::walk" },
	{ "_RNvXs2_NtCs6xxl1lAjzDf_1a5innerAtj12c_INtB5_4WalkhE4walk",
	    "<[u16; 300] as a::inner::Walk<u8>>::walk" },
	{ "_RNvXs_NtCs6xxl1lAjzDf_1a5innerShINtB4_4WalkhE4walk",
	    "<[u8] as a::inner::Walk<u8>>::walk" },
	{ "_RNvXs3_NtCs6xxl1lAjzDf_1a5innerQINtB5_5ThinghEINtB5_4WalkhE4walk",
	    "<&mut a::inner::Thing<u8> as a::inner::Walk<u8>>::walk" },
	{ "_RNvXs5_NtCs6xxl1lAjzDf_1a5innerOeINtB5_4WalkhE4walk",
	    "<*mut str as a::inner::Walk<u8>>::walk" },
	{ "_RNvXs6_NtCs6xxl1lAjzDf_1a5innerFG_hRL0_eEtINtB5_4WalkhE4walk",
	    "<for<'a> fn(u8, &'a str) -> u16 as a::inner::Walk<u8>>::walk" },
	{ "_RNvXs7_NtCs6xxl1lAjzDf_1a5innerFUKChEuINtB5_4WalkhE4walk",
	    "<unsafe extern \"C\" fn(u8) as a::inner::Walk<u8>>::walk" },
	{ "_RNvXs9_NtCs6xxl1lAjzDf_1a5innerDNtNtNtNtCsgEmfK2I1SDS_4core4iter"
	    "6traits8iterator8Iteratorp4ItemhEL_INtB5_4WalkhE4walk",
	    "<dyn core::iter::traits::iterator::Iterator<Item = u8> as "
	    "a::inner::Walk<u8>>::walk" },
	{ "_RNvXsa_NtCs6xxl1lAjzDf_1a5innerDNtNtCsgEmfK2I1SDS_4core3fmt7"
	    "DisplayNtNtBy_6marker4SyncNtB15_4SendEL_INtB5_4WalkhE4walk",
	    "<dyn core::fmt::Display + core::marker::Sync + "
	    "core::marker::Send as a::inner::Walk<u8>>::walk" },
	{ "_RNvYuINtNtCs6xxl1lAjzDf_1a5inner4WalkhE4dfltB8_",
	    "<() as a::inner::Walk<u8>>::dflt" },
	{ "_RNCINvNtCsjrHSEGnQ3l9_3std2rt10lang_startuE0Cs6xxl1lAjzDf_1a"
	    ".llvm.17906789855010190785",
	    "std::rt::lang_start::<()>::{closure#0} (.llvm.17906789855)" },
	/* What another alphabet has is not put together. */
	{ "_RNvCs6xxl1lAjzDf_1au9gre_6ka8i", "a::gre_6ka8i" },
};

/* What is no such name stays what it is. */
static const char *const kept[] = {
	"_Z", "__Z", "_Zx", "_ZN", "_ZNE", "_ZN3foo", "_ZN9fooEv", "_Z0",
	"_Z99999999999999999999f", "_ZS_", "_ZNS_3fooEv", "_ZS_IiEvv",
	"_ZN3fooIiEv", "_Z1fIi", "_Z1fIXEEvv", "_Z1fILi3vv", "_ZZ1fv",
	"_ZZ1fvE", "_ZN1AcvEv", "_ZNC1Ev", "_ZND0Ev", "_ZTV1A", "_ZTh1A",
	"_ZN1AS_E", "_ZNSZZZZZZZZZZZZZZZZZZZ_1fEv", "_ZNI1fEv",
	"_Z1fIDzEvv", "_Z1fIXfL", "_Z1fIXfp", "_Z1fIT", "_ZZ1fvEd", "_ZLLLL",
	"_R", "__R", "_R1x", "_RNvC1a", "_RNvC1a9f", "_RNvC1a1fx", "_RX",
	"_RB_",
	"_RNvB1_1f", "_RNvMC1aB3_1f", "_RNvMC1aTuu1f", "_RNvMC1aRL0_u1f",
	"_RNvMC1aAuj1f", "_RNvMC1aAue_1f", "_RNvMC1aDC1bE1f",
	"_RINvC1a1fTuE", "_RNvCs99999999999999_1a1f", "_RNvC99999999999999991a",
	"_R1C1a",
};

static const char *
name_of(const char *s)
{
	struct pf_frame *f;

	pf_report_init(&r, text, sizeof(text));
	f = pf_report_frame(&r);
	pf_frame_name(&r, f, s, strlen(s));
	return f->name;
}

static void
try_names(void)
{
	char plain[PF_REPORT_NAME], out[PF_MANGLED_TEXT];
	size_t i;

	for (i = 0; i < sizeof(twins) / sizeof(twins[0]); i++) {
		snprintf(plain, sizeof(plain), "%s", name_of(twins[i].plain));
		is_str(name_of(twins[i].mangled), plain, twins[i].mangled);
	}
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		ok(!pf_mangled_read(out, kept[i], strlen(kept[i])), kept[i]);
	ok(!pf_mangled_read(out, "", 0), "nothing at all");
	/* Nothing behind the end is looked at. */
	ok(pf_mangled_read(out, "_Z3fooEv", 6), "a name in a text");
	is_str(out, "foo", "to its end");
	ok(!pf_mangled_read(out, "_Z3foo", 5), "and not beyond");
}

/* A name of n times the middle, as far as it goes. */
static bool
try_many(const char *head, const char *middle, const char *tail, size_t n)
{
	size_t len = strlen(middle), i;
	char *s = calloc(1, strlen(head) + n * len + n + strlen(tail) + 1);
	char out[PF_MANGLED_TEXT];
	bool done;

	memcpy(s, head, strlen(head));
	for (i = 0; i < n; i++)
		memcpy(s + strlen(head) + i * len, middle, len);
	/* What was opened is closed. */
	if (middle[len - 1] == 'I' || *middle == 'N' || *middle == 'J')
		memset(s + strlen(head) + n * len, 'E', n);
	memcpy(s + strlen(s), tail, strlen(tail));
	done = pf_mangled_read(out, s, strlen(s));
	name_of(s);
	free(s);
	return done;
}

static void
try_liars(void)
{
	static const char *const middles[] = { "T_I", "N1aI", "P", "1aI", "J",
	    "F", "X", "Z1f", "A_", "M", "DpT_", "XadL_Z1fI", "K", "U1a", "Dv_",
	    "St4pairIS_S_E", "S_", "DTcv", "fl", "sr", "LZ", "nw", "Ul" };
	clock_t from = clock();
	size_t i, n;

	for (i = 0; i < sizeof(middles) / sizeof(middles[0]); i++)
		for (n = 1; n < 50000; n = n * 3 + 1) {
			try_many("_Z1fI", middles[i], "iEvv", n);
			try_many("_ZN1acv", middles[i], "iEv", n);
			try_many("_Z", middles[i], "1fv", n);
		}
	ok((clock() - from) / CLOCKS_PER_SEC < 60, "liars take little time");
	/* libiberty 2.40 needs a second for 26 of them, two for 27. */
	ok(!try_many("_ZN1acv", "T_I", "iEv", 60), "a known one is refused");
	ok(try_many("_Z1fI", "St4pairIS_S_E", "Evv", 100),
	    "what doubles at every step stays small");
	ok(!try_many("_Z1fI", "P", "iEvv", 100000), "100 kB are too many");
	ok(!try_many("_Z1fI", "P", "iEvv", 1000), "so are 1000 levels");
	ok(try_many("_Z1fI", "P", "iEvv", 150), "150 are not");
}

/* Two references to what the one before refers to twice: _RNvMC1a, levels
 * tuples, 1f. */
static bool
try_double(int levels)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char s[4096], out[PF_MANGLED_TEXT], at[8] = "u";
	size_t n = 0, from;
	int i;

	n += (size_t)snprintf(s + n, sizeof(s) - n, "_RNvMC1aT");
	for (i = 0; i < levels; i++) {
		from = n - 2;
		n += (size_t)snprintf(s + n, sizeof(s) - n, "T%s%sE", at, at);
		/* "B_" is 0, "B0_" 1, "B10_" 63. */
		if (from <= 62)
			snprintf(at, sizeof(at), "B%c_", digits[from - 1]);
		else
			snprintf(at, sizeof(at), "B%c%c_", digits[(from - 1) /
			    62], digits[(from - 1) % 62]);
	}
	snprintf(s + n, sizeof(s) - n, "E1f");
	return pf_mangled_read(out, s, strlen(s));
}

static void
try_rust(void)
{
	static const char *const middles[] = { "I", "Nv", "NC", "M", "X", "Y",
	    "T", "R", "A", "S", "F", "FG_", "D", "DG_", "B_", "Kj", "C", "P",
	    "RL_", "IC1a", "INvC1a1f", "p1a" };
	clock_t from = clock();
	size_t i, n;

	for (i = 0; i < sizeof(middles) / sizeof(middles[0]); i++)
		for (n = 1; n < 50000; n = n * 3 + 1) {
			try_many("_R", middles[i], "C1a1f", n);
			try_many("_RINvC1a1f", middles[i], "uE", n);
			try_many("_RNvMC1a", middles[i], "u1f", n);
		}
	for (i = 1; i < 100; i++)
		try_double((int)i);
	ok((clock() - from) / CLOCKS_PER_SEC < 60, "nor do those of Rust");
	ok(try_double(5), "what refers to twice the same is read");
	ok(!try_double(40), "unless that is too much");
	ok(try_many("_RNvMC1a", "P", "u1f", 100), "100 levels of Rust");
	ok(!try_many("_RNvMC1a", "P", "u1f", 1000), "1000 are too many");
}

int
main(void)
{
	try_names();
	try_rust();
	try_liars();
	return done_testing();
}
