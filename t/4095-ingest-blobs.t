#!/bin/sh
# Files that jobs wait for, on their way through the spool: into targets/,
# once, synced before the writer hears of them; whatever is killed.
# shellcheck disable=SC2016,SC2317 # what stands in quotes is for eval;
# sweep.sh calls the functions
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sweep.sh
. "$PF_ROOT/t/lib/sweep.sh"
need sqlite3 jq

master <<'END'
[limits]
pack_size = 64K
target_size = 300K
spool_size = 64M
END

# blob FILE [OPTIONS OF MKPACK]: a record of it
blob()
{
	blob_file=$1
	shift
	mkpack blob '' '' -i '' -s 0 -t 0 -E 0 -A 0 "$@" "$blob_file"
}
# waiting FILE: a job that waits for it; sets id
waiting()
{
	id=$(printf '{"op":"submit","name":"w","engine":"libfuzzer","target":{"sha256":"%s","name":"t","size":%s,"upload":true}}\n' \
	    "$(sha "$1")" "$(wc -c <"$1" | tr -d ' ')" | pf-sched apply |
	    jq -r '.jobs[0]')
}
left()
{
	sql "SELECT waiting FROM jobs WHERE id = '$id'"
}
# placed FILE: what lies in targets under its hash is it
placed()
{
	cmp -s "$1" "$S/targets/$(sha "$1")/data"
}

# A small one, in a pack with results; the job can be given.
printf 'a target' >"$T/small"
printf 'an input' >"$T/body"
leases 1
waiting "$T/small"
is "$(left)" 1 'a job waits'
check 'fsck does not miss what is to come' 0 '*' '*' pf-ingest fsck
{
	mkpack corpus "$job" b1 "$T/body"
	blob "$T/small"
} | lay
check 'the dry run' 0 "~^blob	new	-	-	$(sha "$T/small")	8	" '*' \
    pf-ingest -n
ok 'changes nothing' eval '! placed "$T/small"'
check 'a blob among results' 0 \
    "~^blob	new	-	-	$(sha "$T/small")	8	" - pf-ingest
is "$(wc -l <"$T/out" | tr -d ' ')" 2 'both are filed'
ok 'it lies in targets' placed "$T/small"
is "$(stat -c %a "$S/targets/$(sha "$T/small")/data")" 550 'to be run'
is "$(left)" 0 'the job waits no more'
like "$(cat "$S"/metadata/ledger/*)" '"kind":"blob","rid":"[0-9a-f]*","sha256"' \
    'the ledger knows'
blob "$T/small" | lay
check 'the same once more' 0 '~^blob	again	' - pf-ingest
rm -rf "$S/targets/$(sha "$T/small")"
blob "$T/small" | lay
check 'and after it was lost' 0 '~^blob	again	' - pf-ingest
ok 'it is there again' placed "$T/small"
check 'fsck has nothing to say' 0 '*' '*' pf-ingest fsck

# What is refused: empty, over the limit.
: >"$T/empty"
head -c 310000 /dev/urandom >"$T/over"
blob "$T/empty" | lay
check 'an empty one' 0 - '~the blob is empty' pf-ingest
blob "$T/over" | lay
check 'one over target_size' 0 - \
    '~310000 bytes are over target_size = 307200' pf-ingest
like "$(cat "$SPOOL"/bad/*.why)" 'over target_size' 'lies in bad'
is "$(files "$S/targets" '.tmp*')" 0 'nothing is left of it'
rm -f "${SPOOL:?}"/bad/*

# Larger than a pack may be: read piece by piece.
head -c 200000 /dev/urandom >"$T/large"
printf 'seed %%d' >"$T/seed"
waiting "$T/large"
{
	blob "$T/seed" -n 150
	blob "$T/large"
} | lay
check 'fsck looks into it' 0 '*' '*' pf-ingest fsck
check 'the dry run of a large pack' 0 '~^blob	new' - pf-ingest -n
is "$(wc -l <"$T/out" | tr -d ' ')" 151 'tells of each'
check 'a large pack' 0 "~^blob	new	-	-	$(sha "$T/large")	200000	" - \
    pf-ingest
is "$(wc -l <"$T/out" | tr -d ' ')" 151 'all of it is filed'
ok 'the large one' placed "$T/large"
is "$(left)" 0 'its job waits no more'
is "$(files "$SPOOL/new")$(files "$SPOOL/cur")$(files "$SPOOL/bad")" 000 \
    'the spool is empty'
is "$(sql 'SELECT count(*) FROM uploads')" 152 'each is counted once'

# Damaged: the good ones are filed, all of it lies in bad with the reason.
head -c 100000 /dev/urandom >"$T/l1"
head -c 100000 /dev/urandom >"$T/l2"
{
	blob "$T/l1"
	blob "$T/l2" | sed '2,$s/^./X/'
} | lay
check 'fsck sees damage' 1 '~^pack	' '*' pf-ingest fsck
check 'a damaged one' 0 "~^blob	new	-	-	$(sha "$T/l1")" \
    '~record is damaged' pf-ingest
ok 'the one before it' placed "$T/l1"
ok 'is all there is' eval '! placed "$T/l2"'
like "$(cat "$SPOOL"/bad/*.why)" 'not of files for jobs alone: record is' 'why'
is "$(files "$S/targets" '.tmp*')" 0 'nothing is left of it'
rm -f "${SPOOL:?}"/bad/*
{
	blob "$T/l2"
	mkpack corpus "$job" b1 "$T/body"
} | lay
check 'a result in a large pack' 0 '~^blob	new' \
    '~a corpus record is in it' pf-ingest
is "$(sql 'SELECT count(*) FROM corpus')" 1 'is not filed'
rm -f "${SPOOL:?}"/bad/*
head -c 100001 /dev/urandom >"$T/l3"
blob "$T/l3" | head -c 90000 | lay
check 'one that ends early' 0 - '~the frame at byte 0 does not end' pf-ingest
is "$(sql 'SELECT count(*) FROM uploads')" 154 'nothing came of it'
rm -f "${SPOOL:?}"/bad/*

# Trouble with one place keeps nobody waiting, and passes.
mkdir -p "$S/targets/$(sha "$T/l3")/data"
blob "$T/l3" | lay
mkpack corpus "$job" b1 -s 9 "$T/body" | lay
check 'its place is broken' 74 '~^corpus	' '~.' pf-ingest
is "$(files "$SPOOL/new")" 1 'it stays in the spool'
rmdir "$S/targets/$(sha "$T/l3")/data"
check 'mended' 0 '~^blob	new' - pf-ingest

# Four deaths: set aside.
head -c 100002 /dev/urandom >"$T/l4"
blob "$T/l4" | lay
mv "$SPOOL/new/$(pack)" "$SPOOL/cur/$(pack):4"
check 'the fifth claim' 0 - '*' pf-ingest
like "$(cat "$SPOOL"/bad/*.why)" 'died each time' 'sets it aside'

# Rebuilt, the database knows them.
n=$(sql 'SELECT count(*) FROM uploads')
check 'rebuild' 0 '~^refused	0$' '*' pf-sched rebuild
is "$(sql 'SELECT count(*) FROM uploads')" "$n" 'they are all known'

# Killed at each step, mended, it is as if nothing had been.
command -v strace >/dev/null || {
	done_testing
	exit
}
rm -rf "${SPOOL:?}"/bad/* "${S:?}"/targets/*
blob "$T/small" | lay
blob "$T/large" | lay
waiting "$T/large"
rm -rf "${S:?}"/targets/*
sqlite3 "$S/data/pandafuzz.db" 'DELETE FROM uploads;
    UPDATE job_blobs SET missing = 1; UPDATE jobs SET waiting = 1'
cp -a "$S" "$T/base.storage"
cp -a "$SPOOL" "$T/base.spool"
sweep_ingest
sweep_broken() { :; }
sweep_look()
{
	sql 'SELECT sha256, size FROM uploads ORDER BY 1'
	sql "SELECT waiting FROM jobs WHERE id = '$id'"
	(cd "$S" && find targets -name data -exec sha256sum '{}' + | sort)
	(cd "$SPOOL" && find new cur bad -type f | sort)
}
sweep_of pf-ingest "openat.*$T/conf"
is "$(sed -n 3p "$T/want")" 0 'the job has its file'
sweep_kill 15
sweep_end
done_testing
