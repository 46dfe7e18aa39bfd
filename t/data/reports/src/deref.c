/*
 * Deaths by signal: addresses that are none, arithmetic, abort().
 */
#include <sys/mman.h>

#include <assert.h>
#include <stdint.h>
#include <unistd.h>

#include "bug.h"

struct item {
	long		 pad[3];
	int		 length;
	void		(*act)(int);
};

static struct item *volatile none;
static volatile uintptr_t wild = 0x7f1234567000, high = 0x4141414141414141;

BUG
null_read(int one)
{
	sink = *(volatile int *)(uintptr_t)none + one;
}

BUG
null_write(int one)
{
	*(volatile long *)(uintptr_t)none = one;
}

BUG
null_field(int one)
{
	sink = ((volatile struct item *)none)->length + one;
}

BUG
wild_read(int one)
{
	sink = *(volatile int *)wild + one;
}

BUG
wild_write(int one)
{
	*(volatile int *)wild = one;
}

BUG
high_read(int one)
{
	sink = *(volatile int *)high + one;
}

BUG
call_null(int one)
{
	void (*volatile f)(int) = (void (*)(int))(uintptr_t)none;

	f(one);
	sink++;
}

BUG
call_wild(int one)
{
	void (*volatile f)(int) = (void (*)(int))wild;

	f(one);
	sink++;
}

BUG
write_constant(int one)
{
	char *volatile p = (char *)(uintptr_t)"constant";

	*(volatile char *)p = (char)one;
}

BUG
divide(int one)
{
	volatile int zero = one - 1;

	sink = 10 / zero;
}

BUG
trap(int one)
{
	if (one)
		__builtin_trap();
}

BUG
bus(int one)
{
	FILE *f = tmpfile();
	volatile char *p;

	p = (volatile char *)mmap(NULL, 4096, PROT_READ, MAP_SHARED,
	    fileno(f), 0);
	sink = p[one];
}

BUG
give_up(int one)
{
	sink = one;
	abort();
}

BUG
insist(int one)
{
	assert(one == 2 && "one is two");
}

BUG
high_write(int one)
{
	*(volatile long *)high = one;
}

BUG
call_high(int one)
{
	void (*volatile f)(int) = (void (*)(int))high;

	f(one);
	sink++;
}

/* Where programs without a random address may lie. */
BUG
call_text(int one)
{
	void (*volatile f)(int) = (void (*)(int))(uintptr_t)0x31313131;

	f(one);
	sink++;
}

static const struct bug bugs[] = {
	{ "null-read", null_read },	{ "null-write", null_write },
	{ "null-field", null_field },	{ "wild-read", wild_read },
	{ "wild-write", wild_write },	{ "high-read", high_read },
	{ "call-null", call_null },	{ "call-wild", call_wild },
	{ "constant", write_constant },	{ "divide", divide },
	{ "trap", trap },		{ "bus", bus },
	{ "abort", give_up },		{ "assert", insist },
	{ "high-write", high_write },	{ "call-high", call_high },
	{ "call-text", call_text },
};

int
main(int argc, char **argv)
{
	return choose(bugs, NBUGS, argc, argv);
}
