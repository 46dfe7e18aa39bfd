# shellcheck shell=sh disable=SC2154,SC2034
# After tap.sh, sched.sh and history.sh: what an operator runs, to be cut off
# somewhere, and what must be so after that and after the same once more.

tools="submit snapshot backup restore rebuild recover init migrate"
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
# Whatever a snapshot leaves out is missed.
rm "$T/ready-snapshot/storage/metadata/jobs"/*
# Its bot left and nobody noticed.
cp -r "$T/m" "$T/ready-recover"
sqlite3 "$T/ready-recover/storage/data/pandafuzz.db" \
    'UPDATE bots SET gone_at = 1'
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
# Jobs of bots that are gone wait again: all of them, or none yet.
run_recover() { "$@" pf-sched recover; }
cut_recover()
{
	look >"$T/got"
	cmp -s "$T/got" "$T/before" || diff "$T/after" "$T/got"
}
done_recover() { look | diff "$T/after" -; }

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

# learn TOOL [CMD ...]: how it looks before and after
learn()
{
	learn_tool=$1
	shift
	ready "$learn_tool"
	case $learn_tool in init | migrate) ;; *) look >"$T/before" ;; esac
	"run_$learn_tool" "$@" >/dev/null 2>&1
	case $learn_tool in
	restore | rebuild | recover)	look >"$T/after" ;;
	esac
}

# judge TOOL HOW: all is well after the fault, and the same once more does it;
# what ended with status 0 has done it before that
judge()
{
	"cut_$1" >"$T/says" 2>&1
	[ "$rc" -ne 0 ] || "done_$1" >>"$T/says" 2>&1
	if "run_$1" >"$T/told" 2>"$T/err"; then
		"done_$1" >>"$T/says" 2>&1
	else
		head -n 3 "$T/err" >>"$T/says"
	fi
	[ -s "$T/says" ] || return 0
	wrong=$((wrong + 1))
	echo "$1: $2, status $rc:" >>"$T/wrong"
	head -n 4 "$T/says" >>"$T/wrong"
}
