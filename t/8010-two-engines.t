#!/bin/sh
# The main job in small: two engines on two slots, while the writer and the
# front are killed and come back.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
whole
need clang afl-clang-fast sqlite3

"$PF_ROOT/scripts/demo/build" "$T/t" >"$T/build.log" 2>&1 || {
	fail 'the demo builds its targets'
	diag "$T/build.log"
}
run_master
port=${url##*:}
demo=$PF_ROOT/scripts/demo
submit lf libfuzzer "$T/t/chunk-libfuzzer" -d 12s -s "$demo/seeds" \
    -x "$demo/chunk.dict"
submit afl afl++ "$T/t/chunk-afl" -d 12s -s "$demo/seeds" -x "$demo/chunk.dict"
pf-run -q -l -j 2 -m "$url" -w "$T/w" 2>"$T/run.err" &
run=$!
at_end "kill $run 2>/dev/null"

both_run()
{
	[ "$(master_sql "SELECT count(*) FROM jobs WHERE status = 'running'")" = 2 ]
}
ok 'both run' until_true 10 both_run
# Killed outright, both; for two seconds the master is away.
for p in $master_pids; do
	case ${p#*:} in
	sched | httpd)
		kill -KILL "${p%%:*}"
		wait "${p%%:*}" 2>/dev/null
		;;
	*)	left=$p ;;
	esac
done
master_pids=$left
sleep 2
master_spawn sched pf-sched serve
master_again "$port"

both_end()
{
	[ "$(master_sql "SELECT count(*) FROM jobs WHERE status = 'completed'")" = 2 ]
}
ok 'both are completed' until_true 40 both_end
is "$(master_sql 'SELECT max(attempt) FROM jobs')" 1 'by the first lease'
kill $run
rc=0
wait $run || rc=$?
is $rc 0 'pf-run ends well'
is "$(find "$T/w" -path '*outbox/new/*' -o -path '*outbox/bad/*' | wc -l)" 0 \
    'everything was delivered'
drained() { [ "$(find "$PF_SPOOL/new" "$PF_SPOOL/cur" -type f | wc -l)" = 0 ]; }
ok 'and filed' until_true 10 drained
is "$(find "$PF_SPOOL/bad" -type f | wc -l)" 0 'nothing was refused'
for engine in libfuzzer afl++; do
	ok "$engine found crashes" test "$(master_sql \
	    "SELECT count(*) FROM crashes WHERE engine = '$engine'")" -gt 0
done
is "$(master_sql 'SELECT count(*) FROM crashes')" \
    "$(find "$PF_STORAGE/crashes" -type f ! -name '*.json' | wc -l)" \
    'a file for each crash'
is "$(master_sql 'SELECT count(*) FROM corpus')" \
    "$(find "$PF_STORAGE/corpus" -type f | wc -l)" 'and for each input'
# Not timeouts: on a busy machine any input may have been too slow once.
wrong=0 n=0
for id in $(master_sql "SELECT id FROM crashes WHERE type <> 'timeout' AND
    output NOT LIKE 'the input alone%' GROUP BY type, engine"); do
	n=$((n + 1))
	rc=0
	(eval "$(pf-report crash -x "$id")") >/dev/null 2>&1 || rc=$?
	[ $rc -ne 0 ] && continue
	wrong=$((wrong + 1))
	pf-report crash "$id" >"$T/wrong-$wrong" 2>&1
	diag "$T/wrong-$wrong"
done
ok 'there are kinds of crashes' test $n -gt 2
is $wrong 0 'the printed command reproduces each'
is "$(pgrep -fc "$T/w/slot" || :)" 0 'no process is left'
done_testing
