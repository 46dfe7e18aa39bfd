#!/bin/sh
# A bot that is killed, and a person at work in the directory of its job: the
# engine is ended, the person is not.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/box.sh
. "$PF_ROOT/t/lib/box.sh"
need clang sqlite3

run_master
build_quiet
box_path
submit quiet libfuzzer "$T/quiet" -d 1h
cp "$PF_CONF" "$T/none.conf"
echo 'isolation = none' >>"$T/none.conf"
dir=$T/w/slot-0/jobs/$job

# target_runs: a process of the job's own program, wherever it sees itself
target_pids() { pgrep -f "$dir/files/" || :; }
target_runs() { [ -n "$(target_pids)" ]; }
target_gone() { [ -z "$(target_pids)" ]; }

# lives PID: and is no mere zombie
lives() { [ -n "$(readlink "/proc/$1/exe")" ]; }

# killed HOW CONF CMD ...: pf-run is, all of it
killed()
{
	how=$1 conf=$2
	shift 2
	"$@" pf-run -l -c "$conf" -m "$url" >"$T/bot.out" 2>>"$T/bot.err" &
	bot=$!
	ok "$how: an engine runs" until_true 60 target_runs
	at_end "kill -9 $bot $(target_pids | tr '\n' ' ') 2>/dev/null"
	# A shell, and the target itself under a person's hand.
	(cd "$dir" && exec sleep 1000) &
	shell=$!
	cp "$(command -v sleep)" "$dir/tmp/mine"
	env -i "$dir/tmp/mine" 1000 &
	mine=$!
	at_end "kill $shell $mine 2>/dev/null"
	ok "$how: and a person looks at it" \
	    until_true 60 test "$(readlink "/proc/$shell/cwd")" = "$dir"
	slots=$(pgrep -P "$bot")
	# shellcheck disable=SC2086 # pids
	kill -9 "$bot" $slots 2>/dev/null
	wait "$bot" 2>/dev/null
	ok "$how: the engine ends with pf-run" until_true 60 target_gone
	ok "$how: its warden too" until_true 60 flock -n "$T/w/lock" true
	ok "$how: the person's shell does not" lives "$shell"
	ok "$how: nor what it started" lives "$mine"
	# The next one looks for leftovers as well.
	"$@" timeout 60 pf-run -l -c "$conf" -m "$url" >"$T/bot.out" \
	    2>>"$T/bot.err" &
	bot=$!
	ok "$how: it runs again" until_true 60 target_runs
	ok "$how: beside the same person" lives "$shell"
	ok "$how: and his program" lives "$mine"
	kill "$bot"
	wait "$bot" || :
	kill "$shell" "$mine" 2>/dev/null
}
killed 'without a box' "$T/none.conf" env
killed 'shut in by landlock' "$PF_CONF" without_bwrap
done_testing
