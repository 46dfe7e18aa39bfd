#!/bin/sh
# metrics_listen: a port that answers /metrics and /health, and nothing else.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"

master_real
base=$(cat "$T/conf")
# shellcheck disable=SC2016 # at the end
at_end 'kill $httpd 2>/dev/null'

# with LINE ...: a server with these in section [http]; sets main and aside
with()
{
	[ -z "${httpd-}" ] || httpd_stop
	{
		printf '%s\n[http]\n' "$base"
		printf '%s\n' "$@"
	} >"$T/conf"
	httpd
	main=$url
	ok 'it tells of the other port' until_true 10 grep -q '^metrics' \
	    "$T/h.out"
	aside=$(sed -n 's|^metrics \(.*\)/metrics$|\1|p' "$T/h.out")
}

with 'metrics_listen = 127.0.0.1:0'
is "$(sed 's/1:[0-9]*/1:N/' "$T/h.out" | tr '\n' ' ')" \
    'listening http://127.0.0.1:N metrics http://127.0.0.1:N/metrics ' \
    'it says where it listens'

url=$aside
req GET /metrics
is "$code" 200 'the numbers'
like "$(cat "$T/body")" '^pandafuzz_|pf_' 'are those of the master'
req GET /health
is "$code $(jq -r .status "$T/body")" '200 ok' 'its health'
req HEAD /health -I
is "$code" 200 'by HEAD'
for path in / /status /api/v1/status /api/v1/metrics /api/v1/jobs \
    /api/v1/events /nothing; do
	req GET $path
	is "$code" 404 "not $path"
done
req GET /api/v1/jobs
like "$(jq -r .error "$T/body")" 'only /metrics and /health' 'and says why'
req POST /metrics -d x
is "$code" 405 'and nothing can be written'
req POST /api/v1/bots/register -H 'Content-Type: application/json' \
    -d '{"hostname":"h","capabilities":["libfuzzer"]}'
is "$code" 404 'no bot registers'
req GET /metrics -H 'Host: evil.example'
is "$code" 421 'by no other name'
# One connection, several requests: the port counts, not the first one.
check 'a request after a good one' 0 '=200 404 200 ' - sh -c "curl -s \
    -w '%{http_code} ' -o '$T/1' '$aside/health' -o '$T/2' '$aside/status' \
    -o '$T/3' '$aside/metrics' | tr -d '\n'"

url=$main
req GET /metrics
is "$code" 200 'the main port has them too'
req GET /api/v1/status
is "$code" 200 'and all else'
req GET "$main/api/v1/jobs"

# It goes away with the rest.
httpd_stop
is "$status" 0 'it ends well'
check 'nobody listens any more' 7 '*' '*' curl -s "$aside/health"

# A token is asked for as elsewhere, but not for the health.
head -c 32 /dev/urandom | base64 >"$T/token"
chmod 600 "$T/token"
with 'metrics_listen = 127.0.0.1:0' "token_file = $T/token"
url=$aside
req GET /metrics
is "$code" 401 'no numbers without the token'
req GET /metrics -H "Authorization: Bearer $(cat "$T/token")"
is "$code" 200 'with it'
req GET /health
is "$code" 200 'its health without'
httpd_stop

# An address that cannot be had.
while read -r code bad; do
	printf '%s\n[http]\nmetrics_listen = %s\n' "$base" "$bad" >"$T/conf"
	check "refused: $bad" "$code" '*' '~metrics_listen' \
	    timeout 10 pf-httpd -l 127.0.0.1:0
done <<END
78 nowhere
78 127.0.0.1
78 127.0.0.1:99999
74 192.0.2.1:0
END
done_testing
