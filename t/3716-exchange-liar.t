#!/bin/sh
# A master that lies about what jobs share: nothing wrong reaches the engine,
# nothing grows, and once it tells the truth all goes on.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/share.sh
. "$PF_ROOT/t/lib/share.sh"
need clang
build_share

run_master
echo truth >"$T/mode"
/usr/bin/python3 "$PF_ROOT/t/lib/liar.py" "$url" "$T/mode" "$T/lies" \
    >"$T/liar" 2>"$T/liar.err" &
liar=$!
at_end "kill $liar 2>/dev/null"
ok 'the liar is ready' until_true 20 test -s "$T/liar"
submit one libfuzzer "$T/magic" -C camp -d 5s -p -50
one=$job
submit two libfuzzer "$T/magic" -C camp -d 600s
two=$job
dir=$T/w/slot-0/jobs/$two
bot_start()
{
	pf-run -q -m "$(cat "$T/liar")" >"$T/bot.out" 2>>"$T/bot.err" &
	bot=$!
}
# shellcheck disable=SC2016 # the last one
at_end 'kill $bot 2>/dev/null'
bot_start
file_input "$one" truth
ok 'while it tells the truth' until_true 40 test -e "$dir/corpus/$hash"

# lied WORD N: so many lies of that kind were told
lied()
{
	[ "$(grep -c "^$1 " "$T/lies")" -ge "$2" ]
}
# lie WORD N ERE WHAT: it lies until it was asked N times; then what is said,
# - for nothing, and whether the input is lost
lie()
{
	: >"$T/bot.err"
	echo "$1" >"$T/mode"
	file_input "$one" "after $1"
	until_true 30 filed "$one" "$hash"
	ok "$1" until_true 60 lied "$1" "$2"
	case $3 in
	-)	is "$(cat "$T/bot.err")" '' "$1: without a word" ;;
	*)	ok "$1: what it says" until_true 20 grep -Eq "$3" \
		    "$T/bot.err" ;;
	esac
	ok "$1: nothing comes of it" test ! -e "$dir/own/import.tmp"
	echo truth >"$T/mode"
	# Pauses have grown; a new process has none.
	kill -KILL "$(pgrep -P "$bot")"
	wait "$bot" 2>/dev/null || :
	bot_start
	# What it was told of numbers is put right by the first answer.
	ok "$1: it is asked" until_true 40 lied truth \
	    $(($(grep -c '^truth ' "$T/lies") + 2))
	case $4 in
	lost)	;;
	*)	ok "$1: and after that" until_true 40 test -e \
		    "$dir/corpus/$hash" ;;
	esac
	file_input "$one" "truth after $1"
	ok "$1: all is well again" until_true 40 test -e "$dir/corpus/$hash"
}
nonsense='nothing is shared: reply of [^ ]*'
lie rubbish 2 "$nonsense" -
lie type 2 "$nonsense" -
lie values 2 "$nonsense.*too many values" -
lie long 2 - -
lie path 2 "$nonsense.*bad hash" -
lie same 2 "$nonsense.*bad hash, size or cursor" -
lie huge 1 - lost
pack='nothing is shared: shared inputs'
lie hash 2 'what came is not what was announced' lost
lie size 1 "$pack: input [0-9]* has 999999999 bytes" -
lie minus 1 "$pack: no line" -
lie order 1 "$pack: no line" -
lie empty 1 "$pack: an empty answer" -
lie extra 1 "$pack: more than was asked for" -
lie noise 1 "$pack: no line" -
lie cut 3 'input [0-9]* has.*; input [0-9a-f]* is left out' lost
lie bytes 2 'what came is not what was announced' lost
lie fewer 1 "$pack: [0-9]* bytes, [0-9]* were announced" -
lie more 1 "$pack: [0-9]* bytes, [0-9]* were announced" -
lie none 1 "$pack: 0 bytes, [0-9]* were announced" -
lie flood 1 "$pack: 3145728 bytes, [0-9]* were announced" -
lie gone 2 - -
# A list without end: a bounded number of them a round, and none is there.
lie endless 3 'what came is not|nothing is shared' lost
is "$(given "$dir")" "$(find "$dir/corpus" -type f -exec sha256sum {} + |
    awk '{ n = split($2, p, "/"); if (p[n] == $1) k++ } END { print k + 0 }')" \
    'all that was given has its own hash as its name'
kill "$bot"
wait "$bot"
is $? 0 'it ends well'
done_testing
