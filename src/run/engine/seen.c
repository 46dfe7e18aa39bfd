/*
 * Sets of names, kept as 16 bytes of their SHA-256: no two names that pass for
 * one can be made up.  Open addressing; a place whose first half is 0 is free.
 * It grows by a quarter, so that little of it is empty.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "run/engine/engine.h"

struct seen_key {
	uint64_t	 a, b;
};

static uint64_t
digit(char c)
{
	return (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static struct seen_key
key_of(const char *name)
{
	struct seen_key k = { 0, 0 };
	char hex[PF_SHA_TEXT];
	int i;

	pf_sha256(hex, name, strlen(name));
	for (i = 0; i < 16; i++) {
		k.a = k.a << 4 | digit(hex[i]);
		k.b = k.b << 4 | digit(hex[16 + i]);
	}
	if (k.a == 0)
		k.a = 1;
	return k;
}

/* Where it is, or the free place where it would be. */
static struct seen_key *
find(const struct seen *s, struct seen_key k)
{
	size_t at = (size_t)((k.b >> 32) * s->cap >> 32);

	while (s->slots[at].a != 0 &&
	    (s->slots[at].a != k.a || s->slots[at].b != k.b))
		if (++at == s->cap)
			at = 0;
	return &s->slots[at];
}

static void
grow(struct seen *s)
{
	struct seen big = { NULL, s->n, s->cap == 0 ? 1024 :
	    s->cap / 4 * 5 };
	size_t i;

	big.slots = pf_calloc(big.cap, sizeof(*big.slots));
	for (i = 0; i < s->cap; i++)
		if (s->slots[i].a != 0)
			*find(&big, s->slots[i]) = s->slots[i];
	free(s->slots);
	*s = big;
}

bool
seen_add(struct seen *s, const char *name)
{
	struct seen_key k = key_of(name), *at;

	if (s->n >= s->cap / 8 * 7)
		grow(s);
	at = find(s, k);
	if (at->a != 0)
		return false;
	*at = k;
	s->n++;
	return true;
}

bool
seen_has(const struct seen *s, const char *name)
{
	return s->cap > 0 && find(s, key_of(name))->a != 0;
}

void
seen_free(struct seen *s)
{
	free(s->slots);
	*s = (struct seen){ 0 };
}
