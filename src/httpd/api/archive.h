/*
 * The corpus of a job, or its seeds, as one archive, made while it goes out.
 */
#ifndef PF_HTTPD_ARCHIVE_H
#define PF_HTTPD_ARCHIVE_H

#include "httpd/httpd.h"

/*
 * The reply becomes JOB/SHA256, a file each, as tar(1) reads it, in the order
 * of the hashes.  PF_NOTFOUND if there is no such job, PF_BUSY if too many
 * are on their way.
 */
const struct pf_err	*archive_start(struct worker *, struct req *,
			    const char *job);

/*
 * The same of the job's seeds, each called after its hash, as unzip(1) reads
 * it.  PF_NOTFOUND if it has none, PF_CONFLICT if they are too much for that.
 */
const struct pf_err	*archive_seeds(struct worker *, struct req *,
			    const char *job);

#endif
