# SPDX-License-Identifier: Apache-2.0
#
# Demo private-vlan: promiscuous, isolated and community ports (RFC 5517,
# RFC 8317).
#
# Run by mplsudp-sandbox in the topology of sandbox-control.sh.  Network
# slate-net has these VMs, the last of each kind on hypervisor 2:
#
#   pv-p1 pv-p2   promiscuous        pv-c1 pv-c2   community 1
#   pv-i1 pv-i2   isolated           pv-d1 pv-d2   community 2
#
# Neighbours are static in all of them, so that every answer that is missing
# was stopped as a packet, not for want of ARP.

PV_VMS=(p1 p2 i1 i2 c1 c2 d1 d2)
declare -A PV_ROLE=([p]=promiscuous [i]=isolated [c]=community:1
    [d]=community:2)

# Number of VM $1 in the list, for its MAC and addresses.
pv_number() {
    local n=1 vm

    for vm in "${PV_VMS[@]}"; do
        test $vm != "$1" || echo $n
        n=$((n + 1))
    done
}

pv_tenant() {
    local vm other n m

    ctl tenant-add slate -- net-add slate slate-net \
        subnets=10.2.0.0/24,fd02::/64 gateways=10.2.0.254,fd02::fe \
        mtu=$SB_VM_MTU
    for vm in "${PV_VMS[@]}"; do
        n=$(pv_number $vm)
        add_vm pv-$vm ${vm:1} slate-net 02:00:00:02:00:0$n 10.2.0.$n/24 \
            fd02::$n/64 -- role=${PV_ROLE[${vm:0:1}]}
    done
    for vm in "${PV_VMS[@]}"; do
        for other in "${PV_VMS[@]}"; do
            m=$(pv_number $other)
            test $other = $vm || pv_neighbour $vm $m 02:00:00:02:00:0$m
        done
    done
    synchronise
    ctl label-list h2
}

# VM $1 takes $3 for the MAC of VM number $2.
pv_neighbour() {
    sb_must ip -n "$SB_RUN-pv-$1" neigh replace 10.2.0.$2 lladdr "$3" \
        dev eth0 nud permanent
    sb_must ip -n "$SB_RUN-pv-$1" neigh replace fd02::$2 lladdr "$3" \
        dev eth0 nud permanent
}

# True if VM $1's packets may reach VM $2.
pv_reaches() {
    case ${1:0:1}${2:0:1} in
    p? | ?p | cc | dd) return 0 ;;
    *) return 1 ;;
    esac
}

# Pings of all pairs at once over IPv$1; prints the matrix and checks it.
pv_matrix() {
    local family=$1 vm other n dir=$SB_DIR/pv pids=() wrong= line mark

    mkdir -p "$dir"
    for vm in "${PV_VMS[@]}"; do
        for other in "${PV_VMS[@]}"; do
            n=$(pv_number $other)
            test $family = 4 && n=10.2.0.$n || n=fd02::$n
            sb_in pv-$vm ping -n -q -c 2 -i 0.2 -W 1 $n \
                > "$dir/$vm-$other" 2>&1 &
            pids+=($!)
        done
    done
    wait "${pids[@]}"
    printf '\n        %-22s to:' "IPv$family, from"
    printf '%4s' "${PV_VMS[@]}"
    echo
    for vm in "${PV_VMS[@]}"; do
        line=
        for other in "${PV_VMS[@]}"; do
            pv_mark
            line+=$(printf '%4s' $mark)
        done
        printf '        %-4s %-20s %s\n' $vm "${PV_ROLE[${vm:0:1}]}" "$line"
    done
    check $((${#wrong} != 0)) "IPv$family: each pair as their roles say\
${wrong:+ but for$wrong}"
}

# Sets mark to what came of the pings from vm to other: all or none must.
pv_mark() {
    local want=' 0 received'

    mark=.
    ! grep -q ' 2 received' "$dir/$vm-$other" || mark=x
    test $vm = $other && mark=- && return
    ! pv_reaches $vm $other || want=' 2 received'
    grep -q "$want" "$dir/$vm-$other" || wrong="$wrong $vm-$other"
}

# Routing is no way round: a VM sends what is for its own network to the
# gateway.
pv_routed() {
    step "Routing is no way round"
    pv_neighbour i1 4 $GATEWAY_MAC
    pv_neighbour i2 3 $GATEWAY_MAC
    silent pv-i1 10.2.0.4 && silent pv-i1 fd02::4
    check $? "i1 sends to i2 by way of the gateway: nothing arrives"
    pv_neighbour i1 4 02:00:00:02:00:04
    pv_neighbour i2 3 02:00:00:02:00:03
}

# Forgery number $1: h3 sends what pv-forger pings at 10.2.0.10$1 to VM $2, in
# a frame under h2's label for senders of role $3 and purpose $4.
pv_forge() {
    local n=$1 vm=$2 role=$3 purpose=$4 label mac

    label=$(labels purpose=$purpose "role=\"$role\"" \
        "network=$(row Network slate-net)" "hypervisor=$(row Hypervisor h2)")
    mac=02:00:00:02:00:0$(pv_number $vm)
    test $purpose = unicast || mac=ff:ff:ff:ff:ff:ff
    sb_must sb_hv 3 ovs-ofctl --names add-flow br-int \
        "priority=65535,in_port=pv-forger,icmp,nw_dst=10.2.0.10$n,\
actions=set_field:$mac->eth_dst,$(tunnel_to 2 "$label")"
    sb_must ip -n "$SB_RUN-pv-forger" neigh replace 10.2.0.10$n \
        lladdr "$mac" dev eth0 nud permanent
}

# How many frames of forgery number $1 VM $2 got.
pv_got() {
    tshark -n -r "$SB_DIR/pv-$2.pcap" -Y "ip.dst == 10.2.0.10$1" \
        2>/dev/null | wc -l
}

# h3 has one port of the network, of community 1.  What it sends under the label
# of that role is taken; under labels of roles that it does not host, refused.
pv_forged() {
    local n vm pids=()

    step "A hypervisor that uses a label of a role that it does not host"
    add_vm pv-forger 3 slate-net 02:00:00:02:00:0f 10.2.0.15/24 \
        -- role=community:1
    synchronise
    pv_forge 1 c2 community:1 unicast
    pv_forge 2 i2 community:1 unicast
    pv_forge 3 i2 promiscuous unicast
    pv_forge 4 i2 promiscuous bum
    pv_forge 5 d2 community:2 unicast
    for vm in c2 i2 d2; do
        sb_capture pv-$vm eth0 "$SB_DIR/pv-$vm.pcap"
    done
    for n in 1 2 3 4 5; do
        sb_in pv-forger ping -n -q -c 3 -i 0.1 -W 1 10.2.0.10$n >/dev/null &
        pids+=($!)
    done
    wait "${pids[@]}"
    sb_capture_stop
    sb_must sb_hv 3 ovs-ofctl --names del-flows br-int \
        in_port=pv-forger,icmp,table=0
    check_equal "h3 sends as community 1, its own, to c2: frames that arrive" \
        "$(pv_got 1 c2)" 3
    check_equal "the same to i2, which filters by the label's role" \
        "$(pv_got 2 i2)" 0
    check_equal "h3 sends to i2 as promiscuous, which it does not host" \
        "$(pv_got 3 i2)" 0
    check_equal "the same as a broadcast, to i2 or c2" \
        "$(pv_got 4 i2) $(pv_got 4 c2)" "0 0"
    check_equal "h3 sends to d2 as community 2" "$(pv_got 5 d2)" 0
}

demo_private_vlan() {
    step "Demo private-vlan: who reaches whom is the label's to say"
    say "A label also carries the role of the sender; the receiver's hypervisor" \
        "filters by it, and takes it"
    say "only from hypervisors that have a port of that role."
    pv_tenant
    step "Pings of all pairs; x is an answer"
    pv_matrix 4
    pv_matrix 6
    pv_routed
    test $hypervisors -lt 3 || pv_forged
}
