#!/bin/sh
# The paths that only errors take, of the spool, pf-ingest and pf-httpd, under
# the sanitizers: a sample of the errors that the tests beside this one try.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sweep.sh
. "$PF_ROOT/t/lib/sweep.sh"
ldd "$PF_BIN/pf-ingest" | grep -q libasan || skip_all 'not built with sanitizers'
need strace sqlite3 socat
# A leak is looked for by a debugger of its own, and strace is there already.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0:abort_on_error=1
export ASAN_OPTIONS

ingest_base
sweep_ingest
sweep_of pf-ingest "openat.*$T/conf"
sweep_errors 25 EIO ENOSPC

printf 'HTTP' >"$T/input"
mkpack crash "$job" b1 -s 77 "$T/input" >"$T/sent"
{
	printf 'POST /api/v1/results/batch HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n'
	printf 'Content-Type: application/x-pandafuzz-pack\r\nContent-Length: %d\r\n\r\n' \
	    "$(wc -c <"$T/sent")"
	cat "$T/sent"
} >"$T/request"
acknowledged() { grep -q '^HTTP/1.1 200' "$T/out"; }
sweep_run()
{
	printf 'flock 9\nexec %s pf-httpd -i\n' "$*" >"$T/serve"
	run socat -t 2 - EXEC:"sh $T/serve" <"$T/request" 9>"$T/lock"
	flock "$T/lock" true
	status=0
}
sweep_back() { rm -f "${SPOOL:?}"/*/*; }
sweep_broken()
{
	! acknowledged || cmp "$SPOOL"/new/* "$T/sent"
}
sweep_mend()
{
	for _ in 1 2 3; do
		! acknowledged || break
		sweep_run
	done
}
sweep_look() { cat "$SPOOL"/new/* | sort -u; }
sweep_of pf-httpd "openat.*$T/conf" -f
sweep_errors 15 EIO ENOSPC

# And the writer, with a step of its life.
restore
printf '{"op":"register","hostname":"h","capabilities":["a"],"inc":"i"}\n' \
    >"$T/line"
sweep_back() { restore; }
sweep_run() { run "$@" pf-sched apply <"$T/line"; }
sweep_broken() { :; }
sweep_mend() { sweep_run; }
sweep_look() { sql 'SELECT hostname, inc, status FROM bots'; }
sweep_of 'pf-sched apply' "openat.*$T/conf"
sweep_errors 15 EIO ENOSPC
sweep_end

# It can fail: one that frees twice where a rename fails.
[ -z "${PF_CALLS-}" ] || { done_testing; exit; }
# shellcheck source-path=SCRIPTDIR source=lib/mutant.sh
. "$PF_ROOT/t/lib/mutant.sh"
mutant twice lib/store/spoolfile.c '/err = pf_errno("rename %s to %s", f->tmp, to);/{
	s/^/	{/
	s/$/ free(f->tmp); }/
}' pf-ingest
for p in "$PF_BIN"/pf-*; do
	[ -e "$T/twice/bin/${p##*/}" ] || ln -s "$p" "$T/twice/bin/"
done
export PF_CALLS=rename PF_SWEEP=all
failing twice 9004-sanitized-errors.t 'freed twice is caught' \
    'pf-ingest: EIO: a status of the table'
done_testing
