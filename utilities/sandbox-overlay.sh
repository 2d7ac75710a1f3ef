# SPDX-License-Identifier: Apache-2.0
#
# sandbox-overlay: a database of overlays, its controllers, and hypervisors
# that obey them.
#
# Sourced, after sandbox-lib.sh, by mplsudp-sandbox and tests/system/*.  After
# sb_underlay come sb_management, sb_overlay, sb_controller; then for each
# hypervisor sb_hypervisor, sb_obey.
#
#    mgmt                          ovsdb-server (MPLS_Overlay), controllers
#     bridge 198.18.255.1, .2 ...  (number N listens on 198.18.255.N)
#      |          |
#     h1 .101    h2 .102 ...       apart from the underlay: what happens there
#                                  does not touch the controllers
#
# SB_ENCAP is the hypervisors' tunnel type.  sb_management sets SB_VM_MTU to what
# it leaves of SB_MTU.

SB_ENCAP=mplsudp
SB_MGMT=198.18.255
SB_DB_PORT=6641

# Bytes that SB_ENCAP adds to what is in a VM's Ethernet frame: outer IP, UDP 8
# or GRE 4, label, control word, Ethernet header.
sb_overhead() {
    local bytes=$((4 + 4 + 14))

    case $SB_ENCAP in
    mplsudp) bytes=$((bytes + 8)) ;;
    mplsgre) bytes=$((bytes + 4)) ;;
    esac
    test "$SB_FAMILY" = 4 && echo $((bytes + 20)) || echo $((bytes + 40))
}

# Joins hypervisor $1 to the management network.
sb_manage() {
    sb_link "h$1" mgmt mgmt "h$1" 1500
    sb_must ip -n "$SB_RUN-mgmt" link set "h$1" master mgmt
    sb_addr "h$1" mgmt "$SB_MGMT.$((100 + $1))/24"
}

# Ends the program with what the programs in folder $1 logged, after reason $2.
sb_mgmt_die() {
    grep -h -E '\|(WARN|ERR|EMER)\|' "$SB_DIR/$1"/*.log 2>/dev/null |
        tail -n 10 >&2
    sb_die "$1: $2"
}

# Runs a command in the management namespace, with the sockets of what runs
# in folder $1.
sb_mgmt_in() {
    sb_programs "$1" ip netns exec "$SB_RUN-mgmt" "${@:2}"
}

# Makes the management network.  Sets SB_VM_MTU.
sb_management() {
    SB_VM_MTU=$((SB_MTU - $(sb_overhead)))
    sb_ns_add mgmt
    sb_must mkdir -p "$SB_DIR/mgmt"
    # With an address of its own: a bridge without one takes another when a
    # port joins, and what its neighbours send to the old one gets lost.
    sb_must ip -n "$SB_RUN-mgmt" link add name mgmt \
        address 02:4d:50:4c:53:fe type bridge mcast_snooping 0
    sb_must ip -n "$SB_RUN-mgmt" link set mgmt up
    sb_addr mgmt mgmt "$SB_MGMT.1/24"
}

# Makes and starts the database in the management network.  Sets SB_DB.
sb_overlay() {
    local dir=$SB_DIR/mgmt out

    SB_DB=unix:$dir/mpls-overlay.sock
    out=$(sb_programs mgmt ovsdb-tool create "$dir/mpls-overlay.db" \
        "$SB_OVERLAY_SCHEMA" 2>&1) || sb_mgmt_die mgmt "database: $out"
    sb_database
}

# Starts the database, for the first time or again.  Controllers use TCP, where
# both sides notice that the other is silent.
sb_database() {
    local dir=$SB_DIR/mgmt out

    out=$(sb_mgmt_in mgmt ovsdb-server "$dir/mpls-overlay.db" --detach \
        --pidfile --log-file --remote="p$SB_DB" \
        --remote="ptcp:$SB_DB_PORT:$SB_MGMT.1" 2>&1 >/dev/null) ||
        sb_mgmt_die mgmt "ovsdb-server does not start: $out"
}

# Starts controller number $1; its sockets, log and process number are in folder
# cN.
sb_controller() {
    local n=$1 dir=$SB_DIR/c$1 out

    sb_must mkdir -p "$dir"
    test "$n" = 1 || ip -n "$SB_RUN-mgmt" addr replace "$SB_MGMT.$n/24" \
        dev mgmt || sb_die "no address for controller $n"
    out=$(sb_mgmt_in "c$n" mplsudp-controller \
        --db="tcp:$SB_MGMT.1:$SB_DB_PORT" --listen="ptcp:6653:$SB_MGMT.$n" \
        --detach --pidfile --log-file 2>&1 >/dev/null) ||
        sb_mgmt_die "c$n" "mplsudp-controller does not start: $out"
}

# Process number of controller $1.
sb_controller_pid() {
    cat "$SB_DIR/c$1/mplsudp-controller.pid"
}

# How mplsudp-ctl reaches a hypervisor's ovs-appctl.
sb_appctl() {
    echo "env OVS_RUNDIR=$SB_DIR/{hv} ovs-appctl"
}

# Runs mplsudp-ctl, next to controller 1.
sb_ctl() {
    MPLSUDP_APPCTL=$(sb_appctl) sb_programs c1 mplsudp-ctl --db="$SB_DB" \
        --timeout=60 "$@"
}

# Has hypervisor $1 obey the controllers whose numbers follow: all that a
# hypervisor needs is here.
sb_obey() {
    local i=$1 n type out ports=() controllers=()

    shift
    for n; do
        controllers+=("tcp:$SB_MGMT.$n:6653")
    done
    for type in mplsudp mplsgre mplsip; do
        ports+=(-- --may-exist add-port br-int "${type}0" -- set interface
            "${type}0" type="$type" options:remote_ip=flow options:key=flow
            options:payload=auto)
    done
    ip -n "$SB_RUN-h$i" link show mgmt >/dev/null 2>&1 ||
        sb_manage "$i"
    out=$(sb_hv "$i" ovs-vsctl --timeout=30 set bridge br-int \
        fail_mode=secure other_config:datapath-id="$(sb_datapath_id "$i")" \
        other_config:disable-in-band=true "${ports[@]}" \
        -- set-controller br-int "${controllers[@]}" 2>&1) ||
        sb_hv_die "$i" "controller: $out"
}

# Datapath id of hypervisor $1.
sb_datapath_id() {
    printf %016x "$1"
}
