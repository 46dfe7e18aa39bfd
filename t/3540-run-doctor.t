#!/bin/sh
# pf-run -D: what it sees of a machine that is well, and of all that may be
# wrong with one.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need jq afl-fuzz

run_master
mkdir "$T/w"

# doctor STATUS NAME ARG ...: its lines are in $T/out
doctor()
{
	doctor_want=$1 doctor_name=$2
	shift 2
	run timeout 60 "$PF_BIN/pf-run" -D -m "$url" "$@"
	ran "$doctor_want" "$doctor_name: status $doctor_want"
}

# says CHECK STATUS FOUND-ERE [ADVICE-ERE]: a line of it
says()
{
	says_line=$(awk -F'\t' -v OFS='\t' -v c="$1" \
	    '$1 == c { print $2, $3, $4 }' "$T/out")
	like "$says_line" "^$2	[^	]*($3)[^	]*	.*${4--}" "$1: $2"
}

doctor 0 'a machine that is well'
says configuration ok "$PF_CONF"
says 'work directory' ok "$T/w"
says 'disk speed' '(ok|warn)' 'synced in [0-9]+ ms' ''
says 'disk space' '(ok|warn)' '[0-9]+ MiB and [0-9]+ files free' ''
says afl++ ok 'afl-fuzz \+\+[0-9]+\.' ''
says engines ok 'libfuzzer'
says cores '(ok|warn)' '[0-9]+, [0-9]+ of them free, for 1 slot' ''
says memory '(ok|warn)' '[0-9]+ MiB available for 1 slot' ''
says core_pattern '(ok|warn)' . ''
says governor '(ok|warn)' . ''
says nofile '(ok|warn)' '[0-9]+|unlimited' ''
says nproc '(ok|warn)' '[0-9]+|unlimited' ''
says 'box: namespaces' '(ok|warn)' . ''
says master ok "$url"
says 'master id' ok '[0-9a-f-]{36}'
says clock ok 'apart' ''
is "$(awk -F'\t' 'NF != 4' "$T/out")" '' 'each line has four columns'
is "$(awk -F'\t' '$2 !~ /^(ok|warn|fail)$/' "$T/out")" '' \
    'and a status that is one of three'
is "$(awk -F'\t' '$2 != "ok" && $4 == "-"' "$T/out")" '' \
    'and advice unless all is well'
ok 'it has left nothing' test -z "$(ls "$T/w")"
is "$(master_sql 'SELECT count(*) FROM bots')" 0 'and registered nobody'
doctor 0 'as JSON' -J
ok 'lines of it' jq -e 'has("check") and has("status") and has("found") and
    has("advice")' "$T/out"
check '-J alone' 64 - '~^usage: ' pf-run -J
doctor 0 'a work directory to be made' -w "$T/new/deep/er"
says 'work directory' ok 'it will be made'
ok 'is not made' test ! -e "$T/new"

# Engines.
mkdir "$T/bin"
bare()
{
	env PATH="$T/bin" "$@"
}
PATH_WAS=$PATH
PATH=$T/bin:$(dirname "$(command -v timeout)")
timeout=$(PATH=$PATH_WAS command -v timeout)
ln -s "$timeout" "$T/bin/timeout"
PATH=$PATH_WAS
run bare timeout 60 "$PF_BIN/pf-run" -D -m "$url"
ran 0 'a PATH with no afl-fuzz'
says afl++ warn 'not on the PATH' 'install afl'
says symbolizer warn 'not on the PATH' 'install llvm'
says 'box: namespaces' warn 'bwrap is not on the PATH' .
{
	cat "$PF_CONF"
	echo 'capabilities = afl++'
} >"$T/afl.conf"
run bare timeout 60 "$PF_BIN/pf-run" -D -m "$url" -c "$T/afl.conf"
ran 69 'nothing to offer'
says engines fail 'no engine to offer' 'install'
{
	cat "$PF_CONF"
	echo 'isolation = strict'
} >"$T/strict.conf"
run bare timeout 60 "$PF_BIN/pf-run" -D -m "$url" -c "$T/strict.conf"
ran 69 'a box that has to be and cannot'
says 'box: namespaces' fail 'bwrap is not on the PATH' 'isolation = strict'
{
	cat "$PF_CONF"
	echo 'capabilities = libfuzzer'
} >"$T/lib.conf"
mkdir "$T/engines"
ln -s "$PF_ROOT/etc/engines.d/nothing" "$T/engines/broken"
cat >"$T/engines/mine" <<'END'
#!/bin/sh
[ "$1" != -c ] || echo 'contract : 1'
END
chmod +x "$T/engines/mine"
{
	cat "$PF_CONF"
	echo "engines = $T/engines"
} >"$T/own.conf"
doctor 0 'engines of others' -c "$T/own.conf"
says engines ok '"mine"'
says engine warn 'engines/broken: ' 'mend it'
says mine ok "$T/engines/mine of unknown version" -
doctor 0 'afl++ left out' -c "$T/lib.conf"
says afl++ warn afl-fuzz 'capabilities'

# The machine.
doctor 0 'more slots than cores' -j 1000
says cores warn 'for 1000 slots' 'fewer slots'
says memory warn 'for 1000 slots' 'fewer slots'
run sh -c "ulimit -n 64; timeout 60 pf-run -D -m $url"
says nofile warn 64 'ulimit -n'
if prlimit --as=9999999999 pf-run -V >/dev/null 2>&1; then
	run prlimit --as=9999999999 timeout 60 pf-run -D -m "$url"
	says 'address space' warn bytes 'ulimit -v unlimited'
else
	skip 'this pf-run itself needs more'
fi

# The work directory.
: >"$T/file"
doctor 78 'a work directory that is a file' -w "$T/file"
says 'work directory' fail "$T/file" 'it is no directory'
doctor 78 'or below one' -w "$T/file/w"
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	mkdir -m 700 "$T/mine"
	chmod 755 "$T"
	: >"$T/plain.conf"
	run setpriv --reuid=65534 --regid=65534 --clear-groups \
	    timeout 60 "$PF_BIN/pf-run" -D -c "$T/plain.conf" -m "$url" \
	    -w "$T/mine"
	if [ "$status" = 126 ]; then
		skip 'the program is out of reach of others'
	else
		ran 78 'one that is somebody else'"'"'s'
		says 'work directory' fail "$T/mine" 'may not write there'
		says user ok 'not root'
	fi
else
	skip 'not root'
fi
(
	flock 9
	: >"$T/held"
	sleep 60
) 9>"$T/w/lock" &
held=$!
at_end "kill $held"
until_true 5 test -e "$T/held"
doctor 0 'a bot that works there'
says 'work directory' ok 'works here now'
if mkdir "$T/small" && mount -t tmpfs -o size=2m tmpfs "$T/small" \
    2>/dev/null; then
	at_end "umount $T/small"
	doctor 75 'a disk that is full' -w "$T/small"
	says 'disk speed' fail 'No space' 'make room'
	{
		cat "$PF_CONF"
		printf '[limits]\ndisk_min_free = 1G\n'
	} >"$T/room.conf"
	doctor 75 'and too small' -c "$T/room.conf" -w "$T/small"
	says 'disk space' fail '[0-9]+ MiB and' 'make room'
	is "$(ls "$T/small")" '' 'nothing is left there'
else
	skip 'no tmpfs can be mounted here'
fi
mkdir -p "$T/w/slot-0" "$T/w/slot-7/outbox/new" "$T/w/slot-7/outbox/cur" \
    "$T/w/slot-7/outbox/bad" "$T/w/slot-7/outbox/tmp"
echo x >"$T/w/slot-7/outbox/new/1-2-3"
doctor 0 'results of a slot that is none'
says slot-7 ok '1 packs wait'

# The master.
echo '{"inc":"i1","master":"another"}' >"$T/w/slot-0/bot.json"
doctor 78 'another master'
says 'master id' fail 'the work directory is of another' 'another work dir'
rm "$T/w/slot-0/bot.json"
doctor 75 'no master' -m http://127.0.0.1:1
says master fail '127.0.0.1:1' 'pf-httpd'
doctor 78 'a URL that is none' -m master:8080
says master fail 'not an http' 'master_url'
{
	cat "$PF_CONF"
	echo "token_file = $T/token"
} >"$T/token.conf"
doctor 78 'a token that is not there' -c "$T/token.conf"
says token fail "$T/token" 'token_file'
echo 'slot = 1' >>"$T/token.conf"
doctor 78 'a configuration that is none' -c "$T/token.conf"
says configuration fail 'unknown key' 'mend it'
echo abcdefghijklmnopqrstuvwxyz >"$T/token"
chmod 600 "$T/token"
{
	cat "$PF_CONF"
	printf '[http]\ntoken_file = %s\n' "$T/token"
} >"$T/m/guarded.conf"
master_spawn guarded pf-httpd -c "$T/m/guarded.conf" -l 127.0.0.1:0
master_wait pf-httpd test -s "$T/m/guarded.out"
guarded=$(sed -n 's/^listening //p' "$T/m/guarded.out")
doctor 78 'a master that wants a token' -m "$guarded"
says master fail 'answered 401' 'token'
{
	cat "$PF_CONF"
	echo "token_file = $T/token"
} >"$T/token.conf"
doctor 0 'and gets it' -c "$T/token.conf" -m "$guarded"
says token ok "$T/token"
says master ok "$guarded"
done_testing
