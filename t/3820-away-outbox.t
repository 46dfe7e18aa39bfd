#!/bin/sh
# The outbox while the master is away: what is damaged is put aside, what is
# too much goes in its order and is told, crashes never do; without room the
# engine is stopped, and goes on when there is some.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/away.sh
. "$PF_ROOT/t/lib/away.sh"
need clang sqlite3

away_targets lf
run_master
away_proxy
check 'there is no job' 1 - '~no job' pfrun
out=$T/w/slot-0/outbox

# What a power cut may leave, in front of what is whole.
submit kept libfuzzer "$T/lf" -d 60s
for n in 1 2 3; do echo "input $n" >"$T/in$n"; done
mkpack corpus "$job" bot-1 -s 1 "$T/in1" >"$T/one"
mkpack crash "$job" bot-1 -s 2 -f type=x "$T/in2" >"$T/two"
mkpack corpus "$job" bot-1 -s 3 "$T/in3" >"$out/new/0000000000000005-1"
: >"$out/new/0000000000000001-1"
head -c 5000 /dev/zero >"$out/new/0000000000000002-1"
{ cat "$T/one"; head -c 150 "$T/two"; } >"$out/new/0000000000000003-1"
{ cat "$T/two"; sed 's/input/INPUT/' "$T/one"; } >"$out/new/0000000000000004-1"
pf-sched cancel "$job" >/dev/null
check 'with damaged packs' 1 - '~is damaged' pfrun
is "$(find "$out/bad" -name '*.pack' | wc -l)" 4 'all four are put aside'
ok 'nothing else waits' test -z "$(find "$out/new" "$out/cur" -type f)"
ok 'what was whole' until_true 20 spool_empty
is "$(master_sql "SELECT (SELECT count(*) FROM corpus) || ' ' ||
    (SELECT count(*) FROM crashes)")" '2 1' 'has arrived'
rm -f "${out:?}"/bad/*

# Too much.  Not more packs than there are, or each crash would have its own.
printf '%s\n' '[limits]' 'outbox_size = 16K' 'outbox_packs = 24' >>"$PF_CONF"
submit full libfuzzer "$T/lf" -d 120s
timeout 120 pf-run -l -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"
ok 'a job runs' until_true 30 job_is running
echo refuse 0 >"$T/network"
said() { grep -q "$1" "$T/bot.err"; }
ok 'too much is dropped' until_true 40 said 'the outbox was full; dropped: '
like "$(grep dropped "$T/bot.err")" '[0-9]+ (status|log|corpus)' \
    'in words that tell what'
ok 'at last it is full of crashes' until_true 40 said 'the engine is stopped'
unlike_crash() { ! grep dropped "$T/bot.err" | grep -q '[0-9] crash'; }
ok 'of which none went' unlike_crash
engines() { away_orphans "$T/w" | wc -l; }
is "$(engines)" 0 'no engine runs'
ok 'within its bounds' test "$(find "$out/new" -type f | wc -l)" -le 27
away_note "$T/w"
grep ' crash ' "$T/found" | cut -d ' ' -f 1-3 | sort -u >"$T/crashes"
ok 'there are crashes' test -s "$T/crashes"

: >"$T/network"
ok 'the master is back: it goes on' until_true 30 said 'goes on$'
running() { [ "$(engines)" -gt 0 ]; }
ok 'with its engine' until_true 20 running
pf-sched cancel "$job" >/dev/null
ok 'it ends as told' until_true 30 job_is cancelled
kill "$bot"
wait "$bot" || :
ok 'all is delivered' until_true 20 outbox_empty
until_true 20 spool_empty
away_filed >"$T/filed"
comm -23 "$T/crashes" "$T/filed" >"$T/missing"
empty "$T/missing" 'each crash has arrived'
pf-report log "$job" >"$T/log"
ok 'the job'"'"'s log tells what was dropped' \
    grep -q '^pf-run: the outbox was full; dropped: ' "$T/log"
ok 'and why it stood still' grep -q 'the engine is stopped' "$T/log"
done_testing
