#!/bin/sh
# pf-run asks afl-fuzz what it can do: one that is newer, one that says
# nothing, one that does not take up what it left, and a secondary that never
# starts.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/afl.sh
. "$PF_ROOT/t/lib/afl.sh"
# shellcheck source-path=SCRIPTDIR source=lib/share.sh
. "$PF_ROOT/t/lib/share.sh"

mkdir "$T/path"
PATH=$T/path:$PATH
# fake HELP < COMMANDS: an afl-fuzz with that help, which does these in the
# job's directory; $input is its -i, $node its -M or -S.  The log of the job
# tells its arguments and its environment.
fake()
{
	{
		cat <<-END
		#!/bin/sh
		if [ "\$1" = -hh ]; then
			cat <<'END_HELP'
		$1
		END_HELP
			exit 1
		fi
		echo "args: \$*"
		env | grep '^AFL_' | sort
		while [ "\$1" != -- ]; do
			case \$1 in
			-i)	input=\$2 ;;
			-M|-S)	node=\$2 ;;
			esac
			shift
		done
		END
		cat
	} >"$T/path/afl-fuzz"
	chmod +x "$T/path/afl-fuzz"
}
echo 'int main(void) { return 0; }' >"$T/one.c"
cc -o "$T/one" "$T/one.c"
# said ERE: in the log of the job at hand, as the master has it
said()
{
	pf-report log "$job" | grep -Eq -e "$1"
}

run_master
fake '  -p schedule   - power schedules compute the score:
                  warp(default), weft
                  woof -- see the docs
  -D            - be thorough
AFL_FINAL_SYNC: sync a last time
AFL_SYNC_TIME_OUT: another one
AFL_CRASHING_SEEDS_AS_NEW_CRASH: what it says' <<'END'
exec sleep 60
END
submit new afl++ "$T/one" -d 3s -o schedule=woof -o nodes=2 \
    -o deterministic=yes
check 'a newer afl-fuzz' 0 - '~completed$' pfrun
until_true 20 spool_empty
ok 'has schedules of its own' until_true 20 said '-M main -D -p woof '
ok 'more than one do as they are told' said 'AFL_FINAL_SYNC=1'
submit one afl++ "$T/one" -d 2s
check 'alone' 0 - '~completed$' pfrun
ok 'it is told what it names' until_true 20 said \
    'AFL_CRASHING_SEEDS_AS_NEW_CRASH=1'
run said 'AFL_(SYNC_TIME|FINAL_SYNC)='
ran 1 'and not what it does not name, or has no use for'
submit fast afl++ "$T/one" -d 5m -o schedule=fast
check 'a schedule that it has not' 0 - '~failed' pfrun
like "$(job_message)" 'there is no fast in .*, but warp weft woof' 'is refused'

fake '' <<'END'
exec sleep 60
END
submit mute afl++ "$T/one" -d 2s -o schedule=any
check 'one without help has the last word itself' 0 - '~completed$' pfrun
ok 'as is told here' until_true 20 said '-M main -p any -i '
submit det afl++ "$T/one" -d 5m -o deterministic=yes
check 'a flag that it has not' 0 - '~failed' pfrun
like "$(job_message)" 'the afl-fuzz here has no -D' 'is refused'

# It fuzzes, dies, cannot go on, and then begins with what it had.
fake '' <<'END'
if [ "$input" = - ]; then
	echo '[-] PROGRAM ABORT : Resume attempted in vain'
	exit 1
fi
mkdir -p out/main/queue out/main/crashes
echo "$input" >out/main/queue/id:000000,time:0,execs:0,orig:x
sed 's/^/input: /' "$input"/*
case $input in
*seeds)	echo mine >out/main/queue/id:000001,src:000000,time:5,execs:77,op:x
	echo boom >out/main/crashes/id:000000,sig:06,src:000001,time:6,execs:78
	printf 'run_time : 5\nexecs_done : 100\n' >out/main/fuzzer_stats
	sleep 2
	kill -9 $$ ;;
esac
printf 'run_time : 5\nexecs_done : 200\n' >out/main/fuzzer_stats
exec sleep 60
END
submit again afl++ "$T/one" -d 10m
has_200()
{
	[ "$(master_sql "SELECT max(executions) FROM job_stats
	    WHERE job_id = '$job'")" = 200 ]
}
ok 'one that cannot resume' fuzz_until 90 has_200
ok 'has tried' said ' -i - '
ok 'and begins again with its old queue' said ' -i [^ ]*main/queue '
ok 'and what was in it' said 'input: mine'
ok 'what it found first is filed' filed "$job" \
    "$(echo mine | sha256sum | cut -d ' ' -f 1)"
is "$(crashes_of hash)" "$(echo boom | sha256sum | cut -d ' ' -f 1)" \
    'so is its crash'

# A secondary that never starts.
fake '' <<'END'
[ "$node" != s01 ] || {
	echo '[-] PROGRAM ABORT : The sky is falling'
	exit 1
}
exec sleep 60
END
submit alone afl++ "$T/one" -d 10m -o nodes=2
ok 'a main node whose secondary does not start goes on alone' \
    fuzz_until 60 grep -q 'goes on without node s01: .*The sky is falling' \
    "$T/bot.err"
done_testing
