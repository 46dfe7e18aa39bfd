/*
 * A pack taken apart while it arrives; see unpack.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/unpack.h"

enum state { S_LINE, S_HEADER, S_BODY, S_MARK, S_SKIP };

struct pf_unpack {
	const struct pf_unpack_calls *calls;
	void		*arg;
	enum state	 state;
	int64_t		 at;		/* bytes fed so far */
	int64_t		 start;		/* of the frame at hand */
	char		 line[PF_FRAME_HEAD_MAX];
	size_t		 linelen;
	struct pf_buf	 head;		/* the header while it arrives */
	struct pf_rec	 rec;
	char		 rid[PF_SHA_TEXT];
	int64_t		 left;		/* bytes of the record to come */
	int64_t		 body;		/* of its body */
	struct pf_hash	*sum;		/* of the record */
	struct pf_hash	*bodysum;
	char		 mark[PF_REC_END_LEN];
	bool		 damaged;	/* why says so */
	bool		 refused;	/* by the caller; or why says so */
	struct pf_err	 why;
	bool		 dead;
	struct pf_err	 fatal;
};

struct pf_unpack *
pf_unpack_new(const struct pf_unpack_calls *calls, void *arg)
{
	static const struct pf_buf empty = PF_BUF_INIT;
	struct pf_unpack *u = pf_calloc(1, sizeof(*u));

	u->calls = calls;
	u->arg = arg;
	u->head = empty;
	return u;
}

/* Forgets the record at hand. */
static void
drop(struct pf_unpack *u)
{
	if (u->sum != NULL)
		pf_hash_abort(u->sum);
	if (u->bodysum != NULL)
		pf_hash_abort(u->bodysum);
	u->sum = u->bodysum = NULL;
	pf_rec_free(&u->rec);
	pf_buf_free(&u->head);
	u->damaged = u->refused = false;
	u->linelen = 0;
	u->state = S_LINE;
}

void
pf_unpack_free(struct pf_unpack *u)
{
	if (u == NULL)
		return;
	drop(u);
	free(u);
}

int64_t
pf_unpack_start(const struct pf_unpack *u)
{
	return u->start;
}

static void
damage(struct pf_unpack *u, const struct pf_err *err)
{
	/* A copy: the next piece may come in another thread. */
	u->why = *err;
	u->damaged = true;
}

/* Up to and with the newline of the frame line. */
static const struct pf_err *
take_line(struct pf_unpack *u, const char *p, size_t n, size_t *used)
{
	const struct pf_err *err;
	const char *nl;

	if (n > sizeof(u->line) - u->linelen)
		n = sizeof(u->line) - u->linelen;
	nl = memchr(p, '\n', n);
	*used = nl != NULL ? (size_t)(nl + 1 - p) : n;
	memcpy(u->line + u->linelen, p, *used);
	u->linelen += *used;
	if (nl == NULL)
		return u->linelen < sizeof(u->line) ? NULL :
		    pf_err(PF_DATA, "not a pack: no frame line");
	if ((err = pf_frame_line(u->rid, &u->left, u->line,
	    u->linelen - 1)) != NULL)
		return err;
	u->rec = (struct pf_rec){ .kind = PF_KIND_MAX };
	u->sum = pf_hash_begin();
	u->state = S_HEADER;
	return NULL;
}

/* The header is there: what does it say, and does the caller want it? */
static const struct pf_err *
look(struct pf_unpack *u)
{
	const struct pf_err *err, *why = NULL;

	u->state = S_SKIP;
	if ((err = pf_rec_header(&u->rec, u->head.data, u->head.len - 1)) ==
	    NULL && u->rec.len + PF_REC_END_LEN != u->left)
		err = pf_err_field(PF_DATA, "len",
		    "record is damaged: its body is not len bytes");
	memcpy(u->rec.rid, u->rid, sizeof(u->rid));
	if (err != NULL) {
		damage(u, err);
		return NULL;
	}
	u->body = u->rec.len;
	u->state = u->body > 0 ? S_BODY : S_MARK;
	u->bodysum = pf_hash_begin();
	if (u->calls->header != NULL &&
	    (err = u->calls->header(&why, u->arg, &u->rec)) != NULL)
		return err;
	if (why != NULL) {
		u->why = *why;
		u->refused = true;
	} else if (u->calls->bytes != NULL && (err = u->calls->bytes(u->arg,
	    u->line, u->linelen)) == NULL)
		err = u->calls->bytes(u->arg, u->head.data, u->head.len);
	return err;
}

static const struct pf_err *
take_header(struct pf_unpack *u, const char *p, size_t n, size_t *used)
{
	const struct pf_err *err = NULL;
	const char *nl;

	if (n > PF_REC_HEADER_MAX - u->head.len)
		n = PF_REC_HEADER_MAX - u->head.len;
	nl = memchr(p, '\n', n);
	*used = nl != NULL ? (size_t)(nl + 1 - p) : n;
	pf_buf_add(&u->head, p, *used);
	u->left -= (int64_t)*used;
	if (nl != NULL)
		err = look(u);
	else if (u->left > 0 && u->head.len < PF_REC_HEADER_MAX)
		return NULL;
	else {
		damage(u, pf_err(PF_DATA, "record without a header line"));
		u->state = S_SKIP;
	}
	pf_buf_free(&u->head);
	return err;
}

static const struct pf_err *
take_body(struct pf_unpack *u, const char *p, size_t n, size_t *used)
{
	const struct pf_err *err = NULL;

	if ((int64_t)n > u->body)
		n = (size_t)u->body;
	*used = n;
	u->left -= (int64_t)n;
	u->body -= (int64_t)n;
	pf_hash_add(u->bodysum, p, n);
	if (u->body == 0)
		u->state = S_MARK;
	if (u->refused)
		return NULL;
	if (u->calls->bytes != NULL)
		err = u->calls->bytes(u->arg, p, n);
	if (err == NULL && u->calls->body != NULL)
		err = u->calls->body(u->arg, p, n);
	return err;
}

/* The end mark, and what is skipped. */
static const struct pf_err *
take_rest(struct pf_unpack *u, const char *p, size_t n, size_t *used)
{
	*used = n;
	if (u->state == S_MARK)
		memcpy(u->mark + PF_REC_END_LEN - u->left, p, n);
	u->left -= (int64_t)n;
	if (u->state == S_MARK && !u->refused && u->calls->bytes != NULL)
		return u->calls->bytes(u->arg, p, n);
	return NULL;
}

/* The record is over: in the order of pf_rec_parse(). */
static const struct pf_err *
finish(struct pf_unpack *u)
{
	const struct pf_err *err;
	char sum[PF_SHA_TEXT], body[PF_SHA_TEXT] = "";

	pf_hash_end(u->sum, sum);
	u->sum = NULL;
	if (u->bodysum != NULL)
		pf_hash_end(u->bodysum, body);
	u->bodysum = NULL;
	memcpy(u->rec.rid, u->rid, sizeof(u->rid));
	if (strcmp(sum, u->rid) != 0)
		damage(u, pf_err(PF_DATA, "record is damaged: its hash is "
		    "%.16s, its name %.16s", sum, u->rid));
	else if (!u->damaged && memcmp(u->mark, PF_REC_END,
	    PF_REC_END_LEN) != 0)
		damage(u, pf_err_field(PF_DATA, "len",
		    "record is damaged: its body is not len bytes"));
	else if (!u->damaged && strcmp(body, u->rec.sha256) != 0)
		damage(u, pf_err_field(PF_DATA, "sha256",
		    "record is damaged: sha256 is not that of the body"));
	err = u->calls->end(u->arg, &u->rec, u->damaged || u->refused ?
	    &u->why : NULL);
	drop(u);
	u->start = u->at;
	return err;
}

static const struct pf_err *
step(struct pf_unpack *u, const char *p, size_t n, size_t *used)
{
	const struct pf_err *err;
	bool record = u->state != S_LINE;

	if (record && (int64_t)n > u->left)
		n = (size_t)u->left;
	switch (u->state) {
	case S_LINE:
		err = take_line(u, p, n, used);
		break;
	case S_HEADER:
		err = take_header(u, p, n, used);
		break;
	case S_BODY:
		err = take_body(u, p, n, used);
		break;
	default:
		err = take_rest(u, p, n, used);
	}
	if (record)
		pf_hash_add(u->sum, p, *used);
	u->at += (int64_t)*used;
	return err == NULL && record && u->left == 0 ? finish(u) : err;
}

const struct pf_err *
pf_unpack_feed(struct pf_unpack *u, const void *bytes, size_t n)
{
	const struct pf_err *err = NULL;
	const char *p = bytes;
	size_t used;

	if (u->dead)
		return &u->fatal;
	for (; n > 0 && err == NULL; p += used, n -= used)
		err = step(u, p, n, &used);
	if (err == NULL)
		return NULL;
	u->fatal = *err;
	u->dead = true;
	return &u->fatal;
}

const struct pf_err *
pf_unpack_end(struct pf_unpack *u)
{
	if (u->dead)
		return &u->fatal;
	if (u->at == 0)
		return pf_err(PF_DATA, "the pack is empty");
	if (u->state != S_LINE || u->linelen > 0)
		return pf_err(PF_DATA, "the pack is truncated: the frame at "
		    "byte %lld does not end", (long long)u->start);
	return NULL;
}
