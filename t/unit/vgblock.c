/*
 * Valgrind's text taken apart.
 */
#include "codec/trace.h"
#include "codec/vgblock.h"
#include "t/lib/tap.h"

static const char text[] =
	"==12== Memcheck, a memory error detector\n"
	"==12== Command: ./a\n"
	"==12== \n"
	"==12== Invalid read of size 4\n"
	"==12==    at 0x1091A9: parse (a.c:30)\n"
	"hello from the program\n"
	"==12==    by 0x1091F0: main (a.c:9)\n"
	"==12==  Address 0x4a44060 is 0 bytes after a block of size 32 "
	"alloc'd\n"
	"==12==    at 0x48407B4: malloc (vg_replace_malloc.c:381)\n"
	"==12==    by 0x1091F0: make (a.c:5)\n"
	"==12== \n"
	"== 12 no mark\n"
	"==12== 10 bytes in 1 blocks are definitely lost in loss record 1 of "
	"2\n"
	"==12==    at 0x48407B4: malloc (vg_replace_malloc.c:381)\n"
	"==12==    by 0x1091F0: first (a.c:5)\n"
	"==12== \n"
	"==12== \n"
	"==12== 7 bytes in 1 blocks are definitely lost in loss record 2 of 2\n"
	"==12==    at 0x48407B4: malloc (vg_replace_malloc.c:381)\n"
	"==12==    by 0x1091F0: second (a.c:15)\n"
	"==12== \n"
	"==12== LEAK SUMMARY:\n"
	"==12==    definitely lost: 17 bytes in 2 blocks";

/* The stacks of all errors in the first len bytes, one after the other. */
static const char *
stacks(size_t len)
{
	static char out[1024];
	struct pf_trace t;
	const char *p;
	size_t n, at = 0, k;

	out[0] = '\0';
	while (pf_vgblock_next(&p, &n, text, len, &at)) {
		pf_trace_parse(&t, p, n);
		k = strlen(out);
		if (t.tool[0] != '\0')
			snprintf(out + k, sizeof(out) - k, "%s(%s);", t.type,
			    t.stack);
	}
	return out;
}

int
main(void)
{
	const char *p;
	size_t n, at = 0, i, sum = 0;
	bool inside = true;

	is_str(stacks(sizeof(text) - 1),
	    "heap-buffer-overflow(parse);memory-leak(first);"
	    "memory-leak(second);", "each error and each leak by itself");
	is_str(stacks(0), "", "none of nothing");
	is_str(stacks(60), "", "the greeting is none");
	for (i = 0; i < sizeof(text); i++) {
		at = 0;
		while (pf_vgblock_next(&p, &n, text, i, &at)) {
			inside = inside && n > 0 && p >= text &&
			    p + n <= text + i && at <= i;
			sum += n;
		}
	}
	ok(inside, "wherever it is cut blocks lie in it");
	ok(sum > 0, "and there are some");
	at = 0;
	ok(!pf_vgblock_next(&p, &n, "==x== a\n====\n=\n", 15, &at),
	    "what has no number is no mark");
	is_int((int)at, 15, "and passed over");
	at = 0;
	ok(pf_vgblock_next(&p, &n, "==1== a", 7, &at) && n == 7,
	    "a last line needs no end");
	return done_testing();
}
