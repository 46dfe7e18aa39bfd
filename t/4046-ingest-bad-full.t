#!/bin/sh
# bad/ has a limit: what is refused beyond it is counted and told of, and what
# lies there stays.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

master <<'!'
[limits]
spool_size = 1M
pack_size = 150K
!
head -c 100000 /dev/zero >"$T/b"
seq=0
# refused [SIZE]: one more of an unknown job
refused()
{
	seq=$((seq + 1))
	head -c "${1:-100000}" "$T/b" >"$T/i"
	mkpack corpus nosuchjob b1 -s $seq "$T/i" | lay
}
size() { du -sb "$SPOOL/bad" | cut -f 1; }

refused
refused
check 'two are refused' 0 - '~there is no job' pf-ingest -q
is "$(files "$SPOOL/bad" '*.rec')" 2 'and kept'
is "$(pf-ingest bad | wc -l)" 2 'that is all'
ls "$SPOOL/bad" >"$T/kept"
for n in 1 2 3; do
	refused
	check "one beyond the quarter of spool_size: $n" 0 - \
	    '~its 10[0-9]* bytes are dropped, only counted: .*bad is full' \
	    pf-ingest -q
	is "$(grep -c 'is refused: there is no job' "$T/err")" 1 'with why'
done
is "$(ls "$SPOOL/bad")" "$(cat "$T/kept")" 'what lies there stays'
check 'they are counted' 0 \
    '~^-	dropped	300[0-9]*	-*	3 were only counted' - pf-ingest bad
is "$(files "$SPOOL/new")$(files "$SPOOL/cur")" 00 'the spool is empty'

# The same again takes no room, and is nothing new.
mkpack corpus nosuchjob b1 -s 1 "$T/b" | lay
check 'one that lies there already' 0 - '~there is no job' pf-ingest -q
is "$(wc -l <"$T/err")" 1 'is not dropped'

# Ends of packs and whole packs count too.
head -c 50000 "$T/b" | lay
check 'what is no pack' 0 - '~its 50000 bytes are dropped' pf-ingest -q
head -c 160000 /dev/zero | lay
check 'too large a pack' 0 - '~its 160000 bytes are dropped' pf-ingest -q
mkpack corpus "$job" b1 -s 100 "$T/b" | lay
mv "$SPOOL/new/$(pack)" "$SPOOL/cur/$(pack):5"
check 'one that kills' 0 - '~bytes are dropped' pf-ingest -q
like "$(pf-ingest bad | tail -n 1)" '6 were only counted' 'all are counted'
is "$(files "$SPOOL/new")$(files "$SPOOL/cur")" 00 'the spool is empty'

# It is only as full as it is: there is room again.
rm -f "$SPOOL"/bad/*
refused
check 'after a tidy-up' 0 - '~there is no job' pf-ingest -q
is "$(files "$SPOOL/bad" '*.rec')" 1 'it is kept'

# Small ones in great number.
rm -f "$SPOOL"/bad/*
for n in $(seq 1 60); do
	refused 10
done
check 'sixty small ones' 0 - '~dropped' pf-ingest -q
kept=$(files "$SPOOL/bad" '*.rec')
ok 'some are kept' test "$kept" -ge 20
ok 'not all' test "$kept" -le 40
like "$(pf-ingest bad | tail -n 1)" "$((66 - kept)) were only counted" \
    'none is lost without a trace'
ok 'the disk is bounded' test "$(size)" -le 262144

# No count, no drop.
refused
mv "$SPOOL/dropped" "$T/dropped"
mkdir "$SPOOL/dropped"
run pf-ingest -q
ran 74 'it cannot be counted'
is "$(files "$SPOOL/new")" 1 'so it is kept in the spool'
done_testing
