#!/bin/sh
# The target that crashes were found with, given as a build: it is run as any
# other, and what was known of the builds before it stays known.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need sqlite3

master </dev/null
job=$(pf-sched submit -N n -e libfuzzer -t "$T/target" -C c)
printf 'bang' >"$T/bang"
mkpack crash "$job" b1 -f type=abort -f stack=bang "$T/bang" | lay
# told RUNS SAME TARGET: runs of it on that, SAME of which crashed as it does
seq=1
told()
{
	seq=$((seq + 1))
	mkpack check "$job" b1 -s "$seq" -f hash="$(sha "$T/bang")" \
	    -f target="$(sha "$3")" -f build=target -f runs="$1" \
	    -f crashed="$2" -f same="$2" | lay
	check "$2 of $1 runs on ${3##*/}" 0 '~new' - pf-ingest
}
# verdicts: of the builds, each with the runs that would call it fixed
verdicts()
{
	pf-report regressions -C c | sort -n -k 2 |
	    awk '{ print $2 ":" $6 ":" $10 }' | xargs
}
for n in 1 2 4; do
	printf '#!/bin/sh\n# build %s\n' "$n" >"$T/v$n"
	chmod +x "$T/v$n"
done
told 10 10 "$T/target"
for n in 1 2; do
	check "build $n" 0 "~^$n	[0-9a-f-]*	1\$" - \
	    pf-sched build -C c -t "$T/v$n"
	told 8 0 "$T/v$n"
done
is "$(verdicts)" '1:fixed:8 2:fixed:8' 'it is fixed in two builds'

check 'then what it was found with' 0 '~^3	[0-9a-f-]*	1$' - \
    pf-sched build -C c -t "$T/target"
check 'it crashes there, as was known before' 1 '~regressed' - \
    pf-report regressions
is "$(verdicts)" '1:fixed:8 2:fixed:8 3:regressed:8' \
    'those before are still fixed'
check 'the same again' 0 '=3	-	0' - pf-sched build -C c -t "$T/target"
told 8 8 "$T/target"
check 'and build 4' 0 '~^4	[0-9a-f-]*	1$' - \
    pf-sched build -C c -t "$T/v4"
is "$(verdicts | cut -d ' ' -f 4)" 4:unknown:6 \
    'the rate is that of eighteen runs, each counted once'
told 8 8 "$T/v4"
check 'it was in the build before' 0 '~still' - pf-report regressions -b 4
is "$(verdicts)" '1:fixed:6 2:fixed:6 3:regressed:6 4:still:6' \
    'a row for each build'

# Or before all others.
job=$(pf-sched submit -N n -e libfuzzer -t "$T/target" -C d)
mkpack crash "$job" b1 -f type=abort -f stack=bang "$T/bang" | lay
told 10 10 "$T/target"
check 'as the first build' 0 '~^1	[0-9a-f-]*	1$' - \
    pf-sched build -C d -t "$T/target"
check 'there it is still' 0 '~still' - pf-report regressions -C d
check 'the second' 0 '~^2	' - pf-sched build -C d -t "$T/v1"
told 8 0 "$T/v1"
check 'has it fixed' 0 '~fixed' - pf-report regressions -C d -b 2
check 'the third' 0 '~^3	' - pf-sched build -C d -t "$T/v2"
told 8 8 "$T/v2"
check 'has it again' 1 '~regressed' - pf-report regressions -C d
done_testing
