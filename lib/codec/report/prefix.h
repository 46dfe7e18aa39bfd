/*
 * What those who collect the output of programs put before each line of it:
 * the name of a container, a time.  Pure; it knows nothing of reports but how
 * some of their lines begin.
 */
#ifndef PF_CODEC_REPORT_PREFIX_H
#define PF_CODEC_REPORT_PREFIX_H

#include <stdbool.h>
#include <stddef.h>

#define PF_PREFIX_TEXT	128

/* One that was seen before the first line of a report; all 0 at first. */
struct pf_prefix {
	char	text[PF_PREFIX_TEXT];
	size_t	n;
};

/*
 * How many bytes of the line (NUL behind) are a prefix: "app_1  | ", a time
 * of RFC 3339, with or without brackets, each any number of times; and then
 * what stood before the first line of a report, with any digits where it had
 * some.  Only while a report may begin (open) such a line is looked for.
 */
size_t	pf_prefix(struct pf_prefix *, const char *line, bool open);

#endif
