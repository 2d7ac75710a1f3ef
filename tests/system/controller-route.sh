# SPDX-License-Identifier: Apache-2.0
#
# Routed networks, as VMs' own IP stacks see them: traceroute, path MTU, TCP,
# fragments; and what is on the underlay.
#
#   wN  10.0.1.N, fd01::N   on hypervisors 1 and 3
#   dN  10.0.2.N, fd02::N   on hypervisors 1, 2 and 3; the network's MTU is
#                           below that of the VMs, so that TCP has to find out

. "$(dirname "$0")/controller-lib"

DB_MTU=1300

# hops VM ADDRESS: who answers UDP with TTL 1, and 2, as traceroute does.
hops() {
    sb_in "$1" /usr/bin/python3 -c '
import select, socket, struct, sys
address = sys.argv[1]
v6 = ":" in address
for ttl in 1, 2:
    s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET,
                      socket.SOCK_DGRAM)
    if v6:
        s.setsockopt(socket.IPPROTO_IPV6, 25, 1)            # IPV6_RECVERR
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, ttl)
    else:
        s.setsockopt(socket.IPPROTO_IP, 11, 1)              # IP_RECVERR
        s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
    s.sendto(b"x" * 32, (address, 33434))
    poll = select.poll()
    poll.register(s, 0)                     # POLLERR alone.
    if not poll.poll(5000):
        print("*")
        continue
    data = s.recvmsg(100, 500, socket.MSG_ERRQUEUE)[1][0][2]
    # struct sock_extended_err, then the address of who sent the error.
    kind, code = struct.unpack_from("BB", data, 5)
    print(socket.inet_ntop(socket.AF_INET6, data[24:40]) if v6 else
          socket.inet_ntop(socket.AF_INET, data[20:24]), kind, code)
' "$2" | paste -sd' '
}

# traced VM ADDRESS EXPECTED
traced() {
    equal "$(hops "$1" "$2")" "$3"
}

# too_big VM ADDRESS SIZE TEXT: an IP packet of SIZE bytes that must not be
# fragmented is answered by TEXT.
too_big() {
    local header=28 out

    case $2 in *:*) header=48 ;; esac
    # What an earlier one taught, the kernel would say itself.
    sb_in "$1" ip route flush cache
    sb_in "$1" ip -6 route flush cache
    out=$(sb_in "$1" ping -n -c 1 -W 2 -M do -s $(($3 - header)) "$2" 2>&1)
    grep -q -F "$4" <<< "$out" || { echo "$out"; return 1; }
}

# path_mtu VM ADDRESS MTU: what the VM's kernel has learnt.
path_mtu() {
    equal "$(sb_in "$1" ip route get "$2" |
        sed -n 's/.* mtu \([0-9]*\).*/\1/p')" "$3"
}

controlled 4 3
# Another tenant's ports, so that hypervisors do not choose the same labels.
ctl tenant-add u -- net-add u u1 -- net-add u u2 -- net-add u u3
for port in 12 13 21 23 31 33; do
    ctl port-add u${port%?} u$port 02:00:00:00:09:$port
    sb_must sb_hv ${port:1} ovs-vsctl add-port br-int u$port \
        -- set interface u$port type=internal
done
ready
ctl tenant-add t \
    -- net-add t web subnets=10.0.1.0/24,fd01::/64 \
       gateways=10.0.1.254,fd01::fe mtu=$SB_VM_MTU \
    -- net-add t db subnets=10.0.2.0/24,fd02::/64 \
       gateways=10.0.2.254,fd02::fe mtu=$DB_MTU \
    -- net-add t island subnets=10.0.3.0/24
for i in 1 3; do
    add_vm w$i $i web 02:00:00:00:01:0$i 10.0.1.$i/24 fd01::$i/64
    vm_gateways w$i 10.0.1.254 fd01::fe
done
for i in 1 2 3; do
    add_vm d$i $i db 02:00:00:00:02:0$i 10.0.2.$i/24 fd02::$i/64
    vm_gateways d$i 10.0.2.254 fd02::fe
done
add_vm s2 2 island 02:00:00:00:03:02 10.0.3.2/24
vm_gateways s2 10.0.3.254
permanent s2 $GATEWAY_MAC 10.0.3.254
ready

# Time exceeded is 11 0, port unreachable 3 3; for IPv6 3 0 and 1 4.
check "traceroute from w1 to d2, on another hypervisor" \
    traced w1 10.0.2.2 "10.0.1.254 11 0 10.0.2.2 3 3"
check "to d1, on the same" \
    traced w1 10.0.2.1 "10.0.1.254 11 0 10.0.2.1 3 3"
check "from d2 to w1, by the other gateway" \
    traced d2 10.0.1.1 "10.0.2.254 11 0 10.0.1.1 3 3"
check "from w1 to d2 by IPv6" \
    traced w1 fd02::2 "fd01::fe 3 0 fd02::2 1 4"
check "from d3 to w3 by IPv6, on the same hypervisor" \
    traced d3 fd01::3 "fd02::fe 3 0 fd01::3 1 4"
for vm in w1 d2; do
    for address in 10.0.1.254 10.0.2.254 fd01::fe fd02::fe; do
        check "the gateway $address answers $vm" \
            pings $vm $address -i 0.05 -s 1200
    done
done

# The sender's hypervisor tells; what fits arrives.
check "$DB_MTU bytes arrive, by IPv4" \
    pings w1 10.0.2.2 -M do -s $((DB_MTU - 28))
check "and by IPv6" pings w1 fd02::2 -M do -s $((DB_MTU - 48))
for address in 10.0.2.2 10.0.2.1; do
    check "one more to $address: fragmentation needed, with the MTU" \
        too_big w1 $address $((DB_MTU + 1)) \
        "From 10.0.1.254 icmp_seq=1 Frag needed and DF set (mtu = $DB_MTU)"
done
for address in fd02::2 fd02::1; do
    check "one more to $address: packet too big, with the MTU" \
        too_big w1 $address $((DB_MTU + 1)) \
        "From fd01::fe icmp_seq=1 Packet too big: mtu=$DB_MTU"
done

# TCP starts with segments for the VMs' MTU, and has to learn.
for vm in w1 w3; do
    sb_in $vm ip route flush cache
    sb_in $vm ip -6 route flush cache
done
check "TCP from w1 to d2" tcp w1 d2 10.0.2.2
check "found the path MTU" path_mtu w1 10.0.2.2 $DB_MTU
check "TCP from w1 to d2 by IPv6" tcp w1 d2 fd02::2
check "found the path MTU" path_mtu w1 fd02::2 $DB_MTU
check "TCP from d2 to w3" tcp d2 w3 10.0.1.3
check "TCP from w3 to d3, on the same hypervisor" tcp w3 d3 10.0.2.3
check "fragments of a datagram arrive, by IPv4" \
    pings w1 10.0.2.2 -s 4000 -M dont
check "and by IPv6" pings w1 fd02::2 -s 4000 -M dont

# Each receiver has a label of its own.  Outer IP 20, UDP 8, label 4 bytes.
labels_seen() {
    tshark -n -r "$SB_DIR/wire.pcap" -T fields -E occurrence=f -e ip.src \
        -e ip.dst -e mpls.label -e mpls.bottom -Y "udp.dstport == 6635" \
        2>/dev/null | sort -u
}
labels_due() {
    local from to

    for from in 1 2 3; do
        for to in 1 2 3; do
            # The capture is at h1.
            test $from = $to || { test $from != 1 && test $to != 1; } ||
                printf '%s\t%s\t%s\t1\n' "$(sb_hv_addr $from)" \
                    "$(sb_hv_addr $to)" "$(labels purpose=route \
                        "hypervisor=$(row Hypervisor h$to)")"
        done
    done | sort -u
}
# added FILTER INNER: the bytes that the tunnel adds to an IP packet.
added() {
    equal "$(tshark -n -r "$SB_DIR/wire.pcap" -Y "$1" -T fields \
        -E occurrence=f -e frame.len 2>/dev/null | sort -u)" \
        $((14 + 20 + 8 + 4 + $2))
}
sb_capture leaf1 hv "$SB_DIR/wire.pcap"
pings w1 10.0.2.2 -s 500 > /dev/null
pings w1 10.0.2.3 -s 500 > /dev/null
pings w1 fd02::2 -s 500 > /dev/null
sb_capture_stop
check "three receivers chose three route labels" \
    equal "$(labels purpose=route | sort -u | wc -l)" 3
check "the underlay has each receiver's route label, and no other" \
    equal "$(labels_seen)" "$(labels_due)"
check "IPv4 below it without Ethernet: 32 bytes more" \
    added "icmp.type == 8 && ip.src == 10.0.1.1" 528
check "IPv6 below it without Ethernet: 32 bytes more" \
    added "icmpv6.type == 128 && ipv6.src == fd01::1" 548

# A network without a gateway takes no part.
sb_capture s2 eth0 "$SB_DIR/s2.pcap"
sb_in w1 ping -n -q -c 2 -i 0.1 -W 1 -p 6d61726b 10.0.3.2 > /dev/null
sb_in s2 ping -n -q -c 2 -i 0.1 -W 1 10.0.1.1 > "$SB_DIR/island"
sb_capture_stop
check "a network without a gateway is reached by no route" \
    equal "$(grep -a -c markmark "$SB_DIR/s2.pcap")" 0
check "and reaches none" grep -q ' 0 received' "$SB_DIR/island"
check "database, controller and switches agree" agreed
