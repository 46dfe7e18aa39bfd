# shellcheck shell=sh disable=SC2034,SC2154
# After run.sh: what a target can do to the machine.  A target here is a
# script that tries; that it is no fuzz target, and its job fails, is no
# matter: what it printed is in the job's log.

# box_path: $T/path/bin has all programs but bwrap
box_path()
{
	mkdir -p "$T/path"
	chmod 755 "$T" "$T/path"
	for box_dir in /usr/local/bin /usr/bin; do
		find "$box_dir" -maxdepth 1 ! -type d ! -name bwrap \
		    -exec ln -sf -t "$T/path" {} +
	done
}

# without_bwrap CMD ...
without_bwrap()
{
	PATH=$PF_BIN:$PF_OBJ/t/lib:$T/path "$@"
}

# as_nobody CMD ...: an ordinary user, to whom $T/w belongs from now on
box_uid=$((60000 + $$ % 5000))
as_nobody()
{
	chmod 755 "$T" "$T/m"
	mkdir -p "$T/w"
	chown -R "$box_uid:$box_uid" "$T/w"
	setpriv --reuid="$box_uid" --regid="$box_uid" --clear-groups "$@"
}

# can_nobody: such a user reaches the programs
can_nobody()
{
	[ "$(id -u)" = 0 ] && command -v setpriv >/dev/null &&
	    setpriv --reuid="$box_uid" --regid="$box_uid" --clear-groups \
	    test -x "$PF_BIN/pf-run"
}

# script NAME < what it does
script()
{
	{
		echo '#!/bin/sh'
		cat
	} >"$T/$1"
	chmod 755 "$T/$1"
}

# log_of JOB: what its target printed, of its first start
log_of()
{
	pf-report log "$1" | sed '/^the end$/q'
}
