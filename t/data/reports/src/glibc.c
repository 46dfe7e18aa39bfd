/*
 * What the C library itself finds in a heap, and says before it aborts.
 */
#include <stdint.h>

#include "bug.h"

static char *volatile blocks[16];

BUG
free_again(int one)
{
	blocks[0] = malloc((size_t)one * 32);
	free(blocks[0]);
	free(blocks[0]);
}

/* Too big for the thread's cache. */
BUG
free_big_again(int one)
{
	blocks[0] = malloc((size_t)one * 3000);
	blocks[1] = malloc((size_t)one * 3000);
	free(blocks[0]);
	free(blocks[0]);
}

BUG
free_fast_again(int one)
{
	int i;

	for (i = 0; i < 8; i++)
		blocks[i] = malloc((size_t)one * 32);
	for (i = 0; i < 8; i++)
		free(blocks[i]);
	free(blocks[7]);
}

BUG
free_pointer(int one)
{
	blocks[0] = malloc((size_t)one * 64);
	free(blocks[0] + one * 8);
}

BUG
free_mapped(int one)
{
	blocks[0] = malloc((size_t)one << 20);
	free(blocks[0] + one * 64);
}

BUG
next_size(int one)
{
	blocks[0] = malloc((size_t)one * 2000);
	blocks[1] = malloc((size_t)one * 2000);
	blocks[2] = malloc((size_t)one * 2000);
	memset(blocks[0] + 2000, 'B', 24);
	free(blocks[0]);
}

BUG
top_size(int one)
{
	blocks[0] = malloc((size_t)one * 24);
	memset(blocks[0] + 24, 'A', 16);
	blocks[1] = malloc((size_t)one * 5000);
}

BUG
previous_size(int one)
{
	blocks[0] = malloc((size_t)one * 2000);
	blocks[1] = malloc((size_t)one * 2000);
	blocks[2] = malloc((size_t)one * 2000);
	free(blocks[0]);
	((size_t *)(uintptr_t)blocks[0])[-1] = 0x111;
	free(blocks[1]);
}

BUG
resize_pointer(int one)
{
	blocks[0] = malloc((size_t)one * 64);
	blocks[1] = realloc(blocks[0] + one * 8, 100);
}

BUG
unsorted(int one)
{
	blocks[0] = malloc((size_t)one * 2000);
	blocks[1] = malloc((size_t)one * 2000);
	free(blocks[0]);
	memset(blocks[0] - 8, 'C', 8);
	blocks[2] = malloc((size_t)one * 3000);
}

static const struct bug bugs[] = {
	{ "again", free_again },	{ "big-again", free_big_again },
	{ "fast-again", free_fast_again }, { "pointer", free_pointer },
	{ "mapped", free_mapped },	{ "next-size", next_size },
	{ "top-size", top_size },	{ "previous-size", previous_size },
	{ "resize", resize_pointer },	{ "unsorted", unsorted },
};

int
main(int argc, char **argv)
{
	return choose(bugs, NBUGS, argc, argv);
}
