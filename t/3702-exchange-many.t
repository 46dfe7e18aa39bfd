#!/bin/sh
# What afl-fuzz has imported is cleared away behind it, and it goes on
# importing: also after a restart.
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

run_master
submit one afl++ "$T/magic" -C camp -p -50
one=$job
submit two afl++ "$T/magic" -C camp -d 600s
out=$T/w/slot-0/jobs/$job/out
file_inputs "$one" many 300
ok 'there is much to import' until_true 40 filed "$one" "$hash"
bot_start()
{
	pf-run -q -m "$url" >"$T/bot.out" 2>>"$T/bot.err" &
	bot=$!
}
# shellcheck disable=SC2016 # the last one
at_end 'kill $bot 2>/dev/null'
# taken: how far afl-fuzz is with it
taken()
{
	od -An -tu4 "$out/main/.synced/pandafuzz" 2>/dev/null | tr -d ' '
}
taken_is() { [ "$(taken)" = "$1" ]; }
few() { [ "$(find "$out/pandafuzz/queue" -type f | wc -l)" -le "$1" ]; }
bot_start
ok 'afl-fuzz looks at all of it' until_true 90 taken_is 300
ok 'what it is done with goes' until_true 40 few 257
ok 'but the last' test -e "$out/pandafuzz/queue/id:000299,src:$hash"
ok 'and more is taken' file_inputs "$one" more 5
ok 'from where it was' until_true 90 taken_is 305
kill -KILL "$(pgrep -P "$bot")"
wait "$bot" 2>/dev/null || :
bot_start
file_input "$one" pandafu7
# Under its number, or that of the run before with a new one.
imported() { find "$out/main/queue" -name 'id:*,sync:pandafuzz*' | grep -q .; }
ok 'also by another process' until_true 90 taken_is 306
ok 'which imports it' until_true 90 imported
is "$(find "$out/pandafuzz/queue" -name "id:000305,src:$hash" | wc -l)" 1 \
    'under the number that follows'
kill "$bot"
wait "$bot"
is $? 0 'it ends well'
done_testing
