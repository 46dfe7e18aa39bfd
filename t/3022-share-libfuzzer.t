#!/bin/sh
# pf-run and libFuzzer: what another job of the campaign found is given to
# the engine, once, and does not come back.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/share.sh
. "$PF_ROOT/t/lib/share.sh"
need clang

{
	echo "#define MAGIC $(share_magic pandafu7)"
	share_source
	cat <<'END_C'
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static volatile int x;

	if (magic(data, size))
		x++;
	return 0;
}
END_C
} | build_libfuzzer magic

run_master
submit two libfuzzer "$T/magic" -C camp -d 25s -p 10
two=$job
submit one libfuzzer "$T/magic" -C camp -d 5s
one=$job
dir=$T/w/slot-0/jobs/$two
pfrun_bg()
{
	pf-run -m "$url" >"$T/bot.out" 2>>"$T/bot.err" &
	bot=$!
}
# shellcheck disable=SC2016 # the last one
at_end 'kill $bot 2>/dev/null'
job=$two
pfrun_bg
ok 'one of two jobs runs' until_true 10 job_is running
ok 'its engine too' until_true 10 grep -q INITED "$dir/own/engine.log"
is "$(grep -c RELOAD "$dir/own/engine.log")" 0 'and has nothing to read'
file_input "$one" pandafu7
magic=$hash
ok 'the other finds something' until_true 10 filed "$one" "$magic"
ok 'it is given to the first' until_true 15 test -e "$dir/corpus/$magic"
ok 'whose engine reads it' until_true 5 grep -q RELOAD "$dir/own/engine.log"
like "$(cat "$dir/own/share.json")" '"cursor":[1-9]' 'how far is remembered'
ok 'no half one lies about' test ! -e "$dir/own/import.tmp"

# Over a death of the bot: nothing comes twice, nor back.
cursor=$(cat "$dir/own/share.json")
kill -KILL "$(pgrep -P "$bot")"
wait "$bot" 2>/dev/null || :
rm "$dir/own/engine.log"
file_input "$one" gone
gone=$hash
file_input "$one" wrong
wrong=$hash
ok 'meanwhile more is found' until_true 10 filed "$one" "$wrong"
rm "$PF_STORAGE/corpus/$one/$gone"
printf wr0ng >"$T/wr0ng"
mv -f "$T/wr0ng" "$PF_STORAGE/corpus/$one/$wrong"
pfrun_bg
ok 'a new process goes on' until_true 10 grep -q INITED "$dir/own/engine.log"
file_input "$one" second
ok 'where the old one was' until_true 20 test -e "$dir/corpus/$hash"
ok 'without what is gone' test ! -e "$dir/corpus/$gone"
ok 'or damaged' test ! -e "$dir/corpus/$wrong"
is "$(grep -c 'what came is not what was announced' "$T/bot.err")" 1 \
    'of which it complains once'
ok 'with another cursor' test "$(cat "$dir/own/share.json")" != "$cursor"
wait "$bot"
is $? 0 'it ends well'
ok 'and its job' job_is completed
ok 'all is filed' until_true 10 spool_empty
ok 'what it was given' filed "$one" "$magic"
ok 'it did not send' test "$(master_sql "SELECT count(*) FROM corpus WHERE
    job_id = '$two' AND hash IN ('$magic', '$hash')")" = 0
is "$(grep -c 'nothing is shared' "$T/bot.err")" 0 'no other complaints'

# The other way round, with finds of an engine.
file_input "$two" third
until_true 10 filed "$two" "$hash"
job=$one
check 'the other job' 0 - '~completed$' pfrun
is "$(master_sql "SELECT count(*) FROM corpus WHERE job_id = '$one' AND
    hash = '$hash'")" 0 'does not send what the first had either'

# A job that was another bot's, and a master that has no list any more.
submit three libfuzzer "$T/magic" -C camp -d 6s -p 20
dir=$T/w/slot-0/jobs/$job
file_input "$job" before
ok 'a bot finds something and is gone' until_true 10 filed "$job" "$hash"
pfrun_bg
ok 'the next one gets it' until_true 10 test -e "$dir/corpus/$hash"
ok 'and what the campaign has' test -e "$dir/corpus/$magic"
wait "$bot"
ok 'its job ends well' job_is completed
sqlite3 "$PF_STORAGE/data/pandafuzz.db" \
    'DROP TRIGGER share_corpus; DROP TABLE shared'
submit four libfuzzer "$T/magic" -C camp -d 3s
check 'without a list' 0 - '~nothing is shared: the master answered 500' \
    pfrun -v
ok 'all else goes on' job_is completed
ok 'to the end' until_true 10 outbox_empty
done_testing
