#!/bin/sh
# Slots share the files they fetch: many at once, the same files, and none
# takes another's away.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need sqlite3

# A target that is none: it is fetched with its seeds, then fails at once.
mkdir "$T/seeds"
i=0
while [ $i -lt 60 ]; do
	echo "seed $i" >"$T/seeds/$i"
	i=$((i + 1))
done
printf '#!/bin/sh\nexit 3\n' >"$T/target"
chmod +x "$T/target"
run_master
submit many libfuzzer "$T/target" -s "$T/seeds" -k 24 -d 10s
timeout 60 pf-run -q -l -j 8 -m "$url" -w "$T/w" 2>"$T/run.err" &
run=$!
at_end "kill $run 2>/dev/null"
over() { [ "$(master_sql "SELECT count(*) FROM jobs WHERE status IN ('failed')")" = 24 ]; }
ok 'all jobs were tried' until_true 50 over
is "$(master_sql "SELECT count(*) FROM jobs WHERE message NOT LIKE 'the target does not start%'")" \
    0 'each had its files'
kill $run
rc=0
wait $run || rc=$?
is $rc 0 'it ends well'
is "$(find "$T/w/blobs" -type f | wc -l)" 61 'each file is there once'
done_testing
