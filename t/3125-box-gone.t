#!/bin/sh
# A bot that is killed and comes back with fewer slots: the control groups of
# those that are no more go.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang sqlite3 pgrep

case $(pf-run -n 2>&1) in
*missing*) skip_all 'no control groups to be had here' ;;
esac
run_master
build_quiet
submit one libfuzzer "$T/quiet" -d 10m -k 2 >/dev/null
# bot ARG ...: one in the background
bot()
{
	pf-run -l -m "$url" "$@" >"$T/bot.out" 2>>"$T/bot.err" &
	bot=$!
	at_end "kill $bot 2>/dev/null"
}
# groups SLOT: its directories
groups()
{
	name=$(printf %s "$T/w/slot-$1" | sha256sum | cut -c 1-16)
	find /sys/fs/cgroup -type d -name "pandafuzz-$name" 2>/dev/null
}
has_groups() { [ -n "$(groups "$1")" ]; }
has_none() { ! has_groups "$1"; }

bot -j 2
ok 'a second slot has its control groups' until_true 60 has_groups 1
until_true 60 test -e "$T/w/slot-1/state.json"
slots=$(pgrep -P "$bot" -x pf-run)
# shellcheck disable=SC2086 # pids
kill -9 "$bot" $slots 2>/dev/null
wait "$bot" 2>/dev/null
until_true 60 flock -n "$T/w/lock" true
ok 'killed, it leaves them' has_groups 1
bot -j 1
ok 'with one slot it removes them' until_true 60 has_none 1
ok 'and has those of that one' until_true 60 has_groups 0
kill "$bot"
status=0
wait "$bot" || status=$?
ran 0 'it ends as told'
ok 'and leaves none' has_none 0
done_testing
