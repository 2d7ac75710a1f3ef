# SPDX-License-Identifier: Apache-2.0
#
# captures: pcap files of prepared packets, for datapath-bench beside this
# file: inner frames to push onto, and tunnel packets to pop.
#
# A capture has the same number of packets of each of its flows.  Flows differ
# in their UDP ports and addresses, packets of a flow in IP identification.
# Tunnel packets have what a sender of the type writes: a source port or
# nothing that depends on the inner flow, and right checksums.

import struct

MIN_PACKETS = 64                # More than a burst, also of a single flow.

INNER_MACS = bytes.fromhex('02aa0000000202aa00000001')
LOCAL_IP, REMOTE_IP = '198.18.0.1', '198.18.0.2'
LOCAL_MAC, REMOTE_MAC = '02bb00000001', '02bb00000002'
KEY = 100

UDP_PORTS = {'mplsudp': 6635, 'vxlan': 4789, 'geneve': 6081}
PROTOCOLS = {'mplsudp': 17, 'vxlan': 17, 'geneve': 17, 'gre': 47,
             'mplsgre': 47, 'mplsip': 137}


def checksum(data):
    """Returns the Internet checksum of 'data'."""
    if len(data) & 1:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total >> 16) + (total & 0xffff)
    return total ^ 0xffff


def address(text):
    return bytes(int(byte) for byte in text.split('.'))


def ipv4(src, dst, protocol, body, identification=0):
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(body),
                       identification, 0x4000, 64, protocol, 0, src, dst)
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + body


def udp(src, dst, src_port, dst_port, body, with_sum):
    size = 8 + len(body)
    head = struct.pack('!HHHH', src_port, dst_port, size, 0)
    if with_sum:
        pseudo = src + dst + struct.pack('!HH', 17, size)
        total = checksum(pseudo + head + body) or 0xffff
        head = head[:6] + struct.pack('!H', total)
    return head + body


def inner_frame(flow, size, identification):
    """Returns an Ethernet frame of 'size' bytes with a UDP packet."""
    src = struct.pack('!BBH', 10, 1, flow >> 8)
    dst = struct.pack('!BBBB', 10, 2, 0, flow & 0xff)
    body = bytes((identification + i) & 0xff for i in range(size - 42))
    return INNER_MACS + b'\x08\0' + ipv4(
        src, dst, 17, udp(src, dst, 1024 + flow % 50000, 4000, body, True),
        identification)


def tunnel_body(kind, frame, payload):
    """Returns what 'kind' puts between IP or UDP header and 'frame'."""
    if kind == 'vxlan':
        return struct.pack('!II', 0x08000000, KEY << 8) + frame
    if kind == 'geneve':
        return struct.pack('!HHI', 0, 0x6558, KEY << 8) + frame
    if kind == 'gre':
        return struct.pack('!HHI', 0x2000, 0x6558, KEY) + frame
    gre = b'\0\0\x88\x47' if kind == 'mplsgre' else b''
    label = struct.pack('!I', KEY << 12 | 1 << 8 | 255)
    if payload == 'ip':
        return gre + label + frame[14:]
    return gre + label + b'\0\0\0\0' + frame


def peer_ip(peer):
    """Returns the address of far end number 'peer'; 0 is REMOTE_IP."""
    first = address(REMOTE_IP)
    return first[:3] + bytes([first[3] + peer])


def tunnel_packet(kind, flow, frame, csum, payload, peer):
    """Returns 'frame' in a tunnel from far end 'peer' to LOCAL_IP."""
    src, dst = peer_ip(peer), address(LOCAL_IP)
    body = tunnel_body(kind, frame, payload)
    if kind in UDP_PORTS:
        port = 49152 + flow * 40503 % 16384
        body = udp(src, dst, port, UDP_PORTS[kind], body, csum)
    return bytes.fromhex(LOCAL_MAC + REMOTE_MAC) + b'\x08\0' + ipv4(
        src, dst, PROTOCOLS[kind], body)


def write(path, packets):
    """Writes 'packets' to a pcap file."""
    with open(path, 'wb') as out:
        out.write(struct.pack('!IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for packet in packets:
            out.write(struct.pack('!IIII', 0, 0, len(packet), len(packet)))
            out.write(packet)


def make(path, flows, size, kind=None, csum=False, payload='ethernet',
         peers=1, others=0):
    """Writes a capture of 'flows' flows of inner frames of 'size' bytes, in
    tunnels of type 'kind' from 'peers' far ends if that is given, behind
    'others' frames that are in none."""
    packets = [inner_frame(0, size, i) for i in range(others)]
    for i in range(flows if others else max(flows, MIN_PACKETS)):
        flow = i % flows
        packet = inner_frame(flow, size, i & 0xffff)
        if kind:
            packet = tunnel_packet(kind, flow, packet, csum, payload,
                                   flow % peers)
        packets.append(packet)
    write(path, packets)
