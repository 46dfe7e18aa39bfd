#!/bin/sh
# pf-ingest -w: picks up what comes, rides out trouble, stops when told;
# and several at once.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

master <<'!'
[retry.update_recovery]
initial_delay = 50ms
max_delay = 200ms
!
leases 1
printf 'input %%d' >"$T/body"
mkdir "$T/bin"
cp "$PF_BIN/pf-ingest" "$T/bin/"
cat >"$T/bin/pf-sched" <<!
#!/bin/sh
[ ! -e "$T/away" ] || { echo x >>"$T/away"; exit 75; }
exec "$PF_BIN/pf-sched" "\$@"
!
chmod +x "$T/bin/pf-sched"
lines()
{
	[ "$(grep -c "$2" "$1")" -ge "$3" ]
}

mkpack corpus "$job" b1 "$T/body" | lay
"$T/bin/pf-ingest" -w >"$T/wout" 2>"$T/werr" &
pid=$!
at_end "kill -9 $pid 2>/dev/null"
ok 'files what is there' until_true 10 lines "$T/wout" new 1
mkpack corpus "$job" b1 -n 2 -s 2 "$T/body" | lay
ok 'and what comes, without delay' until_true 5 lines "$T/wout" new 2
: >"$T/away"
mkpack corpus "$job" b1 -n 4 -s 10 "$T/body" | lay
ok 'the writer is away: a warning' until_true 10 lines "$T/werr" warning 1
# By the two seconds and more of another section it would be no more than two.
often() { [ "$(grep -c x "$T/away")" -ge 4 ]; }
ok 'it tries by the delays of [retry.update_recovery]' until_true 2 often
is "$(grep -c . "$T/werr")" 1 'one, however often it tries'
like "$(cat "$T/werr")" 'the spool keeps what waits' 'that nothing is lost'
ok 'it lives' kill -0 "$pid"
rm "$T/away"
ok 'goes on by itself' until_true 10 lines "$T/wout" new 4
ok 'and says so' until_true 10 lines "$T/werr" 'goes on' 1
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
is "$status" 0 'SIGTERM: status 0'
is "$(files "$SPOOL")" 0 'the spool is empty'
is "$(sql 'SELECT count(*) FROM results')" 7 'every record counted once'

"$T/bin/pf-ingest" -w >"$T/wout" 2>"$T/werr" &
pid=$!
sleep 0.2
kill -INT "$pid" 2>/dev/null
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
is "$status" 0 'an idle one stops too'

# Told to stop in the middle, it ends with whole batches.
for i in 1 2 3 4 5 6 7 8 9; do
	mkpack status "$job" b1 -n 1000 -s "${i}0000" -f executions=1 | lay
done
pf-ingest >"$T/wout" 2>"$T/werr" &
pid=$!
until_true 10 lines "$T/wout" new 100
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
is "$status" 0 'SIGTERM in the middle: status 0'
is "$(files "$SPOOL/cur")" 0 'nothing stays claimed'
is "$(grep -c new "$T/wout")" "$(($(sql 'SELECT count(*) FROM results') - 7))" \
    'what was said is what is filed'
run pf-ingest
ran 0 'the rest'

# Several at once on the same spool, with one writer.
pf-sched serve >/dev/null 2>&1 &
spid=$!
at_end "kill $spid 2>/dev/null"
ok 'the writer serves' until_true 10 test -S "$T/sock"
before=$(sql 'SELECT count(*) FROM results')
for i in $(seq 1 60); do
	mkpack corpus "$job" b1 -n 5 -s "$((i + 1000000))" "$T/body" | lay
done
pids=
for i in 1 2 3 4; do
	pf-ingest >"$T/out.$i" 2>"$T/err.$i" &
	pids="$pids $!"
done
bad=0
for i in $pids; do
	wait "$i" || bad=1
done
is $bad 0 'four at once'
is "$(cat "$T"/err.?)" '' 'in peace'
is "$(cat "$T"/out.? | grep -c .)" 300 'each record has a line'
is "$(cat "$T"/out.? | cut -f 7 | sort -u | wc -l | tr -d ' ')" \
    "$(($(sql 'SELECT count(*) FROM results') - before))" 'each rid a row'
is "$(files "$SPOOL")" 0 'the spool is empty'
kill "$spid"
done_testing
