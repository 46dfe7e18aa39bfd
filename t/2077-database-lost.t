#!/bin/sh
# A tree that has lost its database is no new one.
# shellcheck disable=SC2119 # no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need sqlite3

sched_new ''
storage=$T/m/storage db=$T/m/storage/data/pandafuzz.db
echo '{"op":"sweep"}' >"$T/ops"

# A new one without work is made once more, as an init that was killed left it.
rm "$db"*
check 'of a tree without work another is made' 0 "=made	$storage" - \
    pf-sched init
rm "$db"*
: >"$db"
check 'in an empty file too' 0 "=made	$storage" - pf-sched init

job
pf-sched -q backup "$T/b"
bot one '["libfuzzer"]'
pf-sched -q snapshot
job
cp -a "$storage" "$T/tree"
find "$storage/metadata" -type f -exec sha256sum {} + | sort >"$T/before"
# all_refuse STATUS ERR: nobody opens it, and nothing is changed
all_refuse()
{
	for words in init '-n init' serve recover snapshot "backup $T/c" \
	    'submit -N j -e libfuzzer -t /bin/true'; do
		# shellcheck disable=SC2086
		check "$what: pf-sched ${words%% -N*}" "$1" - "$2" \
		    timeout 60 pf-sched $words
		rm -f "$storage/data/DAMAGED"
	done
	check "$what: pf-report" "$1" - "$2" pf-report jobs
	check "$what: apply" "$1" - "$2" sh -c "pf-sched apply <$T/ops"
	find "$storage/metadata" -type f ! -name '*.lock' \
	    -exec sha256sum {} + | sort >"$T/after"
	ok "$what: the snapshot is as it was" cmp "$T/before" "$T/after"
}
# again HOW...: a new database knows all; how many jobs
again()
{
	n=$1
	shift
	check "$what: ${1%% *}" 0 "~^jobs	$n\$" - pf-sched "$@"
	is "$(sql 'SELECT count(*) FROM jobs')" 2 "$what: all jobs are there"
	rm -r "$storage"
	cp -a "$T/tree" "$storage"
}
find "$storage/metadata" -type f ! -name '*.lock' -exec sha256sum {} + |
    sort >"$T/before"
for what in data database; do
	for how in rebuild "restore $T/b"; do
		case $what in
		data) rm -r "$storage/data" ;;
		*) rm "$db"* ;;
		esac
		all_refuse 66 '~no such database.*pf-recovery\(7\).*begin anew'
		# shellcheck disable=SC2086
		again 2 $how
	done
done
what=empty
rm "$db"*
: >"$db"
all_refuse 74 '~database is damaged: it is empty; pf-recovery\(7\)'
run pf-sched serve
ok 'empty: a writer leaves a note' test -s "$storage/data/DAMAGED"
again 2 rebuild

# What is left of the tree tells enough.
for what in jobs bots system/snapshot.json; do
	rm -r "$storage/data"
	mv "$storage/metadata" "$T/metadata"
	mkdir -p "$storage/metadata/system"
	mv "$T/metadata/$what" "$storage/metadata/$what"
	check "init, only $what is left" 66 - '~pf-recovery' pf-sched init
	rm -r "$storage" "$T/metadata"
	cp -a "$T/tree" "$storage"
done
mv "$storage" "$T/away"
check 'with the tree moved away it is a new one' 0 "=made	$storage" - \
    pf-sched init
done_testing
