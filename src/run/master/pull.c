/*
 * Inputs of other jobs, fetched many at a time; see share.h.
 *
 * The answer is their bytes, one after the other.  If one of them is gone the
 * question is another one, and the answer has for each a line with its cursor
 * and its size, or "-", and then its bytes.  What lists say is not believed:
 * bytes count only under their own hash.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/fs.h"
#include "os/stop.h"
#include "run/master/share.h"

#define LINE_MAX	48	/* two numbers */

/* What is left of an answer. */
struct rest {
	const char	*p;
	size_t		 n;
};

/* The next line's numbers; size is -1 for "-". */
static bool
read_line(int64_t *cursor, int64_t *size, struct rest *r)
{
	const char *nl = memchr(r->p, '\n', r->n < LINE_MAX ? r->n :
	    LINE_MAX);
	char text[LINE_MAX], *blank;
	size_t n;

	if (nl == NULL)
		return false;
	n = (size_t)(nl - r->p);
	memcpy(text, r->p, n);
	text[n] = '\0';
	r->p += n + 1;
	r->n -= n + 1;
	if ((blank = strchr(text, ' ')) == NULL)
		return false;
	*blank++ = '\0';
	*size = -1;
	return pf_num(cursor, text, 1, SHARE_BIG) &&
	    (strcmp(blank, "-") == 0 || pf_num(size, blank, 1, SHARE_BIG));
}

/* The bytes, if they are what was offered, to the engine. */
static const struct pf_err *
give(struct fuzz *f, const struct offer *o, const char *p)
{
	const struct pf_err *err;
	char *tmp = pf_asprintf("%s/own/import.tmp", f->dir), sha[PF_SHA_TEXT];
	struct pf_buf b = PF_BUF_INIT;

	pf_sha256(sha, p, (size_t)o->size);
	if (strcmp(sha, o->hash) != 0) {
		pf_warn("%s: shared input %.16s: what came is not what was "
		    "announced", f->slot->name, o->hash);
		free(tmp);
		return NULL;
	}
	pf_buf_add(&b, p, (size_t)o->size);
	/* Not synced: what a power cut spoils, engines pass over. */
	if ((err = pf_file_write(tmp, &b)) == NULL &&
	    (err = f->engine->import(f, tmp, o->hash, o->size)) == NULL)
		(void)find_known(f, o->hash);
	if (err != NULL)
		unlink(tmp);
	pf_buf_free(&b);
	free(tmp);
	return err;
}

/* Of each that is told of, in the order in which they were asked for. */
static const struct pf_err *
take_answer(struct fuzz *f, struct offers *l, struct rest r)
{
	const struct pf_err *err;
	const struct offer *o;
	int64_t cursor, size;

	for (; r.n > 0 && !pf_stopping; l->done++) {
		if (l->done == l->n)
			return pf_err(PF_DATA, "more than was asked for");
		o = &l->v[l->done];
		if (!read_line(&cursor, &size, &r) || cursor != o->cursor)
			return pf_err(PF_DATA, "no line of input %" PRId64,
			    o->cursor);
		if (size == -1)
			continue;
		if (size != o->size || (uint64_t)size > r.n)
			return pf_err(PF_DATA, "input %" PRId64 " has %" PRId64
			    " bytes, %" PRId64 " were announced and %zu are "
			    "there", cursor, size, o->size, r.n);
		if ((err = give(f, o, r.p)) != NULL)
			return err;
		r.p += size;
		r.n -= (size_t)size;
	}
	return NULL;
}

/* All of them. */
static const struct pf_err *
take_bytes(struct fuzz *f, struct offers *l, struct rest r)
{
	const struct pf_err *err;
	const struct offer *o;
	uint64_t all = 0;
	size_t i;

	for (i = 0; i < l->n; i++)
		all += (uint64_t)l->v[i].size;
	if (all != r.n)
		return pf_err(PF_DATA, "%zu bytes, %" PRIu64 " were announced",
		    r.n, all);
	for (; l->done < l->n && !pf_stopping; l->done++) {
		o = &l->v[l->done];
		if ((err = give(f, o, r.p)) != NULL)
			return err;
		r.p += o->size;
	}
	return NULL;
}

static const struct pf_err *
ask(struct fuzz *f, struct pf_http_call *c, const struct offers *l,
    const char *what)
{
	const struct pf_err *err;
	struct pf_buf path = PF_BUF_INIT;
	size_t i;

	pf_buf_addf(&path, "/api/v1/jobs/%s/shared/%s?epoch=%" PRId64
	    "&want=", f->job->id, what, f->share.epoch);
	for (i = 0; i < l->n; i++)
		pf_buf_addf(&path, "%s%" PRId64, i > 0 ? "," : "",
		    l->v[i].cursor);
	pf_buf_reset(&c->reply);
	c->path = path.data;
	err = share_get(f->slot, c);
	c->path = NULL;
	pf_buf_free(&path);
	return err;
}

const struct pf_err *
share_fetch(struct fuzz *f, struct offers *l)
{
	const struct pf_err *err;
	struct pf_http_call c = { .reply = PF_BUF_INIT };
	struct rest r;

	err = ask(f, &c, l, "bytes");
	r = (struct rest){ c.reply.data, c.reply.len };
	if (err == NULL)
		err = take_bytes(f, l, r);
	else if (err->class == PF_NOTFOUND &&
	    (err = ask(f, &c, l, "inputs")) == NULL) {
		r = (struct rest){ c.reply.data, c.reply.len };
		err = take_answer(f, l, r);
		if (err == NULL && c.reply.len == 0)
			err = pf_err(PF_DATA, "an empty answer");
	}
	if (err != NULL && err->class == PF_DATA)
		err = pf_err_at(err, "shared inputs");
	pf_buf_free(&c.reply);
	return err;
}
