/*
 * What the readers of libraries, languages and debuggers have in common.
 */
#ifndef PF_CODEC_REPORT_READERS_H
#define PF_CODEC_REPORT_READERS_H

#include "codec/report/report.h"

/* The tool, and the type by the word that types.c knows it by. */
void	pf_reader_begin(struct pf_report *, const char *tool,
	    const char *word);
void	pf_reader_tool(struct pf_report *, const char *tool);

/*
 * What valgrind says in text and in XML alike.  The first line of an error
 * ("Invalid read of size 4"); false if it is none.
 */
bool	pf_valgrind_what(struct pf_report *, const char *said);
/* A line within ("Address 0x0 is not stack'd, malloc'd or (recently) free'd",
 * "Block was alloc'd at"): of the address, and which stack begins with it. */
void	pf_valgrind_aux(struct pf_report *, const char *said);
/* The first line of a leak, with the bytes it speaks of; -1 if it is none,
 * 0 if one of no interest. */
int	pf_valgrind_leak(struct pf_report *, const char *said);

/* The frame that was added last, to say more of it; NULL if it had no room. */
struct pf_frame *pf_reader_last(struct pf_report *);
/* The frame before this one, the last, was inlined into it. */
void	pf_reader_inlined(struct pf_report *, const struct pf_frame *);

#endif
