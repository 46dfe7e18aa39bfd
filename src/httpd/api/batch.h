/*
 * A pack that was sent, small (api_results.c) or large (feed_results.c): both
 * judge its records alike and answer in the same words.
 */
#ifndef PF_HTTPD_BATCH_H
#define PF_HTTPD_BATCH_H

#include "codec/rec.h"
#include "httpd/httpd.h"

/* What pf-ingest would refuse is refused here, to the sender's face. */
const struct pf_err	*batch_limit(const struct httpd *,
			    const struct pf_rec *);

/*
 * Before the records are looked at: is there room for n bytes?  If not, crashes
 * may come in all the same.  After that: refused is how many never will be
 * taken; r->frames are those that are.  All of it put off is an error.
 */
void			 batch_room(struct req *, int64_t n);
const struct pf_err	*batch_again(const struct req *, size_t refused);

/* PF_BUSY if there is no room for it now. */
const struct pf_err	*batch_later(const struct req *,
			    const struct pf_rec *);

/* PF_USAGE, for 413, if a body of that size must not have such a record. */
const struct pf_err	*batch_size(const struct httpd *,
			    const struct pf_rec *, int64_t size);

/* The answer: its beginning, a verdict a record, its end. */
void	batch_open(struct pf_buf *);
void	batch_verdict(struct pf_buf *, const char *rid,
	    const struct pf_err *);
void	batch_close(struct pf_buf *);

#endif
