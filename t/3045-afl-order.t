#!/bin/sh
# pf-run and afl-fuzz: a directory that is read while files come may show a
# later one first.  No find is passed over for that.
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
submit order afl++ "$T/quiet" -d 10m -s "$T/seeds"
main=$(in_job out/main)
fuzz_begin
ok 'it fuzzes' until_true 60 test -s "$main/fuzzer_stats"
# find ID: an input of that number
find_of()
{
	echo "input $1" >"$T/tmp"
	mv "$T/tmp" "$main/queue/id:$1,src:000000,time:1,execs:1,op:havoc"
	hash=$(echo "input $1" | sha256sum | cut -d ' ' -f 1)
}
mkdir -p "$main/crashes"
crash_of()
{
	echo "crash $1" >"$T/tmp"
	mv "$T/tmp" "$main/crashes/id:$1,sig:06,src:000000,time:1,execs:1,op:x"
}
crashes() { [ "$(crashes_of 'count(*)')" = "$1" ]; }
find_of 000900
crash_of 000900
ok 'a find is filed' until_true 60 filed "$job" "$hash"
ok 'and a crash' until_true 60 crashes 1
for n in 000899 000017; do
	find_of $n
	ok "so is one that was before it, $n" until_true 60 filed "$job" "$hash"
done
crash_of 000003
ok 'and such a crash' until_true 60 crashes 2
find_of 16777216
ok 'one of a number that no afl-fuzz has' until_true 60 filed "$job" "$hash"
find_of 000901
ok 'and they go on' until_true 60 filed "$job" "$hash"
fuzz_end
ok 'nothing else was said' sh -c "! grep -q warning '$T/bot.err' ||
    ! grep warning '$T/bot.err' | grep -v 'is shared\|isolation without'"
is "$(master_sql "SELECT count(*) FROM results WHERE kind = 'corpus'")" \
    "$(master_sql "SELECT count(*) FROM corpus")" 'none was sent twice'
done_testing
