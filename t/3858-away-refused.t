#!/bin/sh
# What the master refuses: kept for a person up to a bound, beyond it counted,
# each reason said once; and none of it is kept for ever.
# shellcheck disable=SC2119 # no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need sqlite3

run_master 'heartbeat_interval = 1s' '[limits]' 'corpus_size = 1K' \
    'outbox_size = 160K'
check 'there is no job' 1 - '~no job' pfrun
out=$T/w/slot-0/outbox
printf '#!/bin/sh\n' >"$T/target"
chmod 755 "$T/target"
submit kept libfuzzer "$T/target" -d 60s
pf-sched cancel "$job" >/dev/null

# lay SEQ BYTES: one more record of so many bytes
lay()
{
	{ echo "$1"; head -c "$2" /dev/zero; } >"$T/in"
	mkpack corpus "$job" bot-1 -s "$1" "$T/in" \
	    >>"$out/new/0000000000000001-1"
}
kept() { find "$out/bad" -name '*.rec' | wc -l; }

for n in 1 2 3 4 5 6 7 8 9; do lay "$n" "$((2000 + n))"; done
lay 10 100
pfrun >"$T/bot.out" 2>"$T/bot.err" || :
ok 'nothing waits' test -z "$(find "$out/new" "$out/cur" -type f)"
until_true 60 spool_empty
is "$(master_sql 'SELECT count(*) FROM corpus')" 1 'what is good is filed'
kept=$(kept)
ok "of nine refused some are kept ($kept)" \
    test "$kept" -gt 0 -a "$kept" -lt 9
ok 'each with its reason' \
    test "$(find "$out/bad" -name '*.why' | wc -l)" = "$kept"
is "$(awk '{ print $1 }' "$out/dropped")" "$((9 - kept))" \
    'the others are counted'
is "$(grep -c 'the master refused result' "$T/bot.err")" 1 \
    'the reason is said once'
is "$(grep -c 'bad is full' "$T/bot.err")" 1 'so is that there is no more room'
pf-run -D -m "$url" >"$T/doctor" 2>&1 || :
ok 'the doctor counts them all' grep -q '9 results were refused' "$T/doctor"

touch -d '30 days ago' "$out"/bad/*
pfrun >"$T/bot.out" 2>"$T/bot.err" || :
is "$(find "$out/bad" -type f | wc -l)" 0 'old ones go'
done_testing
