# SPDX-License-Identifier: Apache-2.0
#
# IPsec below the tunnels (RFC 4364 section 13, RFC 4023 section 8.1): ESP in
# transport mode on the underlay addresses, with manual keys.  IPv4 only.
#
# ovs-vswitchd hands its packets to a device, so that the xfrm of its own
# host's kernel does not see them.  A gateway between br-phy and the underlay
# does ESP; here it is a namespace of the peer's kernel:
#
#     h1: br-phy 198.18.100.1 --- 198.18.100.254 the gateway 198.18.101.1
#                          --- ESP --- 198.18.101.2 the peer
#
# The gateway owns the address that the peer knows and translates it to that
# of br-phy.

. "$(dirname "${BASH_SOURCE[0]}")/oracle-lib"

# There is no modprobe to load algorithms as they are asked for.
PEER_MODULES+=(veth esp4 authenc cbc echainiv hmac sha512_generic drbg
    xfrm_user crc32c_generic iptable_nat xt_nat xt_tcpudp)
PEER_PROGRAMS+=(iptables-legacy)
peer_need iptables-legacy iptables

# Makes the gateway, which takes eth0 from the peer.
gateway() {
    peer '
        mkdir /run
        ip netns add gate &&
        ip link set eth0 netns gate &&
        ip link add name wire mtu 1700 type veth \
            peer name gate mtu 1700 netns gate &&
        ip link set wire up &&
        ip addr add 198.18.101.2/24 dev wire || exit
        echo 0 > /proc/sys/net/ipv4/conf/wire/rp_filter
        cat > gateway <<END
            ip() {
                /bin/ip "\$@"
            }
            ip link set eth0 mtu 1700 up &&
            ip link set gate up &&
            ip addr add 198.18.100.254/24 dev eth0 &&
            ip addr add 198.18.101.1/24 dev gate &&
            echo 1 > /proc/sys/net/ipv4/ip_forward &&
            for tunnel in "udp --dport 6635" 47 137; do
                iptables-legacy -t nat -A PREROUTING -i gate -p \$tunnel \
                    -d 198.18.101.1 -j DNAT --to 198.18.100.1 || exit
            done &&
            iptables-legacy -t nat -A POSTROUTING -o gate \
                -s 198.18.100.1 -j SNAT --to 198.18.101.1
END
        ip netns exec gate busybox sh gateway' ||
        sb_die "the gateway cannot be made"
    sb_must sb_in h1 ip route add 198.18.101.0/24 via 198.18.100.254
}

# Both ends have the same two states.
KEYS="auth-trunc hmac(sha256) 0x$(printf %064d 1) 128 \
enc cbc(aes) 0x$(printf %032d 2)"
OUT="src 198.18.101.1 dst 198.18.101.2"
BACK="src 198.18.101.2 dst 198.18.101.1"
TEMPLATE="tmpl proto esp mode transport"

# The policy that ends with what is sent: $1 is add or delete, $2 the end.
send_policy() {
    local end=$2 addresses=$BACK

    test $end = peer || addresses=$OUT
    xfrm $end "policy $1 $addresses dir out $(test $1 = delete ||
        echo $TEMPLATE)"
}

# Runs "ip xfrm $2" at end $1, peer or gate.
xfrm() {
    local in=

    test $1 = peer || in="ip netns exec gate"
    peer "$in ip xfrm ${2//[()]/\\&}"
}

ipsec() {
    local end

    for end in peer gate; do
        sb_must xfrm $end "state add $OUT proto esp spi 0x1001 \
mode transport $KEYS"
        sb_must xfrm $end "state add $BACK proto esp spi 0x1002 \
mode transport $KEYS"
        sb_must send_policy add $end
    done
    # What is not protected is refused.
    sb_must xfrm peer "policy add $OUT dir in $TEMPLATE"
    sb_must xfrm gate "policy add $BACK dir fwd $TEMPLATE"
}

# Packets that state $1 of the peer has carried.
protected() {
    peer "ip -s xfrm state get $1" |
        sed -n 's/^[^a-z]*(bytes), \([0-9]*\)(packets)$/\1/p'
}

# Packets that end $1 refused for want of protection.
unprotected() {
    local in=

    test $1 = peer || in="ip netns exec gate"
    peer "$in busybox awk '/XfrmInTmplMismatch/ { print \$2 }' \
        /proc/net/xfrm_stat"
}

# grows COUNTER... -- COMMAND...: COMMAND succeeds and COUNTER grows by 2 or
# more.
grows() {
    local before after counter=()

    while test "$1" != --; do
        counter+=("$1")
        shift
    done
    shift
    before=$("${counter[@]}")
    "$@" || return
    after=$("${counter[@]}")
    echo "${counter[*]}: $before, then $after"
    test $((after - before)) -ge 2
}

oracle_topology
gateway
underlay() {
    echo 198.18.101.$2
}
next_hop() {
    echo 198.18.100.254
}
ipsec
for encap in $ENCAPS; do
    name="mpls$encap with ESP"
    tunnel $encap 4 options:payload=ip
    peer_labels 200 206
    key_flows 100 200 206
    check "I-17 I-23 U-22 $name: ping, by ESP both ways" \
        grows protected "$OUT proto esp spi 0x1001" -- \
        grows protected "$BACK proto esp spi 0x1002" -- \
        echo_from vm1 10.1.0.1
    check "I-17 I-23 U-22 $name: ping from the peer" echo_from peer 10.0.0.1
    check "I-17 I-23 U-22 $name: TCP" tcp_from vm1 peer 10.1.0.1
    send_policy delete gate
    check "I-18 $name: the peer refuses what is not protected" \
        grows unprotected peer -- no_echo_from vm1 10.1.0.1
    send_policy add gate
    send_policy delete peer
    check "I-18 $name: the gateway refuses what is not protected" \
        grows unprotected gate -- no_echo_from peer 10.0.0.1
    send_policy add peer
done
