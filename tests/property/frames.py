# SPDX-License-Identifier: Apache-2.0
"""Probes as bytes: what a VM sends, and what a forger puts on the underlay.

A frame ends with MAGIC and its probe's number, by which it is known again
wherever it arrives.  Used by probes.py.
"""

import ipaddress
import struct

MAGIC = b"mplsudp-probe"
BROADCAST = b"\xff" * 6
GATEWAY_MAC = bytes.fromhex("024d504c5301")
PROBE_TYPE = 0x88b5             # For experiments (RFC 7042 appendix B).
ENCAPS = ("mplsudp", "mplsgre", "mplsip")


def trailer(number):
    return MAGIC + struct.pack("!Q", number)


def number_of(frame):
    """The number of the probe that FRAME is, or None."""
    start = frame.rfind(MAGIC)
    if start < 0 or len(frame) < start + len(MAGIC) + 8:
        return None
    return struct.unpack_from("!Q", frame, start + len(MAGIC))[0]


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ip(src, dst, protocol, payload, ttl=64):
    """An IPv4 or IPv6 packet."""
    if src.version == 6:
        return struct.pack("!IHBB", 6 << 28, len(payload), protocol, ttl) \
            + src.packed + dst.packed + payload
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000,
                         ttl, protocol, 0) + src.packed + dst.packed
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] \
        + payload


def udp(src, dst, sport, dport, payload):
    """A UDP packet with its checksum, in IP."""
    length = 8 + len(payload)
    header = struct.pack("!HHHH", sport, dport, length, 0)
    pseudo = src.packed + dst.packed + struct.pack("!IBBBB", length,
                                                   0, 0, 0, 17)
    if src.version == 4:
        pseudo = src.packed + dst.packed + struct.pack("!BBH", 0, 17, length)
    total = checksum(pseudo + header + payload) or 0xffff
    return ip(src, dst, 17, header[:6] + struct.pack("!H", total) + payload)


def ethernet(dst, src, ethertype, payload, vlan=None):
    tag = b"" if vlan is None else struct.pack("!HH", 0x8100, vlan)
    return dst + src + tag + struct.pack("!H", ethertype) + payload


def ethertype_of(packet):
    """That of an IP packet."""
    return 0x0800 if packet[0] >> 4 == 4 else 0x86dd


def rarp(mac):
    """What a VM's host says when the VM has moved (RFC 903)."""
    return ethernet(BROADCAST, mac, 0x8035,
                    struct.pack("!HHBBH", 1, 0x0800, 6, 4, 3)
                    + mac + bytes(4) + mac + bytes(4))


def mpls(encap, src, dst, label, payload, is_ethernet):
    """A packet on the underlay, from its IP header on.  An Ethernet payload
    has a control word (RFC 4448)."""
    stack = struct.pack("!I", label << 12 | 1 << 8 | 64)
    stack += (bytes(4) if is_ethernet else b"") + payload
    if encap == "mplsudp":
        return udp(src, dst, 0xc000 + label % 0x3000, 6635, stack)
    if encap == "mplsgre":
        return ip(src, dst, 47, struct.pack("!HH", 0, 0x8847) + stack)
    return ip(src, dst, 137, stack)


def address(text):
    return ipaddress.ip_address(text)
