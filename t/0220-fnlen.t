#!/bin/sh
# No function over 80 lines, no file over 500.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
whole
need ctags

check 'functions and files are short' 0 '~^functions [0-9]+ median' - \
    "$PF_ROOT/scripts/fnlen"
tail -n 1 "$T/out" | sed 's/^/# /'
check 'a longer one would be seen' 1 '*' '~: [a-z_0-9]+ has [0-9]+ lines' \
    "$PF_ROOT/scripts/fnlen" 20
check 'a longer file too' 1 '*' '~^[a-z/_0-9.-]+ has [0-9]+ lines' \
    "$PF_ROOT/scripts/fnlen" 80 100
done_testing
