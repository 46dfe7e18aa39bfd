# shellcheck shell=sh
# For the tests of pf-ingest, after tap.sh: a master of its own with a job.

S=$T/storage SPOOL=$T/spool
export S SPOOL

# Makes it; $job is the job's id.  Settings beyond the paths come on stdin.
master()
{
	{
		printf '[storage]\npath = %s\n' "$S"
		printf '[spool]\npath = %s\n' "$SPOOL"
		printf '[sched]\nsocket = %s/sock\n' "$T"
		cat
	} >"$T/conf"
	export PF_CONF="$T/conf"
	pf-sched init >/dev/null || exit 1
	printf '#!/bin/sh\n' >"$T/target"
	chmod +x "$T/target"
	# shellcheck disable=SC2034 # for the tests
	job=$(pf-sched submit -N test -e libfuzzer -t "$T/target") || exit 1
}

# leases N: the job was given N times and handed back, so that results may
# come under the tokens 1.1 to 1.N
leases()
{
	bot=$(pf-registry register -H h -N lessee -e libfuzzer -i i)
	for k in $(seq "$1"); do
		printf '{"op":"claim","bot":"%s","inc":"i"}\n' "$bot"
		printf '{"op":"handback","bot":"%s","inc":"i","job":"%s",' \
		    "$bot" "$job"
		printf '"epoch":1,"attempt":%d}\n' "$k"
	done | pf-sched -q apply || exit 1
	pf-registry deregister "$bot" >/dev/null || exit 1
}

# Lays the bytes on stdin down as the next pack.  It ends a pipe, so what it
# has to remember stands in files; pack is the name of the last one.
lay()
{
	echo x >>"$T/packs"
	printf '%016x-%016x' "$(wc -l <"$T/packs")" 7 >"$T/last"
	cat >"$SPOOL/tmp/1.pack"
	mv "$SPOOL/tmp/1.pack" "$SPOOL/new/$(cat "$T/last")"
}

pack()
{
	cat "$T/last"
}

sql()
{
	sqlite3 -readonly -cmd '.timeout 5000' "file:$S/data/pandafuzz.db" "$1"
}

# Number of files below a directory whose names fit.
files()
{
	find "$1" -type f -name "${2:-*}" | wc -l | tr -d ' '
}

sha()
{
	sha256sum "$1" | cut -d ' ' -f 1
}

# Everything that filing leaves behind, to compare: rows and files, not when.
picture()
{
	(
		sql "SELECT rid, kind, job, bot, time, late FROM results
		    ORDER BY rid;
		    SELECT id, job_id, bot_id, hash, file_path, type, signal,
		    exit_code, timestamp, size, is_unique, tool, stack, output,
		    command, engine, count, bucket, rid, target_hash, run_seed
		    FROM crashes ORDER BY job_id, hash;
		    SELECT crash, bot, count FROM crash_bots ORDER BY 1, 2;
		    SELECT id, campaign, type, tool, frames, first_crash,
		    samples, dropped FROM buckets ORDER BY id;
		    SELECT job_id, hash, size, bot_id, engine, name,
		    timestamp, rid FROM corpus ORDER BY 1, 2;
		    SELECT job_id, file_count, total_size FROM corpus_meta;
		    SELECT id, bot_id, timestamp, edges, exec_count
		    FROM coverage ORDER BY id;
		    SELECT job_id, bot_id, epoch, attempt, seq, executions
		    FROM job_stats"
		cd "$S" || exit
		# what a dead one was at is fsck's to sweep
		find crashes corpus logs/jobs -type f ! -name '.*' \
		    -exec sha256sum '{}' + | sort
		# without what is of the moment
		sed 's/"filed":[0-9]*,//
			s/,"report":[0-9]*//
			s/,"\(kept\|gone\)":[0-9]*//g
			s/,"sum":"[0-9a-f]*"//' metadata/ledger/*.jsonl | sort -u
	) 2>&1
	(cd "$SPOOL" && find new cur bad -type f | sort)
}

# ingest_base: a master with one of each kind in its spool, kept to go back to
ingest_base()
{
	master </dev/null
	leases 1
	printf 'input %%d' >"$T/body"
	printf 'boom' >"$T/boom"
	{
		mkpack crash "$job" b1 -f type=abort "$T/boom"
		mkpack corpus "$job" b1 "$T/body"
		mkpack corpus nosuchjob b1 "$T/body"
		mkpack coverage "$job" b1 -f edges=7
		mkpack status "$job" b1 -f executions=5
		mkpack log "$job" b1 -f offset=1048570 "$T/body"
	} | lay
	mkpack crash "$job" b1 -s 2 -f type=abort "$T/boom" | lay
	cp -a "$S" "$T/base.storage"
	cp -a "$SPOOL" "$T/base.spool"
}

# restore: all as ingest_base left it
restore()
{
	rm -rf "${S:?}" "${SPOOL:?}"
	cp -a "$T/base.storage" "$S"
	cp -a "$T/base.spool" "$SPOOL"
}

# A writer that a dead pf-ingest started may still be at work: try again.
recover()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		run pf-ingest
		[ "${status:-0}" -eq 75 ] || break
		sleep 0.1
	done
}

# Rows whose file is not there.
naked()
{
	sql "SELECT 'crashes/' || job_id || '/' || hash FROM crashes UNION ALL
	    SELECT 'corpus/' || job_id || '/' || hash FROM corpus" |
	while read -r f; do
		[ -f "$S/$f" ] || echo "$f"
	done
}

# Files that are not what their name says.
torn()
{
	(cd "$S" && find crashes corpus -type f ! -name '.*' ! -name '*.json' \
	    -exec sha256sum '{}' + 2>/dev/null) |
	while read -r hash name; do
		[ "$hash" = "${name##*/}" ] || echo "$name"
	done
}

# sweep_ingest: for sweep.sh, a pf-ingest of what ingest_base laid down
# shellcheck disable=SC2317 # sweep.sh calls them
sweep_ingest()
{
	sweep_back() { restore; }
	sweep_run() { run "$@" pf-ingest; }
	sweep_broken() { naked && torn; }
	sweep_mend() { recover; }
	sweep_look() { picture; }
}
