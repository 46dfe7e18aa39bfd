/*
 * The command that a bot tells with a crash, taken apart: the target, its
 * arguments, and whether the input comes on standard input.
 *
 *	%TARGET% word ... [< %INPUT%]
 *
 * It reads as a shell reads it, but there is no shell in it: words of plain
 * characters, text between single quotes, \' and blanks.  Everything else
 * that a shell would act on is refused, and so are settings (NAME=value
 * before the target: LD_PRELOAD=%INPUT% would make the input a program), so
 * that what came from a bot never runs but as arguments of the target.
 */
#ifndef PF_CODEC_CMDLINE_H
#define PF_CODEC_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

#define PF_CMDLINE_MAX	(64 << 10)	/* bytes of it */

struct pf_cmdline {
	struct pf_buf	words;		/* each with a NUL behind it */
	size_t		nargs;		/* the target not one */
	bool		by_stdin;
};
#define PF_CMDLINE_INIT	{ PF_BUF_INIT, 0, false }

/* PF_DATA says what is none of that. */
const struct pf_err	*pf_cmdline_parse(struct pf_cmdline *, const char *);
void			 pf_cmdline_free(struct pf_cmdline *);

/*
 * Appends a word for sh(1), whatever is in it, with "$input" for %INPUT% and
 * "$target" for %TARGET%.
 */
void			 pf_cmdline_quote(struct pf_buf *, const char *);

#endif
