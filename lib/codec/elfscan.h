/*
 * What a program was built with, told by names that lie in its file: neither
 * run nor asked of a loader, and stripped programs tell too.
 *
 * The file is hostile and may lie: what is found chooses options, no more.
 */
#ifndef PF_CODEC_ELFSCAN_H
#define PF_CODEC_ELFSCAN_H

#include <stdbool.h>
#include <stddef.h>

enum pf_built {
	PF_BUILT_ASAN =		1 << 0,		/* its leak check too */
	PF_BUILT_MSAN =		1 << 1,
	PF_BUILT_TSAN =		1 << 2,
	PF_BUILT_LSAN =		1 << 3,		/* leaks alone */
	PF_BUILT_UBSAN =	1 << 4,		/* or any runtime of clang */
	PF_BUILT_LIBFUZZER =	1 << 5,
	PF_BUILT_AFL =		1 << 6,		/* instrumented for it */
	PF_BUILT_PERSISTENT =	1 << 7,		/* loops for afl-fuzz */
	PF_BUILT_DEFERRED =	1 << 8,		/* forks late */
	PF_BUILT_COVER_MERGE =	1 << 9,		/* libFuzzer merges so */
	PF_BUILT_WHOLE =	1 << 10,	/* a program, and all of it was
						 * looked at */
	PF_BUILT_DRIVER =	1 << 11		/* AFL++ gave it a main() that
						 * calls a harness */
};
/* Any of these reserves terabytes of addresses: no limit on them then. */
#define PF_BUILT_SHADOW	(PF_BUILT_ASAN | PF_BUILT_MSAN | PF_BUILT_TSAN)

#define PF_ELFSCAN_MARK	32		/* no mark is longer */

struct pf_elfscan {
	unsigned	 built;		/* of enum pf_built */
	bool		 elf;		/* it begins as one: no script */
	size_t		 seen;		/* bytes so far */
	size_t		 kept;		/* of the last ones, in tail */
	char		 tail[2 * PF_ELFSCAN_MARK];
};
#define PF_ELFSCAN_INIT	{ 0, false, 0, 0, { 0 } }

/* The next bytes of the file, in pieces of any size. */
void		 pf_elfscan_add(struct pf_elfscan *, const void *, size_t n);

/* The word for the sanitizer that a build has above all, "" if none is
 * known: asan, msan, tsan, lsan. */
const char	*pf_elfscan_word(unsigned built);

/* All of them, "asan ubsan" or "none"; "" if not all was looked at. */
#define PF_ELFSCAN_LIST	32
void		 pf_elfscan_list(char out[PF_ELFSCAN_LIST], unsigned built);

#endif
