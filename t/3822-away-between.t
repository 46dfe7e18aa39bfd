#!/bin/sh
# Packs of the outbox and what stands between it and the master: nothing is
# refused but by the master, what is too large goes in halves, and what is not
# let by does not keep the others.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/between.sh
. "$PF_ROOT/t/lib/between.sh"
need sqlite3 /usr/bin/python3

run_master
between
check 'there is no job' 1 - '~no job' pfrun
out=$T/w/slot-0/outbox
printf '#!/bin/sh\n' >"$T/target"
chmod 755 "$T/target"
submit kept libfuzzer "$T/target" -d 60s
pf-sched cancel "$job" >/dev/null

# lay PACK SEQ BYTES: one more record of so many bytes
lay()
{
	{ echo "$2"; head -c "$3" /dev/zero; } >"$T/in"
	mkpack corpus "$job" bot-1 -s "$2" "$T/in" >>"$out/new/$1"
}
filed() { master_sql 'SELECT count(*) FROM corpus'; }
# waits N: so many packs, and nothing in bad
waits()
{
	[ "$(find "$out/new" "$out/cur" -type f | wc -l)" = "$1" ] &&
	    [ -z "$(find "$out/bad" -type f)" ]
}
bot() { pfrun -q >"$T/bot.out" 2>"$T/bot.err" || :; }

for n in 1 2 3 4 5 6 7; do lay 0000000000000001-1 $n 900; done
for way in '400 html' '422 json' '403 html' '404 html'; do
	[ "$way" != '413 own' ] || break
	: >"$T/asked"
	echo "$way batch" >"$T/mode"
	bot
	ok "$way was answered" grep -q "^${way% *} .*batch" "$T/asked"
	ok 'and the pack stays' waits 1
done

echo 413 html batch 3000 >"$T/mode"
bot
ok 'what is too large for a proxy' grep -q '^413 ' "$T/asked"
ok 'goes in halves' waits 0
ok 'and is filed' until_true 60 spool_empty
is "$(filed)" 7 'each record of it'

# One record that never goes by, and more such than are tried at once.
for n in 10 11 12 13 14 15 16 17 18 19; do
	lay "00000000000000$n-1" "$n" 5000
done
lay 0000000000000020-1 20 100
lay 0000000000000021-1 21 100
bot
ok 'small ones go past ten that do not' waits 10
until_true 60 spool_empty
is "$(filed)" 9 'both are filed'
echo 413 html batch 8000 >"$T/mode"
bot
ok 'without that limit none waits' waits 0
until_true 60 spool_empty
is "$(filed)" 19 'all are'

# A master's own word is one.
lay 0000000000000030-1 30 100
lay 0000000000000030-1 31 100
echo 400 own batch >"$T/mode"
bot
ok 'a request that was garbled on its way says nothing of the pack' waits 1
echo 422 own batch >"$T/mode"
bot
is "$(find "$out/bad" -name '*.pack' | wc -l)" 1 \
    'a pack that the master refuses is put aside'
ok 'and waits no longer' test -z "$(find "$out/new" "$out/cur" -type f)"
rm -f "${out:?}"/bad/*
lay 0000000000000040-1 40 100
lay 0000000000000040-1 41 2000
echo 413 own batch 1500 >"$T/mode"
bot
is "$(find "$out/bad" -name '*.pack' | wc -l)" 1 \
    'of one that is too large for him the record that is'
ok 'no other waits' test -z "$(find "$out/new" "$out/cur" -type f)"
until_true 60 spool_empty
is "$(filed)" 20 'the other is filed'
done_testing
