#!/bin/sh
# pf-run and afl-fuzz: what another job of the campaign found is imported,
# and does not come back.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/share.sh
. "$PF_ROOT/t/lib/share.sh"
need afl-fuzz afl-clang-fast clang

build_share_afl

run_master 'heartbeat_interval = 1s'
submit two afl++ "$T/magic" -C camp -d 150s -p 10
two=$job
submit one libfuzzer "$T/magic" -C camp -d 5s
one=$job
main=$T/w/slot-0/jobs/$two/out/main
queue=$T/w/slot-0/jobs/$two/out/pandafuzz/queue
imported()
{
	find "$main/queue" -name 'id:*,sync:pandafuzz,*'
}
has_imported() { [ -n "$(imported)" ]; }
# says_so: the same in its statistics, which it writes once a minute and when
# it ends: so it is ended, and pf-run stopped that it does not clear away
says_so()
{
	grep -Eq '^corpus_imported *: *[1-9]' "$main/fuzzer_stats"
}
job=$two
pf-run -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
# shellcheck disable=SC2016 # the last one
at_end 'kill $bot 2>/dev/null'
ok 'a job runs' until_true 20 test -e "$main/fuzzer_stats"
ok 'that has imported nothing' grep -Eq '^corpus_imported *: *0' \
    "$main/fuzzer_stats"
file_input "$one" pandafu7
magic=$hash
file_input "$one" second
ok 'another one finds something' until_true 10 filed "$one" "$hash"
ok 'it is laid before the first' until_true 15 \
    test -e "$queue/id:000001,src:$hash"
is "$(ls "$queue")" "id:000000,src:$magic
id:000001,src:$hash" 'under names that afl-fuzz takes, and no others'
ok 'which imports it' until_true 90 has_imported
slot=$(pgrep -P "$bot")
kill -STOP "$slot"
at_end "kill -CONT $slot 2>/dev/null"
pkill -f "^[^ ]*afl-fuzz .*$T/w/slot-0/jobs/$two/"
ok 'and says so' until_true 20 says_so
is "$(imported | wc -l)" 1 'what of it is new'
kill -CONT "$slot"
pf-sched cancel "$two" >/dev/null
wait "$bot"
is $? 0 'it ends well'
ok 'all is filed' until_true 10 spool_empty
is "$(master_sql "SELECT count(*) FROM corpus WHERE job_id = '$two' AND
    hash IN ('$magic', '$hash')")" 0 'and it did not send what it was given'
is "$(grep -c 'nothing is shared\|what came' "$T/bot.err")" 0 'no complaints'
done_testing
