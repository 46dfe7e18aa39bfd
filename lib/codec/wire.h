/*
 * Results as the API has them in JSON, made records of packs.  The names are
 * the API's: pf-api(7).  Bytes in, bytes out; no files, no clock, no chance:
 * the same request makes the same record, and so the same rid.
 */
#ifndef PF_CODEC_WIRE_H
#define PF_CODEC_WIRE_H

#include <stdbool.h>

#include "codec/rec.h"

/*
 * A crash that nobody tells the time of has this one, the last but one that
 * can be written, or the one after it if it tells nothing of the crash either.
 * It is the same whenever it is sent, and loses against any that was told.
 */
#define PF_TIME_UNTOLD	INT64_C(253402300799998)

/* One record on its way; its texts belong to the JSON it was read from. */
struct pf_wire {
	struct pf_rec	 rec;
	struct pf_buf	 fields;	/* a brace, and the kind's own */
	size_t		 common;	/* of them: those of all its files */
	struct pf_buf	 input;		/* decoded; rec.body is here then */
	const char	*id;		/* the sender's own, or "" */
	const char	*hash;		/* of the input as it says, or "" */
	int64_t		 size;		/* and its bytes, or 0 */
	bool		 given;		/* rec has its input */
	bool		 absent;	/* nobody sends it: a name only */
	bool		 bare;		/* a crash without stack and output */
};
#define PF_WIRE_INIT	{ .fields = PF_BUF_INIT, .input = PF_BUF_INIT, \
	.id = "", .hash = "" }

/*
 * Reads a result of the kind: who, token, time, own fields, and the input of
 * a crash.  What it does not say of job, bot, inc and token is taken from
 * outer.  Errors are PF_DATA with the member at fault.  pf_wire_free() is
 * needed in every case.  Its time is 0 if it tells none.
 */
const struct pf_err	*pf_wire_read(struct pf_wire *, enum pf_kind,
			    const struct pf_json *,
			    const struct pf_rec *outer);

/* A time after the latest is none; nor does it make a seq. */
void			 pf_wire_latest(struct pf_wire *, int64_t latest);

/*
 * The input comes by another way: it is of that hash and length.  PF_DATA if
 * the result says otherwise, or has one already.  rec.body is the caller's.
 */
const struct pf_err	*pf_wire_input(struct pf_wire *,
			    const char sha256[PF_SHA_TEXT], int64_t len);

/*
 * Of a corpus, read already, the file that v (an element of files) is:
 * replaces the one before.  PF_DATA for a name alone.
 */
const struct pf_err	*pf_wire_file(struct pf_wire *,
			    const struct pf_json *v);
/* The same with its bytes by another way: hash, length and body are set by
 * the caller; name may be "". */
void			 pf_wire_named(struct pf_wire *, const char *name);

/* A piece of a log that has been read: n bytes that belong at offset. */
void			 pf_wire_piece(struct pf_wire *, const char *,
			    size_t n, int64_t offset);

/* The rest of what is to be known before the record can be framed. */
const struct pf_err	*pf_wire_ready(struct pf_wire *);

/* Appends its frame; sha256 and rid are in rec then. */
void			 pf_wire_frame(struct pf_buf *, struct pf_wire *);

void			 pf_wire_free(struct pf_wire *);

#endif
