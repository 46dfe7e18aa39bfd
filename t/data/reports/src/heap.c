/*
 * Bugs of the heap that AddressSanitizer and valgrind tell of.
 */
#include <malloc.h>

#include "bug.h"

typedef long	pair __attribute__((vector_size(16)));

#define AT(type, p, i)	(((volatile type *)(p))[i])

/* One past the end, reading and writing, in each size. */
#define PAST(name, type)						\
BUG									\
read_##name(int one)							\
{									\
	type *p = (type *)malloc((size_t)one * 8 * sizeof(type));	\
									\
	memset(p, 1, (size_t)one * 8 * sizeof(type));			\
	sink = (long)AT(type, p, one * 8);				\
	free(p);							\
}									\
BUG									\
write_##name(int one)							\
{									\
	type *p = (type *)malloc((size_t)one * 8 * sizeof(type));	\
									\
	AT(type, p, one * 8) = (type)1;					\
	free(p);							\
}

PAST(1, char)
PAST(2, short)
PAST(4, int)
PAST(8, long)

BUG
read_16(int one)
{
	pair *p = (pair *)malloc((size_t)one * 48), v;

	memset(p, 1, 48);
	v = AT(pair, p, one * 3);
	sink = v[0] + v[1];
	free(p);
}

BUG
write_16(int one)
{
	pair *p = (pair *)malloc((size_t)one * 48);

	AT(pair, p, one * 3) = (pair){ one, one };
	free(p);
}

BUG
copy_out(int one)
{
	char *volatile p = (char *)malloc((size_t)one * 20), to[40];

	memset(p, 1, 20);
	memcpy(to, p, (size_t)one * 40);
	sink = to[one];
	free(p);
}

BUG
fill(int one)
{
	char *volatile p = (char *)malloc((size_t)one * 20);

	memset(p, one, (size_t)one * 33);
	free(p);
}

BUG
name_length(int one)
{
	char *volatile p = (char *)malloc((size_t)one * 5);

	memset(p, 'a', 5);
	sink = (long)strlen(p);
	free(p);
}

BUG
copy_name(int one)
{
	char *volatile p = (char *)malloc((size_t)one * 5);

	strcpy(p, "a name too long");
	free(p);
}

BUG
before(int one)
{
	int *p = (int *)malloc((size_t)one * 32);

	AT(int, p, -one) = one;
	free(p);
}

BUG
freed_read(int one)
{
	int *p = (int *)malloc((size_t)one * 32);

	memset(p, 1, 32);
	free(p);
	sink = AT(int, p, one);
}

BUG
freed_write(int one)
{
	long *p = (long *)malloc((size_t)one * 64);

	free(p);
	AT(long, p, one) = one;
}

BUG
freed_copy(int one)
{
	char *volatile p = (char *)malloc((size_t)one * 64), to[64];

	memset(p, 1, 64);
	free(p);
	memcpy(to, p, (size_t)one * 24);
	sink = to[one];
}

BUG
resized(int one)
{
	char *volatile p = (char *)malloc((size_t)one * 16);
	char *volatile q = (char *)realloc(p, (size_t)one * 100000);

	AT(char, p, one) = 1;
	free(q);
}

BUG
free_twice(int one)
{
	void *volatile p = malloc((size_t)one * 32);

	free(p);
	free(p);
}

BUG
free_middle(int one)
{
	char *volatile p = (char *)malloc((size_t)one * 32);

	free(p + one * 8);
}

BUG
free_stack(int one)
{
	char a[64], *volatile p = a;

	a[one] = 1;
	free(p + one * 16);
}

BUG
overlap(int one)
{
	char *volatile p = (char *)calloc(64, (size_t)one);

	memcpy(p + one, p, (size_t)one * 16);
	sink = p[one];
	free(p);
}

BUG
negative(int one)
{
	char *volatile p = (char *)malloc((size_t)one * 32);

	memset(p, 1, 32);
	memmove(p, p + one, (size_t)-one);
	sink = p[one];
	free(p);
}

BUG
too_big(int one)
{
	void *volatile p = malloc((size_t)one << 62);

	sink = p != NULL;
	free(p);
}

BUG
product(int one)
{
	void *volatile p = calloc((size_t)one << 62, (size_t)one << 4);

	sink = p != NULL;
	free(p);
}

BUG
usable(int one)
{
	char *volatile p = (char *)malloc((size_t)one * 32);

	sink = (long)malloc_usable_size(p + one * 8);
	free(p);
}

/* Its first half is within. */
BUG
astride(int one)
{
	char *volatile p = (char *)malloc((size_t)one * 20);

	AT(long, p, one * 2) = one;
	free(p);
}

BUG
page(int one)
{
	void *volatile p = pvalloc((size_t)-one);

	sink = p != NULL;
	free(p);
}

BUG
align(int one)
{
	void *p = NULL;

	sink = posix_memalign(&p, (size_t)one * 3, 16);
	free(p);
}

BUG
aligned(int one)
{
	void *volatile p = aligned_alloc((size_t)one * 3, 16);

	sink = p != NULL;
	free(p);
}

static const struct bug bugs[] = {
	{ "read-1", read_1 },		{ "write-1", write_1 },
	{ "read-2", read_2 },		{ "write-2", write_2 },
	{ "read-4", read_4 },		{ "write-4", write_4 },
	{ "read-8", read_8 },		{ "write-8", write_8 },
	{ "read-16", read_16 },		{ "write-16", write_16 },
	{ "copy", copy_out },		{ "fill", fill },
	{ "strlen", name_length },	{ "strcpy", copy_name },
	{ "before", before },		{ "freed-read", freed_read },
	{ "freed-write", freed_write },	{ "freed-copy", freed_copy },
	{ "resized", resized },		{ "free-twice", free_twice },
	{ "free-middle", free_middle },	{ "free-stack", free_stack },
	{ "overlap", overlap },		{ "negative", negative },
	{ "too-big", too_big },		{ "product", product },
	{ "usable", usable },
	{ "astride", astride },		{ "page", page },
	{ "align", align },		{ "aligned", aligned },
};

int
main(int argc, char **argv)
{
	return choose(bugs, NBUGS, argc, argv);
}
