#!/bin/sh
# The demo, stopped in the middle: whatever way, nothing it began goes on.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
whole
need clang afl-clang-fast setsid

# Interrupts are ignored by what a shell starts in the background.
demo_start()
{
	DEMO_DIR=$T/$1 KEEP=${2:-} env --default-signal=INT setsid \
	    sh "$PF_ROOT/scripts/demo/run" >"$T/$1.out" 2>&1 &
	demo=$!
	at_end "kill -s KILL -- -$demo 2>/dev/null"
}

# Both slots are at work: the first line of progress is out.
busy() { grep -q 'running' "$T/$1.out"; }

none_left() { ! pgrep -f "$T/$1" && ! pgrep -s "$demo"; }

# ends STATUS NAME
ends()
{
	rc=0
	wait $demo || rc=$?
	is $rc "$1" "$2"
}

demo_start int
ok 'it gets to work' until_true 60 busy int
check 'a second one is refused' 75 - \
    "~^demo: [0-9]+ still runs \\(pf-[a-z]+\\); stop it: sh $T/int/stop\$" \
    env DEMO_DIR="$T/int" sh "$PF_ROOT/scripts/demo/run"
kill -s INT -- -$demo
ends 130 'an interrupt from the terminal ends it'
ok 'nothing is left' until_true 10 none_left int

demo_start term
ok 'the next gets to work' until_true 60 busy term
kill -TERM $demo
ends 143 'ended by itself, not by its group'
ok 'nothing is left of it either' until_true 10 none_left term
is "$(cat "$T"/term/log/pf-sched "$T"/term/log/pf-httpd)" '' \
    'and nobody complained'
check 'stopping what is stopped' 0 - - sh "$T/term/stop"

demo_start kept 1
ok 'a third' until_true 60 busy kept
check 'its stop script, while it works' 0 - - sh "$T/kept/stop"
stopped() { ! pgrep -f "$T/kept/bots"; }
ok 'stops the programs' until_true 10 stopped
kill $demo
wait $demo
done_testing
