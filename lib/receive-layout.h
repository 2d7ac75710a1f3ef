/* SPDX-License-Identifier: Apache-2.0
 *
 * receive-layout: where the headers lie in a received tunnel packet that has
 * nothing unusual, and what has to be looked at in each packet of that layout.
 *
 * mplsudp-decap.c takes any packet apart, field by field.  Packets of one
 * tunnel and one inner flow, however, have the same bytes in most of their
 * headers.  Once one was taken apart, the next is known to give the same
 * result if it
 *
 *  - has the same bits where receive_layout_mask() says (versions, header
 *    lengths, protocols, addresses, the label stack), and
 *
 *  - passes receive_layout_check() and receive_layout_sums_ok(): lengths, TTLs
 *    and checksums, which differ from packet to packet.
 *
 * A layout has no IP options or extension headers, no fragments, no VLAN tag,
 * no entropy label, and no congestion mark or TTL that receiving would write
 * into the packet: such packets go the long way.
 *
 * Called by receive-cache.c and direct-receive.inc. */

#ifndef RECEIVE_LAYOUT_H
#define RECEIVE_LAYOUT_H 1

#include "label-stack.h"
#include "mplsudp-decap.h"

enum {
    RECEIVE_HEAD_WORDS = 20,    /* 64-bit words of headers that matter. */
    RECEIVE_HEAD_SIZE = RECEIVE_HEAD_WORDS * 8,
    RECEIVE_OUTER_IPV4_WORDS = 5,   /* Up to UDP's ports, and */
    RECEIVE_OUTER_IPV6_WORDS = 8    /* to UDP's checksum. */
};

/* Offsets are bytes from the outer Ethernet header. */
struct receive_layout {
    uint8_t type;               /* enum mplsudp_type. */
    bool ipv6;                  /* Outer. */
    bool has_sum;               /* The UDP checksum is not zero. */
    uint8_t inner_version;      /* 4 or 6. */
    uint8_t body_ofs;           /* Behind the outer IP header. */
    uint8_t stack_ofs;          /* Label stack, */
    uint8_t stack_size;         /* and its bytes. */
    uint8_t payload_ofs;        /* Frame or IP packet in the tunnel. */
    uint8_t l3_ofs;             /* Its IP header, */
    uint8_t l4_ofs;             /* and what is behind that. */
    uint8_t l4_protocol;        /* TCP or UDP if its header must be whole, so
                                 * that it can be matched; else 0. */
    bool ttl_down;              /* The label's TTL is merged into IP's, */
    bool outer_ttl_down;        /* and the outer TTL into that. */
    uint16_t inner_type;        /* 0 for an Ethernet frame, else Ethertype. */
    uint64_t key;               /* As label-stack.h packs it. */
};

/* Where a packet of a known layout ends. */
struct receive_extent {
    size_t size;                /* Bytes from 'payload_ofs' on. */
    size_t l2_pad_size;         /* Of these, behind the inner IP packet. */
};

/* Finds the layout of the outer headers of the packet of 'size' bytes at
 * 'packet', an Ethernet frame for a tunnel of 'type', and clears the rest of
 * '*layout'.  Returns false if it has none. */
bool receive_layout_find_outer(enum mplsudp_type type, const uint8_t *packet,
                               size_t size, struct receive_layout *layout);

/* Finds the layout of the packet of 'size' bytes at 'packet', an Ethernet
 * frame that was accepted by 'type' and '*receive'; 'l4_protocol' is left 0.
 * Returns false if it has none. */
bool receive_layout_find(enum mplsudp_type type,
                         const struct mplsudp_receive *receive,
                         const uint8_t *packet, size_t size,
                         struct receive_layout *layout);

/* Sets in 'head' all bits of the first RECEIVE_HEAD_SIZE bytes of a packet
 * that must be the same in each packet with the outer headers of '*layout',
 * within the first RECEIVE_OUTER_IPV4_WORDS or RECEIVE_OUTER_IPV6_WORDS. */
void receive_layout_mask_outer(const struct receive_layout *layout,
                               uint8_t head[RECEIVE_HEAD_SIZE]);

/* The same for each packet of '*layout'. */
void receive_layout_mask(const struct receive_layout *layout,
                         uint8_t head[RECEIVE_HEAD_SIZE]);

/* Returns true if the TCP or UDP header in the 'size' bytes at 'l4' is whole,
 * or if 'protocol' is 0. */
static inline bool
receive_l4_is_whole(uint8_t protocol, const uint8_t *l4, size_t size)
{
    enum { TCP = 6, TCP_SIZE = 20, UDP_SIZE = 8 };

    if (protocol == TCP) {
        return size >= TCP_SIZE && l4[12] >> 4 >= TCP_SIZE / 4
               && (size_t) (l4[12] >> 4) * 4 <= size;
    }
    return !protocol || size >= UDP_SIZE;
}

/* Finds the end of the tunnel's payload in the packet of 'size' bytes at
 * 'packet', by the lengths of IP and UDP, in '*end'.  Returns false if they
 * are not right.  RFC 791, RFC 8200, RFC 768. */
static inline bool
receive_outer_end(const struct receive_layout *layout, const uint8_t *packet,
                  size_t size, size_t *end)
{
    *end = layout->ipv6 ? ETHERNET_SIZE + IPV6_SIZE
                          + (size_t) wire_get16(packet + ETHERNET_SIZE + 4)
                        : ETHERNET_SIZE
                          + (size_t) wire_get16(packet + ETHERNET_SIZE + 2);
    if (*end > size) {
        return false;
    }
    if (layout->type == MPLSUDP_TYPE_UDP) {
        size_t udp_end = layout->body_ofs
                         + (size_t) wire_get16(packet + layout->body_ofs + 4);

        if (udp_end > *end
            || (wire_get16(packet + layout->body_ofs + 6) != 0)
               != layout->has_sum) {
            return false;
        }
        *end = udp_end;
    }
    return true;
}

/* Returns true if the TTLs in 'packet' are accepted and merging them changes
 * nothing.  RFC 3032 section 2.4, RFC 3443. */
static inline bool
receive_ttls_stay(const struct receive_layout *layout, const uint8_t *packet)
{
    uint8_t ttl = packet[layout->stack_ofs + LSE_SIZE - 1];

    if (layout->ttl_down) {
        uint8_t outer = inner_ip_ttl(packet + ETHERNET_SIZE,
                                     layout->ipv6 ? 6 : 4);
        uint8_t inner = inner_ip_ttl(packet + layout->l3_ofs,
                                     layout->inner_version);

        if (layout->outer_ttl_down && outer < ttl) {
            ttl = outer;
        }
        return inner && inner <= ttl;
    }
    return ttl;
}

/* Checks lengths and TTLs in the packet of 'size' bytes at 'packet', whose
 * bits are those of '*layout', and stores its extent in '*extent'.  Returns
 * false if something is unusual, and then the packet must go the long way. */
static inline bool
receive_layout_check(const struct receive_layout *layout,
                     const uint8_t *packet, size_t size,
                     struct receive_extent *extent)
{
    const uint8_t *ip = packet + layout->l3_ofs;
    size_t end, ip_size, header_size;

    if (!receive_outer_end(layout, packet, size, &end)
        || !receive_ttls_stay(layout, packet)) {
        return false;
    }
    if (layout->inner_version == 4) {
        header_size = IPV4_SIZE;
        ip_size = wire_get16(ip + 2);
    } else {
        header_size = IPV6_SIZE;
        ip_size = header_size + wire_get16(ip + 4);
    }
    if (ip_size < header_size || layout->l3_ofs + ip_size > end
        || !receive_l4_is_whole(layout->l4_protocol, ip + header_size,
                                ip_size - header_size)) {
        return false;
    }
    extent->size = end - layout->payload_ofs;
    extent->l2_pad_size = end - layout->l3_ofs - ip_size;
    return true;
}

/* Checks the sums in a packet that passed receive_layout_check() with
 * 'extent': that of the outer IPv4 header if 'verify_ip', and that of UDP if
 * 'verify_udp' and there is one.  Returns false if one is wrong. */
static inline bool
receive_layout_sums_ok(const struct receive_layout *layout,
                       const uint8_t *packet,
                       const struct receive_extent *extent,
                       bool verify_ip, bool verify_udp)
{
    const uint8_t *ip = packet + ETHERNET_SIZE;

    if (verify_ip && !layout->ipv6
        && inet_sum_finish(inet_sum_add_header(0, ip, IPV4_SIZE))) {
        return false;
    }
    if (verify_udp && layout->has_sum) {
        struct outer_ip outer = {
            .header = ip,
            .body = packet + layout->body_ofs,
            .ipv6 = layout->ipv6,
        };

        return outer_udp_sum_ok(&outer, layout->payload_ofs + extent->size
                                        - layout->body_ofs);
    }
    return true;
}

#endif /* receive-layout.h */
