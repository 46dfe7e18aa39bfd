#!/bin/sh
# pf-report crashes and crash: the command that is printed works.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

# A path that has to be quoted in a command line.
S="$T/a store'd" SPOOL=$T/spool
master </dev/null
cat >"$T/target" <<'EOF'
#!/bin/sh
# dies of what reads "boom"
echo "with $1"
! grep -q boom "$2"
EOF
job=$(pf-sched submit -N 'demo' -e libfuzzer -t "$T/target")
bot=$(pf-registry register -H host -N slot-0 -e libfuzzer -i i1)

field()
{
	sed -n "s,^$1	,,p" "$T/out"
}
# crash SEQ FILE FIELD ...
crash()
{
	seq=$1 file=$2
	shift 2
	for f; do
		set -- "$@" -f "$f"
		shift
	done
	mkpack crash "$job" "$bot" -i i1 -E 1 -A 1 -s "$seq" -t "$seq" \
	    -f engine=libfuzzer "$@" "$file" | lay
	pf-ingest -q
}

printf 'boom 1' >"$T/1"
printf 'boom 2' >"$T/2"
esc=$(printf 'line 1\n\033[2Jline 2')
crash 1 "$T/1" type=heap-buffer-overflow tool=asan signal=6 exit_code=77 \
    'stack=parse < main' "output=$esc" \
    "command=%TARGET% -runs=1 %INPUT%" \
    "target_hash=$(sha "$T/target")" run_seed=3046428154
crash 2 "$T/2" type=segfault tool= signal=11
crash 3 "$T/1" type=heap-buffer-overflow tool=asan signal=6 exit_code=77
mkpack crash "$job" b2 -s 4 -t 4 -f type=other "$T/1" | lay
pf-ingest -q

run pf-report crashes
ran 0 'crashes'
is "$(cat "$T/err")" '' 'crashes: nothing on stderr'
is "$(cut -f 2-6,8-10 "$T/out")" \
    "heap-buffer-overflow	asan	$(sha "$T/1")	6	demo	3	yes	$job
segfault	signal 11	$(sha "$T/2")	6	demo	1	yes	$job" \
    'what, where, how often'
first=$(head -n 1 "$T/out" | cut -f 1)
second=$(tail -n 1 "$T/out" | cut -f 1)
run pf-report crashes -J "$job"
is "$(wc -l <"$T/out" | tr -d ' ')" 2 'of one job'

run pf-report crash "$first"
ran 0 'crash'
is "$(field stack)" 'parse < main' 'its stack'
is "$(field target_hash) $(field run_seed)" "$(sha "$T/target") 3046428154" \
    'what crashed, and the seed'
like "$(cat "$S/crashes/$job/$(sha "$T/1").json")" \
    "\"target_hash\":\"$(sha "$T/target")\",\"run_seed\":3046428154" \
    'as in the report beside it'
is "$(field output)" 'line 1\n\x1b[2Jline 2' 'its report, harmless'
is "$(field bots)" "$bot (2), b2 (1)" 'which bots have found it'
is "$(field input)" "$S/crashes/$job/$(sha "$T/1")" 'its input'
repro=$(field reproduce | sed 's,\\\\,\\,g')
run pf-report crash -x "$first"
ran 0 'crash -x'
is "$(cat "$T/out")" "$repro" 'the command alone'
is "$(cat "$T/err")" '' 'crash -x: nothing on stderr'
run sh -c "$(cat "$T/out")"
ran 1 'it runs, and the crash happens again'
is "$(cat "$T/out")" 'with -runs=1' 'with its arguments'
run pf-report -j crash "$first"
is "$(sqlite3 :memory: "SELECT json_extract(readfile('$T/out'),
    '\$.reproduce')")" "$repro" 'the same in JSON'
is "$(sqlite3 :memory: "SELECT json_extract(readfile('$T/out'), '\$.count')")" \
    3 'and how often'
is "$(sqlite3 :memory: "SELECT json_extract(readfile('$T/out'),
    '\$.stack') = json_extract(readfile('$T/out'), '\$.stack_trace')")" 1 \
    'the stack by both of its names'
is "$(sqlite3 :memory: "SELECT value ->> 'bot', value ->> 'count',
    value ->> 'first_seen' <= value ->> 'last_seen'
    FROM json_each(readfile('$T/out'), '\$.bots')")" "$bot|2|1
b2|1|1" 'and by whom'

# What cannot be reproduced is said so.
run pf-report crash -x "$second"
ran 66 'a crash without a command'
is "$(cat "$T/out")" '' 'prints nothing that could be run'
like "$(cat "$T/err")" 'its bot told no command; the input is /' 'but where'
run pf-report crash "$second"
ran 0 'the crash itself is shown'
is "$(field reproduce)" - 'without a command'
is "$(field target_hash) $(field run_seed)" "$(sha "$T/target") -" \
    'of the target of its job, the seed is not known'
echo bad >"$T/bad"
mkpack crash "$job" "$bot" -s 99 -f target_hash=../../x "$T/bad" | lay
check 'a target that is no hash' 0 - '~target_hash is not the 64 hex digits of a SHA-256' pf-ingest
rm "$SPOOL"/bad/*
# Of seventeen two begin with the same digit.
printf 'more %%d' >"$T/more"
mkpack crash "$job" "$bot" -i i1 -n 17 -s 100 "$T/more" | lay
pf-ingest -q
run pf-report crash "$(sql 'SELECT substr(id, 1, 1) FROM crashes GROUP BY 1
    HAVING count(*) > 1 LIMIT 1')"
ran 65 'a beginning of both'
like "$(cat "$T/err")" 'fits more than one crash' 'is refused'
mv "$S/crashes/$job" "$S/crashes/away"
run pf-report crash -x "$first"
ran 66 'an input that is gone'
like "$(cat "$T/err")" 'its input .* is gone' 'is named'
mv "$S/crashes/away" "$S/crashes/$job"
mv "$S/targets" "$S/away"
run pf-report crash -x "$first"
ran 66 'a target that is gone'
like "$(cat "$T/err")" 'its target .* is gone' 'is named'
mv "$S/away" "$S/targets"

# No text of a bot's reaches a shell: not by a quote that the path of the
# input would end, not as another program, not as a setting.
n=10
told()
{
	n=$((n + 1))
	printf 'boom %d' "$n" >"$T/$n"
	crash "$n" "$T/$n" type=other "command=$1"
	id=$(sql "SELECT id FROM crashes WHERE hash = '$(sha "$T/$n")'")
}
told "%TARGET% '%INPUT%; touch evil #' %INPUT%"
run pf-report crash -x "$id"
ran 0 'the input in a quoted word'
(cd "$T" && sh -c "$(cat out)" >said)
is $? 1 'it runs'
is "$(cat "$T/said")" "with $S/crashes/$job/$(sha "$T/$n"); touch evil #" \
    'the word is one'
told "%TARGET% 'a b' < %INPUT%"
is "$(pf-report crash -x "$id" | sed 's/.* .a b. < //')" \
    "'$T/a store'\\''d/crashes/$job/$(sha "$T/$n")'" 'the input behind <'
# shellcheck disable=SC2016 # no shell's at all
for c in 'touch evil' '%TARGET% %INPUT%; touch evil' '%TARGET% $(touch evil)' \
    'LD_PRELOAD=%INPUT% %TARGET%' 'A=1 %TARGET% %INPUT%' \
    'sh %TARGET%' '%TARGET% > evil'; do
	told "$c"
	check "refused: $c" 65 - \
	    '~^pf-report: crash .*: its command is not one that is run' \
	    pf-report crash -x "$id"
	run pf-report crash "$id"
	is "$(field reproduce) $(field input)" \
	    "- $S/crashes/$job/$(sha "$T/$n")" 'and shown without it'
done
ok 'nothing was run' test ! -e evil -a ! -e "$T/evil"

run sh -c "pf-report crash $first >/dev/full"
ran 74 'stdout that cannot be written'

if command -v script >/dev/null; then
	script -qec "pf-report crash $first" /dev/null </dev/null |
	    tr -d '\r' >"$T/tty"
	is "$(tail -n 1 "$T/tty")" "$repro" 'people get the command last'
	is "$(grep -c "$(printf '\033')" "$T/tty")" 0 'and no escapes'
	ok 'the report is lines' grep -qx 'line 1' "$T/tty"
else skip 'no script(1)'; fi
done_testing
