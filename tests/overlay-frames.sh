# SPDX-License-Identifier: Apache-2.0
#
# overlay-frames: tenants' packets as hexadecimal digits, with right
# checksums.  Sourced by the tests of the pipeline; addresses are hexadecimal.

# inet_sum DIGITS: the Internet checksum (RFC 1071).
inet_sum () {
    sum=0 digits=$1
    test $(( ${#1} % 4 )) = 0 || digits=${1}00
    for word in $(echo "$digits" | fold -w 4); do
        sum=$(( sum + 0x$word ))
    done
    while test $sum -gt 65535; do
        sum=$(( (sum >> 16) + (sum & 65535) ))
    done
    printf '%04x' $(( sum ^ 65535 ))
}

# mac N: the MAC of port N.
mac () {
    printf '0200000000%02x' "$1"
}

# eth SOURCE DESTINATION TYPE BODY
eth () {
    echo "$2$1$3$4"
}

# arp OP SHA SPA THA TPA
arp () {
    printf '000108000604%04x%s\n' "$1" "$2$3$4$5"
}

# ipv4 SOURCE DESTINATION PROTOCOL TTL BODY [FRAG]
ipv4 () {
    head=$(printf '4500%04x0000%s%02x%02x' $(( 20 + ${#5} / 2 )) \
        "${6-0000}" "$4" "$3")
    echo "$head$(inet_sum "$head$1$2")$1$2$5"
}

# ipv6 SOURCE DESTINATION NEXT-HEADER HOP-LIMIT BODY
ipv6 () {
    printf '60000000%04x%02x%02x%s\n' $(( ${#5} / 2 )) "$3" "$4" "$1$2$5"
}

# icmp TYPE CODE REST
icmp () {
    head=$(printf '%02x%02x' "$1" "$2")
    echo "$head$(inet_sum "$head$3")$3"
}

# icmp6 SOURCE DESTINATION HOP-LIMIT TYPE CODE REST: with its IPv6 header.
icmp6 () {
    head=$(printf '%02x%02x' "$4" "$5")
    pseudo=$(printf '%s%08x0000003a' "$1$2" $(( 4 + ${#6} / 2 )))
    ipv6 "$1" "$2" 58 "$3" "$head$(inet_sum "$pseudo$head$6")$6"
}

# udp DIGITS: a datagram from port 1 to 2 without checksum, for IPv4.
udp () {
    printf '00010002%04x0000%s\n' $(( 8 + ${#1} / 2 )) "$1"
}

# bytes N: that many bytes.
bytes () {
    printf "%$(( $1 * 2 ))s" '' | tr ' ' 5
}

# ethernet_below LABEL FRAME, ip_below LABEL PACKET: an MPLS packet as OVS
# sends it, with one label stack entry.  A frame has a control word and label
# TTL 255, a packet the TTL that it has when it has taken one hop from 64.
ethernet_below () {
    printf '%08x00000000%s\n' $(( $1 << 12 | 0x1ff )) "$2"
}
ip_below () {
    printf '%08x%s\n' $(( $1 << 12 | 0x13f )) "$2"
}

# icmp_error TYPE CODE REST: from the gateway 10.0.0.254 to 10.0.0.1, as
# mplsudp-controller composes it: DSCP CS6, DF, TTL 64.
icmp_error () {
    body=$(icmp "$1" "$2" "$3")
    head=$(printf '45c0%04x000040004001' $(( 20 + ${#body} / 2 )))
    echo "$head$(inet_sum "${head}0a0000fe0a000001")0a0000fe0a000001$body"
}
