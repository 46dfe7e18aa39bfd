/*
 * A JSON object on a line whose last member is a sum of all before it: what
 * was written is told from what became of it.
 */
#ifndef PF_CODEC_SUM_H
#define PF_CODEC_SUM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Ends the object that begins at start, whose closing bracket is not there
 * yet, and the line.
 */
void	pf_sum_end(struct pf_buf *, size_t start);

/* False if the n bytes, without newline, have a sum and it is another. */
bool	pf_sum_ok(const char *, size_t n);

#endif
