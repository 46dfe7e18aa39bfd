#!/bin/sh
# Fair share while jobs run: whose campaign has the least of them, measured
# by its weight, gets the next bot.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3

sched_new ''
# held N NAME: the campaigns of the jobs that N new bots get and keep, by
# their first letters; what each has is kept in $T/held
held()
{
	turns='' n=0
	while [ $n -lt "$1" ]; do
		n=$((n + 1))
		bot "$2$n" '["libfuzzer"]'
		op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-$2$n\"}"
		turns=$turns$(get '.job.campaign // "-"')
		get -c | jq -c "{op: \"complete\", bot: \"$bot\",
		    inc: \"i-$2$n\", job: .job.id, epoch, attempt,
		    result: \"completed\"}" >>"$T/held.$(get .job.campaign)"
	done
}
count() { printf %s "$turns" | tr -cd "$1" | wc -c; }
running() { sql "SELECT running FROM campaigns WHERE name = '$1'"; }

for name in x y; do
	pf-sched -q campaign create -w "$([ $name = x ] && echo 1 || echo 2)" \
	    $name >/dev/null
	pf-sched -q submit -N j -e libfuzzer -t /bin/true -k 30 -C $name >/dev/null
done
held 9 a
is "$(count x) $(count y)" '3 6' 'twice the weight, twice the running jobs'
is "$(running x) $(running y)" '3 6' 'as the campaigns count them'

# What ended makes room for its own campaign, though it had more turns.
head -n 4 "$T/held.y" | pf-sched -q apply
held 4 b
is "$turns" yyyy 'what ends of the heavy one comes back to it'
head -n 2 "$T/held.x" | pf-sched -q apply
held 2 c
is "$turns" xx 'and to the light one'

# A weight counts from now on, for what runs already.
pf-sched -q campaign set -w 6 x >/dev/null
held 8 d
is "$turns" xxxxxxxx 'a light one that got heavy catches up first'
is "$(running x) $(running y)" '11 6' 'with all eight'

# Whoever has nothing running comes before all that have.
pf-sched -q campaign create z >/dev/null
pf-sched -q submit -N j -e libfuzzer -t /bin/true -k 3 -C z >/dev/null
held 1 e
is "$turns" z 'a campaign without a running job gets the next bot'

# Who had many turns, while nobody else wanted any, does not wait for others
# to have as many.
for name in x y z; do
	pf-sched -q campaign pause $name >/dev/null
done
for name in p q r; do
	pf-sched -q campaign create $name >/dev/null
done
# one N: the campaigns of the next N jobs of one bot, which completes them
one()
{
	turns='' n=0
	while [ $n -lt "$1" ]; do
		n=$((n + 1))
		op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-one\"}"
		turns=$turns$(get '.job.campaign // "-"')
		op "$(get -c | jq -c "{op: \"complete\", bot: \"$bot\",
		    inc: \"i-one\", job: .job.id, epoch, attempt,
		    result: \"completed\"}")"
	done
}
jobs() { pf-sched -q submit -N j -e libfuzzer -t /bin/true -k "$2" -C "$1" >/dev/null; }
bot one '["libfuzzer"]'
jobs p 30
one 30
is "$(count p)" 30 'one campaign has thirty turns alone'
jobs q 20
jobs r 20
jobs p 1
one 4
is "$(count p)" 1 'its next job is given among the first of others'
one 6
is "$(count q) $(count r)" '3 3' 'which take turns'
# Nor does a new one come before all that wait.
jobs s 20
one 6
is "$(count q) $(count r) $(count s)" '2 2 2' 'and so does who is new'
# A campaign whose jobs no bot can run holds nobody at its turns.
pf-sched -q submit -N j -e honggfuzz -t /bin/true -C t >/dev/null
one 9
pf-sched -q submit -N j -e libfuzzer -t /bin/true -C u -k 9 >/dev/null
one 8
is "$(count q) $(count r) $(count s) $(count u)" '2 2 2 2' \
    'with one that waits for a bot of its own, too'
done_testing
