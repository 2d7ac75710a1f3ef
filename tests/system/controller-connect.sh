# SPDX-License-Identifier: Apache-2.0
#
# How hypervisors are connected: by different encapsulations over IPv4 and IPv6
# to each other, as each receiver prefers, and by SSL to the controller.
# Nothing that is changed here loses a packet of VMs.
#
#   h1  mplsudp, mplsgre   IPv4, IPv6      wN  10.0.1.N on each hypervisor
#   h2  mplsgre, mplsudp   IPv6            dN  10.0.2.N on each hypervisor
#   h3  mplsip             IPv4, IPv6

. "$(dirname "$0")/controller-lib"

UDP=17 GRE=47 MPLS=137       # IP protocols.

addr() {
    SB_FAMILY=$2 sb_hv_addr "$1"
}

# wire: distinct "SOURCE DESTINATION PROTOCOL" of tunnels' packets at leaf1 and
# leaf2, of a second of those that the VMs send all the time.
wire() {
    local i pids=()

    synchronise
    for i in 1 2; do
        ip netns exec "$SB_RUN-leaf$i" dumpcap -q -P -a duration:1 -i hv \
            -w "$SB_DIR/leaf$i.pcap" > "$SB_DIR/dumpcap" 2>&1 &
        pids+=($!)
    done
    wait "${pids[@]}"
    /usr/bin/python3 -c '
import ipaddress, struct, sys
for name in sys.argv[1:]:
    data = open(name, "rb").read()
    at = 24
    while at + 16 <= len(data):
        size = struct.unpack_from("=I", data, at + 8)[0]
        eth = data[at + 16:at + 16 + size]
        at += 16 + size
        ip = eth[14:]
        if eth[12:14] == b"\x08\x00":
            source, to, protocol = ip[12:16], ip[16:20], ip[9]
        elif eth[12:14] == b"\x86\xdd":
            source, to, protocol = ip[8:24], ip[24:40], ip[6]
        else:
            continue
        print(ipaddress.ip_address(source), ipaddress.ip_address(to), protocol)
' "$SB_DIR"/leaf[12].pcap | grep -E " ($UDP|$GRE|$MPLS)$" | sort -u
}

# ways FROM TO FAMILY PROTOCOL...: what wire should print.
ways() {
    while test $# -gt 0; do
        echo "$(addr $1 $3) $(addr $2 $3) $4"
        shift 4
    done | sort -u
}

# h3's packets to h1 come by UDP.
sends_udp() {
    wire | grep -x "$(ways 3 1 4 $UDP)"
}

controlled 4 3
sb_add_family 6
sb_resolve
SB_VM_MTU=1430               # 70 bytes for mplsudp over IPv6.
ctl hv-set h1 encaps=mplsudp,mplsgre endpoints="$(addr 1 4),$(addr 1 6)" \
    -- hv-set h2 encaps=mplsgre,mplsudp endpoints="$(addr 2 6)" \
    -- hv-set h3 encaps=mplsip endpoints="$(addr 3 4),$(addr 3 6)"
ctl tenant-add t \
    -- net-add t web subnets=10.0.1.0/24 gateways=10.0.1.254 mtu=$SB_VM_MTU \
    -- net-add t db subnets=10.0.2.0/24 gateways=10.0.2.254 mtu=$SB_VM_MTU
for i in 1 2 3; do
    add_vm w$i $i web 02:00:00:00:01:0$i 10.0.1.$i/24
    add_vm d$i $i db 02:00:00:00:02:0$i 10.0.2.$i/24
    vm_gateways w$i 10.0.1.254
    vm_gateways d$i 10.0.2.254
    permanent w$i $GATEWAY_MAC 10.0.1.254
    permanent d$i $GATEWAY_MAC 10.0.2.254
    for j in 1 2 3; do
        test $i = $j || permanent w$i 02:00:00:00:01:0$j 10.0.1.$j
    done
done
ready
mesh w1,w2,10.0.1.2 w2,w1,10.0.1.1 w2,w3,10.0.1.3 w3,w2,10.0.1.2 \
    w3,w1,10.0.1.1 w1,w3,10.0.1.3 w1,d2,10.0.2.2 d2,w1,10.0.1.1 \
    w3,d1,10.0.2.1 d1,w3,10.0.1.3

## Encapsulations -----------------------------------------------------------

check "each receives what it prefers, over a family that both have" \
    equal "$(wire)" "$(ways 2 1 6 $UDP 3 1 4 $UDP 1 2 6 $GRE 3 2 6 $GRE \
        1 3 4 $MPLS 2 3 6 $MPLS)"
check "a full-sized frame fits everywhere" eval \
    "pings w1 10.0.1.2 -M do -s 1402 && pings w2 10.0.1.3 -M do -s 1402 &&
     pings w3 10.0.1.1 -M do -s 1402 && pings w2 10.0.1.1 -M do -s 1402"
mesh_check "by three encapsulations"
ctl hv-set h1 encaps=mplsip,mplsudp -- hv-set h3 encaps=mplsgre,mplsip
check "h1 and h3 prefer others: their packets come by these" \
    equal "$(wire)" "$(ways 2 1 6 $MPLS 3 1 4 $MPLS 1 2 6 $GRE 3 2 6 $GRE \
        1 3 4 $GRE 2 3 6 $GRE)"
mesh_check "while they changed"
sb_must sb_hv 3 ovs-vsctl del-port mplsip0
check "h3 has no mplsip port any more, and sends what h1 takes next" \
    soon sends_udp
mesh_check "while it went, from others" '^[wd]3 '

## SSL ----------------------------------------------------------------------

# certificate NAME [CA]: makes keys and a certificate for NAME.
certificate() {
    (cd "$SB_DIR" && openssl req -newkey ec -pkeyopt \
        ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -subj "/CN=$1" |
        openssl x509 -req -CA "${2:-ca}.pem" -CAkey "${2:-ca}.key" \
            -set_serial 1 -out "$1.pem") > "$SB_DIR/openssl" 2>&1 ||
        sb_die "certificate $1: $(cat "$SB_DIR/openssl")"
}
authority() {
    (cd "$SB_DIR" && openssl req -x509 -newkey ec -pkeyopt \
        ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.pem" \
        -subj "/CN=$1") > "$SB_DIR/openssl" 2>&1 ||
        sb_die "authority $1: $(cat "$SB_DIR/openssl")"
}
# obeys I NAME: hypervisor I has NAME's certificate, and connects by SSL.
obeys() {
    sb_must sb_hv "$1" ovs-vsctl set-ssl "$SB_DIR/$2.key" "$SB_DIR/$2.pem" \
        "$SB_DIR/ca.pem" \
        -- set-controller br-int "ssl:$SB_MGMT.1:6653" \
        -- set controller br-int max_backoff=1000
}
logged() {
    grep -F -e "$1" "$SB_DIR/c1/mplsudp-controller.log"
}
connected() {
    equal "$(sb_ctl get Hypervisor "$1" connected)" "$2"
}

authority ca
authority other
for name in controller h1 h2 h3; do
    certificate $name
done
certificate stranger other
ctl hv-set h1 certificate_name=h1 -- hv-set h2 certificate_name=h2 \
    -- hv-set h3 certificate_name=h3
check "they must show certificates: without SSL, none is connected" soon up 0
check "the log says why" soon logged \
    'hypervisor "h1" must show a certificate named "h1", not none'
killed TERM "$(sb_controller_pid 1)"
sb_must sb_mgmt_in c1 mplsudp-controller --db="tcp:$SB_MGMT.1:$SB_DB_PORT" \
    --listen="pssl:6653:$SB_MGMT.1" --private-key="$SB_DIR/controller.key" \
    --certificate="$SB_DIR/controller.pem" --ca-cert="$SB_DIR/ca.pem" \
    --detach --pidfile --log-file
obeys 1 h1
obeys 2 h2
obeys 3 h2
check "by SSL, with certificates of their names, h1 and h2 are" soon up 2
check "h3 shows that of h2: it is refused" soon logged \
    'hypervisor "h3" must show a certificate named "h3", not "h2"'
check "and not connected" connected h3 false
obeys 3 stranger
check "with one of another authority it gets no answer" \
    soon logged 'SSL_accept'
check "and is not connected" connected h3 false
obeys 3 h3
check "with its own it is" soon up 3
check "they obey" settled
ctl hv-set h2 certificate_name=h9
check "h2's name is changed: it is not connected any more" soon up 2
ctl hv-set h2 certificate_name=h2
check "and changed back: it is" soon up 3
mesh_check "through all of this"
check "database, controller and switches agree" agreed
