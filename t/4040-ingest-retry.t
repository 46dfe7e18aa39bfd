#!/bin/sh
# pf-ingest bad and retry: what was refused is listed and comes back.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

master <<'!'
[limits]
corpus_size = 50
!
check 'a word nobody knows' 64 - '~^usage: pf-ingest' pf-ingest nosuch
check 'not with -w' 64 - '~^usage: pf-ingest' pf-ingest -w bad
check 'nothing to try out' 64 - '~^usage: pf-ingest' pf-ingest -n bad
check 'nothing was refused' 0 - - pf-ingest bad
check 'nothing to retry' 0 - - pf-ingest retry
check 'a name that is not there' 66 - \
    "=pf-ingest: $SPOOL/bad/nosuch: nothing of that name was refused" \
    pf-ingest retry nosuch

head -c 60 /dev/zero >"$T/b60"
head -c 70 /dev/zero >"$T/b70"
printf 'fine' >"$T/fine"
{
	mkpack corpus "$job" b1 "$T/b60"
	mkpack corpus "$job" b1 -s 2 "$T/fine"
	mkpack corpus "$job" b1 -s 3 "$T/b70"
	printf 'rubbish at the end'
} | lay
check 'two records and the end of a pack are refused' 0 - \
    '~over corpus_size' pf-ingest -q
run pf-ingest bad
ran 0 'the list'
is "$(wc -l <"$T/out")" 3 'of all three'
rid60=$(grep -l '60 bytes' "$SPOOL"/bad/*.why | sed 's|.*/||; s|\.why||')
rid70=$(grep -l '70 bytes' "$SPOOL"/bad/*.why | sed 's|.*/||; s|\.why||')
like "$(grep "$rid60" "$T/out")" \
    "^$rid60	record	[0-9]*	20.*Z	60 bytes are over corpus_size" \
    'name, what, size, time, why'
like "$(grep pack "$T/out")" "^$(pack)	pack	18	" 'and of the pack'
check 'one of them' 0 "~^$rid70	record" - pf-ingest bad "$rid70"
is "$(wc -l <"$T/out")" 1 'alone'

check 'a dry run' 0 "=$rid60" - pf-ingest -n retry "$rid60"
is "$(files "$SPOOL/bad" "$rid60.*")" 2 'changes nothing'
check 'retried as things are' 0 "=$rid60" - pf-ingest retry "$rid60"
is "$(files "$SPOOL/bad" "$rid60.*") $(files "$SPOOL/new")" '0 1' \
    'it waits again'
check 'it is refused again' 0 - '~60 bytes are over' pf-ingest
is "$(files "$SPOOL/bad" "$rid60.*")" 2 'as before'

# The limit was wrong.
sed -i 's/= 50/= 60/' "$T/conf"
check 'retry everything, quietly' 0 - - pf-ingest -q retry
is "$(files "$SPOOL/bad") $(files "$SPOOL/new")" '0 3' 'all three wait again'
run pf-ingest
ran 0 'filing goes on'
is "$(cut -f 2,7 "$T/out")" "new	$rid60" 'what was too large is filed'
is "$(files "$SPOOL/bad")" 4 'the others are refused once more'
is "$(sql 'SELECT count(*) FROM corpus')" 2 'in the database too'

# By what a warning tells of a rid.
short=$(echo "$rid70" | cut -c 1-16)
check 'sixteen digits are enough' 0 "=$rid70" - pf-ingest -n retry "$short"
check 'to look at it as well' 0 "~^$rid70	record" - pf-ingest bad "$short"
check 'fifteen are not' 66 - '~nothing of that name' \
    pf-ingest -n retry "${short%?}"
: >"$SPOOL/bad/${short}f.rec"
check 'nor if another begins so' 66 - \
    "=pf-ingest: $SPOOL/bad/$short: the names of 2 begin so" \
    pf-ingest -n retry "$short"
check 'a name that is whole is that' 0 "=${short}f" - \
    pf-ingest -n retry "${short}f"
rm "$SPOOL/bad/${short}f.rec"

# Who reads the list goes away.
k=0
while [ $k -lt 1200 ]; do
	k=$((k + 1))
	echo x >"$SPOOL/bad/$(printf '%064x' $k).rec"
done
cmd="pf-ingest bad | head -n 1 | cut -c 60-64"
check 'only the first line is wanted' 0 '=00001' - sh -c "$cmd"

# Several at once.
for k in 1 2 3 4; do
	pf-ingest -q retry 2>"$T/err$k" &
	eval "pid$k=\$!"
done
good=0
for k in 1 2 3 4; do
	eval "wait \$pid$k" && good=$((good + 1))
done
is "$good $(cat "$T"/err[1-4])" '4 ' 'four at once, each without an error'
is "$(files "$SPOOL/new") $(files "$SPOOL/bad")" '1202 0' \
    'bring each back once'
rm "$SPOOL"/bad/* 2>/dev/null
grep -L "fine\|rubbish" "$SPOOL"/new/* | xargs grep -l '^x$' | xargs rm
pf-ingest -q 2>/dev/null

# Killed between the two steps: it is not lost.
for call in unlink rename renameat2 fsync; do
	n=1
	while [ $n -le 4 ]; do
		mv "$SPOOL"/bad/.retry-* "$SPOOL/bad/$rid70.rec" 2>/dev/null
		strace -f -qq -o /dev/null -e "inject=$call:signal=KILL:when=$n" \
		    pf-ingest -q retry "$rid70" >/dev/null 2>&1
		pf-ingest -q retry >/dev/null
		pf-ingest -q 2>/dev/null
		is "$(cd "$SPOOL/bad" && ls "$rid70.rec" 2>&1)" "$rid70.rec" \
		    "killed at $call $n: it is there in the end"
		n=$((n + 1))
	done
done
printf 'x' >"$SPOOL/bad/.retry-$rid60.rec"
check 'a retry that died is shown' 0 \
    "~^$rid60	record	1	.*	a retry of it was interrupted$" - \
    pf-ingest bad "$rid60"
if [ "$(id -u)" != 0 ]; then
	chmod a-w "$SPOOL/bad"
	check 'a permission is missing' 77 - '~bad' pf-ingest retry
	chmod u+w "$SPOOL/bad"
fi
rm -rf "$SPOOL/bad"
check 'no spool' 66 - '~bad' pf-ingest bad
done_testing
