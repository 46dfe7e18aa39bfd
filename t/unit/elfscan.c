/*
 * codec/elfscan: marks are found wherever they lie, in pieces of any size.
 */
#include "../lib/tap.h"
#include "codec/elfscan.h"

static const struct {
	const char	*text;
	unsigned	 built;
	const char	*word;
} t[] = {
	{ "", 0, "" },
	{ "nothing of it", 0, "" },
	{ "__asan_ini", 0, "" },
	{ "__asan_init", PF_BUILT_ASAN, "asan" },
	{ "xx__msan_init_and_more", PF_BUILT_MSAN, "msan" },
	{ "__tsan_init", PF_BUILT_TSAN, "tsan" },
	{ "__lsan_init", PF_BUILT_LSAN, "lsan" },
	{ "__ubsan_handle_add_overflow", PF_BUILT_UBSAN, "" },
	{ "..ASAN_OPTIONS..ERROR: libFuzzer: deadly", PF_BUILT_LIBFUZZER, "" },
	{ "__AFL_SHM_ID ##SIG_AFL_PERSISTENT## ##SIG_AFL_DEFER_FORKSRV##",
	    PF_BUILT_AFL | PF_BUILT_PERSISTENT | PF_BUILT_DEFERRED, "" },
	{ "__lsan_init __asan_init __ubsan_handle_ ERROR: libFuzzer: ",
	    PF_BUILT_LSAN | PF_BUILT_ASAN | PF_BUILT_UBSAN |
	    PF_BUILT_LIBFUZZER, "asan" },
	{ "__AFL_SHM_ID AFL_DRIVER_DONT_DEFER", PF_BUILT_AFL |
	    PF_BUILT_DRIVER, "" },
	{ "__asan_init__asan_init##SIG_AFL_PERSISTENT#", PF_BUILT_ASAN,
	    "asan" },
};

static unsigned
scan(const char *s, size_t piece)
{
	struct pf_elfscan e = PF_ELFSCAN_INIT;
	size_t n = strlen(s), at, k;

	for (at = 0; at < n; at += k) {
		k = n - at < piece ? n - at : piece;
		pf_elfscan_add(&e, s + at, k);
	}
	return e.built;
}

static void
list(void)
{
	char out[PF_ELFSCAN_LIST];

	pf_elfscan_list(out, PF_BUILT_ASAN);
	is_str(out, "", "not all was looked at");
	pf_elfscan_list(out, PF_BUILT_WHOLE | PF_BUILT_LIBFUZZER);
	is_str(out, "none", "none of them");
	pf_elfscan_list(out, PF_BUILT_WHOLE | PF_BUILT_UBSAN | PF_BUILT_MSAN);
	is_str(out, "msan ubsan", "two of them");
	pf_elfscan_list(out, PF_BUILT_WHOLE | PF_BUILT_SHADOW |
	    PF_BUILT_LSAN | PF_BUILT_UBSAN);
	is_str(out, "asan lsan msan tsan ubsan", "all of them");
}

static void
magic(void)
{
	struct pf_elfscan e = PF_ELFSCAN_INIT;

	pf_elfscan_add(&e, "\177E", 2);
	ok(!e.elf, "not yet a program");
	pf_elfscan_add(&e, "L", 1);
	pf_elfscan_add(&e, "F....", 5);
	ok(e.elf, "now it is");
	e = (struct pf_elfscan)PF_ELFSCAN_INIT;
	pf_elfscan_add(&e, "#!/bin/sh\n__asan_init\n", 22);
	ok(!e.elf, "a script is none");
	is_int(e.built, PF_BUILT_ASAN, "whatever it says");
}

int
main(void)
{
	static char far[70000];
	size_t i, piece;
	bool same;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		same = true;
		for (piece = 1; piece < 80; piece++)
			same &= scan(t[i].text, piece) == t[i].built;
		ok(same, t[i].text);
		is_str(pf_elfscan_word(t[i].built), t[i].word, "its word");
	}
	memset(far, '_', sizeof(far) - 1);
	memcpy(far + 65530, "__msan_init", 11);
	is_int(scan(far, 65536), PF_BUILT_MSAN, "over a seam");
	is_int(scan(far, sizeof(far)), PF_BUILT_MSAN, "in one piece");
	magic();
	list();
	return done_testing();
}
