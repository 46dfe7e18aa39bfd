#!/bin/sh
# What an operator runs, cut off at its system calls: submit, snapshot,
# backup, restore, rebuild, init, and init of an old database.  Afterwards
# all is as before or done, or it is said that it is not; and the same once
# more does it.  PF_SWEEP=all tries every call.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
# shellcheck source-path=SCRIPTDIR source=lib/history.sh
. "$PF_ROOT/t/lib/history.sh"
whole
need strace sqlite3 jq

: >"$T/wrong"
history_new 12
storage=$T/m/storage
db=$storage/data/pandafuzz.db
bot=$(sql 'SELECT id FROM bots')
job=$(sql 'SELECT job_id FROM assignments WHERE ended_at IS NULL')
for kind in crash corpus; do
	echo $kind >"$T/body"
	mkpack $kind "$job" "$bot" -i i -s 1 "$T/body" >"$T/m/spool/tmp/1.pack"
	mv "$T/m/spool/tmp/1.pack" \
	    "$T/m/spool/new/$(printf '%016x-%016x' ${#kind} 7)"
done
pf-ingest >/dev/null || fail 'pf-ingest'
njobs=$(sql 'SELECT count(*) FROM jobs')
pf-sched -q backup "$T/backup"
for tool in submit snapshot backup; do
	cp -r "$T/m" "$T/ready-$tool"
done
pf-sched -q snapshot
cp -r "$T/m" "$T/ready-restore"
cp -r "$T/m" "$T/ready-rebuild"
mkdir -p "$T/ready-init" "$T/ready-migrate/storage/data"
cp "$PF_CONF" "$T/ready-init"
cp "$PF_CONF" "$T/ready-migrate"
{
	echo 'PRAGMA application_id = 1346782769; PRAGMA user_version = 1;'
	cat "$PF_ROOT/lib/store/schema.sql"
	echo "INSERT INTO campaigns VALUES ('c', 'old', 1, 7, 0, 0);"
} | sqlite3 "$T/ready-migrate/storage/data/pandafuzz.db"

head -c 5000 /dev/urandom >"$T/target"
chmod +x "$T/target"
mkdir "$T/seeds"
echo a >"$T/seeds/a"
echo b >"$T/seeds/b"

# uncut FILE ...: says which of them is not whole; one jq for all, if they are
uncut()
{
	[ $# -gt 0 ] || return
	[ "$(jq -c 'select(type == "object") | 1' "$@" 2>/dev/null |
	    wc -l)" = $# ] && return
	for f; do
		jq -e . "$f" >/dev/null 2>&1 || echo "$f is cut off"
	done
	echo "not all of $* is whole"
}

# run_TOOL [STRACE ...]: the command.  cut_TOOL: all is well after the fault.
# done_TOOL: it is done, after the same once more.  Both say what is wrong.
run_submit()
{
	"$@" pf-sched submit -N cut -e libfuzzer -t "$T/target" -s "$T/seeds"
}
cut_submit()
{
	while read -r id; do
		[ "$(sql "SELECT count(*) FROM jobs WHERE id = '$id'")" = 1 ] ||
		    echo "job $id was told and is not there"
	done <"$T/told"
	sql "SELECT sha256 FROM job_blobs b JOIN jobs j ON j.id = b.job
	    WHERE j.name = 'cut'" | while read -r sha; do
		sha256sum "$storage/targets/$sha/data" | grep -q "^$sha" ||
		    echo "blob $sha is not there"
	done
}
done_submit()
{
	cut_submit
	# Somebody who was not answered submits a second time.
	case $(sql "SELECT count(*) FROM jobs WHERE name = 'cut'") in
	1 | 2) ;;
	*) echo 'not one job, nor two' ;;
	esac
	pf-sched -q snapshot
	# shellcheck disable=SC2046 # no blanks in them
	uncut $(sql "SELECT '$storage/metadata/jobs/' || id || '.json' FROM jobs")
}

run_snapshot() { "$@" pf-sched snapshot; }
cut_snapshot()
{
	# shellcheck disable=SC2046 # no blanks in them
	uncut $(find "$storage/metadata" -name '*.json')
}
done_snapshot()
{
	cut_snapshot
	pf-sched -n rebuild >"$T/counts" 2>&1
	printf '%s\t%s\n' jobs "$njobs" bots 1 results 2 crashes 1 corpus 1 \
	    refused 0 | diff - "$T/counts"
}

run_backup() { "$@" pf-sched backup "$T/b"; }
whole_db() # FILE
{
	[ "$(sqlite3 -readonly "$1" 'PRAGMA integrity_check; SELECT count(*) FROM jobs' | tr '\n' ' ')" = "ok $njobs " ] ||
	    echo "$1 is not whole"
}
cut_backup()
{
	[ ! -e "$T/b/data/pandafuzz.db" ] || whole_db "$T/b/data/pandafuzz.db"
}
done_backup() { whole_db "$T/b/data/pandafuzz.db"; }

run_restore() { "$@" pf-sched restore "$T/backup"; }
run_rebuild() { "$@" pf-sched rebuild; }
# Nothing is changed, or writers are kept out, or it is done.
cut_remake()
{
	[ ! -e "$storage/data/DAMAGED" ] || return 0
	look >"$T/got"
	cmp -s "$T/got" "$T/before" || cmp -s "$T/got" "$T/after" ||
	    diff "$T/before" "$T/got"
}
done_remake()
{
	look | diff "$T/after" -
	[ ! -e "$storage/data/DAMAGED" ] || echo 'the note of damage is there'
	[ "$(sql "SELECT value FROM system WHERE key = 'epoch'")" -gt 1 ] ||
	    echo 'the epoch was not raised'
	printf '{"op":"complete","bot":"%s","job":"%s","epoch":1,"attempt":3,"result":"completed"}\n' \
	    "$bot" "$job" | pf-sched apply 2>&1 | grep -q '"class":"stale"' ||
	    echo 'an old token counts'
}
cut_restore() { cut_remake; }
cut_rebuild() { cut_remake; }
done_restore() { done_remake; }
done_rebuild() { done_remake; }

run_init() { "$@" pf-sched init; }
run_migrate() { "$@" pf-sched init; }
cut_init() { :; }
done_init()
{
	sqlite3 "$db" .schema | sort | diff "$T/schema" -
	[ "$(sql "SELECT count(*) FROM system WHERE key IN ('master_id', 'epoch')")" = 2 ] ||
	    echo 'no id or no epoch'
	op '{"op":"register","hostname":"h","capabilities":["libfuzzer"]}'
	[ "$(get .ok)" = true ] || echo 'it takes no op'
}
cut_migrate()
{
	[ "$(sqlite3 "$db" "PRAGMA integrity_check;
	    SELECT count(*) FROM campaigns WHERE name = 'old'" |
	    tr '\n' ' ')" = 'ok 1 ' ] || echo 'what was in it is not there'
}
done_migrate()
{
	cut_migrate
	done_init
	[ "$(sqlite3 "$db.before-2" 'PRAGMA user_version;
	    PRAGMA integrity_check' | tr '\n' ' ')" = '1 ok ' ] ||
	    echo 'the copy from before is not whole'
}
sqlite3 "$db" .schema | sort >"$T/schema"

# ready TOOL: the master as it is before
ready()
{
	rm -rf "$T/m" "$T/b"
	cp -r "$T/ready-$1" "$T/m"
}

# cut TOOL WHAT STRIDE: at every STRIDE-th of its calls
cut()
{
	tool=$1 points=0 bad=0 failed=0
	history_points "$3" <"$T/calls-$1" >"$T/sample"
	while read -r call i; do
		points=$((points + 1))
		ready "$tool"
		rc=0
		"run_$tool" strace -f -qq -o /dev/null \
		    -e "inject=$call:$2:when=$i" >"$T/told" 2>"$T/err" || rc=$?
		[ $rc -eq 0 ] || failed=$((failed + 1))
		"cut_$tool" >"$T/says" 2>&1
		if "run_$tool" >"$T/told" 2>"$T/err"; then
			"done_$tool" >>"$T/says" 2>&1
		else
			head -n 3 "$T/err" >>"$T/says"
		fi
		[ -s "$T/says" ] || continue
		bad=$((bad + 1))
		echo "$tool: $2 at $call $i, status $rc:" >>"$T/wrong"
		head -n 4 "$T/says" >>"$T/wrong"
	done <"$T/sample"
	is $bad 0 "$tool, $2: as before or done, and done at the second time"
	ok "$tool, $2: it was tried" test $failed -gt 0
	echo "# $tool, $2: $points points, $failed of them failed"
	lost=0 wrong=$bad
	history_total "$2" "$tool"
}
for tool in ${PF_STEPS:-submit snapshot backup restore rebuild init migrate}; do
	ready "$tool"
	[ "$tool" = init ] || [ "$tool" = migrate ] || look >"$T/before"
	# shellcheck disable=SC2086 # its words
	"run_$tool" $history_trace >/dev/null 2>&1
	history_counts >"$T/calls-$tool"
	case $tool in restore | rebuild) look >"$T/after" ;; esac
	case $tool in submit | snapshot | backup) kills=9 ;; *) kills=31 ;; esac
	cut "$tool" signal=KILL $kills
	cut "$tool" error=EIO 71
	cut "$tool" error=ENOSPC 71
done
diag "$T/wrong"

# It can fail.
ready migrate
sqlite3 "$db" "DELETE FROM campaigns WHERE name = 'old'"
is "$(cut_migrate)" 'what was in it is not there' 'a loss would be seen'
for kept in '{"a":' ''; do
	echo '{"a":1}' >"$T/one.json"
	printf %s "$kept" >"$T/two.json"
	like "$(uncut "$T/one.json" "$T/two.json")" 'not all' \
	    "a file of which '$kept' is left would be seen"
done
done_testing
