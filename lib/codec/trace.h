/*
 * A crash report in a few words: which tool found what, and where.
 *
 * Reads what AddressSanitizer, UndefinedBehaviorSanitizer, MemorySanitizer,
 * LeakSanitizer, ThreadSanitizer, libFuzzer and glibc print.  Bytes in, a
 * struct out; the text is hostile.
 */
#ifndef PF_CODEC_TRACE_H
#define PF_CODEC_TRACE_H

#include <stddef.h>

struct pf_trace {
	char	 tool[16];	/* asan ubsan msan lsan tsan libfuzzer glibc
				 * or "" if nothing was recognised */
	char	 type[64];	/* heap-buffer-overflow, null-dereference ... */
	char	 stack[512];	/* the top three frames, "f < g < h" */
	int	 signal;	/* 0: none told */
	size_t	 offset;	/* the report within the text */
	size_t	 length;
};

/* Always fills the struct. */
void		 pf_trace_parse(struct pf_trace *, const char *, size_t n);

/* The word for a death by signal: segfault, abort ... */
const char	*pf_trace_signal(int sig);

#endif
