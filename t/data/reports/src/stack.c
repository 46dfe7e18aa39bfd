/*
 * Bugs of the stack and of globals.
 */
#include <alloca.h>

#include "bug.h"

#define AT(type, p, i)	(((volatile type *)(p))[i])

static int numbers[10] = { 1, 2, 3 };
static char letters[6] = "abcde";
static int *kept;

BUG
read_local(int one)
{
	int a[8];

	memset(a, one, sizeof(a));
	sink = AT(int, a, one * 8);
}

BUG
write_local(int one)
{
	char a[16];

	AT(char, a, one * 16) = 1;
	sink = a[one];
}

BUG
write_local_8(int one)
{
	long a[4];

	AT(long, a, one * 4) = 1;
	sink = a[one];
}

BUG
read_below(int one)
{
	int a[8];

	memset(a, one, sizeof(a));
	sink = AT(int, a, -one);
}

BUG
read_dynamic(int one)
{
	int *a = (int *)alloca((size_t)one * 40);

	memset(a, one, (size_t)one * 40);
	sink = AT(int, a, one * 10);
}

static __attribute__((noinline)) int *
leave(int one)
{
	int a[4], *volatile p = a;

	a[0] = one;
	return p;
}

BUG
returned(int one)
{
	int *volatile p = leave(one);

	sink = AT(int, p, 0);
}

BUG
out_of_scope(int one)
{
	int *volatile p;

	if (one) {
		int a[4];

		a[0] = one;
		p = a;
	} else
		p = numbers;
	AT(int, p, 0) = one;
}

static __attribute__((noinline)) int
descend(int n)
{
	volatile char a[256];

	a[n & 255] = (char)n;
	return descend(n + 1) + a[(n + 1) & 255];
}

BUG
recurse(int one)
{
	sink = descend(one);
}

static int pong(int);

static __attribute__((noinline)) int
ping(int n)
{
	volatile char a[128];

	a[n & 127] = (char)n;
	return pong(n + 1) + a[n & 127];
}

static __attribute__((noinline)) int
pong(int n)
{
	volatile char a[300];

	a[n & 255] = (char)n;
	return ping(n + 1) + a[n & 127];
}

BUG
alternate(int one)
{
	sink = ping(one);
}

BUG
read_global(int one)
{
	sink = AT(int, numbers, one * 10);
}

BUG
write_global(int one)
{
	AT(char, letters, one * 6) = 'x';
}

BUG
write_global_4(int one)
{
	AT(int, numbers, one * 11) = one;
}

BUG
read_before_global(int one)
{
	sink = AT(int, numbers, -one);
}

/* For -fstack-protector: past the array, over the canary. */
BUG
smash(int one)
{
	char a[16];
	int i;

	for (i = 0; i < one * 64; i++)
		AT(char, a, i) = 'A';
	sink = a[one];
}

/* For -D_FORTIFY_SOURCE: more than the array holds. */
BUG
fortified(int one)
{
	char a[8];
	char *volatile long_name = (char *)"longer than eight bytes";

	strcpy(a, long_name);
	sink = a[one];
}

static const struct bug bugs[] = {
	{ "read-4", read_local },	{ "write-1", write_local },
	{ "write-8", write_local_8 },	{ "below", read_below },
	{ "dynamic", read_dynamic },	{ "returned", returned },
	{ "scope", out_of_scope },	{ "recurse", recurse },
	{ "alternate", alternate },	{ "global-read-4", read_global },
	{ "global-write-1", write_global },
	{ "global-write-4", write_global_4 },
	{ "global-before", read_before_global },
	{ "smash", smash },		{ "fortified", fortified },
};

int
main(int argc, char **argv)
{
	kept = numbers;
	return choose(bugs, NBUGS, argc, argv);
}
