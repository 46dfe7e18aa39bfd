#!/bin/sh
# Campaigns: their verbs, whose turn it is, and why something does not run.
# shellcheck disable=SC2119 # no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3

sched_new '[timeouts]
tick = 100ms
bot = 1s
[limits]
max_failures = 2'

# The verbs, and what is refused.
for words in '' nosuch 'create' 'create a b' 'set a' 'pause' 'pause -w 2 a' \
    'pause -D x a' 'finish -t x a' \
    'create -z a'; do
	# shellcheck disable=SC2086
	check "refused: campaign $words" 64 - '~usage: pf-sched' \
	    pf-sched campaign $words
done
check 'a weight out of range' 64 - \
    '=pf-sched: -w 0: not a weight from 1 to 1000' \
    pf-sched campaign create -w 0 a
check 'a campaign that is not there' 66 - \
    '=pf-sched: campaign png: unknown' pf-sched campaign pause png
check 'a dry run prints the line' 0 \
    '={"op":"campaign","do":"create","campaign":"png","weight":2}' - \
    pf-sched -n campaign create -w 2 png
check 'create' 0 '=png	active	2' - pf-sched campaign create -w 2 png
check 'not a second time' 65 - \
    '=pf-sched: campaign png is there already' pf-sched campaign create png
# Whose answer was lost: made once, and as it is by now.
made='{"op":"campaign","do":"create","campaign":"twice","request":"r-1"'
op "$made,\"paused\":true}"
is "$(get '[.status, .replay] | map(tostring) | join(" ")')" 'paused null' \
    'a campaign that begins paused'
twice=$(get .id)
n=$(sql 'SELECT count(*) FROM events')
op "$made,\"weight\":4}"
is "$(get .id) $(get .status) $(get .weight) $(get .replay)" \
    "$twice paused 1 true" 'the same request makes no other'
is "$(sql 'SELECT count(*) FROM events')" "$n" 'and changes nothing'
op '{"op":"campaign","do":"create","campaign":"twice","request":"r-2"}'
is "$(get '.class + " " + .field')" 'conflict campaign' \
    'another request for it is refused'
op '{"op":"campaign","do":"create","campaign":"thrice","request":"r-1"}'
is "$(get '.class + " " + .field')" 'conflict request' \
    'so is the request for another one'
op '{"op":"campaign","do":"create","campaign":"x","request":"../x"}'
is "$(get '.class + " " + .field')" 'data request' 'and one that is no id'
op '{"op":"campaign","do":"finish","campaign":"twice"}'
check 'set its weight' 0 '=png	active	3' - pf-sched campaign set -w 3 png
check 'pause' 0 '=png	paused	3' - pf-sched campaign pause png
check 'pausing twice is no error' 0 '=png	paused	3' - \
    pf-sched campaign pause png
check 'what it is for' 0 '=png	paused	3' - pf-sched campaign set \
    -D 'the decoder
of images' -t images -t "a ' tag" png
is "$(pf-report -j campaign png | jq -c '[.description, .tags]')" \
    '["the decoder\nof images",["images","a '"'"' tag"]]' 'is told'
check 'other tags' 0 '=png	paused	3' - pf-sched campaign set -t one png
is "$(pf-report -j campaign png | jq -c '[.description, .tags]')" \
    '["the decoder\nof images",["one"]]' 'in the place of those before'
check 'none of both' 0 '=png	paused	3' - \
    pf-sched campaign set -D '' -t '' png
is "$(pf-report -j campaign png | jq -c '[.description, .tags]')" '["",[]]' \
    'leaves nothing'
check 'a description of too many bytes' 65 - '~^pf-sched: description: ' \
    pf-sched campaign set -D "$(head -c 1001 /dev/zero | tr '\0' x)" png
check 'a description with a bell' 65 - '~^pf-sched: description: ' \
    pf-sched campaign set -D "$(printf 'a\007')" png
check 'a description that turns its direction' 65 \
    - '~^pf-sched: description: ' \
    pf-sched campaign set -D "$(printf 'a\342\200\256b')" png
check 'a tag of two lines' 65 - '~^pf-sched: tags: ' \
    pf-sched campaign set -t 'a
b' png
for tags in '"a"' '[1]' '[""]' '{}' "[$(seq -s , 33 | sed 's/[0-9]*/"&"/g')]"
do
	op "{\"op\":\"campaign\",\"do\":\"set\",\"campaign\":\"png\",\"tags\":$tags}"
	is "$(get .field)" tags "tags that are none: $tags"
done
is "$(pf-report -j campaign png | jq -c '[.description, .tags]')" '["",[]]' \
    'these changed nothing'
check 'resume' 0 '=png	active	3' - pf-sched campaign resume png
check 'the default one cannot be finished' 65 - \
    '~default is for jobs without one' pf-sched campaign finish default
op '{"op":"campaign","do":"burn","campaign":"png"}'
is "$(get .field)" "do" 'another verb is refused'
op '{"op":"campaign","do":"set","campaign":"png","weight":1001}'
is "$(get .field)" weight 'so is another weight'
op '{"op":"campaign","do":"create","campaign":"a\u0007b"}'
is "$(get .field)" campaign 'and a bell in the name'

# claim BOT: the campaign of the job it gets, which is completed at once
# unless "hold" is given
claim()
{
	op "{\"op\":\"claim\",\"bot\":\"$1\",\"inc\":\"$2\"}"
	claimed=$(get '.job.campaign // "none"')
	[ "$claimed" != none ] || return 0
	[ "${3-}" = hold ] || op "$(get -c | jq -c "{op: \"complete\",
	    bot: \"$1\", inc: \"$2\", job: .job.id, epoch, attempt,
	    result: \"completed\"}")"
}
# turns N: the campaigns of the next N jobs of one bot, first letters
turns()
{
	turns=
	turns_n=$1
	while [ "$turns_n" -gt 0 ]; do
		claim "$bot" i-one
		turns=$turns$(printf %.1s "$claimed")
		turns_n=$((turns_n - 1))
	done
}
bot one '["libfuzzer"]'
pf-sched -q campaign create a >/dev/null
pf-sched -q campaign create b >/dev/null
job -k 9 -C a
job -k 9 -C b
turns 6
is "$turns" ababab 'one bot takes turns, though the first has enough'
pf-sched campaign set -w 2 b >/dev/null
turns 6
is "$(printf %s "$turns" | tr -d a | wc -c)" 4 'weight 2: twice the turns'
job -k 4 -C late
turns 6
is "$(printf %s "$turns" | tr -d ab | wc -c)" 2 \
    'who comes late gets its share, not all'
turns 6
is "$turns" alalnn 'in the end everything was given'

# Priorities hold within a campaign.
op '{"op":"campaign","do":"create","campaign":"prio"}'
low=$(pf-sched submit -N low -e libfuzzer -t /bin/true -p 1 -C prio)
high=$(pf-sched submit -N high -e libfuzzer -t /bin/true -p 2 -C prio)
op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-one\"}"
is "$(get .job.id)" "$high" 'the higher priority first'
op "$(get -c | jq -c "{op: \"handback\", bot: \"$bot\", inc: \"i-one\",
    job: .job.id, epoch, attempt}")"

# why job|bot ID ERE NAME: that ticks are late here is nothing to wait for
late='; but no tick came since [0-9T:.-]*Z, so nothing times out: does pf-reaper run\?'
why()
{
	check "$4" 0 "~^$3($late)?\$" - pf-report explain "$1" "$2"
}
check 'explain what' 64 - '~neither job, bot nor crash' pf-report explain x y
check 'explain a job that is not there' 66 - '~no job' \
    pf-report explain job nothing
# What no bot of those may check goes before nothing.
op '{"op":"campaign","do":"create","campaign":"checks"}'
check=$(pf-sched submit -K memcheck -N c -e libfuzzer -t /bin/true -p 9 -C prio)
alone=$(pf-sched submit -K memcheck -N c -e libfuzzer -t /bin/true -C checks)
why job "$high" 'pending: waiting for the next request of one of 1 free bots for libfuzzer' \
    'a free bot has not asked yet'
why job "$low" 'pending: waiting for its turn: 1 job of campaign prio before it, 0 of 1 bots for libfuzzer busy' \
    'another job is before it'
why bot "$bot" 'idle: gets one of 2 waiting jobs with its next request' \
    'a bot that will get a job'
op '{"op":"campaign","do":"create","campaign":"other"}'
other=$(pf-sched submit -N other -e libfuzzer -t /bin/true -C other)
why job "$other" 'pending: waiting for its turn: 0 jobs of campaign other and 1 other campaign before it, 0 of 1 bots for libfuzzer busy' \
    'another campaign has the turn'
one=$bot
bot three '["libfuzzer","memcheck"]'
why job "$high" 'pending: waiting for its turn: 1 job of campaign prio before it, 0 of 2 bots for libfuzzer busy' \
    'with a bot that may check, checks are before it'
why job "$other" 'pending: waiting for its turn: 0 jobs of campaign other and 2 other campaigns before it, 0 of 2 bots for libfuzzer busy' \
    'and their campaign is'
why job "$check" 'pending: waiting for the next request of one of 1 free bots for libfuzzer and memcheck' \
    'a check is told who may do it'
op "{\"op\":\"deregister\",\"bot\":\"$bot\",\"inc\":\"i-three\"}"
bot=$one
pf-sched -q cancel "$check"
pf-sched -q cancel "$alone"
pf-sched -q cancel "$other"
pf-sched campaign pause prio >/dev/null
why job "$high" 'pending: its campaign prio is paused; pf-sched campaign resume prio goes on with it' \
    'a paused campaign'
why bot "$bot" 'idle: the 2 jobs that wait for \["libfuzzer"\] are in paused campaigns' \
    'and its bot'
claim "$bot" i-one
is "$claimed" none 'a paused campaign gives nothing'
pf-sched campaign resume prio >/dev/null
afl=$(pf-sched submit -N afl -e afl++ -t /bin/true)
why job "$afl" 'pending: no bot offers afl\+\+' 'nobody knows the engine'
sed 's/^max_failures.*/&\nmax_concurrent_jobs = 1/' "$PF_CONF" >"$T/one.conf"
bot two '["libfuzzer"]'
claim "$bot" i-two hold
pf-registry drain "$(sql "SELECT id FROM bots WHERE name = 'one'")" >/dev/null
why job "$low" 'pending: waiting for its turn: 0 jobs of campaign prio before it, 1 of 1 bots for libfuzzer busy' \
    'all that could are busy'
pf-registry drain -u "$(sql "SELECT id FROM bots WHERE name = 'one'")" >/dev/null
PF_CONF=$T/one.conf
why job "$low" 'pending: limits.max_concurrent_jobs \(1\) is reached' \
    'the limit'
op "{\"op\":\"register\",\"hostname\":\"h\",\"name\":\"3\",\"capabilities\":[\"libfuzzer\"],\"inc\":\"i\"}"
three=$(get .bot)
why bot "$three" 'registering: limits.max_concurrent_jobs \(1\) is reached' \
    'the limit, for a bot'
PF_CONF=$T/m/pandafuzz.conf
why job "$high" 'assigned on bot two' 'a job that was given'
sleep 1.5
for words in "job $high" "job $low" "bot $three"; do
	# shellcheck disable=SC2086
	check "a lease's time without a tick: ${words%% *}" 0 "~$late\$" - \
	    pf-report explain $words
done
sed 's/^bot = .*/bot = 1h/' "$PF_CONF" >"$T/hour.conf"
check 'less than that is no word' 0 '=assigned on bot two' - \
    pf-report -c "$T/hour.conf" explain job "$high"
why bot "$bot" "busy: job $high is assigned on bot two" 'and its bot'
op "{\"op\":\"drain\",\"bot\":\"$bot\"}"
why bot "$bot" "busy: job $high is assigned on bot two($late)?; it is the last: the bot drains" \
    'draining with a job'
op "{\"op\":\"drain\",\"bot\":\"$three\"}"
why bot "$three" 'registering: draining, it takes no job; pf-registry drain -u ends that' \
    'draining without one'
pf-sched cancel "$high" >/dev/null
why job "$high" 'assigned on bot two, being cancelled: the bot is told by its next heartbeat' \
    'a job that is being cancelled'

# Silence, tick by tick.
boot=b	# whose time is what is said here
ms=1000
ticks()
{
	ticks_n=$1
	while [ "$ticks_n" -gt 0 ]; do
		ms=$((ms + 100))
		op "{\"op\":\"tick\",\"boot\":\"$boot\",\"boot_ms\":$ms,\"prev\":$(sql 'SELECT coalesce(max(tick), 0) FROM clock')}"
		ticks_n=$((ticks_n - 1))
	done
}
ticks 1
ticks 8
why job "$high" '.*the bot is silent for 8 ticks, its lease ends 3 ticks from now, not before [0-9T:.-]*Z' \
    'a lease that runs out'
ticks 3
why job "$high" '.*the bot is silent for 11 ticks, pf-reaper will take the job from it' \
    'one that has run out'
overdue | pf-sched -q apply
why job "$high" 'cancelled at .*: its bot fell silent' 'how it ended'
why bot "$bot" 'timed_out: silent since .*; its next request takes it back' \
    'a silent bot'
why job "$low" 'pending: no bot that offers libfuzzer takes jobs: 3 timed out, 0 failed, 0 draining' \
    'all are silent'
# By hand, so its counts are too.
sqlite3 "$T/m/storage/data/pandafuzz.db" "UPDATE bots SET status = 'failed',
    failure_count = 2 WHERE id = '$bot'; INSERT INTO counters VALUES
    ('bots_failed', '', 1), ('bots_timed_out', '', -1) ON CONFLICT (name,
    scope) DO UPDATE SET value = value + excluded.value"
why bot "$bot" 'failed: 2 failures; pf-registry reset takes it back' \
    'a bot that failed'
op "{\"op\":\"drain\",\"bot\":\"$three\"}"
op "{\"op\":\"heartbeat\",\"bot\":\"$three\",\"inc\":\"i\"}"
why job "$low" 'pending: no bot that offers libfuzzer takes jobs: 1 timed out, 1 failed, 1 draining' \
    'one is out, one failed, one drains'
op "{\"op\":\"deregister\",\"bot\":\"$three\"}"
why bot "$three" 'deregistered at .*' 'a bot that left'
bot four '["honggfuzz"]'
why bot "$bot" 'registering: no job waits for \["honggfuzz"\]' \
    'nothing to do for it'

# The end of a campaign.
bot five '["libfuzzer"]'
job -k 3 -C end
claim "$bot" i-five hold
is "$claimed" end 'its turn comes'
run_id=$(get .job.id)
op '{"op":"campaign","do":"finish","campaign":"end"}'
is "$(get .cancelled)" 3 'finish: all three jobs'
is "$(sql "SELECT group_concat(status, ' ') FROM (SELECT status FROM jobs WHERE campaign = (SELECT id FROM campaigns WHERE name = 'end') ORDER BY status)")" \
    'assigned cancelled cancelled' 'what waited is cancelled'
op "{\"op\":\"heartbeat\",\"bot\":\"$bot\",\"inc\":\"i-five\",\"job\":\"$run_id\",\"epoch\":1,\"attempt\":1}"
is "$(get .cancel)" true 'what runs is told so'
check 'it takes no more jobs' 65 - '~campaign end is finished' \
    pf-sched submit -N x -e libfuzzer -t /bin/true -C end
check 'nor comes back' 65 - \
    '=pf-sched: campaign end is finished: resume is not possible' \
    pf-sched campaign resume end
check 'the list' 0 '~^[^	]*	end	finished	1	0	1	' - pf-report campaigns
check 'one of them, by name' 0 '~^weight	3$' - pf-report campaign png
is "$(sql "SELECT group_concat(who || ' ' || n, ', ') FROM (SELECT who, count(*) AS n FROM events WHERE kind = 'campaign' GROUP BY who)")" \
    'campaign 18, submit 2' 'each change has its event'

# Ended jobs can be put away.
check 'only ended ones' 65 '~"class":"conflict"' - pf-sched apply <<END
{"op":"archive","job":"$run_id"}
END
op "{\"op\":\"archive\",\"job\":\"$high\"}"
is "$(get .archived)" true 'archive'
op "{\"op\":\"archive\",\"job\":\"$high\"}"
is "$(get .archived)" false 'once'
is "$(sql "SELECT sum(value) FROM counters WHERE name LIKE 'archived_%'")" \
    "$(sql 'SELECT count(*) FROM jobs WHERE archived_at IS NOT NULL')" \
    'which is counted'
check 'and all counters are as they would be counted anew' 0 - - pf-ingest fsck
is "$(pf-report jobs | grep -c "$high")" 0 'it is not in the list'
check 'but with those put away' 0 "~^$high" - pf-report archive
check 'and shown by its id' 0 '~^status	cancelled' - pf-report job "$high"
done_testing
