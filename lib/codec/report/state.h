/*
 * What makes two crashes the same: the first three frames that mean
 * something, and two hashes.  A pure function of the record and of the rules
 * (ignore.h): not of addresses, directories or line numbers, nor of how deep
 * a recursion went.
 *
 * Line numbers do not count because an edit above a bug is no other bug; a
 * frame without a name is called by its module and offset, and so is the same
 * in the same build only.  A report without a stack has but the place that it
 * tells, function or file and line.
 *
 * In a hang chance decides where it is caught: there the outermost frame that
 * means something counts, alone; and of two threads at one thing which was
 * seen first, so the place of each counts, in the order of their names.  A
 * stack that overflowed is told by the functions that recur in it, in the
 * order of their names.  Of several leaks one tells of all, and which one their
 * frames decide, not their order.
 */
#ifndef PF_CODEC_REPORT_STATE_H
#define PF_CODEC_REPORT_STATE_H

#include <stddef.h>

#include "codec/report/ignore.h"
#include "codec/report/report.h"

#define PF_STATE_FRAMES	3
#define PF_STATE_HASH	33	/* 32 hex digits and a NUL */

struct pf_state {
	const char	*frame[PF_STATE_FRAMES];	/* in the report */
	size_t		 n;
	size_t		 folded;	/* frames that were recursion */
	char		 major[PF_STATE_HASH];	/* of type, access and state */
	char		 minor[PF_STATE_HASH];	/* of all frames besides */
};

/*
 * Marks the frames of the report that are ignored, and fills the state.  A
 * segfault of which the stack is nothing but recursion becomes the overflow of
 * a stack that it is, unless a sanitizer told it: those know an overflow.
 * Leaks are put in order, direct ones first, those that were allocated at one
 * place become one, and their place is set.
 */
void	pf_state_of(struct pf_state *, struct pf_report *,
	    const struct pf_ignore *);

#endif
