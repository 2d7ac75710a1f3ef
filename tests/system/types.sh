# SPDX-License-Identifier: Apache-2.0
#
# Types mplsgre and mplsip between two hypervisors, over IPv4 and IPv6; and
# what guests forge.

# The rules that traffic of type $1 over IPv$2 shows.
rules() {
    case $1$2 in
    mplsgre4) echo I-03 I-05 ;;
    mplsip4) echo I-01 ;;
    *) echo I-02 I-06 ;;
    esac
}

traffic() {
    check "$1: ping" pings vm1 10.0.0.2
    check "$1: ping of 1400 bytes" pings vm2 10.0.0.1 -s 1400 -M do
    check "$1: TCP" tcp vm1 vm2 10.0.0.2
}

# Sends from VM $1, in UDP, GRE and IP protocol 137, what would be a tunnel
# packet from $2 to $3 with label 100.
forge() {
    sb_in "$1" /usr/bin/python3 - "$2" "$3" <<'PYTHON'
import logging
import sys
logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.contrib.mpls import EoMCW, MPLS
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether, GRE
from scapy.sendrecv import sendp
body = (MPLS(label=100, cos=0, s=1, ttl=64) / EoMCW()
        / Ether(dst="02:aa:00:00:00:02", src="02:aa:00:00:00:09", type=0x88b5)
        / (b"forged" * 10))
for proto, header in ((17, UDP(sport=50000, dport=6635)),
                      (47, GRE(proto=0x8847)), (137, None)):
    ip = IP(src=sys.argv[1], dst=sys.argv[2], proto=proto)
    sendp(Ether(dst="02:aa:00:00:00:02", src="02:aa:00:00:00:01")
          / (ip / header / body if header else ip / body),
          iface="eth0", verbose=False)
PYTHON
}

# Prints the sum of packets that hypervisor $1's ports, after $2, received and
# refused on receive.
tunnel_packets() {
    local i=$1 port

    shift
    for port; do
        sb_hv "$i" ovs-appctl mplsudp/show "$port"
    done | awk '/^    received:/ { n += $2 }
                /^        [a-z_]*: [0-9]* \(/ { n += $2 }
                END { print n + 0 }'
}

for family in 4 6; do
    two_hypervisors $family
    for TUNNEL_TYPE in mplsgre mplsip; do
        name="$TUNNEL_TYPE over IPv$family ($(rules $TUNNEL_TYPE $family))"
        tunnels options:key=100 options:payload=auto
        for i in 1 2; do
            flows $i actions=normal
            sb_in vm$i ip neigh flush dev eth0
        done
        traffic "$name"
        check "$name: IPv6 ping" pings vm1 fd01::2
    done

    # All three types listen, and the guests' network is in the last one.
    if test $family = 4; then
        for i in 1 2; do
            sb_must sb_hv $i ovs-vsctl \
                add-port br-int gre -- set interface gre type=mplsgre \
                    options:remote_ip="$(sb_hv_addr $((3 - i)))" \
                    options:key=100 options:payload=auto \
                -- add-port br-int udp -- set interface udp type=mplsudp \
                    options:remote_ip="$(sb_hv_addr $((3 - i)))" \
                    options:key=100 options:payload=auto
        done
        flows 1 in_port=vm1,actions=to-h2 in_port=to-h2,actions=vm1
        flows 2 in_port=vm2,actions=to-h1 in_port=to-h1,actions=vm2
        sb_capture vm2 eth0 "$SB_DIR/forged.pcap"
        forge vm1 198.18.1.1 198.18.2.1
        sb_capture_stop
        forged() {
            tshark -n -r "$SB_DIR/forged.pcap" -T fields -e ip.proto \
                -Y 'ip.src == 198.18.1.1 && frame contains "forged"' |
                cut -d, -f1 | sort -n | paste -sd' '
        }
        check "B-07 what a guest forges in UDP, GRE and 137 stays a guest's" \
            equal "$(forged)" "17 47 137"
        check "B-07 and comes to no tunnel port" \
            equal "$(tunnel_packets 2 gre udp mgre_sys mudp_sys_6635)" 0
        check "B-07 but to the one that carries the guest's network" \
            test "$(tunnel_packets 2 to-h1)" -ge 3
    fi
    sb_end
    sb_begin
done
