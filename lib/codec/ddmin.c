/*
 * Leaving out pieces of an input; see ddmin.h.
 */
#include "codec/ddmin.h"

/* The largest power of 2 that is less than n, at least 1. */
static size_t
first_piece(size_t n)
{
	size_t piece = 1;

	while (piece < (n + 1) / 2)
		piece *= 2;
	return piece < n || n < 2 ? piece : piece / 2;
}

void
pf_ddmin_begin(struct pf_ddmin *d, const char *p, size_t n)
{
	*d = (struct pf_ddmin){ .best = PF_BUF_INIT, .next = PF_BUF_INIT };
	pf_buf_add(&d->best, p, n);
	d->piece = first_piece(n);
}

/*
 * The end of a pass: one byte at a time as long as that is of use, as what
 * went may have been what kept another.
 */
static bool
next_pass(struct pf_ddmin *d)
{
	if (d->piece == 1 && !d->shrunk)
		return false;
	if (d->piece > 1)
		d->piece /= 2;
	d->at = 0;
	d->shrunk = false;
	return true;
}

bool
pf_ddmin_next(struct pf_ddmin *d, const char **p, size_t *n)
{
	size_t out;

	if (d->best.len < 2)
		return false;
	if (!d->asked) {
		if (d->at >= d->best.len && !next_pass(d))
			return false;
		while (d->piece >= d->best.len)
			d->piece /= 2;
		out = d->best.len - d->at;
		if (out > d->piece)
			out = d->piece;
		pf_buf_reset(&d->next);
		pf_buf_add(&d->next, d->best.data, d->at);
		pf_buf_add(&d->next, d->best.data + d->at + out,
		    d->best.len - d->at - out);
		d->asked = true;
	}
	*p = d->next.data;
	*n = d->next.len;
	return true;
}

void
pf_ddmin_tell(struct pf_ddmin *d, bool has)
{
	struct pf_buf was = d->best;

	if (!d->asked)
		return;
	d->asked = false;
	if (!has) {
		d->at += d->piece;
		return;
	}
	d->best = d->next;
	d->next = was;
	d->shrunk = true;
}

void
pf_ddmin_free(struct pf_ddmin *d)
{
	pf_buf_free(&d->best);
	pf_buf_free(&d->next);
}

int64_t
pf_ddmin(struct pf_buf *b, int64_t most, bool (*has)(void *arg, const char *,
    size_t n), void *arg)
{
	struct pf_ddmin d;
	const char *p;
	int64_t asked = 0;
	size_t n;

	pf_ddmin_begin(&d, b->data, b->len);
	for (; asked < most && pf_ddmin_next(&d, &p, &n); asked++)
		pf_ddmin_tell(&d, has(arg, p, n));
	pf_buf_reset(b);
	pf_buf_add(b, d.best.data, d.best.len);
	pf_ddmin_free(&d);
	return asked;
}
