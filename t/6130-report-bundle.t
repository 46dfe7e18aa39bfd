#!/bin/sh
# pf-report bundle: what is in it, and repro.sh as somebody else has it, on
# planted bugs of each kind.  All are built and filed at once.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
need clang gcc llvm-symbolizer tar python3
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
chmod 755 "$T"

S="$T/a store'd" SPOOL=$T/spool
master </dev/null

cat >"$T/bugs.c" <<'EOT'
#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static volatile int zero;
static volatile int table[4];
__attribute__((noinline)) static int
row(size_t n)
{
	char *p = calloc(n, 1);
	int v = p[n + (size_t)zero];

	free(p);
	return v + 1;
}
__attribute__((noinline)) static int
column(size_t n)
{
	char *p = calloc(n, 1);
	int v = p[n + (size_t)zero];

	free(p);
	return v + 2;
}
__attribute__((noinline)) static int
follow(int *volatile p) { return *p + 1; }
__attribute__((noinline)) static int
give_up(int n) { if (n >= 0) abort(); return n + 1; }
__attribute__((noinline)) static int
check(int n) { assert(n > 7 && "a header"); return n + 1; }
__attribute__((noinline)) static int
wait_long(int n) { while (!zero) n++; return n; }
__attribute__((noinline)) static int
dive(int n)
{
	volatile char room[100];

	room[n % 100] = 1;
	return n < 0 ? 0 : dive(n + 1) + room[0];
}
__attribute__((noinline)) static int
use_freed(size_t n)
{
	int *p = malloc(n + 4);

	free(p);
	return p[zero] + 1;
}
__attribute__((noinline)) static int
free_twice(size_t n)
{
	char *volatile p = malloc(n);

	p[zero] = 1;
	free(p);
	free(p + zero);
	return 1;
}
__attribute__((noinline)) static int
beyond(int n)
{
	volatile char b[8];

	b[0] = 1;
	return b[n | 8] + b[0];
}
__attribute__((noinline)) static int
look_up(int n) { return table[(n & 3) + 4 + zero] + 1; }
__attribute__((noinline)) static int
add_up(int n) { return 0x7fffffff + n; }
__attribute__((noinline)) static int
hoard(size_t n)
{
	char *p;

	while (!zero && (p = malloc(16 << 20)) != NULL)
		memset(p, 1, 16 << 20);
	return (int)n;
}
static char *volatile kept;
__attribute__((noinline)) static int
forget(size_t n)
{
	kept = malloc(n + 40);
	kept[0] = 1;
	kept = NULL;
	return 1;
}
__attribute__((noinline)) static int
guess(size_t n)
{
	volatile int *p = malloc(4 * n + 4);

	if (p[zero] == 7)
		fputs("seven\n", stderr);
	return 6;
}
int shared;
__attribute__((noinline)) static void *
there(void *p) { shared = 1; return p; }
__attribute__((noinline)) static int
here(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, there, NULL) != 0)
		return 1;
	shared = 2;
	return pthread_join(t, NULL);
}
/* As what cannot do its work elsewhere. */
__attribute__((noinline)) static int
refuse(int lsan)
{
	fputs(lsan ? "==9==LeakSanitizer has encountered a fatal error.\n" :
	    "FATAL: ThreadSanitizer: unexpected memory mapping 0x5-0x6\n",
	    stderr);
	_exit(66);
}
__attribute__((noinline)) static int
talk(void)
{
	char line[4096];
	int i;

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (i = 0; i < 2048; i++)
		fwrite(line, 1, sizeof(line), stdout);
	fflush(stdout);
	abort();
}
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
#ifdef FIXED
	return 0;
#endif
	switch (n > 0 ? p[0] : 0) {
	case 'r':	zero = row(n) == 99; break;
	case 'c':	zero = column(n) == 99; break;
	case 'n':	zero = follow(NULL) == 99; break;
	case 'a':	zero = give_up((int)n) == -1; break;
	case 's':	zero = check((int)(n & 3)) == -1; break;
	case 't':	zero = wait_long((int)n) == -1; break;
	case 'd':	zero = dive((int)n) == -1; break;
	case 'f':	zero = use_freed(n) == 0; break;
	case '2':	zero = free_twice(n) == 0; break;
	case 'b':	zero = beyond((int)n & 7) == 99; break;
	case 'l':	zero = look_up((int)n & 3) == 99; break;
	case 'u':	zero = add_up((int)n) == 99; break;
	case 'h':	zero = hoard(n) == 0; break;
	case 'k':	zero = forget(n) == 0; break;
	case 'i':	zero = guess(n) == 0; break;
	case 'y':	zero = here() == -1; break;
	case 'M':	zero = refuse(0); break;
	case 'P':	zero = refuse(1); break;
	case 'w':	zero = talk(); break;
	}
	return 0;
}
#ifndef FUZZ
int
main(int argc, char *argv[])
{
	static uint8_t b[4096];
	FILE *f = stdin;

	if (argc > 1 && (f = fopen(argv[argc - 1], "r")) == NULL)
		return 9;
	if (argc > 2 && strcmp(argv[1], "-x `touch evil` $HOME 'q'") != 0)
		return 11;
	return LLVMFuzzerTestOneInput(b, fread(b, 1, sizeof(b), f));
}
#endif
EOT
# build NAME CC FLAG ...: two of them at a time
build()
{
	printf '%s\n' "$*" >>"$T/builds"
}
build asan clang -fsanitize=address
build gcc gcc -fsanitize=address
build fuzz clang -DFUZZ -fsanitize=fuzzer,address
build shared clang -fsanitize=address -shared-libasan
build ubsan clang -fsanitize=undefined -fno-sanitize-recover=all
# A compiler may come without these.
others=
for san in leak memory thread; do
	if echo 'int main(void) { return 0; }' | clang -x c "-fsanitize=$san" \
	    -o "$T/probe" - 2>/dev/null && "$T/probe" >/dev/null 2>&1; then
		others="$others $san"
		build with-$san clang -fsanitize=$san
	else
		skip "no runtime of -fsanitize=$san works here"
	fi
done
build plain gcc
build fixed clang -DFIXED -fsanitize=address
# shellcheck disable=SC2016 # the inner shell's
ok 'the targets are built' xargs -a "$T/builds" -P 2 -L 1 sh -c 'cd "$0" &&
    name=$1 && shift &&
    exec "$@" -w -g -O1 -pthread -fno-optimize-sibling-calls \
    -o "$name" bugs.c' "$T"
runtime=$(dirname "$(clang -print-file-name=libclang_rt.asan-x86_64.so)")
[ -e "$runtime/libclang_rt.asan-x86_64.so" ] ||
	runtime=$(dirname "$(clang -print-file-name="libclang_rt.asan-$(uname -m).so")")

# The job of each target, in a file; that of libFuzzer has limits.
while read -r name rest; do
	case $name in
	fuzz)	set -- -e libfuzzer -T 3s -m 256M ;;
	*)	set -- -e blackbox ;;
	esac
	pf-sched submit -N "$name" "$@" -t "$T/$name" >"$T/job.$name" \
	    2>/dev/null
done <"$T/builds"

# crash NAME TARGET INPUT COMMAND FIELD=VALUE ...: for file_all.  Its report is
# what the target says, or what is in $report.
seq=0 report='' engine=blackbox
crash()
{
	seq=$((seq + 1))
	name=$1 of=$2 t=$T/$2 what=$3 line=$4
	printf '%s %d' "$what" "$seq" >"$T/input.$seq"
	sha "$T/input.$seq" >"$T/hash.$name"
	: >"$T/said"
	case $what in
	[thMPw]*) ;;
	*)	LD_LIBRARY_PATH=$runtime \
		    ASAN_OPTIONS=handle_abort=1:detect_leaks=${leaks:-0} \
		    UBSAN_OPTIONS=print_stacktrace=1 "$t" \
		    "$T/input.$seq" >"$T/said" 2>&1 ;;
	esac
	[ -z "$report" ] || printf '%s\n' "$report" >"$T/said"
	shift 4
	[ $# -gt 0 ] || set -- type=other
	for f; do
		set -- "$@" -f "$f"
		shift
	done
	mkpack crash "$(cat "$T/job.$of")" b1 -s "$seq" -t "$seq" \
	    -f engine="$engine" "$@" -f "command=$line" \
	    -f "output=$(head -c 8192 "$T/said")" \
	    -f "target_hash=$(sha "$t")" "$T/input.$seq" >>"$T/crashes"
}

# known NAME: its $id
known()
{
	id=$(sql "SELECT id FROM crashes WHERE hash = '$(cat "$T/hash.$1")'")
}

# open_bundle NAME [FLAG]: the bundle of $id in a directory of its own, $d
open_bundle()
{
	d=$T/$1
	shift
	mkdir "$d"
	pf-report bundle "$@" "$id" >"$d.tar" || return 1
	[ "$(id -u)" -ne 0 ] || chown 65534:65534 "$d"
	(cd "$d" && else_do sh -c 'tar -xf - && mv crash-*/* . &&
	    rmdir crash-*' <"$d.tar")
}

# Somebody else, who has no PandaFuzz; $path is what they have.
path=/usr/local/bin:/usr/bin:/bin
mkdir "$T/tmp"
chmod 1777 "$T/tmp"
else_do()
{
	set -- env -i "PATH=$path" "TMPDIR=$T/tmp" "$@"
	if [ "$(id -u)" -eq 0 ]; then
		set -- setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	fi
	"$@"
}
repro()
{
	(cd "$d" && else_do "${shell:-sh}" repro.sh "$@")
}

# planted NAME TARGET INPUT COMMAND FIELD ...: a bug that is to be seen again
planted()
{
	echo "$1" >>"$T/planted"
	crash "$@"
}
planted overflow asan row '%TARGET% %INPUT%'
planted freed asan freed '%TARGET% %INPUT%'
planted twice asan 2 '%TARGET% %INPUT%'
planted stack asan beyond '%TARGET% %INPUT%'
planted global asan look '%TARGET% %INPUT%'
planted abort asan abort '%TARGET% %INPUT%'
planted assert asan say '%TARGET% %INPUT%'
planted null asan null '%TARGET% %INPUT%'
planted recursion asan dive '%TARGET% %INPUT%'
planted stdin asan row '%TARGET% < %INPUT%'
planted with-gcc gcc row '%TARGET% %INPUT%'
planted gcc-assert gcc say '%TARGET% %INPUT%'
planted undefined ubsan up '%TARGET% %INPUT%'
leaks=1
planted leak asan k '%TARGET% %INPUT%'
leaks=0
for san in $others; do
	case $san in
	leak)	planted lsan-leak with-leak k '%TARGET% %INPUT%' ;;
	memory)	planted uninitialized with-memory i '%TARGET% < %INPUT%' ;;
	thread)	planted race with-thread y '%TARGET% %INPUT%' ;;
	esac
done
engine=libfuzzer
planted libfuzzer fuzz row '%TARGET% %INPUT%'
planted libfuzzer-abort fuzz abort '%TARGET% %INPUT%'
# Without the limits of the job these would take for ever, and all there is.
report='==9== ERROR: libFuzzer: timeout after 3 seconds
    #0 0x1 in __sanitizer_print_stack_trace (/target+0x1)
    #1 0x1 in wait_long /bugs.c:1:1
    #2 0x1 in LLVMFuzzerTestOneInput /bugs.c:1:1'
planted libfuzzer-timeout fuzz timeout '%TARGET% %INPUT%' type=timeout
report='==9== ERROR: libFuzzer: out-of-memory (used: 300Mb; limit: 256Mb)'
planted libfuzzer-memory fuzz hoard '%TARGET% %INPUT%' type=out-of-memory
engine=blackbox report=''
planted signal plain null '%TARGET% < %INPUT%' signal=11 tool=signal
planted signal-abort plain abort '%TARGET% %INPUT%' signal=6 tool=signal
planted plain-twice plain 2 '%TARGET% %INPUT%' signal=6 tool=glibc
planted timeout plain t '%TARGET% %INPUT%' type=timeout
# What would be a shell's is a word.
planted hostile asan row \
    "%TARGET% '-x \`touch evil\` \$HOME '\\''q'\\''' %INPUT%"
# And what is no command at all.
n=0
# shellcheck disable=SC2016 # no shell's at all
for c in '%TARGET% %INPUT%; touch evil' '%TARGET% $(touch evil)' \
    '%TARGET% `x`' '%TARGET% %INPUT% | sh' 'touch evil' '%TARGET% < /etc/x' \
    '%TARGET% > x' "%TARGET% 'open" 'sh %TARGET% %INPUT%' '%TARGET% "a"' \
    '%TARGET% a\ b' '1A=b %TARGET%' 'LD_PRELOAD=%INPUT% %TARGET%' \
    'ASAN_OPTIONS=log_path=x %TARGET% %INPUT%' 'A= %TARGET%' \
    '%TARGET% %INPUT% &' '%TARGET% *' \
    '%TARGET%
touch evil' '%TARGET% < %INPUT% x' "'A'=b %TARGET%" ''; do
	n=$((n + 1))
	crash "evil$n" plain "evil$n" "$c"
done
crash shared shared row '%TARGET% %INPUT%'
crash talk plain words '%TARGET% %INPUT%' signal=6 tool=signal
report='==9==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1
    #0 0x1 in parse /parse.c:1:1'
crash tsan plain M '%TARGET% %INPUT%'
crash lsan plain P '%TARGET% %INPUT%'
# A bot without a symbolizer, and one that has run it again with one.
printf row >"$T/row"
report=$(ASAN_OPTIONS=symbolize=0 "$T/asan" "$T/row" 2>&1)
crash nameless asan row '%TARGET% %INPUT%'
"$T/asan" "$T/row" >"$T/named" 2>&1
mkpack check "$(cat "$T/job.asan")" b1 -s 9999 -t 9999 -f build=target \
    -f hash="$(cat "$T/hash.nameless")" -f target="$(sha "$T/asan")" \
    -f runs=5 -f crashed=5 -f same=5 "$T/named" >>"$T/crashes"
lay <"$T/crashes"
pf-ingest -q

if [ "$(id -u)" -eq 0 ]; then
	is "$(else_do id -u)" 65534 'bundles are opened by another user'
else
	skip 'only root can be another user: bundles are opened by this one'
fi
ok 'twenty bugs are planted' test "$(wc -l <"$T/planted")" -ge 20
again=0
while read -r name; do
	known "$name"
	open_bundle "$name" -T
	check "$name: the same bug" 0 '~^same bug, by kind and frames: ' - \
	    repro
	echo "# $name: $(cat "$T/out")"
	[ "$status" -ne 0 ] || again=$((again + 1))
done <"$T/planted"
is "$again" "$(wc -l <"$T/planted")" 'all of them are seen again'
ok 'and no word of a bot was run' test ! -e "$T/hostile/evil"
ok "a run of libFuzzer ends where the bot's does" grep -q -e '-timeout=3 ' \
    "$T/libfuzzer-timeout/repro.sh"
while [ $n -gt 0 ]; do
	known "evil$n"
	why='~^pf-report: crash .*: its command' want=65
	[ $n -ne 21 ] || why='~told no command' want=66
	check "$n: not run" $want - "$why" pf-report bundle "$id"
	n=$((n - 1))
done

known nameless
open_bundle nameless -T
check 'names are looked for where a run again had them' 0 \
    '~^same bug, .*: row < LLVM|^same bug, .* in row < LLVM' - repro
ok 'their report is in it' cmp "$T/named" "$d/report"

known overflow
d=$T/overflow
first=$id
check 'with its frames' 0 '~row < LLVMFuzzerTestOneInput' - repro
check 'the files are those of a bundle' 0 "=about
frames
input
report
repro.sh
rules
signature.awk
target" - ls "$d"
ok 'the input is what it was' cmp "$T/input.1" "$d/input"
ok 'and the target' cmp "$T/asan" "$d/target"
is "$(sed -n 's/^type	//p; s/^state	//p' "$d/about")" \
    "$(pf-triage "$d/report" | cut -f 3,13 | tr '\t' '\n')" \
    'about has what pf-triage says'
is "$(sed -n 's/^ASAN_OPTIONS	//p' "$d/about")" \
    abort_on_error=0:handle_abort=1:symbolize=1:dedup_token_length=3:detect_leaks=1 \
    'and the options of the sanitizer'
is "$(awk -f "$d/signature.awk" "$d/frames" "$d/report" | sed -n 2p)" \
    "$(pf-triage "$d/report" | cut -f 13)" 'both ways name the same frames'
# shellcheck disable=SC2016 # the inner shell's
check 'the same crash again' 0 - - sh -c 'pf-report bundle -T "$1" |
    cmp - "$2"' - "$first" "$d.tar"
pf-report bundle -T -o "$T/x.tar" "$first"
check 'in a file' 0 - - cmp "$T/x.tar" "$d.tar"
if command -v shellcheck >/dev/null; then
	check 'repro.sh as shellcheck wants it' 0 - - shellcheck "$d/repro.sh"
fi
for shell in bash 'busybox sh'; do
	command -v "${shell%% *}" >/dev/null || continue
	# shellcheck disable=SC2016,SC2086 # two words, and the inner shell's
	check "$shell runs it" 0 '~^same bug' - \
	    sh -c 'cd "$1" && shift && exec "$@" repro.sh' - "$d" $shell
done
shell='sh'
is "$(ls -A "$T/tmp")" '' 'and nothing is left'

# With pf-triage the bucket decides.
path=$PF_BIN:$path
if else_do pf-triage -V >/dev/null 2>&1; then
	check 'by pf-triage' 0 '~^same bug, by pf-triage: ' - repro
else
	# shellcheck disable=SC2016 # the inner shell's
	check 'by pf-triage' 0 '~^same bug, by pf-triage: ' - \
	    sh -c 'cd "$1" && sh repro.sh' - "$d"
fi
path=/usr/local/bin:/usr/bin:/bin

# Another place, another kind, none at all.
id=$first
open_bundle bare
check 'without the target' 3 - '~^environment: the target is missing: it is' \
    repro
cp "$T/asan" "$T/as = it's"
check 'given by its path' 0 '~^same bug' - repro "$T/as = it's"
(cd "$T" && cp "as = it's" bare/mine)
chmod 755 "$d/mine"
check 'relative to where we are' 0 '~^same bug' - repro mine
rm "$d/mine"
check 'a path where nothing is' 3 - '~the target is missing: no file /' \
    repro gone
check 'another build' 3 - '~^environment: wrong build: the SHA-256 of' \
    repro "$T/gcc"
chmod 644 "$T/as = it's"
check 'one that may not be executed' 3 - '~may not be executed' \
    repro "$T/as = it's"
chmod 755 "$T/as = it's"
check 'two paths' 64 - '~^usage: ' repro a b
check 'an option' 64 - '~^usage: ' repro -x
cp "$d/repro.sh" "$T/repro.saved"
sed "s/^machine=.*/machine='s390x'/" "$T/repro.saved" >"$d/repro.sh"
check 'another architecture' 3 - '~^environment: wrong architecture: .*s390x' \
    repro "$T/asan"
# Builds of a bug that is gone, or has become another, under the hash of it.
pretend()
{
	sed "s/^target_sha=.*/target_sha='$(sha "$T/$1")'/" \
	    "$T/repro.saved" >"$d/repro.sh"
}
pretend fixed
check 'a bug that is fixed' 2 '~^no crash: the target ended with status 0' - \
    repro "$T/fixed"
cp "$T/repro.saved" "$d/repro.sh"
printf column >"$d/input"
check 'an input that was changed' 3 - '~the bundle is not whole: the input' \
    repro "$T/asan"
sed "s/^input_sha=.*/input_sha='$(sha "$d/input")'/" "$T/repro.saved" \
    >"$d/repro.sh"
check 'the same kind in another place' 1 \
    '~^another crash, by kind and frames: .*column .*, not .*row' - \
    repro "$T/asan"
# shellcheck disable=SC2016 # the inner shell's
check 'and by pf-triage' 1 '~^another crash, by pf-triage' - sh -c \
    'cd "$1" && PATH=$2:$PATH sh repro.sh "$3"' - "$d" "$PF_BIN" "$T/asan"
printf null >"$d/input"
sed "s/^input_sha=.*/input_sha='$(sha "$d/input")'/" "$T/repro.saved" \
    >"$d/repro.sh"
check 'another kind' 1 '~^another crash, .*SEGV' - repro "$T/asan"
rm "$d/frames"
check 'a part that is missing' 3 - '~not whole: no frames' repro "$T/asan"

# What the machine lacks.
known shared
open_bundle shared.d -T
check 'without the runtime of the sanitizer' 3 - \
    '~^environment: missing sanitizer runtime: .*libclang_rt' repro
mkdir "$T/few"
for p in awk sed grep tr cut sort head env uname dirname sha256sum mkdir \
    rm cp ln cat sleep sh wc mkfifo date; do
	ln -s "$(command -v "$p")" "$T/few/$p"
done
id=$first
open_bundle few.d -T
# Debian's runtime knows where its symbolizer lies.
cp "$d/repro.sh" "$T/repro.saved"
sed 's/symbolize=1/symbolize=0/' "$T/repro.saved" >"$d/repro.sh"
check 'without a symbolizer' 3 - '~^environment: missing symbolizer' repro
cp "$T/repro.saved" "$d/repro.sh"
path=$T/few
check 'little is needed' 0 '~^same bug' - repro
rm "$T/few/sha256sum"
check 'without anything for a SHA-256' 3 - '~nothing here makes a SHA-256' \
    repro
rm "$T/few/awk"
check 'without awk' 3 - '~there is no awk here' repro
path=/usr/local/bin:/usr/bin:/bin

# What a sanitizer cannot do here; of other places nobody knows.
for what in tsan lsan; do
	known $what
	open_bundle $what.d -T
	check "$what cannot work here" 3 - \
	    '~^environment: the sanitizer cannot work here: .*Sanitizer' repro
done

# A target that talks for ever fills no disk.
known talk
open_bundle talk.d -T
# shellcheck disable=SC2016,SC3045 # the inner shell's, as most have it
check 'words without end' 0 '~^same bug' - sh -c \
    'cd "$1" && ulimit -f 4096 && sh repro.sh' - "$d"
# shellcheck disable=SC2016 # the inner shell's
check 'with a CDPATH' 0 '~^same bug' - sh -c \
    'cd "$1" && CDPATH=.:/tmp sh talk.d/repro.sh' - "$T"

# Whoever gives up leaves nothing behind: what runs has $tmp in its environment.
tmp=$T/given-up
mkdir "$tmp"
rests() { ! grep -lsF "$tmp" /proc/[0-9]*/environ >/dev/null; }
# The target is there when something works in its directory.
runs()
{
	find /proc -mindepth 2 -maxdepth 2 -name cwd -lname "$tmp/repro.*" \
	    2>/dev/null | grep -q .
}
for sig in INT TERM HUP; do
	# What a shell without jobs has in the background ignores SIGINT.
	TMPDIR=$tmp python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp("sh", ["sh", sys.argv[1]])' "$T/timeout/repro.sh" \
	    >"$T/out" 2>"$T/err" </dev/null &
	pid=$!
	ok "the target runs, for SIG$sig" until_true 60 runs
	kill -$sig $pid
	status=0
	wait $pid || status=$?
	is $status 3 "SIG$sig ends it"
	like "$(cat "$T/err")" interrupted 'and it says so'
	ok 'with all that it began' until_true 60 rests
	is "$(find "$tmp" -mindepth 1 | wc -l)" 0 'and its directory'
done

# What is gone, or not what it was.
check 'no such crash' 66 - '~there is no crash' pf-report bundle zzz
# shellcheck disable=SC2016 # the inner shell's
check 'a full device' 74 - '~standard output' \
    sh -c 'pf-report bundle "$1" >/dev/full' - "$first"
check 'a directory that is not there' 66 - '~open .*none/x.tmp' \
    pf-report bundle -o "$T/none/x" "$first"
if command -v script >/dev/null; then
	run script -qec "pf-report bundle $first" /dev/null </dev/null
	ran 64 'a terminal'
	ok 'gets no archive' grep -q 'nothing for a terminal' "$T/out"
else skip 'no script(1)'; fi
f="$S/crashes/$(sql "SELECT job_id || '/' || hash FROM crashes
    WHERE id = '$first'")"
cp "$f" "$T/kept"
chmod u+w "$f"
echo changed >"$f"
check 'an input that is damaged' 65 '*' '~is not what its name says' \
    pf-report bundle "$first"
check 'leaves no file' 65 - '~is not what' \
    pf-report bundle -o "$T/damaged" "$first"
is "$(find "$T" -maxdepth 1 -name 'damaged*' | wc -l)" 0 'of either name'
rm "$f"
check 'an input that is gone' 66 - '~open .*: No such' \
    pf-report bundle "$first"
cp "$T/kept" "$f"
mv "$S/targets" "$S/away"
check 'a target that is gone' 66 - '~open .*targets.*: No such' \
    pf-report bundle "$first"
done_testing
