# shellcheck shell=sh
# A master without daemons, and op lines, for tests in shell; to be sourced
# after tap.sh.

# sched_new [LINES OF CONF]: a master in $T/m, $PF_CONF names it
sched_new()
{
	mkdir -p "$T/m"
	cat >"$T/m/pandafuzz.conf" <<CONF
[storage]
path = $T/m/storage
[spool]
path = $T/m/spool
[sched]
socket = $T/m/sock
${1-}
CONF
	PF_CONF=$T/m/pandafuzz.conf
	export PF_CONF
	pf-sched -q init
}

# sql QUERY: rows of the database, by a reader
sql() { sqlite3 -readonly -cmd '.timeout 5000' "$T/m/storage/data/pandafuzz.db" "$1"; }

# serve_start, serve_stop: the writer on its socket
serve_start()
{
	pf-sched serve 2>"$T/serve.err" &
	serve_pid=$!
	at_end "kill \$(mine $serve_pid) 2>/dev/null"
	serve_n=0
	until socat /dev/null "UNIX-CONNECT:$T/m/sock" 2>/dev/null ||
	    [ $serve_n -gt 200 ]; do
		sleep 0.05
		serve_n=$((serve_n + 1))
	done
}

# shellcheck disable=SC2034 # serve_rc is for the tests
serve_stop()
{
	serve_rc=0
	kill "-${1:-TERM}" "$serve_pid"
	wait "$serve_pid" || serve_rc=$?
}

# op LINE: one op; its reply in $reply
op()
{
	reply=$(printf '%s\n' "$1" | pf-sched apply) || :
}

# get FILTER: a member of the last reply
get() { printf '%s\n' "$reply" | jq -r "$1"; }

# bot NAME CAPS: registers one; its id in $bot
# shellcheck disable=SC2034
bot()
{
	op "{\"op\":\"register\",\"hostname\":\"h\",\"name\":\"$1\",\"capabilities\":$2,\"inc\":\"i-$1\"}"
	bot=$(get .bot)
}

# job [OPTIONS OF SUBMIT]: submits one of /bin/true; its id in $job
# shellcheck disable=SC2034
job()
{
	job=$(pf-sched submit -N j -e libfuzzer -t /bin/true "$@")
}

# overdue [OPTIONS]: what pf-reaper asks for but a tick, when ticks are said to
# be of a boot that is not this one: by a copy where they are of this
overdue()
{
	rm -rf "$T/copy"
	mkdir -p "$T/copy/data"
	sqlite3 -readonly "$T/m/storage/data/pandafuzz.db" \
	    ".backup $T/copy/data/pandafuzz.db"
	sqlite3 "$T/copy/data/pandafuzz.db" "UPDATE clock SET boot_ms = 0,
	    boot = '$(cat /proc/sys/kernel/random/boot_id)'"
	sed "s|^path = $T/m/storage|path = $T/copy|" "$PF_CONF" >"$T/copy/conf"
	pf-reaper -c "$T/copy/conf" "$@" | grep -v '"op":"tick"\|^tick '
}
