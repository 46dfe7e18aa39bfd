#!/bin/sh
# pf-run and afl-fuzz: a queue that could not be taken up lies aside, and is
# begun with until something else has one.
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
need afl-fuzz afl-clang-fast

build_afl only <<'END_C'
#include <string.h>
#include <unistd.h>

int
main(void)
{
	static volatile int n;
	char b[4] = "";

	if (read(0, b, sizeof(b)) == 4 && memcmp(b, "only", 4) == 0)
		n++;
	return 0;
}
END_C
mkdir "$T/seeds"
echo abcd >"$T/seeds/1"
run_master
submit aside afl++ "$T/only" -d 10m -s "$T/seeds"
main=$(in_job out/main)
aside=$(in_job aside-main)

begun() { [ -n "$(find "$main/fuzzer_stats" -newer "$T/mark")" ]; }
# fuzzes: until a bot has come so far; command is how it began
fuzzes()
{
	touch "$T/mark"
	fuzz_begin
	until_true 60 begun || return
	# Behind a guard there are two; the last is itself.
	pid=$(pgrep -f "^[^ ]*afl-fuzz -M main[: ].*$T/w/" | tail -n 1)
	command=$(tr '\0' ' ' <"/proc/$pid/cmdline")
}
# stops: it hands the job back; all stays where it is
stops()
{
	kill "$fuzz_bot"
	wait "$fuzz_bot"
}
# holds DIR TEXT: one of the inputs there is that
holds()
{
	[ -n "$(find "$1" -maxdepth 1 -name 'id:*' -type f \
	    -exec grep -lx "$2" '{}' +)" ]
}

ok 'it fuzzes' fuzzes
stops
is $? 0 'and ends well'

# One could not take up its queue, and the next, which began with that, was
# killed before it fuzzed.
echo only-copy >"$main/queue/id:000900,src:000000,time:1,execs:1,op:havoc"
mv "$main" "$aside"
mkdir -p "$main/queue"
echo part >"$main/queue/id:000000,time:0,execs:0,orig:1"
ok 'another one fuzzes' fuzzes
like "$command" ' -i [^ ]*/aside-main/queue ' 'it begins with the old queue'
ok 'which is still there' holds "$aside/queue" only-copy
ok 'it has all of that' holds "$main/queue" only-copy
ok 'but nothing of what came to no end' sh -c \
    "! grep -qx part '$main/queue'/id:*"
hash=$(echo only-copy | sha256sum | cut -d ' ' -f 1)
ok 'it is filed' until_true 60 filed "$job" "$hash"
stops
is $? 0 'and ends well'
ok 'the next one fuzzes' fuzzes
like "$command" ' -i - ' 'from where that was'
stops
is $? 0 'and ends well'

# What other jobs found, of which the first ones were looked at and removed.
shared=$(in_job out/pandafuzz/queue)
n=300
for text in one two three; do
	hash=$(echo $text | sha256sum | cut -d ' ' -f 1)
	echo $text >"$shared/id:000$n,src:$hash"
	n=$((n + 1))
	echo "id:00000$((n - 301)),src:$hash" >>"$T/shared"
done
ln -s "$T/seeds/1" "$shared/id:000299,src:link"
# The first of all was killed before it fuzzed: it has but a part of the seeds.
rm -r "$aside" "$main/fuzzer_stats"
ok 'after one that was killed at its start another fuzzes' fuzzes
like "$command" ' -i [^ ]*/seeds ' 'it begins with the seeds'
ok 'what there was lies aside' holds "$aside/queue" only-copy
is "$(ls "$shared")" "$(cat "$T/shared")" \
    'what others found is numbered for one that knows none of it'
is "$(cat "$shared"/*)" "$(printf '%s\n' one two three)" 'and still the same'
is "$(cat "$T/seeds/1")" abcd 'a link leads nowhere'
# place: how far it is in there, as it keeps it for itself
place() { od -An -tu4 "$main/.synced/pandafuzz" | tr -d ' '; }
read_all() { [ "$(place)" = 3 ]; }
ok 'it reads that' until_true 90 read_all
stops
is $? 0 'and ends well'
rm "$main/fuzzer_stats"
ok 'so it is with two of them' fuzzes
like "$command" ' -i [^ ]*/seeds ' 'again with the seeds'
ok 'the later one lies aside' sh -c "! grep -qx only-copy \
    '$aside/queue'/id:*"
fuzz_end
is $? 0 'and ends well'
is "$(grep -c 'ended with' "$T/bot.err")" 0 'no afl-fuzz died'
done_testing
