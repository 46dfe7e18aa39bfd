#!/bin/sh
# What people see of pf-run's slots: on a terminal lines that are drawn again,
# of any size, below what is said; elsewhere a sentence now and then.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang python3

build_quiet
run_master 'heartbeat_interval = 30s'
export TERM=xterm

tap_explain()
{
	tail -n 20 "$T/screen" | diag
}

# on_terminal SIZE ARG ...: pf-run on one, in the background
on_terminal()
{
	rm -f "$T/control" "$T/screen"
	size=$1
	shift
	timeout 120 python3 "$PF_ROOT/t/lib/term.py" "$size" "$T/screen" \
	    "$T/control" pf-run -m "$url" "$@" &
	term=$!
	at_end "kill $term 2>/dev/null"
}

# The process of pf-run itself.
main_pid()
{
	pgrep -P "$(pgrep -P "$term" 2>/dev/null)" 2>/dev/null
}

# control WORDS: at once, never half
control()
{
	echo "$1" >"$T/control.new"
	mv "$T/control.new" "$T/control"
}

# seen ERE: a line of the screen
seen()
{
	grep -Eq -e "$1" "$T/screen" 2>/dev/null
}
unseen()
{
	! seen "$1"
}
lines()
{
	grep -Ec -e "$1" "$T/screen"
}
# narrow N: no line of a slot has more columns
narrow()
{
	! seen "^[0-9] .{$1}"
}

submit looked-at libfuzzer "$T/quiet" -d 5m
on_terminal 160x20
ok 'a slot is shown' until_true 60 seen '^0 '
ok 'what it does' until_true 60 seen '^0 .*looked-at.* fuzzing$'
ok 'its core' seen '^0 +core [0-9]+ '
ok 'its engine and time left' seen ' libfuzzer +4m[0-9]+s left '
ok 'executions and their speed' until_true 60 \
    seen ' [0-9.]+[kM]? execs +[0-9.]+[kM]?/s '
ok 'edges, corpus and crashes' until_true 60 \
    seen ' [0-9]+ edges +[0-9]+ corpus +0 crashes '
is "$(lines '^0 ')" 1 'all that in one line'
ok 'above it what was said' seen "^pf-run: bot: job $job: libfuzzer on looked"
ok 'as an ordinary line' unseen '<ESC>'
control 'size 60x20'
ok 'on fewer columns' until_true 20 seen '^0 +looked-at.*/s.*fuzzing'
is "$(lines '^0 ')" 1 'it is still one line'
control 'size 20x20'
ok 'on very few it fits' until_true 60 narrow 19
is "$(lines '^0 .*fuzz')" 1 'in one line'
control 'size 1x1'
control 'size 120x20'
ok 'on many again' until_true 20 seen '^0 .*left.* fuzzing$'

# The master goes away.
port=${url##*:}
master_stop
ok 'a master that is away' until_true 60 seen \
    'fuzzing, master away [0-9]+s(, [0-9]+ packs? waits?)?$'
ok 'and what waits for it' until_true 60 seen ', [0-9]+ packs? waits?$'
rm -f "$T/m/httpd.out"
master_start ingest
master_again "$port"
ok 'until it is back' until_true 60 seen ' fuzzing$'
ok 'the warning stays' seen '^pf-run: warning: bot: '

# A terminal that takes nothing holds up nobody.
control stop
sleep 1
kill "$(main_pid)"
ok 'one that is stopped: it ends all the same' until_true 60 job_is pending
control go
ok 'and says how' until_true 60 seen "^STATUS 0"
ok 'the job was handed back' seen "^pf-run: bot: job $job: handed back"
like "$(grep . "$T/screen" | tail -n 2 | head -n 1)" ': handed back' \
    'nothing of the picture is left'

# The terminal goes away: so does pf-run, with its jobs handed back.
on_terminal 80x20 -l
ok 'a loop' until_true 60 seen '^0 .*fuzzing$'
control hangup
ok 'on a terminal that hangs up ends' until_true 60 seen '^STATUS 0'
ok 'with its job handed back' job_is pending
pf-sched cancel "$job" >/dev/null

on_terminal 80x4 -l -j 6
ok 'more slots than rows' until_true 60 seen '^and 4 more$'
is "$(lines '^[0-9] ')" 2 'as many as there is room for'
ok 'no job' until_true 60 seen '^0 .* no job$'
kill -STOP "$(main_pid)"
kill -CONT "$(main_pid)"
ok 'after a pause they are drawn anew' until_true 20 \
    eval "[ \$(lines '^and 4 more\$') = 2 ]"
kill "$(main_pid)"
ok 'it ends' until_true 60 seen '^STATUS 0'

# No terminal, or one that cannot go up: sentences.
{
	cat "$PF_CONF"
	echo 'progress = 100ms'
} >"$T/often.conf"
for TERM in dumb ''; do
	export TERM
	on_terminal 80x20 -l -c "$T/often.conf"
	ok "TERM=$TERM: a sentence" until_true 60 seen '^pf-run: slot 0: no job$'
	ok 'and no picture' unseen '^0 |<ESC>'
	kill "$(main_pid)"
	wait "$term" || :
done
export TERM=xterm
submit told libfuzzer "$T/quiet" -d 5m
timeout 120 pf-run -m "$url" -c "$T/often.conf" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"
words='^pf-run: slot 0: fuzzing, core [0-9]+, told, libfuzzer, 4m[0-9]+s left'
words="$words, [0-9]+ execs, [0-9]+/s, [0-9]+ edges, [0-9]+ corpus, 0 crashes\$"
ok 'no terminal: the same in a sentence' until_true 60 \
    grep -Eq "$words" "$T/bot.err"
is "$(tr -d '\n[:print:]' <"$T/bot.err")" '' 'without control characters'
kill "$bot"
wait "$bot" || :
timeout 120 pf-run -q -m "$url" -c "$T/often.conf" >"$T/bot.out" \
    2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"
ok 'quietly' until_true 60 job_is running
on_terminal 80x20 -q -l -w "$T/w2"
until_true 60 test -s "$T/w2/slot-0/bot.json"
sleep 1
is "$(grep -c 'slot 0\|: job ' "$T/bot.err")" 0 'nothing is said'
ok 'nor drawn on a terminal' unseen '^0 |slot 0'
kill "$bot" "$(main_pid)"
wait "$bot" || :
wait "$term" || :
done_testing
