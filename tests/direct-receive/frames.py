# SPDX-License-Identifier: Apache-2.0
"""Packets as bytes: what a peer puts into a tunnel, and the tunnel packet.

Called by mix.py and blast.
"""

import ipaddress
import struct

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
IPV4, IPV6, ARP, VLAN = 0x0800, 0x86dd, 0x0806, 0x8100
OUTER_MACS = bytes.fromhex("020000000b01020000000a01")
PROTOCOLS = {"mplsudp": 17, "mplsgre": 47, "mplsip": 137}
LOCAL = {4: "192.0.2.2", 6: "2001:db8::2"}


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def packed(address):
    return ipaddress.ip_address(address).packed


def ipv4(src, dst, protocol, body, *, tos=0, ttl=64, ident=0, flags=0x4000,
         options=b"", more=0, bad_sum=False):
    """An IPv4 packet whose length is MORE bytes too large."""
    head = struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, tos,
                       20 + len(options) + len(body) + more & 0xffff, ident,
                       flags, ttl, protocol, 0) \
        + packed(src) + packed(dst) + options
    total = checksum(head) ^ bad_sum
    return head[:10] + struct.pack("!H", total) + head[12:] + body


def ipv6(src, dst, protocol, body, *, tos=0, ttl=64, label=0, more=0,
         options=b""):
    """The same for IPv6; OPTIONS is a header of destination options."""
    if options:
        options = bytes((protocol, len(options) // 8)) + options
        protocol = 60
    return struct.pack("!IHBB", 6 << 28 | tos << 20 | label,
                       len(options) + len(body) + more & 0xffff, protocol,
                       ttl) + packed(src) + packed(dst) + options + body


def ip(src, dst, protocol, body, **how):
    make = ipv6 if ":" in src else ipv4
    return make(src, dst, protocol, body, **how)


def udp(src, dst, sport, dport, body, *, kind="good", more=0):
    """A UDP header and BODY, with a checksum that is good, bad or none."""
    size = 8 + len(body)
    head = struct.pack("!HHH", sport, dport, size + more & 0xffff)
    if kind == "none":
        return head + b"\0\0" + body
    pseudo = packed(src) + packed(dst) + struct.pack("!HH", UDP, size)
    total = checksum(pseudo + head + b"\0\0" + body) or 0xffff
    return head + struct.pack("!H", total ^ (kind == "bad")) + body


def tcp(src, dst, sport, dport, body, *, flags=0x10, offset=5):
    head = struct.pack("!HHIIHHHH", sport, dport, 1, 1, offset << 12 | flags,
                       1000, 0, 0)
    pseudo = packed(src) + packed(dst) + struct.pack("!HH", TCP,
                                                     20 + len(body))
    total = checksum(pseudo + head + body)
    return head[:16] + struct.pack("!H", total) + head[18:] + body


def icmp(number, body):
    head = struct.pack("!BBHHH", 8, 0, 0, 1, number)
    return head[:2] + struct.pack("!H", checksum(head + body)) + head[4:] \
        + body


def ethernet(dst, src, ethertype, body, vlan=None):
    tag = b"" if vlan is None else struct.pack("!HH", VLAN, vlan)
    return bytes.fromhex(dst) + bytes.fromhex(src) + tag \
        + struct.pack("!H", ethertype) + body


def arp(src_mac, src, dst):
    return struct.pack("!HHBBH", 1, IPV4, 6, 4, 1) + bytes.fromhex(src_mac) \
        + packed(src) + bytes(6) + packed(dst)


def labels(stack, ttl=255, tc=0):
    """STACK is a sequence of labels."""
    return b"".join(struct.pack("!I", label << 12 | tc << 9
                                | (i == len(stack) - 1) << 8 | ttl)
                    for i, label in enumerate(stack))


def tunnel(kind, src, body, *, sport=49153, dport=6635, udp_kind="good",
           udp_more=0, gre_flags=0, pad=b"", vlan=None, dst=None, **how):
    """A tunnel packet of KIND from SRC with BODY, a label stack and what is
    below it.  The rest are deviations."""
    family = 6 if ":" in src else 4
    dst = dst or LOCAL[family]
    if kind == "mplsudp":
        body = udp(src, dst, sport, dport, body, kind=udp_kind, more=udp_more)
    elif kind == "mplsgre":
        more = bytes(4) if gre_flags else b""
        body = struct.pack("!HH", gre_flags, 0x8847) + more + body
    packet = ip(src, dst, PROTOCOLS[kind], body, **how) + pad
    tag = b"" if vlan is None else struct.pack("!HH", VLAN, vlan)
    return OUTER_MACS + tag \
        + struct.pack("!H", IPV6 if family == 6 else IPV4) + packet
