#!/bin/sh
# A disk without room: the transaction fails, and each of its lines has an
# answer of its own all the same, in order.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
[ "$(id -u)" = 0 ] || skip_all 'only root can mount'
need socat jq

mkdir "$T/m"
mount -t tmpfs -o size=8m tmpfs "$T/m" 2>/dev/null ||
    skip_all 'no mounts here'
at_end "umount -l '$T/m'"
master_new
cp "$PF_CONF" "$T/conf"
PF_CONF=$T/conf
fill() { head -c 20m /dev/zero >"$T/m/fill" 2>/dev/null; }
# Good lines between bad ones; the numbers of those are BAD
awk 'BEGIN {
	for (i = 1; i <= 300; i++)
		if (i == 7)
			print "rubbish"
		else if (i == 9)
			print "{\"op\":\"nope\",\"seq\":9}"
		else if (i == 300)
			print "{\"op\":\"campaign\",\"do\":\"create\",\"seq\":300}"
		else
			printf("{\"op\":\"campaign\",\"do\":\"create\"," \
			    "\"campaign\":\"c%d\",\"seq\":%d}\n", i, i)
}' >"$T/lines"
seq 1 300 | sed 's/^7$/null/' >"$T/seqs"

master_start
fill
socat -t 60 - "UNIX:$T/m/sock" <"$T/lines" >"$T/out"
is "$(jq .seq <"$T/out")" "$(cat "$T/seqs")" \
    'each line has its answer, with its seq and in order'
is "$(jq -r .ok <"$T/out" | sort -u)" false 'none says that it was done'
is "$(jq -r .class <"$T/out" | sort | uniq -c | tr -s ' \n' ' ')" \
    ' 1 data 297 full 2 usage ' 'what was wrong in itself has its own reason'
is "$(pf-report campaigns | cut -f 2)" default 'nothing was done'
pf-sched apply <"$T/lines" >"$T/out" 2>"$T/err"
is $? 75 'apply: there is a point in trying again'
is "$(jq .line <"$T/out")" "$(seq 1 300)" 'each line is named'
is "$(jq -r .class <"$T/out" | sort | uniq -c | tr -s ' \n' ' ')" \
    ' 1 data 297 full 2 usage ' 'with its own reason'
rm "$T/m/fill"
pf-sched apply <"$T/lines" >"$T/out" 2>"$T/err"
is $? 65 'with room again it goes on'
is "$(grep -c '"ok":true' "$T/out")" 297 'and good lines are done'

# The same without a server
master_stop
sed 's/"c\([0-9]*\)"/"d\1"/' "$T/lines" >"$T/more"
begun() { grep -q '"ok":true' "$T/out"; }
: >"$T/out"
{
	echo '{"op":"campaign","do":"create","campaign":"first"}'
	until_true 20 begun
	fill
	cat "$T/more"
} | pf-sched apply >"$T/out" 2>"$T/err"
is $? 75 'without a server: try again'
ok 'what was done before is told' begun
sed -i 1d "$T/out"
is "$(jq .line <"$T/out")" "$(seq 2 301)" 'each line is named'
is "$(jq -r .class <"$T/out" | sort | uniq -c | tr -s ' \n' ' ')" \
    ' 1 data 297 full 2 usage ' 'with its own reason'
rm "$T/m/fill"
is "$(pf-report campaigns | cut -f 2 | grep -c '^d[0-9]')" 0 \
    'none of them was done'

# More lines than one transaction takes, and room again before the last.
all() { test "$(wc -l <"$T/out")" -eq 5001; }
: >"$T/out"
{
	echo '{"op":"campaign","do":"create","campaign":"more"}'
	until_true 20 begun
	fill
	seq 5000 | sed 's/.*/{"op":"campaign","do":"create","seq":&,"campaign":"e&"}/'
	until_true 60 all
	rm "$T/m/fill"
	echo '{"op":"campaign","do":"create","campaign":"last"}'
} | pf-sched apply >"$T/out" 2>"$T/err"
is $? 75 'many lines without a server: try again'
like "$(cat "$T/err")" '^pf-sched: .*full' 'it says once why'
is "$(wc -l <"$T/err")" 1 'and no more'
is "$(sed '1d;$d' "$T/out" | jq -r '"\(.seq) \(.class)"')" \
    "$(seq 5000 | sed 's/$/ full/')" 'each has its answer'
is "$(sed -n '$p' "$T/out" | jq -r '.ok')" true \
    'what comes when there is room again is done'
is "$(pf-report campaigns | cut -f 2 | grep -c '^last$\|^e[0-9]')" 1 \
    'and nothing of the rest'
done_testing
