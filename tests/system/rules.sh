# SPDX-License-Identifier: Apache-2.0
#
# What must hold on the wire: spreading, MTU, sources, forgeries, restarts.

two_hypervisors 4
tunnels options:key=100 options:payload=ethernet
flows 1 actions=normal
flows 2 actions=normal
check "bridged" pings vm1 10.0.0.2

# U-02, U-04: many flows use both spines, and source ports in the range.
spine_packets() {
    sb_in leaf1 cat "/sys/class/net/spine$1/statistics/tx_packets"
}
spread() {
    local before1 before2 port

    before1=$(spine_packets 1) before2=$(spine_packets 2)
    for port in {4001..4064}; do
        sb_in vm1 bash -c "echo x > /dev/udp/10.0.0.2/$port"
    done
    both_used() {
        echo "spine1 $before1 to $(spine_packets 1)," \
            "spine2 $before2 to $(spine_packets 2)"
        test $(($(spine_packets 1) - before1)) -ge 8 &&
            test $(($(spine_packets 2) - before2)) -ge 8
    }
    soon both_used
}
check "U-02 64 UDP flows use both equal-cost paths" spread
sb_capture leaf1 hv "$SB_DIR/spread.pcap"
sb_in vm1 bash -c 'for port in {4001..4064}; do
    echo x > /dev/udp/10.0.0.2/$port; done' 2>/dev/null
pings vm1 10.0.0.2 -c 5 > /dev/null
sb_capture_stop
ports() {
    tshark -n -r "$SB_DIR/spread.pcap" -Y "udp.dstport == 6635 && $1" \
        -d mpls.label==100,pwethcw -T fields -e udp.srcport 2>/dev/null |
        cut -d, -f1 | sort -n | uniq -c
}
check "U-02 source ports are 49152 and more" \
    test "$(ports udp | awk 'NR == 1 { print $2 }')" -ge 49152
check "U-02 64 flows have 60 source ports or more" \
    test "$(ports 'udp.dstport >= 4001 && udp.dstport <= 4064 &&
        ip.dst == 10.0.0.2' | wc -l)" -ge 60
check "U-04 the echo requests of one ping have one source port" \
    equal "$(ports 'icmp.type == 8' | wc -l)" 1

# I-12: what exceeds the tunnel MTU is dropped and counted, here at once.
for i in 1 2; do
    sb_hv $i ovs-vsctl set interface to-h$((3 - i)) options:tunnel_mtu=1000
done
# 950 = 1000 - 20 IP - 8 UDP - 4 label - 4 control word - 14 Ethernet
check "I-12 a packet that just fits the tunnel MTU passes" \
    pings vm1 10.0.0.2 -M do -s $((950 - 28))
before=$(drops 1 to-h2 too_big)
check "I-12 one byte more does not" \
    soon not pings vm1 10.0.0.2 -M do -s $((951 - 28))
check "I-12 and is counted" test "$(drops 1 to-h2 too_big)" -ge $((before + 3))
for i in 1 2; do
    sb_hv $i ovs-vsctl remove interface to-h$((3 - i)) options tunnel_mtu
done
check "I-11 without the option, the route's device decides" \
    soon pings vm1 10.0.0.2 -M do -s 1400
sb_hv 1 ovs-vsctl set interface br-phy mtu_request=1000
check "I-11 and the flows follow when its MTU changes" \
    soon not pings vm1 10.0.0.2 -M do -s $((951 - 28))
sb_hv 1 ovs-vsctl set interface br-phy mtu_request=$SB_MTU
check "back again" soon pings vm1 10.0.0.2 -M do -s 1400

# U-25: packets from a source that no port names.  leaf2 forges them, with the
# right label, so that only the source is wrong.
forge() {
    sb_in leaf2 /usr/bin/python3 - "$1" <<'PYTHON'
import logging
import sys
logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.contrib.mpls import EoMCW, MPLS
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.sendrecv import send
send(IP(src=sys.argv[1], dst="198.18.2.1") / UDP(sport=50000, dport=6635)
     / MPLS(label=100, cos=0, s=1, ttl=64) / EoMCW()
     / Ether(dst="02:aa:00:00:00:02", src="02:aa:00:00:00:09", type=0x88b5)
     / (b"forged" * 10), verbose=False)
PYTHON
}
seen_by_vm2() {
    tshark -n -r "$SB_DIR/vm2.pcap" -Y 'frame contains "forged"' 2>/dev/null |
        wc -l
}
sb_capture vm2 eth0 "$SB_DIR/vm2.pcap"
forge 198.18.1.1
forge 198.18.9.9
sb_capture_stop
check "U-25 I-19 a packet from the peer arrives, one from elsewhere does not" \
    equal "$(seen_by_vm2)" 1
check "U-25 and is counted" soon dropped 1 2 mudp_sys_6635 unknown_source

# B-07: a guest's own MPLS-in-UDP, to the hypervisor's address, stays a guest's
# packet: it reaches the other guest as it is, and no tunnel port.
sb_in vm1 ip route replace 198.18.2.1 dev eth0
sb_in vm1 ip neigh replace 198.18.2.1 lladdr 02:aa:00:00:00:02 dev eth0
rx() {
    sb_hv 2 ovs-appctl mplsudp/show to-h1 | sed -n 's/.*received: \([0-9]*\) .*/\1/p'
}
sb_capture vm2 eth0 "$SB_DIR/vm2.pcap"
sb_in vm1 bash -c 'printf "\0\x06\x41\xff\0\0\0\0forged-by-guest" \
    > /dev/udp/198.18.2.1/6635'
sb_capture_stop
check "B-07 a guest's UDP to port 6635 is a guest's packet" \
    equal "$(seen_by_vm2)" 1

# A daemon that is killed and started again carries on.
restart() {
    local dir=$SB_DIR/h2 pid

    pid=$(cat "$dir/ovs-vswitchd.pid")
    kill -KILL "$pid"
    soon not grep -q . "/proc/$pid/cmdline" || return   # Gone, or a zombie.
    sleep 0.5                                           # Its other threads.
    sb_hv_in 2 ovs-vswitchd "unix:$dir/db.sock" --detach --pidfile \
        --log-file --disable-system 2>/dev/null || return
    sb_in h2 ip addr replace "$(sb_hv_addr 2)/$(sb_plen)" dev br-phy &&
        sb_in h2 ip link set br-phy up &&
        sb_in h2 ip route replace default via "$(sb_leaf_addr 2)" &&
        sb_resolve && flows 2 actions=normal
}
check "ovs-vswitchd of h2 is killed and started again" restart
check "bridged again" pings vm1 10.0.0.2

# Two ports to one peer, one for each tenant, share what receive needs to know
# of that source.
for i in 1 2; do
    sb_hv $i ovs-vsctl add-port br-int other -- set interface other \
        type=mplsudp options:remote_ip="$(sb_hv_addr $((3 - i)))" \
        options:key=200 options:payload=ethernet
    flows $i "in_port=vm$i,actions=other" "in_port=other,actions=vm$i"
done
check "a second port with another key is no conflict" \
    equal "$(sb_hv 1 ovs-vsctl get interface other error)" '[]'
check "and carries the traffic" pings vm1 10.0.0.2

# With userspace TSO, a guest's packets may wait for a NIC to finish them.  A
# tunnel would hide them from it.
sb_hv 2 ovs-vsctl set open . other_config:userspace-tso-enable=true
sb_in vm2 ethtool -K eth0 tx on > /dev/null
check "h2 is started again with userspace TSO" restart
flows 2 "in_port=vm2,actions=other" "in_port=other,actions=vm2"
soon sb_in vm2 ping -q -c 1 -W 2 10.0.0.1           # Its neighbour, for UDP.
before=$(drops 2 other offload)
sb_in vm2 bash -c 'echo x > /dev/udp/10.0.0.1/4001'
check "a packet without checksum is refused and counted" \
    soon dropped $((before + 1)) 2 other offload
