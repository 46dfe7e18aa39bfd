#!/bin/sh
# Engines that look at a target from outside: one that its loader gives up is
# told for what it is.
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
echo 'int f(void) { return 0; }' >"$T/lib.c"
cc -shared -fPIC -o "$T/libpfgone.so" "$T/lib.c" || exit 1
echo 'int f(void); int main(void) { return f(); }' >"$T/needs.c"
cc -o "$T/needs" "$T/needs.c" -L"$T" -lpfgone || exit 1
rm "$T/libpfgone.so"
engine_master
held() { pf-report jobs | grep "^$job" | cut -f 12; }
held_is() { [ "$(held)" = "$1" ]; }

submit needs blackbox "$T/needs" -d 5m
run pfrun -q
ok 'a library is gone: the job fails' job_is failed
like "$(job_message)" 'loading shared libraries: libpfgone.so' 'it says why'
ok 'its verdict' until_true 10 held_is missing_library
done_testing
