#!/bin/sh
# How an engine of pf-engine(5) is started, ended and started again: what it
# is told, what becomes of one that dies, that does not end, that goes on
# after pf-run was killed.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/engine.sh
. "$PF_ROOT/t/lib/engine.sh"
need clang

build_crasher crasher
engine_master 'tick = 500ms' 'bot = 6s'

# What it is told
engine_says told 'options : rate seed' <<'END'
to=$PWD/told
{
	printf '%s|' "$@"
	echo
	pwd
	env | sort
	ls "$PF_ENGINE_SEEDS"
} >"$to"
for d in SEEDS IMPORT CORPUS CRASHES STATE; do
	eval "[ -d \"\$PF_ENGINE_$d\" ]" || echo "no $d" >>"$to"
done
read -r x || echo 'stdin is empty' >>"$to"
mv told "$PF_ENGINE_CORPUS"
exit 0
END
cp "$T/crasher" "$T/a 'b' \$c"
mkdir "$T/seeds"
echo s >"$T/seeds/seed"
echo '"w"' >"$T/words"
PF_SECRET=x
export PF_SECRET
submit told told "$T/a 'b' \$c" -d 30s -s "$T/seeds" -x "$T/words" -m 64M \
    -T 1500ms -o rate=0.5 -b "cov=$T/crasher" -- -x "it's" '' @@ 2>/dev/null
check 'an engine that ends' 0 - '~completed$' pfrun
ok 'completes the job' job_is completed
until_true 10 spool_empty
cat "$PF_STORAGE/corpus/$job"/* >"$T/told"
dir=$T/w/slot-0/jobs/$job
is "$(sed -n 1p "$T/told")" "$dir/files/target/a 'b' \$c|-x|it's||@@|" \
    'its arguments are the command, whatever is in them'
is "$(sed -n 2p "$T/told")" "$dir/engine/state" 'it works in its own directory'
told()
{
	sed -n "s/^$1=//p" "$T/told"
}
is "$(told PF_ENGINE_TARGET)" "$dir/files/target/a 'b' \$c" 'target'
is "$(told PF_ENGINE_INPUT)" file 'how the input goes to it'
is "$(told PF_ENGINE_TIMEOUT)" 1500 'timeout'
is "$(told PF_ENGINE_MEMORY)" 67108864 'memory'
is "$(told PF_ENGINE_RESUME)" 0 'a new job'
is "$(told PF_OPT_rate)" 0.5 'an option'
is "$(told PF_BUILD_cov)" "$dir/files/cov/crasher" 'a build'
is "$(told PF_ENGINE_DICT)" "$dir/files/dict/words" 'dictionary'
like "$(told PF_ENGINE_SECONDS)" '^(30|29|28|31)$' 'seconds'
is "$(grep -cE '^(PF_SECRET|PF_CONF)=' "$T/told")" 0 'nothing of ours'
is "$(grep -c '^no ' "$T/told")" 0 'its directories are there'
ok 'with the seeds' grep -q '^[0-9]*-seed$' "$T/told"
ok 'and nothing to read' grep -qx 'stdin is empty' "$T/told"

# One that dies is started again and its counts go on.
engine_says dies <<'END'
echo "execs_done : 10" >s
mv s "$PF_ENGINE_STATS"
n=$(cat n 2>/dev/null) || n=0
echo $((n + 1)) >n
echo "$PF_ENGINE_RESUME" >>resumed
sleep 1.5
[ "$n" -lt 2 ] || { cp resumed "$PF_ENGINE_CORPUS/r"; exit 0; }
echo "cannot go on"
kill -9 $$
END
submit dies dies "$T/crasher" -d 5m 2>/dev/null
check 'one that dies twice' 0 - '~completed$' pfrun
is "$(grep -c 'ended with signal 9: cannot go on; it is started again$' "$T/err")" \
    2 'is started again'
until_true 10 spool_empty
is "$(master_sql "SELECT max(executions) FROM job_stats WHERE
    job_id = '$job'")" 30 'its counts go on'
is "$(find "$PF_STORAGE/corpus/$job" -type f ! -name '*.json' -exec cat {} + |
    tr '\n' ' ')" '0 1 1 ' 'it is told that it is not the first'

engine_says broken <<'END'
echo 'first line'
echo 'out of luck'
exit 3
END
submit broken broken "$T/crasher" -d 5m 2>/dev/null
check 'one that gives up at its start' 0 - '~failed: ' pfrun
like "$(job_message)" '^engine broken ended with status 3: out of luck;' \
    'fails the job with its last words'

# What it leaves when it is told to stop is taken; what does not stop is not
# waited for.
engine_says last <<'END'
trap 'echo last >x; mv x "$PF_ENGINE_CORPUS/last"; exit 0' TERM
setsid sh -c 'trap "" TERM; sleep 613' &
while :; do sleep 0.1; done
END
submit last last "$T/crasher" -d 3s 2>/dev/null
check 'one that is told to stop' 0 - '~completed$' pfrun
until_true 10 spool_empty
is "$(master_sql "SELECT count(*) FROM corpus WHERE job_id = '$job'")" 1 \
    'its last find is taken'
is "$(pgrep -fc 'sleep 61[3]')" 0 'what it left is ended'

# pf-run is killed
engine_says goes <<'END'
echo "$PF_ENGINE_RESUME" >>runs
[ "$PF_ENGINE_RESUME" = 0 ] || { cp runs "$PF_ENGINE_CORPUS/r"; exit 0; }
: >"$PF_ENGINE_STATE/ready"
exec sleep 300
END
submit goes goes "$T/crasher" -d 60s 2>/dev/null
timeout 60 pf-run -q -m "$url" &
bot=$!
at_end "kill $bot 2>/dev/null"
until_true 20 test -e "$T/w/slot-0/jobs/$job/engine/state/ready"
pkill -9 -f -- "^pf-run -q -m $url"
wait "$bot" 2>/dev/null || :
no_bot()
{
	! pgrep -f -- "pf-run -q -m $url"
}
until_true 30 no_bot
check 'after pf-run was killed' 0 - '~completed$' pfrun
until_true 10 spool_empty
is "$(find "$PF_STORAGE/corpus/$job" -type f ! -name '*.json' -exec cat {} + |
    tr '\n' ' ')" '0 1 ' 'it goes on with its own directory'
done_testing
