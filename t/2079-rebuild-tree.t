#!/bin/sh
# Databases made anew in a tree of which directories are missing.
# shellcheck disable=SC2119 # no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need sqlite3

sched_new ''
storage=$T/m/storage
job
pf-sched -q snapshot
pf-sched -q backup "$T/b"
cp -a "$storage" "$T/tree"
# tree PART: what is there is that of before, but for a part
tree()
{
	rm -rf "$storage"
	cp -a "$T/tree" "$storage"
	rm -r "${storage:?}/$1"
}
for part in data metadata/system metadata/jobs metadata logs; do
	for how in rebuild "restore $T/b"; do
		case $how-$part in rebuild-metadata*) n='[01]' ;; *) n=1 ;; esac
		tree $part
		# shellcheck disable=SC2086
		run pf-sched $how
		ran 0 "${how%% *} without $part"
		like "$(sql 'SELECT count(*) FROM jobs')" "^$n\$" \
		    'what is known of jobs is there'
		check 'and the master works' 0 '*' '*' pf-sched submit -N j \
		    -e libfuzzer -t /bin/true
	done
done

# A disk that is not mounted is no tree without anything in it.
rm -r "$storage"
check 'rebuild of no tree at all' 66 - '~no such storage' pf-sched rebuild
check 'restore into none' 66 - '~No such file' pf-sched restore "$T/b"
ok 'makes none' test ! -e "$storage"
done_testing
