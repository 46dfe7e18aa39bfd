# shellcheck shell=sh disable=SC2154,SC2034
# After run.sh: something between the bots and the master.

# between: from here on url is that of between.py; it answers as $T/mode says
# and notes in $T/asked what
between()
{
	: >"$T/mode"
	: >"$T/asked"
	/usr/bin/python3 "$PF_ROOT/t/lib/between.py" "$url" "$T/mode" \
	    "$T/asked" >"$T/between.out" 2>"$T/between.err" &
	at_end "kill $! 2>/dev/null"
	until_true 60 test -s "$T/between.out"
	url=$(cat "$T/between.out")
}
