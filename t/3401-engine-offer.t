#!/bin/sh
# Which files of the directory of engines are offered: who may write to them,
# what they are called, what they answer; each refusal says why.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/engine.sh
. "$PF_ROOT/t/lib/engine.sh"

# What is built in stands before.
built=
if command -v afl-fuzz >/dev/null; then
	built='"afl\+\+",'
fi

conf()
{
	printf '[bot]\nwork_directory = %s\nengines = %s\n' "$T/w" "$1" \
	    >"$T/run.conf"
}

# offers NAME OFFERED ERR: as a dry run of a bot with nothing else shows
offers()
{
	check "$1" 0 "~offering \\[$built\"libfuzzer\"$2\\]\$" "$3" \
	    pf-run -c "$T/run.conf" -n
}

conf "$T/none"
offers 'a directory that is not there' '' "~warning: no engines besides .*$T/none"
conf ''
offers 'none is named' '' -
printf '[bot]\nwork_directory = %s\n' "$T/w" >"$T/run.conf"
conf "$T/engines"
offers 'an empty one' '' -
engine_says good <<'END'
END
offers 'one that is good' ',"good"' -
echo 'capabilities = libfuzzer' >>"$T/run.conf"
check 'fewer, by capabilities' 0 '~offering \["libfuzzer"\]$' - \
    pf-run -c "$T/run.conf" -n
conf "$T/engines"

# Who may change it
chmod g+w "$T/engines/good"
offers 'others may write to it' '' '~not offered: .*/good: others may write'
chmod 755 "$T/engines/good"
chmod o+w "$T/engines"
offers 'others may write to the directory' '' '~no engines .*: others may write'
chmod 755 "$T/engines"
if [ "$(id -u)" -eq 0 ]; then
	chown 65534 "$T/engines/good"
	offers 'it is of somebody else' '' '~.*/good: belongs to user 65534'
	chown 0 "$T/engines/good"
else
	skip 'not root: cannot give files away'
fi
mv "$T/engines/good" "$T/moved"
ln -s "$T/moved" "$T/engines/good"
offers 'a link' '' '~.*/good: not a regular file'
rm "$T/engines/good"
mkfifo "$T/engines/good"
offers 'a pipe' '' '~.*/good: not a regular file'
rm "$T/engines/good"
mv "$T/moved" "$T/engines/good"
chmod 644 "$T/engines/good"
offers 'not to be executed' '' "~.*/good: "
rm "$T/engines/good"

# What it is called
for name in Good afl++ libfuzzer aflplusplus 'a b' "$(printf %033d 1)"; do
	engine_says "$name" </dev/null
	offers "called $name" '' '~not offered: '
	rm "$T/engines/$name"
done
engine_says .hidden </dev/null
offers 'hidden' '' -
rm "$T/engines/.hidden"

# What it answers
engine_add new <<'END'
echo 'contract : 2'
END
offers 'another contract' '' '~.*/new -c: it speaks another contract than 1'
engine_add new <<'END'
echo hello
END
offers 'none' '' '~.*/new -c: it does not print'
engine_add new <<'END'
echo 'needs a thing'; exit 69
END
offers 'a program is missing: that is no fault' '' -
check 'but said with -v' 0 '*' '~.*/new -c: status 69: needs a thing$' \
    pf-run -v -c "$T/run.conf" -n
engine_add new <<'END'
printf 'one\n\033[1mtwo\n\n'; exit 3
END
offers 'it fails' '' '~.*/new -c: status 3: \[1mtwo$'
engine_add new <<'END'
kill -9 $$
END
offers 'it dies' '' '~.*/new -c: signal 9'
engine_says new 'options : good Bad' </dev/null
offers 'an option that is none' '' '~.*/new -c: its option "Bad" is no name'
engine_add new <<'END'
[ "$#:$1:$PF_ENGINE_CONTRACT:$PWD" = 1:-c:1:/ ] && echo 'contract : 1'
[ -z "${PF_CONF:-}" ]
END
offers 'what it is told' ',"new"' -
engine_add new <<'END'
exec yes 'contract : 1'
END
offers 'an answer without end' '' '~not offered: .*/new -c: s'
engine_add new <<'END'
echo 'contract : 1'
(sleep 300; : left-over-of-probe) >/dev/null 2>&1 &
END
offers 'what it leaves behind' ',"new"' -
is "$(pgrep -fc "$T/engines/new")" 0 'is ended'
printf '#!%s/no-such\n' "$T" >"$T/engines/new"
offers 'it cannot be started' '' '~.*/new'
ok 'a dry run makes nothing' test ! -e "$T/w"
done_testing
