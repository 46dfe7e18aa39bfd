/*
 * How an engine came upon a crash: what it says in the names of its files,
 * which lies with the report beside the input.  Read-only.
 */
#ifndef PF_VIEW_ORIGIN_H
#define PF_VIEW_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "codec/hash.h"

struct pf_origin {
	char	name[256];		/* of its file, "" if not told */
	char	op[64];			/* what was done to the parent */
	int64_t	ms, execs;		/* since the engine began, or -1 */
	char	parent[PF_SHA_TEXT];	/* the input it was made of */
};

/*
 * Of the crash whose input lies there; false if nothing is told.  A file that
 * is not there, or makes no sense, tells nothing: fsck is who minds.
 */
bool	pf_origin_get(struct pf_origin *, const char *input);

/* As member origin of an open JSON object, null if nothing is told. */
void	pf_origin_json(struct pf_buf *, const char *input);

#endif
