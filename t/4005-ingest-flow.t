#!/bin/sh
# Packs come and go while others are filed: no slice is cut short where a pack
# ends, a pack goes when it is filed and makes room for the next, and one for
# which there is no room yet waits for it.
# shellcheck disable=SC2016 # what stands in quotes is for eval
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

cat >"$T/limits" <<!
[limits]
corpus_size = 40M
pack_size = 64M
!
master <"$T/limits"
seq=0
# inputs N SIZE: as many in a pack, each of its own
inputs()
{
	seq=$((seq + 1000))
	{
		printf '%d.%%d ' $seq
		head -c "$2" /dev/zero | tr '\0' x
	} >"$T/body"
	mkpack corpus "$job" b1 -s $seq -n "$1" "$T/body" | lay
}
# order: the hashes of what lies in the spool, as it lies there
order()
{
	cat "$SPOOL"/new/* | grep -a -o '"sha256":"[0-9a-f]*"' |
	    sed 's/.*:"\(.*\)"/\1/'
}
# filed WHAT: all of it, in this order, and nothing is left
filed()
{
	order >"$T/want"
	run pf-ingest
	ran 0 "$1"
	ok "$1: in the order of the packs" eval \
	    'cut -f 5 "$T/out" | cmp -s - "$T/want"'
	is "$(cut -f 2 "$T/out" | sort -u)" new "$1: each once"
	is "$(find "$SPOOL/new" "$SPOOL/cur" "$SPOOL/bad" -type f | wc -l |
	    tr -d ' ')" 0 "$1: the spool is empty"
}

# Records of 1 MiB and more, 32 MiB are held at a time: one waits until there
# is room, one until nothing else is held.
inputs 3 1000
inputs 25 1000000
inputs 30 300000
inputs 150 1000
inputs 1 35000000
inputs 250 1000
inputs 2 20000000
filed 'packs of many sizes'
is "$(sql 'SELECT count(*), count(DISTINCT hash) FROM corpus')" '461|461' \
    'all are filed'
check 'all is well' 0 - - pf-ingest fsck

# One after the other, with damaged ones in between.
inputs 40 1000
: | lay
inputs 130 1000
head -c 30000 "$SPOOL/new/$(pack)" >"$T/cut"
lay <"$T/cut"
inputs 10 1000
run pf-ingest
ran 0 'damaged packs among others'
is "$(grep -c "	new	" "$T/out")" 180 'the others are filed'
is "$(files "$SPOOL/bad" '*.why')" 2 'their damage is in bad'
is "$(files "$SPOOL/new")$(files "$SPOOL/cur")" 00 'they are gone'

if [ -n "${PF_FAST:-}" ]; then
	done_testing
	exit
fi
need strace
# 200 packs of one record are two slices, not four.
i=0
while [ $i -lt 200 ]; do
	i=$((i + 1))
	inputs 1 $i
done
strace -f -qq -y -o "$T/trace" -e trace=fsync pf-ingest -q
is "$(grep -c 'fsync([0-9]*<[^>]*/ledger/[^>]*jsonl>' "$T/trace")" 2 \
    'small packs: a line of the ledger for each is synced with 99 others'

# The first pack is gone before the last is claimed.
for i in 1 2 3 4 5 6; do
	inputs 100 "$i"
done
strace -f -qq -o "$T/trace" -e trace=unlink,renameat2 pf-ingest -q
gone=$(grep -n 'unlink("[^"]*/cur/' "$T/trace" | head -n 1 | cut -d : -f 1)
last=$(grep -n 'renameat2(.*/new/' "$T/trace" | tail -n 1 | cut -d : -f 1)
ok "packs come as others go ($gone, $last)" test "$gone" -lt "$last"

# Before a slice is in the ledger its directory is synced, and by the thread
# that has the ledger, while another has the next slice.
for i in 1 2 3; do
	inputs 100 "$i"
done
strace -f -qq -y -o "$T/trace" -e trace=fsync pf-ingest -q
sed -n 's|^\([0-9]*\) .*fsync([0-9]*<[^>]*/corpus/'"$job"'>.*|dir \1|p
    s|^\([0-9]*\) .*fsync([0-9]*<[^>]*/ledger/[^>]*jsonl>.*|ledger \1|p' \
    "$T/trace" >"$T/order"
is "$(cut -d ' ' -f 1 "$T/order" | tr '\n' ' ')" \
    'dir ledger dir ledger dir ledger ' 'a directory before its ledger'
is "$(head -n 2 "$T/order" | cut -d ' ' -f 2 | sort -u | wc -l | tr -d ' ')" 1 \
    'by one thread'
done_testing
