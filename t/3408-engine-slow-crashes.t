#!/bin/sh
# Crashes that take long to be run again, from an engine that finds many: looks
# while the master is called are no reason to forget the end of the job.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/engine.sh
. "$PF_ROOT/t/lib/engine.sh"
need sqlite3

engine_master 'heartbeat_interval = 1s'
printf 'recheck_runs = 0\n' >>"$PF_CONF"
# It finds seven at once, and counts those left when it is to end.
engine_says many <<'END'
for i in 1 2 3 4 5 6 7; do
	echo "input $i" >try
	mv try "$PF_ENGINE_CRASHES/$i"
done
trap 'echo "left: $(ls "$PF_ENGINE_CRASHES" | wc -l)"; exit 0' TERM
while :; do sleep 0.1; done
END
printf '#!/bin/sh\nexec sleep 1000\n' >"$T/sleeps"
chmod 755 "$T/sleeps"
submit many many "$T/sleeps" -d 3s -T 10ms
check 'its crashes take two seconds each' 0 - '~completed' pfrun -v
ok 'all is filed' until_true 20 spool_empty
is "$(crashes_of 'count(*)')" 7 'all of them are found'
left=$(pf-report log "$job" | sed -n 's/^left: *//p')
ok "the engine is told to end before most of them ($left left)" \
    test "${left:-0}" -ge 3
done_testing
