# shellcheck shell=sh disable=SC2154
# After run.sh: jobs of afl-fuzz that are looked at while they run.

# fuzz_until SECONDS CMD ...: runs the job at hand until the command succeeds,
# at most so long, and stops it then.  Fails if it never did, or if pf-run did
# not end well.  Give the job more time than that.
fuzz_until()
{
	fuzz_rc=0
	fuzz_begin
	until_true "$@" || fuzz_rc=1
	fuzz_end || fuzz_rc=1
	return $fuzz_rc
}

# fuzz_begin: a bot in the background
fuzz_begin()
{
	pf-run -m "$url" >>"$T/bot.out" 2>>"$T/bot.err" &
	fuzz_bot=$!
	at_end "kill $fuzz_bot 2>/dev/null"
}

# fuzz_end: ends the bot, and the job at hand for good
fuzz_end()
{
	# A heartbeat would tell it of a cancelled job, but not soon.
	kill "$fuzz_bot"
	wait "$fuzz_bot" || return
	pf-sched cancel "$job" >/dev/null
	until_true 20 spool_empty
}

# has_crash TYPE: one was filed for the job at hand
has_crash()
{
	[ "$(master_sql "SELECT count(*) FROM crashes WHERE job_id = '$job'
	    AND type = '$1'")" -gt 0 ]
}

# crash_report TYPE: what was sent with one of them
crash_report()
{
	cat "$PF_STORAGE/crashes/$job/$(master_sql "SELECT hash FROM crashes
	    WHERE job_id = '$job' AND type = '$1' LIMIT 1").json"
}

# quiet_afl: $T/quiet, in which next to nothing is found, and a seed for it; it
# takes little of the machine
quiet_afl()
{
	build_afl quiet <<-'END_C'
	#include <unistd.h>

	int
	main(void)
	{
		char c = 0;

		usleep(1000);
		return read(0, &c, 1) == 1 && c == 'x';
	}
	END_C
	mkdir "$T/seeds"
	echo abcd >"$T/seeds/1"
}

# deep_afl NAME: a persistent target in which a few inputs are found soon, slow
# enough for several of them on the machine; and a seed
deep_afl()
{
	build_afl "$1" <<-'END_C'
	#include <unistd.h>

	__AFL_FUZZ_INIT();

	int
	main(void)
	{
		static volatile int x;
		unsigned char *p;
		int i;

		__AFL_INIT();
		p = __AFL_FUZZ_TESTCASE_BUF;
		while (__AFL_LOOP(10000)) {
			usleep(100);
			for (i = 0; i < __AFL_FUZZ_TESTCASE_LEN && i < 4; i++)
				if (p[i] == "pand"[i])
					x++;
		}
		return 0;
	}
	END_C
	mkdir "$T/seeds"
	echo xxxx >"$T/seeds/1"
}

# in_job FILE: its path in the directory of the job at hand
in_job()
{
	echo "$T/w/slot-0/jobs/$job/$1"
}
