#!/bin/sh
# A bot is killed and hundreds of crashes lie there that nobody has taken.  The
# next one runs each again, without a pause, and then goes on with the job:
# what those runs leave does not count as processes of it.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/afl.sh
. "$PF_ROOT/t/lib/afl.sh"
need afl-fuzz afl-clang-fast bwrap

case $(pf-run -n 2>&1) in
*missing*) skip_all 'no control groups to be had here' ;;
esac
# More than a job may have processes.
many=300
build_afl word <<'END_C'
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
main(void)
{
	char b[32] = "";

	usleep(1000);
	if (read(0, b, sizeof(b) - 1) > 8 && memcmp(b, "PANDAFUZ", 8) == 0)
		abort();
	return 0;
}
END_C
mkdir "$T/seeds"
echo abcd >"$T/seeds/1"
run_master
printf 'recheck_runs = 0\n' >>"$PF_CONF"
submit many afl++ "$T/word" -d 30m -s "$T/seeds"
main=$(in_job out/main)
# fuzzes [THAN]: by statistics newer than that file
fuzzes()
{
	[ -n "$(find "$main/fuzzer_stats" -newer "${1:-$T/seeds}" 2>&1)" ] &&
	    [ -s "$main/fuzzer_stats" ]
}
fuzz_begin
ok 'it fuzzes' until_true 60 fuzzes
pgrep -P "$fuzz_bot" | xargs kill -STOP "$fuzz_bot"
i=0
while [ $i -lt $many ]; do
	i=$((i + 1))
	printf 'PANDAFUZ%d' $i >"$main/crashes/id:$(printf %06d \
	    $i),sig:06,src:000000,time:9,execs:9,op:havoc"
done
pgrep -P "$fuzz_bot" | xargs kill -9 "$fuzz_bot"
wait "$fuzz_bot" 2>/dev/null
until_true 20 flock -n "$T/w/lock" true
touch "$T/mark"
fuzz_begin
ok 'another bot takes the job up' until_true 120 fuzzes "$T/mark"
filed() { [ "$(crashes_of 'count(*)')" = $many ]; }
ok 'all crashes are filed' until_true 60 filed
is "$(crashes_of 'type, count(*)')" "abort|$many" \
    'each is known for what it is'
ok 'the bot ends well' fuzz_end
is "$(grep -c 'more processes than it may\|limits met' "$T/bot.err")" 0 \
    'and no limit was met'
done_testing
