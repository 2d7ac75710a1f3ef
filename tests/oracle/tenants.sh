# SPDX-License-Identifier: Apache-2.0
#
# Two tenants with the same addresses: a VRF each in the kernel, a guest each
# at h1, and a label each in both directions.
#
# Guest vm1 and VRF red have labels 300 and 400, vm2 and blue 301 and 401.

. "$(dirname "${BASH_SOURCE[0]}")/oracle-lib"

make_vrfs() {
    peer '
        echo 1 > /proc/sys/net/ipv4/tcp_l3mdev_accept
        # A VRF comes before the local addresses of no VRF.
        for six in -4 -6; do
            ip $six rule add pref 32765 table local &&
            ip $six rule del pref 0 || exit
        done
        table=10
        for vrf in red blue; do
            ip link add name $vrf type vrf table $table &&
            ip link set $vrf up &&
            ip addr add 10.1.0.1/32 dev $vrf &&
            ip addr add fd02::1/128 dev $vrf nodad || exit
            table=$((table + 1))
        done
        ip addr add 10.1.0.7/32 dev blue &&
        ip -f mpls route add 300 dev red &&
        ip -f mpls route add 301 dev blue' ||
        sb_die "the peer cannot make VRFs"
}

# The way back from each VRF.
vrf_routes() {
    sb_must peer '
        for vrf in red/400 blue/401; do
            label=${vrf#*/} vrf=${vrf%/*}
            ip route replace 10.0.0.0/24 vrf $vrf encap mpls $label dev tn \
                src 10.1.0.1 &&
            ip -6 route replace fd01::/64 vrf $vrf encap mpls $label dev tn \
                src fd02::1 || exit
        done'
}

tenant_flows() {
    flows 1 "in_port=vm1,actions=set_field:300->tun_id,output:to" \
        "in_port=vm2,actions=set_field:301->tun_id,output:to" \
        "in_port=$FROM,tun_id=400,actions=$(deliver vm1)" \
        "in_port=$FROM,tun_id=401,actions=$(deliver vm2)"
}

# Only red's guest answers while blue's is told not to.
reaches_own_guest() {
    local silent=/proc/sys/net/ipv4/icmp_echo_ignore_all

    at vm2 "echo 1 > $silent"
    echo_from peer 10.0.0.1 -I red && no_echo_from peer 10.0.0.1 -I blue
    set -- $?
    at vm2 "echo 0 > $silent"
    return $1
}

tenants() {
    local vm

    for vm in vm1 vm2; do
        check "L-07 $1: $vm reaches its VRF, IPv4" \
            echo_from $vm 10.1.0.1
        check "L-07 $1: $vm reaches its VRF, IPv6" \
            echo_from $vm fd02::1
        check "$1: TCP from $vm to its VRF" tcp_from $vm peer 10.1.0.1
    done
    check "$1: vm2 reaches an address that only blue has" \
        echo_from vm2 10.1.0.7
    check "$1: vm1 does not" no_echo_from vm1 10.1.0.7
    check "$1: the VRFs reach their own guests only" \
        reaches_own_guest
}

oracle_topology
guest vm2
make_vrfs
for family in $FAMILIES; do
    for encap in $ENCAPS; do
        tunnel $encap $family options:payload=ip
        vrf_routes
        tenant_flows
        tenants "mpls$encap over IPv$family"
    done
done
