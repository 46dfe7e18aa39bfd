#!/bin/sh
# Flipped bits and garbage in the database: each is refused as damage, found
# by pf-ingest fsck, or without effect on any row of results, jobs, leases,
# bots and campaigns; and a restore brings back all that was ever filed.  PF_SWEEP=all: a thousand of them.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
# shellcheck source-path=SCRIPTDIR source=lib/mutant.sh
. "$PF_ROOT/t/lib/mutant.sh"
whole
need perl sqlite3 make gcc

flips=200 garbage=30
[ "${PF_SWEEP:-}" != all ] || flips=1000 garbage=200

master </dev/null
leases 1
db=$S/data/pandafuzz.db
pf-sched -q submit -N other -e libfuzzer -t "$T/target" >"$T/job2"
now=$(date +%s)
# results FROM TO: of each kind, some inputs found twice or in two jobs
results()
{
	for n in $(seq "$1" "$2"); do
		printf 'input %s' "$n" >"$T/input"
		mkpack crash "$job" b1 -s $((n * 10)) -f "type=t$((n % 3))" \
		    -f "stack=f$n < g < h" -f "tool=asan" -f "signal=11" \
		    -f "output=report $n" -f "command=x %INPUT%" "$T/input"
		mkpack crash "$job" b2 -s $((n * 10)) -f "type=t$((n % 3))" \
		    -f "stack=f$n < g < h" "$T/input"
		mkpack corpus "$job" b1 -s $((n * 10 + 1)) -f "name=id:$n" \
		    -f engine=libfuzzer "$T/input"
		mkpack corpus "$(cat "$T/job2")" b2 -s $((n * 10 + 1)) \
		    "$T/input"
		mkpack coverage "$job" b1 -s $((n * 10 + 2)) \
		    -t $(((now - 600 + n) * 1000)) -f edges=$((n * 7)) \
		    -f exec_count=$((n * 1000)) -f "execs_per_sec=$n.37"
		mkpack status "$job" b1 -s $((n * 10 + 3)) \
		    -t $(((now - 600 + n) * 1000)) -f executions=$((n * 1000)) \
		    -f "execs_per_sec=$n.37" -f state=fuzzing
		mkpack log "$job" b1 -s $((n * 10 + 4)) -t $((now * 1000)) \
		    -f "offset=$((n * 10))" "$T/input"
	done | lay
	pf-ingest -q
}
results 1 15
pf-sched -q backup "$T/backup" >/dev/null
results 16 30
pf-sched -q snapshot
sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
cp "$db" "$T/whole.db"
check 'a whole one' 0 - - pf-ingest fsck

# All that is a result, or is counted of results; a counter at 0 is as none.
# Of the others what a snapshot is held against: signs of life are not.
dump()
{
	sqlite3 -readonly "$db" 'SELECT id, campaign, name, kind, target, target_hash, fuzzer,
	    status, assigned_bot, priority, created_at, started_at,
	    completed_at, timeout_at, work_dir, duration, memory_limit,
	    timeout, dictionary, seed_corpus, output_dir, args, options,
	    request, epoch, attempt, strikes, cancel, message, archived_at
	    FROM jobs ORDER BY id;
	    SELECT job_id, epoch, attempt, bot_id, inc, timestamp, status,
	    start_tick, given_tick, ended_at, result FROM assignments
	    ORDER BY 1, 2, 3;
	    SELECT id, name, hostname, status, inc, capabilities,
	    current_job, registered_at, failure_count, drain, gone_at
	    FROM bots ORDER BY id;
	    SELECT id, name, weight, status, created_at, ended_at,
	    description, tags FROM campaigns ORDER BY id' || return 1
	for t in results crashes corpus corpus_meta coverage job_stats buckets; do
		sqlite3 -readonly "$db" "SELECT * FROM $t" || return 1
	done | sort
	sqlite3 -readonly "$db" 'SELECT * FROM counters
	    WHERE value <> 0' | sort
}
dump >"$T/whole.dump"

# hurt N WHAT: the N-th bit flipped, or bytes of a page made garbage, at random
# but the same each time
# shellcheck disable=SC2016
hurt()
{
	perl -e 'my ($path, $n, $what) = @ARGV;
	srand(20 + $n * 7919 + ($what eq "flip" ? 0 : 1));
	open(my $f, "+<", $path) or die; my $size = -s $f; my $b;
	if ($what eq "flip") {
		my $at = int(rand($size)); seek($f, $at, 0); read($f, $b, 1);
		# Zeros are mostly room that nobody uses.
		while (ord($b) == 0) {
			$at = int(rand($size)); seek($f, $at, 0); read($f, $b, 1);
		}
		seek($f, $at, 0);
		print $f chr(ord($b) ^ (1 << int(rand(8))));
		print "byte $at";
	} else {
		my $at = 4096 * int(rand($size / 4096)) + int(rand(4000));
		my $len = 1 + int(rand(96));
		seek($f, $at, 0);
		print $f chr(int(rand(256))) for 1 .. $len;
		print "$len bytes at $at";
	}' "$db" "$1" "$2"
}

# sweep PROGRAM WHAT FROM TO: counts refused, found, harmless, missed
sweep()
{
	refused=0 found=0 harmless=0 missed=0
	for n in $(seq "$3" "$4"); do
		rm -f "$db-wal" "$db-shm"
		cp "$T/whole.db" "$db"
		where=$(hurt "$n" "$2")
		timeout 60 "$1" fsck >"$T/out" 2>"$T/err"
		case $? in
		0)	if dump >"$T/now.dump" 2>/dev/null &&
			    cmp -s "$T/now.dump" "$T/whole.dump"; then
				harmless=$((harmless + 1))
			else
				missed=$((missed + 1))
				echo "# missed: $2 $n, $where"
				diff "$T/whole.dump" "$T/now.dump" |
				    sed 's/^/# /' | cut -c 1-160 | head -n 4
			fi ;;
		1)	if grep -q '^database' "$T/out"; then
				refused=$((refused + 1))
			else
				found=$((found + 1))
			fi ;;
		74 | 78)	refused=$((refused + 1)) ;;
		*)	missed=$((missed + 1))
			echo "# missed: $2 $n, $where"
			sed 's/^/# /' "$T/err" ;;
		esac
	done
	rm -f "$db-wal" "$db-shm"
	cp "$T/whole.db" "$db"
	echo "# $2: $refused refused, $found found by fsck, $harmless without effect, $missed missed"
}

sweep pf-ingest flip 1 "$flips"
is $missed 0 "$flips single bits"
ok 'some of them only fsck finds' test "$found" -gt 10
sweep pf-ingest garbage 1 "$garbage"
is $missed 0 "$garbage times garbage"

# A check that does not look at rows would not do.
mutant blind src/ingest/fsck_rows.c 's/for (a = 0; err == NULL/for (a = PF_AUDIT_MAX; err == NULL/' \
    pf-ingest
mkdir -p "$T/blind/bin"
ln -s "$PF_BIN/pf-sched" "$T/blind/bin/pf-sched" 2>/dev/null
sweep "$T/blind/bin/pf-ingest" flip 1 30 >"$T/blind.out"
tail -n 1 "$T/blind.out" | sed 's/^# flip/# without the check of rows/'
ok 'without the check of rows some are missed' test "$missed" -gt 0

# What was lost comes back, of a backup or of nothing but the tree.
sql 'SELECT rid FROM results ORDER BY 1' >"$T/rids"
hurt 3 garbage >/dev/null
check 'from a backup half as old' 0 '~refused	0$' - pf-sched restore "$T/backup"
is "$(sql 'SELECT rid FROM results ORDER BY 1')" "$(cat "$T/rids")" \
    'all that was filed'
check 'nothing is left to find' 0 - - pf-ingest fsck
rm -rf "$S/data"
mkdir "$S/data"
check 'from the tree alone' 0 '~refused	0$' - pf-sched rebuild
is "$(sql 'SELECT rid FROM results ORDER BY 1')" "$(cat "$T/rids")" \
    'all that was filed'
check 'nothing is left to find' 0 - - pf-ingest fsck
done_testing
