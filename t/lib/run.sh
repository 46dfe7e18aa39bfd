# shellcheck shell=sh disable=SC2154
# After tap.sh and master.sh: bots with tiny targets, in a second or two.

# run_master: a master whose reaper has nothing to do, and a bot's
# configuration with short pauses
run_master()
{
	master_new - <<-END
	[retry.communication]
	max_retries = 2
	initial_delay = 50ms
	max_delay = 100ms
	[retry.update_recovery]
	initial_delay = 100ms
	max_delay = 500ms
	[circuit_breaker]
	reset_timeout = 300ms
	[bot]
	name = bot
	work_directory = $T/w
	END
	master_start ingest httpd
}

# build_libfuzzer NAME < C source
build_libfuzzer()
{
	cat >"$T/$1.c"
	clang -g -O1 -fsanitize=fuzzer,address -o "$T/$1" "$T/$1.c" || exit 1
}

# build_afl NAME < C source
build_afl()
{
	cat >"$T/$1.c"
	AFL_QUIET=1 afl-clang-fast -g -O1 -o "$T/$1" "$T/$1.c" \
	    2>"$T/$1.log" || {
		diag "$T/$1.log"
		exit 1
	}
}

# submit NAME ENGINE TARGET ...: sets job
submit()
{
	run_name=$1 run_engine=$2 run_target=$3
	shift 3
	job=$(pf-sched submit -N "$run_name" -e "$run_engine" \
	    -t "$run_target" "$@") || exit 1
}

pfrun()
{
	timeout 60 pf-run -m "$url" "$@"
}

# job_is STATUS: the job at hand has it
job_is()
{
	[ "$(master_sql "SELECT status FROM jobs WHERE id = '$job'")" = "$1" ]
}

job_message()
{
	master_sql "SELECT message FROM jobs WHERE id = '$job'"
}

# crashes_of WHAT: columns of the crashes of the job at hand
crashes_of()
{
	master_sql "SELECT $1 FROM crashes WHERE job_id = '$job' ORDER BY 1"
}

# spool_empty: everything that was delivered is filed
spool_empty()
{
	[ -z "$(find "$PF_SPOOL/new" "$PF_SPOOL/cur" -type f)" ]
}

outbox_empty()
{
	[ -z "$(find "$T/w"/slot-*/outbox -type f)" ]
}

# What became of the jobs, and what the programs said.
tap_explain()
{
	{
		master_sql 'SELECT id, name, status, attempt, assigned_bot, message FROM jobs'
		master_sql 'SELECT status, name, id FROM bots'
		tail -n 30 "$T"/err "$T"/*.err "$T"/m/*.err 2>/dev/null
	} | diag
}
