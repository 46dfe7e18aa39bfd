/*
 * A program with undefined behaviour in passing, which ends by another bug.
 */
#include "bug.h"

static KEEP void
pass(int one)
{
	int big = 0x7fffffff;

	sink = big + one;
}

BUG
read_1(int one)
{
	char *volatile p = malloc(8);

	pass(one);
	sink = p[7 + one];
}

BUG
give_up(int one)
{
	pass(one);
	abort();
}

/* Undefined where it ends. */
BUG
past(int one)
{
	int *volatile p = malloc(sizeof(int[4]));

	(*(int (*)[4])p)[3 + one] = 7;
}

BUG
freed(int one)
{
	char *volatile p = malloc(64);

	free(p);
	*(long *)(p + one) = 7;
}

BUG
wild(int one)
{
	*(int *)(0x4141414141414140 + one) = 7;
}

BUG
null(int one)
{
	*(int *)(long)(one - 1) = 7;
}

BUG
divide(int one)
{
	sink = 7 / (one - 1);
}

/* Of two that the program outlives. */
BUG
outlived(int one)
{
	pass(one);
	sink = one << (one + 98);
}

static const struct bug bugs[] = {
	{ "read-1", read_1 },	{ "abort", give_up },
	{ "past", past },	{ "freed", freed },
	{ "wild", wild },	{ "null", null },
	{ "divide", divide },	{ "outlived", outlived },
};

int
main(int argc, char **argv)
{
	return choose(bugs, NBUGS, argc, argv);
}
