#!/bin/sh
# A network that loses everything, closing nothing: the bot's engine has ended
# before the job can be another's.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
whole
need clang

build_quiet
run_master 'tick = 500ms' 'bot = 6s'
partition "$PF_BIN/pf-run"
is "$alive" 0 'no engine runs when the job waits again'
like "$(cat "$T/bot.err")" 'job [^ ]*: lost its lease' \
    'and the bot says why'
done_testing
