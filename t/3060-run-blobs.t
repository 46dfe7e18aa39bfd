#!/bin/sh
# Slots share the files they fetch: many at once, the same files, and none
# takes another's away.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need sqlite3

# A target that is none: it is fetched with its seeds, then fails at once.
mkdir "$T/seeds"
i=0
while [ $i -lt 60 ]; do
	echo "seed $i" >"$T/seeds/$i"
	i=$((i + 1))
done
printf '#!/bin/sh\nexit 3\n' >"$T/target"
chmod +x "$T/target"
run_master
submit many libfuzzer "$T/target" -s "$T/seeds" -k 24 -d 2m
timeout 60 pf-run -q -l -j 8 -m "$url" -w "$T/w" 2>"$T/run.err" &
run=$!
at_end "kill $run 2>/dev/null"
over() { [ "$(master_sql "SELECT count(*) FROM jobs WHERE status IN ('failed')")" = 24 ]; }
ok 'all jobs were tried' until_true 50 over
is "$(master_sql "SELECT count(*) FROM jobs WHERE message NOT LIKE 'the target does not start%'")" \
    0 'each had its files'
kill $run
rc=0
wait $run || rc=$?
is $rc 0 'it ends well'
is "$(find "$T/w/blobs" -type f | wc -l)" 61 'each file is there once'

# Builds may be called as the target is, and so may the dictionary; a kind
# that is none of ours is refused.
cat >"$T/run.sh" <<-'END'
	#!/bin/sh
	cd "${0%/*}/.." && find . -type f -name run.sh -o -name '0*' | sort |
	    tr '\n' ' '
	exit 3
END
chmod +x "$T/run.sh"
mkdir "$T/x"
echo '"w"' >"$T/x/run.sh"
submit names libfuzzer "$T/run.sh" -s "$T/x" -x "$T/x/run.sh" \
    -b "asan=$T/x/run.sh" -b "mutator=$T/run.sh" -d 2m
check 'a job with builds' 0 - '*' pf-run -q -m "$url" -w "$T/w"
master_sql "SELECT message FROM jobs WHERE id = '$job'" >"$T/message"
ok 'its files lie side by side' grep -qF './asan/run.sh ./dict/run.sh ./mutator/run.sh ./target/run.sh' "$T/message"

# What lies in blobs is not believed, and no target can spoil it for others.
cat >"$T/tells" <<-'END'
	#!/bin/sh
	(echo spoilt >>"$0") 2>/dev/null
	echo "one, $(stat -c %h "$0") links"
	exit 3
END
chmod +x "$T/tells"
kept=$T/w/blobs/$(sha256sum <"$T/tells" | cut -d ' ' -f 1)
links=1
! pf-run -n | grep -q '^isolation: namespaces: bubblewrap' || links=2
# told NAME WORDS ERR [ARG ...]: what a job of it says
told()
{
	told_name=$1 told_words=$2 told_err=$3
	shift 3
	submit tells libfuzzer "$T/tells" -d 2m
	check "$told_name" 0 - "$told_err" pf-run -q -m "$url" -w "$T/w" "$@"
	like "$(job_message)" "$told_words" "$told_name: what it runs"
	is "$(sha256sum <"$kept" | cut -d ' ' -f 1)" "${kept##*/}" \
	    'it is kept as it came'
}
told 'a job' "one, $links links" '*'
sed -i 's/one/two/' "$kept"
told 'a file that was changed' "one, $links links" \
    "~^pf-run: warning: .*$kept is damaged; it is fetched anew"
: >"$kept"
told 'one that was cut' "one, $links links" '*'
sed 's/^\[bot\]/&\nisolation = none/' "$PF_CONF" >"$T/none.conf"
told 'without a box' 'one, 1 links' '*' -c "$T/none.conf"
told 'again' 'one, 1 links' '*' -c "$T/none.conf"
run grep -c damaged "$T/err"
ran 1 'which spoils nothing'
done_testing
