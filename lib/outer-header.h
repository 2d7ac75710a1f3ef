/* SPDX-License-Identifier: Apache-2.0
 *
 * outer-header: the tunnel's own Ethernet, IPv4 or IPv6, and UDP headers.
 *
 * mplsudp-template.c writes them, mplsudp-encap.c completes them for each
 * packet, mplsudp-decap.c reads them.  Addresses are 16 bytes, IPv4 ones
 * mapped (::ffff:a.b.c.d), as OVS keeps tunnel addresses. */

#ifndef OUTER_HEADER_H
#define OUTER_HEADER_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "inet-sum.h"
#include "inner-packet.h"
#include "mplsudp-drop.h"
#include "wire.h"

enum {
    OUTER_ADDRESS_SIZE = 16,
    OUTER_UDP_SIZE = 8,
    OUTER_PROTOCOL_UDP = 17
};

/* An outer IP header as read from a packet. */
struct outer_ip {
    uint8_t src[OUTER_ADDRESS_SIZE];
    uint8_t dst[OUTER_ADDRESS_SIZE];
    const uint8_t *header;      /* First byte of the IP header. */
    const uint8_t *body;        /* First byte behind it and its options. */
    size_t body_size;           /* By the length field, not the packet. */
    uint8_t protocol;
    uint8_t tos;
    uint8_t ttl;
    bool ipv6;
    bool is_fragment;
    bool is_later_fragment;     /* 'body' is not the start of what was sent. */
};

/* Reads the IP header that starts the 'size' bytes at 'data', and checks its
 * length and, if 'verify_sum', the IPv4 header checksum.  Bytes behind the
 * packet's own length are ignored.
 *
 * Returns MPLSUDP_PASS, or OUTER_TRUNCATED, OUTER_PROTOCOL (also for an IPv6
 * routing header with segments left, whose packet has not reached its end: RFC
 * 8200 section 4.4), OUTER_LENGTH, IP_CHECKSUM, or UNKNOWN_SOURCE for an IPv6
 * packet from an IPv4-mapped address, which would pass for one over IPv4; and
 * then '*ip' is undefined. */
enum mplsudp_drop outer_ip_read(const uint8_t *data, size_t size,
                                bool verify_sum, struct outer_ip *ip);

/* An outer UDP header as read from a packet. */
struct outer_udp {
    uint16_t src_port;
    uint16_t dst_port;
    bool has_sum;               /* False if the checksum field is zero. */
    size_t size;                /* UDP length, with the header; see below. */
};

/* Reads the UDP header at the start of 'ip->body'.  Returns MPLSUDP_PASS, or
 * OUTER_PROTOCOL or OUTER_TRUNCATED, and then '*udp' is undefined. */
enum mplsudp_drop outer_udp_read(const struct outer_ip *ip,
                                 struct outer_udp *udp);

/* Checks that the UDP length fits the header and the packet (RFC 768), which
 * outer_udp_read() leaves open so that a packet with a wrong one can be
 * counted for its source.  Returns MPLSUDP_PASS or OUTER_LENGTH. */
enum mplsudp_drop outer_udp_check(const struct outer_ip *ip,
                                  const struct outer_udp *udp);

/* Returns true if the checksum of the UDP datagram of 'size' bytes at
 * 'ip->body' is right. */
bool outer_udp_sum_ok(const struct outer_ip *ip, size_t size);

/* What a tunnel's outer headers hold that is the same for every packet. */
struct outer_params {
    uint8_t eth_dst[6];
    uint8_t eth_src[6];
    uint8_t ip_src[OUTER_ADDRESS_SIZE];
    uint8_t ip_dst[OUTER_ADDRESS_SIZE];
    bool ipv6;
    bool dont_fragment;         /* IPv4 only. */
    uint8_t tos;
    uint8_t ttl;
    uint8_t protocol;
};

/* Writes the Ethernet and IP headers for 'params' to 'out', with lengths and
 * checksum zero.  Returns the number of bytes written, 34 or 54. */
size_t outer_ip_write(const struct outer_params *params, uint8_t *out);

/* Returns the sum of the pseudo-header for 'size' bytes of UDP behind the IP
 * header at 'ip', as inet-sum.h has it. */
uint64_t outer_pseudo_sum(const uint8_t *ip, bool ipv6, size_t size);

/* What differs from packet to packet in an outer IP header. */
struct outer_ip_patch {
    uint8_t tos;
    uint8_t ttl;
    uint32_t flow_label;        /* IPv6 only, 20 bits. */
    uint16_t size;              /* Bytes of the packet, with this header. */
};

/* Returns what the packets whose IPv4 header starts as that at 'template',
 * which outer_ip_write() made, have in common in their checksum. */
static inline uint16_t
outer_ipv4_sum(const uint8_t *template)
{
    uint64_t sum = UINT64_C(0x4500) + template[9] + wire_get32(template + 4)
                   + wire_get32(template + 12) + wire_get32(template + 16);

    return (uint16_t) (sum % UINT16_MAX);
}

/* Completes the IPv4 header at 'ip', a copy of a template of which 'sum' is
 * outer_ipv4_sum(), by '*patch'.  No byte is read: those just written cannot
 * be read in other sizes without a stall. */
static inline void
outer_ipv4_finish(uint8_t *ip, uint16_t sum,
                  const struct outer_ip_patch *patch)
{
    uint32_t all = (uint32_t) sum + patch->tos + patch->size
                   + ((uint32_t) patch->ttl << 8);

    all = (all >> 16) + (all & 0xffff);
    all += all >> 16;
    ip[1] = patch->tos;
    wire_put16(ip + 2, patch->size);
    ip[8] = patch->ttl;
    wire_put16(ip + 10, (uint16_t) ~all);
}

/* Completes the IPv6 header at 'ip', a copy of a template, by '*patch'. */
static inline void
outer_ipv6_finish(uint8_t *ip, const struct outer_ip_patch *patch)
{
    wire_put32(ip, UINT32_C(6) << 28 | (uint32_t) patch->tos << 20
                   | patch->flow_label);
    wire_put16(ip + 4, (uint16_t) (patch->size - IPV6_SIZE));
    ip[7] = patch->ttl;
}

/* Stores the checksum of the UDP datagram at 'udp' of which 'sum' is the sum,
 * with that of the pseudo-header.  RFC 768, RFC 8200 section 8.1. */
static inline void
outer_udp_sum_write(uint8_t *udp, uint64_t sum)
{
    uint16_t field = inet_sum_finish(sum);

    if (!field) {
        field = UINT16_MAX;     /* Zero would mean "no checksum". */
    }
    memcpy(udp + 6, &field, sizeof field);
}

#endif /* outer-header.h */
