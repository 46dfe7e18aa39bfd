/*
 * Crashes as they are placed in buckets, with what that goes by.  Read-only.
 */
#ifndef PF_VIEW_PLACE_H
#define PF_VIEW_PLACE_H

#include "codec/report/rules.h"
#include "store/placing.h"

/*
 * All crashes, or the one of that id (else NULL).  Columns: type, tool,
 * stack, output and signal, as the sender told them; id of the crash, its
 * campaign, its bucket; type and frames that the bucket says.
 */
enum {
	PF_PLACE_ID = 5, PF_PLACE_CAMPAIGN, PF_PLACE_BUCKET, PF_PLACE_TYPE,
	PF_PLACE_FRAMES
};
const struct pf_err	*pf_place_query(struct pf_q *, struct pf_db *,
			    const char *id);

/* What the sender told, good until the next row. */
void			 pf_place_said(struct pf_given *,
			    const struct pf_q *);

#endif
