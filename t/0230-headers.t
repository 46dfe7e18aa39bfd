#!/bin/sh
# Each header stands by itself.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
whole

for cc in gcc clang; do
	if command -v $cc >/dev/null; then
		check "$cc takes each header alone" 0 - - \
		    "$PF_ROOT/scripts/headers" $cc
	else
		skip "no $cc here"
	fi
done
done_testing
