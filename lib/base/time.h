/*
 * Wall time is int64 milliseconds since 1970 UTC inside, RFC 3339 with
 * milliseconds and "Z" at the edge.  It is for people; nothing expires by it.
 */
#ifndef PF_BASE_TIME_H
#define PF_BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#define PF_TIME_TEXT	32	/* room for pf_time_text() */

/* "2026-11-23T18:16:00.123Z"; returns out. */
char	*pf_time_text(char out[PF_TIME_TEXT], int64_t ms);

/* Reads RFC 3339 with any offset and any number of decimals. */
bool	pf_time_parse(int64_t *ms, const char *);

#endif
