/*
 * The fields that each kind of record has of its own: names, types, ranges.
 * What pf-ingest takes of them, and so what pf-httpd may make of a request.
 */
#ifndef PF_CODEC_RECFIELD_H
#define PF_CODEC_RECFIELD_H

#include "codec/rec.h"

/*
 * The field, read from the member key of an object, as a member of JSON that
 * is being written; nothing if it is absent.  A text is cut to what is kept;
 * PF_DATA, with key as the field, is a wrong type or range.
 */
const struct pf_err	*pf_rec_field(struct pf_buf *, enum pf_kind,
			    const char *name, const struct pf_json *from,
			    const char *key);

/* How much of a text is kept: so many bytes at most when quoted. */
size_t			 pf_rec_cut(const char *, size_t n, size_t max);

/* All fields of the kind, by their own names. */
const struct pf_err	*pf_rec_fields(struct pf_buf *, enum pf_kind,
			    const struct pf_json *from);

#endif
