#!/bin/sh
# Commands whose answer does not come: what they asked for may have been done,
# and they neither say that it was refused nor wait for ever.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
python=/usr/bin/python3
[ -x $python ] || skip_all 'no python3 here'
need sqlite3

master_new - <<'END'
[timeouts]
request = 3s
[retry.bot_operation]
initial_delay = 100ms
max_delay = 200ms
END
master_start
sed "s|^socket = .*|socket = $T/m/proxy|" "$PF_CONF" >"$T/proxy.conf"
# Takes the request of the first connection to the writer and keeps the
# answer; passes on the others.
cat >"$T/proxy.py" <<'END'
import os, socket, sys
path, to = sys.argv[1:]
s = socket.socket(socket.AF_UNIX)
s.bind(path + ".new")
s.listen(8)
os.rename(path + ".new", path)
n = 0
while True:
    c, _ = s.accept()
    line = c.makefile("rb").readline()
    w = socket.socket(socket.AF_UNIX)
    w.connect(to)
    w.sendall(line)
    answer = w.makefile("rb").readline()
    if n > 0:
        c.sendall(answer)
    c.close()
    w.close()
    n += 1
END
# lossy CMD ...: with a way to the writer that loses the first answer
lossy()
{
	$python "$T/proxy.py" "$T/m/proxy" "$T/m/sock" 2>"$T/proxy.err" 3>&- &
	proxy=$!
	at_end "kill $proxy 2>/dev/null"
	until_true 20 test -S "$T/m/proxy"
	PF_CONF=$T/proxy.conf run "$@"
	kill $proxy
	wait $proxy 2>/dev/null
	rm -f "$T/m/proxy"
}
said='^pf-[a-z]*: it may have been done, for its first answer was lost: '

lossy pf-sched campaign create one
ran 0 'a campaign that is made, with the answer lost'
is "$(cat "$T/out") $(pf-report campaigns | cut -f 2 | grep -c one)" \
    'one	active	1 1' 'it is made once'
lossy pf-sched campaign pause one
ran 0 'what may be done twice has an answer'
bot=$(pf-registry register -H h -e libfuzzer)
events() { pf-report events | grep -c deregistered; }
lossy pf-registry deregister "$bot"
ran 0 'a bot that is taken out'
is "$(pf-report bots) $(events)" ' 1' 'it is so once'
check 'and once more' 0 - - pf-registry deregister "$bot"
is "$(events)" 1 'nothing happened'
check 'one that never was is not' 66 - '~there is no bot' \
    pf-registry deregister nobody
lost=$(pf-registry register -H h -e libfuzzer)
sqlite3 -cmd '.timeout 5000' "$PF_STORAGE/data/pandafuzz.db" \
    "UPDATE bots SET status = 'failed' WHERE id = '$lost'"
lossy pf-registry reset "$lost"
ran 75 'what cannot be told from a mistake'
like "$(cat "$T/err")" "${said}.*reset is not possible" 'says so'
check 'what is refused at once is refused' 65 - \
    '~^pf-sched: campaign one is there already$' \
    pf-sched campaign create one
printf '#!/bin/sh\n' >"$T/t1"
chmod +x "$T/t1"
lossy pf-sched submit -N j -e libfuzzer -t "$T/t1"
ran 0 'a submission is known by its request'
is "$(cat "$T/out")" "$(pf-report jobs | cut -f 1)" 'and done once'
again() { pf-sched submit -N k -e libfuzzer -t "$T/t1" -k 2 -r "$1"; }
again r1 >"$T/first"
check 'whoever tries again says so' 0 "=$(cat "$T/first")" - again r1
is "$(pf-report jobs | wc -l)" 3 'and has made nothing twice'
check 'another request makes others' 0 '*' - again r2
is "$(pf-report jobs | wc -l)" 5 'it does'
check 'a request for something else' 65 - '~request r1: it has submitted' \
    pf-sched submit -N other -e libfuzzer -t "$T/t1" -r r1
check 'a request that is no id' 64 - '~-r A/b: not an id' again A/b

# A writer that is stopped: the time of one request, not of all retries.
sched=${master_pids%%:*}
kill -STOP "$sched"
at_end "kill -CONT $sched 2>/dev/null"
start=$(date +%s)
run pf-sched campaign create two
ran 75 'without an answer in time'
like "$(cat "$T/err")" \
    '^pf-sched: the writer did not answer in time; .* may yet be done$' \
    'it says what may be'
ok 'after one time of waiting' test $(($(date +%s) - start)) -lt 9
kill -CONT "$sched"
made() { pf-report campaigns | grep -q two; }
ok 'and so it is' until_true 20 made
done_testing
