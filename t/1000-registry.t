#!/bin/sh
# pf-registry: bots by op lines, and what it refuses.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

# said OUT-ERE ERR-ERE NAME: what the last run printed; "" is nothing
said()
{
	for w in out err; do
		want=$1
		[ $w = out ] || want=$2
		if [ -n "$want" ]; then like "$(cat "$T/$w")" "$want" "$3: $w"
		else is "$(cat "$T/$w")" '' "$3: nothing on $w"; fi
	done
}

# refuse STATUS ERR-ERE NAME CMD ...: and nothing on stdout
refuse()
{
	want_status=$1 want_err=$2 what=$3
	shift 3
	run "$@"
	ran "$want_status" "$what"
	said '' "$want_err" "$what"
}

run pf-registry -h
ran 0 'help'
said '^usage: pf-registry' '' 'help'
run pf-registry -V
ran 0 'version'
said '^pf-registry [0-9.]+$' '' 'version'

# Command lines that are wrong, before there is anything to read.
for words in '' '-z' 'nosuch' 'list more' 'show' 'show a b' 'register' \
    'register -H h' 'register -e libfuzzer' 'register -H h -e afl++ bot' \
    'heartbeat' 'heartbeat -J j b' 'heartbeat -E 1 -A 1 b' \
    'heartbeat -J j -E x -A 1 b' 'heartbeat -J j -E -1 -A 1 b' 'drain' \
    'reset' 'deregister' 'deregister -u b'; do
	# shellcheck disable=SC2086 # words
	refuse 64 '^usage: pf-registry' "usage: $words" pf-registry $words
done
refuse 78 'conf: No such file' 'no such configuration' \
    pf-registry -c "$T/none/conf" list

printf '[storage]\npath = %s/none\n[sched]\nsocket = %s/sock\n' "$T" "$T" \
    >"$T/empty"
refuse 66 'no such database: run pf-sched init' 'no master yet' \
    pf-registry -c "$T/empty" list
refuse 66 'ended with status 66' 'no master to register at' \
    pf-registry -c "$T/empty" register -H h -e libfuzzer

master </dev/null
run pf-registry list
ran 0 'an empty list is no error'
said '' '' 'an empty list'

run pf-registry -n register -H h1 -N s0 -e afl -e libfuzzer -i inc1
ran 0 'dry run'
said '^\{"v":1,"op":"register","hostname":"h1","name":"s0","capabilities":\["afl","libfuzzer"\],"inc":"inc1"\}$' \
    '' 'dry run'
is "$(sql 'SELECT count(*) FROM bots')" 0 'it changed nothing'

run pf-registry register -H h1 -N s0 -e afl -e libfuzzer -i inc1
ran 0 'register'
said '^[0-9a-f-]{36}$' '' 'register prints the id'
bot=$(cat "$T/out")
is "$(sql 'SELECT capabilities FROM bots')" '["afl++","libfuzzer"]' \
    'engines by their canonical names'
run pf-registry register -H h1 -N s0 -e libfuzzer -i inc1
is "$(cat "$T/out")" "$bot" 'again: the same id'
other=$(pf-registry register -H h2 -e libfuzzer)
run pf-registry -j register -H h2 -e libfuzzer
said '^\{"ok":true,"bot":"[^"]*","name":"h2",' '' 'the whole reply with -j'

refuse 65 'array of 1 to 32 engine names' 'an engine name that is none' \
    pf-registry register -H h1 -e 'a b'
refuse 65 'hostname: not a name' 'a host name with control bytes' \
    pf-registry register -H "h$(printf '\001')" -e libfuzzer
refuse 65 'inc: not an id' 'an incarnation that is no id' \
    pf-registry register -H h1 -e libfuzzer -i ../x

run pf-registry heartbeat s0
ran 0 'heartbeat by name'
is "$(cat "$T/out")" idle 'it prints the state'
run pf-registry list
ran 0 'list'
is "$(cut -f 1-4 "$T/out")" "$bot	s0	h1	idle
$other	h2	h2	registering" 'list: id, name, host, state'
run pf-registry -j list
is "$(wc -l <"$T/out" | tr -d ' ')" 2 'a JSON object a line'
head -n 1 "$T/out" >"$T/row"
is "$(sqlite3 :memory: "SELECT json_extract(readfile('$T/row'),
    '\$.is_online', '\$.capabilities[0]')")" \
    '[true,"libfuzzer"]' 'which is JSON'

run pf-registry show "$bot"
ran 0 'show'
is "$(sed -n 's/^status	//p' "$T/out")" idle 'show: fields'
refuse 66 'there is no bot "nosuch"; pf-report bots lists' 'unknown bot' \
    pf-registry show nosuch
refuse 66 'there is no bot' 'SQL in the place of a name' \
    pf-registry show "' OR 1 --"
refuse 65 'fits more than one bot' 'a beginning of two ids' \
    pf-registry show 0
refuse 66 'there is no bot' 'heartbeat of an unknown bot' \
    pf-registry heartbeat nosuch
refuse 65 'another incarnation' 'heartbeat of another incarnation' \
    pf-registry heartbeat -i inc2 s0
refuse 65 'job nosuch' 'heartbeat for a job it does not have' \
    pf-registry heartbeat -J nosuch -E 1 -A 1 s0

run pf-registry drain s0
ran 0 'drain'
said '' '' 'drain is silent'
run pf-registry heartbeat s0
is "$(cat "$T/out")" 'idle drain' 'the bot is told'
run pf-registry drain -u s0
ran 0 'drain -u'
is "$(sql "SELECT drain FROM bots WHERE id = '$bot'")" 0 'takes it back'
refuse 65 'reset is not possible' 'reset of a bot that works' \
    pf-registry reset s0

# A token that is the bot's own.
printf '{"op":"claim","bot":"%s","inc":"inc1"}\n' "$bot" |
    pf-sched -q apply
run pf-registry heartbeat -J "$job" -E 1 -A 1 s0
ran 0 'heartbeat with a token'
is "$(cat "$T/out")" busy 'a job makes it busy'
is "$(sql "SELECT status FROM jobs")" running 'and the job run'
refuse 65 'token 1.2 is not' 'a wrong token' \
    pf-registry heartbeat -J "$job" -E 1 -A 2 s0

run pf-registry -n deregister s0
said '"op":"deregister"' '' 'dry run of deregister'
run pf-registry deregister s0
ran 0 'deregister'
said '' '' 'deregister is silent'
is "$(sql "SELECT status FROM jobs")" pending 'its job is free again'
is "$(pf-registry list | wc -l | tr -d ' ')" 1 'it is off the list'
refuse 66 'no bot' 'by name it is gone' pf-registry drain s0

run sh -c 'pf-registry list >/dev/full'
ran 74 'stdout that cannot be written'
like "$(cat "$T/err")" 'cannot write standard output' 'is said'

if [ "$(id -u)" -eq 0 ]; then skip 'root may read anything'
else
	chmod 0 "$S/data"
	refuse 77 'ermission' 'a database it may not read' pf-registry list
	chmod 750 "$S/data"
fi
done_testing
