#!/bin/sh
# What other jobs found lies before afl-fuzz, or another engine, and is not
# taken: that is told while it is so.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/share.sh
. "$PF_ROOT/t/lib/share.sh"
# shellcheck source-path=SCRIPTDIR source=lib/engine.sh
. "$PF_ROOT/t/lib/engine.sh"
need afl-fuzz afl-clang-fast

build_afl small <<'END'
#include <stdio.h>

int
main(void)
{
	return getchar() == 'x' ? 1 : 0;
}
END
run_master
{
	cat "$PF_CONF"
	echo 'patience = 1s'
	echo "engines = $T/engines"
} >"$T/hasty.conf"
held() { pf-report jobs | grep "^$job" | cut -f 12; }
holds() { case " $(held) " in *" $1 "*) ;; *) false ;; esac; }
well() { ! holds no_imports; }

submit two afl++ "$T/small" -C camp -d 150s -p 10
two=$job
submit one afl++ "$T/small" -C camp -d 5s
one=$job job=$two
pf-run -m "$url" -c "$T/hasty.conf" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null; wait $bot"
main=$T/w/slot-0/jobs/$two/out/main
ok 'a job runs' until_true 20 test -e "$main/fuzzer_stats"
# Stopped, it cannot read.
pid=$(pgrep -f "^[^ ]*afl-fuzz.*$T/w/slot-0/jobs/$two" | head -n 1)
kill -STOP "$pid"
file_input "$one" hello
ok 'what another one finds lies there unread' until_true 30 holds no_imports
kill -CONT "$pid"
ok 'and is read in the end' until_true 90 well
is "$(od -An -tu4 "$main/.synced/pandafuzz" | tr -d ' ')" 1 \
    'as afl-fuzz has it'
pf-sched cancel "$two" >/dev/null
wait "$bot"
is $? 0 'it ends well'

# One by the contract, that takes them when it likes.
engine_says lazy <<'END'
trap 'exit 0' TERM
while :; do
	n=$((n + 1))
	echo "execs_done : $n" >stats
	mv stats "$PF_ENGINE_STATS"
	[ ! -e take ] || rm -f "$PF_ENGINE_IMPORT"/*
	sleep 0.2
done
END
submit three lazy "$T/small" -C camp -d 150s -p 10 2>/dev/null
pf-run -m "$url" -c "$T/hasty.conf" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
ok 'an engine does not take what is there' until_true 60 holds no_imports
touch "$T/w/slot-0/jobs/$job/engine/state/take"
ok 'and takes it in the end' until_true 60 well
pf-sched cancel "$job" >/dev/null
wait "$bot"
is $? 0 'it ends well'
done_testing
