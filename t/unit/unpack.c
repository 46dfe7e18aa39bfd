/*
 * codec/unpack: a pack in pieces is the same pack, and no more of it is held
 * than a header.
 */
#include <sys/resource.h>

#include <stdlib.h>

#include "../lib/tap.h"
#include "codec/unpack.h"

struct seen {
	int		 headers, ends, right;
	int64_t		 body, bytes;
	char		 last[PF_ERR_MSG];	/* verdict */
	char		 rid[PF_SHA_TEXT];
	enum pf_kind	 kind;
	bool		 fail, refuse;
};

static const struct pf_err *
on_header(const struct pf_err **why, void *arg, const struct pf_rec *r)
{
	struct seen *s = arg;

	s->headers++;
	s->kind = r->kind;
	if (s->refuse)
		*why = pf_err(PF_DATA, "not today");
	return NULL;
}

static const struct pf_err *
on_bytes(void *arg, const void *p, size_t n)
{
	(void)p;
	((struct seen *)arg)->bytes += (int64_t)n;
	return NULL;
}

static const struct pf_err *
on_body(void *arg, const void *p, size_t n)
{
	struct seen *s = arg;

	(void)p;
	s->body += (int64_t)n;
	return s->fail ? pf_err(PF_FULL, "no space") : NULL;
}

static const struct pf_err *
on_end(void *arg, const struct pf_rec *r, const struct pf_err *verdict)
{
	struct seen *s = arg;

	s->ends++;
	s->right += verdict == NULL;
	snprintf(s->last, sizeof(s->last), "%s", verdict != NULL ?
	    verdict->msg : "");
	memcpy(s->rid, r->rid, sizeof(s->rid));
	return NULL;
}

static const struct pf_unpack_calls calls = { on_header, on_bytes, on_body,
    on_end };

/* Feeds all of it in pieces of k bytes; the text of the end, or "". */
static const char *
feed(struct seen *s, const struct pf_buf *b, size_t k)
{
	static char text[PF_ERR_MSG];
	struct pf_unpack *u = pf_unpack_new(&calls, s);
	const struct pf_err *err = NULL;
	size_t at, n;

	for (at = 0; at < b->len && err == NULL; at += n) {
		n = b->len - at < k ? b->len - at : k;
		err = pf_unpack_feed(u, b->data + at, n);
	}
	if (err == NULL)
		err = pf_unpack_end(u);
	else if (pf_unpack_feed(u, "", 0) != err ||
	    pf_unpack_end(u) != err)
		err = pf_err(PF_BUG, "another error the second time");
	snprintf(text, sizeof(text), "%s", err != NULL ? err->msg : "");
	pf_unpack_free(u);
	return text;
}

static void
frame(struct pf_buf *b, enum pf_kind kind, const char *body, int64_t n)
{
	struct pf_rec r = { .kind = kind, .job = "job-1", .bot = "bot-1",
	    .inc = "inc", .seq = 9, .body = body, .len = n };

	pf_rec_frame(b, &r, "\"signal\":11");
}

static void
pieces(void)
{
	struct pf_buf b = PF_BUF_INIT;
	struct seen s;
	size_t k, one;
	int bad = 0;

	frame(&b, PF_KIND_CRASH, "\0\nEND\nx", 7);
	one = b.len;
	frame(&b, PF_KIND_STATUS, "", 0);
	frame(&b, PF_KIND_CORPUS, "corpus", 6);
	for (k = 1; k <= b.len; k++) {
		s = (struct seen){ 0 };
		if (*feed(&s, &b, k) != '\0' || s.headers != 3 ||
		    s.right != 3 || s.body != 13 || s.bytes !=
		    (int64_t)b.len)
			bad++;
	}
	is_int(bad, 0, "pieces of any size make the same three records");
	is_int(s.kind, PF_KIND_CORPUS, "the last of its kind");

	/* Changed anywhere in the first record, the others stand. */
	for (bad = 0, k = 66 + 3; k < one; k++) {
		b.data[k] ^= 1;
		s = (struct seen){ 0 };
		if (*feed(&s, &b, 11) != '\0' || s.right != 2 || s.ends != 3)
			bad++;
		b.data[k] ^= 1;
	}
	is_int(bad, 0, "a damaged record costs nothing but itself");

	/* Cut anywhere but between two records, it is not whole. */
	for (bad = 0, k = b.len; --b.len > 0;) {
		s = (struct seen){ 0 };
		if ((strstr(feed(&s, &b, 13), "truncated") == NULL) !=
		    (s.bytes == (int64_t)b.len && s.right == s.headers &&
		    s.right > 0))
			bad++;
	}
	is_int(bad, 0, "a cut pack is said to be truncated");
	b.len = 0;
	is_str(feed(&s, &b, 1), "the pack is empty", "an empty one");
	pf_buf_free(&b);
}

static void
refusals(void)
{
	struct pf_buf b = PF_BUF_INIT;
	struct seen s = { .refuse = true };

	frame(&b, PF_KIND_CRASH, "body", 4);
	frame(&b, PF_KIND_BLOB, "blob", 4);
	is_str(feed(&s, &b, 5), "", "a caller that wants nothing");
	is_int(s.bytes + s.body, 0, "gets nothing");
	is_str(s.last, "not today", "but his own words");
	s = (struct seen){ .fail = true };
	is_str(feed(&s, &b, 5), "no space", "a call that fails ends it");
	is_int(s.ends, 0, "at once");

	s = (struct seen){ 0 };
	pf_buf_adds(&b, "Dear Sir or Madam, what follows is no frame at all "
	    "and longer than the line of one can ever be, if my reckoning is "
	    "right\n");
	is_str(feed(&s, &b, 7), "not a pack: no frame line",
	    "what is no frame");
	is_int(s.right, 2, "after two that are");
	s = (struct seen){ 0 };
	b.len = 0;
	pf_buf_addf(&b, "%064d 12\nno header!!!", 0);
	is_str(feed(&s, &b, 3), "", "a record without a header");
	is_int(s.ends - s.headers, 1, "is told at its end only");
	ok(strstr(s.last, "record is damaged: its hash is") != NULL,
	    "as damaged");
	is_int(s.rid[0], '0', "with the name it had");
	pf_buf_free(&b);
}

/* A header over its limit is not collected; a long body is not held. */
static void
memory(void)
{
	static char piece[1 << 16];
	struct pf_unpack *u;
	struct seen s = { 0 };
	struct rusage a, z;
	const struct pf_err *err;
	char line[128];
	int64_t i;

	getrusage(RUSAGE_SELF, &a);
	u = pf_unpack_new(&calls, &s);
	snprintf(line, sizeof(line), "%064d %lld\n", 0, 400LL << 20);
	memset(piece, 'x', sizeof(piece));
	err = pf_unpack_feed(u, line, strlen(line));
	for (i = 0; err == NULL && i < (400LL << 20) / (1 << 16); i++)
		err = pf_unpack_feed(u, piece, sizeof(piece));
	ok(err == NULL && pf_unpack_end(u) == NULL && s.ends == 1,
	    "a record of 400 MiB");
	pf_unpack_free(u);
	getrusage(RUSAGE_SELF, &z);
	ok(z.ru_maxrss - a.ru_maxrss < 4096, "takes no memory");
}

int
main(void)
{
	pieces();
	refusals();
	memory();
	return done_testing();
}
