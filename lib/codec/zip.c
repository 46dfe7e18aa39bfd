/*
 * The ZIP format, without its extensions for what is large; see zip.h.
 *
 * A header goes out before the bytes are known: their sum follows them, and
 * stands in the list at the end, by which readers go.
 */
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/err.h"
#include "codec/zip.h"

#define LOCAL		0x04034b50u
#define DESCRIPTOR	0x08074b50u
#define CENTRAL		0x02014b50u
#define END		0x06054b50u
#define VERSION		20u		/* of the format, that reads it */
#define UNIX		(3u << 8)	/* who made it, for the mode */
#define SUM_FOLLOWS	0x0008u
#define DATE		0x0021u		/* 1980-01-01, the first there is */
#define MODE		(0100644u << 16)

static void
put(struct pf_buf *b, uint32_t n, int bytes)
{
	for (; bytes > 0; bytes--, n >>= 8)
		pf_buf_addc(b, (char)(n & 0xff));
}

/* What a header and an entry of the list have in common. */
static void
put_common(struct pf_buf *b, const struct pf_zip *z)
{
	put(b, VERSION, 2);
	put(b, SUM_FOLLOWS, 2);
	put(b, 0, 2);			/* stored */
	put(b, 0, 2);
	put(b, DATE, 2);
	put(b, z->crc, 4);
	put(b, (uint32_t)z->size, 4);
	put(b, (uint32_t)z->size, 4);
	put(b, (uint32_t)strlen(z->name), 2);
	put(b, 0, 2);
}

void
pf_zip_file(struct pf_zip *z, struct pf_buf *b, const char *name)
{
	size_t before = b->len;

	if (strlen(name) > PF_ZIP_NAME || z->files == PF_ZIP_FILES)
		pf_die("%s: too much for an archive", name);
	snprintf(z->name, sizeof(z->name), "%s", name);
	z->start = z->at;
	z->size = 0;
	z->crc = 0;
	put(b, LOCAL, 4);
	put_common(b, z);
	pf_buf_adds(b, name);
	z->at += (int64_t)(b->len - before);
}

void
pf_zip_bytes(struct pf_zip *z, const void *p, size_t n)
{
	z->crc = (uint32_t)crc32_z(z->crc, p, n);
	z->size += (int64_t)n;
	z->at += (int64_t)n;
}

void
pf_zip_done(struct pf_zip *z, struct pf_buf *b)
{
	struct pf_buf *d = &z->dir;
	size_t before = b->len;

	put(b, DESCRIPTOR, 4);
	put(b, z->crc, 4);
	put(b, (uint32_t)z->size, 4);
	put(b, (uint32_t)z->size, 4);
	z->at += (int64_t)(b->len - before);
	put(d, CENTRAL, 4);
	put(d, UNIX | VERSION, 2);
	put_common(d, z);
	put(d, 0, 2);			/* no comment, */
	put(d, 0, 2);			/* the first disk, */
	put(d, 0, 2);			/* bytes, not text */
	put(d, MODE, 4);
	put(d, (uint32_t)z->start, 4);
	pf_buf_adds(d, z->name);
	z->files++;
}

void
pf_zip_end(struct pf_zip *z, struct pf_buf *b)
{
	pf_buf_add(b, z->dir.data, z->dir.len);
	put(b, END, 4);
	put(b, 0, 2);
	put(b, 0, 2);
	put(b, z->files, 2);
	put(b, z->files, 2);
	put(b, (uint32_t)z->dir.len, 4);
	put(b, (uint32_t)z->at, 4);
	put(b, 0, 2);
}
