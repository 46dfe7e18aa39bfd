#!/bin/sh
# A work directory, a token and a configuration that lie where programs lie,
# below /opt and /usr/local: a target sees the programs and not them.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/box.sh
. "$PF_ROOT/t/lib/box.sh"
need bwrap unshare /usr/bin/python3

# An /opt and a /usr/local/etc of our own.
if [ -z "${PF_TEST_MOUNTS-}" ]; then
	unshare -m true 2>/dev/null || skip_all 'nothing can be mounted here'
	rm -rf "$T"
	export PF_TEST_MOUNTS=1
	exec unshare -m "$0"
fi
unset PF_TEST_MOUNTS
for dir in /opt /usr/local/etc; do
	mkdir -p "$dir" && mount -t tmpfs pf-test "$dir" || exit 1
done

run_master
box_path
mkdir -p /opt/pf/bin /opt/pf/etc /opt/other /usr/local/etc/pf
echo a-secret-of-this-bot >/opt/pf/etc/token
chmod 600 /opt/pf/etc/token
echo theirs >/opt/other/file
cp /bin/echo /opt/pf/bin/tool
ln -s /etc/shadow /opt/pf/link
/usr/bin/python3 - /opt/pf/sock <<'END' &
import signal, socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
signal.pause()
END
at_end "kill $! 2>/dev/null"
sed 's|^work_directory.*|work_directory = /opt/pf/w|
    s|^socket.*|socket = /opt/pf/sock|
    s|^\[bot\]|&\ntoken_file = /opt/pf/etc/token|' "$PF_CONF" \
    >/usr/local/etc/pf/conf
script probe <<'END'
try() { n=$1; shift; if "$@" >/dev/null 2>&1; then echo "can $n"
	else echo "cannot $n"; fi; }
try read-token cat /opt/pf/etc/token
try read-configuration cat /usr/local/etc/pf/conf
try read-bot cat /opt/pf/w/slot-0/bot.json
try read-through-link cat /opt/pf/link
try write-over-it sh -c 'echo >/opt/pf/w/x || echo >/opt/pf/etc/x'
try connect /usr/bin/python3 -c 'import socket
socket.socket(socket.AF_UNIX).connect("/opt/pf/sock")'
try read-other cat /opt/other/file
try run-tool /opt/pf/bin/tool
try read-own cat "$0"
try write-own sh -c 'echo x >$TMPDIR/x && cat $TMPDIR/x'
END

# has LINE NAME
has()
{
	ok "$2: $1" grep -Fqx "$1" "$T/log"
}

# job HOW CMD ...: one of it, run by the command
job()
{
	how=$1
	shift
	submit probe libfuzzer "$T/probe" -d 60s
	check "$how: pf-run" 0 - '~: failed: ' "$@" \
	    env PF_CONF=/usr/local/etc/pf/conf timeout 60 pf-run -m "$url"
	until_true 10 spool_empty
	log_of "$job" >"$T/log"
}

# hidden HOW CMD ...
hidden()
{
	rm -rf /opt/pf/w
	job "$@"
	for cannot in read-token read-configuration read-bot \
	    read-through-link write-over-it connect; do
		has "cannot $cannot" "$how"
	done
	for can in read-other run-tool read-own write-own; do
		has "can $can" "$how"
	done
}

until_true 20 test -S /opt/pf/sock
PATH=/opt/pf/bin:$PATH
hidden bubblewrap env
PF_BIN=/opt/pf/bin:$PF_BIN
hidden landlock without_bwrap

# A directory of programs in the work directory itself.
sed -i 's|^work_directory.*|work_directory = /opt/pf|' /usr/local/etc/pf/conf
for way in env without_bwrap; do
	job "programs in the work directory, $way" "$way"
	has 'can run-tool' "$how"
	has 'cannot read-token' "$how"
done
done_testing
