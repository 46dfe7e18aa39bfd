#!/bin/sh
# Fault tests prove nothing unless they fail on a program that is broken:
# here are some that are, and each is caught.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
# shellcheck source-path=SCRIPTDIR source=lib/history.sh
. "$PF_ROOT/t/lib/history.sh"
# shellcheck source-path=SCRIPTDIR source=lib/mutant.sh
. "$PF_ROOT/t/lib/mutant.sh"
whole
need strace sqlite3 make gcc

: >"$T/wrong"

mutant no_fence lib/act/common.c '/pf_assignment_get(as, &found/{
	N
	s/pf_assignment_get.*/pf_assignment_of_bot(as, \&found, a->db, bot)) != NULL)/
}' pf-sched
failing no_fence 2010-sched-ops.t 'a token that is not looked at'

mutant no_again lib/act/claim.c 's/	if (again) {/	if (again \&\& b.drain) {/' \
    pf-sched
failing no_again 2010-sched-ops.t 'a claim that does not give the same again'

mutant no_strike lib/act/common.c 's/j.strikes++;/(void)strike;/' pf-sched
failing no_strike 5000-reaper.t 'leases lost without progress that do not count'

mutant no_turns lib/act/common.c 's/ to == PF_JOB_ASSIGNED);/ false);/' pf-sched
failing no_turns 2040-campaigns.t 'campaigns that take no turns'

mutant no_weight lib/model/campaign.c 's/AS REAL) \/ weight/AS REAL)/' pf-sched
failing no_weight 2045-fair-share.t 'a share without the weight' \
    'twice the weight'

# What a claim looks at is not of its own transaction: the same job twice, and
# only the index refuses it.
mutant stale_look lib/act/claim.c '/^\/\* Any bot fuzzes/i\
static struct pf_db *\
other(struct pf_act *a)\
{\
	static struct pf_db *db;\
	if (db == NULL)\
		(void)pf_db_open(\&db, a->conf->storage_path);\
	return db;\
}
s/found, s->a->db,/found, other(s->a),/' pf-sched
# shellcheck disable=SC2119 # job without options
# two_claims PROGRAM: two bots claim in one transaction; two jobs are given
two_claims()
{
	rm -rf "$T/m"
	sched_new
	for name in a b; do
		bot $name '["libfuzzer"]'
		job
		echo "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-$name\"}"
	done >"$T/claims"
	"$1" apply <"$T/claims" 2>"$T/err" | jq -r .job.id | sort -u |
	    grep -c '^[0-9a-f-]*$'
}
is "$(two_claims "$PF_BIN/pf-sched")" 2 'two bots get two jobs'
is "$(two_claims "$T/stale_look/bin/pf-sched")" 1 \
    'a look outside the transaction gives the same'

# Rows that contradict each other: a job that waits, though a bot has it.
mutant ignore lib/model/assignment.c \
    's/INSERT INTO assignments/INSERT OR IGNORE INTO assignments/' pf-sched
# shellcheck disable=SC2119
# third_claim PROGRAM: what a second bot is told of it
third_claim()
{
	rm -rf "$T/m"
	sched_new
	job
	bot a '["libfuzzer"]'
	op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-a\"}"
	sqlite3 "$T/m/storage/data/pandafuzz.db" \
	    "UPDATE jobs SET status = 'pending', assigned_bot = NULL;
	    UPDATE campaigns SET pending = 1, running = 0"
	bot b '["libfuzzer"]'
	echo "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-b\"}" |
	    "$1" apply 2>/dev/null | jq -r '.job.id // .class'
}
is "$(third_claim "$PF_BIN/pf-sched")" conflict \
    'what a bot has is not given away'
like "$(third_claim "$T/ignore/bin/pf-sched")" '^[0-9a-f]*-[0-9a-f-]*$' \
    'OR IGNORE gives it away'
rm -rf "$T/m"
history_new 2

# killed_at MUTANT CALL N: step 2 with a kill there; sets lost
killed_at()
{
	lost=0
	history_back 2
	fault 2 strace -f -qq -o /dev/null -e "inject=$2:signal=KILL:when=$3" \
	    "$T/$1/bin/pf-sched" apply
}
# The answer goes out, then the commit: a kill in between loses it.
mutant answer_first src/sched/apply.c '/err = writer_commit(&s->own);/{
	s/.*/		print_all(s, \&replies), pf_buf_reset(\&replies), err = writer_commit(\&s->own);/
}' pf-sched
killed_at answer_first fdatasync 1
is $lost 1 'an answer before the commit'
mkdir -p "$T/right/bin"
ln -s "$PF_BIN/pf-sched" "$T/right/bin/pf-sched"
killed_at right fdatasync 1
is $lost 0 'which the right one never gives'

# synced PROGRAM: nothing is answered before the database is synced
synced()
{
	history_back 2
	strace -f -qq -y -o "$T/trace" -e trace=fdatasync,fsync,write \
	    "$1" apply <"$T/lines-2" >/dev/null 2>&1
	sed '/write(1</q' "$T/trace" | grep -q 'sync(.*pandafuzz.db-wal'
}
ok 'the right one syncs before it answers' synced "$PF_BIN/pf-sched"
mutant no_sync lib/store/dbw.c 's/synchronous = FULL/synchronous = OFF/' pf-sched
ok 'one that does not is seen' eval "! synced '$T/no_sync/bin/pf-sched'"

# placed PROGRAM: a submitted file's directory is synced before the job is told
placed()
{
	history_back 2
	head -c 100 /dev/urandom >"$T/target"
	chmod +x "$T/target"
	strace -f -qq -y -o "$T/trace" -e trace=fsync,sendto,write,socketpair \
	    "$1" submit -N x -e libfuzzer -t "$T/target" >/dev/null 2>&1
	sed '/"op":"submit\|op\\":\\"submit/q' "$T/trace" |
	    grep -q 'fsync([0-9]*<[^>]*/targets/*[0-9a-f]*>)'
}
ok 'the right one syncs the directory of a target' placed "$PF_BIN/pf-sched"
mutant no_dirsync lib/os/fs.c '/^pf_sync_dir(/,/^}/s/fsync(fd) == -1/fd < 0/' \
    pf-sched
ok 'one that does not is seen' eval "! placed '$T/no_dirsync/bin/pf-sched'"
done_testing
