#!/bin/sh
# A database of version 1 with results in it, brought up to date.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
need sqlite3

S=$T/storage
PF_CONF=$T/conf
export PF_CONF
printf '[storage]\npath = %s\n[spool]\npath = %s/spool\n' "$S" "$T" >"$PF_CONF"
mkdir -p "$S/data"
db=$S/data/pandafuzz.db
{
	echo 'PRAGMA application_id = 1346782769; PRAGMA user_version = 1;'
	cat "$PF_ROOT/lib/store/schema.sql"
	cat <<'!'
INSERT INTO campaigns VALUES ('c', 'old', 1, 7, 0, 0);
INSERT INTO jobs (id, campaign, name, kind, target, target_hash, fuzzer,
    status, priority, created_at, work_dir, duration, memory_limit, timeout,
    seed_corpus, output_dir, args, options) VALUES ('j', 'c', 'n', 'fuzz',
    't', 'th', 'libfuzzer', 'completed', 1, 1, 'w', 1, 0, 1, '[]', 'o', '[]',
    '{}');
INSERT INTO crashes (id, job_id, bot_id, hash, file_path, type, signal,
    exit_code, timestamp, size, is_unique, tool, stack, output, command,
    engine, count, first_seen, last_seen) VALUES ('x', 'j', 'b1', 'h', 'f',
    't', 0, 0, 5, 1, 1, '', '', '', '', '', 3, 10, 20);
INSERT INTO corpus VALUES ('j', 'h1', 1, 'b1', '', '', 1000, 'c1'),
    ('j', 'h2', 1, 'b1', '', '', 9000000000000, 'c2');
INSERT INTO results VALUES
    ('r1', 'crash', 'j', 'b1', 5, 0, '"late":false,"id":"x","unique":true'),
    ('r2', 'crash', 'j', 'b2', 6, 0, '"late":false,"id":"x"'),
    ('r3', 'crash', 'j', 'b2', 7, 0, '"late":false,"id":"x"'),
    ('r4', 'crash', 'j', 'b3', 8, 0, '"late":false,"dropped":true,"id":"x"'),
    ('r5', 'status', 'j', 'b1', 8, 0, '"late":false');
!
} | sqlite3 "$db"
sql() { sqlite3 -readonly "$db" "$1"; }

check 'init' 0 "=ready	$S" - pf-sched init
is "$(sql 'SELECT crash, bot, first_seen, last_seen, count FROM crash_bots')" \
    'x|b1|10|20|1
x|b2|10|20|2' 'which bots have found a crash is taken from the results'
is "$(sql 'SELECT bot_id, rid FROM crashes')" 'b1|' \
    'whose report it was is not known'
is "$(sql 'SELECT target_hash, run_seed IS NULL FROM crashes')" 'th|1' \
    'what crashed was the target of its job'
now=$(date +%s)000
is "$(sql "SELECT count(*) FROM corpus_meta WHERE last_updated
    BETWEEN $now - 60000 AND $now")" 1 'no corpus is of the future'
is "$(sql 'SELECT seq, job_id, hash, campaign, target_hash FROM shared
    JOIN pools ON id = pool')" '3|j|h1|c|
4|j|h2|c|' 'inputs are shared from the first on'

# Pages of lists are read from an index, wherever they lie.
is "$(sql "EXPLAIN QUERY PLAN SELECT id FROM crashes WHERE job_id = 'j' AND
    (first_seen, id) < (9, 'x') ORDER BY first_seen DESC, id DESC LIMIT 9;
    EXPLAIN QUERY PLAN SELECT id FROM buckets WHERE campaign = 'c' AND
    (first_seen, id) < (9, 'x') ORDER BY first_seen DESC, id DESC LIMIT 9" |
    sed -n 's/.*--//p' | sed 's/USING.*INDEX //')" \
    'SEARCH crashes crashes_by_job (job_id=? AND (first_seen,id)<(?,?))
SEARCH bucket_rows buckets_by_campaign (rules=? AND campaign=? AND (first_seen,id)<(?,?))
SCALAR SUBQUERY 3
SCAN placing' \
    'a page of crashes or buckets is read as such'
is "$(sql 'SELECT id, name, kind, target_hash, status, waiting FROM jobs')" \
    'j|n|fuzz|th|completed|0' 'jobs are as they were'
is "$(sql "EXPLAIN QUERY PLAN SELECT id, priority, created_at FROM jobs WHERE
    status = 'pending' AND waiting = 0 AND fuzzer = 'f' AND campaign = 'c'
    AND kind = 'regress' ORDER BY priority DESC, created_at, id LIMIT 1;
    EXPLAIN QUERY PLAN SELECT first_seen, id FROM buckets WHERE campaign = 'c'
    AND (first_seen, id) > (9, 'x') ORDER BY first_seen, id LIMIT 1;
    EXPLAIN QUERY PLAN SELECT id, fuzzer FROM jobs WHERE campaign = 'c' AND
    fuzzer = 'f' AND kind = 'fuzz' ORDER BY id DESC LIMIT 1;
    EXPLAIN QUERY PLAN SELECT hash FROM regressions WHERE job = 'j'
    ORDER BY hash" |
    sed -n 's/.*--//p' | sed 's/USING.*INDEX //')" \
    'SEARCH jobs jobs_pending (fuzzer=? AND campaign=? AND kind=?)
SEARCH bucket_rows buckets_by_campaign (rules=? AND campaign=? AND (first_seen,id)>(?,?))
SCALAR SUBQUERY 3
SCAN placing
SEARCH jobs jobs_of_fuzzer (campaign=? AND fuzzer=?)
SEARCH regressions regressions_by_job (job=?)
USE TEMP B-TREE FOR ORDER BY' \
    'a job of a kind, a build and what it is tried with cost no search'
done_testing
