
# The rest is the same for every crash.
usage()
{
	echo "usage: repro.sh [target]" >&2
	exit 64
}

# What is not ours to trust is shown without what could move a cursor.
say()
{
	printf '%s\n' "$*" | LC_ALL=C tr -c '\040-\176\n' '?'
}

differs()
{
	say "environment: $*" >&2
	exit 3
}

have()
{
	command -v "$1" >/dev/null 2>&1
}

sum()
{
	if have sha256sum; then
		sha256sum <"$1"
	elif have shasum; then
		shasum -a 256 <"$1"
	elif have openssl; then
		openssl dgst -sha256 -r <"$1"
	else
		differs "nothing here makes a SHA-256: sha256sum, shasum, openssl"
	fi | sed 's/[^0-9a-f].*//'
}

absolute()
{
	case $1 in
	/*)	printf '%s\n' "$1" ;;
	*)	printf '%s\n' "$PWD/$1" ;;
	esac
}

check_machine()
{
	here=$(uname -m)
	case $machine:$here in
	:*|"$here:$here"|i386:i?86|i386:x86_64|arm:armv*|arm:aarch64) ;;
	*)	differs "wrong architecture: the target is for $machine," \
		    "this machine is $here" ;;
	esac
}

check_target()
{
	[ -n "$given" ] || differs "the target is missing: it is not in this" \
	    "bundle, give its path; its SHA-256 is $target_sha"
	[ -f "$given" ] || differs "the target is missing: no file $given"
	[ -r "$given" ] || differs "the target may not be read: $given"
	got=$(sum "$given")
	[ -z "$target_sha" ] || [ "$got" = "$target_sha" ] ||
		differs "wrong build: the SHA-256 of the target is $got," \
		    "not $target_sha"
	check_machine
	[ -x "$given" ] || differs "the target may not be executed: $given"
	! have ldd || [ -z "$machine" ] || lacks=$(ldd "$given" 2>/dev/null |
	    sed -n 's/^[ 	]*\([^ ]*\) => not found.*/\1/p' | head -n 1)
	case ${lacks-} in
	'')	;;
	*san*|*clang_rt*)
		differs "missing sanitizer runtime: $lacks" ;;
	*)	differs "missing library: $lacks" ;;
	esac
}

# What was seen under valgrind does not happen without it.
check_valgrind()
{
	[ -n "$under" ] || return 0
	have valgrind || differs "missing valgrind: this was seen under" \
	    "valgrind, which is not on the PATH"
}

find_symbolizer()
{
	for tool in llvm-symbolizer llvm-symbolizer-21 llvm-symbolizer-20 \
	    llvm-symbolizer-19 llvm-symbolizer-18 llvm-symbolizer-17 \
	    llvm-symbolizer-16 llvm-symbolizer-15 llvm-symbolizer-14 \
	    llvm-symbolizer-13 llvm-symbolizer-12 llvm-symbolizer-11; do
		tool=$(command -v "$tool" 2>/dev/null) || continue
		case $tool in
		*[\ :,\'\"]*|[!/]*) continue ;;
		esac
		symbolizer=":external_symbolizer_path=$tool"
		return
	done
	symbolizer=
}

# Ends what was begun, when we are told to end.
# shellcheck disable=SC2317 # called by the trap
give_up()
{
	trap '' HUP INT TERM
	[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
	[ -z "$dog" ] || kill -KILL "$dog" 2>/dev/null
	# This ends what it began.
	[ -z "$reader" ] || kill "$reader" 2>/dev/null
	say "interrupted" >&4
	exit 3
}

# watch SECONDS SIGNAL PID FILE: sends it, and makes the file, when it is late.
# It sleeps by the second, so that it may be killed: shells lose what they can
# catch when it comes as they begin, or begin to wait.
watch()
{
	(
		slept=0
		while [ "$slept" -lt "$1" ]; do
			sleep 1
			slept=$((slept + 1))
		done
		: >"$4"
		kill "-$2" "$3"
	) >/dev/null 2>&1 &
	dog=$!
}

unwatch()
{
	{ kill -KILL "$dog" && wait "$dog"; } 2>/dev/null
	dog=
}

# The first of what comes by the pipe is kept, and the rest is thrown away.
read_words()
{
	(
		job=
		trap 'kill "$job"; exit' TERM
		exec 3<"$work/words"
		head -c "$most" <&3 >"$work/report" &
		job=$!
		wait "$job"
		cat <&3 >/dev/null &
		job=$!
		wait "$job"
	) 2>/dev/null &
	reader=$!
}

# Runs the target to its end or ours: its first words in $work/report, $status.
execute()
{
	mkfifo "$work/words" || differs "no pipe can be made in $work"
	read_words
	(
		# shellcheck disable=SC3045 # most shells have it
		{ ulimit -c 0; ulimit -S -t "$seconds"; } 2>/dev/null
		cd "$work" && start
	) >"$work/words" 2>&1 4>&- &
	pid=$!
	watch "$limit" KILL "$pid" "$work/late"
	status=0
	{ wait "$pid" || status=$?; } 2>/dev/null
	pid=
	unwatch
	# What the target left behind may hold the pipe open for ever.
	watch 5 TERM "$reader" "$work/held"
	wait "$reader" 2>/dev/null
	reader=
	unwatch
	# Some shells count from 256.
	[ "$status" -lt 256 ] || status=$((status - 128))
	case $status in
	126|127)
		grep -e 'error while loading shared libraries' \
		    -e '^env: ' -e 'Exec format error' -e ': not found' \
		    "$work/report" >"$work/why" ||
			return 0
		if grep -q -e 'lib.*san' -e clang_rt "$work/why"; then
			differs "missing sanitizer runtime:" \
			    "$(head -n 1 "$work/why")"
		fi
		differs "the target cannot be started here:" \
		    "$(head -n 1 "$work/why")" ;;
	esac
	if [ -n "$under" ] && ! grep -q '^==[0-9]*== Memcheck' "$work/report" ||
	    grep -q '^valgrind:  *Fatal error' "$work/report"; then
		why=$(grep '^valgrind:' "$work/report" | head -n 1)
		differs "valgrind cannot run the target here:" \
		    "${why:-no word of why}"
	fi
}

# A sanitizer that cannot do its work here says so, if it did not there.
check_runtime()
{
	unable='FATAL: ThreadSanitizer|ThreadSanitizer: unexpected memory mapping'
	unable="$unable|Sanitizer can ?not (mmap|proceed)|Sanitizer failed to"
	unable="$unable (allocate|mmap)|ReserveShadowMemoryRange failed"
	unable="$unable|Shadow memory range interleaves"
	unable="$unable|LeakSanitizer has encountered a fatal error"
	unable="$unable|LeakSanitizer does not work under ptrace"
	unable="$unable|is out of application range"
	if grep -Eq "$unable" "$work/report" &&
	    ! grep -Eq "$unable" "$home/report"; then
		differs "the sanitizer cannot work here:" \
		    "$(grep -E "$unable" "$work/report" | head -n 1)"
	fi
}

# So much of a report is kept, quoted: then only so much is compared.
cut_alike()
{
	size=$(wc -c <"$home/report") || size=0
	quotes=$(tr -cd '\n\t\042\134' <"$home/report" | wc -c) || quotes=0
	if [ $((size + quotes)) -ge 8000 ]; then
		head -c "$size" "$work/report" >"$work/cut" &&
		    mv "$work/cut" "$work/report"
	fi
}

# signature FILE: as kind, where, named and number
signature()
{
	LC_ALL=C awk -f "$home/signature.awk" "$home/frames" "$1" \
	    >"$work/signature" || differs "awk failed"
	{ read -r kind; read -r where; read -r named; read -r number; } \
	    <"$work/signature"
}

# Whether it was ended, by us or for the time of the processor it took.
hung()
{
	[ "$status" -eq 152 ] || { [ -f "$work/late" ] && [ "$status" -eq 137 ]; }
}

# What a run without a report amounts to.
by_status()
{
	if hung; then
		kind=timeout where=-
	elif [ "$kind" != - ]; then
		return
	elif [ "$status" -gt 128 ] && [ "$status" -lt 193 ]; then
		kind="signal $((status - 128))" number=$((status - 128))
	elif [ "$status" -ne 0 ] && [ "$expected" = "status $status" ]; then
		kind=$expected
	fi
}

# One of the two may have no stack, or no report at all.
same()
{
	case $want_kind in
	"signal $number") ;;
	"$kind")	;;
	*)	return 1 ;;
	esac
	[ "$want_where" = - ] || [ "$where" = - ] ||
	    [ "$want_where" = "$where" ]
}

# By pf-triage's key if it knows both: 0 or 1, and 2 if it does not.
exactly()
{
	have pf-triage && ! hung || return 2
	pf-triage -i "$home/rules" "$home/report" "$work/report" \
	    >"$work/triage" 2>/dev/null || return 2
	cut -f 21 "$work/triage" | sort -u >"$work/keys"
	[ "$(wc -l <"$work/keys")" -eq 1 ]
}

# One run under valgrind may show many errors and leaks, each a block of
# lines.  What was seen is the first error of a run or one of these: it is
# looked for, and the first that was found instead is kept if it is not there.
pick_block()
{
	first=
	mv "$work/report" "$work/block.0"
	awk -v "to=$work/block." '
	/^==[0-9]+==[ \r]*$/ { if (inside) close(to n); inside = 0; next }
	!inside && /^==[0-9]+== / && n < 256 { inside = 1; n++ }
	inside { print >(to n) }' "$work/block.0" || differs "awk failed"
	for block in "$work"/block.*; do
		cp "$block" "$work/report"
		cut_alike
		signature "$work/report"
		[ "$kind" != - ] || continue
		first=${first:-$block}
		how=0
		exactly || how=$?
		if [ $how -eq 0 ] || { [ $how -eq 2 ] && same; }; then
			return
		fi
	done
	cp "${first:-$work/block.0}" "$work/report"
	cut_alike
}

# One run, and what it amounts to.
try()
{
	cp "$home/input" "$input" || differs "no room in ${TMPDIR:-/tmp}"
	# Whatever the path of the target is, it is called so.
	ln -s "$given" "$work/target" || exit 3
	execute
	check_runtime
	if [ -n "$under" ]; then
		pick_block
	else
		cut_alike
	fi
	signature "$work/report"
	by_status
}

judge()
{
	if exactly; then
		how="pf-triage"
	elif [ $? -eq 1 ]; then
		how="pf-triage" bad=1
	else
		how="kind and frames" bad=0
		same || bad=1
	fi
	if [ "${bad:-0}" -eq 0 ]; then
		say "same bug, by $how: $kind in $where"
		exit 0
	fi
	say "another crash, by $how: $kind in $where, not" \
	    "$want_kind in $want_where"
	exit 1
}

[ $# -le 1 ] || usage
case ${1-} in
-*)	usage ;;
esac
set -u
unset CDPATH
# Of what a target says so many bytes are looked at.
most=1048576
# No run is begun after so many seconds.
patience=120
pid='' dog='' reader=''
# Who wants no words may have closed them; opened, they are no other file's.
# shellcheck disable=SC2261 # tried, not redirected
(: 4>&2) || exec 2>/dev/null
(: 4>&1) 2>/dev/null || exec >/dev/null
# What we say of a signal is no word of what it interrupts.
exec 4>&2
trap give_up HUP INT TERM
umask 077
home=$(cd "$(dirname "$0")" && pwd) || exit 3
for tool in awk sed grep tr cut sort head env uname mkfifo wc cat sleep \
    date; do
	have "$tool" || differs "there is no $tool here"
done
[ "$(printf ab | head -c 1)" = a ] || differs "head has no -c here"
for f in input report frames rules signature.awk; do
	[ -r "$home/$f" ] || differs "the bundle is not whole: no $f"
done
if [ $# -eq 1 ]; then
	given=$(absolute "$1")
elif [ -f "$home/target" ]; then
	given=$home/target
else
	given=
fi
check_target
[ "$(sum "$home/input")" = "$input_sha" ] ||
	differs "the bundle is not whole: the input was changed"
check_valgrind
find_symbolizer

work=$(absolute "${TMPDIR:-/tmp}")/repro.$$
input=$work/input
# shellcheck disable=SC2034 # an argument may have it
target=$work/target

mkdir "$work" || differs "no directory can be made in ${TMPDIR:-/tmp}"
trap 'rm -rf "$work"' EXIT
signature "$home/report"
want_kind=$kind want_where=$where want_named=$named
[ "$want_kind" != - ] || want_kind=$expected
tried=0 began=$(date +%s)
while
	try
	tried=$((tried + 1))
	[ "$kind" = - ] && [ "$tried" -lt "$tries" ] &&
	    [ $(($(date +%s) - began)) -lt "$patience" ]
do
	# What one run leaves is nothing for the next.
	rm -rf "$work"
	mkdir "$work" || differs "no directory can be made in ${TMPDIR:-/tmp}"
done
if [ "$kind" = - ]; then
	say "no crash: the target ended with status $status, in $tried of" \
	    "$tries runs"
	exit 2
fi
[ "$want_named" -eq 0 ] || [ "$named" -eq 1 ] || [ "$want_where" = - ] ||
	differs "missing symbolizer: frames have no names;" \
	    "llvm-symbolizer is looked for on the PATH"
judge
