# SPDX-License-Identifier: Apache-2.0
#
# Demo failover: two controllers, of which the active one dies or hangs.
#
# Run by mplsudp-sandbox in the topology of sandbox-control.sh, to which it adds
# controller 2.  fo-1 on hypervisor 1 probes fo-2 on hypervisor 2 each
# millisecond; what a new controller has to do is shown by a port that is added
# after the old one is gone.

. "$lib/sandbox-probe.sh"

fo_tenant() {
    ctl tenant-add teal -- net-add teal teal-net subnets=10.4.0.0/24 \
        mtu=$SB_VM_MTU
    add_vm fo-1 1 teal-net 02:00:00:04:00:01 10.4.0.1/24
    add_vm fo-2 2 teal-net 02:00:00:04:00:02 10.4.0.2/24
    synchronise
}

fo_controllers() {
    local i n

    for n in 1 2; do
        kill -0 "$(sb_controller_pid $n 2>/dev/null)" 2>/dev/null ||
            sb_controller $n
    done
    for ((i = 1; i <= hypervisors; i++)); do
        sb_obey $i 1 2
    done
    say "each hypervisor: ovs-vsctl set-controller br-int" \
        "tcp:$SB_MGMT.1:6653 tcp:$SB_MGMT.2:6653"
    wait_until 20 fo_settled 1
    check $? "controller 1 is master of every hypervisor, 2 is slave"
}

# On how many hypervisors controller $1 is in state $2 (up, slave).
fo_state() {
    sb_programs c$1 ovs-appctl --timeout=5 -t mplsudp-controller \
        switches/show 2>/dev/null | grep -c "^h[0-9]*: $2, "
}

# True if controller $1 is master of every hypervisor, and the other one slave.
fo_settled() {
    test "$(fo_state $1 up)" = $hypervisors &&
        test "$(fo_state $((3 - $1)) slave)" = $hypervisors
}

# True if h1 says that it is so, as it does every 5 s.
fo_agrees() {
    test "$(sb_hv 1 ovs-vsctl --bare --columns=target,role list controller |
        grep -v '^$' | paste -d' ' - - | sort | paste -sd' ')" = \
        "$(printf 'tcp:%s:6653 %s\n' $SB_MGMT.$1 master \
            $SB_MGMT.$((3 - $1)) slave | sort | paste -sd' ')"
}

# What flows all hypervisors have, without counters and times.
fo_flows() {
    local i

    for ((i = 1; i <= hypervisors; i++)); do
        sb_hv $i ovs-ofctl --names --no-stats dump-flows br-int | sort
    done
}

# Ends controller $1 by signal $2, and measures until the other one has done
# what the database asks for since; $3 says how.  The lock of a stopped one is
# free when the database finds it silent.
fo_take_over() {
    local old=$1 signal=$2 new=$((3 - $1)) start took

    step "Controller $old is $3"
    probe_start fo-1 10.4.0.2
    start=$(date +%s%N)
    say "# kill -$signal $(sb_controller_pid $old)"
    sb_must kill -$signal "$(sb_controller_pid $old)"
    fo_count=$((fo_count + 1))
    ctl port-add teal-net fo-new$fo_count 02:00:00:04:01:0$fo_count \
        10.4.0.1$fo_count
    ctl --wait=hv sync
    took=$((($(date +%s%N) - start) / 1000000))
    check_equal "hypervisors whose master is controller $new now" \
        "$(fo_state $new up)" $hypervisors
    check 0 "a change was acknowledged by all hypervisors $took ms after the\
 signal"
    probe_stop
    check_equal "packets lost on existing flows" $probe_lost 0
    notes+=("failover, $3: $took ms, $probe_lost packets lost")
}

# Controller $1 hung, was deposed, and goes on.
fo_deposed() {
    local old=$1 before

    step "The deposed controller wakes up"
    before=$(fo_flows)
    sb_must kill -CONT "$(sb_controller_pid $old)"
    wait_until 20 fo_settled $((3 - old))
    check $? "it is slave everywhere"
    wait_until 20 fo_agrees $((3 - old))
    check $? "h1 says so, too (ovs-vsctl list controller)"
    sb_ctl --wait=hv sync
    test "$before" = "$(fo_flows)"
    check $? "no flow has changed on any hypervisor"
}

demo_failover() {
    local fo_count=0

    step "Demo failover: the active controller dies, then the next one hangs"
    say "The active controller has the database's lock and is master of every" \
        "switch; flows stay as they are"
    say "while there is none."
    fo_controllers
    fo_tenant
    fo_take_over 1 KILL "killed"
    sb_controller 1
    wait_until 20 fo_settled 2
    check $? "controller 1, started again, is slave"
    fo_take_over 2 STOP "stopped"
    fo_deposed 2
}
