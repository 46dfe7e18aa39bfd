/*
 * What GLib says before it ends a program.
 */
#include <glib.h>

#include "bug.h"

BUG
equal(int one)
{
	g_assert_cmpint(one, ==, 7);
}

BUG
insist(int one)
{
	g_assert(one > 7);
}

BUG
never(int one)
{
	if (one)
		g_assert_not_reached();
}

BUG
error(int one)
{
	g_error("no way %d", one);
}

BUG
memory(int one)
{
	sink = (long)g_malloc((gsize)-one);
}

static const struct bug bugs[] = {
	{ "equal", equal },	{ "insist", insist },
	{ "never", never },	{ "error", error },
	{ "memory", memory },
};

int
main(int argc, char **argv)
{
	return choose(bugs, NBUGS, argc, argv);
}
