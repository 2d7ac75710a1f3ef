# SPDX-License-Identifier: Apache-2.0
#
# Bridged networks: who gets which frames, how often they are on the underlay,
# and what is not let in, from VMs that lie and from hypervisors that do.
# Every frame says in its payload which one it is, and is counted where it
# arrives.
#
#   net    a1 b1 on hypervisor 1, a2 b2 on 2, a3 on 3: 10.0.1.N, fd01::N
#   flood  f1, f2 and f3, without addresses; unknown unicast is flooded
#   pv     private VLAN: i isolated, c and e community 1, x community 2, p
#          promiscuous; the number is the hypervisor's
#   r      r3, which is routed to pv

. "$(dirname "$0")/controller-lib"

# VMs of net and pv, and their numbers, of which MACs and addresses are made.
declare -A NUMBER=([a1]=1 [b1]=2 [a2]=3 [b2]=4 [a3]=5 [i1]=11 [j1]=12 [c1]=13
    [e1]=14 [p1]=15 [i2]=16 [c2]=17 [p2]=18 [x3]=19)
declare -A ROLE=([i]=isolated [j]=isolated [c]=community:1 [e]=community:1
    [x]=community:2 [p]=promiscuous)
PV=(i1 j1 c1 e1 p1 i2 c2 p2 x3)

mac() {
    echo "02:00:00:00:00:${NUMBER[$1]}"
}

# scapy NAMESPACE: sends by the functions below what the program on standard
# input says.
scapy() {
    { cat <<'PYTHON'; cat; } | sb_in "$1" /usr/bin/python3 - || exit 1
import logging
logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.contrib.mpls import EoMCW, MPLS
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.inet6 import ICMPv6EchoReply, ICMPv6ND_NA, IPv6
from scapy.layers.l2 import ARP, Dot1AD, Dot1Q, Ether
from scapy.packet import Raw
from scapy.sendrecv import send, sendp

def mark(name):
    return Raw(b"<" + name.encode() + b">")

def mac(number):
    return "02:00:00:00:00:%02d" % number

def frame(packet):
    sendp(packet, iface="eth0", verbose=False)

def below(source, label, packet):
    send(IP(src=source, dst="198.18.2.1") / UDP(sport=50000, dport=6635)
         / MPLS(label=label, cos=0, s=1, ttl=64) / packet, verbose=False)
PYTHON
}

# capture NAMESPACE...
capture() {
    local ns

    for ns; do
        case $ns in
        leaf*) sb_capture $ns hv "$SB_DIR/$ns.pcap" ;;
        *) sb_capture $ns eth0 "$SB_DIR/$ns.pcap" ;;
        esac
    done
}

# count NAME NAMESPACE...: how many frames of that name arrived at each.
count() {
    local name=$1 ns

    shift
    for ns; do
        grep -a -o "<$name>" "$SB_DIR/$ns.pcap" | wc -l
    done | paste -sd' '
}

# counted NAME NUMBERS NAMESPACE...
counted() {
    equal "$(count "$1" "${@:3}")" "$2"
}

# underlay FILTER: packets in the capture at leaf1, where labels of the network
# net are known to be for Ethernet.
underlay() {
    local pin=() label

    for label in $(labels "network=$(row Network net)"); do
        pin+=(-d "mpls.label==$label,pwethcw")
    done
    tshark -n -r "$SB_DIR/leaf1.pcap" "${pin[@]}" -Y "$1" 2>/dev/null | wc -l
}

controlled 4 3
ctl tenant-add t \
    -- net-add t net subnets=10.0.1.0/24,fd01::/64 mtu=$SB_VM_MTU \
    -- net-add t flood unknown_unicast=flood \
    -- net-add t pv subnets=10.0.2.0/24 gateways=10.0.2.254 \
    -- net-add t r subnets=10.0.3.0/24 gateways=10.0.3.254
for vm in a1 b1 a2 b2 a3; do
    n=${NUMBER[$vm]}
    add_vm $vm ${vm:1} net "$(mac $vm)" 10.0.1.$n/24 fd01::$n/64
done
for i in 1 2 3; do
    add_vm f$i $i flood 02:00:00:00:02:0$i
done
for vm in "${PV[@]}"; do
    add_vm $vm ${vm:1} pv "$(mac $vm)" 10.0.2.${NUMBER[$vm]}/24 \
        -- role=${ROLE[${vm:0:1}]}
    for other in "${PV[@]}"; do
        test $other = $vm ||
            permanent $vm "$(mac $other)" 10.0.2.${NUMBER[$other]}
    done
    vm_gateways $vm 10.0.2.254
done
add_vm r3 3 r 02:00:00:00:03:03 10.0.3.3/24
vm_gateways r3 10.0.3.254
ready

## Neighbours ---------------------------------------------------------------

for vm in a1 a2; do
    sb_in $vm ip neigh flush dev eth0
done
capture leaf1
check "a1 reaches a2 on another hypervisor" pings a1 10.0.1.3
check "and by IPv6" pings a1 fd01::3
sb_capture_stop
check "the echo requests are on the underlay" \
    equal "$(underlay icmp.type==8)+$(underlay icmpv6.type==128)" 3+3
check "but no ARP, and no neighbour discovery for these" \
    equal "$(underlay 'mpls && arp')+$(underlay "mpls &&
        icmpv6.nd.ns.target_address in {fd01::1, fd01::3}")" 0+0

# detects_duplicates VM ADDRESS: whether VM's kernel takes it, tries again if
# that is not decided yet: 1 if it is another's (RFC 4862).
detects_duplicates() {
    sb_in "$1" sh -c 'echo 1 > /proc/sys/net/ipv6/conf/eth0/accept_dad'
    sb_must ip -n "$SB_RUN-$1" addr add "$2/64" dev eth0
}
# has_address VM ADDRESS STATE: it is tentative, dadfailed, or neither ("").
has_address() {
    equal "$(ip -n "$SB_RUN-$1" -6 -o addr show dev eth0 to "$2" |
        grep -o -w -e tentative -e dadfailed | sort | paste -sd' ')" "$3"
}
detects_duplicates f1 fd0b::1
check "an address of nobody passes duplicate address detection" \
    soon has_address f1 fd0b::1 ""
detects_duplicates f2 fd0b::1
check "one of another hypervisor's VM fails" \
    soon has_address f2 fd0b::1 "dadfailed tentative"
sb_must ip -n "$SB_RUN-a3" addr del fd01::5/64 dev eth0
detects_duplicates a3 fd01::5
check "a port's own address passes" soon has_address a3 fd01::5 ""

## What a VM sends ----------------------------------------------------------

VMS=(b1 a2 b2 a3)
capture leaf1 "${VMS[@]}" f2 f3
scapy a1 <<'PYTHON'
def ipv4(name, src=mac(1), dst=mac(3), source="10.0.1.1", to="10.0.1.3",
         tags=None):
    ether = Ether(src=src, dst=dst)
    frame((ether / tags if tags else ether) / IP(src=source, dst=to)
          / ICMP(type=0) / mark(name))

def ipv6(name, source, to="fd01::3", dst=mac(3)):
    frame(Ether(src=mac(1), dst=dst) / IPv6(src=source, dst=to)
          / ICMPv6EchoReply() / mark(name))

def arp(name, sha, spa, tpa="10.0.1.1", op=1):
    frame(Ether(src=mac(1), dst="ff:ff:ff:ff:ff:ff")
          / ARP(op=op, hwsrc=sha, psrc=spa, pdst=tpa) / mark(name))

def advertise(name, target, lladdr, source="fd01::1"):
    # The name is in an option that nobody knows (RFC 4861 section 4.6).
    option = b"\x02\x01" + bytes.fromhex(lladdr.replace(":", ""))
    option += b"\xfd\x02" + (b"<%s>" % name.encode()).ljust(14)
    frame(Ether(src=mac(1), dst="33:33:00:00:00:01")
          / IPv6(src=source, dst="ff02::1", hlim=255)
          / ICMPv6ND_NA(tgt=target, R=0, S=0, O=1) / Raw(option))

ipv4("known")
ipv4("unknown", dst=mac(99))
ipv4("broadcast", dst="ff:ff:ff:ff:ff:ff", to="255.255.255.255")
ipv4("multicast", dst="01:00:5e:01:01:01", to="239.1.1.1")
ipv6("multicast6", "fd01::1", "ff02::5", "33:33:00:00:00:05")
arp("arp", mac(1), "10.0.1.1")
advertise("nd", "fd01::1", mac(1))

ipv4("vlan", tags=Dot1Q(vlan=5))
ipv4("priority", tags=Dot1Q(vlan=0, prio=3))
ipv4("qinq", tags=Dot1AD(vlan=5))
frame(Ether(src=mac(1), dst=mac(3)) / MPLS(label=16, s=1, ttl=9)
      / IP(src="10.0.1.1", dst="10.0.1.3") / mark("mpls"))
ipv4("mac", src=mac(2))
ipv4("source", source="10.0.1.2")
ipv6("source6", "fd01::2")
arp("arp-mac", mac(2), "10.0.1.1")
arp("arp-address", mac(1), "10.0.1.2", "10.0.1.2")
arp("arp-reply", mac(1), "10.0.1.2", "10.0.1.3", 2)
advertise("nd-target", "fd01::2", mac(1))
advertise("nd-mac", "fd01::1", mac(2))
advertise("nd-source", "fd01::1", mac(1), "fd01::2")
PYTHON
scapy f1 <<'PYTHON'
for name, dst in (("flooded", "02:00:00:00:02:99"),
                  ("known-f2", "02:00:00:00:02:02")):
    frame(Ether(src="02:00:00:00:02:01", dst=dst, type=0x88b5) / mark(name))
PYTHON
sb_capture_stop

check "a frame to a2 gets to a2 alone" counted known "0 1 0 0" "${VMS[@]}"
check "one copy is on the underlay" counted known 1 leaf1
check "one to an unknown MAC gets nowhere" \
    counted unknown "0 0 0 0 0" leaf1 "${VMS[@]}"
for name in broadcast multicast multicast6 arp nd; do
    check "$name gets to all VMs once" counted $name "1 1 1 1" "${VMS[@]}"
    check "and once to each hypervisor" counted $name 2 leaf1
done
for name in vlan priority qinq mpls mac source source6 arp-mac arp-address \
        arp-reply nd-target nd-mac nd-source; do
    check "a1's forged frame \"$name\" gets nowhere" \
        counted $name "0 0 0 0 0" leaf1 "${VMS[@]}"
done
check "an unknown MAC is flooded, where the network says so" \
    counted flooded "2 1 1" leaf1 f2 f3
check "a known one is not" counted known-f2 "1 1 0" leaf1 f2 f3

## Private VLAN -------------------------------------------------------------

# reaches FROM TO: whether their roles let them.
reaches() {
    case ${1:0:1}${2:0:1} in
    p? | ?p | [ce][ce] | xx) return 0 ;;
    *) return 1 ;;
    esac
}
# pv_pings: pings of all pairs; prints those that are not as they should be.
pv_pings() {
    local from to want dir=$SB_DIR/pv pids=()

    mkdir "$dir"
    for from in "${PV[@]}"; do
        for to in "${PV[@]}"; do
            test $from != $to || continue
            sb_in $from ping -n -q -c 2 -i 0.2 -W 2 10.0.2.${NUMBER[$to]} \
                > "$dir/$from-$to" 2>&1 &
            pids+=($!)
        done
    done
    wait "${pids[@]}"
    for from in "${PV[@]}"; do
        for to in "${PV[@]}"; do
            test $from != $to || continue
            want=0
            ! reaches $from $to || want=2
            grep -q " $want received" "$dir/$from-$to" || echo "$from-$to"
        done
    done | paste -sd' '
}
check "private VLAN: all pairs, on one hypervisor and across, by their roles" \
    equal "$(pv_pings)" ""
check "an isolated VM reaches another network by the gateway" \
    pings i2 10.0.3.3
check "and is reached from there" pings r3 10.0.2.${NUMBER[i1]}

# Hypervisor 3 has a port of role community 2 and one of network r.  leaf2
# sends for it, to hypervisor 2.
label() {
    local owner=network=$(row Network pv)

    test "$1" != route || owner=tenant=$(row Tenant t)
    labels "purpose=$1" "hypervisor=$(row Hypervisor h2)" "$owner" \
        ${2:+"role=\"$2\""}
}
# The columns of promiscuous labels are written out.
prom=$(label unicast promiscuous) bum_prom=$(label bum promiscuous)
own=$(label unicast community:2) bum_own=$(label bum community:2)
one=$(label unicast community:1) route=$(label route)
check "there are six labels" \
    equal "$(printf '%s\n' $prom $bum_prom $own $bum_own $one $route |
        sort -u | wc -l)" 6
capture i2 c2 p2
scapy leaf2 <<PYTHON
h1, h3 = "198.18.1.1", "198.18.3.1"
i2, c2, p2, x3 = 16, 17, 18, 19

def ether(source, label, to, name):
    dst = mac(to) if to else "ff:ff:ff:ff:ff:ff"
    below(source, label, EoMCW() / Ether(src=mac(x3), dst=dst, type=0x88b5)
          / mark(name).load.ljust(60))

def ip(source, label, src, to, name):
    below(source, label, IP(src=src, dst="10.0.2.%d" % to) / ICMP(type=0)
          / mark(name))

ether(h3, $own, p2, "own")
ether(h3, $own, c2, "own-c2")
ether(h3, $own, i2, "own-i2")
ether(h3, $one, c2, "one")
ether(h3, $prom, i2, "prom")
ether(h3, $bum_own, None, "bum")
ether(h3, $bum_prom, None, "bum-prom")
ether(h1, $prom, i2, "prom-h1")
ether("198.18.9.9", $prom, i2, "stranger")
ip(h3, $route, "10.0.3.3", i2, "routed")
ip(h3, $route, "10.0.2.19", i2, "routed-back")
ip(h3, $own, "10.0.3.3", p2, "ip-in-unicast")
ether(h3, $route, i2, "ether-in-route")
PYTHON
sb_capture_stop
check "h3 sends as community 2, its own, to a promiscuous VM: arrives" \
    counted own "0 0 1" i2 c2 p2
check "to VMs that this role does not reach: filtered by the receiver" \
    equal "$(count own-c2 c2)+$(count own-i2 i2)" 0+0
check "as community 1, which it does not host: refused" \
    counted one "0 0 0" i2 c2 p2
check "as promiscuous: refused" counted prom "0 0 0" i2 c2 p2
check "a broadcast as community 2 reaches the promiscuous VM" \
    counted bum "0 0 1" i2 c2 p2
check "as promiscuous: refused" counted bum-prom "0 0 0" i2 c2 p2
check "h1, which hosts that role, is heard" counted prom-h1 "1 0 0" i2 c2 p2
check "a stranger is not" counted stranger "0 0 0" i2 c2 p2
check "what h3 routes from another network arrives" \
    counted routed "1 0 0" i2 c2 p2
check "what it says to route from the network itself does not" \
    counted routed-back "0 0 0" i2 c2 p2
check "IP below a label for frames does not" \
    counted ip-in-unicast "0 0 0" i2 c2 p2
check "a frame below a route label does not" \
    counted ether-in-route "0 0 0" i2 c2 p2
check "database, controller and switches agree" agreed
