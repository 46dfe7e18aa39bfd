#!/bin/sh
# pf-run before it has a job: what it refuses, and what it says without one.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"

conf()
{
	{
		printf '[retry.communication]\nmax_retries = 1\n'
		printf 'initial_delay = 10ms\nmax_delay = 20ms\n[bot]\n'
		printf 'work_directory = %s\n' "$T/w"
		cat
	} >"$T/run.conf"
}
pfrun()
{
	timeout 30 pf-run -c "$T/run.conf" "$@"
}

conf </dev/null
check 'an argument' 64 - '~^usage: pf-run' pfrun job
check 'no slots' 64 - '~^pf-run: -j 0: not a number' pfrun -j 0
check 'too many slots' 64 - '~^pf-run: -j 1025: not a number' pfrun -j 1025
check 'slots that are no number' 64 - '~^pf-run: -j two: not' pfrun -j two
check 'a URL that is none' 78 - '~not an http:// or https:// URL' \
    pfrun -m ftp://localhost
check 'a URL of a file' 78 - '~not an http:// or https:// URL' \
    pfrun -m "file://$T/run.conf"
check 'an empty URL' 78 - '~not an http:// or https:// URL' pfrun -m ''
echo 'mastr_url = http://localhost' | conf
check 'an unknown key' 78 - "~run.conf:7: unknown key \"mastr_url\" in \[bot\]" \
    pfrun
echo 'capabilities = honggfuzz' | conf
check 'no engine to offer' 69 - '~^pf-run: no engine to offer' pfrun
check 'nor in a dry run' 69 - '~^pf-run: no engine to offer' pfrun -n
conf </dev/null
: >"$T/file"
check 'a work directory that is a file' 74 - "~$T/file" pfrun -w "$T/file"

# What the machine lacks is not offered.
mkdir "$T/bin"
check 'without afl-fuzz' 0 '~offering \["libfuzzer"\]$' - \
    env PATH="$T/bin" "$PF_BIN/pf-run" -c "$T/run.conf" -n
printf '#!/bin/sh\n' >"$T/bin/afl-fuzz"
chmod +x "$T/bin/afl-fuzz"
check 'with it' 0 '~offering \["afl\+\+","libfuzzer"\]$' - \
    env PATH="$T/bin" "$PF_BIN/pf-run" -c "$T/run.conf" -n
rm -rf "$T/w"
echo 'capabilities = afl, honggfuzz' | conf
check 'fewer, by another spelling' 0 '~offering \["afl\+\+"\]$' - \
    env PATH="$T/bin" "$PF_BIN/pf-run" -c "$T/run.conf" -n
ok 'a dry run makes nothing' test ! -e "$T/w"

# Nobody listens on port 1 of the loopback.
conf </dev/null
check 'no master' 75 - '~master http://127.0.0.1:1: ' \
    pfrun -m http://127.0.0.1:1
like "$(cat "$T/err")" 'trying again' 'that says it tries again'

mkdir "$T/w2"
(
	flock 9
	: >"$T/held"
	until_true 60 test -e "$T/refused"
) 9>"$T/w2/lock" &
until_true 5 test -e "$T/held"
check 'a second one on a work directory' 75 - \
    "=pf-run: $T/w2: another pf-run works here" \
    pfrun -w "$T/w2" -m http://127.0.0.1:1
: >"$T/refused"
# What a pf-run that was killed leaves for a moment.
rm "$T/held"
(
	flock 9
	: >"$T/held"
	sleep 1
) 9>"$T/w2/lock" &
until_true 5 test -e "$T/held"
check 'one that is just dying' 75 - '~^pf-run: .*master http://127.0.0.1:1: ' \
    pfrun -w "$T/w2" -m http://127.0.0.1:1

master_new
master_start httpd
check 'no job' 1 - '=pf-run: no job' pfrun -m "$url"
check 'no job, quietly' 1 - - pfrun -q -m "$url/"
is "$(master_sql 'SELECT count(*) FROM bots')" 1 'one bot, however often'
inc=$(cat "$T/w/slot-0/bot.json")
check 'three slots' 1 - '~no job' pfrun -j 3 -m "$url"
is "$(cat "$T/w/slot-0/bot.json")" "$inc" 'the identity stays'
is "$(master_sql "SELECT count(*) FROM bots WHERE name LIKE '%-_'")" 3 \
    'each is a bot'
mkdir -p "$T/w3/slot-0"
printf '{"inc":"i1","master":"another"}\n' >"$T/w3/slot-0/bot.json"
check 'a work directory of another master' 78 - '~belongs to master another' \
    pfrun -w "$T/w3" -m "$url"
echo '{"inc":' >"$T/w3/slot-0/bot.json"
check 'a damaged identity' 65 - '~.' pfrun -w "$T/w3" -m "$url"

timeout 30 pf-run -c "$T/run.conf" -l -w "$T/w4" -m "$url" >"$T/loop.out" 2>"$T/loop.err" &
loop=$!
until_true 10 test -s "$T/w4/slot-0/bot.json"
sleep 0.5
kill "$loop"
status=0
wait "$loop" || status=$?
is "$status" 0 'SIGTERM ends the loop with 0'
done_testing
