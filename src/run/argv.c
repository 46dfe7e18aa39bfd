/*
 * Growing argument lists, and sets of names.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "run/engine.h"

static void
push(char ***v, char *s)
{
	size_t n = 0;

	while (*v != NULL && (*v)[n] != NULL)
		n++;
	*v = pf_reallocarray(*v, n + 2, sizeof(**v));
	(*v)[n] = s;
	(*v)[n + 1] = NULL;
}

void
argv_add(char ***v, const char *s)
{
	push(v, pf_strdup(s));
}

void
argv_addf(char ***v, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n == -1)
		pf_die("out of memory");
	push(v, s);
}

void
argv_free(char **v)
{
	char **p;

	for (p = v; p != NULL && *p != NULL; p++)
		free(*p);
	free(v);
}

static size_t
hash_name(const char *s)
{
	uint64_t h = 14695981039346656037u;

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (size_t)(h ^ h >> 29);
}

static void
grow(struct seen *s)
{
	struct seen big = { NULL, 0, s->cap == 0 ? 1024 : s->cap * 2 };
	size_t i, at;

	big.slots = pf_calloc(big.cap, sizeof(*big.slots));
	for (i = 0; i < s->cap; i++) {
		if (s->slots[i] == NULL)
			continue;
		for (at = hash_name(s->slots[i]) % big.cap;
		    big.slots[at] != NULL; at = (at + 1) % big.cap)
			;
		big.slots[at] = s->slots[i];
	}
	big.n = s->n;
	free(s->slots);
	*s = big;
}

bool
seen_add(struct seen *s, const char *name)
{
	size_t at;

	if (s->n * 2 >= s->cap)
		grow(s);
	for (at = hash_name(name) % s->cap; s->slots[at] != NULL;
	    at = (at + 1) % s->cap)
		if (strcmp(s->slots[at], name) == 0)
			return false;
	s->slots[at] = pf_strdup(name);
	s->n++;
	return true;
}

bool
seen_has(const struct seen *s, const char *name)
{
	size_t at;

	if (s->cap == 0)
		return false;
	for (at = hash_name(name) % s->cap; s->slots[at] != NULL;
	    at = (at + 1) % s->cap)
		if (strcmp(s->slots[at], name) == 0)
			return true;
	return false;
}

void
seen_free(struct seen *s)
{
	size_t i;

	for (i = 0; i < s->cap; i++)
		free(s->slots[i]);
	free(s->slots);
	*s = (struct seen){ 0 };
}
