#!/bin/sh
# pf-report of crashes that were run again: how often, how surely, how bad.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need sqlite3

master </dev/null
leases 1
target=$(sha "$T/target")
report='==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000011 at pc 0x4f7a5e bp 0x7ffd sp 0x7ffc
WRITE of size 1 at 0x602000000011 thread T0
    #0 0x4f7a5d in parse_name /src/parse.c:12:3
'
printf '%s' "$report" >"$T/report"
for n in always flaky never few plain; do
	printf '%s, a crashing input' "$n" >"$T/$n"
	mkpack crash "$job" b1 -f type=heap-buffer-overflow -f tool=asan \
	    -f stack=parse_name -f output="$report" "$T/$n"
done | lay
# check NAME RUNS SAME [option ...]
again()
{
	name=$1 runs=$2 same=$3
	shift 3
	mkpack check "$job" b1 -s "$runs" -f hash="$(sha "$T/$name")" \
	    -f target="$target" -f build=target -f runs="$runs" \
	    -f crashed="$same" -f same="$same" "$@"
}
{
	again always 10 10 "$T/report"
	again flaky 10 3 "$T/report"
	again never 40 0
	again few 9 0
	printf 'a' >"$T/a"
	mkpack small "$job" b1 -f of="$(sha "$T/flaky")" -f how=ddmin \
	    -f runs=5 -f same=4 "$T/a"
} | lay
check 'filed' 0 '~small	new' - pf-ingest

id()
{
	sql "SELECT id FROM crashes WHERE hash = '$(sha "$T/$1")'"
}
# line NAME FIELD: of the record
line()
{
	pf-report crash "$(id "$1")" | sed -n "s/^$2	//p"
}
short=$(printf '%.12s' "$target")
is "$(line always 'run again')" \
    "target $short: reproduced 10 of 10 (95 % interval 69.2 % to 100.0 %)" \
    'always'
is "$(line flaky 'run again')" \
    "target $short: reproduced 3 of 10 (95 % interval 6.7 % to 65.2 %), flaky" \
    'now and then'
is "$(line never 'run again')" "target $short: reproduced 0 of 40 (95 % \
interval 0.0 % to 8.8 %), not reproduced" 'never'
is "$(line plain 'run again')" '' 'not run again'
is "$(line flaky smaller)" "1 bytes by ddmin, seen 4 of 5 times: \
$S/crashes/$job/$(sha "$T/flaky").min" 'the smaller input'
is "$(cat "$(line always 'its report')")" "$(cat "$T/report")" 'its report'
is "$(line plain severity)|$(line always severity)|$(line few severity)" \
    'critical|critical|critical' 'as bad as the report says'
is "$(line never severity)" \
    'high, lowered from critical for it was not seen again in 40 runs' \
    'lowered'
is "$(line never 'by the rule')" \
    'write-overflow: memory was written beyond its bounds' 'by which rule'

is "$(pf-report crashes | cut -f 11 | sort)" '-
0/40 not reproduced
0/9 not reproduced
10/10
3/10 flaky' 'the list'
is "$(pf-report crashes | cut -f 12 | sort | xargs)" \
    'critical critical critical critical high' 'with how bad each is'
is "$(pf-report -H crashes | head -n 1 | cut -f 12)" severity 'in a column'
if command -v jq >/dev/null; then
	is "$(pf-report -j crash "$(id flaky)" | jq -r '[.runs, .reproduced,
	    .severity, .severity_rule, .severity_lowered, .small.size,
	    (.checks[0] | .build, .runs, .same, .reproducible, .type, .stack,
	    (.low * 1000 | round), (.high * 1000 | round))] | join(" ")')" \
	    '10 3 critical write-overflow false 1 target 10 3 flaky heap-buffer-overflow parse_name 67 652' \
	    'JSON'
	is "$(pf-report -j crash "$(id plain)" | jq -c '[.runs, .checks,
	    .small]')" '[null,[],null]' 'JSON of one that was not run again'
fi

# Another crash than the one that was known, and another build.
printf '#!/bin/sh\n# asan\n' >"$T/asan"
mkpack check "$job" b1 -s 5 -f hash="$(sha "$T/always")" \
    -f target="$(sha "$T/asan")" -f build=asan -f runs=5 -f crashed=2 \
    -f same=0 | lay
check 'filed' 0 '~check	new' - pf-ingest
like "$(line always 'run again' | tail -n 1)" \
    '^asan [0-9a-f]*: reproduced 0 of 5 .*, not reproduced, crashed otherwise 2$' \
    'each build has its line'
is "$(line always severity)" critical 'what was seen again is as bad as ever'

# The lists for other programs: medium by its report, and never seen again.
printf '%s' "$report" | sed 's/WRITE/READ/; s/parse_name/look/' >"$T/reads"
printf 'gone, a crashing input' >"$T/gone"
{
	mkpack crash "$job" b1 -s 9 -f type=heap-buffer-overflow -f tool=asan \
	    -f output="$(cat "$T/reads")" "$T/gone"
	again gone 40 0
} | lay
check 'filed' 0 '~check	new' - pf-ingest
is "$(line gone severity | cut -d , -f 1)" low 'lowered from medium'
is "$(pf-report -j crash "$(id gone)" | grep -o '"severity":' | wc -l)" 1 \
    'told once'
if command -v jq >/dev/null; then
	is "$(pf-report crashes -o sarif | jq -r '.runs[0].results[] |
	    select(.message.text | endswith("look")) | [.level,
	    .properties.severity, .properties."security-severity"] |
	    join(" ")')" 'note low 3.0' 'SARIF has it lower'
fi
like "$(pf-report crashes -o junit)" \
    'severity: low, .*; lowered from medium for it was not seen again in 40 runs' \
    'and JUnit'
done_testing
