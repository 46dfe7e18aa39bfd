/*
 * The rules that crashes are told apart by, pf-rules(5): those in force, and
 * those that come.  Read-only.
 */
#ifndef PF_VIEW_INFORCE_H
#define PF_VIEW_INFORCE_H

#include <stdbool.h>

#include "base/buf.h"
#include "codec/report/ignore.h"
#include "store/db.h"

/* Their text, as it was applied. */
const struct pf_err	*pf_inforce_text(struct pf_buf *, struct pf_db *);

/*
 * Members of a JSON object that is open: rules, version, text, applied_at of
 * those in force, before, the version that undo goes back to, and coming, the
 * first two of those that are to be next; each null if there is none.
 */
const struct pf_err	*pf_inforce_json(struct pf_buf *, struct pf_db *);

/* The version that undo would bring; PF_CONFLICT if there is none. */
const struct pf_err	*pf_inforce_undone(char version[PF_RULES_TEXT],
			    struct pf_db *);

#endif
