/*
 * Undefined behaviour, one kind a function, for UBSan.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "bug.h"

static volatile int zero, top = INT_MAX, bottom = INT_MIN;
static int table[4];

BUG
add(int one)
{
	sink = top + one;
}

BUG
subtract(int one)
{
	sink = bottom - one;
}

BUG
multiply(int one)
{
	sink = top * (one + 1);
}

BUG
negate(int one)
{
	sink = -bottom + (one - one);
}

BUG
add_unsigned(int one)
{
	volatile unsigned int u = UINT_MAX;

	sink = u + (unsigned int)one;
}

BUG
shift_far(int one)
{
	sink = one << (one + 39);
}

BUG
shift_negative(int one)
{
	volatile int n = -one;

	sink = n << 2;
}

BUG
divide(int one)
{
	sink = one / zero;
}

BUG
divide_far(int one)
{
	sink = bottom / -one;
}

BUG
out_of_bounds(int one)
{
	table[one + 4] = one;
}

BUG
null_load(int one)
{
	int *volatile p = zero ? &one : NULL;

	sink = *p;
}

BUG
misaligned(int one)
{
	char a[16];
	int *volatile p = (int *)(void *)(a + one);

	memset(a, 0, sizeof(a));
	sink = *p;
}

BUG
odd_bool(int one)
{
	bool b;

	memset(&b, one + 1, sizeof(b));
	sink = *(volatile bool *)&b;
}

BUG
bound(int one)
{
	int n = -one;
	int a[n];

	sink = (long)sizeof(a);
}

BUG
cast(int one)
{
	volatile double d = 1e20 * one;

	sink = (int)d;
}

BUG
pointer_over(int one)
{
	char *volatile p = (char *)(uintptr_t)-16;

	p += one * 64;
	sink = (long)(uintptr_t)p;
}

static __attribute__((noinline, nonnull)) void
needs(int *p)
{
	sink = p != &table[0];
}

BUG
null_argument(int one)
{
	int *volatile p = zero ? &one : NULL;

	needs(p);
}

static __attribute__((noinline, returns_nonnull)) int *
gives(int *p)
{
	return p;
}

BUG
null_return(int one)
{
	int *volatile p = zero ? &one : NULL;

	sink = gives(p) != &table[1];
}

BUG
unreachable(int one)
{
	if (one)
		__builtin_unreachable();
	sink = 1;
}

BUG
count_zeros(int one)
{
	sink = __builtin_ctz((unsigned int)(one - 1));
}

BUG
truncate_value(int one)
{
	volatile int n = 300 * one;
	unsigned char c = n;

	sink = c;
}

BUG
divide_float(int one)
{
	volatile double d = zero;

	sink = one / d > 0;
}

BUG
die(int one)
{
	*(volatile int *)(uintptr_t)zero = one;
}

static const struct bug bugs[] = {
	{ "add", add },			{ "subtract", subtract },
	{ "multiply", multiply },	{ "negate", negate },
	{ "unsigned", add_unsigned },	{ "shift-far", shift_far },
	{ "shift-negative", shift_negative }, { "divide", divide },
	{ "divide-far", divide_far },	{ "index", out_of_bounds },
	{ "null", null_load },		{ "misaligned", misaligned },
	{ "bool", odd_bool },		{ "bound", bound },
	{ "cast", cast },		{ "pointer", pointer_over },
	{ "argument", null_argument },	{ "return-null", null_return },
	{ "unreachable", unreachable },	{ "builtin", count_zeros },
	{ "implicit", truncate_value },	{ "float", divide_float },
	{ "segv", die },
};

int
main(int argc, char **argv)
{
	return choose(bugs, NBUGS, argc, argv);
}
