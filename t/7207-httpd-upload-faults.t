#!/bin/sh
# pf-httpd: an upload under a disk that fails, and death at each call that
# writes or speaks: what was acknowledged is there, sent again it is one job,
# and that job gets all its files.  And its memory, whatever the size.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need jq sqlite3
strace -o /dev/null true 2>/dev/null || skip_all 'strace does not work here'
ldd "$PF_BIN/pf-httpd" | grep -q san && skip_all 'not under a sanitizer'

master_new - <<'END'
target_size = 128M
spool_size = 256M
END
master_start
v=/api/v1/jobs/upload
head -c 600000 /dev/urandom >"$T/target"
printf seed >"$T/seed"
sha=$(sha256sum "$T/target" | cut -c 1-64)

# under INJECTION: a server with that fault
under()
{
	httpd_by strace -f -qq -o "$T/trace" -e "trace=${1%%:*}" -e "inject=$1"
}
# strace passes no signal on: its child is told, and ends by itself
stop()
{
	child=$(pgrep -P "$httpd" pf-httpd) && kill "$child"
	wait "$httpd" 2>/dev/null
}
# upload ID
upload()
{
	req POST $v -H 'Expect:' \
	    -F "job_metadata={\"name\":\"n\",\"fuzzer\":\"afl\",\"id\":\"$1\"}" \
	    -F "target_binary=@$T/target" -F "seed_corpus=@$T/seed"
}
# jobs [ID]: all, or those of a request
jobs()
{
	master_sql "SELECT count(*) FROM jobs WHERE '${1-}' IN ('', request)"
}

for call in fsync:error=EIO fsync:error=ENOSPC rename:error=EROFS \
    pwrite64:error=EIO; do
	under "$call"
	upload e
	case $call in
	*ENOSPC) want=507 ;;
	*) want=503 ;;
	esac
	is "$code" $want "$call: no job"
	is "$(count "$PF_SPOOL") $(jobs)" '0 0' "$call: nothing is left"
	req GET /health
	is "$code" 200 "$call: it goes on"
	stop
done

# Killed: sent again with the same id, it is one job with all its files.
httpd_by strace -f -qq -o "$T/ref" \
    -e "trace=write,pwrite64,fsync,rename,sendto,sendmsg,unlink"
upload ref
is "$code" 201 'the undisturbed run'
stop
pf-ingest -q
points=0 wrong=0
for call in write pwrite64 fsync rename sendto sendmsg; do
	n=$(grep -c " $call" "$T/ref")
	step=$((n / 7 + 1)) i=1
	[ "${PF_SWEEP-}" != all ] || step=1
	[ $call != write ] || i=3	# it must come to listen
	while [ $i -le "$n" ]; do
		rm -rf "${PF_STORAGE:?}"/targets/*
		id=k-$call-$i
		under "$call:signal=KILL:when=$i"
		upload "$id"
		first=$code
		# the job never has to wait for what is not in the spool
		[ "$(jobs "$id")" = 0 ] || [ "$(count "$PF_SPOOL/new")" = 1 ] ||
			wrong=$((wrong + 1))
		[ "$first" != 201 ] || [ "$(jobs "$id")" = 1 ] ||
			wrong=$((wrong + 1))
		grep -q 'killed by SIGKILL' "$T/trace" && points=$((points + 1))
		stop
		httpd
		upload "$id"
		case $code in
		200 | 201)	;;
		*)	wrong=$((wrong + 1))
			echo "$id: $first, then $code" | diag ;;
		esac
		httpd_stop
		pf-ingest -q
		[ "$(jobs "$id") $(master_sql "SELECT waiting FROM jobs WHERE request = '$id'")" = '1 0' ] ||
			wrong=$((wrong + 1))
		cmp -s "$T/target" "$PF_STORAGE/targets/$sha/data" ||
			wrong=$((wrong + 1))
		rm -f "${PF_SPOOL:?}"/tmp/*
		i=$((i + step))
	done
done
echo "# $points deaths"
ok 'there were some' test $points -gt 8
is $wrong 0 'nothing acknowledged is lost, nothing is there twice'

# Memory.
httpd
head -c 100000000 /dev/zero >"$T/target"
upload large
is "$code" 201 'a target of 100 MB'
peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$httpd/status")
echo "# $peak KiB at most"
ok 'takes no memory' test "$peak" -lt 30000
httpd_stop
ran 0 'it ends'
pf-ingest -q
is "$(master_sql "SELECT waiting FROM jobs WHERE request = 'large'")" 0 \
    'and is filed'
done_testing
