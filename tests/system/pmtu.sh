# SPDX-License-Identifier: Apache-2.0
#
# A Linux router on the way says by ICMP that packets are too big, and the
# tunnel MTU follows, for each type over IPv4 and IPv6.

# Prints the tunnel MTU of hypervisor 1's port.
tunnel_mtu() {
    sb_hv 1 ovs-appctl mplsudp/show to-h2 | sed -n 's/^ *tunnel MTU: //p'
}

# One echo request that makes an outer packet of $1 bytes, of which $2 are
# headers before the inner IP header, is answered.
fits() {
    sb_in vm1 ping -n -q -c 1 -W 2 -s $(($1 - $2 - 28)) 10.0.0.2
}

# Packets of $3 bytes, which pass no more, make the tunnel MTU fall to $1.
falls_to() {
    test "$(tunnel_mtu)" -ge "$3" || return
    fallen() {
        sb_in vm1 ping -n -q -c 1 -W 0.2 -s $(($3 - $2 - 28)) 10.0.0.2
        equal "$(tunnel_mtu)" "$1"
    }
    soon fallen "$@" && return
    sb_hv 1 ovs-appctl mplsudp/show
    return 1
}

# A larger one never passes, and is refused at once when the datapath's flows
# have followed.
refused() {
    local before tries

    for tries in {1..10}; do
        before=$(drops 1 to-h2 too_big)
        not fits "$@" || return
        dropped $((before + 1)) 1 to-h2 too_big && return
    done
    return 1
}

for family in 4 6; do
    two_hypervisors $family
    mtu=1460 header=$((family == 4 ? 20 : 40))
    for TUNNEL_TYPE in mplsudp mplsgre mplsip; do
        case $TUNNEL_TYPE in
        mplsudp) overhead=$((header + 8 + 4 + 4 + 14)) ;;
        mplsgre) overhead=$((header + 4 + 4 + 4 + 14)) ;;
        mplsip) overhead=$((header + 4 + 4 + 14)) ;;
        esac
        name="$TUNNEL_TYPE over IPv$family (I-10 I-11)"
        tunnels options:key=100 options:payload=auto
        for i in 1 2; do
            flows $i actions=normal
            sb_in vm$i ip neigh flush dev eth0
        done
        soon fits 1000 $overhead                # Resolves the VMs.
        for ((s = 1; s <= SB_SPINES; s++)); do
            sb_must ip -n "$SB_RUN-spine$s" link set leaf2 mtu $mtu
        done
        check "$name: router makes the tunnel MTU fall to $mtu" \
            falls_to $mtu $overhead $((mtu + 20))
        check "$name: a packet of $mtu bytes passes" soon fits $mtu $overhead
        check "$name: one more byte is refused" refused $((mtu + 1)) $overhead
        mtu=$((mtu - 20))
    done
    sb_end
    sb_begin
done
