# SPDX-License-Identifier: Apache-2.0
#
# Demo migration: a VM moves between hypervisors, and its traffic with it.
#
# Run by mplsudp-sandbox in the topology of sandbox-control.sh.  mig-vm starts
# on hypervisor 1; its eth0 is a bridge with a link to hypervisor 1 and one to
# hypervisor 2, of which one is up, as the one VM's state is live on one
# hypervisor at a time.  mig-peer on the last hypervisor probes it each
# millisecond.  Neighbours are static, so that what is lost is not for want of
# ARP.

. "$lib/sandbox-probe.sh"

MIG_MAC=02:00:00:03:00:01
MIG_LIMIT=2000               # In ms: more is not for want of processors.

mig_vm() {
    local ns=$SB_RUN-mig-vm i

    sb_ns_add mig-vm
    sb_must ip -n "$ns" link add name eth0 address $MIG_MAC mtu $SB_VM_MTU \
        type bridge mcast_snooping 0
    for i in 1 2; do
        sb_link mig-vm up$i h$i mig-vm $SB_VM_MTU
        sb_no_offload mig-vm up$i
        sb_no_offload h$i mig-vm
        sb_must ip -n "$ns" link set up$i master eth0
    done
    sb_must ip -n "$ns" link set up2 down
    sb_must ip -n "$ns" link set eth0 up
    sb_addr mig-vm eth0 10.3.0.1/24
}

mig_tenant() {
    ctl tenant-add plum -- net-add plum plum-net subnets=10.3.0.0/24 \
        mtu=$SB_VM_MTU
    mig_vm
    ctl port-add plum-net mig-vm $MIG_MAC 10.3.0.1 \
        allowed_hypervisors=h1,h2
    on_hv 1 ovs-vsctl add-port br-int mig-vm
    add_vm mig-peer $hypervisors plum-net 02:00:00:03:00:02 10.3.0.2/24
    sb_must ip -n "$SB_RUN-mig-peer" neigh replace 10.3.0.1 lladdr $MIG_MAC \
        dev eth0 nud permanent
    sb_must ip -n "$SB_RUN-mig-vm" neigh replace 10.3.0.2 \
        lladdr 02:00:00:03:00:02 dev eth0 nud permanent
    synchronise
}

# True if mig-vm is bound to hypervisor $1.
mig_is_on() {
    test "$(sb_ctl get Port mig-vm hypervisor)" = \
        "$(row Hypervisor "h$1")"
}

# True if as many hypervisors as $1 claim mig-vm.
mig_claims() {
    test "$(sb_ctl get Port mig-vm claims | tr , '\n' | wc -l)" = "$1"
}

# The VM runs on hypervisor $2 instead of $1.
mig_switch() {
    sb_must ip -n "$SB_RUN-mig-vm" link set up$1 down
    sb_must ip -n "$SB_RUN-mig-vm" link set up$2 up
}

# Says, as qemu does after a migration, that the VM is here now (RARP).
mig_announce() {
    sb_must sb_in mig-vm /usr/bin/python3 -c '
import socket, sys
mac = bytes.fromhex(sys.argv[1].replace(":", ""))
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((sys.argv[2], 0))
s.send(b"\xff" * 6 + mac + bytes.fromhex("80350001080006040003") +
       (mac + bytes(4)) * 2 + bytes(18))' $MIG_MAC up$1
}

# A second claim is pending, and harms nobody.
mig_pending() {
    step "The interface appears on h2: a claim, and no more"
    probe_start mig-peer 10.3.0.1
    on_hv 2 ovs-vsctl add-port br-int mig-vm
    wait_until 10 mig_claims 2
    check $? "both claims are in the database"
    mig_is_on 1
    check $? "the port stays on h1"
    ctl port-list plum-net
    sb_ctl --wait=hv sync
    probe_stop
    check_equal "probes lost to the second claim" $probe_lost 0
}

mig_announced() {
    step "The VM runs on h2 and says so (RARP), then h1's interface goes"
    probe_start mig-peer 10.3.0.1
    mig_switch 1 2
    mig_announce 2
    wait_until 10 mig_is_on 2
    check $? "the port is on h2"
    on_hv 1 ovs-vsctl del-port br-int mig-vm
    wait_until 10 mig_claims 1
    check $? "one claim is left"
    probe_stop
    check $((probe_lost > MIG_LIMIT)) "traffic follows after\
 $probe_lost ms"
    notes+=("migration, announced: $probe_lost ms")
    ctl port-list plum-net
}

mig_silent() {
    step "Back to h1 without a word: h2's interface goes, h1's appears"
    probe_start mig-peer 10.3.0.1
    on_hv 1 ovs-vsctl add-port br-int mig-vm
    wait_until 10 mig_claims 2
    mig_switch 2 1
    on_hv 2 ovs-vsctl del-port br-int mig-vm
    wait_until 10 mig_is_on 1
    check $? "the port is on h1"
    probe_stop
    check $((probe_lost > MIG_LIMIT)) "traffic follows after\
 $probe_lost ms"
    notes+=("migration, unannounced: $probe_lost ms")
}

demo_migration() {
    step "Demo migration: a VM moves, its traffic follows"
    say "A port is where its interface is.  If two hypervisors have it, it stays" \
        "until the first loses it or"
    say "the VM speaks up on the other."
    mig_tenant
    mig_pending
    mig_announced
    mig_silent
}
