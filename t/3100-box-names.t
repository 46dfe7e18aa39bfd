#!/bin/sh
# What a target sees and reaches: with bubblewrap, without it, as root and as
# an ordinary user, and with isolation = none.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/box.sh
. "$PF_ROOT/t/lib/box.sh"
need bwrap perl ps

echo secret >"$T/token"
echo theirs >"$T/theirs"
chmod 666 "$T/theirs"
run_master
box_path
chmod 644 "$T/token"
script probe <<END
try() { n=\$1; shift; if "\$@" >/dev/null 2>&1; then echo "can \$n"
	else echo "cannot \$n"; fi; }
dir=\$PWD
try read-token cat "$T/token"
try read-configuration cat "$PF_CONF"
try read-shadow sh -c 'cat /etc/shadow || cat "$T/w/slot-0/bot.json"'
try write-theirs sh -c 'echo mine >"$T/theirs"'
try remove-blobs sh -c 'rm "$T"/w/blobs/*'
try write-own sh -c "echo >\$dir/own/x"
try write-target sh -c "echo >>\$0"
try write-corpus sh -c "echo >\$dir/corpus/../artifacts/x"
try write-tmp sh -c "echo >\$HOME/x; test -s \$TMPDIR/x"
try connect perl -MIO::Socket::INET -e \
    'exit(IO::Socket::INET->new(PeerAddr => "${url#http://}") ? 0 : 1)'
try see-others sh -c 'ps ax | grep -q "[p]f-sched serve"'
try signal-parents sh -c \
    'p=\$(ps -eo pid,comm | sed -n "s/ pf-run//p") && kill -CONT \$p'
echo "descriptors \$(ls /proc/self/fd | tr '\n' ' ')"
echo "core \$(ulimit -c) files \$(ulimit -n) size \$(ulimit -f)"
echo "adj \$(cat /proc/self/oom_score_adj)"
echo "environment \$(env | sed 's/=.*//' | sort | tr '\n' ' ')"
echo the end
END

export PF_TEST_SECRET=1
# probe CMD ...: one job of it, run by the command
probe()
{
	rm -rf "$T/w"
	submit probe libfuzzer "$T/probe" -d 60s
	run "$@" timeout 60 pf-run -m "$url"
	ok 'the job ends' until_true 10 job_is failed
	until_true 10 spool_empty
	log_of "$job" >"$T/log"
}

# has LINE NAME
has()
{
	ok "$2" grep -Fqx "$1" "$T/log"
}

# shut_in HOW: what no target may, whatever keeps it from it
shut_in()
{
	is "$(cat "$T/theirs")" theirs "$1: others keep their files"
	for may_not in read-token read-configuration read-shadow remove-blobs \
	    write-own write-target connect signal-parents; do
		has "cannot $may_not" "$1: cannot $may_not"
	done
	has 'can write-corpus' "$1: can write to a directory of its engine"
	has 'can write-tmp' "$1: has a place for temporary files"
	limits "$1"
}

limits()
{
	has 'descriptors 0 1 2 3 ' "$1: no descriptor of ours"
	has 'core 0 files 4096 size 262144' "$1: limits"
	has 'adj 900' "$1: is ended before others when memory is short"
	ok "$1: no variable of ours" grep -q '^environment .*PATH' "$T/log"
	is "$(grep -c PF_ "$T/log")" 0 "$1: none at all"
}

probe
like "$(cat "$T/log")" '^pf-run: isolation; namespaces: bubblewrap; mem' \
    'the log of the job tells what there is'
shut_in bubblewrap
has 'cannot see-others' 'bubblewrap: sees nobody'
probe without_bwrap
like "$(cat "$T/err")" 'isolation without: namespaces \(bwrap is not on' \
    'without bubblewrap that is said'
is "$(grep -c 'warning: .*isolation without' "$T/err")" 1 'once'
like "$(cat "$T/log")" '^pf-run: isolation; namespaces: missing: bwrap is' \
    'in the log of the job too'
like "$(job_message)" 'isolation without: namespaces' 'and in its record'
shut_in landlock
if can_nobody; then
	probe as_nobody
	shut_in 'bubblewrap, not root'
	probe without_bwrap as_nobody
	shut_in 'landlock, not root'
else
	skip 'no other user can run this'
fi

# Nothing but limits: what the user may, it may.
sed 's/^\[bot\]/&\nisolation = none/' "$PF_CONF" >"$T/none.conf"
probe env PF_CONF="$T/none.conf"
like "$(cat "$T/err")" 'isolation is none' 'without any isolation: is said'
has 'can read-token' 'without any isolation: can read-token'
has 'can connect' 'without any isolation: can connect'
limits 'without any isolation'

# strict: no job at all.
sed 's/^\[bot\]/&\nisolation = strict/' "$PF_CONF" >"$T/strict.conf"
submit never libfuzzer "$T/probe" -d 20s
PF_CONF=$T/strict.conf
check 'strict without bubblewrap' 69 - \
    '~isolation is strict, and missing are: .*namespaces \(bwrap is not' \
    without_bwrap timeout 60 pf-run -m "$url"
ok 'takes no job' job_is pending
like "$(without_bwrap pf-run -n)" 'isolation: namespaces: missing: bwrap' \
    'a dry run tells'
printf '#!/bin/sh\nexit 1\n' >"$T/path/bwrap"
chmod 755 "$T/path/bwrap"
like "$(without_bwrap pf-run -n)" 'missing: bubblewrap does not work' \
    'a dry run tries it'
done_testing
