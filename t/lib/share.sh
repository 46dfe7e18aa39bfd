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
	cat >"$T/magic.c" <<-'C'
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
	clang -o "$T/magic" "$T/magic.c" && "$T/magic" "$1"
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
