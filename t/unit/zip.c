/*
 * codec/zip: the bytes; t/7215 reads whole ones with unzip(1).
 */
#include <string.h>

#include "../lib/tap.h"
#include "base/err.h"
#include "codec/zip.h"

static unsigned int
number(const char *p, int bytes)
{
	unsigned int n = 0;

	while (bytes-- > 0)
		n = n << 8 | (unsigned char)p[bytes];
	return n;
}

static void
add(struct pf_zip *z, struct pf_buf *b, const char *name, const char *bytes)
{
	pf_zip_file(z, b, name);
	/* In pieces, as they come. */
	for (; *bytes != '\0'; bytes++) {
		pf_buf_addc(b, *bytes);
		pf_zip_bytes(z, bytes, 1);
	}
	pf_zip_done(z, b);
}

static void
none(void)
{
	struct pf_zip z = PF_ZIP_INIT;
	struct pf_buf b = PF_BUF_INIT;

	pf_zip_end(&z, &b);
	is_int((long long)b.len, 22, "an empty one is its end");
	is_int(number(b.data, 4), 0x06054b50, "as all have it");
	is_int(number(b.data + 10, 2), 0, "without a file");
	pf_buf_free(&z.dir);
	pf_buf_free(&b);
}

static void
two(void)
{
	struct pf_zip z = PF_ZIP_INIT;
	struct pf_buf b = PF_BUF_INIT;
	const char *end, *list;

	add(&z, &b, "a", "hello");
	is_int(number(b.data, 4), 0x04034b50, "a file has its header");
	is_int(number(b.data + 26, 2), 1, "the length of its name");
	ok(memcmp(b.data + 30, "ahello", 6) == 0, "name and bytes");
	is_int(number(b.data + 40, 4), 0x3610a686, "then their CRC");
	is_int(number(b.data + 44, 4), 5, "and their number");
	is_int(z.at, (long long)b.len, "what is out is counted");
	add(&z, &b, "bb", "");
	pf_zip_end(&z, &b);
	end = b.data + b.len - 22;
	is_int(number(end + 10, 2), 2, "two files");
	is_int(number(end + 12, 4), 46 + 1 + 46 + 2, "the list's length");
	list = b.data + number(end + 16, 4);
	is_int(end - list, number(end + 12, 4), "its place");
	is_int(number(list, 4), 0x02014b50, "an entry");
	is_int(number(list + 16, 4), 0x3610a686, "has the CRC as well");
	is_int(number(list + 38, 4) >> 16, 0100644, "and a mode");
	is_int(number(list + 42, 4), 0, "the first file is at the start");
	list += 47;
	is_int(number(list + 16, 4), 0, "no bytes have CRC 0");
	is_int(number(b.data + number(list + 42, 4), 4), 0x04034b50,
	    "the second is where it says");
	ok(memcmp(list + 46, "bb", 2) == 0, "and is called so");
	pf_buf_free(&z.dir);
	pf_buf_free(&b);
}

static void
too_long(void)
{
	char name[PF_ZIP_NAME + 2];
	struct pf_zip z = PF_ZIP_INIT;
	struct pf_buf b = PF_BUF_INIT;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	pf_zip_file(&z, &b, name);
}

int
main(void)
{
	char said[400];

	none();
	two();
	is_int(tap_dies(said, sizeof(said), too_long), 70, "no longer name");
	return done_testing();
}
