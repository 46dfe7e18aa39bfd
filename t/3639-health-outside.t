#!/bin/sh
# Engines that look at a target from outside: a target that its loader gives
# up, and one that crashes on all it is given, are told for what they are.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/engine.sh
. "$PF_ROOT/t/lib/engine.sh"
need clang cc

cp "$PF_ROOT/etc/engines.d/blackbox" "$T/engines"
chmod 755 "$T/engines/blackbox"
build_plain aborts <<'END_C'
#include <stdlib.h>

int
main(void)
{
	abort();
}
END_C
build_plain some <<'END_C'
#include <stdio.h>
#include <stdlib.h>

int
main(void)
{
	if (getchar() == '1')
		abort();
	return 0;
}
END_C
echo 'int f(void) { return 0; }' >"$T/lib.c"
cc -shared -fPIC -o "$T/libpfgone.so" "$T/lib.c" || exit 1
echo 'int f(void); int main(void) { return f(); }' >"$T/needs.c"
cc -o "$T/needs" "$T/needs.c" -L"$T" -lpfgone || exit 1
rm "$T/libpfgone.so"
# More than are taken in one look.
mkdir "$T/seeds"
for n in $(seq 30); do
	echo "$n" >"$T/seeds/$n"
done

engine_master 'heartbeat_interval = 1s'
held() { pf-report jobs | grep "^$job" | cut -f 12; }
held_is() { [ "$(held)" = "$1" ]; }

submit needs blackbox "$T/needs" -d 5m -s "$T/seeds"
run pfrun -q
ok 'a library is gone: the job fails' job_is failed
like "$(job_message)" 'loading shared libraries: libpfgone.so' 'it says why'
ok 'its verdict' until_true 10 held_is missing_library

submit aborts blackbox "$T/aborts" -d 15s -s "$T/seeds"
check 'each seed crashes' 0 - '~completed' pfrun
ok 'its verdict' until_true 10 held_is bad_seeds
for n in $(seq 30); do
	sha256sum <"$T/seeds/$n" | cut -d ' ' -f 1
done | sort >"$T/want"
crashes_of hash | sort >"$T/have"
comm -23 "$T/want" "$T/have" >"$T/missing"
empty "$T/missing" 'all of them are filed'

submit some blackbox "$T/some" -d 8s -s "$T/seeds"
check 'some of them do' 0 - '~completed' pfrun
until_true 10 spool_empty
is "$(held)" well 'is no verdict'
done_testing
