#!/bin/sh
# Real parsers under afl-fuzz, from a submission to crashes in their buckets:
# JSON, pictures and archives by libraries of the system and harnesses with a
# mistake in what they do with what was parsed.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/afl.sh
. "$PF_ROOT/t/lib/afl.sh"
need afl-fuzz afl-clang-fast python3
for header in cjson/cJSON.h png.h zlib.h; do
	[ -e "/usr/include/$header" ] || skip_all "no $header here"
done

# harness NAME LIBRARY < C: what is called once an input, in a loop
harness()
{
	{
		cat <<-'END'
		#include <stdint.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <unistd.h>

		END
		cat
		cat <<-'END'

		__AFL_FUZZ_INIT();

		int
		main(void)
		{
			unsigned char *p;

			__AFL_INIT();
			p = __AFL_FUZZ_TESTCASE_BUF;
			while (__AFL_LOOP(1000))
				one(p, (size_t)__AFL_FUZZ_TESTCASE_LEN);
			return 0;
		}
		END
	} >"$T/$1.c"
	AFL_USE_ASAN=1 AFL_QUIET=1 afl-clang-fast -g -O1 -o "$T/$1" \
	    "$T/$1.c" "$2" 2>"$T/$1.log" || {
		diag "$T/$1.log"
		exit 1
	}
}

# A name is copied without a look at how long it is.
harness json -lcjson <<'EOF_C'
#include <cjson/cJSON.h>

static void
one(const unsigned char *p, size_t n)
{
	char name[8];
	cJSON *all = cJSON_ParseWithLength((const char *)p, n), *v;

	cJSON_ArrayForEach(v, all)
		if (v->string != NULL) {
			memset(name, 0, sizeof(name));
			strcpy(name, v->string);
			if (name[0] == '\1')
				puts(name);
		}
	cJSON_Delete(all);
}
EOF_C
# A picture is thought to have a palette of as many colours as its depth says.
harness picture -lpng <<'EOF_C'
#include <png.h>

struct input {
	const unsigned char	*p;
	size_t			 left;
};

static void
more(png_structp png, png_bytep out, size_t n)
{
	struct input *in = png_get_io_ptr(png);

	if (n > in->left)
		png_error(png, "short");
	memcpy(out, in->p, n);
	in->p += n;
	in->left -= n;
}

static void
one(const unsigned char *p, size_t n)
{
	png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL,
	    NULL, NULL);
	png_infop info = png_create_info_struct(png);
	struct input in = { p, n };
	unsigned char *row;
	volatile unsigned sum = 0;

	png_set_crc_action(png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
	if (setjmp(png_jmpbuf(png)) == 0) {
		png_set_read_fn(png, &in, more);
		png_set_user_limits(png, 4096, 4096);
		png_read_info(png, info);
		row = malloc(png_get_image_width(png, info));
		if (png_get_bit_depth(png, info) == 16)
			sum += row[png_get_image_width(png, info) * 2 - 1];
		free(row);
	}
	png_destroy_read_struct(&png, &info, NULL);
}
EOF_C
# An archive's name for its member is freed where it was not made.
harness archive -lz <<'EOF_C'
#include <zlib.h>

static void
one(const unsigned char *p, size_t n)
{
	unsigned char out[256];
	char name[64] = "", *copy = NULL;
	gz_header head = { .name = (Bytef *)name, .name_max = 63 };
	z_stream z = { .next_in = (Bytef *)(uintptr_t)p, .avail_in = (uInt)n,
	    .next_out = out, .avail_out = sizeof(out) };

	if (inflateInit2(&z, 31) != Z_OK)
		return;
	inflateGetHeader(&z, &head);
	inflate(&z, Z_FINISH);
	if (head.done == 1 && name[0] != '\0') {
		copy = strdup(name);
		/* As if a directory were always before it. */
		if (strchr(copy, '/') != NULL)
			free(copy);
		free(copy);
	}
	inflateEnd(&z);
}
EOF_C
mkdir "$T/json.in" "$T/picture.in" "$T/archive.in"
echo '{"abcdef":[1,2],"b":"c"}' >"$T/json.in/1"
python3 - "$T/picture.in/1" "$T/archive.in/1" <<'END'
import gzip, struct, sys, zlib

def chunk(kind, data):
    return (struct.pack('>I', len(data)) + kind + data +
        struct.pack('>I', zlib.crc32(kind + data)))

with open(sys.argv[1], 'wb') as f:
    f.write(b'\x89PNG\r\n\x1a\n' +
        chunk(b'IHDR', struct.pack('>IIBBBBB', 8, 2, 8, 0, 0, 0, 0)) +
        chunk(b'IDAT', zlib.compress(bytes(18))) + chunk(b'IEND', b''))
with open(sys.argv[2], 'wb') as f:
    with gzip.GzipFile('name', 'wb', fileobj=f, mtime=0) as g:
        g.write(b'some text')
END
printf '%s\n' 'depth="\x10"' >"$T/picture.dict"
printf '%s\n' 'slash="/"' >"$T/archive.dict"

run_master
# finds NAME TYPE [ARG ...]
finds()
{
	finds_name=$1 finds_type=$2
	shift 2
	submit "$finds_name" afl++ "$T/$finds_name" -d 10m -m 1G \
	    -s "$T/$finds_name.in" "$@"
	ok "$finds_name: $finds_type is found" \
	    fuzz_until 120 has_crash "$finds_type"
	like "$(crashes_of 'DISTINCT stack')" '(^| )one( |$)' \
	    "$finds_name: where it is"
	like "$(master_sql "SELECT max(edges) FROM coverage
	    WHERE job_id = '$job'")" '^[1-9]' "$finds_name: coverage is told"
	ok "$finds_name: inputs are filed" [ "$(master_sql "SELECT count(*)
	    FROM corpus WHERE job_id = '$job'")" -gt 0 ]
}
finds json stack-buffer-overflow
finds picture heap-buffer-overflow -x "$T/picture.dict"
finds archive double-free -x "$T/archive.dict"
is "$(pgrep -fc "$T/w/slot-0/jobs/")" 0 'no process is left'
done_testing
