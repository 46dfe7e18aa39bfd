/*
 * A pack taken apart while it arrives: fed any pieces of its bytes, this
 * verifies what pf_frame_next() and pf_rec_parse() verify, with the same
 * verdicts, and never holds more than a header and the piece at hand.  No
 * files.
 */
#ifndef PF_CODEC_UNPACK_H
#define PF_CODEC_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "codec/rec.h"

/*
 * What the caller is told, in this order for each record; any but end may be
 * NULL.  An error returned ends all of it: pf_unpack_feed() returns it.
 *
 * header: the header is right and the record as long as it says.  *why, NULL
 *	before, may be set to an error: then the record is refused by the
 *	caller, who gets no more of it but its end.
 * bytes: the frame as it came, its line first, for who passes it on.
 * body: the same for the body alone.
 * end: the record is over.  verdict is NULL if all of it is right, else why
 *	it is damaged or was refused; rec has then its rid, and the rest only
 *	if header was called.  body of rec is NULL throughout.
 *
 * A record that turns out to be damaged may have been passed on before that
 * is known: the caller takes it back.
 */
struct pf_unpack_calls {
	const struct pf_err	*(*header)(const struct pf_err **why, void *,
				    const struct pf_rec *);
	const struct pf_err	*(*bytes)(void *, const void *, size_t);
	const struct pf_err	*(*body)(void *, const void *, size_t);
	const struct pf_err	*(*end)(void *, const struct pf_rec *,
				    const struct pf_err *verdict);
};

struct pf_unpack;

/* calls must outlive it; arg is given to each. */
struct pf_unpack	*pf_unpack_new(const struct pf_unpack_calls *,
			    void *arg);

/*
 * The next n bytes.  PF_DATA if they are no frame where one has to begin:
 * what follows cannot be told apart.  After an error, its own or a call's,
 * it is returned again whatever is fed; it lives as long as the reader.
 */
const struct pf_err	*pf_unpack_feed(struct pf_unpack *, const void *,
			    size_t n);

/* No more bytes: PF_DATA if a frame has begun and not ended, or there was
 * none. */
const struct pf_err	*pf_unpack_end(struct pf_unpack *);

/* Where in the pack the frame at hand, or the next one, begins. */
int64_t			 pf_unpack_start(const struct pf_unpack *);

/* NULL is fine. */
void			 pf_unpack_free(struct pf_unpack *);

#endif
