/*
 * Op lines and replies, pf-ops(5): text <-> errors and fields.
 */
#ifndef PF_CODEC_OP_H
#define PF_CODEC_OP_H

#include "base/buf.h"
#include "base/err.h"
#include "codec/json.h"

#define PF_HOOK_LATER	3600000	/* ms: "hooked" puts none off for longer */

/*
 * Starts a reply line in buf for the request (NULL if it could not be
 * parsed): {"seq":17,"ok":true or false.  The caller adds members and ends
 * it with pf_op_end().
 */
void	pf_op_begin(struct pf_buf *, const struct pf_json *request, bool ok);
void	pf_op_end(struct pf_buf *);

/* A whole refusal line. */
void	pf_op_refuse(struct pf_buf *, const struct pf_json *request,
	    const struct pf_err *);

/*
 * What the reply lines from there on tell was undone: each becomes a refusal
 * by err with the seq it had, but those that were wrong in themselves, of
 * class usage or data, which stay.
 */
void	pf_op_undone(struct pf_buf *replies, size_t from,
	    const struct pf_err *err);

/* Members class, field and error of a refusal, into an open object. */
void	pf_op_error(struct pf_buf *, const struct pf_err *);

/* The error a parsed reply carries; NULL if it says ok. */
const struct pf_err	*pf_op_reply_err(const struct pf_json *reply);

#endif
