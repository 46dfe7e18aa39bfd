/*
 * Which frames are never the culprit: a list of globs, the built-in one and
 * what a user adds to it.  Text in, yes or no out; no files.
 *
 *	function __asan_*	the name as pf_frame_name() leaves it
 *	file libsanitizer*	the file as the tool gave it
 *	module libc.so*	its last part: program or library
 *	entry main		where the program begins: it counts only when no
 *				other frame does
 *	keep function free_all	the opposite: such a frame counts
 *
 * One a line; blank lines and those that begin with # say nothing.  In a glob
 * * stands for any bytes and ? for one.  Of several that fit a frame the last
 * one decides, so that what is added has the last word.
 */
#ifndef PF_CODEC_REPORT_IGNORE_H
#define PF_CODEC_REPORT_IGNORE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "codec/report/report.h"

#define PF_IGNORE_MAX	4096	/* rules */
#define PF_IGNORE_GLOB	200	/* bytes of one */

enum pf_verdict_frame {
	PF_FRAME_COUNTS, PF_FRAME_ENTRY, PF_FRAME_IGNORED
};

struct pf_ignore;

/* With the built-in list; free with pf_ignore_free(). */
struct pf_ignore	*pf_ignore_new(void);
void			 pf_ignore_free(struct pf_ignore *);

/* Adds a line, without its newline; PF_DATA with the number if it is wrong. */
const struct pf_err	*pf_ignore_line(struct pf_ignore *, const char *,
			    size_t n, int number);

enum pf_verdict_frame	 pf_ignore_frame(const struct pf_ignore *,
			    const struct pf_frame *);

/* The rule that decides as it would be written, "" if none fits. */
#define PF_RULE_TEXT	(PF_IGNORE_GLOB + 24)
void			 pf_ignore_rule(char out[PF_RULE_TEXT],
			    const struct pf_ignore *,
			    const struct pf_frame *);

/*
 * The next rule that was added and decided of no frame so far: its line and
 * its glob; false if there is none.  *at begins at 0.
 */
bool			 pf_ignore_idle(const struct pf_ignore *, size_t *at,
			    int *line, const char **glob);

/* Changes with the built-in list, and with what state.c makes of it. */
#define PF_RULES	"9"
#define PF_RULES_TEXT	24	/* of a version, see rules.h */

/* The built-in list as text, for people: parts of it, up to a NULL. */
extern const char *const pf_ignore_builtin[];

/* Whether the text fits the glob; time of their product at most. */
bool			 pf_glob(const char *glob, const char *);

#endif
