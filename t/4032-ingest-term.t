#!/bin/sh
# pf-ingest told to stop in the middle of a large pack: it ends after the
# records at hand, the rest of the pack is back in the spool, and nothing is
# lost, filed twice or refused twice.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

master </dev/null
leases 1
printf 'x %%d' >"$T/body"
all=12000
{
	mkpack corpus nosuch b1 -s 900000 "$T/body"
	mkpack corpus "$job" b1 -n $all "$T/body"
} | lay
rows() { sql 'SELECT count(*) FROM corpus'; }

# stopped: in the middle of it; how far it came in $n
stopped()
{
	: >"$T/out"
	pf-ingest "$@" >"$T/out" 2>"$T/err" &
	pid=$!
	at_end "kill $pid 2>/dev/null"
	i=0
	while [ ! -s "$T/out" ] && [ $i -lt 6000 ]; do
		i=$((i + 1))
		sleep 0.01
	done
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	ran 0 "SIGTERM in the middle of a pack ($*)"
	n=$((n + $(wc -l <"$T/out")))
	is "$(rows)" "$n" 'what has its line has its row, and nothing else'
	ok "some of it, $n, not all" test "$n" -lt $all
	is "$(find "$SPOOL/new" -type f | wc -l) $(files "$SPOOL/cur")" '1 0' \
	    'the rest of the pack is in the spool'
	is "$(grep -ac '^END$' "$SPOOL"/new/*)" $((all - n)) 'no more than that'
}

n=0
stopped -w
stopped
run pf-ingest
ran 0 'the next run'
is "$(cut -f 1,2 "$T/out" | sort | uniq -c | tr -s ' ')" \
    " $((all - n)) corpus	new" 'files the rest'
is "$(rows)" $all 'all of it is filed'
is "$(sql "SELECT value FROM counters WHERE name = 'refused_corpus' AND
    scope = ''") $(files "$SPOOL/bad" '*.rec')" '1 1' 'one was refused once'
is "$(find "$SPOOL/new" "$SPOOL/cur" -type f | wc -l)" 0 'the spool is empty'
check 'all is well' 0 - - pf-ingest fsck
done_testing
