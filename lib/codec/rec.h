/*
 * Records and packs: the form in which results travel from a bot's outbox
 * to the spool.  The full text is pf-spool(5).  Bytes <-> structs; no files.
 *
 *	frame  = rid SP length LF record          (length: bytes of the record)
 *	record = header LF body LF "END" LF       (header: one JSON object)
 *
 * rid is the SHA-256 of the record's bytes in lower-case hex.
 */
#ifndef PF_CODEC_REC_H
#define PF_CODEC_REC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/name.h"
#include "codec/hash.h"
#include "codec/json.h"

#define PF_REC_HEADER_MAX	65536		/* bytes of a header line */
#define PF_REC_BODY_MAX		(256 << 20)	/* hard limit of a body */
#define PF_BLOB_MAX		(INT64_C(1) << 40)	/* of a blob's */
#define PF_LOG_CHUNK		(256 << 10)	/* bytes of a log record */
#define PF_CHECK_BODY	(64 << 10)	/* bytes of a check's report */
#define PF_LOG_MAX		(INT64_C(1) << 40)	/* of an attempt */
#define PF_FRAME_HEAD_MAX	96		/* "rid length\n" */
#define PF_REC_END		"\nEND\n"
#define PF_REC_END_LEN		5

enum pf_kind {
	PF_KIND_CRASH, PF_KIND_CORPUS, PF_KIND_COVERAGE, PF_KIND_STATUS,
	PF_KIND_LOG, PF_KIND_BLOB, PF_KIND_CHECK, PF_KIND_SMALL,
	PF_KIND_MAX
};

/* Word of a kind, and back (PF_KIND_MAX if unknown). */
const char	*pf_kind_name(enum pf_kind);
enum pf_kind	 pf_kind_find(const char *);

/*
 * The fields every record has.  Strings are checked: ids by pf_id_ok(), inc
 * by pf_id_ok() or empty; job and bot of a blob may be empty.  fields is the
 * parsed header with the kind's own
 * fields, owned by the struct when it comes from pf_rec_parse().
 */
struct pf_rec {
	enum pf_kind	 kind;
	char		 rid[PF_SHA_TEXT];
	char		 job[PF_ID_MAX + 1];
	char		 bot[PF_ID_MAX + 1];
	char		 inc[PF_ID_MAX + 1];
	int64_t		 seq;		/* grows with each record of an inc */
	int64_t		 epoch;		/* fencing token, 0 0 if unknown */
	int64_t		 attempt;
	int64_t		 time;		/* ms, the bot's wall clock */
	char		 sha256[PF_SHA_TEXT];	/* of the body */
	const char	*body;
	int64_t		 len;
	struct pf_json	*fields;
};

/*
 * Appends the frame of a record made of rec's kind, job, bot, inc, seq,
 * epoch, attempt, time, body and len; fields is the kind's own members as
 * the inside of a JSON object ("\"signal\":11,\"type\":\"segfault\"") or "".
 * sha256 and rid are computed and stored in rec.
 */
void	pf_rec_frame(struct pf_buf *, struct pf_rec *, const char *fields);

/*
 * The header line of it alone, len and sha256 as they stand in rec, for who
 * has the body elsewhere.
 */
void	pf_rec_head(struct pf_buf *, const struct pf_rec *,
	    const char *fields);

/*
 * The frame of a blob, for who has its body before its hash: what stands in
 * front of the body is always PF_BLOB_LINE and PF_BLOB_HEADER bytes long, and
 * of the file alone, so that the same file makes the same record.  First the
 * header, of which with the body and PF_REC_END the rid is the hash; then the
 * line.
 */
#define PF_BLOB_HEADER	124
#define PF_BLOB_LINE	85
void	pf_rec_blob_header(struct pf_buf *, const char *sha256, int64_t len);
void	pf_rec_blob_line(struct pf_buf *, const char *rid, int64_t len);

/*
 * What a frame line says, n bytes without the newline; PF_DATA if it is none.
 */
const struct pf_err	*pf_frame_line(char rid[PF_SHA_TEXT], int64_t *len,
			    const char *, size_t n);

/*
 * Takes the next frame of a pack.  On success *used is the bytes of the whole
 * frame, *rec and *reclen the record inside, rid its claimed name.  PF_DATA
 * if the bytes are no frame; *used is 0 and there is no error when the n
 * bytes end inside a frame (a truncated pack, or one still arriving).
 */
const struct pf_err	*pf_frame_next(const char *, size_t n, size_t *used,
			    const char **rec, size_t *reclen,
			    char rid[PF_SHA_TEXT]);

/*
 * Parses a header line alone, n bytes without the newline, into everything
 * but rid and body; kind is PF_KIND_MAX until all of it is right.  Release
 * with pf_rec_free() in every case.
 */
const struct pf_err	*pf_rec_header(struct pf_rec *, const char *,
			    size_t n);

/*
 * Parses and verifies a record: rid is its hash, length and hash of the
 * body, END mark, known kind, checked ids and ranges.  body points into the
 * record.  Release with pf_rec_free() in every case.
 */
const struct pf_err	*pf_rec_parse(struct pf_rec *, const char *rec,
			    size_t n, const char *rid);
void			 pf_rec_free(struct pf_rec *);

#endif
