/*
 * Making inputs smaller: what it finds, that it ends, and that it never
 * believes what it was not told.
 */
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "codec/ddmin.h"
#include "t/lib/tap.h"

static int64_t calls;
static bool went_empty, grew;
static size_t last;

/* It has an A, somewhere behind it a B, and somewhere a pair of CC. */
static bool
needs(void *arg, const char *p, size_t n)
{
	const char *a = memchr(p, 'A', n);
	size_t i;
	bool pair = false;

	(void)arg;
	calls++;
	went_empty = went_empty || n == 0;
	for (i = 1; i < n; i++)
		pair = pair || (p[i - 1] == 'C' && p[i] == 'C');
	return pair && a != NULL && memchr(a, 'B', n - (size_t)(a - p)) !=
	    NULL;
}

static bool
always(void *arg, const char *p, size_t n)
{
	(void)arg;
	(void)p;
	went_empty = went_empty || n == 0;
	return true;
}

static bool
never(void *arg, const char *p, size_t n)
{
	(void)arg;
	(void)p;
	(void)n;
	calls++;
	return false;
}

/* Two that must go together, which no single byte can. */
static bool
even(void *arg, const char *p, size_t n)
{
	(void)arg;
	(void)p;
	return n % 2 == 0;
}

/* A liar, by chance of what it was asked before. */
static bool
liar(void *arg, const char *p, size_t n)
{
	uint32_t *x = arg;

	(void)p;
	grew = grew || n > last;
	*x = *x * 1103515245u + 12345u;
	if ((*x >> 16) % 3 != 0)
		return false;
	last = n;
	return true;
}

static void
fill(struct pf_buf *b, size_t n)
{
	pf_buf_reset(b);
	while (b->len < n)
		pf_buf_addc(b, '.');
}

static void
finds(void)
{
	struct pf_buf b = PF_BUF_INIT;
	size_t n;

	fill(&b, 10000);
	b.data[17] = 'A';
	b.data[9001] = 'B';
	b.data[4000] = b.data[4001] = 'C';
	calls = 0;
	(void)pf_ddmin(&b, 100000, needs, NULL);
	ok(b.len == 4 && strcmp(b.data, "ACCB") == 0,
	    "of ten thousand bytes the four that count are left");
	ok(calls < 400, "by a few hundred runs");
	ok(!went_empty, "and none of nothing");
	for (n = 5; n < 70; n++) {
		fill(&b, n);
		b.data[0] = 'A';
		b.data[1] = b.data[2] = 'C';
		b.data[n - 1] = 'B';
		(void)pf_ddmin(&b, 100000, needs, NULL);
		if (b.len != 4 || strcmp(b.data, "ACCB") != 0)
			break;
	}
	is_int((int)n, 70, "of any length, at both ends");
	pf_buf_free(&b);
}

static void
ends(void)
{
	struct pf_buf b = PF_BUF_INIT;
	uint32_t x = 7;

	fill(&b, 1000);
	(void)pf_ddmin(&b, 100000, always, NULL);
	is_int((int)b.len, 1, "what always crashes leaves one byte");
	ok(!went_empty, "never none");
	fill(&b, 1000);
	calls = 0;
	(void)pf_ddmin(&b, 100000, never, NULL);
	is_int((int)b.len, 1000, "what never does again stays as it was");
	ok(calls < 3000, "and is given up");
	calls = 0;
	is_int((int)pf_ddmin(&b, 7, never, NULL), 7, "the limit is kept");
	is_int((int)calls, 7, "to the run");
	is_int((int)pf_ddmin(&b, 0, never, NULL), 0, "also none");
	is_int((int)b.len, 1000, "which changes nothing");
	fill(&b, 1000);
	(void)pf_ddmin(&b, 100000, even, NULL);
	is_int((int)(b.len % 2), 0, "the result is always one that was told");
	fill(&b, 1000);
	last = 1000;
	ok(pf_ddmin(&b, 100000, liar, &x) < 100000, "a liar comes to an end");
	ok(!grew, "and is never asked of more than before");
	pf_buf_free(&b);
}

static void
edges(void)
{
	struct pf_buf b = PF_BUF_INIT;
	struct pf_ddmin d;
	const char *p, *q;
	size_t n, m;

	is_int((int)pf_ddmin(&b, 10, always, NULL), 0, "nothing stays nothing");
	pf_buf_addc(&b, 'x');
	is_int((int)pf_ddmin(&b, 10, always, NULL), 0, "one byte is all");
	pf_ddmin_begin(&d, "abcd", 4);
	pf_ddmin_tell(&d, true);
	is_int((int)d.best.len, 4, "what was not asked cannot be told");
	ok(pf_ddmin_next(&d, &p, &n) && pf_ddmin_next(&d, &q, &m) &&
	    p == q && n == m, "until it is told it is the same");
	pf_ddmin_tell(&d, true);
	is_str(d.best.data, "cd", "the first half was left out");
	pf_ddmin_tell(&d, true);
	is_str(d.best.data, "cd", "once");
	pf_ddmin_free(&d);
	pf_buf_free(&b);
}

int
main(void)
{
	finds();
	ends();
	edges();
	return done_testing();
}
