# SPDX-License-Identifier: Apache-2.0
#
# sandbox-static: the sandbox without a controller: flows by hand.
#
# Sourced by mplsudp-sandbox for --no-controller, which is also the way to
# compare with encapsulations other than MPLS.  A tenant has one label (VNI,
# key) everywhere.  Each br-int has three tables:
#
#    0 classify   VM port, or tunnel port and tun_id, to tenant (reg0)
#    1 send       from a VM: to the tunnel of the destination's hypervisor,
#                 broadcast and multicast to all of them; then table 2
#    2 deliver    to the tenant's VM on this hypervisor
#
# A packet from a tunnel goes from table 0 to table 2, so never to a tunnel.

declare -A LABEL=([red]=100 [blue]=200)
LABELS=([red]=100 [blue]=200)
GATEWAY_MAC=02:00:00:00:ff:01

# Adds tenant $1's VM on hypervisor $2.  Both tenants' VMs get the same MAC
# and addresses; only the last address tells them apart.
add_vm() {
    local t=$1 i=$2 ns=$SB_RUN-$1$2

    sb_vm "$i" "$t$i" "$(vm_mac "$i")" "$(vm_addr ether4 "$i")/24" \
        "$(vm_addr ether6 "$i")/64" "${OWN[$t]}$i/24"
    is_mpls || return 0
    sb_addr "$t$i" eth0 "10.1.$i.2/24"
    sb_addr "$t$i" eth0 "fd01:$i::2/64"
    for gw in "10.1.$i.1" "fd01:$i::1"; do
        sb_must ip -n "$ns" neigh add "$gw" lladdr $GATEWAY_MAC dev eth0 \
            nud permanent
    done
    sb_must ip -n "$ns" route add 10.1.0.0/16 via "10.1.$i.1" src "10.1.$i.2"
    sb_must ip -n "$ns" route add fd01::/16 via "fd01:$i::1" src "fd01:$i::2"
}

add_tunnels() {
    local i=$1 j own=()

    ! is_mpls || own=(options:payload=auto)
    for ((j = 1; j <= hypervisors; j++)); do
        test $j = "$i" ||
            sb_tunnel "$i" $j "$encap" options:key=flow "${own[@]}"
    done
}

# Prints hypervisor $1's flows for tenant $2 towards hypervisor $3.
peer_flows() {
    local i=$1 label=${LABEL[$2]} j=$3 to family

    to="set_field:$label->tun_id,output:\"to-h$j\""
    cat <<END
table=0,in_port="to-h$j",tun_id=$label,actions=load:$label->NXM_NX_REG0[],\
resubmit(,2)
table=1,reg0=$label,dl_dst=$(vm_mac "$j"),actions=$to
END
    is_mpls || return 0
    # Zero MACs tell an MPLS port to send the bare IP packet.
    to="set_field:00:00:00:00:00:00->eth_src,\
set_field:00:00:00:00:00:00->eth_dst,$to"
    for family in "ip,nw_dst=10.1.$j.0/24" "ipv6,ipv6_dst=fd01:$j::/64"; do
        echo "table=1,reg0=$label,dl_dst=$GATEWAY_MAC,$family," \
             "actions=dec_ttl,$to"
    done
}

# Prints hypervisor $1's flows for its own VM of tenant $2.
vm_flows() {
    local i=$1 t=$2 label=${LABEL[$2]} all= j family mac

    mac=$(vm_mac "$i")
    for ((j = 1; j <= hypervisors; j++)); do
        test $j = "$i" || all="$all,output:\"to-h$j\""
    done
    cat <<END
table=0,in_port="$t$i",actions=load:$label->NXM_NX_REG0[],resubmit(,1)
table=1,reg0=$label,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00,\
actions=set_field:$label->tun_id$all,resubmit(,2)
table=2,reg0=$label,dl_dst=$mac,actions=output:"$t$i"
table=2,reg0=$label,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00,\
actions=output:"$t$i"
END
    is_mpls || return 0
    for family in "ip,nw_dst=10.1.$i.0/24" "ipv6,ipv6_dst=fd01:$i::/64"; do
        echo "table=2,reg0=$label,dl_dst=00:00:00:00:00:00,$family," \
             "actions=set_field:$GATEWAY_MAC->eth_src," \
             "set_field:$mac->eth_dst,output:\"$t$i\""
    done
}

add_flows() {
    local i=$1 t j out

    out=$(for t in "${TENANTS[@]}"; do
        vm_flows "$i" "$t"
        for ((j = 1; j <= hypervisors; j++)); do
            test $j = "$i" || peer_flows "$i" "$t" $j
        done
    done | sed 's/, /,/g; s/ actions/actions/' |
        sb_hv "$i" ovs-ofctl add-flows br-int - 2>&1) ||
        sb_hv_die "$i" "flows: $out"
}

build_static() {
    local i t

    ! is_mpls || KINDS+=(routed4 routed6)
    say "$hypervisors leaf and $SB_SPINES spine routers, IPv$underlay," \
        "link MTU $SB_MTU so that VMs keep 1500"
    sb_underlay "$underlay" "$hypervisors"
    for ((i = 1; i <= hypervisors; i++)); do
        sb_hypervisor $i
        for t in "${TENANTS[@]}"; do
            add_vm "$t" $i
        done
        add_tunnels $i
        add_flows $i
        say "h$i: ovs-vswitchd $(cat "$SB_DIR/h$i/ovs-vswitchd.pid")," \
            "$((hypervisors - 1)) $encap tunnels," \
            "$(sb_hv $i ovs-ofctl dump-flows br-int | grep -c actions) flows"
    done
}

show_static() {
    local i s=$SB_RUN right

    printf '\n    %-36s %-23s %-23s %s\n' VMs 'hypervisor' 'leaf router' core
    for ((i = 1; i <= hypervisors; i++)); do
        printf '    %-16s label %-5s --+\n' "$s-red$i" "${LABEL[red]}"
        printf '    %-16s label %-5s --+-- %-24s-- %-24s--+\n' "$s-blue$i" \
            "${LABEL[blue]}" "$s-h$i" "$s-leaf$i"
        right="|"
        test $i -gt $SB_SPINES || right="+-- $s-spine$i"
        printf '%36s%-25s   %-24s  %s\n' '' "$(sb_hv_addr $i)" \
            "$(sb_leaf_addr $i)" "$right"
    done
    cat <<END

    VM number I of red and of blue has MAC 02:00:00:00:00:0I, 10.0.0.I and
    fd0a::I.  In one tenant only: red 10.0.0.10I, blue 10.0.0.20I.
END
    ! is_mpls || cat <<END
    Routed, carried without Ethernet: 10.1.I.2 and fd01:I::2.
END
}

# Sends from red1 three marked packets with a label that no tenant has.
send_stray() {
    local hex all='' j

    hex=$(mark none | od -A n -t x1 | tr -d ' \n')
    for ((j = 2; j <= hypervisors; j++)); do
        all="$all,output:\"to-h$j\""
    done
    sb_must sb_hv 1 ovs-ofctl add-flow br-int "priority=65535,\
in_port=\"red1\",icmp,nw_dst=10.0.0.250,actions=set_field:$STRAY->tun_id$all"
    sb_revalidated 1
    sb_must ip -n "$SB_RUN-red1" neigh add 10.0.0.250 lladdr "$(vm_mac 2)" \
        dev eth0 nud permanent
    sb_in red1 ping -n -q -c 3 -i 0.2 -W 1 -p "$hex" 10.0.0.250 >/dev/null
}

## Throughput ---------------------------------------------------------------

# Packets that leaf routers have sent to spine $1.
spine_packets() {
    local i sum=0 file=/sys/class/net/spine$1/statistics/tx_packets

    for ((i = 1; i <= hypervisors; i++)); do
        sum=$((sum + $(sb_in "leaf$i" cat "$file")))
    done
    echo $sum
}

# TCP from red1 to red2's address of kind $1.
check_tcp() {
    local kind=$1 out rate tries server

    ip netns exec "$SB_RUN-red2" iperf3 -s -1 >/dev/null 2>&1 &
    server=$!
    for tries in {1..300}; do
        sb_in red2 grep -q ':1451 0*:0000 0A' /proc/net/tcp6 && break
        sleep 0.1
    done
    out=$(sb_in red1 timeout 30 iperf3 -c "$(vm_addr "$kind" 2)" -t 3 -P 8 \
        --connect-timeout 5000 -f m 2>&1)
    rate=$(sed -n 's/^\[SUM\].* \([0-9.]*\) Mbits.*receiver$/\1/p' \
        <<< "$out")
    # After a failure the server would wait for ever.
    kill $server 2>/dev/null
    wait $server
    test -n "$rate" && test "${rate%.*}" -gt 0
    check $? "TCP, $(kind_name "$kind"), red1 to red2, 8 streams, 3 s:\
 ${rate:-$(tail -n 1 <<< "$out"); 0} Mbit/s"
    notes+=("throughput: ${rate:-none} Mbit/s, $(kind_name "$kind")")
}

check_throughput() {
    local before=() used=() s kind n

    step "Throughput within red (two cores do everything here)"
    for ((s = 1; s <= SB_SPINES; s++)); do
        before[s]=$(spine_packets $s)
    done
    for kind in $(ipv4_kinds); do
        check_tcp "$kind"
    done
    for ((s = 1; s <= SB_SPINES; s++)); do
        used[s]=$(($(spine_packets $s) - before[s]))
    done
    if test "$encap" = mplsudp && test $SB_SPINES -gt 1; then
        n=$(printf '%s\n' "${used[@]}" | grep -c -v -x 0)
        check $((n < 2)) "more than one spine carried it:\
 ${used[*]} packets"
    else
        say "packets through the spines: ${used[*]}"
    fi
}

## The wire and the end ------------------------------------------------------

check_labels() {
    local key t

    key=$(wire_key)
    step "Underlay capture at leaf1: what tshark reads"
    check_equal "$key of all $encap packets" \
        "$(read_wire pin -Y "$(wire_filter)" -T fields -e "$key" | distinct)" \
        "${LABEL[red]} ${LABEL[blue]} $STRAY"
    for t in "${TENANTS[@]}"; do
        check_equal "$key of marked packets of $t" \
            "$(read_wire pin -Y "frame contains \"$(mark "$t")\"" -T fields \
                -e "$key" | distinct)" "${LABEL[$t]}"
    done
}

check_wire() {
    check_labels
    check_mplsudp_fields
    show_packet ether4 red
    show_packet arp blue
    show_packet ether6 blue
    if is_mpls; then
        show_packet routed4 red
        show_packet routed6 blue
    fi
}

check_daemons() {
    local i dead=

    step "Hypervisors"
    for ((i = 1; i <= hypervisors; i++)); do
        kill -0 "$(cat "$SB_DIR/h$i/ovs-vswitchd.pid")" 2>/dev/null &&
            ! grep -q '|EMER|' "$SB_DIR/h$i/ovs-vswitchd.log" ||
            dead="$dead h$i"
    done
    check $((${#dead} != 0)) "ovs-vswitchd ran throughout on all\
${dead:+ but$dead}"
    if ! is_mpls; then
        say "skipped: mplsudp/show, which only MPLS ports have"
        return
    fi
    for ((i = 1; i <= hypervisors; i++)); do
        sb_hv $i ovs-appctl mplsudp/show > "$SB_DIR/show$i" 2>&1
        check $? "h$i answers ovs-appctl mplsudp/show"
    done
    check_equal "lines of mplsudp/show that tell of refused packets" \
        "$(cat "$SB_DIR"/show* | grep -c '^ *[a-z_0-9]*: [0-9]* (')" 0
    say "h1's:"
    sed 's/^/          /' "$SB_DIR/show1"
}

run_static() {
    step "Topology: $hypervisors hypervisors, $encap tunnels"
    build_static
    step "Neighbours"
    sb_resolve
    say "every hypervisor reaches every other"
    show_static
    sb_capture leaf1 hv "$SB_DIR/wire.pcap"
    check_pings
    check_isolation
    check_wire
    check_throughput
    check_daemons
}
