#!/bin/sh
# Jobs of kind regress: a bot that is killed at any step of a check leaves one
# record of it, not two and not none; inputs may be large, each by itself and
# all together.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need sqlite3 clang strace
whole

run_master
build_libfuzzer bad <<'!'
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 1 && data[0] == 'B')
		abort();
	return 0;
}
!

# give FILE: the master has it as a crash of the job $finder; sets hash, size
give()
{
	hash=$(sha256sum <"$1" | cut -d ' ' -f 1)
	size=$(wc -c <"$1" | tr -d ' ')
	mkpack crash "$finder" b1 -d "$PF_SPOOL" -f type=abort -f tool=asan \
	    -f stack=x "$1" >/dev/null
}
# again NAME SQL: a job of kind regress
again()
{
	submit "$1" libfuzzer "$T/bad" -d 5m
	sqlite3 -cmd '.timeout 20000' "$PF_STORAGE/data/pandafuzz.db" \
	    "UPDATE jobs SET kind = 'regress' WHERE id = '$job'; $2"
}
# listed HASH SIZE: a line of the list of the job that comes
listed()
{
	echo "INSERT INTO regressions SELECT 'c', (SELECT count(*) FROM jobs),
	    '$1', 'x', $2, 2, id FROM jobs WHERE kind = 'regress' AND
	    status = 'pending';"
}
records()
{
	master_sql "SELECT count(*), sum(runs), sum(crashed) FROM
	    check_records WHERE job_id = '$job'"
}
all_told()
{
	spool_empty && job_is completed
}

submit finder libfuzzer "$T/bad" -d 1s
finder=$job
run pfrun
echo Bxyz >"$T/in"
give "$T/in"
small=$hash
ok 'a crash is filed' until_true 20 spool_empty

# Its card is opened once for what is known at first, once for what came of it,
# and once more when that is on its way.
kills=0
for at in 1 2 3 4; do
	again "kill-$at" "$(listed "$small" 5)"
	card=$T/w/slot-0/jobs/$job/own/checks/$small.c
	timeout 60 strace -f -qq -o "$T/trace" -P "$card" \
	    -e inject=openat:signal=KILL:when="$at" \
	    pf-run -q -m "$url" >"$T/out" 2>"$T/err" || :
	! grep -q 'killed by SIGKILL' "$T/trace" || kills=$((kills + 1))
	job_is completed || run pfrun
	ok "killed at step $at: the job is over" until_true 30 all_told
	is "$(records)" '1|2|2' "killed at step $at: one record"
	like "$(job_message)" '^1 crashes: 1 crash this build, 0 do not' \
	    "killed at step $at: and the sum is right"
done
ok 'it was killed' test "$kills" -ge 3

# And before and between the packs.
calls=link,linkat,rename,renameat,renameat2
again packs "$(listed "$small" 5)"
strace -f -qq -s 300 -o "$T/trace" -e trace="$calls" pf-run -q -m "$url" \
    2>"$T/err"
slot=$(sed -n 's/^\([0-9]*\) .*outbox\/new.*/\1/p' "$T/trace" | tail -n 1)
packs=$(grep "^$slot .*(" "$T/trace" | grep -n '/outbox/new' | cut -d : -f 1)
ok 'there are packs' test -n "$packs"
for at in $packs; do
	again "pack-$at" "$(listed "$small" 5)"
	timeout 60 strace -f -qq -o "$T/trace" -e trace="$calls" \
	    -e inject="$calls:signal=KILL:when=$at" \
	    pf-run -q -m "$url" >"$T/out" 2>"$T/err" || :
	job_is completed || run pfrun
	until_true 30 all_told
	is "$(records)" '1|2|2' "killed at a pack, call $at: one record"
done

# Five of fourteen megabytes, which are more than wait at once while an engine
# runs, and each is more than is run again then.
list=
for i in 1 2 3 4 5; do
	{
		[ "$i" = 3 ] && printf G || printf B
		head -c $((14 << 20)) /dev/zero
		echo "$i"
	} >"$T/in"
	give "$T/in"
	list="$list$(listed "$hash" "$size")"
done
until_true 60 spool_empty
again large "$list"
run pfrun
ran 0 'large inputs are run again'
ok 'to the end of the job' until_true 60 all_told
is "$(job_message | cut -d ';' -f 1)" '5 crashes: 4 crash this build, 1 do not, 0 could not be had' \
    'all of them'
empty "$(find "$T/w" -path "*$job*own/checks*")" 'and nothing is left'

# More than this bot takes.
sed 's/^\[bot\]/[limits]\ncrash_size = 1M\n&/' "$PF_CONF" >"$T/m/less.conf"
again less "$(listed "$small" 5)$list"
PF_CONF=$T/m/less.conf run pfrun
ok 'it ends where less is allowed' until_true 60 all_told
like "$(job_message)" '^6 crashes: 1 crash this build, 0 do not, 5 could not' \
    'those could not be had'
like "$(pf-report log "$job")" 'is not run: [0-9]+ bytes are more than \[limits\] crash_size' \
    'and the log says why'
done_testing
