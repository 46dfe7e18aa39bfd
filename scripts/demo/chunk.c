/*
 * A parser of "CHNK" pictures, with bugs planted for the demo.
 *
 *	file  = "CHNK" version(1) chunk*
 *	chunk = type(4) length(2, big endian) data
 *
 * Types: SIZE width(2) height(2); PALT count(1) colours(3 each);
 * TEXT key NUL value; PIXL palette indexes; FREE drops the palette;
 * GRUP chunk* inside; LINK name of a text; ENDE.
 *
 * The bugs, each marked where it is:
 *	1 heap overflow		PALT longer than the colours it counts
 *	2 use after free	PIXL after FREE
 *	3 null dereference	LINK to a text that is not there
 *	4 assertion		a SIZE beyond what its author thought of
 *	5 stack exhaustion	GRUP inside GRUP without end
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "chunk.h"

#define TEXTS	8

struct text {
	char	key[16];
	char	value[32];
};

struct picture {
	unsigned int	 width, height;
	uint8_t		*palette;
	unsigned int	 colours;
	struct text	*texts[TEXTS];
	unsigned int	 ntexts;
	unsigned int	 shade;		/* of the pixels so far */
	int		 freed;		/* the palette, by FREE */
	int		 chunks;
};

static int	parse_chunks(struct picture *, const uint8_t *, size_t);

static int
parse_size(struct picture *p, const uint8_t *d, size_t n)
{
	if (n != 4)
		return -1;
	p->width = (unsigned int)d[0] << 8 | d[1];
	p->height = (unsigned int)d[2] << 8 | d[3];
	/* Bug 4: the file decides whether this holds. */
	assert(p->width < 0xff00 || p->height < 0xff00);
	return 0;
}

static int
parse_palette(struct picture *p, const uint8_t *d, size_t n)
{
	if (n < 1 || p->palette != NULL)
		return -1;
	p->colours = d[0];
	if ((p->palette = calloc(p->colours + 1, 3)) == NULL)
		return -1;
	/* Bug 1: count and length need not agree. */
	memcpy(p->palette, d + 1, n - 1);
	return 0;
}

static int
parse_text(struct picture *p, const uint8_t *d, size_t n)
{
	const uint8_t *nul = memchr(d, '\0', n);
	struct text *t;
	size_t k;

	if (nul == NULL || p->ntexts == TEXTS)
		return -1;
	k = (size_t)(nul - d);
	if (k == 0 || k >= sizeof(t->key) || n - k - 1 >= sizeof(t->value))
		return -1;
	if ((t = calloc(1, sizeof(*t))) == NULL)
		return -1;
	memcpy(t->key, d, k);
	memcpy(t->value, nul + 1, n - k - 1);
	p->texts[p->ntexts++] = t;
	return 0;
}

/* Not inlined: the compiler would reason from bug 3 backwards. */
static const struct text * __attribute__((noinline))
find_text(const struct picture *p, const char *key)
{
	unsigned int i;

	for (i = 0; i < p->ntexts; i++)
		if (strcmp(p->texts[i]->key, key) == 0)
			return p->texts[i];
	return NULL;
}

static int
parse_link(struct picture *p, const uint8_t *d, size_t n)
{
	const struct text *t;
	char key[16] = "";

	if (n < 2 || n >= sizeof(key) || p->ntexts < 2)
		return -1;
	memcpy(key, d, n);
	t = find_text(p, key);
	/* Bug 3: nobody has looked whether there is such a text. */
	p->shade += (unsigned char)t->value[0];
	return 0;
}

static int
parse_pixels(struct picture *p, const uint8_t *d, size_t n)
{
	size_t i;

	if (p->palette == NULL || n > (size_t)p->width * p->height)
		return -1;
	for (i = 0; i < n; i++)
		if (d[i] < p->colours)
			/* Bug 2: FREE leaves palette where it pointed. */
			p->shade += p->palette[3 * d[i]];
	return 0;
}

static int
parse_chunk(struct picture *p, const uint8_t *type, const uint8_t *d,
    size_t n)
{
	p->chunks++;
	if (memcmp(type, "SIZE", 4) == 0)
		return parse_size(p, d, n);
	if (memcmp(type, "PALT", 4) == 0)
		return parse_palette(p, d, n);
	if (memcmp(type, "TEXT", 4) == 0)
		return parse_text(p, d, n);
	if (memcmp(type, "LINK", 4) == 0)
		return parse_link(p, d, n);
	if (memcmp(type, "PIXL", 4) == 0)
		return parse_pixels(p, d, n);
	if (memcmp(type, "GRUP", 4) == 0)
		/* Bug 5: a group of no length is all that follows it. */
		return parse_chunks(p, n == 0 ? type : d, n == 0 ? 6 : n);
	if (memcmp(type, "FREE", 4) == 0 && p->palette != NULL && !p->freed) {
		free(p->palette);
		p->freed = 1;
	}
	return 0;
}

static int
parse_chunks(struct picture *p, const uint8_t *d, size_t n)
{
	size_t len;

	while (n >= 6) {
		len = (size_t)d[4] << 8 | d[5];
		if (len > n - 6 || memcmp(d, "ENDE", 4) == 0)
			break;
		if (parse_chunk(p, d, d + 6, len) == -1)
			return -1;
		d += 6 + len;
		n -= 6 + len;
	}
	return 0;
}

int
chunk_parse(const uint8_t *d, size_t n)
{
	struct picture p = { 0 };
	unsigned int i;
	int rc;

	if (n < 5 || memcmp(d, "CHNK", 4) != 0 || d[4] != 1)
		return -1;
	rc = parse_chunks(&p, d + 5, n - 5);
	for (i = 0; i < p.ntexts; i++)
		free(p.texts[i]);
	if (!p.freed)
		free(p.palette);
	return rc == -1 ? -1 : p.chunks;
}
