#!/bin/sh
# While rules come into force over thousands of crashes, a bot that says it is
# alive is answered: before all are placed, not behind them.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
# shellcheck source-path=SCRIPTDIR source=lib/crashes.sh
. "$PF_ROOT/t/lib/crashes.sh"
need jq socat sqlite3 python3

sched_new ''
db=$T/m/storage/data/pandafuzz.db
bot one '["libfuzzer"]'
job=$(pf-sched submit -N n -e libfuzzer -t /bin/true 2>/dev/null)
crash_rows "$db" "$job" 6000 200 || exit 1

cat >"$T/ask" <<'EOT2'
import json, socket, sqlite3, subprocess, sys
path, db, bot, want = sys.argv[1:5]
s = socket.socket(socket.AF_UNIX)
s.connect(path)
f = s.makefile("rwb")
db = sqlite3.connect("file:%s?mode=ro" % db, uri=True, isolation_level=None,
    timeout=60)
def coming():
    return db.execute("SELECT coming IS NOT NULL FROM placing").fetchone()[0]
def beat(seq):
    f.write(b'{"op":"heartbeat","bot":"%s","inc":"i-one","seq":%d}\n' %
        (bot.encode(), seq))
    f.flush()
    return json.loads(f.readline())
meanwhile = refused = n = 0
apply = subprocess.Popen(["pf-sched"] + sys.argv[5:], stdout=subprocess.PIPE)
while apply.poll() is None:
    n += 1
    begun = coming()
    refused += not beat(n).get("ok")
    # It had begun before the question, and was not done after the answer.
    meanwhile += begun and coming()
words = apply.communicate()[0].decode().split()[:2]
sys.stderr.write("%d heartbeats, %d of them meanwhile\n" % (n, meanwhile))
print(" ".join(words), apply.returncode, refused, meanwhile >= int(want))
EOT2
serve_start
# While one comes into force nothing says how long it takes; but each piece
# ends before the next question is read, so there are some.
echo 'function xmalloc' >"$T/rules"
check 'heartbeats are answered while rules come' 0 '=in force 0 0 True' \
    '~meanwhile' python3 "$T/ask" "$T/m/sock" "$db" "$bot" 3 rules apply \
    "$T/rules"
sed 's/^/# /' "$T/err"
is "$(sql 'SELECT count(DISTINCT bucket) FROM placed')" 200 'all are placed'
check 'and while they go' 0 '=in force 0 0 True' '~meanwhile' \
    python3 "$T/ask" "$T/m/sock" "$db" "$bot" 1 rules undo
sed 's/^/# /' "$T/err"
is "$(sql "SELECT status FROM bots WHERE id = '$bot'")" idle \
    'the bot is alive'
serve_stop TERM
is $serve_rc 0 'the writer ends well'
done_testing
