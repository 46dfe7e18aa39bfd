#!/bin/sh
# kill -9 at the system calls of pf-ingest, and of the pf-ingest that mends
# it: rows and files are those of the undisturbed run, and no row is ever
# without its file.  PF_SWEEP=all tries every point, the default some,
# PF_CALLS (a regular expression) those of some calls.
# shellcheck disable=SC2016 # what stands in quotes is for eval
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sweep.sh
. "$PF_ROOT/t/lib/sweep.sh"
whole
need strace sqlite3

ingest_base
sweep_ingest
sweep_of pf-ingest "openat.*$T/conf"
is "$(files "$SPOOL/bad" '*.rec')" 1 'one is refused, the others are filed'
is "$(sql 'SELECT count(DISTINCT kind) FROM results')" 5 'one of each kind'
if [ -n "${PF_CALLS-}" ]; then
	# For who asks of these only, all of them.
	PF_SWEEP=all
	sweep_kill 20
	sweep_end
	done_testing
	exit
fi
sweep_kill 20
sweep_chain 20 2

# One that a dead pf-ingest left is filed with care, by other calls.
sweep_back()
{
	restore
	for f in "$SPOOL"/new/*; do
		mv "$f" "$SPOOL/cur/${f##*/}:1"
	done
}
sweep_of 'pf-ingest, with care' "openat.*$T/conf"
sweep_kill 10
sweep_chain 10 2
sweep_end

# Four deaths on the same record: at the fifth claim it is set aside.
restore
rm -f "${SPOOL:?}"/new/*
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
picture >"$T/want"
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
