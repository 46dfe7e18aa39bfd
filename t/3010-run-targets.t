#!/bin/sh
# pf-run and jobs that cannot run: each ends as failed, in plain words, and
# none as a crash.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang afl-fuzz

run_master
printf '#!/bin/sh\nexit 0\n' >"$T/script"
printf 'int main(void) { return 0; }\n' >"$T/plain.c"
echo 'just a text' >"$T/text"
chmod +x "$T/script" "$T/text"
clang -o "$T/plain" "$T/plain.c" || exit 1
printf 'int f(void) { return 0; }\n' >"$T/lib.c"
printf 'int f(void); int main(void) { return f(); }\n' >"$T/user.c"
clang -shared -fPIC -o "$T/libgone.so" "$T/lib.c" &&
    clang -o "$T/user" "$T/user.c" -L"$T" -lgone || exit 1
rm "$T/libgone.so"

# fails NAME ERE ENGINE TARGET [SUBMIT ARG ...]
fails()
{
	fails_name=$1 fails_like=$2
	shift 2
	submit "$fails_name" "$@" -d 3m
	check "$fails_name: runs" 0 - '~failed: ' pfrun
	ok "$fails_name: failed" job_is failed
	like "$(job_message)" "$fails_like" "$fails_name: says why"
}

fails 'a text for libfuzzer' 'Exec format error' libfuzzer "$T/text"
fails 'a text for afl++' 'afl-fuzz ended with status 1: .' afl++ "$T/text"
fails 'a script for libfuzzer' 'does not start as a libFuzzer target' \
    libfuzzer "$T/script"
fails 'a script for afl++' 'PROGRAM ABORT' afl++ "$T/script"
fails 'no fuzz target' 'does not start as a libFuzzer target' \
    libfuzzer "$T/plain"
fails 'no instrumentation' 'No instrumentation detected' afl++ "$T/plain"
fails 'a missing library' 'libgone\.so' libfuzzer "$T/user"
fails 'an unknown option' 'option jobs is not one that' \
    libfuzzer "$T/plain" -o jobs=2
fails 'an option that is a path' 'option seed: bad value' \
    libfuzzer "$T/plain" -o seed=/etc/passwd
fails 'arguments' 'takes no arguments' libfuzzer "$T/plain" -- -help=1

# A target that was damaged on the master's disk.
printf '#!/bin/sh\nexit 7\n' >"$T/script7"
chmod +x "$T/script7"
submit damaged libfuzzer "$T/script7" -d 3m
sha=$(sha256sum <"$T/script7" | cut -d ' ' -f 1)
chmod u+w "$PF_STORAGE/targets/$sha/data"
printf '#!/bin/sh\nexit 8\n' >"$PF_STORAGE/targets/$sha/data"
check 'a target of another hash: runs' 0 - '~failed: ' pfrun
ok 'failed' job_is failed
like "$(job_message)" 'not what was announced: 17 of 17 bytes' 'says why'
ok 'it was not kept' test ! -e "$T/w/blobs/$sha"
# And one that was cut short: the next job of it finds it in no cache.
submit 'cut short' libfuzzer "$T/script7" -d 3m
printf '#!/bin' >"$PF_STORAGE/targets/$sha/data"
check 'a target too short: runs' 0 - '~failed: ' pfrun
ok 'failed' job_is failed

ok 'all that came is filed' until_true 10 spool_empty
is "$(master_sql 'SELECT count(*) FROM crashes')" 0 'no crash among them'
is "$(ls "$T/w/slot-0/jobs")" '' 'no directory of a job is left'
ok 'no job is remembered' test ! -e "$T/w/slot-0/state.json"
done_testing
