#!/bin/sh
# pf-ingest: what is asked of it on the command line, and every kind filed.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

master </dev/null
leases 1
printf 'boom' >"$T/boom"
printf 'seed %%d' >"$T/seed"

run pf-ingest -h
ran 0 'help'
like "$(cat "$T/out")" '^usage: pf-ingest \[-hnqVvw\] \[-c conf\]$' 'usage'
run pf-ingest -x
ran 64 'unknown option'
like "$(cat "$T/err")" '^usage:' 'usage on stderr'
run pf-ingest extra
ran 64 'an operand'
run pf-ingest -V
like "$(cat "$T/out")" '^pf-ingest [0-9]' 'version'
run pf-ingest -c "$T/nowhere"
ran 78 'no such configuration'
echo '[spool]' >"$T/c2"
echo 'pth = /' >>"$T/c2"
run pf-ingest -c "$T/c2"
ran 78 'a wrong key'
like "$(cat "$T/err")" 'c2:2: unknown key "pth"' 'says where'
printf '[storage]\npath = %s/none\n[spool]\npath = %s\n' "$T" "$SPOOL" >"$T/c3"
run pf-ingest -c "$T/c3"
ran 66 'no database'
like "$(cat "$T/err")" 'pf-sched init' 'says what to do'
printf '[storage]\npath = %s\n[spool]\npath = %s/none\n' "$S" "$T" >"$T/c4"
run pf-ingest -c "$T/c4"
ran 66 'no spool'

run pf-ingest
ran 0 'an empty spool is fine'
is "$(cat "$T/out" "$T/err")" '' 'and says nothing'

mkpack crash "$job" b1 -f type=segfault -f signal=11 -f stack='a < b' \
    -f output='SEGV on address' -f command='t %INPUT%' -f engine=libfuzzer \
    "$T/boom" | lay
mkpack corpus "$job" b1 -n 3 -f name=id:1 -f engine=libfuzzer "$T/seed" | lay
{
	mkpack coverage "$job" b1 -f edges=10 -f exec_count=1000
	mkpack status "$job" b1 -s 2 -f executions=1000 -f execs_per_sec=1.5
} | lay
before=$(cd "$T" && find storage spool | sort)
run pf-ingest -n
ran 0 'dry run'
is "$(cut -f 1,2 "$T/out" | sort | uniq -c | tr -s ' \t\n' '   ')" \
    ' 3 corpus new 1 coverage new 1 crash new 1 status new ' 'says what'
is "$(cd "$T" && find storage spool | sort)" "$before" 'and changes nothing'
is "$(sql 'SELECT count(*) FROM results')" 0 'no row either'
mv "$T/out" "$T/dry"

run pf-ingest
ran 0 'filed'
is "$(cut -f 1-7 "$T/out")" "$(cut -f 1-7 "$T/dry")" 'as the dry run said'
is "$(cat "$T/err")" '' 'no talk'
hash=$(sha "$T/boom")
is "$(grep -c new "$T/out")" 6 'the word new on every line'
is "$(grep ^crash "$T/out" | cut -f 1-6)" \
    "$(printf 'crash\tnew\t%s\tb1\t%s\t4' "$job" "$hash")" 'columns'
is "$(grep ^crash "$T/out" | cut -f 8)" "$(sql 'SELECT id FROM crashes')" \
    'id of the crash'
ok 'input of the crash' cmp "$T/boom" "$S/crashes/$job/$hash"
like "$(cat "$S/crashes/$job/$hash.json")" \
    '^\{"rid":"[0-9a-f]{64}",.*"output":"SEGV on address","command":"t %IN' \
    'its report beside it'
is "$(files "$S/corpus/$job")" 3 'three corpus files'
is "$(cat "$S/corpus/$job/$(printf 'seed 1' | sha256sum | cut -c 1-64)")" \
    'seed 1' 'under the hash of their content'
is "$(stat -c %a "$S/crashes/$job")" 750 'directories are 0750'
is "$(stat -c %a "$S/crashes/$job/$hash")" 640 'files are 0640'
is "$(sql 'SELECT type, signal, stack, command, file_path, count
    FROM crashes')" "segfault|11|a < b|t %INPUT%|crashes/$job/$hash|1" 'row'
is "$(sql 'SELECT file_count, total_size FROM corpus_meta')" '3|18' 'corpus'
is "$(sql 'SELECT edges, exec_count FROM coverage')" '10|1000' 'coverage'
is "$(sql 'SELECT executions, execs_per_sec FROM job_stats')" '1000|1.5' \
    'status'
is "$(files "$SPOOL")" 0 'the spool is empty'
is "$(cat "$S"/metadata/ledger/*.jsonl | wc -l | tr -d ' ')" 6 \
    'six lines in the ledger'
is "$(sql 'SELECT rid FROM results ORDER BY rid')" \
    "$(sed 's/.*"rid":"//; s/".*//' "$S"/metadata/ledger/*.jsonl | sort)" \
    'the ledger has each rid'

# The same records, then the same input in other records.
mkpack crash "$job" b1 -f type=segfault -f signal=11 -f stack='a < b' \
    -f output='SEGV on address' -f command='t %INPUT%' -f engine=libfuzzer \
    "$T/boom" | tee "$T/p" | lay
lay <"$T/p"
mkpack crash "$job" b2 -f type=segfault "$T/boom" | lay
mkpack corpus "$job" b2 -n 4 "$T/seed" | lay
run pf-ingest
ran 0 'again'
is "$(cut -f 1,2 "$T/out" | sort | uniq -c | tr -s ' \t\n' '   ')" \
    ' 3 corpus duplicate 1 corpus new 2 crash again 1 crash duplicate ' \
    'counted once by rid, known by input'
is "$(sql 'SELECT count FROM crashes')" 2 'the crash was reported twice'
is "$(sql 'SELECT file_count FROM corpus_meta')" 4 'four corpus files'
is "$(files "$S/crashes")" 2 'one crash and its report'

# Quiet, and more than one slice in a pack.
mkpack corpus "$job" b1 -n 250 -s 1000 -f name=x "$T/seed" | lay
run pf-ingest -qv
ran 0 'a large pack'
is "$(cat "$T/out")" '' 'quiet'
like "$(cat "$T/err")" '250 filed, 0 refused' 'verbose'
is "$(sql 'SELECT count(*) FROM corpus')" 250 'all of it'

# A line half-written by a dead one does not spoil the next.
printf '{"kind":"cor' >>"$(echo "$S"/metadata/ledger/*.jsonl)"
mkpack status "$job" b1 -s 9999 -f executions=2000 | lay
run pf-ingest
ran 0 'after a torn ledger'
like "$(tail -n 1 "$S"/metadata/ledger/*.jsonl)" \
    '^\{"kind":"status".*"executions":2000,"sum":"[0-9a-f]{16}"\}$' 'a line of its own'

# A long report is cut in the row, whole in the file.
head -c 20000 /dev/zero | tr '\0' '\001' >"$T/long"
printf 'other' >"$T/other"
mkpack crash "$job" b1 -f output="$(head -c 30000 /dev/zero | tr '\0' x)" \
    "$T/other" | lay
mkpack crash "$job" b1 -s 7 -f output="$(head -c 9000 "$T/long")" \
    -f stack="$(head -c 1000 "$T/long")" "$T/long" | lay
run pf-ingest
ran 0 'long reports'
is "$(grep -c new "$T/out")" 2 'both filed'
is "$(sql "SELECT length(output) FROM crashes WHERE size = 5")" 8192 'cut'
like "$(wc -c <"$S/crashes/$job/$(sha "$T/other").json")" '^ *30[0-9]+$' \
    'whole beside the input'

# A clock that is wrong says nothing of when.
printf 'future' >"$T/future"
mkpack corpus "$job" b9 -s 77 -t 9000000000000 "$T/future" | lay
now=$(date +%s)000
run pf-ingest -q
ran 0 'a bot of the year 2255'
is "$(sql "SELECT last_updated BETWEEN $now AND $now + 60000
    FROM corpus_meta")" 1 'the corpus is as new as when it was filed'
done_testing
