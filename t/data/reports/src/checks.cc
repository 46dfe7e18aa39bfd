/*
 * What glog says before it aborts, and its handler of signals.
 */
#include <glog/logging.h>

#include "bug.h"

BUG
equal(int one)
{
	CHECK_EQ(one, 7) << "a header";
}

BUG
insist(int one)
{
	CHECK(one > 7);
}

BUG
never(int one)
{
	LOG(FATAL) << "no way " << one;
}

BUG
null_write(int one)
{
	int *volatile p = nullptr;

	*p = one;
}

static const struct bug bugs[] = {
	{ "equal", equal },	{ "insist", insist },
	{ "never", never },	{ "null", null_write },
};

int
main(int argc, char **argv)
{
	/* Before that there is no stack. */
	if (argc > 2)
		google::InitGoogleLogging(argv[0]);
	if (argc > 2)
		google::InstallFailureSignalHandler();
	return choose(bugs, NBUGS, 2, argv);
}
