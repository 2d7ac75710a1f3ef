# SPDX-License-Identifier: Apache-2.0
#
# sandbox-wire: what is on the underlay, as tshark reads it.
#
# Sourced by sandbox-checks.sh.  The capture was taken at leaf1, on the link to
# h1, while the checks before sent their packets.

# tshark on the capture of the underlay, with every check of checksums.
# Label values say nothing of the payload, so tshark must be told which
# labels carry Ethernet with a control word; $1 is pin or nopin.
read_wire() {
    local pin=() label

    test "$1" != pin || ! is_mpls ||
        for label in ${LABELS[*]}; do
            pin+=(-d "mpls.label==$label,pwethcw")
        done
    shift
    tshark -n -r "$SB_DIR/wire.pcap" -o udp.check_checksum:TRUE \
        -o ip.check_checksum:TRUE "${pin[@]}" "$@" 2>/dev/null
}

# The tunnel's packets, and the field that holds the tenant.
wire_filter() {
    case $encap in
    mplsudp) echo "udp.dstport == 6635" ;;
    mplsgre) echo "gre.proto == 0x8847" ;;
    mplsip) echo "ip.proto == 137 or ipv6.nxt == 137" ;;
    *) echo "$encap" ;;
    esac
}

wire_key() {
    case $encap in
    mpls*) echo mpls.label ;;
    vxlan | geneve) echo "$encap.vni" ;;
    gre) echo gre.key ;;
    esac
}

# The distinct values on input, in decimal, on one line.
distinct() {
    sort -u | while read -r value; do
        printf '%d ' "$value"
    done | sed 's/ $//'
}

# What else RFC 7510 and RFC 3032 ask of an mplsudp packet.  GRE and IP have no
# field for a checksum or a flow.
check_mplsudp_fields() {
    local fields ports

    test "$encap" = mplsudp || return 0
    fields=$(read_wire pin -Y "$(wire_filter)" -T fields -E occurrence=f \
        -e mpls.bottom -e udp.checksum.status -e udp.srcport)
    check_equal "bottom of stack of the first label" \
        "$(cut -f 1 <<< "$fields" | distinct)" 1
    check_equal "outer UDP checksums by tshark's verdict (1 is good)" \
        "$(cut -f 2 <<< "$fields" | distinct)" 1
    ports=$(cut -f 3 <<< "$fields" | sort -nu)
    check $(($(head -n 1 <<< "$ports") < 49152)) \
        "UDP source ports are in 49152-65535: $(head -n 1 <<< "$ports") to\
 $(tail -n 1 <<< "$ports")"
    check $(($(wc -l <<< "$ports") < 4)) \
        "UDP source ports differ between flows: $(wc -l <<< "$ports") ports"
}

# The filter for an example packet of kind $1.
kind_filter() {
    case $1 in
    ether4) echo "icmp.type == 8 and ip.src == 10.0.0.1" ;;
    ether6) echo "icmpv6.type == 128 and ipv6.src == fd0a::1" ;;
    arp) echo "arp.opcode == 1 and eth.dst == ff:ff:ff:ff:ff:ff" ;;
    routed4) echo "icmp.type == 8 and ip.src == 10.1.1.0/24" ;;
    routed6) echo "icmpv6.type == 128 and ipv6.src == fd01:1::/64" ;;
    esac
}

# Bytes that the tunnel must add to a VM's packet of kind $1: outer IP, UDP 8 or
# GRE 4, label 4; with Ethernet also control word 4 and header 14.
mpls_overhead() {
    local bytes=$((4 + (underlay == 4 ? 20 : 40)))

    case $encap in
    mplsudp) bytes=$((bytes + 8)) ;;
    mplsgre) bytes=$((bytes + 4)) ;;
    esac
    case $1 in
    routed*) echo $bytes ;;
    *) echo $((bytes + 4 + 14)) ;;
    esac
}

# Prints one packet of kind $1, of tenant $2, and checks its overhead.
show_packet() {
    local kind=$1 t=$2 pin=pin filter lens outer inner bytes

    test "${kind%?}" != routed || pin=nopin
    filter="$(kind_filter "$kind") and $(wire_key) in {${LABELS[$t]// /, }}"
    printf '\n        %s, tenant %s:\n' "$(kind_name "$kind")" "$t"
    # Only the one-line form of each layer: no protocol is named by -O.
    # For VXLAN and GRE it lacks the key, which the filter has just asked for.
    read_wire $pin -Y "$filter" -O none | sed '/^$/q' | sed "
        /^\$/d
        s/^Frame [0-9]*: \([0-9]* bytes\).*/Frame: \1/
        s/^Virtual eXtensible.*\|^Generic Routing.*/&, key: ${LABELS[$t]}/
        s/^/          /" | cut -c 1-100
    lens=$(read_wire $pin -Y "$filter" -T fields -E occurrence=l \
        -e frame.len -e ip.len -e ipv6.plen -E separator=, | head -n 1)
    if test -z "$lens"; then
        check 1 "no such packet in the capture"
        return
    fi
    outer=$((${lens%%,*} - 14))
    case $kind in
    *4) inner=$(cut -d , -f 2 <<< "$lens") ;;
    *6) inner=$(($(cut -d , -f 3 <<< "$lens") + 40)) ;;
    arp) inner=28 ;;
    esac
    bytes=$((outer - inner))
    notes+=("overhead: $bytes bytes for $(kind_name "$kind")")
    if is_mpls; then
        check_equal "bytes added to the VM's $inner" $bytes \
            "$(mpls_overhead "$kind")"
    else
        check $((bytes < 20)) "bytes added to the VM's $inner: $bytes"
    fi
}
