/*
 * The ustar format; see tar.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "codec/tar.h"

#define OCTAL_MAX	((INT64_C(1) << 33) - 1)	/* of 11 digits */

/* A header, byte for byte. */
struct header {
	char	name[PF_TAR_NAME];
	char	mode[8];
	char	uid[8];
	char	gid[8];
	char	size[12];
	char	mtime[12];
	char	sum[8];
	char	type;
	char	link[100];
	char	magic[6];
	char	version[2];
	char	uname[32];
	char	gname[32];
	char	major[8];
	char	minor[8];
	char	dir[PF_TAR_DIR];
	char	rest[12];
};

_Static_assert(sizeof(struct header) == PF_TAR_BLOCK, "a header is a block");

/*
 * What 11 octal digits cannot hold is binary with the first bit set, as all
 * programs of today read it.
 */
static void
put_number(char field[12], int64_t n)
{
	char text[32];
	int i;

	if (n >= 0 && n <= OCTAL_MAX) {
		snprintf(text, sizeof(text), "%011" PRIo64, n);
		memcpy(field, text, 12);
		return;
	}
	for (i = 11; i > 3; i--, n >>= 8)
		field[i] = (char)(n & 0xff);
	memset(field, n < 0 ? 0xff : 0, 4);
	field[0] = (char)(n < 0 ? 0xff : 0x80);
}

static void
put_sum(struct header *h)
{
	const unsigned char *p = (const unsigned char *)h;
	unsigned int sum = 0;
	size_t i;

	memset(h->sum, ' ', sizeof(h->sum));
	for (i = 0; i < sizeof(*h); i++)
		sum += p[i];
	snprintf(h->sum, sizeof(h->sum), "%06o", sum);
}

static void
put_file(struct pf_buf *b, const char *dir, const char *name, int64_t size,
    int64_t mtime, const char *mode)
{
	struct header h = { .uid = "0000000", .gid = "0000000",
	    .type = '0', .magic = "ustar", .version = { '0', '0' } };
	size_t d = strlen(dir), n = strlen(name);

	if (d > sizeof(h.dir) || n > sizeof(h.name))
		pf_die("%s/%s is too long for an archive", dir, name);
	memcpy(h.mode, mode, sizeof(h.mode));
	memcpy(h.dir, dir, d);
	memcpy(h.name, name, n);
	put_number(h.size, size);
	put_number(h.mtime, mtime);
	put_sum(&h);
	pf_buf_add(b, &h, sizeof(h));
}

void
pf_tar_file(struct pf_buf *b, const char *dir, const char *name,
    int64_t size, int64_t mtime)
{
	put_file(b, dir, name, size, mtime, "0000644");
}

void
pf_tar_program(struct pf_buf *b, const char *dir, const char *name,
    int64_t size, int64_t mtime)
{
	put_file(b, dir, name, size, mtime, "0000755");
}

void
pf_tar_pad(struct pf_buf *b, int64_t size)
{
	static const char zero[PF_TAR_BLOCK];

	pf_buf_add(b, zero, (size_t)(-size & (PF_TAR_BLOCK - 1)));
}

void
pf_tar_end(struct pf_buf *b)
{
	static const char zero[2 * PF_TAR_BLOCK];

	pf_buf_add(b, zero, sizeof(zero));
}
