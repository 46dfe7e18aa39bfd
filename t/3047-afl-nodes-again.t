#!/bin/sh
# pf-run and several afl-fuzz on a job: what one found is taken before it is
# started again, for it calls all that it takes up its seeds.
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

quiet_afl
run_master
printf '%s\n' '[retry.engine]' 'initial_delay = 5s' 'max_delay = 5s' \
    >>"$PF_CONF"
submit two afl++ "$T/quiet" -d 10m -s "$T/seeds" -o nodes=2
out=$(in_job out)

# itself NODE: afl-fuzz, and no guard around it
itself() { pgrep -f "^[^ ]*afl-fuzz -[MS] $1[: ].*$T/w/" | tail -n 1; }
# fuzzes NODE: by statistics newer than $T/mark
fuzzes()
{
	[ -s "$out/$1/fuzzer_stats" ] &&
	    [ -n "$(find "$out/$1/fuzzer_stats" -newer "$T/mark")" ]
}
# resumes NODE PID: it is another process, that takes up what it had
resumes()
{
	pid=$(itself "$1")
	[ -n "$pid" ] && [ "$pid" != "$2" ] &&
	    tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q ' -i - '
}
# bot SIGNAL: to all processes of it, but not to what they started
bot()
{
	kill -"$1" "$fuzz_bot"
	for pid in $(pgrep -P "$fuzz_bot"); do
		kill -"$1" "$pid"
	done
}
# unseen ID TEXT: such an input of s01, in a directory that looks as it did
# when the bot read it: as if it had been read a moment before that came.
unseen()
{
	touch -r "$out/s01/queue" "$T/time"
	printf '%s' "$2" >"$out/s01/queue/id:$1,src:000000,time:1,execs:1,op:x"
	touch -r "$T/time" "$out/s01/queue"
	hash=$(printf '%s' "$2" | sha256sum | cut -d ' ' -f 1)
}
# passed: the bot has looked since, by a crash that it has filed
passed()
{
	mkdir -p "$out/s01/crashes"
	echo "$1" >"$T/tmp"
	mv "$T/tmp" "$out/s01/crashes/id:$1,sig:06,src:0,time:1,execs:1,op:x"
	until_true 60 sh -c "sqlite3 -readonly \
	    'file:$PF_STORAGE/data/pandafuzz.db' 'SELECT hash FROM crashes' |
	    grep -q $(echo "$1" | sha256sum | cut -d ' ' -f 1)"
}

touch "$T/mark"
fuzz_begin
ok 'a main node fuzzes' until_true 60 fuzzes main
ok 'and a secondary' until_true 60 fuzzes s01
ok 'the bot has seen what they have' passed 000500
first=$(itself s01)
bot STOP
touch "$T/mark"
unseen 000900 'of a secondary that died'
kill -9 "$first"
bot CONT
ok 'a secondary that died is started again' until_true 60 resumes s01 "$first"
ok 'what it had found last is filed' until_true 60 filed "$job" "$hash"
ok 'and it fuzzes' until_true 60 fuzzes s01
ok 'the bot has seen that, too' passed 000501
first=$(itself main)
second=$(itself s01)
kill -9 "$first"
ok 'the main node dies' until_true 60 \
    grep -q 'it is started again' "$T/bot.err"
bot STOP
is "$(itself s01)" "$second" 'the secondary goes on meanwhile'
unseen 000901 'of one whose main node died'
bot CONT
ok 'without its main node all are started again' \
    until_true 60 resumes main "$first"
ok 'the secondary, too' until_true 60 resumes s01 "$second"
ok 'what that had found last is filed' until_true 60 filed "$job" "$hash"
fuzz_end
is "$(grep -c 'it is started again' "$T/bot.err")" 1 'that was said'
is "$(master_sql "SELECT count(*) FROM results WHERE kind = 'corpus'")" \
    "$(master_sql "SELECT count(*) FROM corpus")" 'nothing was sent twice'
done_testing
