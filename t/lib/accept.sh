# shellcheck shell=sh disable=SC2154,SC2034 # of lib/sweep.sh
# For sweeps of who lays packs into the spool of lib/httpd.sh: the caller sets
# acknowledged(), and $T/sent is the pack as it has to be.

sweep_back() { rm -f "${T:?}"/s/*/*; }
# Acknowledged and not there, or there and not whole.
sweep_broken()
{
	for f in "$T"/s/new/*; do
		[ ! -e "$f" ] || cmp "$f" "$T/sent"
	done
	! acknowledged || [ "$(count "$T/s/new")" -gt 0 ] ||
		echo 'acknowledged and gone'
}
# Sent until it is acknowledged.
sweep_mend()
{
	status=0
	for _ in 1 2 3; do
		! acknowledged || return 0
		sweep_run
	done
	status=99
}
sweep_look()
{
	cat "$T"/s/new/* | sort -u
	count "$T/s/cur"
	count "$T/s/bad"
}

# http_run COMMAND ...: one pf-httpd for a connection, as inetd starts it, and
# by that command; it is sent what is in $T/$what
http_run()
{
	printf 'flock 9\nexec %s pf-httpd -i\n' "$*" >"$T/serve"
	run socat -t 2 - EXEC:"sh $T/serve" <"$T/$what" 9>"$T/lock"
	# Its status is not the program's, which may live a moment longer.
	flock "$T/lock" true
	status=0
}
