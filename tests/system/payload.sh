# SPDX-License-Identifier: Apache-2.0
#
# Ethernet, IP and MPLS payloads between two hypervisors, over the underlay
# family PAYLOAD_FAMILY (4 or 6; default: both, one after the other).

bridged() {
    local i

    tunnels options:key=100 "$@"
    for i in 1 2; do
        flows $i actions=normal
    done
}

# Actions on hypervisor $1 that give a packet its addresses and deliver it.
restore() {
    echo "set_field:02:aa:00:00:00:0$((3 - $1))->eth_src,\
set_field:02:aa:00:00:00:0$1->eth_dst,output:vm$1"
}

# IP packets without their Ethernet header: flows of table 0 clear or restore
# addresses, so that both VMs believe to be in one subnet.
routed() {
    local zero=00:00:00:00:00:00 i
    local clear="set_field:$zero->eth_src,set_field:$zero->eth_dst"

    tunnels options:key=100 "$@"
    for i in 1 2; do
        flows $i \
            "in_port=vm$i,actions=$clear,output:to-h$((3 - i))" \
            "in_port=to-h$((3 - i)),actions=$(restore $i)"
        sb_in vm$i ip neigh replace 10.0.0.$((3 - i)) \
            lladdr 02:aa:00:00:00:0$((3 - i)) dev eth0
        sb_in vm$i ip neigh replace fd01::$((3 - i)) \
            lladdr 02:aa:00:00:00:0$((3 - i)) dev eth0
    done
}

labelled() {
    local i

    tunnels
    for i in 1 2; do
        flows $i \
            "in_port=vm$i,ip,actions=push_mpls:0x8847,\
set_field:500->mpls_label,output:to-h$((3 - i))" \
            "in_port=to-h$((3 - i)),mpls,mpls_label=500,\
actions=pop_mpls:0x0800,$(restore $i)"
    done
}

traffic() {
    check "$1: ping" pings vm1 10.0.0.2
    check "$1: ping of 1400 bytes" pings vm2 10.0.0.1 -s 1400 -M do
    check "$1: TCP" tcp vm1 vm2 10.0.0.2
}

for family in ${PAYLOAD_FAMILY:-4 6}; do
    two_hypervisors $family
    bridged options:payload=ethernet
    traffic "IPv$family, payload=ethernet"
    check "IPv$family, payload=ethernet: IPv6 ping" pings vm1 fd01::2
    bridged options:payload=ethernet options:control_word=false
    traffic "IPv$family, payload=ethernet, control_word=false"
    bridged options:payload=auto options:csum=false \
        $(test $family = 6 || echo options:entropy=false)
    if test $family = 4; then
        traffic "IPv4, payload=auto, csum=false, entropy=false"
    else
        before=$(drops 2 to-h1 zero_checksum)
        check "Z-05 IPv6: zero checksums are refused" not pings vm1 10.0.0.2
        check "Z-05 IPv6: and counted" \
            test "$(drops 2 to-h1 zero_checksum)" -gt "$before"
        for i in 1 2; do
            sb_hv $i ovs-vsctl set interface to-h$((3 - i)) \
                options:zero_csum6_rx=true \
                options:local_ip="\"$(sb_hv_addr $i)\""
        done
        traffic "IPv6, csum=false, zero_csum6_rx=true"
    fi
    routed options:payload=ip
    traffic "IPv$family, payload=ip"
    check "IPv$family, payload=ip: IPv6 ping" pings vm1 fd01::2
    routed options:payload=auto
    traffic "IPv$family, payload=auto, IP"
    labelled
    traffic "IPv$family, payload=mpls"
    tunnels options:key=0x120001100010 options:payload=ethernet \
        options:dst_port=6000 options:label_ttl=9 options:label_tc=5 \
        options:tos=0x28
    for i in 1 2; do
        flows $i actions=normal
        sb_in vm$i ip neigh flush dev eth0
    done
    traffic "IPv$family, three labels, another UDP port"
    sb_end
    sb_begin
done
