# shellcheck shell=sh disable=SC2034,SC2120
# After tap.sh: a whole master in $T/m, with the commands that a master's
# crontab and supervisor would run.  For tests of several programs together.

# master_new [SETTINGS]: makes it, with further lines of configuration on
# stdin if SETTINGS is "-"
master_new()
{
	mkdir -p "$T/m"
	{
		printf '[storage]\npath = %s\n' "$T/m/storage"
		printf '[spool]\npath = %s\n' "$T/m/spool"
		printf '[sched]\nsocket = %s\n' "$T/m/sock"
		printf '[limits]\ndisk_min_free = 1M\n'
		[ "${1:-}" != - ] || cat
	} >"$T/m/pandafuzz.conf"
	PF_CONF=$T/m/pandafuzz.conf
	PF_STORAGE=$T/m/storage PF_SPOOL=$T/m/spool
	export PF_CONF PF_STORAGE PF_SPOOL
	pf-sched init >/dev/null || {
		fail 'pf-sched init'
		exit 1
	}
	at_end master_stop
}

# master_spawn NAME CMD ...: in the background, its words in $T/m/NAME.*
master_pids=
master_spawn()
{
	master_name=$1
	shift
	"$@" >"$T/m/$master_name.out" 2>"$T/m/$master_name.err" </dev/null &
	master_pids="$!:$master_name $master_pids"
}

# master_start [ingest] [httpd]: the writer, and what else is named; httpd
# sets url
master_start()
{
	master_spawn sched pf-sched serve
	master_wait 'pf-sched serve' test -S "$T/m/sock"
	for master_what in "$@"; do
		case $master_what in
		ingest)	master_spawn ingest pf-ingest -w ;;
		httpd)
			rm -f "$T/m/httpd.out"	# of one before
			master_spawn httpd pf-httpd -l 127.0.0.1:0
			master_wait pf-httpd test -s "$T/m/httpd.out"
			url=$(sed -n 's/^listening //p' "$T/m/httpd.out")
			;;
		esac
	done
}

# master_wait NAME CMD ...: a part that does not come up ends the test
master_wait()
{
	master_name=$1
	shift
	until_true 20 "$@" && return
	fail "$master_name starts"
	diag "$T"/m/*.err
	exit 1
}

# master_again PORT: pf-httpd where it was before.  A connection on its way out
# may have that port by now, of any test: then as soon as it has gone.
master_again()
{
	for master_try in 1 2 3 4 5 6 7 8 9 10; do
		rm -f "$T/m/httpd.out" "$T/m/httpd.err"
		pf-httpd -l "127.0.0.1:$1" >"$T/m/httpd.out" \
		    2>"$T/m/httpd.err" </dev/null &
		master_pid=$!
		until_true 20 test -s "$T/m/httpd.out" -o -s "$T/m/httpd.err"
		[ ! -s "$T/m/httpd.out" ] || {
			master_pids="$master_pid:httpd $master_pids"
			return
		}
		wait "$master_pid"
		sleep 1
	done
	fail "pf-httpd starts at $1, after $master_try tries"
	diag "$T"/m/*.err
	exit 1
}

# Ends what master_start began, the writer last.  A part that was gone, or
# ends with another status than 0, fails the test.
master_stop()
{
	for master_pid in $master_pids; do
		master_name=${master_pid#*:} master_pid=${master_pid%%:*}
		master_rc=0
		kill "$master_pid" 2>/dev/null || master_rc=gone
		wait "$master_pid" || master_rc="$master_rc $?"
		[ "$master_rc" != 0 ] || continue
		fail "$master_name ends well ($master_rc)"
		diag "$T/m/$master_name.err"
	done
	master_pids=
}

# master_sql SQL: asks the database
master_sql()
{
	sqlite3 -readonly -cmd '.timeout 5000' \
	    "file:$PF_STORAGE/data/pandafuzz.db" "$1"
}
