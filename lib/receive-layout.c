/* SPDX-License-Identifier: Apache-2.0 */

#include "receive-layout.h"

#include <string.h>

#include "inner-packet.h"
#include "label-stack.h"

enum {
    IPV4_PLAIN = 0x45,          /* Version 4, no options. */
    IPV4_FRAGMENT_BITS = 0x3fff,
    GRE_PLAIN = ETHERTYPE_MPLS  /* No flags, version 0. */
};

/* Returns true if an IPv6 header with next header 'protocol' has no extension
 * header behind it: hop-by-hop options, routing, fragment, authentication,
 * destination options (RFC 8200, RFC 4302). */
static bool
ipv6_is_plain(uint8_t protocol)
{
    return protocol != 0 && protocol != 43 && protocol != 44
           && protocol != 51 && protocol != 60;
}

/* Returns the version of the IP header at 'ip' if it is whole, has neither
 * options nor extension headers and is no fragment; otherwise 0. */
static uint8_t
plain_ip_version(const uint8_t *ip, size_t size)
{
    if (size >= IPV4_SIZE && ip[0] == IPV4_PLAIN) {
        return wire_get16(ip + 6) & IPV4_FRAGMENT_BITS ? 0 : 4;
    }
    return size >= IPV6_SIZE && ip[0] >> 4 == 6 && ipv6_is_plain(ip[6])
           ? 6 : 0;
}

/* Reads the label stack and what '*receive' says is below it. */
static bool
find_payload(const struct mplsudp_receive *receive, const uint8_t *packet,
             size_t size, struct receive_layout *layout)
{
    const uint8_t *stack = packet + layout->stack_ofs;
    struct label_stack_key read;
    size_t ofs;

    if (label_stack_read_key(stack, size - layout->stack_ofs, &read)
        || read.size > LABEL_KEY_DEPTH * LSE_SIZE) {
        return false;
    }
    for (size_t i = 0; i < read.size; i += LSE_SIZE) {
        if (lse_label(wire_get32(stack + i)) == LABEL_ENTROPY_INDICATOR) {
            return false;
        }
    }
    layout->key = read.key;
    layout->stack_size = (uint8_t) read.size;
    layout->outer_ttl_down = receive->outer_ttl_down;
    ofs = layout->stack_ofs + read.size;
    if (size < ofs + CONTROL_WORD_SIZE + ETHERNET_SIZE) {
        return false;
    }
    if (receive->payload == MPLSUDP_PAYLOAD_IP
        || (receive->payload == MPLSUDP_PAYLOAD_AUTO && packet[ofs] >> 4)) {
        layout->inner_type = packet[ofs] >> 4 == 4 ? ETHERTYPE_IPV4
                                                   : ETHERTYPE_IPV6;
        layout->payload_ofs = (uint8_t) ofs;
        layout->l3_ofs = (uint8_t) ofs;
        layout->ttl_down = receive->ip_ttl_down;
        return true;
    }
    ofs += receive->control_word ? CONTROL_WORD_SIZE : 0;
    layout->inner_type = 0;
    layout->payload_ofs = (uint8_t) ofs;
    layout->l3_ofs = (uint8_t) (ofs + ETHERNET_SIZE);
    layout->ttl_down = receive->ethernet_ttl_down;
    return true;
}

/* Finds the IP packet in the tunnel. */
static bool
find_inner_ip(const uint8_t *packet, size_t size,
              struct receive_layout *layout)
{
    const uint8_t *ip = packet + layout->l3_ofs;
    uint8_t outer_tos = inner_ip_tos(packet + ETHERNET_SIZE,
                                     layout->ipv6 ? 6 : 4);
    uint8_t ecn = outer_tos & ECN_MASK;
    uint16_t type;

    layout->inner_version = size > layout->l3_ofs
                            ? plain_ip_version(ip, size - layout->l3_ofs) : 0;
    if (!layout->inner_version) {
        return false;
    }
    type = layout->inner_version == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
    if ((layout->inner_type ? layout->inner_type : wire_get16(ip - 2))
        != type) {
        return false;
    }
    layout->l4_ofs = (uint8_t) (layout->l3_ofs
                                + (layout->inner_version == 4 ? IPV4_SIZE
                                                              : IPV6_SIZE));
    /* Merging the same mark, or none, leaves the packet as it is. */
    return !ecn
           || ecn == (inner_ip_tos(ip, layout->inner_version) & ECN_MASK);
}

bool
receive_layout_find_outer(enum mplsudp_type type, const uint8_t *packet,
                          size_t size, struct receive_layout *layout)
{
    uint8_t version;

    memset(layout, 0, sizeof *layout);
    if (size < RECEIVE_OUTER_IPV6_WORDS * 8) {
        return false;
    }
    version = plain_ip_version(packet + ETHERNET_SIZE, size - ETHERNET_SIZE);
    if (!version || wire_get16(packet + 12) != (version == 4 ? ETHERTYPE_IPV4
                                                : ETHERTYPE_IPV6)) {
        return false;
    }
    layout->type = (uint8_t) type;
    layout->ipv6 = version == 6;
    layout->body_ofs = ETHERNET_SIZE + (version == 4 ? IPV4_SIZE : IPV6_SIZE);
    layout->stack_ofs = (uint8_t) (layout->body_ofs
                                   + mplsudp_types[type].header_size);
    return true;
}

bool
receive_layout_find(enum mplsudp_type type,
                    const struct mplsudp_receive *receive,
                    const uint8_t *packet, size_t size,
                    struct receive_layout *layout)
{
    struct receive_extent extent;

    if (receive->payload == MPLSUDP_PAYLOAD_MPLS
        || !receive_layout_find_outer(type, packet, size, layout)) {
        return false;
    }
    layout->has_sum = type == MPLSUDP_TYPE_UDP
                      && wire_get16(packet + layout->body_ofs + 6);
    if (type == MPLSUDP_TYPE_GRE
        && wire_get32(packet + layout->body_ofs) != GRE_PLAIN) {
        return false;
    }
    /* Flow extraction does not go behind an IP header with wrong lengths, so
     * what it makes of this packet would not hold for others. */
    return find_payload(receive, packet, size, layout)
           && find_inner_ip(packet, size, layout)
           && receive_layout_check(layout, packet, size, &extent);
}

static void
set_bits(uint8_t *head, size_t ofs, size_t size)
{
    memset(head + ofs, 0xff, size);
}

/* The bits of the IP header at 'ofs' that make it plain. */
static void
mask_ip(uint8_t *head, size_t ofs, bool ipv6)
{
    if (ipv6) {
        head[ofs] |= 0xf0;
        head[ofs + 6] = 0xff;
    } else {
        head[ofs] = 0xff;
        head[ofs + 6] |= IPV4_FRAGMENT_BITS >> 8;
        head[ofs + 7] = 0xff;
    }
}

void
receive_layout_mask_outer(const struct receive_layout *layout,
                          uint8_t head[RECEIVE_HEAD_SIZE])
{
    const size_t ip = ETHERNET_SIZE;

    set_bits(head, 12, 2);
    mask_ip(head, ip, layout->ipv6);
    if (layout->ipv6) {
        set_bits(head, ip + 8, 2 * OUTER_ADDRESS_SIZE);
    } else {
        set_bits(head, ip + 9, 1);
        set_bits(head, ip + 12, 8);
    }
    if (layout->type == MPLSUDP_TYPE_UDP) {
        set_bits(head, layout->body_ofs + 2, 2);
    }
}

void
receive_layout_mask(const struct receive_layout *layout,
                    uint8_t head[RECEIVE_HEAD_SIZE])
{
    size_t stack_end = (size_t) layout->stack_ofs + layout->stack_size;
    size_t inner = layout->l3_ofs;

    receive_layout_mask_outer(layout, head);
    if (layout->type == MPLSUDP_TYPE_GRE) {
        set_bits(head, layout->body_ofs,
                 layout->stack_ofs - (size_t) layout->body_ofs);
    }
    for (size_t i = 0; i < layout->stack_size; i += LSE_SIZE) {
        wire_put32(head + layout->stack_ofs + i,
                   lse_make(LABEL_MAX, 0, true, 0));
    }
    if (layout->payload_ofs > stack_end) {
        head[stack_end] |= 0xf0;        /* It is a control word. */
    }
    if (!layout->inner_type) {
        set_bits(head, inner - 2, 2);
    }
    mask_ip(head, inner, layout->inner_version == 6);
    /* ECN, so that there is nothing to merge. */
    head[ETHERNET_SIZE + 1] |= layout->ipv6 ? ECN_MASK << 4 : ECN_MASK;
    head[inner + 1] |= layout->inner_version == 6 ? ECN_MASK << 4 : ECN_MASK;
}
