# SPDX-License-Identifier: Apache-2.0
#
# sandbox-control: the topology that demos share, and what they do to it.
#
# Sourced by mplsudp-sandbox.  The database, a controller, and hypervisors that
# obey it; no tenant yet: each demo (sandbox-demo-*.sh) makes its own by
# mplsudp-ctl, with VMs whose names nobody else uses, and leaves them.

STRAY=500000                 # A label that nobody has.
GATEWAY_MAC=02:4d:50:4c:53:01 # Of every network with a gateway.

# Prints command "$@", one line for each part that "--" begins, and runs it as
# function $1 does; prints its output if it fails, and ends the program.
shown() {
    local run=$1 out

    shift
    printf '        # %s\n' "$*" | sed 's/ -- / \\\n              -- /g'
    out=$("$run" "$@" 2>&1) || sb_die "$*: $out"
    test -z "$out" || sed 's/^/          /' <<< "$out"
}

run_ctl() {
    shift
    sb_ctl "$@"
}

# Runs mplsudp-ctl, and shows the command and its output.
ctl() {
    shown run_ctl mplsudp-ctl "$@"
}

run_on() {
    sb_hv "$on" "$@"
}

# The same for a command on hypervisor $1.
on_hv() {
    local on=$1

    shift
    say "on h$on:"
    shown run_on "$@"
}

# Returns when all hypervisors do what the database says, datapaths included.
synchronise() {
    local i pids=()

    ctl --wait=hv sync
    for ((i = 1; i <= hypervisors; i++)); do
        sb_revalidated $i &
        pids+=($!)
    done
    for i in "${pids[@]}"; do
        wait $i || exit 1
    done
}

# Waits until a command succeeds, for $1 seconds at most.
wait_until() {
    local tries=$((10 * $1))

    shift
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        test $tries -gt 0 || return
        sleep 0.1
    done
}

# True if every hypervisor is connected, according to the database.
all_connected() {
    test "$(sb_ctl --bare --columns=name find Hypervisor connected=true |
        grep -c .)" = $hypervisors
}

build_control() {
    local i args=()

    SB_MTU=1500 SB_ENCAP=$encap
    step "Topology: $hypervisors hypervisors, $SB_SPINES spines, controller"
    sb_underlay "$underlay" "$hypervisors"
    sb_management
    sb_overlay
    sb_controller 1
    say "database: $SB_DB"
    say "controller: process $(sb_controller_pid 1), OpenFlow on" \
        "tcp:$SB_MGMT.1:6653"
    for ((i = 1; i <= hypervisors; i++)); do
        args+=(-- hv-add h$i "$(sb_datapath_id $i)" "$(sb_hv_addr $i)"
            "encaps=$encap")
    done
    ctl "${args[@]:1}"
    for ((i = 1; i <= hypervisors; i++)); do
        sb_hypervisor $i
        sb_obey $i 1
    done
    sb_resolve
    say "each hypervisor: ovs-vsctl set-controller br-int" \
        "tcp:$SB_MGMT.1:6653, and a tunnel port"
    say "mplsudp0: type=mplsudp remote_ip=flow key=flow payload=auto"
    wait_until 30 all_connected ||
        sb_mgmt_die c1 "not all hypervisors are connected after 30 s"
    synchronise
    say "underlay: IPv$underlay with an MTU of $SB_MTU; VMs have $SB_VM_MTU"
}

# Adds VM $1 to hypervisor $2 and network $3: MAC $4, then addresses with prefix
# lengths; after "--", arguments for port-add.
add_vm() {
    local vm=$1 i=$2 net=$3 mac=$4 with=()

    shift 4
    while test $# -gt 0 && test "$1" != --; do
        with+=("$1")
        shift
    done
    sb_vm "$i" "$vm" "$mac" "${with[@]}"
    ctl port-add "$net" "$vm" "$mac" "${with[@]%/*}" "${@:2}"
}

# Gives VM $1 default routes through gateways.
vm_gateways() {
    local vm=$1 gw

    shift
    for gw; do
        case $gw in
        *:*) sb_must ip -n "$SB_RUN-$vm" -6 route add default via "$gw" ;;
        *) sb_must ip -n "$SB_RUN-$vm" route add default via "$gw" ;;
        esac
    done
}

# Three pings from VM $1 to address $2, all answered; the rest is for ping.
answers() {
    sb_in "$1" ping -n -q -c 3 -i 0.1 -W 2 "${@:3}" "$2" >/dev/null 2>&1
}

# Two pings, both without an answer.
silent() {
    local out

    out=$(sb_in "$1" ping -n -q -c 2 -i 0.1 -W 1 "${@:3}" "$2" 2>&1)
    grep -q '^2 packets transmitted, 0 received' <<< "$out"
}

# Labels in the database with the columns that follow, such as purpose=bum.
labels() {
    sb_ctl --bare --no-headings --columns=value find Label "$@" | grep .
}

# Checks that database, controller and switches agree, as after any demo.
check_switches() {
    local out status

    step "Database, controller and switches"
    sb_ctl --wait=hv sync
    say "# mplsudp-ctl check"
    out=$(sb_ctl check 2>&1)
    status=$?
    test $status = 0 || sed 's/^/          /' <<< "$out"
    check $status "$(tail -n 1 <<< "$out")"
}

# UUID of row $2 of table $1.
row() {
    sb_ctl get "$1" "$2" _uuid
}

# The way of packets to hypervisor $1 under label $2, as actions of a flow.
tunnel_to() {
    local field=tun_dst

    test "$underlay" = 4 || field=tun_ipv6_dst
    echo "set_field:$2->tun_id,set_field:$(sb_hv_addr "$1")->$field,\
output:${encap}0"
}

# Packets of the underlay, in the capture at leaf1, that have the mark $1
# (see sandbox-checks.sh), and their labels.
labels_of_marked() {
    read_wire pin -Y "frame contains \"$(mark "$1")\" ${2:-}" \
        -T fields -e mpls.label | distinct
}

# Words of $1 that are not in $2.
not_in() {
    comm -23 <(tr ' ' '\n' <<< "$1" | grep . | sort -u) \
        <(tr ' ' '\n' <<< "$2" | grep . | sort -u) | paste -sd' '
}
