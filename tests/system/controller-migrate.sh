# SPDX-License-Identifier: Apache-2.0
#
# A VM moves under traffic, and interfaces of other VMs' names appear: a packet
# each millisecond shows how long the VM cannot be reached, and that nobody
# else notices.  Neighbours are static: no packet is lost for want of ARP.
#
#   mv  10.0.1.1, fd01::1   on hypervisor 1 or 2: its eth0 is a bridge with a
#                           link to each, of which one is up
#   lv  10.0.1.4            on hypervisor 1, by interface vnet0
#   w3  10.0.1.3, fd01::3   on hypervisor 3
#   d3  10.0.2.3            on hypervisor 3, in another network

. "$(dirname "$0")/controller-lib"

LIMIT=2000                   # In ms: more is not for want of processors.
MV=02:00:00:00:01:01 LV=02:00:00:00:01:04

# wire VM INTERFACE I NAME: joins it to hypervisor I, where it is called NAME.
wire() {
    sb_link "$1" "$2" "h$3" "$4" $SB_VM_MTU
    sb_no_offload "$1" "$2"
    sb_no_offload "h$3" "$4"
}

appears() {
    sb_hv "$1" ovs-vsctl --timeout=30 add-port br-int "$2"
}

disappears() {
    sb_hv "$1" ovs-vsctl --timeout=30 del-port br-int "$2"
}

# runs_on I: mv's state is live on hypervisor I now, and not on the other one.
runs_on() {
    sb_must ip -n "$SB_RUN-mv" link set up$((3 - $1)) down
    sb_must ip -n "$SB_RUN-mv" link set up$1 up
}

# announces VM INTERFACE MAC ADDRESS: a gratuitous ARP request (RFC 5227).
announces() {
    sb_in "$1" /usr/bin/python3 -c '
import socket, sys
mac = bytes.fromhex(sys.argv[2].replace(":", ""))
ip = socket.inet_aton(sys.argv[3])
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((sys.argv[1], 0))
s.send(b"\xff" * 6 + mac + bytes.fromhex("08060001080006040001") + mac + ip +
       bytes(6) + ip + bytes(18))' "${@:2}"
}

# moved TEXT: the packets of others were all kept, those of mv soon again.
moved() {
    sleep 0.5
    mesh_check "$1: others" mv
    check "traffic follows" test "$(grep mv "$SB_DIR/mesh" | mesh_sum |
        cut -d' ' -f3)" -lt $LIMIT
    check "and stays" reached
}

reached() {
    sleep 0.2
    mesh_report > "$SB_DIR/mesh"
    mesh_kept $(mesh_sum < "$SB_DIR/mesh" | cut -d' ' -f1,2,4)
}

controlled 4 3
ctl tenant-add t \
    -- net-add t web subnets=10.0.1.0/24,fd01::/64 \
       gateways=10.0.1.254,fd01::fe mtu=$SB_VM_MTU \
    -- net-add t db subnets=10.0.2.0/24 gateways=10.0.2.254 mtu=$SB_VM_MTU \
    -- port-add web mv $MV 10.0.1.1 fd01::1 \
    -- port-add web lv $LV 10.0.1.4 interface=vnet0
add_vm w3 3 web 02:00:00:00:01:03 10.0.1.3/24 fd01::3/64
add_vm d3 3 db 02:00:00:00:02:03 10.0.2.3/24
sb_ns_add mv
sb_must ip -n "$SB_RUN-mv" link add name eth0 address $MV mtu $SB_VM_MTU \
    type bridge mcast_snooping 0
for i in 1 2; do
    wire mv up$i $i mv
    sb_must ip -n "$SB_RUN-mv" link set up$i master eth0
done
sb_must ip -n "$SB_RUN-mv" link set eth0 up
sb_addr mv eth0 10.0.1.1/24
sb_addr mv eth0 fd01::1/64
sb_ns_add lv
wire lv eth0 1 vnet0
sb_must ip -n "$SB_RUN-lv" link set eth0 address $LV
sb_addr lv eth0 10.0.1.4/24
for vm in mv lv w3; do
    vm_gateways $vm 10.0.1.254
    permanent $vm $GATEWAY_MAC 10.0.1.254
done
vm_gateways d3 10.0.2.254
permanent d3 $GATEWAY_MAC 10.0.2.254
permanent mv 02:00:00:00:01:03 10.0.1.3 fd01::3
permanent lv 02:00:00:00:01:03 10.0.1.3
permanent w3 $MV 10.0.1.1 fd01::1
permanent w3 $LV 10.0.1.4
runs_on 1
appears 1 mv
appears 1 vnet0
check "mv is on h1" soon bound mv h1
check "lv is on h1, by interface vnet0" soon bound lv h1
ready
mesh w3,mv,10.0.1.1 mv,w3,10.0.1.3 w3,mv,fd01::1 mv,w3,fd01::3 \
    d3,mv,10.0.1.1 mv,d3,10.0.2.3 w3,lv,10.0.1.4 lv,w3,10.0.1.3 \
    d3,lv,10.0.1.4 lv,d3,10.0.2.3

disappears 1 mv
check "mv's interface is gone from h1: it is nowhere" soon state mv unbound
runs_on 2
appears 2 mv
check "it appears on h2: there it is" soon bound mv h2
moved "mv went from h1 to h2"

appears 1 mv
check "it appears on h1, too: both claim it" soon state mv contested
mesh_check "a claim that is pending"
runs_on 1
announces mv up1 $MV 10.0.1.1
check "gratuitous ARP from h1: there it is" soon bound mv h1
moved "mv announced itself"
check "the other claim is still there" state mv contested

ctl port-move mv h2
runs_on 2
check "the operator moves it to h2" soon bound mv h2
moved "mv was moved by the operator"
disappears 1 mv
check "h1's claim is gone" soon state mv bound
check "mv is on h2" bound mv h2

# On every hypervisor of libvirt, some VM has vnet0.
for i in 2 3; do
    sb_ns_add fo$i
    wire fo$i eth0 $i vnet0
    sb_addr fo$i eth0 10.0.1.9/24
    appears $i vnet0
done
check "other VMs' vnet0 appear on h2 and h3" soon state lv contested
announces fo2 eth0 "$(sb_in fo2 cat /sys/class/net/eth0/address)" 10.0.1.4
announces fo3 eth0 "$(sb_in fo3 cat /sys/class/net/eth0/address)" 10.0.1.9
sb_in fo3 ping -n -q -c 1 -W 1 10.0.1.3 > /dev/null
sleep 0.5
check "they announce themselves: lv stays on h1" bound lv h1
mesh_check "and loses nothing; all VMs"
ctl port-set lv allowed_hypervisors=h1
check "lv is allowed on h1 only: no other claim is left" soon state lv bound
mesh_check "and all VMs"
check "database, controller and switches agree" agreed
