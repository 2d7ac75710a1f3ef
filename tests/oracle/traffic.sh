# SPDX-License-Identifier: Apache-2.0
#
# Ping and TCP through each encapsulation, over IPv4 and IPv6, with one and two
# labels, with the labels as tunnel key and with the pipeline's push and pop.

. "$(dirname "${BASH_SOURCE[0]}")/oracle-lib"

# The rules that a packet which the kernel takes, or sends, shows to hold.
rules() {
    case $1$2 in
    udp*) echo "U-01 U-05" ;;
    gre4) echo "I-02 I-03 I-04 I-05" ;;
    gre6) echo "I-02 I-03 I-04 I-05 I-06" ;;
    ip4) echo "I-01 I-02" ;;
    ip6) echo "I-01 I-02 I-06" ;;
    esac
}

traffic() {
    check "$1: ping, IPv4" echo_from vm1 10.1.0.1
    check "$1: ping, IPv6" echo_from vm1 fd02::1
    check "$1: ping from the peer, IPv4" echo_from peer 10.0.0.1
    check "$1: ping from the peer, IPv6" echo_from peer fd01::1
    check "$1: TCP to the peer over IPv4" tcp_from vm1 peer 10.1.0.1
    check "$1: TCP from the peer over IPv6" tcp_from peer vm1 fd01::1
}

oracle_topology
for family in $FAMILIES; do
    for encap in $ENCAPS; do
        name="mpls$encap over IPv$family ($(rules $encap $family)"
        tunnel $encap $family options:payload=ip
        peer_labels 200 206
        key_flows 100 200 206
        traffic "$name), label as key"
        peer_labels 201/200 201/206
        key_flows $((101 << 20 | 100)) $((201 << 20 | 200)) \
            $((201 << 20 | 206))
        traffic "$name L-01), two labels as key"
        tunnel $encap $family
        peer_labels 200 206
        label_flows 100 200 206
        traffic "$name), label by push and pop"
        peer_labels 201/200 201/206
        label_flows "101 100" "201 200" "201 206"
        traffic "$name L-01), two labels by push and pop"
    done
done
