/*
 * Archives that tar(1) reads: the ustar format of POSIX.  Bytes only; what
 * lies between a header and its padding is the caller's.
 */
#ifndef PF_CODEC_TAR_H
#define PF_CODEC_TAR_H

#include <stdint.h>

#include "base/buf.h"

#define PF_TAR_BLOCK	512
#define PF_TAR_DIR	155	/* longest directory and name */
#define PF_TAR_NAME	100

/*
 * Appends the header of a regular file dir/name, which size bytes must
 * follow; mtime is in seconds.  It tells of no owner, and may be read by all.
 */
void	pf_tar_file(struct pf_buf *, const char *dir, const char *name,
	    int64_t size, int64_t mtime);
/* The same of a program, which may be executed by all. */
void	pf_tar_program(struct pf_buf *, const char *dir, const char *name,
	    int64_t size, int64_t mtime);
/* Appends what is missing to whole blocks after size bytes of a file. */
void	pf_tar_pad(struct pf_buf *, int64_t size);
void	pf_tar_end(struct pf_buf *);

#endif
