# SPDX-License-Identifier: Apache-2.0
#
# Demo routing: two tenants route between networks, on the first hypervisor.
#
# Run by mplsudp-sandbox in the topology of sandbox-control.sh.  green and amber
# have the same subnets; N is web or db:
#
#   10.1.1.0/24, fd01:1::/64  web   gwebN on hypervisor N (amber: awebN)
#   10.1.2.0/24, fd01:2::/64  db    gdbN                   (adbN)

ROUTING_MTU=1300             # Of db's networks.

# Adds VM $1 of tenant $2 to hypervisor $3, in network number $4, with a host
# part that is the hypervisor's number plus 10.
routed_vm() {
    local vm=$1 i=$3 net=$4 name=web

    test $net = 1 || name=db
    add_vm $vm $i $2-$name 02:00:00:0$net:00:0$i "10.1.$net.1$i/24" \
        "fd01:$net::1$i/64"
    vm_gateways $vm 10.1.$net.1 fd01:$net::1
}

routing_tenants() {
    local t

    for t in green amber; do
        ctl tenant-add $t \
            -- net-add $t $t-web subnets=10.1.1.0/24,fd01:1::/64 \
               gateways=10.1.1.1,fd01:1::1 mtu=$SB_VM_MTU \
            -- net-add $t $t-db subnets=10.1.2.0/24,fd01:2::/64 \
               gateways=10.1.2.1,fd01:2::1 mtu=$ROUTING_MTU
        routed_vm ${t:0:1}web1 $t 1 1
        routed_vm ${t:0:1}db1 $t 1 2
        routed_vm ${t:0:1}db2 $t 2 2
        for vm in ${t:0:1}db1 ${t:0:1}db2; do
            sb_must ip -n "$SB_RUN-$vm" link set eth0 mtu $ROUTING_MTU
        done
    done
    synchronise
}

# What ping prints of one packet from VM $1 to $2.
one_ping() {
    sb_in "$1" ping -n -c 1 -W 2 "${@:3}" "$2" 2>&1
}

# Checks that VM $1 reaches $2, and what the TTL of the answer is.
routes() {
    local ttl

    ttl=$(one_ping "$1" "$2" | sed -n 's/.* ttl=\([0-9]*\) .*/\1/p')
    check_equal "$1 to $2, $3; TTL of the answer" "$ttl" 63
}

routing_pings() {
    local vm address

    step "Between networks: one hop, on the sender's hypervisor"
    for vm in gweb1 aweb1; do
        routes $vm 10.1.2.12 "on another hypervisor"
        routes $vm fd01:2::12 "on another hypervisor"
        routes $vm 10.1.2.11 "on the same"
        routes $vm fd01:2::11 "on the same"
    done
    for address in 10.1.1.1 fd01:1::1 10.1.2.1; do
        answers gweb1 $address
        check $? "the gateway $address answers gweb1"
    done
    check_equal "the gateway's MAC at gdb2" "$(sb_in gdb2 ip neigh show \
        10.1.2.1 | sed -n 's/.*lladdr \([^ ]*\) .*/\1/p')" $GATEWAY_MAC
}

# What the switches say of a packet's way, in words.
routing_trace() {
    local out

    step "The way of a packet from gweb1 to gdb2, as the switches explain it"
    say "# mplsudp-ctl trace gweb1 10.1.2.12"
    out=$(sb_ctl trace gweb1 10.1.2.12)
    sed 's/^/          /' <<< "$out"
    grep -q "^ *sent to hypervisor \"h2\" .*route of tenant \"green\"" \
        <<< "$out" && grep -q "delivered to port \"gdb2\"" <<< "$out"
    check $? "by green's route label to h2, and to gdb2"
}

# ICMP errors that a router must send.
routing_errors() {
    local size

    step "What a router must say"
    one_ping gweb1 10.1.2.12 -t 1 |
        grep -q 'From 10.1.1.1 .*Time to live exceeded'
    check $? "TTL 1 to 10.1.2.12: 10.1.1.1 says that it is exceeded"
    one_ping gweb1 fd01:2::12 -t 1 |
        grep -q 'From fd01:1::1 .*Time exceeded: Hop limit'
    check $? "hop limit 1 to fd01:2::12: fd01:1::1 says that it is exceeded"
    size=$((ROUTING_MTU + 50 - 28))
    one_ping gweb1 10.1.2.12 -M do -s $size |
        grep -q "Frag needed and DF set (mtu = $ROUTING_MTU)"
    check $? "$((size + 28)) bytes to 10.1.2.12, DF set: fragmentation needed,\
 MTU $ROUTING_MTU"
    one_ping gweb1 fd01:2::12 -M do -s $((size - 20)) |
        grep -q "Packet too big: mtu=$ROUTING_MTU"
    check $? "$((size + 28)) bytes to fd01:2::12: packet too big,\
 MTU $ROUTING_MTU"
    answers gweb1 10.1.2.12 -M do -s $((ROUTING_MTU - 28))
    check $? "$ROUTING_MTU bytes to 10.1.2.12 arrive"
}

# Both tenants have every address: one tenant's VM is told to be silent.
routing_isolation() {
    local vm

    step "Isolation: amber has the same addresses"
    for vm in gdb2 gdb1; do
        sb_must sb_in $vm sh -c 'cd /proc/sys/net &&
            echo 1 > ipv4/icmp_echo_ignore_all &&
            echo 1 > ipv6/icmp/echo_ignore_all'
    done
    silent gweb1 10.1.2.12 && silent gweb1 fd01:2::12 && silent gweb1 10.1.2.11
    check $? "green's db VMs silenced: gweb1 gets no answer from amber's"
    answers aweb1 10.1.2.12 && answers aweb1 fd01:2::12 &&
        answers aweb1 10.1.2.11
    check $? "and aweb1 gets its answers"
}

routing_wire() {
    local route

    step "On the underlay at leaf1: IP below the label, without Ethernet"
    LABELS[green]=$(labels purpose=route "tenant=$(row Tenant green)" |
        paste -sd' ')
    LABELS[amber]=$(labels purpose=route "tenant=$(row Tenant amber)" |
        paste -sd' ')
    say "green's route labels: ${LABELS[green]}; amber's: ${LABELS[amber]}"
    show_packet routed4 green
    show_packet routed6 amber
}

demo_routing() {
    step "Demo routing: networks of a tenant, routed on every hypervisor"
    say "The sender's hypervisor is the router: it lowers the TTL, and sends IP" \
        "without Ethernet under the label"
    say "by which the receiver's hypervisor knows the tenant."
    routing_tenants
    sb_capture leaf1 hv "$SB_DIR/wire.pcap"
    routing_pings
    sb_capture_stop
    routing_wire
    routing_trace
    routing_errors
    routing_isolation
}
