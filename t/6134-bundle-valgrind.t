#!/bin/sh
# The bundle of what a bot found under valgrind: repro.sh runs it so, too.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need sqlite3 cc valgrind tar
whole

run_master 'heartbeat_interval = 500ms'
# Runs under valgrind take their time.
pfrun()
{
	timeout 300 pf-run -m "$url" "$@"
}
cat >"$T/vg.c" <<'!'
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

volatile char sink;

static void
over(char *p)
{
	sink = p[4];
}

static void
beyond(char *p)
{
	p[5] = sink;
}

static char *
lose(void)
{
	return malloc(100);
}

static char *
mislay(void)
{
	return malloc(50);
}

int
main(void)
{
	char b[64], *p = malloc(4);
	ssize_t n = read(0, b, sizeof(b));

#ifdef FIXED
	n = 0;
#endif
	puts("a word of the program");
	while (n-- > 0)
		switch (b[n]) {
		case 'o':	over(p); break;
		case 'b':	beyond(p); break;
		case 'l':	sink = lose() == NULL; break;
		case 'm':	sink = mislay() == NULL; break;
		}
	free(p);
	return 0;
}
!
cc -g -O0 -o "$T/vg" "$T/vg.c" || exit 1
cc -g -O0 -DFIXED -o "$T/fixed" "$T/vg.c" || exit 1
mkdir "$T/seeds"
printf o >"$T/seeds/over"
printf l >"$T/seeds/lose"
printf m >"$T/seeds/mislay"

submit found afl++ "$T/vg" -s "$T/seeds" -d 300s -K memcheck -C camp
run pfrun
ended() { spool_empty && job_is completed; }
ok 'a job of kind memcheck ends' until_true 60 ended
is "$(crashes_of "stack || ' ' || tool")" 'lose valgrind
mislay valgrind
over valgrind' 'a bot found three bugs under valgrind'

# known STACK: the bundle of that crash in a directory of its own, $d
known()
{
	d=$T/$1
	mkdir "$d"
	id=$(master_sql "SELECT id FROM crashes WHERE stack = '$1'")
	pf-report bundle -T "$id" | (cd "$d" && tar -xf - && mv crash-*/* .)
}
# On the master the command is run so as well.
id=$(master_sql "SELECT id FROM crashes WHERE stack = 'over'")
pf-report crash -x "$id" >"$T/again"
check 'the command shows it' 99 '~a word' '~Invalid read of size 1' \
    sh "$T/again"
path=/usr/local/bin:/usr/bin:/bin
mkdir "$T/tmp"
repro()
{
	env -i "PATH=$path" "TMPDIR=$T/tmp" sh "$d/repro.sh" "$@"
}
kind='valgrind definitely lost'
for bug in lose mislay over; do
	[ $bug != over ] || kind='valgrind Invalid read of size 1'
	known $bug
	check "$bug: the same bug" 0 \
	    "~^same bug, by kind and frames: $kind in $bug" - repro
done
if command -v shellcheck >/dev/null; then
	check 'repro.sh as shellcheck wants it' 0 - - shellcheck "$d/repro.sh"
fi
ok 'it is run as the bot does' grep -q -e '--error-exitcode=99' \
    "$d/repro.sh"
path=$PF_BIN:$path
check 'by pf-triage' 0 '~^same bug, by pf-triage: .* in over' - repro
d=$T/mislay
check 'a leak, too' 0 '~^same bug, by pf-triage: .*mislay' - \
    repro
path=/usr/local/bin:/usr/bin:/bin

# Other inputs and other builds, under the hash of this one.
cp "$d/repro.sh" "$T/repro.saved"
set_input()
{
	printf '%s' "$1" >"$d/input"
	sed "s/^input_sha=.*/input_sha='$(sha256sum <"$d/input" |
	    cut -c 1-64)'/" "$T/repro.saved" >"$d/repro.sh"
}
set_input l
check 'another leak' 1 \
    '~^another crash, .*definitely lost in lose, not .* in mislay' - repro
set_input b
check 'another error' 1 '~^another crash, .*Invalid write.* in beyond' - repro
set_input bolm
check 'behind three others' 0 '~^same bug, .* in mislay' - repro
set_input x
check 'an input that shows none' 2 \
    '~^no crash: the target ended with status 0' - repro
cp "$T/repro.saved" "$d/repro.sh"
printf m >"$d/input"
sed "s/^target_sha=.*/target_sha='$(sha256sum <"$T/fixed" | cut -c 1-64)'/" \
    "$T/repro.saved" >"$d/repro.sh"
check 'a bug that is fixed' 2 '~^no crash' - repro "$T/fixed"
cp "$T/repro.saved" "$d/repro.sh"

# Where valgrind is not, or does not work.
mkdir "$T/few"
for p in awk sed grep tr cut sort head env uname dirname sha256sum mkdir mv \
    rm cp ln cat sleep sh wc mkfifo date; do
	ln -s "$(command -v "$p")" "$T/few/$p"
done
path=$T/few
check 'without valgrind' 3 - \
    '~^environment: missing valgrind: this was seen under valgrind, which' \
    repro
printf '#!/bin/sh\necho "valgrind:  Fatal error at startup: a function"\nexit 1\n' \
    >"$T/few/valgrind"
chmod 755 "$T/few/valgrind"
check 'with one that cannot run it' 3 - \
    '~^environment: valgrind cannot run the target here: .*Fatal error' repro
printf '#!/bin/sh\nexit 99\n' >"$T/few/valgrind"
check 'with one that says nothing' 3 - '~valgrind cannot run the target here: no word' \
    repro
is "$(ls -A "$T/tmp")" '' 'and nothing is left'
done_testing
