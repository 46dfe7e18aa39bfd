#!/bin/sh
# The tests of pf-ingest and its spool fail on one that is broken: here are
# some that are, and each is caught, by the test that is there for it.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
# shellcheck source-path=SCRIPTDIR source=lib/mutant.sh
. "$PF_ROOT/t/lib/mutant.sh"
whole
need strace make gcc jq faketime

# beside DIR: the other programs, as they are
beside()
{
	mkdir -p "$1"
	for p in "$PF_BIN"/pf-*; do
		[ -e "$1/${p##*/}" ] || ln -s "$p" "$1/"
	done
}
beside "$T/right/bin"

# try NAME TEST ERE: the test with that build first on its path, up to the line
# that matches
try()
{
	run env PF_STOP="$3" PF_BIN="$T/$1/bin" PATH="$PF_ROOT/bin:$PATH" \
	    sh "$PF_ROOT/t/$2" </dev/null
}

# broken NAME FILE SED: a mutant with the right ones beside it
broken()
{
	mutant "$1" "$2" "$3" pf-ingest
	beside "$T/$1/bin"
}

# caught NAME TEST LINE WHAT: the test's line of that name fails on it
caught()
{
	try "$1" "$2" "^not ok [0-9]* - $3"
	ok "$4 is caught" grep -q "^not ok [0-9]* - $3" "$T/out"
}

# The kills, at some calls only; the line about their number is not asked.
# kills CALLS NAME LINE WHAT: caught, and the right one is not
kills()
{
	export PF_CALLS="$1"
	try right 9000-ingest-kill.t "^(not )?ok [0-9]* - $3"
	ok "the right one at $1" grep -q "^ok [0-9]* - $3" "$T/out"
	caught "$2" 9000-ingest-kill.t "$3" "$4"
	unset PF_CALLS
}
whole_again='pf-ingest: kill: mended'

broken early_unlink src/ingest/batch.c 's/^#include <stdlib.h>/#include <stdio.h>\n&/
/^step(/,/^}/{
	s/^	b->failed = false;/	for (size_t i = 0; i < b->npacks; i++) {\
		char *gone = pf_asprintf("%s\/cur\/%s",\
		    b->g->conf->spool_path, b->pack[i]->name);\
		(void)remove(gone);\
		free(gone);\
	}\
&/
}'
kills sendto early_unlink "$whole_again" \
    'a pack that goes before its rows are committed'

broken in_place src/ingest/place.c '/f->tmp = pf_asprintf/{
	N
	N
	s/pf_asprintf(.*$/pf_strdup(f->path);/
}'
kills write in_place 'pf-ingest: kill: no promise' \
    'an input written under its own name'

broken late_ledger src/ingest/slice.c 's/before.n > 0, enter, &e);/0, enter, \&e);/
/sent = take_rows(g, before/a\
	if (sent == NULL) {\
		for (i = 0; i < before.n; i++)\
			if (before.it[i].state == ITEM_FILED)\
				before.it[i].state = ITEM_TODO;\
		sent = ledger_add(g, before.it, before.n);\
		for (i = 0; i < before.n; i++)\
			if (before.it[i].state == ITEM_TODO)\
				before.it[i].state = ITEM_FILED;\
	}
'
kills flock late_ledger "$whole_again" 'a ledger that is written after the row'

# The order of things, as the kernel is told it.
# in_order NAME: each input is synced before its row is sent
in_order()
{
	restore
	strace -f -qq -y -o "$T/trace" -e trace=fsync,sendto,write \
	    "$T/$1/bin/pf-ingest" -q >/dev/null 2>&1
	sed '/"op":"crash\|\\"op\\":\\"crash/q' "$T/trace" |
	    grep -q "fsync([0-9]*<[^>]*/crashes/[^>]*/\.[^>]*>) *= 0"
}
ingest_base
broken no_fsync src/ingest/place.c 's/fsync(f->fd) == -1/f->fd == -1/'
ok 'the right one syncs an input before its row' in_order right
ok 'one that does not is seen' eval '! in_order no_fsync'

# filing NAME: files a pack of a hundred; sets made, the threads that were, and
# locks, of the database
filing()
{
	restore
	echo 'input %d' >"$T/input"
	mkpack corpus "$job" b -n 100 "$T/input" | lay
	strace -f -qq -y -o "$T/trace" -e trace=clone,clone3,fcntl \
	    "$T/$1/bin/pf-ingest" -q >/dev/null 2>&1
	made=$(grep -c CLONE_THREAD "$T/trace")
	locks=$(grep -c 'fcntl(.*-shm>, F_SETLK' "$T/trace")
	[ "$(files "$S/corpus/$job")" -ge 100 ]
}
# 4 make the files and 16 sync them, of which one was there.
together() { filing "$1" && [ "$made" -ge 18 ]; }
# Of the database they are asked under one lock, not each.
at_once() { filing "$1" && [ "$locks" -gt 0 ] && [ "$locks" -lt 150 ]; }

broken one_maker src/ingest/place.c \
    's/all(w, WRITERS, write_one/all(w, 1, write_one/'
broken one_syncer src/ingest/place.c \
    's/all(w, IN_FLIGHT, sync_one/all(w, 1, sync_one/'
ok 'the right one makes and syncs files together' together right
ok 'one that makes them one by one is seen' eval '! together one_maker'
ok 'one that syncs them one by one is seen' eval '! together one_syncer'
broken each_asked src/ingest/room.c 's/(err = pf_db_hold(g->db))/(err = NULL)/
    s/end = pf_db_release(g->db)/end = NULL/'
ok 'the right one asks for all under one lock' at_once right
ok 'one that locks for each is seen' eval '! at_once each_asked'

broken counts_full lib/store/spool.c \
    's/p->tries <= 1 ? "new" : "cur", p->tries - 1)/"cur", p->tries)/'
caught counts_full 4020-ingest-fail.t 'the writer is busy: ' \
    'trouble of our own that counts as a death'

broken any_rid lib/codec/rec.c '/its hash is/{
	N
	s/.*/		(void)0;/
}'
caught any_rid 4010-ingest-bad.t 'a changed byte: one is in bad' \
    'a rid that is not looked at'

broken same_fsync src/ingest/keep.c '/ftruncate/,/^}/s/	put_aside(path);/	if (end < 0)\
		put_aside(path);/'
caught same_fsync 4052-ingest-void.t 'the old file is put aside' \
    'a ledger that is synced again after it failed'
broken same_log src/ingest/keep.c 's/(void)pf_file_put(.*/(void)e;/'
caught same_log 4052-ingest-void.t "another file is in its place" \
    'a log that is'
broken no_name src/ingest/keep.c 's/named \&\& st.st_size == 0)/false)/'
caught no_name 4052-ingest-void.t 'the directory of the ledger is synced' \
    'a file whose name only its maker syncs'

broken cur_first lib/store/spool.c '/^pf_spool_list(/,/^}/{
	s/"new"/"first"/
	s/"cur"/"new"/
	s/"first"/"cur"/
}'
caught cur_first 9002-ingest-poison.t 'what came meanwhile is filed' \
    'a record that kills, before everybody else'
broken never lib/store/spool.h 's/PF_SPOOL_TRIES	5/PF_SPOOL_TRIES	500/'
caught never 9002-ingest-poison.t 'at the fifth it is set aside' \
    'one that is never set aside'

broken no_hold src/ingest/bad.c '/^return_record(/,/^}/{
	s/	if (err == NULL) {/	if (err == NULL \&\& unlink(hidden) == 0) {/
	s/	if (err == NULL \&\& unlink(hidden) == -1)/	if (err == NULL \&\& false)/
}'
caught no_hold 4040-ingest-retry.t 'killed at .*: it is there in the end' \
    'a retry that lets go before it has laid down'
broken over lib/os/fs.c 's/RENAME_NOREPLACE) == 0/0) == 0/'
caught over 4042-ingest-names.t 'both are filed' \
    'a pack renamed over another'
broken claims src/ingest/alone.c \
    's/if (\*settled || strcmp(hash, it->rid) != 0)/if (*settled)/'
caught claims 4042-ingest-names.t 'a damaged copy of what was filed' \
    'a claim that counts without its bytes'

broken all_stop src/ingest/stay.c 's/	if (g->hard || /	if (true || /'
caught all_stop 4044-ingest-trouble.t 'everything else is filed' \
    'a broken directory that stops all'
broken no_others src/ingest/pf-ingest.c 's/if (err != NULL \&\& found) {/if (false) {/'
caught no_others 4044-ingest-trouble.t 'the others are filed' \
    'a sick pack that stops all'

broken no_limit src/ingest/refuse.c 's/^	\*room = .*/	*room = true; (void)n;/'
caught no_limit 4046-ingest-bad-full.t 'one beyond the quarter' \
    'a flood of rubbish that is kept'
broken no_count src/ingest/refuse.c \
    's/	return pf_spool_drop_count(.*/	return NULL;/'
caught no_count 4046-ingest-bad-full.t 'they are counted' \
    'a drop that is not counted'
broken no_sweep src/ingest/pf-ingest.c 's/g->swept >= SWEEP_MS/g->swept < 0/'
caught no_sweep 4048-ingest-sweep.t 'with -w, after an hour' \
    'a sweep at the start only'
broken any_boot lib/store/spool.c '/^is_dead(/,/^}/s/return true/return false/'
caught any_boot 4048-ingest-sweep.t 'at the start' \
    'a pid that is taken for one of another boot'
broken dry_new src/ingest/dry.c 's/it->dropped ? "dropped" : //'
caught dry_new 4060-ingest-room.t 'a dry run says so' \
    'a dry run that decides by itself'
done_testing
