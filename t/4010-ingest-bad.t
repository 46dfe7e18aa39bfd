#!/bin/sh
# pf-ingest: records that are refused, and their neighbours that are not.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

master <<'!'
[limits]
crash_size = 100
corpus_size = 50
pack_size = 64K
!
printf 'good%%d' >"$T/body"
head -c 60 /dev/zero >"$T/b60"
head -c 101 /dev/zero >"$T/b101"

good=0
# One bad record between two good ones, in one pack.
between()
{
	cat >"$T/mid"
	{
		mkpack corpus "$job" b1 -s $((good * 10 + 1)) "$T/body"
		cat "$T/mid"
		mkpack corpus "$job" b1 -s $((good * 10 + 2)) "$T/body"
	} | lay
}

# refused NAME WHY: runs it; the one bad record is set aside, no file left
refused()
{
	good=$((good + 2))
	rm -f "$SPOOL"/bad/*
	was=$(cd "$S" && find crashes corpus -type f 2>/dev/null | sort)
	run pf-ingest
	ran 0 "$1"
	is "$(wc -l <"$T/out" | tr -d ' ')" 2 "$1: neighbours are filed"
	is "$(files "$SPOOL/bad" '*.rec')" 1 "$1: one is in bad"
	like "$(cat "$SPOOL"/bad/*.why)" "$2" "$1: why"
	like "$(cat "$T/err")" "^pf-ingest: warning: record .* $2" "$1: warning"
	is "$(sql 'SELECT count(*) FROM results')" $good "$1: rows"
	is "$(files "$SPOOL/new")$(files "$SPOOL/cur")" 00 "$1: spool is empty"
	[ $good -eq 2 ] ||
		is "$(cd "$S" && find crashes corpus -type f 2>/dev/null |
		    sort)" "$was" "$1: nothing half-made"
}

mkpack crash "$job" b1 "$T/b60" | sed 's/segfault/x/; s/"b1"/"b2"/' | between
refused 'a changed byte' 'record is damaged: its hash is'
rid=$(echo "$SPOOL"/bad/*.rec)
rid=${rid##*/}
rid=${rid%%.*}
ok 'named by the rid it claims' grep -aq "^$rid " "$T/mid"

mkpack corpus nosuchjob b1 "$T/body" | between
refused 'unknown job' 'there is no job nosuchjob'
is "$(sql "SELECT name, scope, value FROM counters WHERE name LIKE 'ref%'")" \
    'refused_corpus||1
refused_other||1' 'both are counted, of no job'
mkpack crash "$job" b1 "$T/b101" | between
refused 'too large a crash' '101 bytes are over crash_size = 100'
mkpack corpus "$job" b1 "$T/b60" | between
refused 'too large an input' '60 bytes are over corpus_size = 50'
mkpack coverage "$job" b1 -f edges=10 -f exec_count=1 "$T/b60" | between
refused 'coverage with a body' 'a coverage record has no body'
mkpack coverage "$job" b1 -f edges=many -f exec_count=1 | between
refused 'a word for a number' 'edges'
mkpack crash "$job" b1 -f signal=-4 "$T/b60" | between
refused 'a number out of range' 'signal'
mkpack crash "$job" b1 -f type=7 "$T/b60" | between
refused 'a number for a word' 'type'
mkpack crash '../../etc' b1 "$T/b60" | between
refused 'a job that is a path' 'is not an id'
mkpack crash "$job" 'b 1' "$T/b60" | between
refused 'a bot that is not an id' 'is not an id'

# frame HEADER BODY: a record with its right rid, whatever it says
frame()
{
	printf '%s\n%s\nEND\n' "$1" "$2" >"$T/rec"
	printf '%s %s\n' "$(sha "$T/rec")" "$(wc -c <"$T/rec" | tr -d ' ')"
	cat "$T/rec"
}
hash=$(printf x | sha256sum | cut -c 1-64)
head="\"v\":1,\"job\":\"$job\",\"bot\":\"b1\",\"seq\":1,\"len\":1"
frame "{$head,\"kind\":\"video\",\"sha256\":\"$hash\"}" x | between
refused 'unknown kind' 'kind "video" is unknown'
frame "{$head,\"kind\":\"crash\",\"sha256\":\"$rid\"}" x | between
refused 'no hash' 'sha256'
frame "{$head,\"kind\":\"crash\",\"sha256\":\"$hash\"}" y | between
refused 'hash of another body' 'sha256 is not that of the body'
frame "{$head,\"kind\":\"crash\",\"sha256\":\"$hash\"}" xx | between
refused 'wrong length' 'its body is not len bytes'
frame '{"v":1,' x | between
refused 'no JSON' 'record header: not JSON'
frame '[]' x | between
refused 'not an object' 'not an object'
frame "{$head,\"kind\":\"crash\",\"kind\":\"crash\",\"sha256\":\"$hash\"}" x |
    between
refused 'a key twice' 'record header'

# What is not even a pack, and packs that end early.
rm -f "$SPOOL"/bad/*
echo 'hello' | lay
garbage=$(pack)
head -c 3000 /dev/urandom | lay
: | lay
{
	mkpack corpus "$job" b1 -s 5001 "$T/body"
	mkpack corpus "$job" b1 -s 5002 "$T/body" | head -c 120
} | lay
torn=$(pack)
head -c 70000 /dev/zero | lay
mkpack corpus "$job" b1 -s 5003 "$T/body" | lay
run pf-ingest
ran 0 'no packs'
is "$(wc -l <"$T/out" | tr -d ' ')" 2 'whole records are filed'
large=$(cat "$SPOOL"/bad/*.why)
is "$(files "$SPOOL/bad" '*.pack')" 5 'five are in bad'
is "$(files "$SPOOL/bad" '*.why')" 5 'with why'
like "$(cat "$SPOOL/bad/$garbage.why")" 'ends inside a record|not a pack' \
    'garbage'
like "$(cat "$SPOOL/bad/$torn.why")" 'ends inside a record, 120 bytes' 'torn'
is "$(wc -c <"$SPOOL/bad/$torn.pack" | tr -d ' ')" 120 'the rest is kept'
like "$large" 'over pack_size' \
    'too large a pack'
is "$(files "$SPOOL/new")$(files "$SPOOL/cur")" 00 'spool is empty'

# A record that kills is found at the fifth claim, its neighbours are filed.
mkpack corpus "$job" b1 -s 6000 -n 3 "$T/body" | lay
pack=$(pack)
mv "$SPOOL/new/$pack" "$SPOOL/cur/$pack:4"
rm -f "$SPOOL"/bad/*
run pf-ingest
ran 0 'after four deaths'
is "$(wc -l <"$T/out" | tr -d ' ')" 2 'two of three are filed'
like "$(cat "$SPOOL"/bad/*.why)" 'died each time' 'the first is set aside'
mkpack corpus "$job" b1 -s 6100 -n 3 "$T/body" | lay
pack=$(pack)
mv "$SPOOL/new/$pack" "$SPOOL/cur/$pack:2"
run pf-ingest
is "$(wc -l <"$T/out" | tr -d ' ')" 3 'after two deaths all are filed'
mkpack corpus "$job" b1 -s 6200 -n 3 "$T/body" | lay
pack=$(pack)
mv "$SPOOL/new/$pack" "$SPOOL/cur/$pack:5"
run pf-ingest
ran 0 'after five deaths'
ok 'the whole pack is set aside' test -f "$SPOOL/bad/$pack.pack"
# The counts stay when bad/ is emptied, and do not grow by trying again.
rm -f "$SPOOL"/bad/*
n=$(sql "SELECT value FROM counters WHERE name = 'refused_crash' AND scope = '$job'")
mkpack crash "$job" b1 -s 7000 "$T/b101" | lay
mkpack corpus "$job" b1 -s 7001 "$T/body" | lay
mv "$S/corpus" "$S/corpus.away"
: >"$S/corpus"
pf-ingest -q 2>/dev/null
pf-ingest -q 2>/dev/null
rm "$S/corpus"
mv "$S/corpus.away" "$S/corpus"
run pf-ingest
ran 0 'after some trouble'
rm -f "$SPOOL"/bad/*
like "$(pf-report status)" "refused_crash	$((n + 1))" 'refused once, counted once'
like "$(pf-report job "$job")" "refused.crash	$((n + 1))" 'of its job too'
like "$(pf-report -j job "$job")" "\"refused\":{\"crash\":$((n + 1))," 'as JSON'
done_testing
