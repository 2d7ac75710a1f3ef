# SPDX-License-Identifier: Apache-2.0
#
# Restarts under traffic: a packet each millisecond between VMs on all
# hypervisors, bridged and routed.  What does not depend on what is restarted
# loses none.  Neighbours are static: no packet is lost for want of ARP.
#
#   wN  10.0.1.N, fd01::N   on hypervisor N
#   dN  10.0.2.N            on hypervisor N, in another network

. "$(dirname "$0")/controller-lib"

controlled 4 3
ctl tenant-add t \
    -- net-add t web subnets=10.0.1.0/24,fd01::/64 \
       gateways=10.0.1.254,fd01::fe mtu=$SB_VM_MTU \
    -- net-add t db subnets=10.0.2.0/24 gateways=10.0.2.254 mtu=$SB_VM_MTU
for i in 1 2 3; do
    add_vm w$i $i web 02:00:00:00:01:0$i 10.0.1.$i/24 fd01::$i/64
    add_vm d$i $i db 02:00:00:00:02:0$i 10.0.2.$i/24
    vm_gateways w$i 10.0.1.254
    vm_gateways d$i 10.0.2.254
    permanent w$i $GATEWAY_MAC 10.0.1.254
    permanent d$i $GATEWAY_MAC 10.0.2.254
    for j in 1 2 3; do
        test $i = $j ||
            permanent w$i 02:00:00:00:01:0$j 10.0.1.$j fd01::$j
    done
done
ready

mesh w1,w2,10.0.1.2 w2,w1,10.0.1.1 w2,w3,fd01::3 w3,w2,fd01::2 \
    w3,w1,10.0.1.1 w1,w3,10.0.1.3 w1,d2,10.0.2.2 d2,w1,10.0.1.1 \
    w2,d3,10.0.2.3 d3,w2,10.0.1.2 w3,d1,10.0.2.1 d1,w3,10.0.1.3 \
    w1,d1,10.0.2.1

sleep 1
mesh_check "nothing happens"
check "the controller is told to end, and started again" \
    restarts_controller TERM
mesh_check "between all VMs"
check "the controller is killed, and started again" restarts_controller KILL
mesh_check "between all VMs"
check "the database's server ends for 5 s" restarts_database
mesh_check "between all VMs"
check "ovs-vswitchd of h3 is killed, and started again" restarts_switch 3
mesh_check "between VMs on h1 and h2" '[wd]3'
sleep 1
mesh_check "between all VMs after that"
check "database, controller and switches agree" agreed
