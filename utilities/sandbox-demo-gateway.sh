# SPDX-License-Identifier: Apache-2.0
#
# Demo gateway: an unmodified Linux kernel as an MPLS router outside, with a VRF
# for each of two tenants.
#
# Run by mplsudp-sandbox in the topology of sandbox-control.sh, to which it adds
# one more leaf router with the gateway behind it, user-mode Linux of
# tests/oracle.  Tenants rust and ochre have the same addresses: a VM on each
# of the first two hypervisors, 10.5.0.1 and .2, fd05::1 and ::2.  Both VRFs
# have 10.9.0.1 and fd09::1; ochre's alone has 10.9.0.7.
#
# The tunnels are mplsgre: this kernel does not send MPLS in UDP.

declare -A GW_LABEL=([rust]=300 [ochre]=301)

# Starts the gateway behind a leaf router of its own.
gw_start() {
    local family=$underlay i p=$((hypervisors + 1)) lib_oracle

    lib_oracle=$(realpath -m "$here/../tests/oracle/peer-lib")
    test -r "$lib_oracle" || sb_die "gateway: needs $lib_oracle, which is in\
 the source tree"
    PEER_HERE=$(dirname "$lib_oracle")
    . "$lib_oracle"
    sb_leaf $p
    for ((i = 1; i <= hypervisors; i++)); do
        sb_leaf_route $i $p
        sb_leaf_route $p $i
    done
    sb_must ip -n "$SB_RUN-leaf$p" tuntap add dev hv mode tap
    sb_must ip -n "$SB_RUN-leaf$p" link set hv mtu $SB_MTU up
    sb_addr leaf$p hv "$(sb_leaf_addr $p)/$(sb_plen)"
    peer_start uml leaf$p hv
    peer "
        cd /proc/sys/net
        echo 1048575 > mpls/platform_labels
        echo 1 > ipv4/ip_forward
        echo 1 > ipv6/conf/all/forwarding
        for c in all default eth0; do
            echo 0 > ipv4/conf/\$c/rp_filter
            echo 0 > ipv6/conf/\$c/accept_dad
        done
        ip link set eth0 mtu $SB_MTU up &&
        ip addr add $(sb_hv_addr $p)/$(sb_plen) dev eth0 &&
        ip -$family route add default via $(sb_leaf_addr $p)
    " || peer_die "cannot be configured"
    say "gateway: Linux $PEER_RELEASE at $(sb_hv_addr $p), behind leaf$p"
}

gw_tenants() {
    local t i

    for t in rust ochre; do
        ctl tenant-add $t -- net-add $t $t-net \
            subnets=10.5.0.0/24,fd05::/64 gateways=10.5.0.254,fd05::fe \
            mtu=$SB_VM_MTU \
            -- peer-add $t $t-gw "$(sb_hv_addr $((hypervisors + 1)))" \
            encap=mplsgre 10.9.0.0/16=${GW_LABEL[$t]} \
            fd09::/64=${GW_LABEL[$t]}
        for i in 1 2; do
            add_vm $t$i $i $t-net 02:00:00:05:00:0$i 10.5.0.$i/24 \
                fd05::$i/64
            vm_gateways $t$i 10.5.0.254 fd05::fe
        done
    done
    synchronise
    ctl peer-list
}

# Runs a script in the gateway, and shows it without what surrounds it.
on_gateway() {
    sed 's/^ */        gateway# /' <<< "$1"
    peer "$1" || sb_die "the gateway refuses: $1"
}

# The gateway's VRFs, and what they take from hypervisors.
gw_vrfs() {
    local t table=10

    say "on the gateway:"
    # A VRF comes before the local addresses of no VRF.
    peer 'for six in -4 -6; do
            ip $six rule add pref 32765 table local &&
            ip $six rule del pref 0 || exit
        done' || peer_die "no rules for VRFs"
    for t in rust ochre; do
        on_gateway "ip link add name $t type vrf table $table
ip link set $t up
ip addr add 10.9.0.1/32 dev $t
ip addr add fd09::1/128 dev $t nodad
ip -f mpls route add ${GW_LABEL[$t]} dev $t"
        table=$((table + 1))
    done
    on_gateway "ip addr add 10.9.0.7/32 dev ochre"
}

# The gateway's way to the VMs, by the route labels of their hypervisors.
gw_routes() {
    local t i label type=gre

    test $underlay = 4 || type="ip6gre encaplimit none"
    for i in 1 2; do
        on_gateway "ip link add name tn$i type $type ttl 64 local \
$(sb_hv_addr $((hypervisors + 1))) remote $(sb_hv_addr $i)
echo 1 > /proc/sys/net/mpls/conf/tn$i/input
ip link set tn$i addrgenmode none
ip link set tn$i up"
        for t in rust ochre; do
            label=$(labels purpose=route "tenant=$(row Tenant $t)" \
                "hypervisor=$(row Hypervisor h$i)" state=active)
            on_gateway "ip route add 10.5.0.$i/32 vrf $t encap mpls $label \
dev tn$i src 10.9.0.1
ip -6 route add fd05::$i/128 vrf $t encap mpls $label dev tn$i"
        done
    done
}

# Pings from the gateway's VRF $1 to $2, answered; on a busy machine this kernel
# may be late, so that it is tried again.
gw_ping() {
    peer "ping -q -c 2 -i 0.2 -W 2 -I $1 $2" > "$SB_DIR/gateway-ping" 2>&1
    grep -q ' 2 packets received' "$SB_DIR/gateway-ping"
}

gw_silent() {
    peer "ping -q -c 2 -i 0.2 -W 1 -I $1 $2" > "$SB_DIR/gateway-ping" 2>&1
    grep -q ' 0 packets received' "$SB_DIR/gateway-ping"
}

gw_checks() {
    local t i

    step "From VMs to the gateway, and back"
    for t in rust ochre; do
        for i in 1 2; do
            wait_until 10 answers $t$i 10.9.0.1 &&
                wait_until 10 answers $t$i fd09::1
            check $? "$t$i reaches 10.9.0.1 and fd09::1 in its VRF"
            wait_until 10 gw_ping $t 10.5.0.$i &&
                wait_until 10 gw_ping $t fd05::$i
            check $? "the gateway reaches $t$i from VRF $t"
        done
    done
    step "Isolation"
    wait_until 10 answers ochre1 10.9.0.7
    check $? "ochre1 reaches 10.9.0.7, which is in its VRF only"
    silent rust1 10.9.0.7
    check $? "rust1 does not"
    for i in 1 2; do
        sb_must sb_in rust$i sh -c \
            'echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all'
    done
    gw_silent rust 10.5.0.1 && gw_silent rust 10.5.0.2
    check $? "rust's VMs silenced: VRF rust gets no answer from ochre's"
    wait_until 10 gw_ping ochre 10.5.0.1
    check $? "and VRF ochre gets its answers"
}

demo_gateway() {
    step "Demo gateway: Linux as MPLS router outside, a VRF for each tenant"
    say "A peer in the database has prefixes with the labels that it wants for" \
        "them, and is offered the VMs'"
    say "addresses with those of their hypervisors."
    gw_start
    gw_tenants
    gw_vrfs
    gw_routes
    gw_checks
}
