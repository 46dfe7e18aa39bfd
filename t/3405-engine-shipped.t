#!/bin/sh
# The engines that are installed with us: blackbox and zzuf find what a
# changed seed reaches, for real; radamsa and honggfuzz, which need not be
# here, are called as their documentation says, and offered only where they
# are.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/engine.sh
. "$PF_ROOT/t/lib/engine.sh"
need clang

cp "$PF_ROOT"/etc/engines.d/* "$T/engines"
chmod 755 "$T"/engines/*
build_crasher crasher
mkdir "$T/seeds"
printf 'nothing but letters' >"$T/seeds/a"
printf 'words="\\xfe\\xfd"\n' >"$T/words"
engine_master 'heartbeat_interval = 1s'

# Where the programs are not
mkdir "$T/few"
for p in sh env cat; do
	ln -s "$(command -v $p)" "$T/few/$p"
done
check 'without the programs none is offered' 0 '~offering \["libfuzzer"\]' - \
    env PATH="$T/few" "$PF_BIN/pf-run" -n
check 'what is missing is said with -v' 0 '*' \
    '~honggfuzz -c: status 69: honggfuzz is not installed' \
    env PATH="$T/few:$PF_BIN" "$PF_BIN/pf-run" -v -n

found()
{
	[ "$(crashes_of 'count(*)')" -gt 0 ]
}

# finds ENGINE [SUBMIT OPTION ...]: for real
finds()
{
	engine=$1
	shift
	submit "$engine" "$engine" "$T/${target:-crasher}" -d 60s -s "$T/seeds" "$@" \
	    2>/dev/null
	timeout 120 pf-run -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
	bot=$!
	ok "$engine finds a crash" until_true 60 found
	pf-sched cancel "$job" >/dev/null
	status=0
	wait "$bot" || status=$?
	is "$status" 0 'the bot ends well'
	is "$(crashes_of 'DISTINCT type, signal')" 'abort|6' 'what it is'
	is "$(pgrep -fc "$T/w/slot-0/jobs/$job")" 0 'no process is left'
}

finds blackbox -x "$T/words" -o seed=1 -o max_len=32 -- -x @@
is "$(crashes_of 'max(size) <= 32')" 1 'none is longer than it may be'
is "$(crashes_of 'DISTINCT command')" '%TARGET% -x %INPUT%' 'how to reproduce'
# Within an argument
cat >"$T/inside" <<'END'
#!/bin/sh
[ ! -s "${1#in=}" ] || kill -ABRT $$
END
chmod 755 "$T/inside"
target=inside
finds blackbox -- in=@@
target=
is "$(crashes_of 'DISTINCT command')" "%TARGET% in=%INPUT%" 'the same'
if command -v zzuf >/dev/null; then
	finds zzuf -o ratio=0.1
	# zzuf_of SEED: what it makes of an input
	zzuf_of() { printf 'an input of some length' | zzuf -s "$1" -r 0.1 | od -c; }
	is "$(zzuf_of 7)" "$(zzuf_of 7)" 'a seed of zzuf gives the same again'
	ok 'and another one something else' \
	    test "$(zzuf_of 7)" != "$(zzuf_of 8)"
else
	skip 'no zzuf here'
fi

# A stand-in for radamsa: it has the options of the real one's manual, and
# puts its seed behind the input.
mkdir "$T/bin"
cat >"$T/bin/radamsa" <<'END'
#!/bin/sh
[ "$#" -eq 2 ] && [ "$1" = -s ] || exit 1
printf '\377'
cat
echo "$2"
END
# And for honggfuzz: what it does with its files, by its documentation.
cat >"$T/bin/honggfuzz" <<'END'
#!/bin/sh
case $1 in
--help)
	for o in input crashdir covdir_new statsfile dynamic_input; do
		echo " --$o VALUE"
	done >&2
	exit 0 ;;
--version)
	echo 'honggfuzz 2.6'
	exit 0 ;;
esac
echo "$*" >asked
while [ "$1" != -- ]; do
	case $1 in
	--input)	input=$2; shift 2 ;;
	--covdir_new)	new=$2; shift 2 ;;
	--crashdir)	crashes=$2; shift 2 ;;
	--statsfile)	stats=$2; shift 2 ;;
	--dynamic_input) import=$2; shift 2 ;;
	--workspace|--threads|--timeout|--max_file_size|--dict|--rlimit_rss)
		shift 2 ;;
	--verbose|--stdin_input) shift ;;
	*)	echo "what is $1?"; exit 1 ;;
	esac
done
trap 'echo >ended; exit 0' TERM
[ -f "$input"/*-a ] || exit 2
echo '# unix_time, last_cov_update, total_exec, ...' >"$stats"
echo '1, 1, 4321, 99, 2, 1, 0, 17, 0, 5' >>"$stats"
cp asked "$new/0011.honggfuzz.cov"
printf '\377crash' >"$crashes/SIGABRT.PC.1.STACK.2.CODE.-6.ADDR.0.INSTR.x.fuzz"
while :; do
	rm -f "$import"/*
	sleep 0.2
done
END
chmod 755 "$T"/bin/*
PATH=$T/bin:$PATH
finds radamsa
submit hf honggfuzz "$T/crasher" -d 6s -s "$T/seeds" -x "$T/words" -m 64M \
    -T 1500ms -- -f=@@ @@ 2>/dev/null
check 'honggfuzz' 0 - '~completed$' pfrun
until_true 10 spool_empty
cat "$PF_STORAGE/corpus/$job"/* >"$T/asked"
dir=$T/w/slot-0/jobs/$job
for what in '--input corpus ' '--covdir_new new ' '--crashdir crashes ' \
    '--threads 1 ' '--timeout 2 ' '--rlimit_rss 64 ' \
    "--dict $dir/files/dict/words " "--dynamic_input $dir/engine/import " \
    "-- $dir/files/target/crasher -f=___FILE___ ___FILE___"; do
	ok "is called with $what" grep -qF -e "$what" "$T/asked"
done
is "$(crashes_of 'type, signal')" 'abort|6' 'its crash arrives, once'
is "$(master_sql "SELECT max(executions), max(edges) FROM job_stats
    WHERE job_id = '$job'")" '4321|17' 'so do its numbers'
done_testing
