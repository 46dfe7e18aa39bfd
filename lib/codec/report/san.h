/*
 * What the reports of all sanitizers have in common.
 */
#ifndef PF_CODEC_REPORT_SAN_H
#define PF_CODEC_REPORT_SAN_H

#include <stdbool.h>

#include "codec/report/report.h"

/*
 * Begins the report of a tool, of which the first line says so much after its
 * name ("heap-buffer-overflow on address 0x602 ...").
 */
void	pf_san_begin(struct pf_report *, const char *tool, const char *said);

/*
 * "==9==LeakSanitizer: hard rss limit exhausted (100Mb vs 110Mb)" and
 * "MemorySanitizer: CHECK failed: a.h:7 ...", which the runtimes say without
 * the word ERROR, and the first without a stack: whether it is the one of that
 * name.
 */
bool	pf_san_bare(struct pf_report *, const char *line, const char *name,
	    const char *tool);

/* A line within it; false if it is the last one. */
bool	pf_san_line(struct pf_report *, const char *line);

/* "DEDUP_TOKEN: f--g--h" is kept; whether the line was that. */
bool	pf_san_token(struct pf_report *, const char *line);

/* A stack begins; the next frame is the first of it. */
void	pf_san_stack(struct pf_report *, enum pf_stack_kind);
/* A frame of the stack that is open; if it was closed (by a line that is
 * none), of another one. */
bool	pf_san_frame(struct pf_report *, const char *line);
void	pf_san_close(struct pf_report *);

#endif
