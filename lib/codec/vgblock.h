/*
 * What valgrind says of one run, taken apart: each error and each leak is a
 * block of lines, to an empty one.  Bytes in, places in them out; the text is
 * hostile.
 */
#ifndef PF_CODEC_VGBLOCK_H
#define PF_CODEC_VGBLOCK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The next block at or behind *at: *p and *n are its bytes, and *at is behind
 * it.  False: there is none.  What the program itself printed in between is
 * part of a block.  Not every block tells of an error.
 */
bool	pf_vgblock_next(const char **p, size_t *n, const char *text,
	    size_t len, size_t *at);

#endif
