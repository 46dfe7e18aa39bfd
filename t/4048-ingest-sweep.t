#!/bin/sh
# Strays in the spool's tmp: of dead processes, of other boots; at the start
# and every hour.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need faketime strace
[ -z "${PF_FAST:-}" ] || skip_all 'faketime, strace and sanitizers do not mix'

master </dev/null
boot=$(cut -c 1-8 /proc/sys/kernel/random/boot_id)
case $boot in *0) other=${boot%?}1 ;; *) other=${boot%?}0 ;; esac
stray()
{
	echo x >"$SPOOL/tmp/$1"
	touch -d "${2:-3 days ago}" "$SPOOL/tmp/$1"
}
echo x >"$T/i"
strace -qq -o "$T/trace" -e trace=openat,renameat2,rename \
    mkpack corpus "$job" b1 -d "$SPOOL" "$T/i" >"$T/name"
like "$(grep -o 'spool/tmp/[^"]*' "$T/trace" | head -n 1)" \
    "^spool/tmp/[0-9]+\\.$boot\\.[0-9a-f]{16}-[0-9a-f]{16}$" \
    'who writes names itself and its boot'

stray "$$.$boot.mine"
stray "$$.$other.theirs"
stray "$$.$other.young" 'now'
check 'at the start' 0 - '~1 strays removed' pf-ingest -qv
is "$(cd "$SPOOL/tmp" && ls)" "$(printf '%s\n' "$$.$boot.mine" \
    "$$.$other.young" | sort)" \
    'another boot cannot own it, whatever its pid; this one can'

DONT_FAKE_MONOTONIC=0 faketime -f '+0 x2000' pf-ingest -qvw \
    >"$T/out" 2>"$T/err" &
wrap=$!
until_true 10 pgrep -P $wrap -x pf-ingest
pid=$(pgrep -P $wrap -x pf-ingest || echo $wrap)
at_end "kill -9 $pid $wrap 2>/dev/null"
gone() { [ ! -e "$SPOOL/tmp/$1" ]; }
sleep 0.5
stray "1.$other.later"
ok 'with -w, after an hour' until_true 30 gone "1.$other.later"
ok 'it is still there' kill -0 "$pid"
ok 'and takes nothing of this boot' test -e "$SPOOL/tmp/$$.$boot.mine"
kill -TERM "$pid"
status=0
wait $wrap || status=$?
is "$status" 0 'SIGTERM: status 0'
done_testing
