# SPDX-License-Identifier: Apache-2.0
#
# restarts: daemons that are killed and started again, or stopped for a while.
#
# Sourced, after sandbox-overlay.sh, for what property.py calls.

# Kills the process that pidfile $1 names, and waits until it is gone.
pr_kill() {
    local pid tries

    read -r pid < "$1"
    kill -KILL "$pid"
    for tries in {1..600}; do
        grep -q . "/proc/$pid/cmdline" 2>/dev/null || return 0
        sleep 0.01
    done
    sb_die "process $pid ($1) does not end"
}

pr_kill_controller() {
    pr_kill "$SB_DIR/c$1/mplsudp-controller.pid"
}

# Sends signal $2 to controller $1.
pr_signal_controller() {
    local pid

    read -r pid < "$SB_DIR/c$1/mplsudp-controller.pid"
    kill "-$2" "$pid"
}

pr_kill_database() {
    pr_kill "$SB_DIR/mgmt/ovsdb-server.pid"
}

pr_kill_vswitchd() {
    pr_kill "$SB_DIR/h$1/ovs-vswitchd.pid"
}

# Starts the ovs-vswitchd of hypervisor $1 again; its interface on the
# underlay is a new one.
pr_vswitchd() {
    local i=$1 dir=$SB_DIR/h$1 out

    out=$(sb_hv_in "$i" ovs-vswitchd "unix:$dir/db.sock" --detach --pidfile \
        --log-file --disable-system 2>&1 >/dev/null) ||
        sb_hv_die "$i" "ovs-vswitchd does not start: $out"
    sb_must ip -n "$SB_RUN-h$i" link set br-phy up
    sb_must ip -n "$SB_RUN-h$i" addr replace \
        "$(sb_hv_addr "$i")/$(sb_plen)" dev br-phy
    sb_must ip -n "$SB_RUN-h$i" "-$SB_FAMILY" route replace default \
        via "$(sb_leaf_addr "$i")"
    sb_resolve_one "$i"
}
