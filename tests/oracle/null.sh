# SPDX-License-Identifier: Apache-2.0
#
# Explicit null, and the checksums and options of the outer headers.

. "$(dirname "${BASH_SOURCE[0]}")/oracle-lib"

# Sends label $1 above IPv4 and $2 above IPv6, with label $3, if given, below.
send_nulls() {
    local below=${3:+push_mpls:0x8847,set_field:$3->mpls_label,}

    flows 1 "in_port=vm1,ip,actions=${below}push_mpls:0x8847,\
set_field:$1->mpls_label,output:to" \
        "in_port=vm1,ipv6,actions=${below}push_mpls:0x8847,\
set_field:$2->mpls_label,output:to" \
        $(pop_flows 0x0800 ${4:-200}) $(pop_flows 0x86dd ${5:-206})
}

explicit_null() {
    tunnel $encap $family
    peer_labels 200 206
    send_nulls 0 2
    check "L-02 $1: the peer takes label 0 as IPv4" \
        echo_from vm1 10.1.0.1
    check "L-04 $1: the peer takes label 2 as IPv6" echo_from vm1 fd02::1
    peer_labels 0 2
    send_nulls 100 100 "" 0 2
    check "L-02 $1: label 0 from the peer, popped by the pipeline" \
        echo_from peer 10.0.0.1
    check "L-04 $1: label 2 from the peer, popped by the pipeline" \
        echo_from peer fd01::1
    tunnel $encap $family options:payload=ip
    peer_labels 0 2
    key_flows 100 0 2
    check "L-02 $1: label 0 from the peer as key" echo_from peer 10.0.0.1
    check "L-04 $1: label 2 from the peer as key" echo_from peer fd01::1
    peer_labels 0/200 2/206
    key_flows 100 200 206
    check "L-02 $1: label 0 above another is not part of the key" \
        echo_from peer 10.0.0.1
    check "L-04 $1: label 2 above another is not part of the key" \
        echo_from peer fd01::1
}

# Traffic with device arguments $1 at the peer, by ports with options $2...
with_device() {
    PEER_CSUM=$1
    shift
    tunnel $encap $family options:payload=ip "$@"
    PEER_CSUM=
    key_flows 100 200 206
}

gre_options() {
    with_device ocsum
    check "G-01 I-04 $1: the kernel's GRE checksums are accepted" \
        echo_from peer 10.0.0.1
    check "G-01 $1: and TCP with them" tcp_from peer vm1 10.0.0.1
    with_device "okey 7"
    check "G-02 $1: GRE with a key is refused" no_echo_from peer 10.0.0.1
    check "G-02 $1: and counted" \
        test "$(drops 1 mgre_sys gre_flags)" -gt 0
}

# What user-mode Linux cannot send is tested with qemu.
udp_checksum() {
    local off

    # Over IPv6, too: a FOU socket does without checksums.
    with_device "" options:csum=false
    check "U-06 Z-03 $1: the peer takes packets without checksum" \
        echo_from vm1 10.1.0.1
    test $family = 4 && off=noencap-csum || off=noencap-udp6-csum
    test $PEER_KIND = qemu || return
    with_device $off
    if test $family = 4; then
        check "U-06 $1: the kernel's packets without checksum are accepted" \
            echo_from peer 10.0.0.1
        return
    fi
    check "Z-01 Z-05 $1: the kernel's packets without checksum are refused" \
        no_echo_from peer 10.0.0.1
    check "Z-05 Z-08 $1: and counted" \
        test "$(drops 1 to zero_checksum)" -gt 0
    with_device $off options:zero_csum6_rx=true \
        options:local_ip="\"$(underlay 6 1)\""
    check "Z-03 Z-09 $1: and accepted where the port says so" \
        echo_from peer 10.0.0.1
    with_device "" options:zero_csum6_rx=true \
        options:local_ip="\"$(underlay 6 1)\""
    check "Z-06 $1: where those with a checksum are accepted, too" \
        echo_from peer 10.0.0.1
}

oracle_topology
for family in $FAMILIES; do
    for encap in $ENCAPS; do
        name="mpls$encap over IPv$family"
        explicit_null "$name"
        case $encap in
        gre) gre_options "$name" ;;
        udp) udp_checksum "$name" ;;
        esac
    done
done
