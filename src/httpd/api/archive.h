/*
 * The corpus of a job as one archive, made while it goes out.
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

#endif
