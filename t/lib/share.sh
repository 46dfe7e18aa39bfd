# shellcheck shell=sh disable=SC2034,SC2154
# After run.sh: two jobs of a campaign, and inputs that only one of them got.

# share_source: a part of C that no engine finds within a test: magic()
share_source()
{
	cat <<-'C'
	#include <stddef.h>
	#include <stdint.h>
	#include <stdio.h>

	/* True for some inputs of eight bytes, "pandafu7" among them. */
	static int
	magic(const uint8_t *p, size_t n)
	{
		uint64_t h = 14695981039346656037u;
		size_t i;

		if (n != 8)
			return 0;
		for (i = 0; i < 8; i++)
			h = (h ^ p[i]) * 1099511628211u;
		return (h >> 24) == (MAGIC >> 24);
	}
	C
}

# share_magic TEXT: its value for MAGIC
share_magic()
{
	cat >"$T/fnv.c" <<-'C'
	#include <stdint.h>
	#include <stdio.h>
	int
	main(int argc, char *argv[])
	{
		uint64_t h = 14695981039346656037u;
		int i;

		for (i = 0; argc > 1 && argv[1][i] != '\0'; i++)
			h = (h ^ (uint8_t)argv[1][i]) * 1099511628211u;
		printf("0x%llxu", (unsigned long long)h);
		return 0;
	}
	C
	clang -o "$T/fnv" "$T/fnv.c" && "$T/fnv" "$1"
}

# file_input JOB TEXT: a find of some other bot; sets hash
file_input()
{
	printf %s "$2" >"$T/in"
	hash=$(sha256sum <"$T/in" | cut -d ' ' -f 1)
	mkpack corpus "$1" b1 -d "$PF_SPOOL" -f name=n -f engine=by-hand \
	    "$T/in" >/dev/null
}

# filed JOB HASH: the job has it
filed()
{
	[ "$(master_sql "SELECT count(*) FROM corpus WHERE job_id = '$1' AND
	    hash = '$2'")" = 1 ]
}

# file_inputs JOB NAME N: as many of them, small ones; hash is the last one's
file_inputs()
{
	for share_n in $(seq "$3"); do
		file_input "$1" "$2-$share_n"
	done
}

# filed_n JOB N: the job has so many inputs
filed_n()
{
	[ "$(master_sql "SELECT count(*) FROM corpus WHERE job_id = '$1'")" \
	    -ge "$2" ]
}

# build_share: a libFuzzer target that never finds much, $T/magic
build_share()
{
	{
		echo "#define MAGIC $(share_magic pandafu7)"
		share_source
		cat <<-'END_C'
		int
		LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
		{
			static volatile int x;

			if (magic(data, size))
				x++;
			return 0;
		}
		END_C
	} | build_libfuzzer magic
}

# build_share_afl: the same for afl-fuzz, of what it reads
build_share_afl()
{
	{
		echo "#define MAGIC $(share_magic pandafu7)"
		share_source
		cat <<-'END_C'
		int
		main(void)
		{
			static volatile int x;
			uint8_t b[16];
			size_t n = fread(b, 1, sizeof(b), stdin);

			if (magic(b, n))
				x++;
			return 0;
		}
		END_C
	} | build_afl magic
}

# exchanged: bytes that the master sent to jobs of what others found
exchanged()
{
	curl -s "$url/metrics" |
	    sed -n 's/^pandafuzz_http_exchanged_bytes_total //p'
}

# given DIR: how many inputs a libFuzzer job has by their hashes
given()
{
	find "$1" -path '*/corpus/*' -type f 2>/dev/null |
	    grep -Ec '/[0-9a-f]{64}$'
}

# given_n DIR N: as many as that
given_n()
{
	[ "$(given "$1")" -ge "$2" ]
}
