#!/bin/sh
# pf-run is killed at random moments, alone, its slots, or all at once: nothing
# that was found is lost, nothing comes twice, no engine is left behind.  6
# times, 200 with PF_SWEEP=all.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/away.sh
. "$PF_ROOT/t/lib/away.sh"
whole
need clang afl-fuzz sqlite3 jq

away_targets lf af
# All crashes are one: 200 rounds find more than the samples that are kept.
run_master 'heartbeat_interval = 1s' '[limits]' 'crash_samples = 1000000'
submit lf libfuzzer "$T/lf" -d 1h
submit af afl++ "$T/af" -d 1h
# Without a box it is harder to leave nobody behind: half of the times.
{ cat "$PF_CONF"; echo 'isolation = none'; } >"$T/bare.conf"
rounds=${PF_ROUNDS:-6}
[ "${PF_SWEEP-}" != all ] || rounds=200

# random N: 0 to N - 1
random() { echo $(($(od -An -N2 -tu2 /dev/urandom) % $1)); }
start()
{
	conf=$PF_CONF
	[ $((n % 2)) = 0 ] || conf=$T/bare.conf
	setsid pf-run -c "$conf" -l -j 2 -m "$url" >>"$T/bot.out" 2>>"$T/bot.err" &
	main=$!
}
# Who is pf-run at this moment: the parent and its slots.
everybody() { echo "$main $(pgrep -P "$main" | tr '\n' ' ')"; }
gone() { ! kill -0 "$@" 2>/dev/null; }
strike()
{
	all=$(everybody)
	slots=${all#* }
	case $(random 4) in
	0)	victims=$main ;;
	1)	victims="$slots $main" ;;
	*)	victims=$all ;;
	esac
	# shellcheck disable=SC2086 # several
	kill -9 $victims 2>/dev/null
	# A slot that lost its parent hands its job back, if it is let.
	# shellcheck disable=SC2086
	[ "$(random 2)" = 0 ] || kill -9 $all 2>/dev/null
	wait "$main" 2>/dev/null
	for p in $all; do
		until_true 30 gone "$p" || echo "$p stays" >>"$T/left"
	done
}
# snatch: the master takes a job away from its bot
snatch()
{
	for j in "$T"/w/slot-*/state.json; do
		[ -s "$j" ] || continue
		jq -c '{op: "handback", bot: .bot, job: .job.id,
		    epoch: .job.epoch, attempt: .job.attempt}' "$j" |
		    pf-sched -q apply >/dev/null 2>&1
		break
	done
}

: >"$T/left"
# shellcheck disable=SC2016 # evaluated later
at_end 'kill -9 $(everybody) 2>/dev/null'
for n in $(seq "$rounds"); do
	start
	sleep "$(($(random 4))).$(random 10)"
	strike
	until_true 5 away_alone "$T/w" || {
		for p in $(away_orphans "$T/w"); do
			echo "round $n: $(tr '\0' ' ' <"/proc/$p/cmdline")"
			kill -9 "$p"
		done >>"$T/left"
	}
	away_note "$T/w"
	[ $((n % 5)) -ne 3 ] || snatch
done
empty "$T/left" "no process is left after $rounds kills"

master_sql "SELECT id FROM jobs" | while read -r id; do
	pf-sched cancel "$id"
done >/dev/null
start
left() { [ -n "$(find "$T/w"/slot-*/open -name '*.json')" ]; }
idle() { outbox_empty && ! left; }
ok 'all is delivered' until_true 90 idle
kill "$main"
wait "$main" || :
away_judge
done_testing
