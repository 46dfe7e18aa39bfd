#!/bin/sh
# Of several reports of an input the least by time, then by rid, is the one
# that is told, whichever came first: in row, report and bucket.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need jq

master </dev/null
cp -a "$S" "$T/base"
echo boom >"$T/boom"
hash=$(sha "$T/boom")
R=$S/crashes/$job/$hash.json
# report NAME BOT SEQ TIME FIELD ...: a pack of it, to be laid down
report()
{
	name=$1 bot=$2 seq=$3 time=$4
	shift 4
	for f; do
		set -- "$@" -f "$f"
		shift
	done
	mkpack crash "$job" "$bot" -s "$seq" -t "$time" "$@" "$T/boom" \
	    >"$T/$name"
}
again()
{
	rm -rf "${S:?}" "${SPOOL:?}"/new/* "$SPOOL"/cur/*
	cp -a "$T/base" "$S"
}
# all that is told of crashes, but when it was filed
told()
{
	sql 'SELECT id, job_id, bot_id, hash, file_path, type, signal, exit_code,
	    timestamp, size, is_unique, tool, stack, output, command, engine,
	    count, bucket, rid, target_hash, run_seed FROM crashes'
	sql 'SELECT crash, bot, count FROM crash_bots ORDER BY 1, 2'
	sql 'SELECT id, type, tool, frames, first_crash, samples, dropped
	    FROM buckets ORDER BY id'
	cat "$R"
}
row() { sql 'SELECT bot_id, type, stack, timestamp, count FROM crashes'; }
file() { jq -r '[.bot, .type, .stack, .time | tostring] | join("|")' "$R"; }

report first b1 1 1000 type=segv signal=11 exit_code=1 tool=asan \
    'stack=a < b' output=one command=c1 engine=e1 \
    "target_hash=$(sha "$T/target")" run_seed=11
report second b2 2 2000 type=abort signal=6 exit_code=2 tool=ubsan \
    'stack=c < d' output=two command=c2 engine=e2 run_seed=22
report third b3 3 2000 type=abort signal=6 'stack=c < d'

lay <"$T/first"
lay <"$T/second"
lay <"$T/third"
pf-ingest -q
is "$(row)" 'b1|segv|a < b|1000|3' 'in order: the first is told'
is "$(file)" 'b1|segv|a < b|1000' 'and stands beside it'
is "$(sql 'SELECT type, samples, dropped FROM buckets')" 'segv|1|0' \
    'in its bucket alone'
told >"$T/want"
check 'fsck finds nothing' 0 - - pf-ingest fsck
for order in 'first third second' 'second first third' 'second third first' \
    'third first second' 'third second first'; do
	again
	for p in $order; do
		lay <"$T/$p"
		pf-ingest -q
	done
	told >"$T/got"
	ok "in the order of $order: the same" cmp "$T/want" "$T/got"
	diff "$T/want" "$T/got" | diag
done
run pf-report events
ran 0 'the events'
like "$(cat "$T/out")" 'an earlier report of it came' 'tell of the move'

# Of the same time the rid decides.
for order in 'second third' 'third second'; do
	again
	for p in $order; do
		lay <"$T/$p"
		pf-ingest -q
	done
	row >>"$T/ties"
done
is "$(sort -u "$T/ties" | wc -l)" 1 'of one time the rid decides'

# The first of a bucket is found by the same rule.
again
for n in 1 2 3; do
	echo "input $n" >"$T/in$n"
	mkpack crash "$job" b1 -s "1$n" -t $((5000 - n)) -f type=x \
	    -f 'stack=f < g' "$T/in$n" | lay
done
pf-ingest -q
is "$(sql "SELECT hash FROM buckets JOIN crashes ON crashes.id = first_crash")" \
    "$(sha "$T/in3")" 'the first of a bucket is the earliest'
is "$(sql 'SELECT samples FROM buckets')" 3 'of three'
mkpack crash "$job" b1 -s 14 -t 1 -f type=x -f 'stack=other < g' "$T/in3" | lay
pf-ingest -q
is "$(sql "SELECT frames, samples, (SELECT hash FROM crashes WHERE id = first_crash)
    FROM buckets ORDER BY 1")" "f < g|2|$(sha "$T/in2")
other < g|1|$(sha "$T/in3")" 'one that moves away leaves the next'

# Two at once: one has written its report but not its row, the other both.
if command -v strace >/dev/null; then
	for pair in 'first second' 'second first'; do
		again
		# shellcheck disable=SC2086 # two words
		set -- $pair
		lay <"$T/$1"
		slow=$(pack)
		strace -qq -o /dev/null -P "$S/metadata/ledger" -P \
		    "$S/metadata/ledger/$(date -u +%Y%m%d).jsonl" \
		    -e inject=openat:delay_enter=1500000 pf-ingest -q \
		    >"$T/slow" 2>&1 &
		ok "$1 has its report" until_true 5 test -e "$R"
		lay <"$T/$2"
		pf-ingest -q
		is "$(ls "$SPOOL/cur")" "$slow:1" 'and is not filed yet'
		is "$(file)" "$(row | cut -d '|' -f 1-4)" \
		    'what comes between has row and report'
		wait
		is "$(row)" 'b1|segv|a < b|1000|2' 'the row is of the first'
		is "$(file)" 'b1|segv|a < b|1000' 'the report too'
	done

	# Killed between row and report: the next run writes the report.
	again
	lay <"$T/second"
	pf-ingest -q
	lay <"$T/first"
	tmp=$S/crashes/$job/.$hash.json.$(pack)
	run strace -qq -o /dev/null -P "$tmp" -e inject=openat:signal=KILL \
	    pf-ingest -q
	is "$(row)" 'b1|segv|a < b|1000|2' 'killed: the row is changed'
	is "$(file)" 'b2|abort|c < d|2000' 'the report is not'
	check 'fsck gives it time' 0 - - pf-ingest fsck
	check 'the next run' 0 - - pf-ingest -q
	is "$(file)" 'b1|segv|a < b|1000' 'does what is left'
	is "$(files "$SPOOL")" 0 'and lets go of the pack'
else
	skip 'no strace here'
fi

# Should it be missed after all, fsck mends it.
again
lay <"$T/first"
pf-ingest -q
cp "$R" "$T/right"
sed 's/"rid":"[0-9a-f]*"/"rid":"'"$(echo x | sha256sum | cut -c 1-64)"'"/' \
    "$T/right" >"$R"
check 'a young one is let be' 0 - - pf-ingest fsck
sqlite3 "$S/data/pandafuzz.db" 'UPDATE crashes SET last_seen = 5'
check 'another report than the one of the row' 1 \
    "~^report	$R	it is not the one its row tells of" - pf-ingest fsck
check 'is found' 1 '~^report' '~written anew' pf-ingest -r fsck
check 'and mended' 0 - - pf-ingest fsck

# The same in a database made anew.
again
for p in third second first; do
	lay <"$T/$p"
	pf-ingest -q
done
told >"$T/got"
pf-sched -q snapshot
rm -f "$S"/data/*
check 'rebuild' 0 - - pf-sched -q rebuild
told >"$T/anew"
ok 'a database made anew is the same' cmp "$T/got" "$T/anew"

# A crash of a database from before is called as it was.
old=$(find "$S/metadata/ledger" -name '*.jsonl')
sed -i 's/"v":2,//; s/,"sum":"[0-9a-f]*"//' "$old"
rid=$(head -n 1 "$old" | jq -r .rid) filed=$(head -n 1 "$old" | jq -r .filed)
rm -f "$S"/data/*
pf-sched -q rebuild
id=$(printf '%012x' "$filed")
like "$(sql 'SELECT id FROM crashes')" \
    "^$(echo "$id" | cut -c 1-8)-$(echo "$id" | cut -c 9-12)-8$(echo "$rid" | cut -c 14-16)-" \
    'after its first report'
done_testing
