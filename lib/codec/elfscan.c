/*
 * Marks in the bytes of a program; see elfscan.h.
 */
#include <stdio.h>
#include <string.h>

#include "codec/elfscan.h"

/*
 * Names a dynamic linker needs, or texts of a runtime: both outlive strip.
 * The names of runtimes' options are no marks, for libFuzzer has them all.
 */
static const struct {
	enum pf_built	 built;
	const char	*mark;
} marks[] = {
	{ PF_BUILT_ASAN,	"__asan_init" },
	{ PF_BUILT_MSAN,	"__msan_init" },
	{ PF_BUILT_TSAN,	"__tsan_init" },
	{ PF_BUILT_LSAN,	"__lsan_init" },
	{ PF_BUILT_UBSAN,	"__ubsan_handle_" },
	{ PF_BUILT_LIBFUZZER,	"ERROR: libFuzzer: " },
	{ PF_BUILT_AFL,		"__AFL_SHM_ID" },
	{ PF_BUILT_PERSISTENT,	"##SIG_AFL_PERSISTENT##" },
	{ PF_BUILT_DEFERRED,	"##SIG_AFL_DEFER_FORKSRV##" },
	{ PF_BUILT_COVER_MERGE,	"set_cover_merge" },
	{ PF_BUILT_DRIVER,	"AFL_DRIVER_DONT_DEFER" },
};

#define NMARKS	(sizeof(marks) / sizeof(marks[0]))

static void
look(struct pf_elfscan *s, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < NMARKS; i++)
		if ((s->built & (unsigned)marks[i].built) == 0 &&
		    memmem(p, n, marks[i].mark, strlen(marks[i].mark)) !=
		    NULL)
			s->built |= (unsigned)marks[i].built;
}

/* The last bytes, which with the next piece may make a mark. */
static void
keep(struct pf_elfscan *s, const char *p, size_t n)
{
	size_t stay;

	if (n >= PF_ELFSCAN_MARK) {
		memcpy(s->tail, p + n - PF_ELFSCAN_MARK, PF_ELFSCAN_MARK);
		s->kept = PF_ELFSCAN_MARK;
		return;
	}
	stay = s->kept + n > PF_ELFSCAN_MARK ? PF_ELFSCAN_MARK - n : s->kept;
	memmove(s->tail, s->tail + s->kept - stay, stay);
	memcpy(s->tail + stay, p, n);
	s->kept = stay + n;
}

void
pf_elfscan_add(struct pf_elfscan *s, const void *bytes, size_t n)
{
	const char *p = bytes;
	size_t head = n < PF_ELFSCAN_MARK ? n : PF_ELFSCAN_MARK;

	if (n == 0)
		return;
	/* What lies across the seam, then the piece. */
	memcpy(s->tail + s->kept, p, head);
	look(s, s->tail, s->kept + head);
	if (s->seen < 4 && s->seen + n >= 4)
		s->elf = memcmp(s->tail, "\177ELF", 4) == 0;
	look(s, p, n);
	keep(s, p, n);
	s->seen += n;
}

const char *
pf_elfscan_word(unsigned built)
{
	if ((built & PF_BUILT_ASAN) != 0)
		return "asan";
	if ((built & PF_BUILT_MSAN) != 0)
		return "msan";
	if ((built & PF_BUILT_TSAN) != 0)
		return "tsan";
	return (built & PF_BUILT_LSAN) != 0 ? "lsan" : "";
}

void
pf_elfscan_list(char out[PF_ELFSCAN_LIST], unsigned built)
{
	static const struct {
		unsigned	 built;
		const char	*word;
	} words[] = {
		{ PF_BUILT_ASAN, "asan" }, { PF_BUILT_LSAN, "lsan" },
		{ PF_BUILT_MSAN, "msan" }, { PF_BUILT_TSAN, "tsan" },
		{ PF_BUILT_UBSAN, "ubsan" },
	};
	size_t i, n = 0;

	out[0] = '\0';
	if ((built & PF_BUILT_WHOLE) == 0)
		return;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if ((built & words[i].built) != 0)
			n += (size_t)snprintf(out + n, PF_ELFSCAN_LIST - n,
			    "%s%s", n > 0 ? " " : "", words[i].word);
	if (n == 0)
		snprintf(out, PF_ELFSCAN_LIST, "none");
}
