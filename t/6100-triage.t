#!/bin/sh
# pf-triage: texts in, records out, and what it says of what is none.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
need jq
cd "$T" || exit 1
tab=$(printf '\t')

# Written by gcc 12's AddressSanitizer, as it stands.
cat >asan <<'EOT'
=================================================================
==77==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000017 at pc 0x55d0c5e0a2b1 bp 0x7ffc1 sp 0x7ffc0
READ of size 1 at 0x602000000017 thread T0
    #0 0x55d0c5e0a2b0 in parse_row /b/shelf.c:12
    #1 0x55d0c5e0a301 in parse /b/shelf.c:30
    #2 0x55d0c5e0a3ff in main /b/shelf.c:44

0x602000000017 is located 0 bytes to the right of 7-byte region [0x602000000010,0x602000000017)
allocated by thread T0 here:
    #0 0x7f01 in __interceptor_malloc ../../../../src/libsanitizer/asan/asan_malloc_linux.cpp:69
    #1 0x55d0c5e0a2f0 in parse /b/shelf.c:28

SUMMARY: AddressSanitizer: heap-buffer-overflow /b/shelf.c:12 in parse_row
EOT
echo 'nothing at all' >none
field() { cut -f "$1" out; }

run pf-triage asan
ran 0 'a report is recognised'
is "$(wc -l <out | tr -d ' ')" 1 'one line'
is "$(cut -f 1-13 out)" "asan${tab}asan${tab}Heap-buffer-overflow READ 1${tab}heap-buffer-overflow${tab}read${tab}1${tab}0x602000000017${tab}heap${tab}-${tab}medium${tab}NOT_EXPLOITABLE${tab}read-overflow${tab}parse_row < parse" \
    'with what it says'
like "$(field 14)" '^[0-9a-f]{32}$' 'a bucket'
like "$(field 15)" '^[0-9a-f]{32}$' 'and a variant of it'
is "$(field 16)" 9 'by the built-in rules'
major=$(field 14)
check 'nothing on stderr' 0 '*' - pf-triage asan

run sh -c 'pf-triage <asan'
ran 0 'the same from standard input'
is "$(field 1)" - 'called so'
is "$(field 14)" "$major" 'is the same bug'
check 'and by its name' 0 "~^-$tab" - sh -c 'pf-triage - <asan'
run pf-triage asan asan
is "$(wc -l <out | tr -d ' ')" 2 'two texts are two records'

sed 's|/b/|/elsewhere/|; s/0x[0-9a-f]*/0x123/g; s/:12$/:13/; s/==77==/==8==/' \
    asan >moved
run pf-triage moved
is "$(field 14)" "$major" 'built elsewhere it is the same bug'
# What a symbolizer demangled, and what one left alone.
sed 's/in parse_row /in img::Row<int>::read(std::vector<int>\&) const /
    s/in parse /in void img::parse<char>(char*) /' asan >plain
sed 's/in parse_row /in _ZNK3img3RowIiE4readERSt6vectorIiSaIiEE /
    s/in parse /in _ZN3img5parseIcEEvPT_ /' asan >mangled
run pf-triage plain
plain=$(field 14,15)
is "$(field 13)" 'img::Row<>::read < img::parse<>' 'names of C++'
run pf-triage mangled
is "$(field 13)" 'img::Row<>::read < img::parse<>' 'are read if mangled'
is "$(field 14,15)" "$plain" 'so that both hashes are the same'
sed 's/in parse_row /in <alloc::vec::Vec<u8> as img::Row<u8>>::read /
    s/in parse /in img::parse::<u8> /' asan >plain
sed 's/in parse_row /in _RNvXC3imgINtNtC5alloc3vec3VechEINtB2_3RowhE4read /
    s/in parse /in _RINvC3img5parsehE /' asan >mangled
run pf-triage plain
plain=$(field 14,15)
run pf-triage mangled
is "$(field 13)" '<alloc::vec::Vec<> as img::Row<>>::read < img::parse::<>' \
    'so are those of Rust'
is "$(field 14,15)" "$plain" 'and these hashes are the same'

# One compiler leaves out what is around a thing without a name.
called()
{
	sed "s/in parse_row /in $1 /; s/in parse /in $2 /" asan >"$3"
	pf-triage "$3" | cut -f 13,14
}
while IFS='|' read -r name one other; do
	is "$(called "$one" parse anon)" "$(called "$other" parse anon)" \
	    "$name: two names of one thing"
done <<'EOT'
a function|(anonymous namespace)::row(int)|row
in a namespace|img::(anonymous namespace)::row(int)|row
a method|(anonymous namespace)::A<int>::row(int) const|row
a conversion|(anonymous namespace)::A::operator b::c()|operator b::c
a constructor|(anonymous namespace)::A::A(int)|A
a lambda|img::A::row(int) const::$_1::operator()(int) const|operator()
one that gcc names|img::row()::{lambda(int)#2}::operator()(int) const|operator()
a type in a function|img::row(int)::A::get(int)|get
a type without a name|img::$_0::get(int)|img::._anon_70::get(int)
one and a template|void img::row<(anonymous namespace)::A>(A)|row<>
EOT
ok 'a namespace with a name counts' test \
    "$(called 'img::row(int)' parse anon)" != "$(called row parse anon)"
# shellcheck disable=SC2016 # it is a name
is "$(called 'f()::$_0::__invoke(int)' parse anon)" \
    "$(called _FUN parse anon)" 'a lambda that is called as a function'
is "$(called _FUN parse anon | cut -f 1)" parse 'is passed over'
is "$(called writev parse anon | cut -f 1)" parse 'calls of the system are, too'
# shellcheck disable=SC2016 # it is a name
is "$(called 'f()::$_0::operator()() const' main anon | cut -f 1)" \
    'operator() in shelf.c' 'one that nothing called is told by its file'

# Locks that are taken in a ring, wherever it begins.
ring()
{
	echo 'WARNING: ThreadSanitizer: lock-order-inversion (pid=1)'
	for f; do
		printf '\n  Mutex M1 acquired here while holding mutex M0:\n'
		printf '    #0 pthread_mutex_lock <null> (b+0x7)\n'
		printf '    #1 lock a.c:1 (b+0x8)\n    #2 %s a.c:2 (b+0x9)\n' "$f"
	done
	printf '\n  Thread T1 (tid=9) created by main thread at:\n'
	printf '    #0 aaa a.c:3 (b+0x5)\n'
}
is "$(ring two one six | pf-triage | cut -f 13-15)" \
    "$(ring one six two | pf-triage | cut -f 13-15)" 'a ring of locks'
is "$(ring two one | pf-triage | cut -f 13)" 'lock < one' 'is one bug'

# What was thrown tells one from another.
thrown()
{
	{
		echo "terminate called after throwing an instance of '$1'"
		sed 's/heap-buffer-overflow on/ABRT on unknown/' asan
	} | pf-triage | cut -f "$2"
}
is "$(thrown a::b 13)" 'parse_row < parse' 'an exception, with its stack'
ok 'another type is another bug' test "$(thrown a::b 14)" != \
    "$(thrown a::c 14)"

# A known demangler would take longer than the world is old.
awk 'BEGIN { n = 120; printf "_ZN1acv"
    for (i = 0; i < n; i++) printf "T_I"
    printf "i"
    for (i = 0; i < n; i++) printf "E"
    print "Ev" }' >name
head -n 3 asan >liar
i=0
while [ $i -lt 200 ]; do
	echo "    #$i 0x1 in $(cat name) a.c:1"
	i=$((i + 1))
done >>liar
check 'names made to keep one busy' 0 '~heap-buffer' - timeout 60 \
    pf-triage liar
printf '    #0 0x1 in _Z%s a.c:1\n' "$(head -c 100000 /dev/zero |
    tr '\0' P)" >long
head -n 3 asan | cat - long >liar
check 'one of 100 kB' 0 '~heap-buffer' - timeout 60 pf-triage liar
sed 's/parse_row/parse_col/' asan >other
run pf-triage other
ok 'another function is another' test "$(field 14)" != "$major"

run pf-triage -H asan
is "$(head -n 1 out | cut -f 1-4)" "file${tab}tool${tab}type${tab}kind" \
    'a line of names'
is "$(head -n 1 out | tr '\t' '\n' | wc -l)" \
    "$(tail -n 1 out | tr '\t' '\n' | wc -l)" 'one for each field'

run pf-triage -j asan
ran 0 'as JSON'
is "$(jq -r '.type, .region, .severity' out | tr '\n' ,)" \
    'Heap-buffer-overflow READ 1,heap,medium,' 'the same values'
is "$(jq -c '.stacks[] | [.kind, (.frames | length)]' out | tr '\n' ' ')" \
    '["crash",3] ["alloc",2] ' 'and both stacks'
is "$(jq -c '.stacks[0].frames[0]' out)" \
    '{"function":"parse_row","file":"/b/shelf.c","line":12}' 'of frames'
is "$(jq -c '[.stacks[].frames[].ignored]' out)" \
    '[null,null,true,true,null]' 'with those that do not count'

# A terminal has it laid out.
if command -v script >/dev/null; then
	run script -qec 'pf-triage asan' /dev/null
	ran 0 'for people'
	ok 'the type' grep -q '^asan: Heap-buffer-overflow READ 1' out
	ok 'the severity with its reason' grep -q \
	    'medium, NOT_EXPLOITABLE: memory was read' out
	ok 'a frame that does not count' grep -q '^  -   2 main /b' out
	ok 'one that does' grep -q '^      0 parse_row /b' out
else
	skip 'no script here'
fi

# What mad programs wrote is read where nothing can be done.
if command -v strace >/dev/null && [ -z "${PF_FAST:-}" ]; then
	run strace -o calls -e trace=seccomp,openat,read pf-triage asan
	ran 0 'under strace'
	ok 'the box is shut before a report is opened' awk '
	    /^seccomp\(SECCOMP_SET_MODE_FILTER/ { shut = 1 }
	    /"asan"/ { seen = 1; if (!shut) exit 1 }
	    END { exit !seen }' calls
fi

# More than there are numbers for.
{
	echo '==1==ERROR: LeakSanitizer: detected memory leaks'
	for kind in Direct Direct Direct Indirect; do
		echo "$kind leak of 9999999999999999999 byte(s) in" \
		    '9999999999999999999 object(s) allocated from:'
		echo '    #0 0x1 in f a.c:1'
	done
} >leaks
run pf-triage leaks
ran 0 'leaks that no number holds'
is "$(field 17)" 9223372036854775807 'are as many as one can'

# Two leaks, and the same two in another order.
leak()
{
	echo "Direct leak of $1 byte(s) in 1 object(s) allocated from:"
	echo '    #0 0x1 in malloc m.c:1'
	echo "    #1 0x2 in $2 a.c:1"
	echo
}
head='==1==ERROR: LeakSanitizer: detected memory leaks'
{ echo "$head"; leak 7 red; leak 9000 green; leak 1 red; } >one
{ echo "$head"; leak 9000 green; leak 1 red; leak 7 red; } >two
run pf-triage one
is "$(field 17)" 9008 'what leaked at two places'
one=$(field 2-10,13-17,21)
run pf-triage two
is "$(field 2-10,13-17,21)" "$one" 'is the same in another order'
run pf-triage -j one
is "$(jq -c '[.leaks.leaks[].bytes] | sort' out)" '[8,9000]' \
    'with one sum for each of them'
run pf-triage -j two
is "$(jq -c '[.leaks.leaks[].bytes] | sort' out)" '[8,9000]' 'in any order'
{ echo "$head"; leak 7 red; } >three
run pf-triage three
{ echo "$head"; leak 9000 green; } >four
major3=$(field 14)
run pf-triage four
ok 'each alone is another bug' test "$(field 14)" != "$major3"

# Rules of one's own.
echo 'function parse_row' >rules
run pf-triage -i rules asan
is "$(field 13)" parse 'a function that is ignored'
like "$(field 16)" '^9[+][0-9a-f]{8}$' 'is another version of the rules'
echo 'keep entry main' >rules2
run pf-triage -i rules -i rules2 asan
is "$(field 13)" 'parse < main' 'rules add up'
run pf-triage -i rules2 -i rules asan
is "$(field 13)" 'parse < main' 'what does not meet has no order'

# Those that are built in.
run pf-triage -r
ran 0 'the built-in rules'
mv out builtin
is "$(head -n 1 builtin)" \
    '# The rules for frames that are built in, version 9.' 'say which they are'
ok 'are many' test "$(grep -c '^function ' builtin)" -gt 200
is "$(grep -cEv '^(#|(keep )?(function|file|module|entry) [^ ])' builtin)" 0 \
    'and rules all of them'
ok 'with where programs begin' grep -qx 'entry main' builtin
ok 'to the last' test "$(tail -n 1 builtin)" = 'entry _start'
run pf-triage -i builtin asan
ran 0 'given once more they are read'
is "$(field 13,14)" "parse_row < parse$tab$major" 'and change nothing'
{ cat builtin; echo 'function parse_row'; } >rules3
run pf-triage -i rules3 asan
is "$(field 13)" parse 'and can be added to'
check 'nothing else is read' 0 '~^entry main$' - pf-triage -r gone
check 'a full device for rules' 74 '*' '~cannot write' \
    sh -c 'exec pf-triage -r >/dev/full'

# What is no report.
check 'a text without one' 1 "~^none$tab-$tab" \
    '~^pf-triage: 1 without a report' pf-triage none
check 'an empty one' 1 "~^-$tab-" '~without' sh -c 'pf-triage </dev/null'
run pf-triage asan none asan
ran 1 'one of three'
is "$(wc -l <out | tr -d ' ')" 3 'still has its record'
check 'as JSON' 1 '~"tool":null' '~without' pf-triage -j none
check 'a file that is not there' 66 - '~^pf-triage: gone: No such' \
    pf-triage gone
run pf-triage gone asan none
ran 66 'among others'
is "$(wc -l <out | tr -d ' ')" 2 'they are read all the same'
check 'a directory' 74 - '~^pf-triage: \.: Is a directory' pf-triage .
check 'a full device' 74 '*' '~cannot write' \
    sh -c 'exec pf-triage asan >/dev/full'

# Rules that are none.
printf 'function a\nfunctoin b\n' >bad
check 'a word that is no rule' 65 - '~^pf-triage: bad: line 2: no function' \
    pf-triage -i bad asan
printf 'function \n' >bad
check 'a rule without a glob' 65 - '~line 1: ' pf-triage -i bad asan
head -c 201 /dev/zero | tr '\0' a | sed 's/^/file /' >bad
check 'a glob that is too long' 65 - '~line 1: a glob of' \
    pf-triage -i bad asan
yes 'function a' | head -n 4097 >bad
check 'too many of them' 65 - '~more than 4096 rules' pf-triage -i bad asan
check 'rules that are not there' 66 - '~gone: No such' pf-triage -i gone asan

# Hostile: bytes that no record may hold as they are.
printf 'a.c:1:1: runtime error: x\tb\033[2J\001\n' >evil
run pf-triage evil
is "$(field 19)" 'x\tb\x1b[2J\x01' 'control bytes are escaped'
run pf-triage -j evil
is "$(jq -r .message out | od -An -c | tr -d ' \n')" \
    'x\tb033[2J001\n' 'as JSON has them'
printf '\200\377.c:1:1: runtime error: \300\n' >evil
check 'bytes that are no text' 0 '*' - pf-triage -j evil
ok 'are still JSON' jq -e .tool out

# Rubbish takes memory that does not grow with it; a sanitizer needs more.
if [ -z "${PF_FAST:-}" ]; then
	check '100 MB without a newline in 32 MiB' 1 '~^-' '~without' sh -c \
	    'ulimit -v 32768; head -c 100000000 /dev/zero | pf-triage'
	check '100 MB of lines' 1 '~^-' '~without' sh -c \
	    'ulimit -v 32768; yes "    #0 0x1 in f a.c:1:1" |
	    head -c 100000000 | pf-triage'
	check '100 MB of a report' 0 '~^-.*heap-buffer-overflow' - sh -c \
	    'ulimit -v 32768; { head -n 3 asan; yes "    #0 0x1 in f a.c:1" |
	    head -c 100000000; } | pf-triage'
fi

# More than there is room for, in bounds.
head -n 3 asan >deep
i=0
while [ $i -lt 2000 ]; do
	echo "    #$i 0x1 in f$i a.c:1"
	i=$((i + 1))
done >>deep
run pf-triage -j deep
ran 0 'a stack that is too deep'
is "$(jq -c '[.cut, (.stacks[0].frames | length), .stacks[0].dropped]' out)" \
    '[true,256,1744]' 'is cut and says so'
done_testing
