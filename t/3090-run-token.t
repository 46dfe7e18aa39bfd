#!/bin/sh
# pf-run and the token that a master asks for.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"

master_real
# shellcheck disable=SC2016
at_end 'kill $bot 2>/dev/null'
one=the-first-token-1234567 two=the-other-token-7654321
umask 077
echo "$one" >"$T/token"
printf '[http]\ntoken_file = %s\n' "$T/token" >>"$T/conf"
httpd

# bot TOKEN-FILE PF-RUN-ARGUMENT ...
conf_for()
{
	cat >"$T/bot.conf" <<-END
	[bot]
	master_url = $url
	work_directory = $T/w
	capabilities = libfuzzer
	token_file = $1
	[retry.update_recovery]
	initial_delay = 100ms
	max_delay = 100ms
	END
}
conf_for ''
check 'no token' 77 - '~the master answered 401: a token is needed' \
    pf-run -c "$T/bot.conf"
echo "$two" >"$T/wrong"
conf_for "$T/wrong"
check 'another one' 77 - '~answered 401: the token is not the right one' \
    pf-run -c "$T/bot.conf"
conf_for "$T/none"
check 'no file' 78 - '~token file .*none: No such file' \
    pf-run -c "$T/bot.conf"
cp "$T/token" "$T/open"
chmod 604 "$T/open"
conf_for "$T/open"
check 'a file for everybody' 78 - '~its mode lets everybody at it' \
    pf-run -c "$T/bot.conf"
cp "$T/token" "$T/mine"
conf_for "$T/mine"
check 'the token' 1 - '~no job' pf-run -c "$T/bot.conf"

# Both sides get another one while the bot runs.
pf-run -q -l -c "$T/bot.conf" >"$T/bot.out" 2>&1 &
bot=$!
printf '#!/bin/sh\n' >"$T/target"
chmod 755 "$T/target"
job=$(pf-sched submit -N first -e libfuzzer -t "$T/target" -d 1s)
ends()
{
	until_true 15 sh -c "pf-report jobs | grep '$job' | grep completed" ||
	    pf-report jobs | diag - "$T/bot.out"
	is "$(pf-report jobs | grep "$job" | grep -c completed)" 1 "$1"
}
ends 'a job, its blob and its end'
httpd_stop
echo "$two" >"$T/token"
echo "$two" >"$T/mine"
pf-httpd -l "$addr" >"$T/h.out" 2>"$T/h.err" &
httpd=$!
job=$(pf-sched submit -N second -e libfuzzer -t "$T/target" -d 1s)
ends 'and with another token one more'
kill "$bot"
status=0
wait "$bot" || status=$?
ran 0 'the bot ends well'
ok 'the token is told nowhere' sh -c \
    "! grep -rq -e '$one' -e '$two' '$T/bot.out' '$T/h.err' '$T/w' '$T/m'"
done_testing
