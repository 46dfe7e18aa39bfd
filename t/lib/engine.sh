# shellcheck shell=sh disable=SC2154
# After run.sh: engines of pf-engine(5) in a directory of the test.

mkdir -p "$T/engines"

# engine_master [LINE ...]: a master and a bot that looks for engines there
engine_master()
{
	run_master "$@"
	printf 'engines = %s\n' "$T/engines" >>"$PF_CONF"
}

# engine_add NAME < script: without its first line
engine_add()
{
	{
		echo '#!/bin/sh'
		cat
	} >"$T/engines/$1"
	chmod 755 "$T/engines/$1"
}

# engine_says NAME [LINE ...] < the rest: one that answers as it should
engine_says()
{
	engine_said=$1
	shift
	{
		cat <<-'END'
		if [ "$1" = -c ]; then
			echo 'contract : 1'
		END
		[ $# -eq 0 ] || printf "echo '%s'\n" "$@"
		echo 'exit 0; fi'
		cat
	} | engine_add "$engine_said"
}

# engine_of_manual: the example of pf-engine(5) on standard output
engine_of_manual()
{
	awk '/^\.\\" engine: noise/ { found = 1 }
	found && /^\.Ed/ { exit }
	inside { gsub(/\\e/, "\\"); print }
	found && /^\.Bd/ { inside = 1 }' "$PF_ROOT/man/man5/pf-engine.5"
}

# build_plain NAME < C source: a target without any instrumentation
build_plain()
{
	cat >"$T/$1.c"
	clang -g -O1 -o "$T/$1" "$T/$1.c" || exit 1
}

# build_crasher NAME [LIMIT]: reads standard input, or a file if there is an
# argument; a byte over 239, or LIMIT, among the first sixteen ends it.  With a
# high one the bot is not busy with crashes alone.
build_crasher()
{
	build_plain "$1" <<-END
	#include <stdio.h>
	#include <stdlib.h>

	int
	main(int argc, char *argv[])
	{
		FILE *f = argc > 1 ? fopen(argv[argc - 1], "r") : stdin;
		unsigned char b[16];
		size_t i, n = f == NULL ? 0 : fread(b, 1, sizeof(b), f);

		for (i = 0; i < n; i++)
			if (b[i] > ${2:-239})
				abort();
		return 0;
	}
	END
}
