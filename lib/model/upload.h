/*
 * Records of kind blob that were filed: the rid makes each count once.
 */
#ifndef PF_MODEL_UPLOAD_H
#define PF_MODEL_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

struct pf_upload {
	const char	*rid;
	const char	*sha;		/* of the bytes */
	int64_t		 size;
	int64_t		 time;
};

/* *fresh is false if that rid was there before; then nothing changes. */
const struct pf_err	*pf_upload_put(bool *fresh, struct pf_db *,
			    const struct pf_upload *);

#endif
