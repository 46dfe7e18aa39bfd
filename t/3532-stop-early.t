#!/bin/sh
# pf-run is told to stop when its engine has hardly begun, twelve times at
# other moments: also one that is not there yet, in a box that is being made,
# hears of it, and is not killed after the ten seconds that an engine has.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/afl.sh
. "$PF_ROOT/t/lib/afl.sh"
whole
need afl-fuzz afl-clang-fast sqlite3 bwrap

quiet_afl
run_master
submit quiet afl++ "$T/quiet" -s "$T/seeds" -d 10m
: >"$T/late"
for n in $(seq 12); do
	pf-run -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
	bot=$!
	until_true 20 test -e "$(in_job own/engine.log)"
	sleep "0.$(printf %03d $((n * 37 % 200)))"
	begun=$(date +%s%3N)
	kill "$bot"
	wait "$bot" || :
	took=$(($(date +%s%3N) - begun))
	[ "$took" -lt 9000 ] || echo "$n: $took ms" >>"$T/late"
done
empty "$T/late" 'it ends soon each time'
ok 'the job was handed back' job_is pending
done_testing
