/*
 * Changes by chance: bits, bytes, numbers, pieces, words of a dictionary, and
 * ends of other inputs.
 */
#include <string.h>

#include "blackbox/blackbox.h"

#define CHANGES	8	/* at most in one input */
#define PIECE	64	/* bytes of a small piece */

/* Room in the middle, or a piece of the middle away. */
static void
insert(struct pf_buf *b, size_t at, const char *p, size_t n, size_t max)
{
	if (b->len + n > max)
		n = b->len < max ? max - b->len : 0;
	(void)pf_buf_room(b, n);
	memmove(b->data + at + n, b->data + at, b->len - at);
	memcpy(b->data + at, p, n);
	pf_buf_grew(b, n);
}

static void
cut(struct pf_buf *b, size_t at, size_t n)
{
	memmove(b->data + at, b->data + at + n, b->len - at - n);
	b->len -= n;
	b->data[b->len] = '\0';
}

/* A number where limits lie, in either order of bytes. */
static void
set_number(struct pf_buf *b, struct chance *c)
{
	static const uint64_t edges[] = { 0, 1, 0x7f, 0x80, 0xff, 0x100,
	    0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
	    0xffffffff, UINT64_C(0x7fffffffffffffff), UINT64_MAX };
	size_t n = (size_t)1 << chance_below(c, 4), at, i;
	uint64_t v = edges[chance_below(c, sizeof(edges) / sizeof(*edges))];
	bool big = chance_below(c, 2) == 0;

	if (n > b->len)
		n = 1;
	at = chance_below(c, b->len - n + 1);
	for (i = 0; i < n; i++)
		b->data[at + (big ? n - 1 - i : i)] = (char)(v >> (8 * i));
}

/* One that needs bytes to be there. */
static void
change(struct pf_buf *b, struct chance *c)
{
	size_t at = chance_below(c, b->len), n;

	switch (chance_below(c, 5)) {
	case 0:
		b->data[at] ^= (char)(1 << chance_below(c, 8));
		break;
	case 1:
		b->data[at] = (char)chance_next(c);
		break;
	case 2:
		b->data[at] = (char)(b->data[at] + 1 +
		    (int)chance_below(c, 35) * (chance_below(c, 2) ? 1 : -1));
		break;
	case 3:
		set_number(b, c);
		break;
	default:
		n = 1 + chance_below(c, b->len - at);
		if (n > PIECE)
			n = 1 + chance_below(c, PIECE);
		cut(b, at, n);
		break;
	}
}

/* One that adds. */
static void
add(struct pf_buf *b, const struct pool *words, const struct pool *pool,
    struct chance *c, size_t max)
{
	char piece[PIECE];
	const struct pf_buf *w;
	size_t at = chance_below(c, b->len + 1), n, i, from;

	switch (chance_below(c, words->n > 0 ? 5 : 3)) {
	case 0:		/* the same byte, or any */
		n = 1 + chance_below(c, sizeof(piece));
		memset(piece, (int)chance_below(c, 256), n);
		for (i = 0; chance_below(c, 2) == 0 && i < n; i++)
			piece[i] = (char)chance_next(c);
		insert(b, at, piece, n, max);
		break;
	case 1:		/* a piece of it again */
		from = chance_below(c, b->len + 1);
		n = b->len - from;
		if (n > sizeof(piece))
			n = sizeof(piece);
		memcpy(piece, b->data + from, n);
		insert(b, at, piece, n, max);
		break;
	case 2:		/* the end of another */
		w = pool_any(pool, c);
		from = chance_below(c, w->len + 1);
		if (chance_below(c, 4) == 0) {
			cut(b, at, b->len - at);
			insert(b, at, w->data + from, w->len - from, max);
		}
		break;
	default:
		w = pool_any(words, c);
		insert(b, at, w->data, w->len, max);
		break;
	}
}

void
mutate(struct pf_buf *b, const struct pool *words, const struct pool *pool,
    struct chance *c, size_t max)
{
	size_t n = 1 + chance_below(c, CHANGES);

	while (n-- > 0)
		if (b->len == 0 || chance_below(c, 3) == 0)
			add(b, words, pool, c, max);
		else
			change(b, c);
}
