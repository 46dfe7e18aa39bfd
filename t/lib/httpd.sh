# shellcheck shell=sh disable=SC2034
# For tests of pf-httpd, after tap.sh: a master's directories in $T/m, a
# server to start and stop, a request and its answer.

master()
{
	mkdir -p "$T/m/data" "$T/m/targets" "$T/s/tmp" "$T/s/new" \
	    "$T/s/cur" "$T/s/bad"
	cat >"$T/conf" <<-END
	[storage]
	path = $T/m
	[spool]
	path = $T/s
	[sched]
	socket = $T/sock
	[limits]
	disk_min_free = 1M
	END
	PF_CONF=$T/conf
	export PF_CONF
}

# master_real: the same, and pf-sched has made it and serves it; sets sched
master_real()
{
	master
	rm -r "$T/m" "$T/s"
	run pf-sched init
	ran 0 'a master'
	pf-sched serve >"$T/sched.out" 2>&1 &
	sched=$!
	# shellcheck disable=SC2016 # at the end
	at_end 'kill $(mine $sched $httpd) 2>/dev/null'
	until_true 5 test -S "$T/sock" || fail 'pf-sched serves'
}

# httpd: starts one on a free port, with $httpd_options; sets httpd, url, addr
httpd()
{
	httpd_by env
}

# httpd_by COMMAND ...: the same, started by another program
httpd_options=
httpd_by()
{
	: >"$T/h.out"
	# shellcheck disable=SC2086
	"$@" pf-httpd -l 127.0.0.1:0 $httpd_options >"$T/h.out" 2>"$T/h.err" &
	httpd=$!
	until_true 10 test -s "$T/h.out" || {
		fail 'pf-httpd starts'
		exit 1
	}
	url=$(sed -n 's/^listening //p' "$T/h.out")
	addr=${url#http://}
}

httpd_stop()
{
	kill "$httpd" 2>/dev/null
	status=0
	wait "$httpd" || status=$?
}

# req METHOD PATH [CURL-ARGUMENT ...]: sets code; $T/body and $T/head
req()
{
	req_method=$1 req_path=$2
	shift 2
	: >"$T/body"
	code=$(curl -sS -m 10 --path-as-is -X "$req_method" -o "$T/body" \
	    -D "$T/head" -w '%{http_code}' "$@" "$url$req_path" \
	    2>"$T/curl.err")
}

json()
{
	json_path=$1 json_body=$2
	shift 2
	req POST "$json_path" -H 'Content-Type: application/json' \
	    --data-binary "$json_body" "$@"
}

pack()
{
	pack_file=$1
	shift
	req POST /api/v1/results/batch --data-binary "@$pack_file" \
	    -H 'Content-Type: application/x-pandafuzz-pack' "$@"
}

# raw TEXT: the bytes as printf makes them, until the server closes; sets
# code; answer in $T/raw
raw()
{
	# shellcheck disable=SC2059
	printf "$1" | timeout 5 socat -,ignoreeof "TCP:$addr" >"$T/raw" 2>&1
	code=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$T/raw")
}

# Value of a member of the answer's (flat part of the) JSON
member()
{
	sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$T/body"
}

count()
{
	find "$1" -type f | wc -l | tr -d ' '
}
