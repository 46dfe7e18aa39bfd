/*
 * Results that were counted.  The rid makes each count once; the reply row
 * of the first time is kept, so that a replay is answered alike.
 */
#ifndef PF_MODEL_RESULT_H
#define PF_MODEL_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

struct pf_result {
	const char	*rid;
	const char	*kind;
	const char	*job;
	const char	*bot;
	int64_t		 time;
	bool		 late;
};

/* Reply of an rid counted before, appended to reply, or *found false. */
const struct pf_err	*pf_result_find(struct pf_buf *reply, bool *found,
			    struct pf_db *, const char *rid);
const struct pf_err	*pf_result_insert(struct pf_db *,
			    const struct pf_result *, const char *reply);

/*
 * Forgets at most max status and log results of before a time: newer ones
 * have taken their place.
 */
const struct pf_err	*pf_result_sweep(struct pf_db *, int64_t *n,
			    int64_t before, int64_t max);

/* Forgets one, whose row is gone, as if it had never been counted. */
const struct pf_err	*pf_result_forget(struct pf_db *, const char *rid);

#endif
