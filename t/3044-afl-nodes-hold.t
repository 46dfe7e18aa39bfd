#!/bin/sh
# pf-run and several afl-fuzz on a job: while the outbox is full none of them
# fuzzes, and then all of them do.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/afl.sh
. "$PF_ROOT/t/lib/afl.sh"
# shellcheck source-path=SCRIPTDIR source=lib/away.sh
. "$PF_ROOT/t/lib/away.sh"
need afl-fuzz afl-clang-fast

quiet_afl
run_master 'heartbeat_interval = 500ms' 'bot = 1h'
printf '%s\n' '[limits]' 'outbox_size = 16K' 'outbox_packs = 24' \
    '[retry.engine]' 'initial_delay = 1h' 'max_delay = 1h' >>"$PF_CONF"
away_proxy
submit three afl++ "$T/quiet" -d 10m -s "$T/seeds" -o nodes=3
main=$(in_job out/main)
fuzz_begin

# itself NODE: afl-fuzz, and no guard around it
itself() { pgrep -f "^[^ ]*afl-fuzz -[MS] $1[: ].*$T/w/" | tail -n 1; }
all_fuzz()
{
	for node in main s01 s02; do
		test -s "$(in_job "out/$node/fuzzer_stats")" || return
	done
}
nodes='main s01 s02'
# all_are STATES: of these, as in /proc
all_are()
{
	for node in $nodes; do
		pid=$(itself "$node")
		[ -n "$pid" ] || return
		grep -q "^State:[[:blank:]][$1]" "/proc/$pid/status" || return
	done
}
ok 'three nodes fuzz' until_true 60 all_fuzz
ok 'none of them is stopped' until_true 20 all_are RSD
# fill N: crashes are never dropped: these fill it
fill()
{
	echo refuse >"$T/network"
	mkdir -p "$main/crashes"
	n=0
	while [ $n -lt 40 ]; do
		n=$((n + 1))
		f=id:$(printf %06d $(($1 + n))),sig:06,src:0,time:1,execs:1,op:x
		head -c 1000 /dev/urandom | od -An -x >"$T/tmp"
		mv "$T/tmp" "$main/crashes/$f"
	done
}
# more WORDS: it says that more often than it had, by $T/had
more()
{
	[ "$(grep -c "$1" "$T/bot.err")" -gt "$(grep -c "$1" "$T/had")" ]
}
filled() { [ "$(crashes_of 'count(*)')" = "$1" ]; }
: >"$T/had"
full='the outbox is full; the engine is stopped'
room='there is room in the outbox again'
fill 500
ok 'the outbox gets full' until_true 90 more "$full"
ok 'then all of them are stopped' until_true 20 all_are T
: >"$T/network"
ok 'there is room again' until_true 90 more "$room"
ok 'and all of them go on' until_true 20 all_are RSD

# The others fuzz while the main node waits to be started again.
ok 'all crashes are filed' until_true 90 filled 40
cp "$T/bot.err" "$T/had"
kill -9 "$(itself main)"
ok 'the main node dies' until_true 60 more 'it is started again'
nodes='s01 s02'
ok 'the others fuzz' until_true 20 all_are RSD
fill 600
ok 'the outbox gets full again' until_true 90 more "$full"
ok 'then they are stopped, too' until_true 20 all_are T
: >"$T/network"
ok 'there is room again' until_true 90 more "$room"
ok 'and they go on' until_true 20 all_are RSD
kill "$fuzz_bot"
wait "$fuzz_bot"
is $? 0 'it ends well'
is "$(pgrep -fc "$T/w/slot-0/jobs/")" 0 'nobody is left'
ok 'all is filed' until_true 20 spool_empty
is "$(crashes_of 'count(*)')" 80 'all crashes too'
done_testing
