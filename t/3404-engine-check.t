#!/bin/sh
# pf-engine-check: the example of pf-engine(5) passes; one that breaks the
# contract in several places is told of each of them, and of nothing else.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/engine.sh
. "$PF_ROOT/t/lib/engine.sh"

engine_check()
{
	timeout 300 "$PF_ROOT/bin/pf-engine-check" "$@"
}

# faults: what was not ok, a line each
faults()
{
	sed -n 's/^not ok [0-9]* - //p' "$T/out"
}

check 'its version' 0 "=$(pf-run -V | sed 's/pf-run/pf-engine-check/')" - \
    engine_check -V
check 'help' 0 '~^ *pf-engine-check -h . -V$' - engine_check -h
check 'no engine' 64 - '~^usage: pf-engine-check' engine_check
check 'a time that is none' 64 - '~^usage: ' engine_check -w x engine
check 'seeds that are not there' 66 - '~not a directory$' \
    engine_check -s "$T/none" engine
check 'help' 0 '~^usage: ' - engine_check -h
check 'an engine that is not there' 1 '~^not ok 2 ' - engine_check "$T/none"
engine_says Name </dev/null
chmod g+w "$T/engines/Name"
check 'a name that is none, and writable' 1 '~^1\.\.3$' - \
    engine_check "$T/engines/Name"
is "$(faults | wc -l)" 2 'both are said'
engine_add away <<'END'
echo 'needs a thing'; exit 69
END
check 'one that cannot run here' 0 '~^1\.\.0 # SKIP' - \
    engine_check "$T/engines/away"
engine_says options 'options : a B' </dev/null
check 'an option that is none' 1 '~^not ok 6 - and its options' - \
    engine_check "$T/engines/options"

engine_of_manual >"$T/engines/noise"
chmod 755 "$T/engines/noise"
check 'the example' 0 '*' - engine_check "$T/engines/noise"
is "$(faults)" '' 'passes'
is "$(grep -c '^ok' "$T/out")" 27 'all of it'

# The example made worse: a shell sees the name, crashes are written in place,
# imports stay, numbers are none, SIGTERM is not heard in the first run, for
# each of them takes ten seconds then, and a child stays.
# shellcheck disable=SC2016 # sed's, not the shell's
sed -e 's/^		{ cat/		sh -c "$*" <\/dev\/null >\/dev\/null 2>\&1; { cat/' \
    -e 's/^trap .*/case $PF_ENGINE_STATE in *\/run\/*) trap "" TERM ;; *) & ;; esac/' \
    -e 's/mv try "\$PF/cat try >"$PF/' -e 's/^	find.*/:/' \
    -e 's/^	echo "execs_done :/	echo "execs_done/' \
    -e 's/^stop= n=0/stop= n=0; setsid sleep 60 \&/' \
    "$T/engines/noise" >"$T/engines/worse"
chmod 755 "$T/engines/worse"
check 'one that is worse' 1 '*' - engine_check -w 3 "$T/engines/worse"
faults >"$T/faults"
for what in 'the name of the target goes to no shell' \
    'an input of another job is taken' \
    'its numbers are lines of KEY : VALUE' \
    'told to stop it ends with 0, within ten seconds' \
    'no process of it is left'; do
	ok "is told: $what" grep -qxF "$what" "$T/faults"
done
if command -v strace >/dev/null; then
	ok 'is told: where it writes' grep -q '^it writes in its own' "$T/faults"
else
	skip 'no strace here'
fi
is "$(grep -cE 'its answer|-c |may be executed|whole files' "$T/faults")" 0 \
    'what is right is not a fault'
done_testing
