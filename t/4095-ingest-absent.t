#!/bin/sh
# pf-ingest: a crash whose sender has told what the input is called and not
# sent it is counted; nothing is filed in its place.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need jq

master </dev/null
leases 1
printf hello >"$T/input"
hash=$(sha "$T/input")
# absent SEQ [ARG ...]: a report of that input without it
absent()
{
	absent_seq=$1
	shift
	mkpack crash "$job" b2 -s "$absent_seq" -t "$((absent_seq * 1000))" \
	    -f type=segv -f 'stack=f < g' -f "input_hash=$hash" \
	    -f input_size=5 "$@" | lay
}

absent 5
check 'it is counted' 0 "~^crash	dropped	$job	b2	$hash	5	" - pf-ingest
is "$(sql "SELECT count(*) FROM crashes")" 0 'there is no such crash'
is "$(sql "SELECT samples, dropped FROM buckets")" '0|1' 'but its bucket'
ok 'nothing is filed' test ! -e "$S/crashes/$job/$hash"
is "$(jq -c '[.hash, .size, .stored]' "$S"/metadata/ledger/*)" \
    "[\"$hash\",5,false]" 'its line of the ledger says so'
check 'all is well' 0 - - pf-ingest fsck
absent 5
check 'again it has no effect' 0 '~^crash	again' - pf-ingest

mkpack crash "$job" b1 -s 9 -t 9000 -f type=segv -f 'stack=f < g' \
    "$T/input" | lay
check 'the input comes' 0 '~^crash	new' - pf-ingest
is "$(sql "SELECT hash, size, count FROM crashes")" "$hash|5|1" 'and is there'
absent 6 -f signal=6
check 'reports go on' 0 '~^crash	dropped' - pf-ingest
is "$(sql "SELECT count, bot_id, size, signal FROM crashes")" '2|b2|5|6' \
    'and count; the least of them is told of'
is "$(jq -r .sha256 "$S/crashes/$job/$hash.json")" "$hash" \
    'beside the input, of which it is'
check 'all is well still' 0 - - pf-ingest fsck
mv "$S/crashes/$job/$hash.json" "$T/report"
check 'a report that is lost' 1 '~^report' '~written anew' pf-ingest -r fsck
is "$(jq -c '[.sha256, .signal]' "$S/crashes/$job/$hash.json")" \
    "[\"$hash\",6]" 'is made anew'

check 'a rebuild' 0 - - pf-sched -q snapshot
rm "$S"/data/pandafuzz.db*
check 'from tree and ledger' 0 '~jobs' '*' pf-sched rebuild
is "$(sql "SELECT count, bot_id, size, signal FROM crashes")" '2|b2|5|6' \
    'has the same'
check 'and all is well' 0 - - pf-ingest fsck

hash=nothing
absent 7
check 'what is no hash' 0 - '~input_hash is not a SHA-256' pf-ingest
is "$(find "$SPOOL/bad" -name '*.rec' | wc -l)" 1 'is refused'
done_testing
