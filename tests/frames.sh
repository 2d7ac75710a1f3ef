# SPDX-License-Identifier: Apache-2.0
#
# frames: packets as hexadecimal digits, for tests that need many of them.
# Sourced by inherit.at; the addresses are those of local.at and of
# tests/vectors.

# ip_packet TOS TTL: 36 bytes of ICMP in IPv4 from 10.0.0.1 to 10.0.0.2.
ip_packet () {
    printf '45%02x002400004000%02x01%04x0a0000010a000002' "$1" "$2" \
        $(( (0x66d7 - $1 - 256 * $2 + 131070) % 65535 ))
    echo 0800d9ba123400010001020304050607
}

# frame TOS TTL: the same in Ethernet.
frame () {
    echo "02aa0000000202aa000000010800$(ip_packet "$1" "$2")"
}

# lse LABEL TC S TTL: a label stack entry.
lse () {
    printf '%08x\n' $(( $1 << 12 | $2 << 9 | $3 << 8 | $4 ))
}

# outer_ip TOS TTL PROTOCOL BODY [SOURCE]: Ethernet and IPv4, from the peer or
# from another SOURCE, in hexadecimal digits.
outer_ip () {
    size=$(( 20 + ${#4} / 2 )) source=${5-c0000201}
    printf '020000000b01020000000a01080045%02x%04x00004000%02x%02x%04x%s%s\n' \
        "$1" $size "$2" "$3" \
        $(( (0x1b8fb - 0x${source%????} - 0x${source#????} - $1 - $size -
             256 * $2 - $3 + 262140) % 65535 )) \
        ${source}c0000202 "$4"
}

# outer_udp TOS TTL SRC_PORT BODY [SOURCE]: the same with UDP, without checksum.
outer_udp () {
    outer_ip "$1" "$2" 17 \
        "$(printf '%04x19eb%04x0000%s' "$3" $(( 8 + ${#4} / 2 )) "$4")" \
        "${5-c0000201}"
}
