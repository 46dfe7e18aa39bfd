/*
 * The demo's target: a parser of a small picture format with bugs planted in
 * it.  Never use it for anything but being fuzzed.
 */
#ifndef DEMO_CHUNK_H
#define DEMO_CHUNK_H

#include <stddef.h>
#include <stdint.h>

/* Reads a picture; returns the number of chunks, or -1. */
int	chunk_parse(const uint8_t *, size_t);

#endif
