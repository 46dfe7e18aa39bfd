#!/bin/sh
# A process files an input and dies, or ends, before its row is there; when
# its record is filed again, room for it has become short.  Its file lies
# there: it gets its row, for a file without one is damage.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need socat

master <<'!'
[limits]
disk_min_free = 0
crash_samples = 1
!
leases 1
# record KIND SEQ WORD: a record of that input
record()
{
	echo "$3" >"$T/input"
	mkpack "$1" "$job" b1 -s "$2" "$T/input"
}
# without_rows NAME: files what waits, but the writer dies of the rows
without_rows()
{
	socat "UNIX-LISTEN:$T/sock" 'SYSTEM:head -n 1 >/dev/null' &
	until_true 5 test -S "$T/sock"
	run pf-ingest
	ran 75 "$1: no rows"
	wait $!
	rm -f "$T/sock"
}
aside() { mv "$SPOOL/new/$(pack)" "$T/aside"; }
back() { mv "$T/aside" "$SPOOL/new/$(pack)"; }

record crash 1 first | lay
without_rows 'a crash'
is "$(files "$S/crashes/$job")" 2 'its files lie there'
aside
record crash 2 second >"$SPOOL/tmp/second"
mv "$SPOOL/tmp/second" "$SPOOL/new/second"
check 'another takes the last place of its bucket' 0 '~^crash	new	' - \
    pf-ingest
back
check 'the first gets its row' 0 '~^crash	new	' - pf-ingest
is "$(sql 'SELECT count(*) FROM crashes')" 2 'both have one'
record crash 3 third | lay
check 'one that lies nowhere is only counted' 0 '~^crash	dropped	' - \
    pf-ingest
is "$(files "$S/crashes/$job")" 4 'nothing is written for it'

record corpus 4 seed | lay
without_rows 'an input'
is "$(files "$S/corpus/$job")" 1 'its file lies there'
echo 'storage_size = 1' >"$T/more"
sed -i '/^\[limits\]/r '"$T/more" "$T/conf"
record corpus 5 other | lay
check 'no room: what lies there gets its row, the other does not' 0 \
    '~^corpus	new	.*' '*' pf-ingest
is "$(grep -c '^corpus	dropped' "$T/out")" 1 'which is counted'
is "$(files "$S/corpus/$job")" 1 'and not written'

find "$S/crashes" "$S/corpus" -type f -exec touch -d '1 hour ago' '{}' +
check 'every file has its row' 0 - - pf-ingest fsck
done_testing
