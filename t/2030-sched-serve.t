#!/bin/sh
# pf-sched serve: one writer, many clients, answers only for what is on disk.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3 socat

check 'serving before init' 66 - '~run pf-sched init' \
    sh -c "printf '[storage]\npath = $T/none\n' >$T/c; pf-sched -c $T/c serve"
sched_new ''
serve_start
ok 'its socket appears' test -S "$T/m/sock"
is "$(sql "SELECT value FROM system WHERE key = 'bot_timeout'")" 60000 \
    'the configuration in force stands in the database'
check 'a second writer is refused' 75 - '~another pf-sched has the database' \
    pf-sched serve
bot one '["libfuzzer"]'
is "$(get .ok)" true 'apply goes through it'
check 'submit too' 0 '~^[0-9a-f-]{36}$' - \
    pf-sched submit -N j -e libfuzzer -t /bin/true

# Order and seq: answers come in the order of the lines.
for n in 1 2 3 4 5 6 7 8 9; do
	printf '{"op":"heartbeat","bot":"%s","seq":%d}\n' "$bot" $n
done | socat - "UNIX-CONNECT:$T/m/sock" | jq -r .seq | tr -d '\n' >"$T/seqs"
is "$(cat "$T/seqs")" 123456789 'answers keep the order of the lines'
printf '{"op":"heartbeat","bot":"%s"}' "$bot" |
    socat - "UNIX-CONNECT:$T/m/sock" >"$T/half"
is "$(cat "$T/half")" '' 'half a line is no op'
head -c 70000 /dev/zero | tr '\0' x | socat - "UNIX-CONNECT:$T/m/sock" \
    2>/dev/null | jq -r .class >"$T/long" || :
is "$(cat "$T/long")" usage 'an endless line is refused'
# The bytes that are one too many, and a few more; then far too many.
for n in 65535 65536 65600 131072 1000000; do
	{
		printf '{"op":"heartbeat","bot":"%s","seq":1}\n' "$bot"
		head -c $n /dev/zero | tr '\0' x
		printf '\n{"op":"heartbeat","bot":"%s","seq":2}\n' "$bot"
	} | socat -t 60 - "UNIX-CONNECT:$T/m/sock" |
	    jq -r '.seq // .error' | sed 's/: .*//' | paste -sd, >"$T/long"
	why='op line longer than 65536 bytes'
	[ $n -ge 65536 ] || why='not an op line'
	is "$(cat "$T/long")" "1,$why,2" "$n bytes are refused once, and only they"
done
op "{\"op\":\"heartbeat\",\"bot\":\"$bot\"}"
is "$(get .ok)" true 'and nobody else is affected'

# Many clients at once claim few jobs: each job goes to one bot.
pf-sched submit -N race -e afl++ -t /bin/true -k 10 >"$T/jobs"
n=0
while [ $n -lt 32 ]; do
	printf '{"op":"register","hostname":"r%d","capabilities":["afl"],"inc":"i"}\n' $n
	n=$((n + 1))
done | pf-sched apply | jq -r .bot >"$T/bots"
pids=
while read -r b; do
	printf '{"op":"claim","bot":"%s"}\n' "$b" | pf-sched apply \
	    >"$T/claim.$b" &
	pids="$pids $!"
done <"$T/bots"
bad=0
for p in $pids; do wait "$p" || bad=$((bad + 1)); done
is "$bad" 0 'no claim failed'
cat "$T"/claim.* | jq -r '.job.id // empty' | sort >"$T/given"
is "$(wc -l <"$T/given")" 10 'ten jobs were given'
is "$(uniq -d "$T/given")" '' 'none of them twice'
is "$(sql "SELECT count(*) FROM assignments WHERE status = 'assigned'")" 10 \
    'as the database says'

# Killed at any moment: what was answered is there, leases are renewed.
op "{\"op\":\"claim\",\"bot\":\"$bot\"}"
held=$(get .job.id)
serve_stop KILL
is "$serve_rc" 137 'killed'
serve_start
is "$(sql "SELECT status FROM jobs WHERE id = '$held'")" assigned \
    'the lease is still there'
op "{\"op\":\"claim\",\"bot\":\"$bot\"}"
is "$(get '[.job.id, .again] | join(" ")')" "$held true" 'and the same job'
serve_stop
is "$serve_rc" 0 'it ends well when told to'
ok 'its socket is gone' test ! -e "$T/m/sock"
op "{\"op\":\"heartbeat\",\"bot\":\"$bot\",\"job\":\"$held\",\"epoch\":1,\"attempt\":1}"
is "$(get .ok)" true 'without it, apply is the writer'
is "$(sql "SELECT status FROM jobs WHERE id = '$held'")" running \
    'and it is written'

# A heartbeat alone is answered at once and written within a second or two.
serve_start
sleep 0.1
old=$(sql "SELECT last_seen FROM bots WHERE id = '$bot'")
op "{\"op\":\"heartbeat\",\"bot\":\"$bot\"}"
is "$(get .ok)" true 'a heartbeat'
newer() { [ "$(sql "SELECT last_seen FROM bots WHERE id = '$bot'")" -gt "$old" ]; }
ok 'is written soon' until_true 3 newer
serve_stop

# Orphans: a lease of a bot that is gone ends when the writer starts.
sqlite3 "$T/m/storage/data/pandafuzz.db" '.filectrl persist_wal 1' \
    "UPDATE bots SET gone_at = 1 WHERE id = '$bot'" >/dev/null
serve_start
orphan() { [ "$(sql "SELECT status FROM jobs WHERE id = '$held'")" = pending ]; }
ok 'an orphaned job waits again' until_true 3 orphan
serve_stop

# More lines in one piece than a transaction takes, and then silence.
serve_start
yes '{"op":"sweep"}' | head -n 4000 >"$T/many"
is "$( (cat "$T/many"; sleep 5) | timeout 4 socat - "UNIX-CONNECT:$T/m/sock" |
    grep -c '"ok":true')" 4000 'all are answered without another word'
serve_stop
done_testing
