#!/bin/sh
# shellcheck disable=SC2119 # no arguments meant
# Memory without a control group: what takes more than its job may is killed
# all the same, and the verdict says so.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/engine.sh
. "$PF_ROOT/t/lib/engine.sh"
# shellcheck source-path=SCRIPTDIR source=lib/box.sh
. "$PF_ROOT/t/lib/box.sh"
need perl

can_nobody || skip_all 'no other user can run this'
# What it starts takes more than the job may, again and again.
engine_says eater <<'END'
while :; do
	perl -e '$x = "x" x (500 << 20); sleep 60'
	echo "killed $?"
done
END
printf '#!/bin/sh\n' >"$T/target"
chmod 755 "$T/target" "$T/engines"
engine_master
submit eats eater "$T/target" -d 10m -m 64M
as_nobody pf-run -m "$url" -q >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null; wait $bot"
held() { pf-report jobs | cut -f 12; }
holds() { case $(held) in *"$1"*) ;; *) false ;; esac; }
killed() { pf-report log "$job" | grep -q 'killed 137'; }
ok 'what takes too much is killed' until_true 60 killed
ok 'and the verdict is told' until_true 60 holds low_memory
pf-sched cancel "$job" >/dev/null
wait "$bot"
is "$?" 0 'it ends well'
like "$(job_message)" 'limits met: memory' 'as its message says too'
done_testing
