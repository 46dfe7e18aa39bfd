/*
 * Memory that nobody gives back.
 */
#include <time.h>

#include "bug.h"

struct node {
	struct node	*next;
	char		 text[24];
};

static struct node *volatile list;
static char *volatile kept;

static __attribute__((noinline)) struct node *
new_node(struct node *next)
{
	struct node *n = malloc(sizeof(*n));

	n->next = next;
	return n;
}

static __attribute__((noinline)) void
forget(void)
{
	list = NULL;
}

/* What the registers and the dead part of the stack still know. */
static __attribute__((noinline)) void
wipe(void)
{
	volatile char a[4096];

	memset((char *)(size_t)a, 0, sizeof(a));
	sink = a[7];
}

BUG
direct(int one)
{
	int i;

	for (i = 0; i < one * 3; i++)
		list = new_node(NULL);
	forget();
	wipe();
}

BUG
indirect(int one)
{
	int i;

	for (i = 0; i < one * 4; i++)
		list = new_node(list);
	forget();
	wipe();
}

BUG
two_places(int one)
{
	char *volatile p = strdup("forgotten");

	sink = p[one];
	p = calloc(10, 10);
	sink = p[one];
	p = NULL;
	list = new_node(new_node(NULL));
	forget();
	wipe();
}

/* Known by its middle only, and known to the end. */
BUG
possible(int one)
{
	kept = malloc((size_t)one * 100);
	kept += one * 10;
}

BUG
reachable(int one)
{
	kept = malloc((size_t)one * 100);
}

/* More than a limit allows, in no haste: it is looked at now and then. */
BUG
hoard(int one)
{
	struct timespec t = { 0, 1000000 };
	char *volatile p;

	while (one > 0 && (p = malloc(1 << 20)) != NULL) {
		memset(p, one, 1 << 20);
		nanosleep(&t, NULL);
	}
}

static const struct bug bugs[] = {
	{ "direct", direct },		{ "indirect", indirect },
	{ "two", two_places },		{ "possible", possible },
	{ "reachable", reachable },	{ "hoard", hoard },
};

int
main(int argc, char **argv)
{
	return choose(bugs, NBUGS, argc, argv);
}
