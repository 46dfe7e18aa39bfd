#!/bin/sh
# pf-run delivers what lies in its outbox to a pf-httpd: killed at every
# system call, with an error at each, with short writes and without memory.
# At no time is a result neither here nor there, and in the end the master
# has each and the outbox keeps what was refused.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sweep.sh
. "$PF_ROOT/t/lib/sweep.sh"
whole
need strace

printf '%s\n' 'corpus_size = 20' '[retry.communication]' 'max_retries = 2' \
    'initial_delay = 10ms' 'max_delay = 20ms' '[retry.update_recovery]' \
    'initial_delay = 10ms' 'max_delay = 20ms' '[circuit_breaker]' \
    'max_failures = 100' '[bot]' 'name = bot' "work_directory = $T/w" \
    'capabilities = libfuzzer' >"$T/settings"
master_new - <"$T/settings"
master_start httpd
pf-run -q -m "$url" 2>/dev/null
out=$T/w/slot-0/outbox
printf 'input %%d' >"$T/in"
mkpack crash job-1 bot-1 -n 3 -d "$out" "$T/in" >/dev/null
printf 'more than the twenty bytes that are allowed' >"$T/long"
{
	mkpack corpus job-1 bot-1 -s 10 "$T/in"
	mkpack corpus job-1 bot-1 -s 11 "$T/long"
	mkpack status job-1 bot-1 -s 12 -f executions=5
	mkpack log job-1 bot-1 -s 13 -f offset=0 "$T/in"
} >"$out/new/0000000000000001-0000000000000001"

# rids FILE ...: of what lies in these
rids() { cat "$@" 2>/dev/null | grep -ao '^[0-9a-f]\{64\} [0-9]*$' | cut -c 1-64; }
rids "$out"/new/* | sort >"$T/all"
is "$(wc -l <"$T/all")" 7 'seven results wait'
cp -a "$T/w" "$T/base"

sweep_back()
{
	free
	rm -rf "${T:?}/w" "${PF_SPOOL:?}"/new/* "${PF_SPOOL:?}"/tmp/*
	cp -a "$T/base" "$T/w"
}
# A slot may outlive the process that started it by a moment.
free() { [ ! -e "$T/w/lock" ] || flock "$T/w/lock" true; }
sweep_run() { run "$@" pf-run -q -m "$url"; }
sweep_broken()
{
	{
		rids "$out"/*/* "$PF_SPOOL"/new/*
		find "$out/bad" -name '*.rec' | sed 's|.*/||; s|\..*||'
	} | sort -u >"$T/there"
	comm -23 "$T/all" "$T/there"
}
sweep_mend()
{
	for _ in 1 2 3; do
		free
		sweep_run
		[ "$status" -gt 1 ] || break
	done
	# No job is the right end.
	[ "$status" -ne 1 ] || status=0
}
sweep_look()
{
	rids "$PF_SPOOL"/new/* | sort -u
	(cd "$out" && find new cur bad -type f -exec sha256sum '{}' + | sort)
}

sweep_of pf-run "openat.*$T/w" -f
is "$(wc -l <"$T/want")" 8 'six arrive, one is refused and kept'
sweep_kill 10
sweep_chain 8 2
sweep_errors 3 EIO ENOSPC EINTR EMFILE
sweep_nth 'short write' short SHORT 2
sweep_nth 'no memory' mf MF 4
sweep_end

# It can fail.
sweep_back
rm -f "${out:?}"/new/*1-0000000000000001
is "$(sweep_broken | wc -l)" 4 'what is nowhere would be seen'
done_testing
