/*
 * The demo's parser under libFuzzer.
 */
#include "chunk.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	chunk_parse(data, size);
	return 0;
}
