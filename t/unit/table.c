/*
 * codec/table, codec/aflstat, codec/op and codec/hash.
 */
#include <stdio.h>
#include <string.h>

#include "../lib/tap.h"
#include "codec/aflstat.h"
#include "codec/hash.h"
#include "codec/op.h"
#include "codec/table.h"

static const struct pf_column columns[] = {
	{ "name", PF_CELL_TEXT }, { "n", PF_CELL_INT }, { "r", PF_CELL_REAL },
	{ "at", PF_CELL_TIME }, { "on", PF_CELL_BOOL }, { "j", PF_CELL_JSON },
};

static void
fill(struct pf_buf *b, enum pf_format format, bool header)
{
	struct pf_table t;

	pf_table_begin(&t, b, format, columns, 6);
	if (header)
		pf_table_header(&t);
	pf_table_text(&t, "a\tb\n\\\x1b[31m");
	pf_table_int(&t, -7);
	pf_table_real(&t, 12.34);
	pf_table_int(&t, 1795461515133);
	pf_table_int(&t, 1);
	pf_table_text(&t, "[1]");
	pf_table_text(&t, "\xc3\xa9");
	pf_table_null(&t);
	pf_table_null(&t);
	pf_table_null(&t);
	pf_table_int(&t, 0);
	pf_table_null(&t);
	pf_table_end(&t);
}

static void
tables(void)
{
	struct pf_buf b = PF_BUF_INIT;

	fill(&b, PF_FORMAT_TSV, true);
	is_str(b.data, "name\tn\tr\tat\ton\tj\n"
	    "a\\tb\\n\\\\\\x1b[31m\t-7\t12.3\t2026-11-23T19:18:35.133Z\tyes\t"
	    "[1]\n\xc3\xa9\t-\t-\t-\tno\t-\n", "for pipes");
	pf_buf_reset(&b);
	fill(&b, PF_FORMAT_JSON, true);
	is_str(b.data, "{\"name\":\"a\\tb\\n\\\\\\u001b[31m\",\"n\":-7,"
	    "\"r\":12.34,\"at\":\"2026-11-23T19:18:35.133Z\",\"on\":true,"
	    "\"j\":[1]}\n{\"name\":\"\xc3\xa9\",\"n\":null,\"r\":null,"
	    "\"at\":null,\"on\":false,\"j\":null}\n", "for programs");
	pf_buf_reset(&b);
	fill(&b, PF_FORMAT_ALIGNED, false);
	is_str(b.data,
	    "name               n     r  at                   on   j\n"
	    "a\\tb\\n\\\\\\x1b[31m  -7  12.3  2026-11-23 19:18:35  yes  [1]\n"
	    "\xc3\xa9                  -     -  -                    no   -\n",
	    "for people");
	pf_buf_free(&b);
}

static void
aflstat(void)
{
	static const char text[] = "start_time        : 1795461515\n"
	    "run_time          : 60\nexecs_done        : 214161\n"
	    "execs_per_sec     : 11883.31\ncorpus_count      : -3\n"
	    "saved_crashes     : 99999999999999999999\n"
	    "stability         : 98.50%\nedges_found       : 9x\n"
	    "no colon here\n: 5\nexecs_done_x : 7\npeak_rss_mb : 3";
	struct pf_aflstat s;

	pf_aflstat_parse(&s, text, strlen(text));
	is_int(s.start_time, 1795461515, "a number");
	is_int(s.execs_done, 214161, "another, not of a longer name");
	ok(s.execs_per_sec > 11883 && s.execs_per_sec < 11884, "a fraction");
	ok(s.stability > 98.4 && s.stability < 98.6, "a percentage");
	is_int(s.corpus_count, -1, "a negative one is none");
	is_int(s.saved_crashes, -1, "nor is a huge one");
	is_int(s.edges_found, -1, "nor one with letters");
	is_int(s.total_edges, -1, "nor what is not there");
	is_int(s.peak_rss_mb, 3, "a last line without its end");
	pf_aflstat_parse(&s, "", 0);
	is_int(s.execs_done, -1, "nothing of nothing");
}

/* plot_data with these lines after its first one. */
static void
plot(struct pf_aflstat *s, const char *lines)
{
	static const char head[] = "# relative_time, cycles_done, cur_item, "
	    "map_size, execs_per_sec, total_execs, edges_found\n";
	char text[512];
	int n = snprintf(text, sizeof(text), "%s%s", head, lines);

	pf_aflplot_parse(s, text, (size_t)n, text, (size_t)n);
}

static void
aflplot(void)
{
	struct pf_aflstat s;

	plot(&s, "60, 1, 0, 75.00%, 100.25, 6000, 8\n"
	    "65, 2, 1, 75.00%, 1938.27, 41790, 9\n70, 3, 1, 75.");
	is_int(s.execs_done, 41790, "the last whole line");
	is_int(s.run_time, 65, "by the names of the first one");
	is_int(s.edges_found, 9, "its last column");
	is_int(s.cycles_done, 2, "its second");
	ok(s.execs_per_sec > 1938.2 && s.execs_per_sec < 1938.3, "a fraction");
	is_int(s.pending_total, -1, "what has no column is not known");
	plot(&s, "");
	is_int(s.execs_done, -1, "nothing of a first line alone");
	plot(&s, "5, 6\n");
	is_int(s.execs_done, -1, "nor of a short one");
	is_int(s.cycles_done, 6, "but for what it has");
	plot(&s, "x, -1, , %, 1e999, 99999999999999999999, \n");
	is_int(s.execs_done, -1, "nor of what is no number");
	is_int(s.edges_found, -1, "nor of nothing");
	pf_aflplot_parse(&s, "# a", 3, "1\n", 2);
	is_int(s.execs_done, -1, "nor of half a first line");
	pf_aflplot_parse(&s, "", 0, "", 0);
	is_int(s.execs_done, -1, "nor of nothing at all");
}

static void
aflnames(void)
{
	static const char *const bad[] = { "", "id:", "id:x", "README.txt",
	    "ID:000000", "xid:000000", ".state", "id:-1" };
	struct pf_aflname n;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(!pf_aflname_parse(&n, bad[i]), bad[i]);
	ok(pf_aflname_parse(&n, "id:000012,sig:06,src:000001+000002,time:25,"
	    "execs:16,op:splice,rep:2"), "a crash");
	is_int(n.id, 12, "id");
	is_int(n.sig, 6, "signal");
	is_int(n.time, 25, "time");
	is_int(n.execs, 16, "executions");
	ok(!n.imported && !n.seed, "its own find");
	is_int(n.src, 1, "the first of what it was made of");
	is_str(n.op, "splice", "how");
	ok(pf_aflname_parse(&n, "id:000000,time:0,execs:0,orig:seed") &&
	    n.seed, "a seed");
	ok(pf_aflname_parse(&n, "id:000003,sync:other,src:000001") &&
	    n.imported && n.sig == -1, "an import");
	is_str(n.op, "", "of which it is not told how");
}

static void
replies(void)
{
	static const char *const bad[] = { "[]", "{}", "{\"ok\":1}",
	    "{\"ok\":\"true\"}", "{\"seq\":1}" };
	const struct pf_err *err;
	struct pf_json *j, *req;
	struct pf_buf b = PF_BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)pf_json_parse(&j, bad[i], strlen(bad[i]));
		err = pf_op_reply_err(j);
		ok(err != NULL && err->class == PF_BUG, bad[i]);
		pf_json_free(j);
	}
	(void)pf_json_parse(&req, "{\"seq\":\"17\"}", 12);
	pf_op_refuse(&b, req, pf_err_field(PF_STALE, "attempt", "too \"old\""));
	is_str(b.data, "{\"seq\":17,\"ok\":false,\"class\":\"stale\","
	    "\"field\":\"attempt\",\"error\":\"too \\\"old\\\"\"}\n",
	    "a refusal");
	(void)pf_json_parse(&j, b.data, b.len);
	err = pf_op_reply_err(j);
	ok(err != NULL && err->class == PF_STALE, "and back");
	is_str(err != NULL ? err->field : "", "attempt", "its field");
	pf_json_free(j);
	pf_json_free(req);
	pf_buf_reset(&b);
	pf_op_begin(&b, NULL, true);
	pf_op_end(&b);
	is_str(b.data, "{\"ok\":true}\n", "a reply without seq");
	pf_buf_free(&b);
}

/* The vectors of FIPS 180-4. */
static void
hashes(void)
{
	char sum[PF_SHA_TEXT];
	struct pf_hash *h = pf_hash_begin();

	pf_sha256(sum, "", 0);
	is_str(sum, "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855", "of nothing");
	pf_sha256(sum, "abc", 3);
	is_str(sum, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad", "of abc");
	pf_hash_add(h, "a", 1);
	pf_hash_add(h, "", 0);
	pf_hash_add(h, "bc", 2);
	pf_hash_end(h, sum);
	is_str(sum, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad", "in pieces");
	pf_hash_abort(pf_hash_begin());
}

int
main(void)
{
	tables();
	aflstat();
	aflplot();
	aflnames();
	replies();
	hashes();
	return done_testing();
}
