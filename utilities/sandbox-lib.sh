# SPDX-License-Identifier: Apache-2.0
#
# sandbox-lib: hypervisors, routers and VMs as network namespaces.
#
# Sourced by bash programs (mplsudp-sandbox, tests/system/*).  The order of
# calls is sb_find_ovs, sb_begin, sb_underlay, sb_hypervisor, sb_vm, sb_tunnel,
# sb_resolve; sb_end removes everything, sb_clean what dead runs left behind.
#
#            spine1      spine2 ...    SB_SPINES Linux routers, IP only: so
#             | | \      / | |         many equal-cost paths between any two
#             | |  \    /  | |         leaves, chosen by the five-tuple
#           leaf1   leaf2   leaf3 ...
#             |       |       |
#            h1      h2      h3 ...    one ovsdb-server and ovs-vswitchd each:
#            |        |       |        br-phy (underlay address, uplink) and
#           VMs      VMs     VMs       br-int (VMs, tunnels), both netdev
#
# Interfaces are born inside the namespaces, so the machine's own network is
# never touched.  Functions end the program through sb_die when a step fails.
# After sb_underlay, SB_FAMILY is 4 or 6 and SB_COUNT the number of
# hypervisors; sb_add_family gives the underlay addresses of the other family
# as well.

. "$(dirname "${BASH_SOURCE[0]}")/sandbox-run.sh"

SB_MTU=1700                  # Underlay links: VMs keep 1500 in any tunnel.
SB_VM_MTU=1500
SB_SPINES=2
SB_CAPTURES=()               # Processes, and what they write.
SB_CAPTURE_FILES=()

## Underlay -----------------------------------------------------------------

# Address of hypervisor $1 in the underlay.
sb_hv_addr() {
    if test "$SB_FAMILY" = 4; then
        echo "198.18.$1.1"
    else
        echo "fd00:0:0:$1::1"
    fi
}

# Address of leaf $1 on the link to its hypervisor.
sb_leaf_addr() {
    if test "$SB_FAMILY" = 4; then
        echo "198.18.$1.2"
    else
        echo "fd00:0:0:$1::2"
    fi
}

# Length of the prefix of every underlay link.
sb_plen() {
    test "$SB_FAMILY" = 4 && echo 30 || echo 64
}

# Network of hypervisor $1.
sb_hv_net() {
    test "$SB_FAMILY" = 4 && echo "198.18.$1.0/30" || echo "fd00:0:0:$1::/64"
}

# Address of end $3 (1 leaf, 2 spine) of the link of leaf $1 and spine $2.
sb_core_addr() {
    if test "$SB_FAMILY" = 4; then
        echo "198.19.$1.$((4 * $2 + $3))"
    else
        echo "fd00:0:$2:$1::$3"
    fi
}

# Adds namespace $1 with settings that fit routers and hosts alike.
sb_ns_add() {
    local ns=$SB_RUN-$1

    sb_must ip netns add "$ns"
    sb_must ip -n "$ns" link set lo up
    # Reverse path filters drop packets that return by the other spine.
    # Duplicate address detection would only cost seconds.
    sb_must ip netns exec "$ns" sh -c 'cd /proc/sys/net &&
        for c in all default; do
            echo 0 > ipv4/conf/$c/rp_filter &&
            echo 0 > ipv6/conf/$c/disable_ipv6 &&
            echo 0 > ipv6/conf/$c/accept_dad &&
            echo 0 > ipv6/conf/$c/accept_ra || exit 1
        done'
}

# Makes namespace $1 a router that spreads flows by addresses and ports.
sb_router() {
    sb_ns_add "$1"
    sb_must sb_in "$1" sh -c 'cd /proc/sys/net &&
        echo 1 > ipv4/ip_forward &&
        echo 1 > ipv6/conf/all/forwarding &&
        echo 1 > ipv4/fib_multipath_hash_policy &&
        echo 1 > ipv6/fib_multipath_hash_policy'
}

# Joins namespace $1, interface $2, and namespace $3, interface $4.
# The optional $5 is the MTU.
sb_link() {
    local mtu=${5:-$SB_MTU}

    sb_must ip link add "$2" netns "$SB_RUN-$1" mtu "$mtu" type veth \
        peer name "$4" netns "$SB_RUN-$3" mtu "$mtu"
    sb_must ip -n "$SB_RUN-$1" link set "$2" up
    sb_must ip -n "$SB_RUN-$3" link set "$4" up
}

# Turns transmit offloads off for namespace $1, interface $2: the userspace
# datapath wants finished checksums and packets no larger than the MTU.
sb_no_offload() {
    sb_must sb_in "$1" ethtool -K "$2" tx off
}

# Gives address $3 to interface $2 of namespace $1.
sb_addr() {
    local nodad=

    case $3 in
    *:*) nodad=nodad ;;
    esac
    sb_must ip -n "$SB_RUN-$1" addr add "$3" dev "$2" $nodad
}

# Makes leaf $1 with its links to the spines.
sb_leaf() {
    local i=$1 s

    sb_router "leaf$i"
    for ((s = 1; s <= SB_SPINES; s++)); do
        sb_link "leaf$i" "spine$s" "spine$s" "leaf$i"
    done
    sb_leaf_addresses "$i"
}

# Gives the links of leaf $1 to the spines their addresses, and the spines the
# way to its hypervisor.
sb_leaf_addresses() {
    local i=$1 s

    for ((s = 1; s <= SB_SPINES; s++)); do
        sb_addr "leaf$i" "spine$s" "$(sb_core_addr "$i" $s 1)/$(sb_plen)"
        sb_addr "spine$s" "leaf$i" "$(sb_core_addr "$i" $s 2)/$(sb_plen)"
        sb_must ip -n "$SB_RUN-spine$s" route add "$(sb_hv_net "$i")" \
            via "$(sb_core_addr "$i" $s 1)"
    done
}

# Gives leaf $1 its way to hypervisor $2: through all spines.
sb_leaf_route() {
    local i=$1 s hops=()

    for ((s = 1; s <= SB_SPINES; s++)); do
        hops+=(nexthop via "$(sb_core_addr "$i" $s 2)")
    done
    sb_must ip -n "$SB_RUN-leaf$i" route add "$(sb_hv_net "$2")" "${hops[@]}"
}

sb_leaf_routes() {
    local i j

    for ((i = 1; i <= SB_COUNT; i++)); do
        for ((j = 1; j <= SB_COUNT; j++)); do
            test $i = $j || sb_leaf_route $i $j
        done
    done
}

# Makes the underlay of family $1 (4 or 6) for $2 hypervisors, which
# sb_hypervisor then attaches.
sb_underlay() {
    local i s

    SB_FAMILY=$1 SB_COUNT=$2
    for ((s = 1; s <= SB_SPINES; s++)); do
        sb_router "spine$s"
    done
    for ((i = 1; i <= SB_COUNT; i++)); do
        sb_leaf $i
    done
    sb_leaf_routes
}

# Gives the underlay addresses of family $1 as well, which becomes SB_FAMILY.
sb_add_family() {
    local i

    SB_FAMILY=$1
    for ((i = 1; i <= SB_COUNT; i++)); do
        sb_leaf_addresses $i
        sb_hv_addresses $i
    done
    sb_leaf_routes
}

## Hypervisors, VMs, tunnels ------------------------------------------------

# Ends the program with what hypervisor $1's daemons logged, after reason $2.
sb_hv_die() {
    grep -h -E '\|(WARN|ERR|EMER)\|' "$SB_DIR/h$1"/*.log 2>/dev/null |
        tail -n 10 >&2
    sb_die "hypervisor h$1: $2"
}

# Makes hypervisor $1: namespace, daemons, br-phy on a link to leaf $1, and an
# empty br-int that drops what no flow takes.
sb_hypervisor() {
    local i=$1 dir=$SB_DIR/h$1 out

    sb_ns_add "h$i"
    sb_must mkdir -p "$dir"
    sb_link "h$i" uplink "leaf$i" hv
    # The kernel, which sees the uplink's packets as well, would answer ARP for
    # br-phy's address with the uplink's MAC.
    sb_must ip -n "$SB_RUN-h$i" link set uplink arp off
    sb_no_offload "h$i" uplink
    sb_no_offload "leaf$i" hv
    out=$({
        sb_hv "$i" ovsdb-tool create "$dir/conf.db" "$SB_SCHEMA" &&
        sb_hv_in "$i" ovsdb-server "$dir/conf.db" --detach --pidfile \
            --log-file --remote="punix:$dir/db.sock" &&
        sb_hv "$i" ovs-vsctl --no-wait init &&
        sb_hv_in "$i" ovs-vswitchd "unix:$dir/db.sock" --detach --pidfile \
            --log-file --disable-system
    } 2>&1 >/dev/null) || sb_hv_die "$i" "daemons do not start: $out"
    out=$(sb_hv "$i" ovs-vsctl --timeout=30 \
        add-br br-phy -- set bridge br-phy datapath_type=netdev \
        -- set interface br-phy mtu_request=$SB_MTU \
        -- add-port br-phy uplink \
        -- add-br br-int -- set bridge br-int datapath_type=netdev \
           fail_mode=secure 2>&1) || sb_hv_die "$i" "bridges: $out"
    sb_must ip -n "$SB_RUN-h$i" link set br-phy up
    sb_must ip -n "$SB_RUN-h$i" link set br-int up
    sb_hv_addresses "$i"
}

# Gives hypervisor $1 and leaf $1 their addresses on the link between them.
sb_hv_addresses() {
    local i=$1

    sb_addr "leaf$i" hv "$(sb_leaf_addr "$i")/$(sb_plen)"
    sb_addr "h$i" br-phy "$(sb_hv_addr "$i")/$(sb_plen)"
    sb_must ip -n "$SB_RUN-h$i" "-$SB_FAMILY" route add default \
        via "$(sb_leaf_addr "$i")"
}

# Returns when the datapath of hypervisor $1 does what its flows say: until
# then, cached flows do what they said before.  The first round of revalidation
# may have begun before the flows changed.
sb_revalidated() {
    sb_must sb_hv "$1" ovs-appctl revalidator/wait
    sb_must sb_hv "$1" ovs-appctl revalidator/wait
}

# Adds to hypervisor $1's br-int a VM: namespace and port $2, MAC $3, and the
# addresses (with prefix lengths) that follow, on interface eth0.
sb_vm() {
    local i=$1 vm=$2 mac=$3 addr out

    shift 3
    sb_ns_add "$vm"
    sb_link "$vm" eth0 "h$i" "$vm" $SB_VM_MTU
    sb_no_offload "$vm" eth0
    sb_no_offload "h$i" "$vm"
    sb_must ip -n "$SB_RUN-$vm" link set eth0 address "$mac"
    for addr; do
        sb_addr "$vm" eth0 "$addr"
    done
    out=$(sb_hv "$i" ovs-vsctl --timeout=30 add-port br-int "$vm" 2>&1) ||
        sb_hv_die "$i" "port $vm: $out"
}

# Adds to hypervisor $1's br-int a tunnel port to hypervisor $2, named to-hN,
# of type $3; the rest are options as ovs-vsctl takes them.
sb_tunnel() {
    local i=$1 j=$2 type=$3 out err

    shift 3
    out=$(sb_hv "$i" ovs-vsctl --timeout=30 add-port br-int "to-h$j" \
        -- set interface "to-h$j" type="$type" \
           options:remote_ip="\"$(sb_hv_addr "$j")\"" "$@" 2>&1) ||
        sb_hv_die "$i" "port to-h$j: $out"
    err=$(sb_hv "$i" ovs-vsctl get interface "to-h$j" error)
    test "$err" = '[]' || sb_hv_die "$i" "port to-h$j, type $type: $err"
}

# Makes sure that hypervisor $1 knows its next hop: the datapath drops packets
# to a neighbour that it has not seen answer.
sb_resolve_one() {
    local i=$1 tries leaf

    leaf=$(sb_leaf_addr "$i")
    for tries in {1..20}; do
        sb_in "h$i" ping -n -q -c 1 -W 1 "$leaf" >/dev/null 2>&1
        sb_hv "$i" ovs-appctl tnl/neigh/show | grep -q "^$leaf " && return
        ip -n "$SB_RUN-h$i" neigh flush dev br-phy
        sleep 0.1
    done
    sb_hv_die "$i" "next hop $leaf stays unresolved (tnl/neigh/show)"
}

# True if hypervisor $2 answers $1.  The first packets may get lost.
sb_reaches() {
    local tries

    for tries in {1..10}; do
        sb_in "h$1" ping -n -q -c 1 -W 2 "$(sb_hv_addr "$2")" >/dev/null &&
            return
    done
    return 1
}

# Resolves every hypervisor's next hop and shows that all reach each other.
sb_resolve() {
    local i j

    for ((i = 1; i <= SB_COUNT; i++)); do
        sb_resolve_one $i
    done
    for ((i = 1; i <= SB_COUNT; i++)); do
        for ((j = 1; j <= SB_COUNT; j++)); do
            sb_reaches $i $j ||
                sb_hv_die $i "no answer from $(sb_hv_addr $j) (h$j)"
        done
    done
}

## Captures -----------------------------------------------------------------

# Captures namespace $1, interface $2 to file $3 until sb_capture_stop.
sb_capture() {
    local log=$3.log tries

    # An earlier capture to this file may have left both, and the shell in the
    # background empties the log only when it gets to run.
    rm -f "$3" "$log"
    # Not by sb_in: $! would be a shell, which signals do not pass.
    ip netns exec "$SB_RUN-$1" dumpcap -q -P -i "$2" -w "$3" > "$log" 2>&1 &
    SB_CAPTURES+=($!)
    SB_CAPTURE_FILES+=("$3")
    for tries in {1..600}; do
        grep -q '^File: ' "$log" 2>/dev/null && return
        sleep 0.05
    done
    sb_die "capture in $SB_RUN-$1, $2 does not start: $(tail -n 1 "$log")"
}

# Ends every capture.  What is on its way is given time to arrive, and what has
# arrived, to be written, which dumpcap does ten times a second.
sb_capture_stop() {
    local pid before now tries

    sleep 1
    now=$(stat -c %s "${SB_CAPTURE_FILES[@]}")
    for tries in {1..60}; do
        before=$now
        sleep 0.3
        now=$(stat -c %s "${SB_CAPTURE_FILES[@]}")
        test "$now" != "$before" || break
    done
    for pid in "${SB_CAPTURES[@]}"; do
        kill -TERM "$pid" 2>/dev/null
    done
    wait "${SB_CAPTURES[@]}" 2>/dev/null
    SB_CAPTURES=() SB_CAPTURE_FILES=()
}
