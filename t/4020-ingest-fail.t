#!/bin/sh
# pf-ingest: no writer, no space, no permission.  Nothing is lost, and it
# goes on when the trouble is over.
# shellcheck disable=SC2016 # what stands in quotes is for another shell
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

export T
master </dev/null
printf 'input %%d' >"$T/body"

# pf-ingest beside a pf-sched of our own making.
mkdir "$T/bin"
cp "$PF_BIN/pf-ingest" "$T/bin/"
sched()
{
	printf '#!/bin/sh\n%s\n' "$1" >"$T/bin/pf-sched.new"
	chmod +x "$T/bin/pf-sched.new"
	mv "$T/bin/pf-sched.new" "$T/bin/pf-sched"
}

# kept STATUS NAME ERE: it ended so, said so, and the spool is as before
kept()
{
	ran "$1" "$2"
	like "$(cat "$T/err")" "^pf-ingest: .*$3" "$2: says why"
	is "$(wc -l <"$T/err" | tr -d ' ')" 1 "$2: once"
	is "$(cat "$T/out")" '' "$2: nothing filed"
	is "$(ls "$SPOOL/new")" "$packs" "$2: the spool keeps it"
	is "$(files "$SPOOL/cur")$(files "$SPOOL/bad")" 00 "$2: in new"
}

mkpack corpus "$job" b1 -n 20 "$T/body" | lay
mkpack crash "$job" b1 -f type=abort "$T/body" | lay
packs=$(ls "$SPOOL/new")

sched 'exit 75'
run "$T/bin/pf-ingest"
kept 75 'the writer is busy' 'ended with status 75'
sched 'exit 70'
run "$T/bin/pf-ingest"
kept 74 'the writer fails' 'ended with status 70'
sched 'kill -9 $$'
run "$T/bin/pf-ingest"
kept 74 'the writer dies' 'died of signal 9'
sched 'read -r line; echo "nonsense"'
run "$T/bin/pf-ingest"
kept 70 'the writer talks nonsense' 'not JSON'
sched 'read -r line; echo "{\"ok\":true,\"rows\":[]}"'
run "$T/bin/pf-ingest"
kept 70 'the writer answers too little' 'not 1 rows'
sched 'read -r line
echo "{\"ok\":false,\"class\":\"full\",\"error\":\"no space for it\"}"'
run "$T/bin/pf-ingest"
kept 75 'the writer has no space' 'no space for it'
sched 'read -r line
echo "{\"ok\":false,\"class\":\"usage\",\"error\":\"what is crash\"}"'
run "$T/bin/pf-ingest"
kept 64 'the writer does not know the op' 'what is crash'
rm "$T/bin/pf-sched"
run env PATH=/usr/bin:/bin "$T/bin/pf-ingest"
kept 69 'no writer at all' 'cannot run pf-sched'
is "$(sql 'SELECT count(*) FROM results')" 0 'no row'

# What was half done before is no hindrance.
run pf-ingest
ran 0 'with a writer'
is "$(grep -c new "$T/out")" 21 'all filed'
is "$(sql 'SELECT count(*) FROM results')" 21 'rows'
is "$(files "$SPOOL")" 0 'spool is empty'
is "$(find "$S" -name '.*' -type f)" '' 'no temporary file stays'

# Its own output cannot be written: a failure, but not of the results.
mkpack corpus "$job" b1 -s 25 "$T/body" | lay
run sh -c 'pf-ingest >/dev/full'
ran 74 'standard output is full'
is "$(sql 'SELECT count(*) FROM results')" 22 'filed all the same'
is "$(files "$SPOOL")" 0 'spool is empty'

# A file where a directory should be.
rm -rf "${S:?}/corpus/$job"
: >"$S/corpus/$job"
mkpack corpus "$job" b1 -s 30 "$T/body" | lay
packs=$(ls "$SPOOL/new")
run pf-ingest
kept 74 'a file in the way' 'a file is in the way'
rm "$S/corpus/$job"
run pf-ingest
ran 0 'out of the way'

if [ "$(id -u)" -ne 0 ] || ! unshare -m true 2>/dev/null; then
	skip 'mounting needs root'
	done_testing
	exit 0
fi

# Read-only: one part, then all of the storage.
printf 'x%%d' >"$T/other"
mkpack corpus "$job" b1 -s 41 "$T/other" | lay
packs=$(ls "$SPOOL/new")
run unshare -m sh -c 'mount --bind "$S/corpus" "$S/corpus" &&
    mount -o remount,bind,ro "$S/corpus" && exec pf-ingest'
kept 74 'a read-only corpus' 'Read-only file system'
run unshare -m sh -c 'mount --bind "$S" "$S" &&
    mount -o remount,bind,ro "$S" && exec pf-ingest'
like "$status" '^(74|75)$' 'a read-only storage'
is "$(ls "$SPOOL/new")" "$packs" 'the spool keeps it'
run unshare -m sh -c 'mount --bind "$SPOOL" "$SPOOL" &&
    mount -o remount,bind,ro "$SPOOL" && exec pf-ingest'
kept 74 'a read-only spool' 'Read-only file system'
run pf-ingest
ran 0 'writable again'
is "$(files "$SPOOL")" 0 'spool is empty'

# A full disk: a small file system with the inputs and the ledger.
cat >"$T/full.sh" <<'!'
mount -t tmpfs -o size=512k none "$S/corpus" || exit 99
dd if=/dev/zero of="$S/corpus/filler" bs=4k count=100 2>/dev/null
pf-ingest >"$T/out1" 2>"$T/err1"
echo "first $?"
echo "waiting $(ls "$SPOOL/new" | wc -l)"
find "$S/corpus" -type f ! -name filler | wc -l
rm "$S/corpus/filler"
pf-ingest >"$T/out2" 2>"$T/err2"
echo "second $?"
find "$S/corpus" -type f | wc -l
!
head -c 8192 /dev/zero | tr '\0' 'x' >"$T/big"
printf '%%d' >>"$T/big"
mkpack corpus "$job" b1 -n 20 -s 100 "$T/big" | lay
mkpack corpus "$job" b1 -n 20 -s 200 "$T/big" | lay
run unshare -m sh "$T/full.sh"
is "$(cat "$T/out")" "$(printf '%s\n' 'first 75' 'waiting 2' 0 'second 0' 20)" \
    'full: status 75, nothing lost or half-made; then all is filed'
like "$(cat "$T/err1")" '^pf-ingest: write .*No space left' 'says so'
is "$(grep -c new "$T/out2")" 20 'twenty new'
is "$(files "$SPOOL")" 0 'spool is empty'
done_testing
