/*
 * codec/rec: a pack is what it says, or it is refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/tap.h"
#include "codec/rec.h"

/* A frame of one record; rec gets its rid and sha256. */
static void
frame(struct pf_buf *b, struct pf_rec *r, const char *fields)
{
	*r = (struct pf_rec){ .kind = PF_KIND_CRASH, .job = "job-1",
	    .bot = "bot-1", .inc = "inc", .seq = 9, .epoch = 1, .attempt = 2,
	    .time = 1795461515133, .body = "\0\nEND\nx", .len = 7 };
	pf_rec_frame(b, r, fields);
}

static void
whole(void)
{
	struct pf_buf b = PF_BUF_INIT;
	struct pf_rec made, got;
	const char *rec;
	char rid[PF_SHA_TEXT];
	size_t used, n;
	int64_t sig = 0;

	frame(&b, &made, "\"signal\":11");
	frame(&b, &got, "");
	ok(pf_frame_next(b.data, b.len, &used, &rec, &n, rid) == NULL &&
	    used > 0 && used < b.len, "the first of two frames");
	is_str(rid, made.rid, "its rid");
	ok(pf_rec_parse(&got, rec, n, rid) == NULL, "its record");
	is_int(got.kind, PF_KIND_CRASH, "kind");
	is_str(got.job, "job-1", "job");
	is_str(got.bot, "bot-1", "bot");
	is_int(got.seq, 9, "seq");
	is_int(got.attempt, 2, "attempt");
	ok(got.len == 7 && memcmp(got.body, "\0\nEND\nx", 7) == 0,
	    "a body that looks like an end");
	ok(pf_json_int(&sig, got.fields, "signal", 0, 99) == NULL &&
	    sig == 11, "a field of its kind");
	pf_rec_free(&got);
	ok(pf_rec_parse(&got, rec, n, made.sha256) != NULL,
	    "another name: damaged");
	pf_rec_free(&got);
	pf_buf_free(&b);
}

/* Written after its body, a frame is as good. */
static void
blob(void)
{
	static const int64_t len[] = { 0, 3, 700, 99999 };
	char *body = calloc(1, 100000), rid[PF_SHA_TEXT];
	struct pf_rec got;
	const char *rec;
	size_t i, used, n;

	for (i = 0; i < sizeof(len) / sizeof(len[0]); i++) {
		struct pf_buf b = PF_BUF_INIT, all = PF_BUF_INIT;
		char sha[PF_SHA_TEXT];

		pf_sha256(sha, body, (size_t)len[i]);
		pf_rec_blob_header(&b, sha, len[i]);
		is_int((long long)b.len, PF_BLOB_HEADER, "a header");
		pf_buf_add(&b, body, (size_t)len[i]);
		pf_buf_add(&b, PF_REC_END, PF_REC_END_LEN);
		pf_sha256(rid, b.data, b.len);
		pf_rec_blob_line(&all, rid, len[i]);
		is_int((long long)all.len, PF_BLOB_LINE, "a line");
		pf_buf_add(&all, b.data, b.len);
		ok(pf_frame_next(all.data, all.len, &used, &rec, &n, rid) ==
		    NULL && used == all.len && pf_rec_parse(&got, rec, n,
		    rid) == NULL, "make a frame");
		ok(got.kind == PF_KIND_BLOB && got.len == len[i],
		    "of the blob");
		pf_rec_free(&got);
		pf_buf_free(&all);
		pf_buf_free(&b);
	}
	free(body);
}

/* Cut anywhere it is unfinished, never wrong; changed anywhere, refused. */
static void
damaged(void)
{
	struct pf_buf b = PF_BUF_INIT;
	struct pf_rec r;
	const struct pf_err *err;
	const char *rec;
	char rid[PF_SHA_TEXT];
	size_t i, used, n;
	int early = 0, passed = 0;

	frame(&b, &r, "");
	for (i = 0; i < b.len; i++) {
		err = pf_frame_next(b.data, i, &used, &rec, &n, rid);
		if (err != NULL || used != 0)
			early++;
	}
	is_int(early, 0, "a cut frame is waited for");
	for (i = 0; i < b.len; i++) {
		b.data[i] ^= 1;
		err = pf_frame_next(b.data, b.len, &used, &rec, &n, rid);
		if (err == NULL && used == b.len &&
		    pf_rec_parse(&r, rec, n, rid) == NULL)
			passed++;
		if (err == NULL && used == b.len)
			pf_rec_free(&r);
		b.data[i] ^= 1;
	}
	is_int(passed, 0, "no changed byte goes unnoticed");
	pf_buf_free(&b);
}

/* Records whose hash is right and whose content is not. */
static void
refused(void)
{
	static const char *const records[] = {
		"", "{}", "{}\n", "{}\n\nEND\n", "[]\n\nEND\n",
		"not json\n\nEND\n",
		"{\"v\":2,\"kind\":\"crash\",\"job\":\"j\",\"bot\":\"b\","
		    "\"len\":0,\"sha256\":\"%\"}\n\nEND\n",
		"{\"v\":1,\"kind\":\"boom\",\"job\":\"j\",\"bot\":\"b\","
		    "\"len\":0,\"sha256\":\"%\"}\n\nEND\n",
		"{\"v\":1,\"kind\":\"crash\",\"job\":\"../j\",\"bot\":\"b\","
		    "\"len\":0,\"sha256\":\"%\"}\n\nEND\n",
		"{\"v\":1,\"kind\":\"crash\",\"job\":\"j\",\"bot\":\"B\","
		    "\"len\":0,\"sha256\":\"%\"}\n\nEND\n",
		"{\"v\":1,\"kind\":\"crash\",\"job\":\"j\",\"bot\":\"b\","
		    "\"len\":1,\"sha256\":\"%\"}\n\nEND\n",
		"{\"v\":1,\"kind\":\"crash\",\"job\":\"j\",\"bot\":\"b\","
		    "\"len\":-1,\"sha256\":\"%\"}\n\nEND\n",
		"{\"v\":1,\"kind\":\"crash\",\"job\":\"j\",\"bot\":\"b\","
		    "\"sha256\":\"%\"}\n\nEND\n",
		"{\"v\":1,\"kind\":\"crash\",\"job\":\"j\",\"bot\":\"b\","
		    "\"len\":0,\"sha256\":\"abc\"}\n\nEND\n",
		"{\"v\":1,\"kind\":\"crash\",\"job\":\"j\",\"bot\":\"b\","
		    "\"len\":0,\"sha256\":\"%\"}\n\nEND",
		"{\"v\":1,\"kind\":\"crash\",\"job\":\"j\",\"bot\":\"b\","
		    "\"len\":0,\"sha256\":\"%\"}\n\nEND\n\n",
		"{\"v\":1,\"kind\":\"crash\",\"job\":\"j\",\"bot\":\"b\","
		    "\"seq\":-1,\"len\":0,\"sha256\":\"%\"}\n\nEND\n",
	};
	struct pf_buf b = PF_BUF_INIT;
	struct pf_rec r;
	char empty[PF_SHA_TEXT], rid[PF_SHA_TEXT];
	const char *p;
	size_t i;

	pf_sha256(empty, "", 0);
	for (i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		pf_buf_reset(&b);
		for (p = records[i]; *p != '\0'; p++)
			if (*p == '%')
				pf_buf_adds(&b, empty);
			else
				pf_buf_addc(&b, *p);
		pf_sha256(rid, b.data, b.len);
		ok(pf_rec_parse(&r, b.data, b.len, rid) != NULL, records[i]);
		pf_rec_free(&r);
	}
	pf_buf_free(&b);
}

static void
not_frames(void)
{
	static const char *const texts[] = {
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n0123456789012345678901234567"
		    "8901234567890123456789012345678901234567890123456789",
		"ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456"
		    "789 10\n0123456789",
		"0000000000000000000000000000000000000000000000000000000000000"
		    "000 -5\n0123456789",
		"0000000000000000000000000000000000000000000000000000000000000"
		    "000 99999999999999999999\n",
		"0000000000000000000000000000000000000000000000000000000000000"
		    "000 0\n0123456789",
		"0000000000000000000000000000000000000000000000000000000000000"
		    "000\n0123456789012345678901234567890123456789",
	};
	const char *rec;
	char rid[PF_SHA_TEXT];
	size_t i, used, n;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ok(pf_frame_next(texts[i], strlen(texts[i]), &used, &rec, &n,
		    rid) != NULL && used == 0, texts[i]);
}

int
main(void)
{
	whole();
	blob();
	damaged();
	refused();
	not_frames();
	return done_testing();
}
