/*
 * base/buf: never NULL, always NUL-ended, any bytes; what cannot be given
 * ends the process.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../lib/tap.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

static void
test_replaced(void)
{
	static const struct {
		const char	*text, *want;
	} rows[] = {
		{ "", "" }, { "@", "@" }, { "@@", "in" }, { "-f=@@", "-f=in" },
		{ "@@@", "in@" }, { "@@@@x", "ininx" }, { "none", "none" },
	};
	struct pf_buf b = PF_BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pf_buf_reset(&b);
		pf_buf_replaced(&b, rows[i].text, "@@", "in");
		is_str(b.data, rows[i].want, rows[i].text);
	}
	pf_buf_free(&b);
}

static void
test_empty(void)
{
	struct pf_buf b = PF_BUF_INIT;
	char *p;

	is_str(b.data, "", "a new one is an empty string");
	pf_buf_add(&b, NULL, 0);
	pf_buf_adds(&b, "");
	pf_buf_addf(&b, "%s", "");
	is_int(b.len, 0, "nothing added is nothing");
	is_str(b.data, "", "and still a string");
	pf_buf_eat(&b, 0);
	pf_buf_reset(&b);
	pf_buf_free(&b);
	pf_buf_free(&b);
	is_str(b.data, "", "freed twice it is a new one");
	is_str(pf_buf_empty, "", "the shared empty one is untouched");
	p = pf_buf_detach(&b);
	is_str(p, "", "even nothing can be detached");
	ok(p != pf_buf_empty, "and is the caller's");
	free(p);
}

static void
test_add(void)
{
	static const char bytes[] = { 'a', '\0', 'b' };
	struct pf_buf b = PF_BUF_INIT;
	char big[5000], *p;
	int i;

	pf_buf_adds(&b, "one");
	pf_buf_addc(&b, ' ');
	pf_buf_addf(&b, "%s %d", "two", 3);
	is_str(b.data, "one two 3", "text is put together");
	pf_buf_reset(&b);
	is_str(b.data, "", "empty again");
	ok(b.cap > 0, "with its memory");
	pf_buf_add(&b, bytes, sizeof(bytes));
	is_int(b.len, 3, "NULs count");
	ok(memcmp(b.data, "a\0b", 4) == 0, "and one ends it");
	pf_buf_addc(&b, '\0');
	is_int(b.len, 4, "a NUL alone");

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	pf_buf_reset(&b);
	pf_buf_addf(&b, "%s%s", big, big);
	is_int(b.len, 2 * sizeof(big) - 2, "a format longer than the room");
	is_int(strlen(b.data), b.len, "as a string too");
	pf_buf_free(&b);

	for (i = 0; i < 300; i++) {
		pf_buf_addc(&b, (char)('a' + i % 26));
		if (strlen(b.data) != (size_t)i + 1)
			break;
	}
	is_int(i, 300, "NUL-ended at every length");
	pf_buf_free(&b);

	/* The edge of the first allocation and its neighbours. */
	for (i = 62; i <= 66; i++) {
		pf_buf_add(&b, big, (size_t)i);
		ok(b.cap > b.len && b.data[b.len] == '\0', "room for the NUL");
		pf_buf_free(&b);
	}

	p = pf_buf_room(&b, 10);
	memcpy(p, "0123456789", 10);
	is_int(b.len, 0, "room is not length");
	pf_buf_grew(&b, 4);
	is_str(b.data, "0123", "what came is");
	p = pf_buf_detach(&b);
	is_str(p, "0123", "detached");
	is_int(b.len + b.cap, 0, "and gone from the buffer");
	free(p);
}

static void
test_eat(void)
{
	struct pf_buf b = PF_BUF_INIT;

	pf_buf_adds(&b, "0123456789");
	pf_buf_eat(&b, 0);
	is_str(b.data, "0123456789", "nothing eaten");
	pf_buf_eat(&b, 3);
	is_str(b.data, "3456789", "the front is gone");
	pf_buf_eat(&b, 7);
	is_str(b.data, "", "all of it");
	is_int(b.len, 0, "and its length");
	pf_buf_adds(&b, "x");
	is_str(b.data, "x", "it can be filled again");
	pf_buf_free(&b);
}

static void
too_much(void)
{
	struct pf_buf b = PF_BUF_INIT;

	pf_buf_adds(&b, "x");
	pf_buf_room(&b, SIZE_MAX / 2);
}

static void
far_too_much(void)
{
	struct pf_buf b = PF_BUF_INIT;

	pf_buf_room(&b, SIZE_MAX);
}

static void
eat_too_much(void)
{
	struct pf_buf b = PF_BUF_INIT;

	pf_buf_adds(&b, "abc");
	pf_buf_eat(&b, 4);
}

/* The product would wrap round to a small number. */
static void
wrapped(void)
{
	volatile size_t n = SIZE_MAX / 4 + 2;

	free(pf_reallocarray(NULL, n, 4));
}

/* The sanitizer's allocator ends the process its own way. */
#ifndef __SANITIZE_ADDRESS__
static void
not_to_be_had(void)
{
	volatile size_t n = SIZE_MAX / 2 - 64;

	free(pf_malloc(n));
}

static void
not_to_be_had_zeroed(void)
{
	volatile size_t n = SIZE_MAX / 2;

	free(pf_calloc(n, 3));
}

#endif

static void
test_ends(void)
{
	char said[256];

	is_int(tap_dies(said, sizeof(said), too_much), 70, "half of memory");
	ok(strstr(said, "t: bug: buffer of") != NULL, "is a bug");
	is_int(tap_dies(said, sizeof(said), far_too_much), 70, "all of it");
	is_int(tap_dies(said, sizeof(said), eat_too_much), 70,
	    "more eaten than there is");
	is_int(tap_dies(said, sizeof(said), wrapped), 75, "a wrapped product");
	is_str(said, "t: out of memory\n", "is out of memory");
#ifndef __SANITIZE_ADDRESS__
	is_int(tap_dies(said, sizeof(said), not_to_be_had), 75, "no memory");
	is_str(said, "t: out of memory\n", "is said");
	is_int(tap_dies(said, sizeof(said), not_to_be_had_zeroed), 75,
	    "no zeroed memory");
#endif
}

static void
test_mem(void)
{
	char *p = pf_malloc(0), *q = pf_calloc(0, 0);

	ok(p != NULL && q != NULL, "nothing is something to free");
	p = pf_reallocarray(p, 0, 8);
	ok(p != NULL, "made smaller to nothing too");
	free(p);
	free(q);
	p = pf_strndup("abc", 2);
	is_str(p, "ab", "the front of a string");
	free(p);
	p = pf_strndup("abc", 9);
	is_str(p, "abc", "no more than there is");
	free(p);
	p = pf_asprintf("%s-%d", "a", 1);
	is_str(p, "a-1", "formatted");
	free(p);
}

int
main(void)
{
	pf_prog = "t";
	test_empty();
	test_replaced();
	test_add();
	test_eat();
	test_ends();
	test_mem();
	return done_testing();
}
