/*
 * A crash report in a few words, as they travel with a crash: which tool
 * found what, and where.  All there is to know of a report is in
 * report/report.h, by which it is read here.  Bytes in, a struct out; the
 * text is hostile.
 */
#ifndef PF_CODEC_TRACE_H
#define PF_CODEC_TRACE_H

#include <stdbool.h>
#include <stddef.h>

struct pf_trace {
	char	 tool[16];	/* as in struct pf_report; "" if nothing was
				 * recognised but that it died */
	char	 type[64];	/* the coarse one: heap-buffer-overflow */
	char	 stack[512];	/* the crash state, "f < g < h" */
	char	 major[33];	/* what makes two crashes the same, see
				 * report/state.h; "" if nothing was
				 * recognised */
	size_t	 named;		/* frames of the stack that have names */
	int	 signal;	/* 0: none told */
	bool	 access;	/* memory was accessed that must not be */
	size_t	 offset;	/* the report within the text */
	size_t	 length;
};

/* So many bytes of its report travel with a crash. */
#define PF_TRACE_SENT	8192

/* Always fills the struct. */
void		 pf_trace_parse(struct pf_trace *, const char *, size_t n);

/* The major hash with the version of the rules that made it, "3:..."; "" if
 * there is none.  Returns its argument. */
#define PF_TRACE_MAJOR	64
const char	*pf_trace_major(char out[PF_TRACE_MAJOR],
		    const struct pf_trace *);

/* The word for a death by signal: segfault, abort ... */
const char	*pf_trace_signal(int sig);

#endif
