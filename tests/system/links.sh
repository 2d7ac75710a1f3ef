# SPDX-License-Identifier: Apache-2.0
#
# Interfaces that have nothing to do with the underlay come and go on
# hypervisors, as those of VMs and containers do, while a packet each
# millisecond goes from VM to VM: none is lost.  Neighbours are static.

. "$(dirname "$0")/controller-lib"

FLAPS=60

# flap I: interfaces come and go on hypervisor I, each with a revalidation of
# all its flows.
flap() {
    local n

    for ((n = 0; n < FLAPS; n++)); do
        sb_must ip -n "$SB_RUN-h$1" link add extra$n type bridge
        sb_hv "$1" ovs-appctl --timeout=5 fdb/add br-phy br-phy 0 \
            02:00:00:00:0f:01 > /dev/null
        sb_must ip -n "$SB_RUN-h$1" link set extra$n up
        sb_hv "$1" ovs-appctl --timeout=5 fdb/del br-phy 0 \
            02:00:00:00:0f:01 > /dev/null
        sb_must ip -n "$SB_RUN-h$1" link del extra$n
    done
}

controlled 4 2
ctl tenant-add t \
    -- net-add t web subnets=10.0.1.0/24,fd01::/64 mtu=$SB_VM_MTU
for i in 1 2; do
    add_vm w$i $i web 02:00:00:00:01:0$i 10.0.1.$i/24 fd01::$i/64
    permanent w$i 02:00:00:00:01:0$((3 - i)) 10.0.1.$((3 - i)) fd01::$((3 - i))
done
ready
mesh w1,w2,10.0.1.2 w2,w1,10.0.1.1 w1,w2,fd01::2 w2,w1,fd01::1
sleep 0.5
mesh_check "nothing happens"
flap 1
mesh_check "$FLAPS interfaces come and go on h1"
flap 2
mesh_check "$FLAPS interfaces come and go on h2"
