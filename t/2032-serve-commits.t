#!/bin/sh
# What many clients ask at once shares commits: counted by the syncs of
# pf-sched serve, which are as many as the ops of a client alone.  And nobody
# waits for what was committed to go from the -wal into the database.
# shellcheck disable=SC2119 # no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need strace python3 socat
[ -z "${PF_FAST:-}" ] || skip_all 'strace and sanitizers do not mix'

sched_new ''
strace -D -f -qq -y -o "$T/trace" \
    -e trace=fdatasync,fsync,read,recvfrom,sendto,pwrite64 \
    pf-sched serve 2>"$T/serve.err" &
serve_pid=$!
at_end "kill $serve_pid 2>/dev/null"
ok 'it serves' until_true 20 test -S "$T/m/sock"

# ask.py SOCKET CLIENTS ROUNDS: all send a line, then all read their replies
cat >"$T/ask.py" <<'PY'
import socket
import sys

path, clients, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
good, all_of_them = 0, []
for n in range(clients):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(300)
    s.connect(path)
    all_of_them.append((s, s.makefile('rb')))
for r in range(rounds):
    for n, (s, f) in enumerate(all_of_them):
        s.sendall(b'{"op":"register","hostname":"h%d-%d-%d",'
                  b'"capabilities":["a"]}\n' % (clients, r, n))
    for s, f in all_of_them:
        good += b'"ok":true' in f.readline()
print(good)
PY
syncs() { grep -c 'sync(' "$T/trace" || :; }
# asked CLIENTS ROUNDS: sets good and took, the syncs
asked()
{
	before=$(syncs)
	good=$(python3 "$T/ask.py" "$T/m/sock" "$1" "$2")
	took=$(($(syncs) - before))
	echo "# $1 clients, $good ops: $took syncs"
}
asked 1 300
is "$good" 300 'one after the other'
ok 'each has a sync of its own' test "$took" -ge 300
asked 64 10
is "$good" 640 '64 clients at once'
ok 'share them: not one for five ops' test "$took" -lt 128
ok 'but there is one for each round of replies' test "$took" -ge 10
is "$(sql 'SELECT count(*) FROM bots')" 940 'all is there'
serve_stop
is "$serve_rc" 0 'and it ends well'

# Writes to the database itself: all, and those between an op and its reply.
moved=$(awk '/(read|recvfrom)\([0-9]+<socket.* = [1-9]/ { asked = 1 }
    /sendto\(/ { asked = 0 }
    /pwrite64\([0-9]+<[^>]*pandafuzz.db>/ { n++; late += asked }
    /unlink|SIGTERM/ { exit }
    END { print n + 0, late + 0 }' "$T/trace")
echo "# pages into the database, before a reply: $moved"
ok 'pages of the -wal go into the database meanwhile' test "${moved% *}" -ge 50
is "${moved#* }" 0 'but none while somebody waits for a reply'
done_testing
