/* SPDX-License-Identifier: Apache-2.0
 *
 * inner-packet: the packet inside a tunnel, as far as the tunnel looks at it.
 *
 * Transmit (mplsudp-encap.c, label-entropy.c) finds the network header to hash
 * the flow and to inherit TTL and TOS; receive (mplsudp-decap.c) finds it to
 * merge the congestion marks of RFC 6040; label-push.c and label-pop.c copy
 * its TTL. */

#ifndef INNER_PACKET_H
#define INNER_PACKET_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mplsudp-drop.h"
#include "wire.h"

enum {
    ETHERNET_SIZE = 14,
    ETHERTYPE_MIN = 0x0600,     /* What is less is a length. */
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_ARP = 0x0806,
    ETHERTYPE_VLAN = 0x8100,
    ETHERTYPE_QINQ = 0x88a8,
    ETHERTYPE_IPV6 = 0x86dd,
    ETHERTYPE_MPLS = 0x8847,
    ETHERTYPE_MAC_CONTROL = 0x8808,     /* PAUSE frames, IEEE 802.3. */
    ETHERTYPE_MPLS_UPSTREAM = 0x8848,   /* Upstream-assigned, RFC 5332. */
    IPV4_SIZE = 20,             /* Without options. */
    IPV6_SIZE = 40              /* Without extension headers. */
};

/* The low two bits of the TOS or traffic class byte (RFC 3168). */
enum {
    ECN_NOT_ECT = 0,
    ECN_ECT1 = 1,
    ECN_ECT0 = 2,
    ECN_CE = 3,
    ECN_MASK = 3
};

/* A packet as inner_packet_read() saw it. */
struct inner_packet {
    const uint8_t *data;        /* First byte. */
    size_t size;                /* Bytes in all. */
    uint16_t outer_type;        /* First Ethertype, or the packet's type. */
    uint16_t type;              /* Ethertype after any VLAN tags. */
    uint16_t l3_ofs;            /* Where what 'type' names begins. */
    uint8_t ip_version;         /* 4 or 6 if a whole IP header is there. */
    bool has_ethernet;
};

/* Returns 4 or 6 if an IP header of that version and of sane length starts at
 * 'data', of which 'size' bytes are there; otherwise 0. */
static inline uint8_t
inner_ip_version(const uint8_t *data, size_t size)
{
    if (size >= IPV4_SIZE && data[0] >> 4 == 4) {
        size_t header_size = (data[0] & 0xf) * 4;

        return header_size >= IPV4_SIZE && header_size <= size ? 4 : 0;
    }
    return size >= IPV6_SIZE && data[0] >> 4 == 6 ? 6 : 0;
}

/* Returns true if both MAC addresses of the Ethernet header are zero.  Not by
 * wire_get32(): compilers would take the bytes one by one. */
static inline bool
inner_macs_zero(const uint8_t *frame)
{
    uint64_t first8;
    uint32_t last4;

    memcpy(&first8, frame, sizeof first8);
    memcpy(&last4, frame + sizeof first8, sizeof last4);
    return !(first8 | last4);
}

/* Moves '*inner', which was read as far as 'l3_ofs', past VLAN tags. */
void inner_packet_skip_tags(struct inner_packet *inner);

/* Reads the headers of the 'size' bytes at 'data' into '*inner'.  'type' is 0
 * for an Ethernet frame, else the Ethertype of a packet without an Ethernet
 * header.  Returns false if an Ethernet frame is too short to be one; then
 * '*inner' is undefined. */
static inline bool
inner_packet_read(const uint8_t *data, size_t size, uint16_t type,
                  struct inner_packet *inner)
{
    inner->data = data;
    inner->size = size;
    inner->has_ethernet = !type;
    inner->l3_ofs = 0;
    if (!type) {
        if (size < ETHERNET_SIZE) {
            return false;
        }
        type = wire_get16(data + 12);
        inner->l3_ofs = ETHERNET_SIZE;
    }
    inner->outer_type = inner->type = type;
    if (type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ) {
        inner_packet_skip_tags(inner);
    }
    inner->ip_version = 0;
    if (inner->type == ETHERTYPE_IPV4 || inner->type == ETHERTYPE_IPV6) {
        uint8_t version = inner_ip_version(data + inner->l3_ofs,
                                           size - inner->l3_ofs);

        if (version == (inner->type == ETHERTYPE_IPV4 ? 4 : 6)) {
            inner->ip_version = version;
        }
    }
    return true;
}

/* Returns the number of bytes of the IP packet of 'version' (4 or 6) at 'ip',
 * by its own length field; 'size' if an IPv6 packet does not give it. */
static inline size_t
inner_ip_size(const uint8_t *ip, uint8_t version, size_t size)
{
    if (version == 4) {
        return wire_get16(ip + 2);
    } else {
        uint16_t body = wire_get16(ip + 4);

        return body ? (size_t) body + IPV6_SIZE : size;
    }
}

/* Returns the TOS or traffic class byte of the IP header of 'version' (4 or 6)
 * at 'ip'. */
static inline uint8_t
inner_ip_tos(const uint8_t *ip, uint8_t version)
{
    return version == 4 ? ip[1] : (uint8_t) (wire_get16(ip) >> 4);
}

/* Returns the TTL or hop limit of the IP header of 'version' (4 or 6). */
static inline uint8_t
inner_ip_ttl(const uint8_t *ip, uint8_t version)
{
    return ip[version == 4 ? 8 : 7];
}

/* Merges 'outer_ecn' (0-3) of the tunnel header into the IP header of
 * 'version' (4 or 6) at 'ip', as RFC 6040 section 4.2 figure 4 says, and
 * corrects the IPv4 header checksum.  Returns MPLSUDP_PASS, or ECN if the
 * packet must be dropped. */
enum mplsudp_drop inner_ecn_merge(uint8_t *ip, uint8_t version,
                                  uint8_t outer_ecn);

/* Lowers the TTL or hop limit of the IP header of 'version' (4 or 6) at 'ip'
 * to 'ttl' if it is larger (RFC 3443 section 3: it is never raised), and
 * corrects the IPv4 header checksum. */
void inner_ttl_lower(uint8_t *ip, uint8_t version, uint8_t ttl);

#endif /* inner-packet.h */
