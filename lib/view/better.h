/*
 * A report of a crash that tells more than its own, from when it was run
 * again.  Read-only; where a crash is filed does not depend on it.
 *
 * Only what the master itself reads in it counts, and only the word of a bot
 * for the same input of the same job on what crashed: who lies there can
 * describe no other crash than the one it has.
 */
#ifndef PF_VIEW_BETTER_H
#define PF_VIEW_BETTER_H

#include "base/name.h"
#include "codec/hash.h"
#include "codec/report/rules.h"
#include "store/db.h"

struct pf_better {
	char	*output;	/* the report; NULL: there is none */
	char	*path;		/* where it lies, below the storage */
	/* By pf_better_get() only. */
	char	 type[PF_TITLE_TEXT];		/* "Abrt", as it says */
	char	 stack[PF_SIGN_FRAMES];		/* by the rules in force */
};

/*
 * Of a crash of which this was told.  A report is better that did the same
 * and has names of functions, if the crash has none that can be read or one
 * without names, of the same type; and one that is whole, of the same major
 * hash, if that of the crash was cut.  If there is none, and of the crash
 * nothing is told but a signal, one of another build or of valgrind, with
 * names, that died likewise or, for a bad access, made one.
 * pf_better_free() in any case.
 */
const struct pf_err	*pf_better_get(struct pf_better *, struct pf_db *,
			    const char *storage, const char *crash,
			    const struct pf_given *);
/* The same for who reads it for himself. */
const struct pf_err	*pf_better_any(struct pf_better *, struct pf_db *,
			    const char *storage, const char *crash,
			    const struct pf_given *);
/* Only of what crashed: for who runs that, or counts what it says. */
const struct pf_err	*pf_better_find(struct pf_better *, struct pf_db *,
			    const char *storage, const char *crash,
			    const struct pf_given *);
void			 pf_better_free(struct pf_better *);

/* As an object "best", or null, in an open JSON object. */
void			 pf_better_json(struct pf_buf *,
			    const struct pf_better *);

#endif
