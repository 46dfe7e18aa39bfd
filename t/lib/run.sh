# shellcheck shell=sh disable=SC2154
# After tap.sh and master.sh: bots with tiny targets, in a second or two.

# run_master [LINE ...]: a master whose reaper has nothing to do, with these
# timeouts, and a bot's configuration with short pauses.  Without timeouts of
# its own a bot soon hears that its job is cancelled.
run_master()
{
	[ $# -gt 0 ] || set -- 'heartbeat_interval = 1s'
	set -- '[timeouts]' "$@"
	master_new - <<-END
	$(printf '%s\n' "$@")
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

# build_quiet: one that finds next to nothing, and takes little of the machine:
# what it is watched for needs no speed
build_quiet()
{
	build_libfuzzer quiet <<-'END'
	#include <stddef.h>
	#include <stdint.h>
	#include <unistd.h>

	int
	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
	{
		usleep(200);
		return size > 3 && data[0] == 'a' && data[1] == 'b' ? 0 : 0;
	}
	END
}

# afl_alone: for tests of afl-fuzz by itself, without master and bot
afl_alone()
{
	# shellcheck disable=SC2317 # tap.sh calls it
	tap_explain() { :; }
	AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1
	AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1
	export AFL_NO_UI AFL_SKIP_CPUFREQ AFL_NO_AFFINITY
	export AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES
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

# outbox_empty: nothing waits there; what who was killed left half-written in
# tmp is no result, and goes when it is old
outbox_empty()
{
	[ -z "$(find "$T/w"/slot-*/outbox -type f ! -path '*/outbox/tmp/*')" ]
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

# shellcheck disable=SC2034 # alive is for the tests
# partition PFRUN: that program's bot runs a job of $T/quiet when replies get
# slow and then nothing gets through any more, until the master gives the job
# to nobody in particular; alive is how many engines still run then.  Needs
# [timeouts] tick = 500ms, bot = 6s.
partition()
{
	submit parted libfuzzer "$T/quiet" -d 60s
	: >"$T/network"
	"$PF_OBJ/t/lib/proxy" "${url##*:}" "$T/network" >"$T/proxy.out" &
	parted_proxy=$!
	until_true 10 test -s "$T/proxy.out"
	timeout 60 "$1" -m "http://127.0.0.1:$(sed 's/.* //' "$T/proxy.out")" \
	    >"$T/bot.out" 2>"$T/bot.err" &
	parted_bot=$!
	at_end "kill $parted_bot $parted_proxy 2>/dev/null"
	until_true 20 job_is running
	until_true 10 beat_after "$(date +%s%3N)"
	echo delay 3000 >"$T/network"
	until_true 20 beat_after "$(date +%s%3N)"
	echo hole 0 >"$T/network"
	until_true 30 expired
	# Between what the right one needs and what a wrong one takes.
	sleep 0.7
	alive=$(pgrep -fc "$T/w/slot-0/jobs/") || :
	kill "$parted_proxy"
	wait "$parted_bot" || :
	pf-sched cancel "$job" >/dev/null
}

# beat_after MS: the master heard a bot after that time
beat_after()
{
	[ "$(master_sql "SELECT max(last_seen) FROM bots")" -gt "$1" ]
}

# expired: the reaper has ended the lease of the job at hand
expired()
{
	pf-reaper | pf-sched -q apply
	job_is pending
}
