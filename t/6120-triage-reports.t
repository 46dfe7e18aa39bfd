#!/bin/sh
# pf-triage over real reports: of every sanitizer, two compilers, libFuzzer,
# AFL++, valgrind, gdb, the C library, Rust and Go, each with the record that
# was written down by hand.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
reports=$PF_ROOT/t/data/reports
cd "$reports" || exit 1

grep -v '^#' expected.tsv >"$T/expected"
cut -f 1 "$T/expected" >"$T/listed"
ok 'there are reports' test "$(wc -l <"$T/listed")" -gt 500
find . -mindepth 2 -type f ! -path './src/*' | sed 's|^\./||' | LC_ALL=C sort \
    >"$T/there"
check 'each has a record, and each record its report' 0 - - \
    diff "$T/listed" "$T/there"
cut -f 2 "$T/expected" | sort -u | tr '\n' ' ' >"$T/tools"
is "$(cat "$T/tools")" \
    '- afl asan cxx gdb glib glibc glog go hwasan libfuzzer lsan msan musl rust signal tsan ubsan valgrind ' \
    'of every tool there is one'

# records FILE ...: what is written down of a record, by pf-triage
records()
{
	pf-triage "$@" 2>"$T/said" | awk -F '\t' -v OFS='\t' '{
		type = $3
		sub(/ (READ|WRITE)( [^ ]*)?$/, "", type)
		print $1, $2, type, $4, $5, $6, $13, $17
	}'
}

none=$(cut -f 2 "$T/expected" | grep -cx -e -)
# shellcheck disable=SC2046 # no name has blanks
run pf-triage $(cat "$T/listed")
ran 1 'some are no report of a crash'
is "$(cat "$T/err")" "pf-triage: $none without a report of a crash" \
    'as many as are known'
# shellcheck disable=SC2046
records $(cat "$T/listed") >"$T/records"
ok 'each has its record' test "$(wc -l <"$T/records")" = \
    "$(wc -l <"$T/listed")"

# A tool at a time, so that it shows whose reader is wrong.
sed 's|/.*||' "$T/listed" | sort -u >"$T/by"
while read -r tool; do
	grep "^$tool/" "$T/expected" >"$T/want"
	grep "^$tool/" "$T/records" >"$T/got"
	check "$tool: $(wc -l <"$T/want") reports are read as they should" \
	    0 - - diff "$T/want" "$T/got"
done <"$T/by"

# The same leaks as text and as XML.
grep '^valgrind/leak-.*\.xml	' "$T/records" | sed 's/\.xml	/	/' >"$T/xml"
cut -f 1 "$T/xml" | while read -r f; do
	grep "^$f	" "$T/records"
done >"$T/said"
ok 'valgrind told some leaks in two ways' test "$(wc -l <"$T/xml")" -ge 4
check 'which are the same' 0 - - diff "$T/said" "$T/xml"

# Memory that nobody can have is refused alike, whatever runtime is asked.
for bug in too-big product page align aligned; do
	pf-triage asan/heap-$bug.* tsan/heap-$bug.* | cut -f 14 | sort -u \
	    >"$T/majors"
	is "$(wc -l <"$T/majors")" 1 "$bug: one bug of two runtimes"
done

# What collects output puts a name or a time before each line, which differs
# from line to line; some take off the blanks at the end of a line.
before()
{
	awk -v what="$1" '{
		at = sprintf("2026-11-28T06:%02d:%02d.%07dZ ", NR / 60 % 60,
		    NR % 60, NR * 7919 % 10000000)
		if (what == "time")
			p = at
		else if (what == "brackets")
			p = "[" substr(at, 1, 19) "+01:00] "
		else if (what == "name")
			p = "app_1  | "
		else if (what == "both")
			p = "app-1 | " at
		else
			p = "worker " (NR * 31 % 9) " at " 100 + NR % 900 "> "
		$0 = p $0
		sub(/ +$/, "")
		print
	}' "$2"
}
# Of what begins with nothing of its own no other prefix is known.
grep -E '^(asan|hwasan|lsan|msan|tsan|valgrind|helgrind)/[^.]*[.][^.]*$' \
    "$T/listed" | grep -v -e '/fuzz' -e '/things-at' -e '/things-no' \
    -e '/things-p' -e '/things-t' -e colour >"$T/marked"
for what in time brackets name both other; do
	rm -rf "$T/before"
	mkdir "$T/before"
	list=$T/listed
	[ $what != other ] || list=$T/marked
	while read -r f; do
		mkdir -p "$T/before/${f%/*}"
		before $what "$f" >"$T/before/$f"
	done <"$list"
	# shellcheck disable=SC2046
	(cd "$T/before" && records $(cat "$list")) >"$T/got"
	# shellcheck disable=SC2046
	records $(cat "$list") >"$T/want"
	ok "$what: there are records" test "$(wc -l <"$T/want")" -gt 200
	check "$what before each line changes nothing" 0 - - \
	    diff "$T/want" "$T/got"
done

# What is cut, comes twice or stands among other things.
mkdir "$T/cut" "$T/twice"
while read -r f; do
	name=$(echo "$f" | tr / _)
	head -c $(($(wc -c <"$f") / 2)) "$f" >"$T/cut/$name"
	{
		cat "$f"
		echo 'and once more:'
		cat "$f"
	} >"$T/twice/$name"
done <"$T/listed"
run pf-triage "$T"/cut/*
ok 'reports that end in the middle are no crash' test "$status" -le 1
ok 'and have a record each' test "$(wc -l <"$T/out")" = \
    "$(wc -l <"$T/listed")"
ok 'most of them still say what it was' test \
    "$(cut -f 2 "$T/out" | grep -cvx -e -)" -gt \
    "$(($(wc -l <"$T/listed") * 3 / 4))"
run pf-triage "$T"/twice/*
ran 1 'reports that come twice'
cut -f 2,4,13 "$T/out" | sort >"$T/got"
cut -f 2,4,7 "$T/expected" | sort >"$T/want"
check 'are the first one' 0 - - diff "$T/want" "$T/got"
done_testing
