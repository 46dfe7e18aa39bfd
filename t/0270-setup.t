#!/bin/sh
# scripts/setup: what it installs, when it may not, and what it then says.
# Nothing is installed here: the package tools are stand-ins that note how
# they were called.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
whole

mkdir "$T/bin"
for p in sh awk tr cat printf cmp cp mkdir; do
	ln -s "$(command -v $p)" "$T/bin/$p" 2>/dev/null || :
done

# stand_in NAME: a program of that name, its text on stdin
stand_in()
{
	{
		echo '#!/bin/sh'
		cat
	} >"$T/bin/$1"
	chmod +x "$T/bin/$1"
}

# All but the packages in $ABSENT are installed.
stand_in dpkg-query <<'END'
shift 3
for p in "$@"; do
	case " $ABSENT " in
	*" $p "*)	echo "$p not-installed" ;;
	*)		echo "$p installed" ;;
	esac
done
END
stand_in id <<'END'
echo "${ID-1000}"
END

# npm comes with its nodejs, or not at all; it leaves a mark where it was.
stand_in npm <<'END'
echo "npm $*" >>"$CALLS"
exit ${NPM:-0}
END
mkdir -p "$T/tree/t/npm" "$T/tree/scripts"
cp "$PF_ROOT/scripts/setup" "$T/tree/scripts"
echo '{}' >"$T/tree/t/npm/package.json"
echo 1 >"$T/tree/t/npm/package-lock.json"
mkdir -p "$T/tree/.build/npm"
cp "$T/tree/t/npm/package-lock.json" "$T/tree/.build/npm/done"

setup()
{
	: >"$T/calls"
	env -i PATH="$T/bin" ABSENT="${absent-}" CALLS="$T/calls" \
	    FAILS="${fails-}" DENIED="${denied-}" \
	    NPM="${npm-}" "$T/bin/sh" "$T/tree/scripts/setup" "$@"
}

check 'no word' 64 - '~^usage: setup build\|demo\|check\|bench\|model\|power$' setup
check 'a word it does not know' 64 - '~^usage: ' setup all
for w in build demo check bench; do
	check "$w: all is there" 0 - - setup $w
done

absent='afl++'
check 'build does without what the demo needs' 0 - - setup build
check 'the demo does not' 69 - '~install-recommends afl\+\+$' setup demo
check 'nor do the tests' 69 - '~install-recommends afl\+\+$' setup check
absent=libinih-dev
for w in build demo check; do
	check "$w does not do without a library" 69 - \
	    '~^  apt-get install -y --no-install-recommends libinih-dev$' \
	    setup $w
done
absent='gcc jq'
check 'all that is missing is named' 69 - '~recommends gcc jq$' setup check

# With sudo that asks for no password.
stand_in sudo <<'END'
[ "$1" != -n ] || exit ${DENIED:-0}
echo "$*" >>"$CALLS"
case $* in
tee*)	while read -r line; do echo "$line"; done >>"$CALLS" ;;
"$FAILS"*)
	[ -z "$FAILS" ] || exit 100 ;;
esac
END
denied=1
check 'sudo that asks' 69 - '~recommends gcc jq$' setup check
check 'then nothing is done' 0 - - cat "$T/calls"
denied=
check 'sudo that does not ask' 0 '=setup: installing gcc jq' - setup check
ok 'the index first' grep -q '^apt-get update' "$T/calls"
like "$(tail -n 2 "$T/calls" | grep install)" \
    '^env DEBIAN_FRONTEND=noninteractive apt-get install -y .*--no-install-recommends gcc jq$' \
    'then the packages'
if [ -e /usr/sbin/policy-rc.d ]; then
	ok 'the policy for services is left alone' \
	    sh -c "! grep -q policy '$T/calls'"
else
	ok 'services may not start' grep -qx 'exit 101' "$T/calls"
	like "$(tail -n 1 "$T/calls")" '^rm -f /usr/sbin/policy-rc.d$' \
	    'until all is done'
fi
fails='apt-get update'
check 'without a new index it is tried' 0 '*' '~update failed' setup check
fails='env '
check 'packages that cannot be had' 69 '*' '~recommends gcc jq$' setup check
ok 'nothing stays behind' test "$(grep -c '^rm' "$T/calls")" = \
    "$(grep -c '^tee' "$T/calls")"

# What comes from npm
fails=
absent=
check 'nothing is fetched twice' 0 - - setup check
check 'npm is not asked' 0 - - cat "$T/calls"
echo 2 >"$T/tree/t/npm/package-lock.json"
npm=1
check 'without a network' 0 '=setup: fetching from npm' '~will be skipped' \
    setup check
npm=0
check 'the next time' 0 '=setup: fetching from npm' - setup check
like "$(cat "$T/calls")" '^npm ci --prefix .*/\.build/npm --ignore-scripts' \
    'just what the list says, and nothing of it is run'
check 'it is there' 0 - - setup check
for w in build demo; do
	echo 3 >"$T/tree/t/npm/package-lock.json"
	check "$w does without" 0 - - setup $w
done
rm "$T/bin/npm"
absent=npm
check 'a machine without npm' 0 '=setup: installing npm' - setup check

rm "$T/bin/dpkg-query"
check 'no Debian' 69 - '~gcc make .*libmicrohttpd-dev' setup build
done_testing
