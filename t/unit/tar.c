/*
 * codec/tar: what t/7073 does not reach with tar(1).
 */
#include <stdlib.h>

#include "../lib/tap.h"
#include "base/err.h"
#include "codec/tar.h"

static char name[PF_TAR_NAME + 2];

/* The sum over a header, its own field taken for blanks. */
static long
sum(const char *h)
{
	long n = 0;
	int i;

	for (i = 0; i < PF_TAR_BLOCK; i++)
		n += i >= 148 && i < 156 ? ' ' : (unsigned char)h[i];
	return n;
}

static void
too_long(void)
{
	struct pf_buf b = PF_BUF_INIT;

	memset(name, 'x', sizeof(name) - 1);
	pf_tar_file(&b, "d", name, 0, 0);
}

int
main(void)
{
	static const unsigned char large[12] = { 0x80, 0, 0, 0, 0, 0, 0, 2, 0,
	    0, 0, 1 }, old[12] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff };
	struct pf_buf b = PF_BUF_INIT;
	char said[200];

	pf_tar_file(&b, "job", "input", 7, 1);
	is_int((long long)b.len, 512, "a header is a block");
	is_str(b.data, "input", "with a name");
	is_str(b.data + 345, "job", "a directory");
	is_str(b.data + 124, "00000000007", "a size");
	is_str(b.data + 136, "00000000001", "a time");
	is_int(strtol(b.data + 148, NULL, 8), sum(b.data), "and its sum");
	pf_tar_pad(&b, 7);
	is_int((long long)b.len, 1017, "a file is filled up");
	pf_tar_pad(&b, 1024);
	is_int((long long)b.len, 1017, "unless it is whole blocks");
	pf_buf_reset(&b);
	pf_tar_file(&b, "job", "input", (INT64_C(8) << 30) - 1, 1);
	is_str(b.data + 124, "77777777777", "the largest size in digits");
	pf_buf_reset(&b);
	pf_tar_file(&b, "job", "input", (INT64_C(8) << 30) + 1, -1);
	ok(memcmp(b.data + 124, large, 12) == 0, "a larger one is binary");
	ok(memcmp(b.data + 136, old, 12) == 0, "so is a time before 1970");
	is_int(strtol(b.data + 148, NULL, 8), sum(b.data), "with a sum");
	pf_buf_reset(&b);
	memset(name, 'n', PF_TAR_NAME);
	pf_tar_file(&b, "d", name, 0, 0);
	ok(memcmp(b.data, name, PF_TAR_NAME) == 0 && b.data[100] == '0',
	    "the longest name has no NUL");
	pf_buf_free(&b);
	is_int(tap_dies(said, sizeof(said), too_long), 70, "no longer one");
	return done_testing();
}
