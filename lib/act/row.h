/*
 * A row of results on its way into the database: what rows.c, crashrow.c and
 * checkrow.c share.
 */
#ifndef PF_ACT_ROW_H
#define PF_ACT_ROW_H

#include "act/common.h"
#include "model/assignment.h"
#include "model/coverage.h"
#include "model/result.h"

/* The members every row has. */
struct row {
	struct pf_result	 r;
	int64_t			 seq, epoch, attempt;
	int64_t			 filed;		/* by pf-ingest, its clock */
	bool			 stored;	/* its bytes were kept */
	const char		*restore;	/* "result", "row", or "" */
	bool			 foreign;	/* of a status or a log: nobody
						 * had such a token */
	struct pf_assignment	 lease;		/* if not */
	const char		*campaign;	/* of its job */
	const struct pf_json	*j;
};

/* Files a crash; what it answers into out.  crashrow.c. */
const struct pf_err	*pf_put_crash(struct pf_act *, struct row *,
			    struct pf_buf *out);

/* The same of a check and of a smaller input.  checkrow.c. */
const struct pf_err	*pf_put_check(struct pf_act *, struct row *,
			    struct pf_buf *out);
const struct pf_err	*pf_put_small(struct pf_act *, struct row *,
			    struct pf_buf *out);

/* Files numbers, and tells by events how the job's health has changed.
 * health.c. */
const struct pf_err	*pf_put_stats(struct pf_act *, const struct row *,
			    struct pf_stats *);

#endif
