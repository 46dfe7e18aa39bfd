/*
 * All parsers in one: the first byte says which.  The demo fuzzes this.
 */
#include "t/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parsers[])(const uint8_t *, size_t) = {
		fuzz_json, fuzz_rec, fuzz_conf, fuzz_aflstat, fuzz_fuzzlog,
		fuzz_trace, fuzz_unpack, fuzz_wire, fuzz_elfscan,
		fuzz_engine,
	};

	if (size > 0)
		parsers[data[0] % (sizeof(parsers) / sizeof(parsers[0]))]
		    (data + 1, size - 1);
	return 0;
}
