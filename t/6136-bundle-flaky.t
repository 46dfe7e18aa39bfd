#!/bin/sh
# repro.sh of what crashes now and then: it is run until it does, as often as
# is enough by what bots saw.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
need sqlite3 cc tar
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

master </dev/null

# It crashes in its fourth run, the runs being counted in the file that the
# input names; and not where an earlier one was.
cat >"$T/flaky.c" <<'!'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	char path[4096] = "";
	FILE *f;
	long n;

	if (argc != 2 || access("was-here", F_OK) == 0 ||
	    fclose(fopen("was-here", "w")) != 0 ||
	    (f = fopen(argv[1], "r")) == NULL ||
	    fgets(path, sizeof(path), f) == NULL)
		return 7;
	path[strcspn(path, "\n")] = '\0';
	if ((f = fopen(path, "a")) == NULL || fputc('x', f) == EOF ||
	    fflush(f) != 0 || (n = ftell(f)) < 0)
		return 8;
	if (n == 4)
		abort();
	return 0;
}
!
ok 'the target is built' cc -o "$T/flaky" "$T/flaky.c"
pf-sched submit -N flaky -e blackbox -t "$T/flaky" >"$T/job" 2>/dev/null
target=$(sha "$T/flaky")

# seen NAME [RUNS SAME]: a crash, which was run again so often
seen()
{
	printf '%s\n' "$T/runs.$1" >"$T/$1"
	mkpack crash "$(cat "$T/job")" b1 -f engine=blackbox -f type=abort \
	    -f tool=signal -f signal=6 -f 'command=%TARGET% %INPUT%' \
	    -f target_hash="$target" "$T/$1"
	[ $# -eq 1 ] || mkpack check "$(cat "$T/job")" b1 -s "$2" \
	    -f hash="$(sha "$T/$1")" -f target="$target" -f build=target \
	    -f runs="$2" -f crashed="$3" -f same="$3"
}
{
	seen always 10 10
	seen flaky 11 3
	seen never 12 0
	seen plain
} | lay
pf-ingest -q
for name in always flaky never plain; do
	id=$(sql "SELECT id FROM crashes WHERE hash = '$(sha "$T/$name")'")
	pf-report bundle -T "$id" | tar -C "$T" -xf - &&
	    mv "$T/crash-$id" "$T/d.$name"
	sed -n 's/^tries=//p' "$T/d.$name/repro.sh"
done >"$T/tries"
is "$(tr '\n' ' ' <"$T/tries")" '8 149 180 180 ' \
    'as many runs as would show what bots saw'

runs() { wc -c <"$T/runs.$1" | tr -d ' '; }
check 'a crash that comes now and then' 0 '~^same bug, ' - \
    sh "$T/d.flaky/repro.sh"
is "$(runs flaky)" 4 'is seen in the run that has it, the last one'
began=$(date +%s)
# shellcheck disable=SC2016 # the inner shell's
check 'but not in every one' 2 \
    '~^no crash: the target ended with status 0, in 8 of 8 runs$' - \
    sh -c 'printf xxxx >"$1" && exec sh "$2"' - "$T/runs.always" \
    "$T/d.always/repro.sh"
is "$(runs always)" 12 'though it was run so often'
ok 'and waits for nothing else' test $(($(date +%s) - began)) -lt 100
sed 's/^patience=.*/patience=0/' "$T/d.never/repro.sh" >"$T/script" &&
    cp "$T/script" "$T/d.never/repro.sh"
check 'nor for longer than one has patience' 2 \
    '~with status 0, in 1 of 180 runs$' - sh "$T/d.never/repro.sh"
is "$(runs never)" 1 'which is said'

# Who wants the status only.
for shell in sh bash 'busybox sh'; do
	command -v "${shell%% *}" >/dev/null || continue
	for closed in '2>&-' '>&-' '>&- 2>&-'; do
		rm -f "$T/runs.flaky"
		check "$shell, $closed" 0 '*' - \
		    sh -c "exec $shell \"\$1\" $closed" - "$T/d.flaky/repro.sh"
	done
done
done_testing
