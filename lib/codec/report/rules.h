/*
 * The rules by which crashes are told apart, pf-rules(5): which frames count
 * (ignore.h), which crashes that look alike are not the same, and which are
 * although they do not.  Text in, hashes out; no files.
 *
 *	split MAJOR			told apart by all frames
 *	split MAJOR function GLOB	those with such a frame are their own
 *	merge KEY KEY ...		taken for one
 *
 * What a crash is filed under, its key, is a function of what was told of it
 * and of the text of the rules alone: not of their order among splits that
 * cannot both fit, nor of the order of merges, nor of what came before.
 */
#ifndef PF_CODEC_REPORT_RULES_H
#define PF_CODEC_REPORT_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "codec/report/ignore.h"
#include "codec/report/report.h"
#include "codec/report/state.h"

#define PF_RULES_BYTES	(1 << 20)	/* of a text of rules */
#define PF_SIGN_FRAMES	512		/* room for the top three, cut */

/* What a sender told of a crash; none is NULL. */
struct pf_given {
	const char	*type, *tool, *stack;	/* "a < b", innermost first */
	const char	*output;		/* the raw report */
	int64_t		 signal;
};

/* How the key came to be. */
enum pf_key_by {
	PF_KEY_MAJOR,	/* what looks alike is the same */
	PF_KEY_MINOR,	/* split, by all frames */
	PF_KEY_GLOB	/* split, by one that fits */
};

struct pf_sign {
	char		 key[PF_STATE_HASH];
	char		 major[PF_STATE_HASH], minor[PF_STATE_HASH];
	char		 type[PF_TYPE_TEXT];	/* coarse, for lists */
	char		 tool[PF_TYPE_TEXT];
	char		 frames[PF_SIGN_FRAMES];
	bool		 parsed;	/* from the report, not from what the
					 * sender made of it */
	enum pf_key_by	 by;
	bool		 merged;	/* with others, after by */
	const char	*glob;		/* of the rule, or "" */
};

struct pf_rules;

/* With the built-in list of frames; free with pf_rules_free(). */
struct pf_rules	*pf_rules_new(void);
void		 pf_rules_free(struct pf_rules *);

/* Adds the lines of a text; PF_DATA names the line that is wrong. */
const struct pf_err	*pf_rules_add(struct pf_rules *, const char *,
			    size_t n);

const struct pf_ignore	*pf_rules_ignore(const struct pf_rules *);

/* "7", and if rules were added a sum of their text: "7+0a1b2c3d". */
void		 pf_rules_version(char out[PF_RULES_TEXT],
		    const struct pf_rules *);

/*
 * What a crash is filed under.  The report decides if it is one; else what
 * the sender made of it.
 */
void		 pf_rules_sign(struct pf_sign *, struct pf_rules *,
		    const struct pf_given *);
/* The same of a report that was read, and its state; parsed is not set. */
void		 pf_rules_key(struct pf_sign *, const struct pf_rules *,
		    const struct pf_report *, const struct pf_state *);

/*
 * The next hash, of a split or to merge, or glob of a rule for frames, that
 * decided of no crash so far, and the line where it stands first; false if
 * there is none.  *at begins at 0.
 */
bool		 pf_rules_idle(const struct pf_rules *, size_t *at, int *line,
		    const char **hash);

/*
 * All of the last report that any rule may look at: two with the same trace
 * have the same key, whatever the rules.
 */
void		 pf_rules_trace(struct pf_buf *, const struct pf_rules *);

/* The report and state of the last call of pf_rules_sign(). */
const struct pf_report	*pf_rules_report(const struct pf_rules *);
const struct pf_state	*pf_rules_state(const struct pf_rules *);

#endif
