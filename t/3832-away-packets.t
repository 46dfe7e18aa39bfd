#!/bin/sh
# The same as t/3830 where packets are lost, late and doubled by the kernel, on
# a loopback of its own: netem where it is, else a line that is too narrow.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
whole
sweep_all
need unshare ip tc
[ "$(id -u)" = 0 ] || skip_all 'this needs root'

narrow='ip link set lo mtu 1500 up && {
	tc qdisc add dev lo root netem loss 3% delay 3ms 3ms duplicate 3% ||
	tc qdisc add dev lo root tbf rate 8mbit burst 4000 latency 10ms
} 2>/dev/null'
unshare -n sh -c "$narrow" || skip_all 'no traffic control here'
rmdir "$T"
PF_CHAOS=10 exec unshare -n sh -c "$narrow; exec sh $PF_ROOT/t/3830-away-chaos.t"
