# SPDX-License-Identifier: Apache-2.0
#
# What each side must refuse, and count: wrong labels, wrong sources, packets
# larger than the tunnel MTU.

. "$(dirname "${BASH_SOURCE[0]}")/oracle-lib"

# Packets that the peer's tunnel device received.
peer_received() {
    at peer 'cat /sys/class/net/tn/statistics/rx_packets'
}

# The datapath port on which h1 receives what the peer sends in answer to
# encapsulation $1.
datapath_port() {
    case $(answer $1) in
    udp) echo mudp_sys_6635 ;;
    gre) echo mgre_sys ;;
    ip) echo mip_sys ;;
    esac
}

wrong_labels() {
    peer_labels 200 206
    key_flows 999 200 206
    check "$1: the peer drops and counts a label that it does not know" \
        grows_by 2 peer_unknown_labels -- no_echo_from vm1 10.1.0.1
    key_flows 100 200 206
    peer_labels 777 206
    check "L-08 L-09 $1: no flow takes a key that it does not know" \
        grows_by 2 missed -- no_echo_from peer 10.0.0.1
    peer_labels 777/200 206
    check "L-09 $1: nor the right label below another" \
        grows_by 2 missed -- no_echo_from peer 10.0.0.1
    tunnel $encap $family options:in_key=200 options:out_key=100 \
        options:payload=ip
    check "L-09 $1: nor a port with another key" \
        no_echo_from peer 10.0.0.1
    tunnel $encap $family
    label_flows 100 200 206
    peer_labels 777 206
    check "L-08 L-09 $1: no flow takes a label that it does not know" \
        grows_by 2 missed -- no_echo_from peer 10.0.0.1
    peer_labels 200 206
    check "L-09 $1: the right label passes" echo_from peer 10.0.0.1
}

wrong_sources() {
    local own port

    port=$(datapath_port $encap)
    tunnel $encap $family options:payload=ip
    key_flows 100 200 206
    peer_tunnel $encap $family 3
    check "U-25 I-19 $1: packets from another address of the peer are \
refused and counted" \
        grows_by 2 drops 1 $port unknown_source -- no_echo_from peer 10.0.0.1
    peer_tunnel $encap $family
    check "U-25 I-19 $1: those from the expected address are not" \
        echo_from peer 10.0.0.1
    own=$(underlay $family 9)
    sb_addr h1 br-phy "$own/$(net_bits $family)"
    tunnel $encap $family options:payload=ip options:local_ip="\"$own\""
    check "I-02 $1: the peer does not take h1's other address" \
        grows_by 0 peer_received -- no_echo_from vm1 10.1.0.1
    sb_must ip -n "$SB_RUN-h1" addr del "$own/$(net_bits $family)" dev br-phy
}

# Bytes that encapsulation $1 over family $2 puts before the label stack.
outer_size() {
    local size

    test $2 = 4 && size=20 || size=40
    case $1 in
    udp) echo $((size + 8)) ;;
    gre) echo $((size + 4)) ;;
    ip) echo $size ;;
    esac
}

# Two echo requests, IP packets of $1 bytes, are answered, or not; $2 is how
# long to wait for the last.
echo_sized() {
    sb_in vm1 ping -q -n -c 2 -i 0.2 -W ${2:-3} -M dont -s $(($1 - 28)) 10.1.0.1
}
no_echo_sized() {
    echo_sized $1 1 | tee "$SB_DIR/ping"
    grep -q '^2 packets transmitted, 0 received' "$SB_DIR/ping"
}

# The MTU of the underlay is br-phy's.  The peer's tunnel device is made for
# the same; eth0 of user-mode Linux cannot go back to more than 1500.
mtu_edge() {
    local fits

    sb_must sb_hv 1 ovs-vsctl set interface br-phy mtu_request=1400
    tunnel $encap $family options:payload=ip
    key_flows 100 200 206
    sb_must peer "ip link set tn mtu $((1400 - $(outer_size \
        $(answer $encap) $family)))"
    fits=$((1400 - $(outer_size $encap $family) - 4))
    check "I-12 L-14 $1: $fits bytes of IP fit an underlay MTU of 1400, both \
ways" echo_sized $fits
    check "I-12 I-08 $1: one byte more is dropped, not fragmented, and \
counted" grows_by 2 drops 1 to too_big -- no_echo_sized $((fits + 1))
    tunnel $encap $family options:payload=ip options:tunnel_mtu=1200
    fits=$((1200 - $(outer_size $encap $family) - 4))
    check "I-11 I-12 $1: $fits bytes of IP fit tunnel_mtu=1200" \
        echo_sized $fits
    check "I-11 I-12 $1: one byte more is dropped and counted" \
        grows_by 2 drops 1 to too_big -- no_echo_sized $((fits + 1))
    sb_must sb_hv 1 ovs-vsctl set interface br-phy mtu_request=$SB_MTU
}

oracle_topology
for family in $FAMILIES; do
    for encap in $ENCAPS; do
        name="mpls$encap over IPv$family"
        tunnel $encap $family options:payload=ip
        wrong_labels "$name"
        wrong_sources "$name"
        mtu_edge "$name"
    done
done
