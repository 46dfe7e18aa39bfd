#!/bin/sh
# The scripts, tests among them, as shellcheck(1) wants them.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
whole
need shellcheck

cd "$PF_ROOT" || exit 1
find bin scripts t etc .ci -type f | sort | while read -r f; do
	case $f in
	*.sh|t/*.t)	echo "$f" ;;
	*)		if head -c 64 "$f" | head -n 1 | tr -d '\000' |
			    grep -q '^#!.*sh$'; then
				echo "$f"
			fi ;;
	esac
done >"$T/scripts"
ok 'there are scripts' test "$(wc -l <"$T/scripts")" -gt 20
xargs -P 2 -n 8 shellcheck -x -P SCRIPTDIR -f gcc \
    <"$T/scripts" >"$T/found"
empty "$T/found" "shellcheck finds nothing in $(wc -l <"$T/scripts") scripts"
while read -r f; do
	case $f in
	*.sh) ;;
	*)	[ -x "$f" ] || echo "$f" ;;
	esac
done <"$T/scripts" >"$T/modes"
empty "$T/modes" 'scripts may be executed'
done_testing
