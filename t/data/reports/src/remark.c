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

static const struct bug bugs[] = {
	{ "read-1", read_1 },	{ "abort", give_up },
};

int
main(int argc, char **argv)
{
	return choose(bugs, NBUGS, argc, argv);
}
