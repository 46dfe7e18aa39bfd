# shellcheck shell=sh
# TAP for tests in shell, to be sourced; pf-test(7) tells how to use it.
# Each test gets a directory of its own in $T, removed at the end (kept after
# a failure if PF_KEEP is set); run CMD leaves its status in $status and what
# it said in the files $T/out and $T/err.

# Where programs and helpers lie, whoever calls.
PF_ROOT=${PF_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
PF_BIN=${PF_BIN:-$PF_ROOT/bin}
PF_OBJ=${PF_OBJ:-$PF_ROOT/.build}
PATH=$PF_BIN:$PF_OBJ/t/lib:$PATH
LC_ALL=C TZ=UTC
export PF_ROOT PF_BIN PF_OBJ PATH LC_ALL TZ
unset PF_CONF MAKEFLAGS MFLAGS MAKELEVEL
umask 022

# With tap_disk a test works on a disk in any case: files in memory count as
# memory of who fills them.
if [ -n "${tap_disk-}" ]; then
	case ${TMPDIR-} in /dev/shm*) TMPDIR=/var/tmp ;; esac
fi
T=$(mktemp -d "${TMPDIR:-/tmp}/pf-test.XXXXXX") || exit 1
tap_n=0 tap_bad=0 tap_done=0
status=0
# A test of tests may want one line only: at the first that matches, it ends.
tap_stop=${PF_STOP-}
unset PF_STOP

# A test may add work of its own for the end: at_end 'umount ...'.
tap_end=
at_end()
{
	tap_end="$1
$tap_end"
}

# mine PID ...: those that are children of this shell.  The number of one that
# has ended may by now be that of another test, which is not to be killed.
mine()
{
	for mine_pid; do
		[ "$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$mine_pid/status" \
		    2>/dev/null)" != $$ ] || echo "$mine_pid"
	done
}

# What a kind of test can tell after a failure; its library redefines it.
tap_explain() { :; }

tap_exit()
{
	tap_rc=$?
	trap - EXIT
	[ $tap_bad -eq 0 ] || tap_explain
	eval "$tap_end"
	[ $tap_done -eq 1 ] || [ $tap_rc -ne 0 ] || tap_rc=1
	[ $tap_bad -eq 0 ] || tap_rc=1
	if [ $tap_rc -ne 0 ] && [ -n "${PF_KEEP:-}" ]; then
		echo "# kept: $T"
	else
		rm -rf "$T"
	fi
	exit $tap_rc
}
trap tap_exit EXIT
trap 'exit 130' INT TERM HUP

# run CMD ...
run()
{
	status=0
	"$@" >"$T/out" 2>"$T/err" || status=$?
}

# pass NAME, fail NAME
pass()
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1"
	[ -z "$tap_stop" ] || tap_enough "ok $tap_n - $1"
}

fail()
{
	tap_n=$((tap_n + 1)) tap_bad=$((tap_bad + 1))
	echo "not ok $tap_n - $1"
	echo "${0##*/}: not ok $tap_n - $1" | diag
	[ -z "$tap_stop" ] || tap_enough "not ok $tap_n - $1"
}

# tap_enough LINE: ends the test if that is the line to stop at
tap_enough()
{
	! printf '%s\n' "$1" | grep -Eq -e "$tap_stop" || exit 1
}

# diag [FILE ...]: what may explain a failure.  On stderr, which prove shows.
diag()
{
	sed 's/^/# /' "$@" >&2
}

# ok NAME CMD ...: the command succeeds
ok()
{
	tap_name=$1
	shift
	if "$@" >/dev/null 2>&1; then pass "$tap_name"
	else
		fail "$tap_name"
		echo "failed: $*" | diag
	fi
}

# is GOT WANT NAME
is()
{
	if [ "$1" = "$2" ]; then pass "$3"
	else
		fail "$3"
		printf '%s\n' "got: $1" "expected: $2" | diag
	fi
}

# like TEXT ERE NAME
like()
{
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then pass "$3"
	else
		fail "$3"
		printf '%s\n' "got: $1" "expected: /$2/" | diag
	fi
}

# ran STATUS NAME: what run() ran ended so; shows its words if not
ran()
{
	if [ "$status" = "$1" ]; then pass "$2"
	else
		fail "$2"
		echo "status $status, expected $1" | diag - "$T/err"
	fi
}

# tap_fits WORDS FILE: "-" nothing, "=TEXT" that text, "~ERE" a line that
# matches, "*" anything; what does not fit is shown
tap_fits()
{
	case $1 in
	'*')	return 0 ;;
	-)	[ -s "$2" ] || return 0 ;;
	=*)	[ "$(cat "$2")" != "${1#=}" ] || return 0 ;;
	'~'*)	! grep -Eq -e "${1#\~}" "$2" || return 0 ;;
	esac
	printf '%s\n' "${2##*/} should be: $1" "it is:" >>"$T/diag"
	head -n 20 "$2" >>"$T/diag"
	return 1
}

# check NAME STATUS OUT ERR CMD ...: runs it and compares all three; a tool
# that was killed by a signal never does what was expected
check()
{
	tap_name=$1 tap_want=$2 tap_out=$3 tap_err=$4
	shift 4
	run "$@"
	: >"$T/diag"
	tap_good=1
	if [ "$status" != "$tap_want" ] || [ "$status" -gt 128 ]; then
		tap_good=0
		echo "status $status, expected $tap_want: $*" >"$T/diag"
	fi
	tap_fits "$tap_out" "$T/out" || tap_good=0
	tap_fits "$tap_err" "$T/err" || tap_good=0
	if [ $tap_good -eq 1 ]; then pass "$tap_name"
	else
		fail "$tap_name"
		diag "$T/diag"
	fi
}

# empty FILE NAME: a list of what is wrong, shown unless there is none
empty()
{
	if [ ! -s "$1" ]; then pass "$2"
	else
		fail "$2"
		diag "$1"
	fi
}

skip()
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n # SKIP $1"
}

# skip_all WHY: the whole file, before any test
skip_all()
{
	tap_done=1
	echo "1..0 # SKIP $1"
	exit 0
}

# need PROGRAM ...: the test is for machines that have them
need()
{
	for tap_p in "$@"; do
		command -v "$tap_p" >/dev/null || skip_all "no $tap_p here"
	done
}

# whole: not part of the fast run, which repeats the tests of programs only
whole()
{
	[ -z "${PF_FAST:-}" ] || skip_all 'not in the fast run'
}

# sweep_all: not part of make check: it loads the machine so that others fail
sweep_all()
{
	[ "${PF_SWEEP-}" = all ] || skip_all 'part of make check-faults'
}

done_testing()
{
	tap_done=1
	echo "1..$tap_n"
}

# until_true SECONDS CMD ...: waits for what another process does, which it has
# done in so many seconds on a quiet machine; a busy one may take its time
until_true()
{
	tap_left=$(($1 * 20 * ${PF_PATIENCE:-5}))
	shift
	while ! "$@" >/dev/null 2>&1; do
		tap_left=$((tap_left - 1))
		[ $tap_left -gt 0 ] || return 1
		sleep 0.05
	done
}
