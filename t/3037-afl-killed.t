#!/bin/sh
# pf-run and afl-fuzz: whoever is killed, nothing that was found is lost, and
# no process is left.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/afl.sh
. "$PF_ROOT/t/lib/afl.sh"
# shellcheck source-path=SCRIPTDIR source=lib/share.sh
. "$PF_ROOT/t/lib/share.sh"
need afl-fuzz afl-clang-fast

deep_afl loop
run_master
submit killed afl++ "$T/loop" -d 10m -s "$T/seeds" -T 200ms
main=$(in_job out/main)
# fuzzes [THAN]: by statistics newer than that file
fuzzes()
{
	[ -n "$(find "$main/fuzzer_stats" -newer "${1:-$T/seeds}" 2>&1)" ] &&
	    [ -s "$main/fuzzer_stats" ]
}
# itself: afl-fuzz, and no guard around it
itself()
{
	pgrep -f "afl-fuzz -M main.*$T/w/" | tail -n 1
}
targets()
{
	pgrep -f "^$T/w/slot-0/jobs/$job/.*/loop"
}
# What a killed bot leaves is another test's.
# shellcheck disable=SC2016 # then
at_end 'targets | xargs -r kill -9 2>/dev/null'
fuzz_begin
ok 'it fuzzes' until_true 60 fuzzes
ok 'with its target' until_true 20 targets
targets >"$T/before"
touch "$T/mark"
kill -9 "$(itself)"
ok 'after a SIGKILL it is started again' until_true 60 \
    grep -q 'afl-fuzz ended with signal 9.* it is started again' "$T/bot.err"
none_of() {
	while read -r pid; do
		! kill -0 "$pid" 2>/dev/null || return
	done <"$1"
}
ok 'the target that it left is gone' until_true 20 none_of "$T/before"
ok 'and it fuzzes' until_true 60 fuzzes "$T/mark"
like "$(tr '\0' ' ' <"/proc/$(itself)/cmdline")" ' -i - ' \
    'from where it was'

# A find in the moment before the bot itself is killed: nobody has seen it.
ok 'all was filed' until_true 20 spool_empty
kill -STOP "$fuzz_bot"
for pid in $(pgrep -P "$fuzz_bot"); do
	kill -STOP "$pid"
done
mkdir -p "$main/hangs"
echo last-input >"$main/queue/id:000700,src:000000,time:9,execs:9,op:havoc"
echo last-crash >"$main/crashes/id:000700,sig:11,src:000000,time:9,execs:9,op:x"
echo last-hang >"$main/hangs/id:000700,src:000000,time:9,execs:9,op:havoc"
pgrep -P "$fuzz_bot" | xargs kill -9 "$fuzz_bot"
wait "$fuzz_bot" 2>/dev/null
until_true 20 flock -n "$T/w/lock" true
master_sql "SELECT hash FROM corpus WHERE job_id = '$job'" | sort >"$T/had"
touch "$T/mark"
fuzz_begin
ok 'another bot takes the job up' until_true 60 fuzzes "$T/mark"
for what in last-input last-crash last-hang; do
	hash=$(echo "$what" | sha256sum | cut -d ' ' -f 1)
	ok "$what is filed" until_true 60 sh -c "sqlite3 -readonly \
	    'file:$PF_STORAGE/data/pandafuzz.db' \"SELECT hash FROM corpus
	    UNION SELECT hash FROM crashes\" | grep -q $hash"
done
is "$(crashes_of 'type' | grep -c timeout)" 1 'the hang as what it is'
fuzz_end
is "$(grep -c 'ended with' "$T/bot.err")" 1 'and no afl-fuzz died again'

done_testing
