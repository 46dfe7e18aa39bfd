#!/bin/sh
# shellcheck disable=SC2119 # no arguments meant
# A master that is short of room takes crashes only: they get through, the
# rest waits in the outbox and is delivered later.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"

master_new - <<X
[limits]
spool_size = 20000
[retry.update_recovery]
initial_delay = 100ms
max_delay = 500ms
[bot]
name = bot
work_directory = $T/w
X
master_start httpd
check 'there is no job' 1 - '~no job' pfrun
box=$(echo "$T"/w/slot-*/outbox)
# put N < frames: the N-th pack of the outbox
put() { cat >"$box/new/$(printf '%016x-%016x' "$1" 7)"; }
record() { mkpack "$1" job-1 bot-1 -s "$2" -f "$3" "$T/in"; }
files() { find "$1" -type f | wc -l | tr -d " "; }
kinds() { cat "$1"/new/* 2>/dev/null | grep -a -o '"kind":"[a-z]*"' | cut -d '"' -f 4 | sort | uniq -c | xargs; }
echo x >"$T/in"
record corpus 1 name=a | put 1
record corpus 2 name=b | put 2
{
	record corpus 3 name=c
	record crash 4 type=x
	record log 5 offset=0
} | put 3
record crash 6 type=x | put 4
head -c 15500 /dev/zero >"$PF_SPOOL/new/filler"
pfrun >/dev/null 2>&1
is "$(rm "$PF_SPOOL/new/filler"; kinds "$PF_SPOOL")" '2 crash' \
    'crashes are taken, from behind others too'
is "$(kinds "$box")" '3 corpus 1 log' 'the rest stays, nothing else'
is "$(files "$box/bad") $(files "$box/cur")" '0 0' 'nothing is refused'
sleep 1.1
pfrun >/dev/null 2>&1
is "$(kinds "$box")" '' 'later they are delivered'
is "$(kinds "$PF_SPOOL")" '3 corpus 2 crash 1 log' 'all of them, once'
done_testing
