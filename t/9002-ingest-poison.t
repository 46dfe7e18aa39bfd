#!/bin/sh
# A record that kills whoever files it, with packs before, behind and after
# it: they are filed as they come, and at the fifth claim it is set aside.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need strace
[ -z "${PF_FAST:-}" ] || skip_all 'strace and sanitizers do not mix'

master </dev/null
mkdir -p "$S/corpus/$job"
seq=0
# good TEXT: a pack of one input
good()
{
	seq=$((seq + 1))
	echo "$1" >"$T/i"
	mkpack corpus "$job" b1 -s $seq "$T/i" | lay
}
# poison: a pack of three, the second of which kills; $hash is its input's
poison()
{
	for n in 1 2 3; do
		echo "poison $n" >"$T/p$n"
		mkpack corpus "$job" b1 -s 9$n "$T/p$n"
	done | lay
	hash=$(sha "$T/p2")
	poison=$(pack)
}
# file: pf-ingest, killed when it begins the poisoned input
file()
{
	status=0
	strace -f -qq -o /dev/null -P "$S/corpus/$job/.$hash.$poison" \
	    -e inject=openat:signal=KILL pf-ingest -q \
	    >"$T/out" 2>"$T/err" || status=$?
}
# filed TEXT: rows of that input
filed()
{
	sql "SELECT count(*) FROM corpus WHERE hash = '$(echo "$1" |
	    sha256sum | cut -d ' ' -f 1)'"
}
rows() { sql 'SELECT count(*) FROM results'; }

good before
poison
for n in 1 2 3 4; do
	good "behind $n"
done
file
is "$status $(rows)" '137 0' 'the first death: nothing of the batch is filed'
good 'late 1'
file
is "$status" 137 'the second'
ok 'it is counted' test -f "$SPOOL/cur/$poison:2"
is "$(filed 'late 1')" 1 'what came meanwhile is filed'
good 'late 2'
file
is "$status" 137 'the third'
# Two late ones, five that were in the batch, and the first of its own pack.
is "$(rows)" 8 'everybody else is filed'
good 'late 3'
file
is "$status $(rows)" '137 9' 'the fourth: what came is filed'
good 'late 4'
file
is "$status" 0 'at the fifth it is set aside'
is "$(rows)" 11 'all but it are filed'
is "$(files "$SPOOL/bad" '*.rec')" 1 'one is in bad'
like "$(cat "$SPOOL"/bad/*.why)" 'died each time' 'why'
is "$(files "$SPOOL/new")$(files "$SPOOL/cur")" 00 'the spool is empty'

# It is no poison to a pf-ingest that was mended.
check 'retried' 0 - - pf-ingest -q retry
check 'filed' 0 - - pf-ingest -q
is "$(rows)" 12 'in the end'
done_testing
