/*
 * The demo's parser under afl-fuzz in persistent mode.  Run by itself it
 * reads standard input once.
 */
#include <unistd.h>

#include "chunk.h"

__AFL_FUZZ_INIT();

int
main(void)
{
	const unsigned char *data;

	__AFL_INIT();
	data = __AFL_FUZZ_TESTCASE_BUF;
	while (__AFL_LOOP(10000))
		chunk_parse(data, (size_t)__AFL_FUZZ_TESTCASE_LEN);
	return 0;
}
