#!/bin/sh
# The unit of a bot as it is shipped: systemd takes it, it says what pf-run(1)
# needs, and bubblewrap works below what it forbids.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/box.sh
. "$PF_ROOT/t/lib/box.sh"
need systemd-analyze bwrap

unit=$PF_ROOT/etc/pandafuzz-bot.service
mkdir "$T/units"
# A user and a program that are here.
sed "s|/usr/local/bin/pf-run|$PF_BIN/pf-run|; s|^User=.*|User=root|
    /^Documentation/d" "$unit" >"$T/units/pandafuzz-bot.service"

# verify [LINE]: what systemd says of the unit, with that line in it
verify()
{
	mkdir -p "$T/try"
	sed "s|^KillMode=.*|&\n${1-}|" "$T/units/pandafuzz-bot.service" \
	    >"$T/try/pandafuzz-bot.service"
	systemd-analyze verify --man=no "$T/try/pandafuzz-bot.service"
}

check 'the unit has no mistake' 0 - - verify
check 'a mistake would be told' 0 - '~Unknown key' verify 'Deleg=memory'
check 'a controller that is none too' 0 - '~Invalid controller name' \
    verify 'Delegate=memory nonsense'

# value KEY
value()
{
	sed -n "s/^$1=//p" "$unit"
}
is "$(value Delegate)" 'memory pids cpu' 'groups are handed over'
is "$(value OOMPolicy)" continue 'a target that is killed does not end it'
is "$(value KillMode)" mixed 'pf-run alone is told to stop'

# What statuses it does not come back from are those that pf-run(1) lists.
page=$PF_ROOT/man/man1/pf-run.1
for status in $(value RestartPreventExitStatus); do
	ok "status $status is one of pf-run" \
	    grep -Eq "^\.It $status\$" "$page"
done
for status in 0 1 65 74 75; do
	is "$(value RestartPreventExitStatus | tr ' ' '\n' |
	    grep -cx "$status")" 0 "after $status it comes back"
done

# A user without capabilities who can get no others still has a box.
if can_nobody; then
	mkdir "$T/m"
	printf '[bot]\nwork_directory = %s\n' "$T/w" >"$T/m/conf"
	chmod 644 "$T/m/conf"
	PF_CONF=$T/m/conf
	export PF_CONF
	check 'bubblewrap works in it' 0 '~^isolation: namespaces: bubblewrap' \
	    - as_nobody setpriv --no-new-privs --bounding-set=-all pf-run -n
else
	skip 'no other user can run this'
fi
done_testing
