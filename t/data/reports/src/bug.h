/*
 * A program with many bugs: its argument says which of them happens.  Each
 * is a function called by step(), called by handle(), so that the first
 * three frames of a stack are known, whatever calls main().
 */
#ifndef BUG_H
#define BUG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each function keeps its frame, unless the build is for inlined ones. */
#ifndef KEEP
#define KEEP	__attribute__((noinline))
#endif
#define BUG	static KEEP void
#define NBUGS	((int)(sizeof(bugs) / sizeof(bugs[0])))

/* The function is called with 1, which no compiler can know. */
struct bug {
	const char	*name;
	void		(*happen)(int one);
};

/* What is read goes here, so that reading is not left out. */
static volatile long sink;

static KEEP void
step(const struct bug *b, int one)
{
	b->happen(one);
	sink++;		/* no tail call: the frame stays */
}

static KEEP void
handle(const struct bug *b, int one)
{
	step(b, one);
	sink++;
}

static inline int
choose(const struct bug *bugs, int n, int argc, char **argv)
{
	int i;

	for (i = 0; argc > 1 && i < n; i++)
		if (strcmp(bugs[i].name, argv[1]) == 0) {
			handle(&bugs[i], argc - 1);
			return 0;
		}
	fprintf(stderr, "no such bug\n");
	return 64;
}

#endif
