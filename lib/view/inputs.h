/*
 * The inputs that jobs have filed.  Read-only.
 */
#ifndef PF_VIEW_INPUTS_H
#define PF_VIEW_INPUTS_H

#include "base/name.h"
#include "view/page.h"

#define PF_INPUT_NAMES	256

/* Names of inputs, in order. */
struct pf_input_names {
	char	sha[PF_INPUT_NAMES][PF_SHA_HEX + 1];
	size_t	n;
};

/* Those after the last one that it holds, or the first; n is 0 at the end. */
const struct pf_err	*pf_inputs_next(struct pf_input_names *,
			    struct pf_db *, const char *job);

/* The same of its seeds; their number, and bytes in all. */
const struct pf_err	*pf_seeds_next(struct pf_input_names *,
			    struct pf_db *, const char *job);
const struct pf_err	*pf_seeds_sum(int64_t *n, int64_t *bytes,
			    struct pf_db *, const char *job);

/* A page of a job's inputs, by hash, as elements of an open JSON array of
 * pf_view_corpus. */
const struct pf_err	*pf_inputs_page(struct pf_page *, struct pf_buf *,
			    struct pf_db *, const char *job);
/* A page of those of a campaign, in the order they were filed for each of its
 * targets, of pf_view_campaign_corpus.  Those that several jobs filed may
 * come several times. */
const struct pf_err	*pf_campaign_inputs_page(struct pf_page *,
			    struct pf_buf *, struct pf_db *,
			    const char *campaign);

#endif
