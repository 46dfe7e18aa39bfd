/*
 * Use of what nobody wrote, for MemorySanitizer and valgrind.
 */
#include <unistd.h>

#include "bug.h"

BUG
branch(int one)
{
	volatile int a[10];

	if (a[one] > 3)
		sink = 2;
}

BUG
heap_branch(int one)
{
	int *p = malloc((size_t)one * 40);

	if (((volatile int *)p)[one] > 3)
		sink = 2;
	free(p);
}

BUG
index_by(int one)
{
	static const char table[256] = { 1 };
	volatile unsigned char a[10];

	sink = table[a[one]];
}

BUG
send(int one)
{
	char *p = malloc((size_t)one * 40);

	if (write(STDOUT_FILENO, p, (size_t)one * 10) == -1)
		sink = 3;
	free(p);
}

static __attribute__((noinline)) int
sum(const int *p, int n)
{
	int i, s = 0;

	for (i = 0; i < n; i++)
		s += p[i];
	return s;
}

BUG
summed(int one)
{
	int a[8];
	int *volatile p = a;

	p[0] = one;
	if (sum(p, one * 8) == 7)
		sink = 4;
}

BUG
freed(int one)
{
	int *volatile p = malloc((size_t)one * 40);

	p[1] = 1;
	free(p);
	if (((volatile int *)p)[one] == 1)
		sink = 5;
}

static const struct bug bugs[] = {
	{ "branch", branch },		{ "heap", heap_branch },
	{ "index", index_by },		{ "send", send },
	{ "sum", summed },		{ "freed", freed },
};

int
main(int argc, char **argv)
{
	return choose(bugs, NBUGS, argc, argv);
}
