/*
 * The token that bots show the master: a line in a file that not everybody
 * may read.  It is never printed, nor handed to another program.
 */
#ifndef PF_STORE_TOKEN_H
#define PF_STORE_TOKEN_H

#include "base/buf.h"
#include "base/err.h"

#define PF_TOKEN_MIN	16		/* characters */
#define PF_TOKEN_MAX	512

/*
 * The file's one token, without what is white around it.  Errors are
 * PF_CONFIG: others may read the file, or what is in it is not a token.
 * The caller frees it by pf_token_free(), which leaves nothing in memory.
 */
const struct pf_err	*pf_token_read(struct pf_buf *, const char *path);
void			 pf_token_free(struct pf_buf *);

#endif
