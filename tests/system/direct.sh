# SPDX-License-Identifier: Apache-2.0
#
# Direct receive with real bursts: nothing is lost, changed or out of order,
# whether it is on, off, or switched while packets come.

here=$(realpath "$(dirname "$0")")

# How many packets hypervisor 2 received directly, and whether it does.
hits() {
    sb_hv 2 ovs-appctl mplsudp/show |
        sed -n 's/^    packets: \([0-9]*\) hit,.*/\1/p'
}
state() {
    sb_hv 2 ovs-appctl mplsudp/show | sed -n 's/^direct receive: //p'
}

# direct on|off|default: switches it.
direct() {
    case $1 in
    on) sb_hv 2 ovs-vsctl set Open_vSwitch . \
            other_config:mplsudp-direct-receive=true ;;
    off) sb_hv 2 ovs-vsctl set Open_vSwitch . \
            other_config:mplsudp-direct-receive=false ;;
    *) sb_hv 2 ovs-vsctl remove Open_vSwitch . other_config \
            mplsudp-direct-receive ;;
    esac
}

# blast N: N frames, a multiple of 64, from vm1 to vm2.
blast() {
    /usr/bin/python3 "$here/direct-receive/blast" "$SB_RUN" vm1 vm2 "$1"
}

# delivered N: they all arrive once, unchanged and in order.
delivered() {
    equal "$(blast "$1" 2>&1)" \
        "$1 sent, 0 lost, 0 out of order, 0 changed or twice"
}

# during COMMAND N: N frames arrive while COMMAND is given 1, 2, 3 and so on;
# prints what became of them, and in the end how often COMMAND was given.
during() {
    local child i

    blast "$2" > "$SB_DIR/blast" 2>&1 &
    child=$!
    for ((i = 0; ; i++)); do
        kill -0 $child 2>/dev/null || break
        $1 $i
    done
    wait $child
    cat "$SB_DIR/blast"
    test $i -ge 3
}

switch() {
    test $(($1 % 2)) = 0 && direct off || direct on
}
delivered_during_switches() {
    equal "$(during switch "$1")" \
        "$1 sent, 0 lost, 0 out of order, 0 changed or twice"
}

# Open vSwitch itself lets packets overtake each other when datapath flows
# change: order is not to be had.
change() {
    case $(($1 % 4)) in
    0) sb_hv 2 ovs-appctl revalidator/purge ;;
    1) sb_hv 2 ovs-ofctl add-flow br-int \
        priority=40000,in_port=to-h1,tcp,actions=vm2 ;;
    2) sb_hv 2 ovs-ofctl del-flows br-int tcp ;;
    3) sb_hv 2 ovs-vsctl set interface to-h1 options:tos=$(($1 & 4)) ;;
    esac
}
delivered_during_changes() {
    during change "$1" | grep -x \
        "$1 sent, 0 lost, [0-9]* out of order, 0 changed or twice"
}

grew() {
    local now

    now=$(hits)
    echo "$1 hits before, $now now"
    test $((now - $1)) -ge "$2"
}

two_hypervisors 4
for TUNNEL_TYPE in mplsudp mplsgre mplsip; do
    tunnels options:key=100 options:payload=ethernet
    flows 1 in_port=vm1,actions=to-h2
    flows 2 in_port=to-h1,actions=vm2
    # There is room for two peers of one address, in use until their flows are
    # deleted.
    sb_hv 2 ovs-appctl revalidator/purge
    check "$TUNNEL_TYPE: direct receive is on by default" \
        equal "$(state)" on
    before=$(hits)
    check "$TUNNEL_TYPE: nothing lost or out of order" delivered 3200
    check "$TUNNEL_TYPE: and most received directly" grew "$before" 800
    if test $TUNNEL_TYPE = mplsudp; then
        direct off
        before=$(hits)
        check "nor when it is off" delivered 3200
        check "and then no packet was received directly" \
            equal "$(hits)" "$before"
        check "nor when it is switched" delivered_during_switches 6400
        direct default
        check "nothing lost while flows change" delivered_during_changes 6400
        sb_hv 2 ovs-ofctl del-flows br-int tcp
        revalidated 2
        sb_hv 2 ovs-appctl revalidator/purge
        before=$(hits)
        check "nothing lost or out of order afterwards" delivered 3200
        check "and most received directly again" grew "$before" 800
    fi
done
