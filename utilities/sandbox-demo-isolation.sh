# SPDX-License-Identifier: Apache-2.0
#
# Demo isolation: two tenants with the same MACs and addresses.
#
# Run by mplsudp-sandbox in the topology of sandbox-control.sh.  red and blue
# have a VM each on every hypervisor; sandbox-checks.sh says which.

isolation_tenants() {
    local t i

    for t in "${TENANTS[@]}"; do
        ctl tenant-add $t -- net-add $t $t-net \
            subnets=10.0.0.0/24,fd0a::/64 mtu=$SB_VM_MTU
        for ((i = 1; i <= hypervisors; i++)); do
            add_vm $t$i $i $t-net "$(vm_mac $i)" "$(vm_addr ether4 $i)/24" \
                "$(vm_addr ether6 $i)/64" "${OWN[$t]}$i/24"
        done
    done
    synchronise
    ctl label-list
    for t in "${TENANTS[@]}"; do
        LABELS[$t]=$(labels "network=$(row Network $t-net)" | paste -sd' ')
    done
}

# Sends from red1 three marked packets with a label that no tenant has.
send_stray() {
    local hex all='' j

    hex=$(mark none | od -A n -t x1 | tr -d ' \n')
    for ((j = 2; j <= hypervisors; j++)); do
        all="$all,$(tunnel_to $j $STRAY)"
    done
    sb_must sb_hv 1 ovs-ofctl --names add-flow br-int \
        "priority=65535,in_port=red1,icmp,nw_dst=10.0.0.250,actions=${all:1}"
    sb_revalidated 1
    sb_must ip -n "$SB_RUN-red1" neigh replace 10.0.0.250 \
        lladdr "$(vm_mac 2)" dev eth0 nud permanent
    sb_in red1 ping -n -q -c 3 -i 0.2 -W 1 -p "$hex" 10.0.0.250 >/dev/null
    sb_must sb_hv 1 ovs-ofctl --names --strict del-flows br-int \
        "priority=65535,in_port=red1,icmp,nw_dst=10.0.0.250"
}

# Checks that there is no label $1, of those in $2.
check_none() {
    check_equal "labels $1" "${2:-none}" none
}

# What tshark reads at leaf1: which labels marked packets have.
isolation_labels() {
    local t seen bum

    step "On the underlay at leaf1, as tshark reads it"
    for t in "${TENANTS[@]}"; do
        seen=$(labels_of_marked $t)
        check $((${#seen} == 0)) "marked packets of $t have labels: $seen"
        check_none "of them that the database does not give to $t" \
            "$(not_in "$seen" "${LABELS[$t]}")"
        bum=$(labels "network=$(row Network $t-net)" purpose=bum |
            paste -sd' ')
        check_none "of its broadcasts that are not for broadcast" \
            "$(not_in "$(labels_of_marked $t \
                'and eth.dst == ff:ff:ff:ff:ff:ff')" "$bum")"
        check_none "of its unicast that are for broadcast" \
            "$(not_in "$(labels_of_marked $t 'and icmp.type == 8 and
                not eth.dst == ff:ff:ff:ff:ff:ff')" \
                "$(not_in "${LABELS[$t]}" "$bum")")"
    done
    labels_of_marked none | grep -q -w $STRAY
    check $? "the label that no tenant has is there: $STRAY"
    check_mplsudp_fields
    show_packet ether4 red
    show_packet ether6 blue
}

demo_isolation() {
    step "Demo isolation: two tenants use the same MACs and addresses"
    say "Each hypervisor gives each network labels of its own; a packet's label" \
        "alone says whose it is."
    isolation_tenants
    sb_capture leaf1 hv "$SB_DIR/wire.pcap"
    check_pings
    check_isolation
    isolation_labels
}
