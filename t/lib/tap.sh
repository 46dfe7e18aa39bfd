# shellcheck shell=sh
# TAP for tests in shell, to be sourced.  Each test gets a directory of its
# own in $T, removed at the end; run CMD leaves its status in $status and
# what it said in the files $T/out and $T/err.

# Where programs and helpers lie, whoever calls.
PF_ROOT=${PF_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
PF_BIN=${PF_BIN:-$PF_ROOT/bin}
PF_OBJ=${PF_OBJ:-$PF_ROOT/.build}
PATH=$PF_BIN:$PF_OBJ/t/lib:$PATH
export PF_ROOT PF_BIN PF_OBJ PATH
unset PF_CONF
umask 022

T=$(mktemp -d "${TMPDIR:-/tmp}/pf-test.XXXXXX") || exit 1
tap_n=0 tap_bad=0 tap_done=0
status=0

# A test may add work of its own for the end: at_end 'umount ...'.
tap_end=
at_end()
{
	tap_end="$1
$tap_end"
}

tap_exit()
{
	tap_rc=$?
	trap - EXIT
	eval "$tap_end"
	rm -rf "$T"
	[ $tap_done -eq 1 ] || [ $tap_rc -ne 0 ] || tap_rc=1
	[ $tap_bad -eq 0 ] || tap_rc=1
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
}

fail()
{
	tap_n=$((tap_n + 1)) tap_bad=$((tap_bad + 1))
	echo "not ok $tap_n - $1"
}

# ok NAME CMD ...: the command succeeds
ok()
{
	tap_name=$1
	shift
	if "$@" >/dev/null 2>&1; then pass "$tap_name"
	else
		fail "$tap_name"
		echo "# failed: $*"
	fi
}

# is GOT WANT NAME
is()
{
	if [ "$1" = "$2" ]; then pass "$3"
	else
		fail "$3"
		printf '%s\n' "got: $1" "expected: $2" | sed 's/^/# /'
	fi
}

# like TEXT ERE NAME
like()
{
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then pass "$3"
	else
		fail "$3"
		printf '%s\n' "got: $1" "expected: /$2/" | sed 's/^/# /'
	fi
}

# ran STATUS NAME: what run() ran ended so; shows its words if not
ran()
{
	if [ "$status" = "$1" ]; then pass "$2"
	else
		fail "$2"
		echo "# status $status, expected $1"
		sed 's/^/# /' "$T/err"
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

done_testing()
{
	tap_done=1
	echo "1..$tap_n"
}

# until_true SECONDS CMD ...: waits for what another process does
until_true()
{
	tap_left=$(($1 * 20))
	shift
	while ! "$@" >/dev/null 2>&1; do
		tap_left=$((tap_left - 1))
		[ $tap_left -gt 0 ] || return 1
		sleep 0.05
	done
}
