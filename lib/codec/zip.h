/*
 * Archives that unzip(1) reads, their files stored as they are.  Bytes only;
 * what lies between pf_zip_file() and pf_zip_done() is the caller's.
 */
#ifndef PF_CODEC_ZIP_H
#define PF_CODEC_ZIP_H

#include <stdint.h>

#include "base/buf.h"

#define PF_ZIP_NAME	255		/* longest name of a file */
#define PF_ZIP_FILES	65535		/* in one archive, */
#define PF_ZIP_BYTES	INT64_C(4000000000)	/* and what they have in all */

/* An archive on its way out; pf_buf_free(&z.dir) ends it. */
struct pf_zip {
	struct pf_buf	 dir;		/* of what there is so far */
	int64_t		 at;		/* bytes that are out */
	int64_t		 start, size;	/* of the file at hand */
	uint32_t	 crc;
	unsigned int	 files;
	char		 name[PF_ZIP_NAME + 1];
};
#define PF_ZIP_INIT	{ .dir = PF_BUF_INIT }

/*
 * Begins a file: appends its header, which the bytes of the file must follow,
 * each told by pf_zip_bytes(); pf_zip_done() appends what ends it, and
 * pf_zip_end() the list of all.
 */
void	pf_zip_file(struct pf_zip *, struct pf_buf *, const char *name);
void	pf_zip_bytes(struct pf_zip *, const void *, size_t);
void	pf_zip_done(struct pf_zip *, struct pf_buf *);
void	pf_zip_end(struct pf_zip *, struct pf_buf *);

#endif
