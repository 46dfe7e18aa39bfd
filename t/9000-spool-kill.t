#!/bin/sh
# kill -9 at every write-like system call, of who lays down a pack and of
# pf-ingest; then pf-ingest once more.  Rows and files are those of the
# undisturbed run, and no row is ever without its file.  PF_CALLS names some
# calls only.
# shellcheck disable=SC2016 # what stands in quotes is for eval
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

[ -z "${PF_FAST:-}" ] || skip_all 'strace and sanitizers do not mix'
strace -qq -o /dev/null true 2>/dev/null || skip_all 'strace does not work here'

ingest_base

calls=${PF_CALLS-'write pwrite64 fsync rename renameat2 unlink mkdir ftruncate sendto flock'}
list=$(echo "$calls" | tr ' ' ,)

# The undisturbed run, and how often it makes each call.
strace -qq -o "$T/ref" -e "trace=$list" pf-ingest >"$T/out" 2>"$T/err"
is $? 0 'the undisturbed run'
picture >"$T/want"
is "$(wc -l <"$T/out" | tr -d ' ')" 5 'files five'
is "$(files "$SPOOL/bad" '*.rec')" 1 'refuses one'

points=0 bites=0 wrong=0 naked=0 torn=0
for call in $calls; do
	n=$(grep -c "^$call(" "$T/ref")
	i=1
	while [ $i -le "$n" ]; do
		restore
		strace -qq -o /dev/null -e "inject=$call:signal=KILL:when=$i" \
		    pf-ingest >/dev/null 2>&1
		[ $? -eq 137 ] || echo "# $call $i was not killed"
		[ -z "$(naked)" ] || naked=$((naked + 1))
		[ -z "$(torn)" ] || torn=$((torn + 1))
		[ "$(files "$SPOOL/new")$(files "$SPOOL/cur")" = 00 ] ||
			bites=$((bites + 1))
		recover
		picture >"$T/got"
		if [ $status -ne 0 ] || ! cmp -s "$T/want" "$T/got"; then
			wrong=$((wrong + 1))
			echo "# killed at $call $i, then status $status"
			diff "$T/want" "$T/got" | head -n 5 | sed 's/^/# /'
		fi
		points=$((points + 1)) i=$((i + 1))
	done
done
echo "# $points points, $bites with work left"
is $wrong 0 'after each kill the next run makes it whole'
is $naked 0 'never a row without its file'
is $torn 0 'never half a file under its name'
ok 'more than 10 points' test $points -gt 10
ok 'most kills leave work' test $bites -gt 10

# The same for who lays down a pack: acknowledged means it is there whole.
rm -rf "${SPOOL:?}"
cp -a "$T/base.spool" "$SPOOL"
rm -f "$SPOOL"/new/*
cp -a "$SPOOL" "$T/empty.spool"
put()
{
	strace -qq -o "$T/ref" "$@" mkpack crash "$job" b1 -d "$SPOOL" \
	    "$T/boom" >"$T/ack" 2>/dev/null
}
put -e "trace=openat,$list"
mkpack crash "$job" b1 "$T/boom" >"$T/frame"
ok 'a pack laid down' cmp "$T/frame" "$SPOOL/new/$(cat "$T/ack")"
cp "$T/ref" "$T/put.ref"
points=0 wrong=0
for call in openat $calls; do
	n=$(grep -c "^$call(" "$T/put.ref")
	i=1
	while [ $i -le "$n" ]; do
		rm -rf "${SPOOL:?}"
		cp -a "$T/empty.spool" "$SPOOL"
		put -e "inject=$call:signal=KILL:when=$i"
		for f in "$SPOOL"/new/*; do
			[ -e "$f" ] || continue
			cmp -s "$f" "$T/frame" || wrong=$((wrong + 1))
		done
		[ ! -s "$T/ack" ] || [ -e "$SPOOL/new/$(cat "$T/ack")" ] ||
			wrong=$((wrong + 1))
		points=$((points + 1)) i=$((i + 1))
	done
done
echo "# $points points"
is $wrong 0 'a kill never leaves a torn pack in new, nor a false promise'
ok 'more than 5 points' test $points -gt 5

# Four deaths on the same record: at the fifth claim it is set aside.
rm -rf "${S:?}" "${SPOOL:?}"
cp -a "$T/base.storage" "$S"
cp -a "$T/empty.spool" "$SPOOL"
mkpack corpus "$job" b1 -n 3 "$T/body" | lay
for i in 1 2 3 4; do
	strace -qq -o /dev/null -e "inject=fsync:signal=KILL:when=1" \
	    pf-ingest >/dev/null 2>&1
	ok "death $i is counted" test -f "$SPOOL/cur/$(pack):$i"
done
recover
ran 0 'the fifth run'
is "$(wc -l <"$T/out" | tr -d ' ')" 2 'files its neighbours'
like "$(cat "$SPOOL"/bad/*.why)" 'died each time' 'and sets it aside'
is "$(files "$SPOOL/cur")" 0 'the pack is done'

# The test can fail: it sees a lost file, a changed one, a lost row.
restore
run pf-ingest
picture >"$T/got"
ok 'all is well' cmp -s "$T/want" "$T/got"
file=$(find "$S/corpus" -type f | head -n 1)
mv "$file" "$T/taken"
picture >"$T/got"
ok 'a lost file is seen' eval '! cmp -s "$T/want" "$T/got"'
is "$(naked | wc -l | tr -d ' ')" 1 'as a row without its file'
echo x >"$file"
picture >"$T/got"
ok 'a changed file is seen' eval '! cmp -s "$T/want" "$T/got"'
mv "$T/taken" "$file"
sqlite3 "$S/data/pandafuzz.db" "DELETE FROM results WHERE kind = 'status'"
picture >"$T/got"
ok 'a lost row is seen' eval '! cmp -s "$T/want" "$T/got"'
done_testing
