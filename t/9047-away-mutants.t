#!/bin/sh
# Broken bots: what the tests of a master that is away are for, and that they
# see it.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/mutant.sh
. "$PF_ROOT/t/lib/mutant.sh"
whole
need make gcc clang afl-fuzz sqlite3 jq

mutant no_harvest src/run/harvest.c \
    's/^	if (f->engine->harvest == NULL)$/	if (f->dir != NULL)/' pf-run
failing no_harvest 3800-away-harvest.t 'what was not taken is left' \
    'what it left (then )?is sent'

mutant no_memory src/run/find/sent.c \
    's/^		good = read_groups(f, in, name);/&\n		seen_free(\&f->inputs);/' pf-run
failing no_memory 3800-away-harvest.t 'a restart sends all of it again' \
    'no bot told of any of it twice'

mutant no_warden src/run/warden.c \
    's/for (i = 0; n == 0 \&\& i < slots; i++)/for (i = 0; n == 99 \&\& i < slots; i++)/' \
    pf-run
failing no_warden 3800-away-harvest.t 'nobody ends what a killed one started' \
    'its engine has died'

done_testing
