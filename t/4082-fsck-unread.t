#!/bin/sh
# pf-ingest fsck: a link, a directory or a file where another thing should be,
# and what cannot be read, are findings, and all else is looked at all the
# same; -r moves aside what is no file, and notes what is lost.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

master </dev/null
leases 1
C=$S/corpus/$job X=$S/crashes/$job
for n in 1 2 3 4 5 6; do
	echo "input $n" >"$T/i$n"
	mkpack corpus "$job" b1 -s "$n" "$T/i$n" | lay
	echo "boom $n" >"$T/x$n"
	mkpack crash "$job" b1 -s "1$n" -f type=segv -f "stack=f$n < main" \
	    "$T/x$n" | lay
done
pf-ingest -q
check 'all is well' 0 - - pf-ingest fsck

# found: all findings without their reasons, sorted
found() { cut -f 1,2 "$T/out" | sort; }
# The last of them by its name, so that it would be looked at last.
bad=$(find "$C" -type f | sort | tail -n 1)
first=$(find "$C" -type f | sort | head -n 1)
crash=$(find "$X" -type f ! -name '*.json' | sort | head -n 1)
report=$(find "$X" -name '*.json' | sort | tail -n 1)
cp "$bad" "$T/bad"
echo more >>"$bad"
swap() { mv "$1" "$T/was.${1##*/}" && ln -s "$T/was.${1##*/}" "$1"; }
swap "$first"
swap "$crash"
swap "$report"
run pf-ingest fsck
ran 1 'links where files should be'
is "$(found)" "$(printf 'damaged\t%s\nforeign\t%s\nforeign\t%s\nforeign\t%s' \
    "$bad" "$first" "$crash" "$report" | sort)" \
    'a finding each, and what comes after them'
is "$(grep -c 'it is a symbolic link$' "$T/out")" 3 'that says what it is'
run pf-ingest fsck -r
ran 1 'with -r'
is "$(grep -c 'moved aside$' "$T/err")" 4 'all four are moved aside'
is "$(find "$S/aside" -type l | wc -l) $(find "$T" -name 'was.*' | wc -l)" \
    '3 3' 'the links themselves, not what they lead to'
run pf-ingest fsck
is "$(cut -f 1 "$T/out" | sort | tr '\n' ' ')" 'missing missing missing report ' \
    'after that they are missed'
mkdir "$report"
run pf-ingest fsck -r
run pf-ingest fsck -r
check 'what is lost was noted, the report written anew' 0 - - pf-ingest fsck
check 'and how many that are' 0 - '~3 noted as lost before$' pf-ingest -v fsck
is "$(find "$C" "$X" -name '*.lost' | wc -l)" 3 'a mark each'
for n in 1 2 3 4 5 6; do
	mkpack corpus "$job" b2 -s "2$n" "$T/i$n" | lay
done
pf-ingest -q
check 'found by a bot again' 0 - '~, 1 noted as lost before$' \
    pf-ingest -v fsck
cp "$T/was.${crash##*/}" "$crash"
check 'put back by hand' 0 - - pf-ingest fsck -r
is "$(find "$C" "$X" -name '*.lost' | wc -l)" 0 'no mark is left'
rm "$first"
check 'lost once more it is told of' 1 "~^missing	$first	" - pf-ingest fsck
cp "$T/was.${first##*/}" "$first"

# A file where a job's directory should be keeps its results from being filed.
other=$(pf-sched submit -N two -e libfuzzer -t "$T/target")
: >"$S/corpus/$other"
mkdir -p "$S/logs/jobs"
mkpack corpus "$other" b1 -s 31 "$T/i1" | lay
run pf-ingest -q
ran 74 'a file in the way'
check 'is found' 1 "=foreign	$S/corpus/$other	it is no directory, as that of a job is" \
    - pf-ingest fsck
check 'is moved aside' 1 '~^foreign' '~moved aside$' pf-ingest fsck -r
check 'what waited is filed' 0 '~^corpus	new' - pf-ingest
check 'and all is well' 0 - - pf-ingest fsck

# A part of the ledger that is no file, or nobody's.
L=$S/metadata/ledger
day=$(ls "$L")
sed -n 1p "$L/$day" >"$L/20200101.jsonl"
sed -i 1d "$L/$day"
check 'a ledger in two files' 0 - - pf-ingest fsck
mv "$L/20200101.jsonl" "$T/old"
mkfifo "$L/20200101.jsonl"
run timeout 60 pf-ingest fsck
ran 1 'no file where a day of the ledger should be'
is "$(found)" "unread	$L/20200101.jsonl" 'is the only finding'
like "$(cat "$T/err")" 'rows are not compared with it' 'and what it means is said'
rm "$L/20200101.jsonl"
ln -s nowhere "$L/20200101.jsonl"
mv "$C" "$T/away"
run pf-ingest fsck
ran 1 'a link to nowhere'
is "$(cut -f 1 "$T/out" | sort | uniq -c | tr -s ' ' | tr '\n' ';')" \
    ' 6 missing; 1 unread;' 'all else is looked at'
rm "$L/20200101.jsonl"
mv "$T/away" "$C"
mv "$T/old" "$L/20200101.jsonl"
check 'put back, all is well' 0 - - pf-ingest fsck

if [ -n "${PF_FAST:-}" ] || ! command -v strace >/dev/null; then
	done_testing
	exit
fi

# sick PATH CALL ERROR [-r]: a fsck to whom that is so
sick()
{
	strace -f -qq -o /dev/null -P "$1" -e "inject=$2:error=$3" \
	    pf-ingest fsck ${4:+"$4"}
}
echo more >>"$bad"
report=$(find "$X" -name '*.json' | sort | head -n 1)
target=$(echo "$S"/targets/*/data)
for f in "$first" "$report" "$target"; do
	run sick "$f" read EIO
	ran 1 "EIO at $f"
	is "$(found)" "$(printf 'damaged\t%s\nunread\t%s' "$bad" "$f")" \
	    'is a finding, and the rest is looked at'
	like "$(cat "$T/out")" "unread	$f	.*: Input/output error" 'why'
done
run sick "$C" openat EACCES
ran 1 'a directory that may not be read'
is "$(found)" "$(printf 'damaged\t%s\nunread\t%s' "$bad" "$C")" \
    'is a finding, and the rest is looked at'
for how in 'openat EACCES' 'read EIO'; do
	# shellcheck disable=SC2086 # two words
	run sick "$L/20200101.jsonl" $how
	ran 1 "a day of the ledger: $how"
	is "$(found)" "$(printf 'damaged\t%s\nunread\t%s' "$bad" \
	    "$L/20200101.jsonl")" 'is a finding, and the rest is looked at'
done
run sick "$L" openat EACCES
is "$(found)" "$(printf 'damaged\t%s\nunread\t%s' "$bad" "$L")" \
    'the whole of it is one finding'
# Of what no row knows the part that is not read may know more.
echo alien >"$T/alien"
alien=$C/$(sha256sum <"$T/alien" | cut -c 1-64)
cp "$T/alien" "$alien"
touch -d '1 hour ago' "$alien"
run sick "$L/20200101.jsonl" read EIO -r
like "$(cat "$T/err")" "$alien: stays as it is, for the ledger cannot" \
    'a file without a row stays'
is "$(files "$SPOOL/new")" 0 'and does not come in as found by fsck'
rm "$alien"
echo more >>"$bad"
run sick "$first" openat EACCES -r
ran 1 'with -r'
is "$(cat "$first")" "$(cat "$T/was.${first##*/}")" 'it stays'
like "$(cat "$T/err")" "$first: stays as it is, for it cannot be read" \
    'which is said'
like "$(cat "$T/err")" "$bad: moved aside" 'the other is moved aside'
done_testing
