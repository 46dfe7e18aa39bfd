/*
 * A blob into a pack; see spoolblob.h.
 */
#include "codec/rec.h"
#include "store/spoolblob.h"

#define PIECE	(64 * 1024)
#define FRONT	(PF_BLOB_LINE + PF_BLOB_HEADER)

const struct pf_err *
pf_spool_blob_begin(struct pf_spool_blob *b, struct pf_spool_file *f)
{
	static const char room[FRONT];

	*b = (struct pf_spool_blob){ f, f->size, 0, pf_hash_begin() };
	return pf_spool_write(f, room, sizeof(room));
}

const struct pf_err *
pf_spool_blob_add(struct pf_spool_blob *b, const void *p, size_t n)
{
	pf_hash_add(b->sum, p, n);
	b->size += (int64_t)n;
	return pf_spool_write(b->file, p, n);
}

/* Header, body and mark: the record's name. */
static const struct pf_err *
name_it(char rid[PF_SHA_TEXT], const struct pf_spool_blob *b)
{
	const struct pf_err *err = NULL;
	struct pf_hash *h = pf_hash_begin();
	struct pf_buf buf = PF_BUF_INIT;
	int64_t at = b->start + PF_BLOB_LINE;
	size_t n;

	for (; err == NULL && at < b->file->size; at += (int64_t)n) {
		n = b->file->size - at < PIECE ?
		    (size_t)(b->file->size - at) : PIECE;
		err = pf_spool_reread(b->file, at,
		    pf_buf_room(&buf, n), n);
		if (err == NULL)
			pf_hash_add(h, buf.data, n);
	}
	pf_hash_end(h, rid);
	pf_buf_free(&buf);
	return err;
}

const struct pf_err *
pf_spool_blob_end(struct pf_spool_blob *b, char sha256[PF_SHA_TEXT])
{
	const struct pf_err *err;
	struct pf_buf front = PF_BUF_INIT;
	char rid[PF_SHA_TEXT];

	pf_hash_end(b->sum, sha256);
	b->sum = NULL;
	pf_rec_blob_header(&front, sha256, b->size);
	if ((err = pf_spool_write(b->file, PF_REC_END, PF_REC_END_LEN)) !=
	    NULL || (err = pf_spool_patch(b->file, b->start + PF_BLOB_LINE,
	    front.data, PF_BLOB_HEADER)) != NULL ||
	    (err = name_it(rid, b)) != NULL)
		goto done;
	pf_buf_reset(&front);
	pf_rec_blob_line(&front, rid, b->size);
	err = pf_spool_patch(b->file, b->start, front.data, PF_BLOB_LINE);
done:
	pf_buf_free(&front);
	return err;
}

void
pf_spool_blob_abort(struct pf_spool_blob *b)
{
	if (b->sum != NULL)
		pf_hash_abort(b->sum);
	b->sum = NULL;
}
