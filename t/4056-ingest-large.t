#!/bin/sh
# A pack as large as may be is not in memory as a whole: many records, or one
# large file; what is wrong with one of them is that one's matter as ever.
tap_disk=yes
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

master <<'!'
[limits]
disk_min_free = 0
inodes_min_free = 0
!
leases 1
C=$S/corpus/$job
# fill N CHAR: so many of these
fill() { head -c "$1" /dev/zero | tr '\0' "$2"; }
blob() { mkpack blob '' '' -i '' -s 0 -t 0 -E 0 -A 0 "$1"; }
# corpus SEQ COUNT FILE
corpus() { mkpack corpus "$job" b1 -s "$1" -n "$2" "$3"; }
settled() { [ "$(files "$SPOOL/new") $(files "$SPOOL/cur")" = '0 0' ]; }
counts() { cut -f 1,2 "$T/out" | sort | uniq -c | awk '{ printf "%s%s %s %d", sep, $2, $3, $1; sep = ", " }'; }

# 62 MB of results, of which one is too large; and one file of 60 MB.
{ printf '%%d '; fill 1000000 x; } >"$T/body"
{ printf '%%d '; fill 1100000 y; } >"$T/over"
fill 60000000 z >"$T/blob"
{
	corpus 1 30 "$T/body"
	corpus 100 1 "$T/over"
	corpus 200 31 "$T/body"
} >"$T/many"
lay <"$T/many"
blob "$T/blob" | lay
pf-ingest -w >"$T/out" 2>"$T/err" &
pid=$!
at_end "kill $pid 2>/dev/null"
ok 'large packs are filed' until_true 60 settled
most=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
echo "# $most KiB"
if [ -z "${PF_FAST:-}" ]; then
	ok 'in less than 64 MB of memory' test "$most" -lt 62500
fi
kill $pid
wait $pid || :
is "$(files "$C")" 31 'all that are new of the many'
is "$(counts)" 'blob new 1, corpus duplicate 30, corpus new 31' \
    'each is told of'
like "$(cat "$SPOOL"/bad/*.why)" \
    '^1100002 bytes are over corpus_size = 1048576' \
    'the one that is too large is refused'
ok 'the file is in its place' cmp -s "$T/blob" \
    "$S/targets/$(sha "$T/blob")/data"
rm "$T/blob"
check 'all is well' 0 - - pf-ingest fsck

# The same by one that finds it left by a dead one.
rm -f "$SPOOL"/bad/*
mv "$T/many" "$SPOOL/cur/many:1"
run pf-ingest
ran 0 'left by a dead one'
is "$(counts)" '' 'it was filed: nothing is told again'
is "$(files "$SPOOL/bad" '*.why')" 1 'one is refused'
ok 'the pack is gone' settled

# A file of which a byte is another: a record that is refused.
rm -f "$SPOOL"/bad/*
fill 18000000 z >"$T/blob"
blob "$T/blob" >"$T/right"
sed 's/zzzz$/zzyz/' "$T/right" | lay
run pf-ingest
ran 0 'a file that was changed'
is "$(files "$SPOOL/bad" '*.rec') $(files "$SPOOL/bad" '*.pack')" '1 0' \
    'is refused as a record'
is "$(grep -c 'is refused' "$T/err")" 1 'which is said once'
rm -f "$SPOOL"/bad/*

# Half a record at the end, after many whole ones.
{ printf '%%d '; fill 1000000 v; } >"$T/body"
{ corpus 300 20 "$T/body"; head -c 500 "$T/right"; } | lay
rm -f "$T/right" "$T/blob"
run pf-ingest
ran 0 'a pack that ends inside a record'
is "$(counts)" 'corpus new 20' 'what is whole is filed'
is "$(wc -c <"$(find "$SPOOL/bad" -name '*.pack')" | tr -d ' ')" 500 \
    'what is not is kept'

# One whose place is broken keeps it in the spool; the others are filed.
other=$(pf-sched submit -N two -e libfuzzer -t "$T/target")
: >"$S/corpus/$other"
{
	corpus 400 18 "$T/body"
	mkpack corpus "$other" b1 "$T/body"
	corpus 500 3 "$T/body"
} | lay
run pf-ingest
ran 74 'a record whose place is broken'
is "$(files "$SPOOL/new")" 1 'the pack stays'
is "$(counts)" 'corpus duplicate 21' 'the others are filed'
rm "$S/corpus/$other"
run pf-ingest
ran 0 'once that is mended'
is "$(counts)" 'corpus again 21, corpus new 1' 'it is filed too'
ok 'the pack is gone' settled
done_testing
