#!/bin/sh
# The rules in force reach all that tells of crashes: SARIF, JUnit, and
# bundles, whose repro.sh goes by them on another machine.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need jq sqlite3 xmllint tar
master </dev/null

# A target that dies of what its input says: a frame a line.
cat >"$T/dies" <<'EOT2'
#!/bin/sh
echo '==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x6020' >&2
echo 'READ of size 1 at 0x602000000011 thread T0' >&2
n=0
while read -r f; do
	echo "    #$n 0x4f7a5d in $f /src/$f.c:$((n + 10)):3" >&2
	n=$((n + 1))
done <"$1"
exit 1
EOT2
chmod +x "$T/dies"
dies=$(pf-sched submit -N dies -e blackbox -t "$T/dies")
seq=0
# crash NAME FRAME ...
crash()
{
	name=$1 seq=$((seq + 1))
	shift
	printf '%s\n' "$@" >"$T/$name"
	"$T/dies" "$T/$name" 2>"$T/said"
	mkpack crash "$dies" b1 -s "$seq" -t "$seq" -f engine=blackbox \
	    -f type=other -f 'command=%TARGET% %INPUT%' \
	    -f "output=$(cat "$T/said")" "$T/$name"
}
{
	crash png xmalloc get parse png load
	crash gif xmalloc get parse gif load
	crash tar other far away
} | lay
check 'filed' 0 '~crash	new' - pf-ingest
id() { sql "SELECT id FROM crashes WHERE hash = '$(sha "$T/$1")'"; }
of() { pf-report -j explain crash "$(id "$1")" | jq -r "$2"; }
first='.runs[0].results[] |
    select(.message.text | test("other|gif") | not) | '
sarif() { pf-report crashes -o sarif | jq -r "$1"; }
words() { pf-report crashes -o junit | xmllint --xpath "$1" -; }
message='Heap-buffer-overflow READ 1 in'
open_bundle()
{
	rm -rf "$T/open" && mkdir "$T/open"
	pf-report bundle -T "$(id "$1")" | tar -xf - -C "$T/open"
	mv "$T"/open/crash-*/* "$T/open/"
}
about() { sed -n "s/^$1	//p" "$T/open/about"; }
repro() { (cd "$T/open" && TMPDIR=$T sh repro.sh "$@"); }

is "$(sarif "$first.message.text")" "$message xmalloc < get < parse" \
    'without rules the first three'
is "$(sarif "$first.locations[0].physicalLocation.region.startLine")" 10 \
    'and the first line'
open_bundle png
is "$(wc -c <"$T/open/rules")" 0 'a bundle without rules says so'
is "$(about key)" "$(about major)" 'then the key is the major hash'

# A frame that does not count, written as a person does.
printf '# ours\r\n\tfunction   xmalloc* \r\nfile */nothing here/*\n' \
    >"$T/rules"
check 'rules' 0 '~in force' '~line 3 fits no crash: ' pf-sched rules apply "$T/rules"
is "$(sarif "$first.message.text")" "$(echo "$message" | sed 's/1/{{*}}/') get < parse < png" \
    'SARIF has the frames that the rules leave'
is "$(sarif "$first.locations[0].physicalLocation.region.startLine")" 11 \
    'the place is the first of them'
is "$(sarif "$first.locations[0].logicalLocations[0].fullyQualifiedName")" \
    get 'and its function'
v=$(of png .rules)
like "$v" '[+]' 'the version is that of the rules'
is "$(sarif "$first.partialFingerprints.\"pandafuzzMajor/v$v\"")" \
    "$(of png .major)" 'the fingerprint tells the version and their hash'
is "$(sarif "$first.partialFingerprints.\"pandafuzzBucket/v1\"")" \
    "$(of png .bucket)" 'and the bucket by them'
is "$(words 'string(//testcase[contains(@name, "png")]/failure/@message)')" \
    "$(echo "$message" | sed 's/1/{*}/') get < parse < png" 'JUnit has them too'
is "$(words 'string(//testcase[contains(@name, "png")]/@line)')" 11 'with the line'
open_bundle png
is "$(about state)" 'get < parse < png' 'a bundle has them'
is "$(about rules) $(about major) $(about bucket)" \
    "$v $(of png .major) $(of png .bucket)" 'and version, hash and bucket'
ok 'the text of the rules goes along' cmp "$T/rules" "$T/open/rules"

# On another machine, with pf-triage and without.  The input is made to die
# elsewhere, which the bundle notices; so its sum is made to fit.
bin=$PATH
plain=/usr/local/bin:/usr/bin:/bin
other()
{
	printf '%s\n' "$@" >"$T/open/input"
	sed "s/^input_sha=.*/input_sha=$(sha "$T/open/input")/" \
	    "$T/open/repro.sh" >"$T/open/new"
	mv "$T/open/new" "$T/open/repro.sh"
}
check 'the same bug' 0 '~by pf-triage' - repro
PATH=$plain
check 'without pf-triage' 0 '~by kind and frames' - repro
PATH=$bin
other xmalloc_again get parse png
check 'another frame that does not count' 0 '~by pf-triage' - repro
PATH=$plain
check 'nor without pf-triage' 0 '~by kind and frames.* in get < parse < png' \
    - repro
PATH=$bin
other xmalloc get parse gif
check 'a frame that counts' 1 '~by pf-triage' - repro
rm "$T/open/rules"
check 'rules that are lost' 3 - '~the bundle is not whole: no rules' repro

# What looks alike is told apart, and what does not is one.
check 'back' 0 '~in force' - pf-sched rules undo
{
	echo "split $(of png .major) function gif"
	echo "merge $(of tar .major) $(of png .major)"
} >"$T/rules"
check 'rules for crashes' 0 '~in force' - pf-sched rules apply "$T/rules"
is "$(of png .bucket)|$(of gif .by)" "$(of tar .bucket)|split by function" \
    'a merge and a split'
is "$(sarif '[.runs[0].results[].properties.samples | tostring] | sort |
    join(" ")')" '1 2' 'SARIF has a result for each'
open_bundle png
is "$(about key)" "$(of png .key)" 'the key in a bundle'
other other far away
check 'what is merged is the same' 0 '~by pf-triage' - repro
other xmalloc get parse gif load
check 'what is split is not' 1 '~by pf-triage' - repro
other nothing known here
check 'nor is anything else' 1 '~by pf-triage' - repro
done_testing
