#!/bin/sh
# What is in the spool is told by its bytes: no pack replaces another of its
# name, and what was refused comes back under the rid it came with.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

export T PF_BIN
master </dev/null

# A pf-ingest that stands still before its rows are sent, until told to go on.
mkdir "$T/bin"
cp "$PF_BIN/pf-ingest" "$T/bin/"
cat >"$T/bin/pf-sched" <<'!'
#!/bin/sh
echo $$ >"$T/waits"
while [ ! -e "$T/go" ]; do sleep 0.05; done
exec "$PF_BIN/pf-sched" "$@"
!
chmod +x "$T/bin/pf-sched"

# slow: one of them at work
slow()
{
	rm -f "$T/waits"
	"$T/bin/pf-ingest" -q >/dev/null 2>&1 &
	pid=$!
	at_end "kill -9 $pid 2>/dev/null"
	ok 'a slow one is at work' until_true 10 test -s "$T/waits"
}

# dies: it is killed, and its writer with it
dies()
{
	kill -9 "$pid" "$(cat "$T/waits")"
	wait "$pid" 2>/dev/null
}

# known TEXT: rows of the input of that text
known()
{
	sql "SELECT count(*) FROM corpus WHERE hash = '$(printf '%s\n' "$1" |
	    sha256sum | cut -d ' ' -f 1)'"
}

echo one >"$T/i"
{
	mkpack corpus "$job" b1 -s 1 "$T/i"
	echo 'rubbish at the end of it'
} | lay
slow
ok 'the end of the pack is refused' test -f "$SPOOL/bad/$(pack).pack"
check 'and brought back at once' 0 - - pf-ingest -q retry
check 'another pf-ingest takes it' 0 - '~is damaged' pf-ingest -q
ok 'the pack itself is untouched' grep -aq one "$SPOOL/cur/$(pack):1"
dies
check 'when the slow one has died' 0 - '~is damaged' pf-ingest -q
is "$(known one)" 1 'its good record is filed'
is "$(files "$SPOOL/new")$(files "$SPOOL/cur")" 00 'the spool is empty'

echo two >"$T/i"
mkpack corpus "$job" b1 -s 2 "$T/i" | lay
slow
name=$(pack)
echo three >"$T/i"
mkpack corpus "$job" b1 -s 3 "$T/i" >"$SPOOL/tmp/1.x"
mv "$SPOOL/tmp/1.x" "$SPOOL/new/$name"
check 'another pack of the same name' 0 - - pf-ingest -q
dies
check 'and the first' 0 - - pf-ingest -q
is "$(known two)$(known three)" 11 'both are filed'
is "$(files "$SPOOL/new")$(files "$SPOOL/cur")" 00 'the spool is empty'

# A file system that cannot rename without replacing has links instead.
if [ -z "${PF_FAST:-}" ] && strace -qq -o /dev/null true 2>/dev/null; then
	mkpack corpus "$job" b1 -s 31 "$T/i" >"$SPOOL/new/hand"
	mkpack corpus "$job" b1 -s 32 "$T/i" >"$SPOOL/cur/hand:1"
	strace -qq -s 300 -o "$T/trace" -e trace=link,renameat2 \
	    -e inject=renameat2:error=EINVAL pf-ingest -q 2>"$T/err"
	is $? 0 'without RENAME_NOREPLACE'
	ok 'by links' grep -q 'link(.*/new/hand.*EEXIST' "$T/trace"
	is "$(files "$SPOOL/new")$(files "$SPOOL/cur")" 00 'all is filed'
else
	skip 'no strace'
fi

# A damaged copy was refused; then the good one comes, and a death.
rm -f "$SPOOL"/bad/*
echo four >"$T/i"
mkpack corpus "$job" b1 -s 4 "$T/i" >"$T/good"
sed 's/"b1"/"b2"/' "$T/good" | lay
check 'a damaged copy is refused' 0 - '~record is damaged' pf-ingest -q
lay <"$T/good"
slow
dies
check 'after a death with the good one' 0 - - pf-ingest -q
is "$(known four)" 1 'the good one is filed'

# And the other way round: a damaged copy of what is in the database.
sed 's/"b1"/"b3"/' "$T/good" | lay
mv "$SPOOL/new/$(pack)" "$SPOOL/cur/$(pack):1"
check 'a damaged copy of what was filed' 0 - '~record is damaged' pf-ingest -q
is "$(files "$SPOOL/bad" '*.rec')" 2 'is no less refused'

# Damaged records stay damaged, however often they come back.
rm -f "$SPOOL"/bad/*
mkpack crash "$job" b1 -s 5 -f type=segv -f stack=real "$T/i" >"$T/good"
rid=$(head -n 1 "$T/good" | cut -d ' ' -f 1)
for to in fak1 fak2; do
	sed "s/\"real\"/\"$to\"/" "$T/good" | lay
done
for i in 1 2 3; do
	run pf-ingest -q
	ran 0 "time $i"
	is "$(grep -c 'record is damaged' "$T/err")" 2 'both are refused'
	is "$(sql 'SELECT count(*) FROM crashes')" 0 'neither is filed'
	is "$(files "$SPOOL/bad" "$rid.*.rec")" 2 'each has a name of its own'
	is "$(pf-ingest bad | cut -f 1,5 | grep -c "^$rid.*damaged")" 2 \
	    'and is listed with why'
	pf-ingest -q retry
done
run pf-ingest -q
for f in "$SPOOL"/bad/*.rec; do
	sed 's/"fak.*"/"fake"/' "$f" >"$T/edited"
	cp "$T/edited" "$f"
done
pf-ingest -q retry
check 'edited in bad, they' 0 - '~record is damaged' pf-ingest -q
is "$(sql 'SELECT count(*) FROM crashes')" 0 'are refused still'
lay <"$T/good"
check 'the good one' 0 - - pf-ingest -q
is "$(sql 'SELECT stack FROM crashes')" real 'is filed'

# A good record that was refused for another reason, edited there.
rm -f "$SPOOL"/bad/*
mkpack corpus nosuchjob b1 -s 6 "$T/i" | lay
check 'refused' 0 - '~there is no job' pf-ingest -q
f=$(echo "$SPOOL"/bad/*.rec)
sed "s/nosuchjob/$job/" "$f" >"$T/edited"
cp "$T/edited" "$f"
pf-ingest -q retry
check 'and edited' 0 - '~record is damaged' pf-ingest -q
cp "$T/edited" "$SPOOL/bad/hello.rec"
check 'a name without a rid' 65 - '~its name has no rid' pf-ingest -q retry hello
done_testing
