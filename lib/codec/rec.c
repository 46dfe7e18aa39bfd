/*
 * Records and packs; see rec.h and pf-spool(5).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "codec/rec.h"

#define END_MARK	PF_REC_END
#define END_LEN		PF_REC_END_LEN
#define BIG		INT64_C(9007199254740992)	/* 2^53 */

static const char *const kinds[PF_KIND_MAX] = {
	"crash", "corpus", "coverage", "status", "log", "blob", "check",
	"small",
};

const char *
pf_kind_name(enum pf_kind kind)
{
	return kinds[kind];
}

enum pf_kind
pf_kind_find(const char *name)
{
	int i;

	for (i = 0; i < PF_KIND_MAX; i++)
		if (strcmp(kinds[i], name) == 0)
			break;
	return (enum pf_kind)i;
}

void
pf_rec_head(struct pf_buf *b, const struct pf_rec *r, const char *fields)
{
	pf_jw_open(b, NULL, '{');
	pf_jw_int(b, "v", 1);
	pf_jw_str(b, "kind", kinds[r->kind]);
	if (r->kind != PF_KIND_BLOB || r->job[0] != '\0')
		pf_jw_str(b, "job", r->job);
	if (r->kind != PF_KIND_BLOB || r->bot[0] != '\0')
		pf_jw_str(b, "bot", r->bot);
	pf_jw_str(b, "inc", r->inc);
	pf_jw_int(b, "seq", r->seq);
	pf_jw_int(b, "epoch", r->epoch);
	pf_jw_int(b, "attempt", r->attempt);
	pf_jw_int(b, "time", r->time);
	pf_jw_int(b, "len", r->len);
	pf_jw_str(b, "sha256", r->sha256);
	if (*fields != '\0') {
		pf_buf_addc(b, ',');
		pf_buf_adds(b, fields);
	}
	pf_jw_close(b, '}');
	pf_buf_addc(b, '\n');
}

void
pf_rec_frame(struct pf_buf *out, struct pf_rec *r, const char *fields)
{
	struct pf_buf b = PF_BUF_INIT;

	pf_sha256(r->sha256, r->len != 0 ? r->body : "", (size_t)r->len);
	pf_rec_head(&b, r, fields);
	pf_buf_add(&b, r->body, (size_t)r->len);
	pf_buf_add(&b, END_MARK, END_LEN);
	pf_sha256(r->rid, b.data, b.len);
	pf_buf_addf(out, "%s %zu\n", r->rid, b.len);
	pf_buf_add(out, b.data, b.len);
	pf_buf_free(&b);
}

/* Blanks and zeros make what they need of room independent of len. */
void
pf_rec_blob_header(struct pf_buf *out, const char *sha256, int64_t len)
{
	pf_buf_addf(out, "{\"v\":1,\"kind\":\"blob\","
	    "\"len\":%19" PRId64 ",\"sha256\":\"%.64s\"}\n", len, sha256);
}

void
pf_rec_blob_line(struct pf_buf *out, const char *rid, int64_t len)
{
	pf_buf_addf(out, "%.64s %019" PRId64 "\n", rid,
	    PF_BLOB_HEADER + len + END_LEN);
}

const struct pf_err *
pf_frame_line(char rid[PF_SHA_TEXT], int64_t *len, const char *p, size_t n)
{
	char head[PF_FRAME_HEAD_MAX + 1];

	if (n < PF_SHA_HEX + 2 || n >= PF_FRAME_HEAD_MAX)
		return pf_err(PF_DATA, "not a pack: no frame line");
	memcpy(head, p, n);
	head[n] = '\0';
	if (head[PF_SHA_HEX] != ' ')
		return pf_err(PF_DATA, "not a pack: no frame line");
	head[PF_SHA_HEX] = '\0';
	if (!pf_sha_ok(head))
		return pf_err(PF_DATA, "not a pack: \"%.64s\" is not a rid",
		    head);
	if (!pf_num(len, head + PF_SHA_HEX + 1, END_LEN + 3,
	    PF_REC_HEADER_MAX + PF_BLOB_MAX))
		return pf_err(PF_DATA, "frame %.16s: bad length", head);
	memcpy(rid, head, PF_SHA_TEXT);
	return NULL;
}

const struct pf_err *
pf_frame_next(const char *p, size_t n, size_t *used, const char **rec,
    size_t *reclen, char rid[PF_SHA_TEXT])
{
	const struct pf_err *err;
	const char *nl = memchr(p, '\n', n < PF_FRAME_HEAD_MAX ? n :
	    PF_FRAME_HEAD_MAX);
	int64_t len;

	*used = 0;
	if (nl == NULL)
		return n < PF_FRAME_HEAD_MAX ? NULL :
		    pf_err(PF_DATA, "not a pack: no frame line");
	if ((err = pf_frame_line(rid, &len, p, (size_t)(nl - p))) != NULL)
		return err;
	if (len > (int64_t)n - (nl + 1 - p))
		return NULL;
	*rec = nl + 1;
	*reclen = (size_t)len;
	*used = (size_t)(nl + 1 - p) + (size_t)len;
	return NULL;
}

/* A checked id field; an empty one only where that is allowed. */
static const struct pf_err *
get_id(char out[PF_ID_MAX + 1], const struct pf_json *j, const char *key,
    bool empty)
{
	const struct pf_err *err;
	const char *s = "";

	if ((err = pf_json_str(&s, j, key)) != NULL)
		return err;
	if (!(empty && *s == '\0') && !pf_id_ok(s))
		return pf_err_field(PF_DATA, key, "%s: \"%.64s\" is not an id",
		    key, s);
	snprintf(out, PF_ID_MAX + 1, "%s", s);
	return NULL;
}

static const struct pf_err *
get_fields(struct pf_rec *r)
{
	const struct pf_json *j = r->fields;
	const struct pf_err *err;
	const char *kind = "", *sha = "";
	int64_t v = 0;
	bool blob;

	r->len = -1;
	if ((err = pf_json_int(&v, j, "v", 1, 1)) != NULL ||
	    (err = pf_json_need(&kind, j, "kind")) != NULL)
		return err;
	blob = strcmp(kind, kinds[PF_KIND_BLOB]) == 0;
	if ((err = get_id(r->job, j, "job", blob)) != NULL ||
	    (err = get_id(r->bot, j, "bot", blob)) != NULL ||
	    (err = get_id(r->inc, j, "inc", true)) != NULL ||
	    (err = pf_json_int(&r->seq, j, "seq", 0, BIG)) != NULL ||
	    (err = pf_json_int(&r->epoch, j, "epoch", 0, BIG)) != NULL ||
	    (err = pf_json_int(&r->attempt, j, "attempt", 0, BIG)) != NULL ||
	    (err = pf_json_int(&r->time, j, "time", 0, BIG)) != NULL ||
	    (err = pf_json_int(&r->len, j, "len", 0, blob ? PF_BLOB_MAX :
	    PF_REC_BODY_MAX)) != NULL ||
	    (err = pf_json_need(&sha, j, "sha256")) != NULL)
		return err;
	if (v != 1)
		return pf_err_field(PF_DATA, "v", "record without v:1");
	if (pf_kind_find(kind) == PF_KIND_MAX)
		return pf_err_field(PF_DATA, "kind",
		    "kind \"%.32s\" is unknown", kind);
	if (!pf_sha_ok(sha))
		return pf_err_field(PF_DATA, "sha256", "sha256 is not a hash");
	if (r->len < 0)
		return pf_err_field(PF_DATA, "len", "len is missing");
	memcpy(r->sha256, sha, PF_SHA_TEXT);
	r->kind = pf_kind_find(kind);
	return NULL;
}

const struct pf_err *
pf_rec_header(struct pf_rec *r, const char *line, size_t n)
{
	const struct pf_err *err;

	*r = (struct pf_rec){ .kind = PF_KIND_MAX };
	if ((err = pf_json_parse(&r->fields, line, n)) != NULL)
		return pf_err_at(err, "record header");
	if (!pf_json_is_object(r->fields))
		return pf_err(PF_DATA, "record header is not an object");
	return get_fields(r);
}

const struct pf_err *
pf_rec_parse(struct pf_rec *r, const char *rec, size_t n, const char *rid)
{
	const struct pf_err *err;
	char sum[PF_SHA_TEXT];
	const char *nl;

	*r = (struct pf_rec){ .kind = PF_KIND_MAX };
	pf_sha256(sum, rec, n);
	if (strcmp(sum, rid) != 0)
		return pf_err(PF_DATA, "record is damaged: its hash is %.16s, "
		    "its name %.16s", sum, rid);
	nl = memchr(rec, '\n', n < PF_REC_HEADER_MAX ? n : PF_REC_HEADER_MAX);
	if (nl == NULL)
		return pf_err(PF_DATA, "record without a header line");
	err = pf_rec_header(r, rec, (size_t)(nl - rec));
	memcpy(r->rid, sum, sizeof(sum));
	if (err != NULL)
		return err;
	r->body = nl + 1;
	if (r->body - rec + r->len + END_LEN != (int64_t)n ||
	    memcmp(r->body + r->len, END_MARK, END_LEN) != 0)
		return pf_err_field(PF_DATA, "len",
		    "record is damaged: its body is not len bytes");
	pf_sha256(sum, r->body, (size_t)r->len);
	if (strcmp(sum, r->sha256) != 0)
		return pf_err_field(PF_DATA, "sha256",
		    "record is damaged: sha256 is not that of the body");
	return NULL;
}

void
pf_rec_free(struct pf_rec *r)
{
	pf_json_free(r->fields);
	r->fields = NULL;
}
