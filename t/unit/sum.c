/*
 * codec/sum: lines with a sum: as written, and with each bit of them changed.
 */
#include "../lib/tap.h"
#include "codec/json.h"
#include "codec/sum.h"

int
main(void)
{
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *j = NULL;
	size_t i, n, text, bad = 0;
	int bit;

	pf_buf_adds(&b, "before\n");
	pf_buf_adds(&b, "{\"kind\":\"crash\",\"type\":\"segfault\"");
	text = b.len - 7;
	pf_sum_end(&b, 7);
	pf_buf_eat(&b, 7);
	n = b.len - 1;
	ok(b.data[n] == '\n', "the line has its end");
	ok(pf_json_parse(&j, b.data, n) == NULL && pf_json_get(j, "sum") !=
	    NULL, "and is JSON");
	pf_json_free(j);
	ok(pf_sum_ok(b.data, n), "it is as it was written");
	for (i = 0; i < n; i++)
		for (bit = 0; bit < 8; bit++) {
			b.data[i] = (char)(b.data[i] ^ 1 << bit);
			/* Of the mark itself and the end JSON may tell. */
			bad += pf_sum_ok(b.data, n) && (i < text ||
			    (i >= n - 18 && i < n - 2));
			b.data[i] = (char)(b.data[i] ^ 1 << bit);
		}
	ok(bad == 0, "no bit of it can be another");
	for (i = bad = 0; i < n; i++)
		bad += i > 26 && !pf_sum_ok(b.data, i);
	ok(bad == 0, "what is cut has no sum");
	ok(pf_sum_ok("", 0), "nor has nothing");
	ok(pf_sum_ok("{\"kind\":\"crash\"}", 16), "nor a line of old");
	ok(!pf_sum_ok(",\"sum\":\"0123456789abcdef\"}", 26),
	    "a sum of nothing");
	pf_buf_free(&b);
	return done_testing();
}
