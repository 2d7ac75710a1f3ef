/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>

#include "receive-mask.h"

#include "flow.h"
#include "openvswitch/flow.h"
#include "packets.h"

/* A new field must be thought of here: does it stand in the packet? */
BUILD_ASSERT_DECL(FLOW_WC_SEQ == 42);

/* Adds the 'size' bytes at 'field' to those at 'ofs'. */
static void
add(uint8_t *head, size_t ofs, const void *field, size_t size)
{
    const uint8_t *bytes = field;

    for (size_t i = 0; i < size; i++) {
        head[ofs + i] |= bytes[i];
    }
}

static void
add_ethernet(const struct flow *mask, size_t ofs, uint8_t *head)
{
    add(head, ofs, &mask->dl_dst, sizeof mask->dl_dst);
    add(head, ofs + 6, &mask->dl_src, sizeof mask->dl_src);
}

static void
add_ip(const struct flow *mask, size_t ofs, bool ipv6, uint8_t *head)
{
    if (ipv6) {
        ovs_be32 first = htonl((uint32_t) mask->nw_tos << 20)
                         | mask->ipv6_label;

        add(head, ofs, &first, sizeof first);
        add(head, ofs + 6, &mask->nw_proto, 1);
        add(head, ofs + 7, &mask->nw_ttl, 1);
        add(head, ofs + 8, &mask->ipv6_src, sizeof mask->ipv6_src);
        add(head, ofs + 24, &mask->ipv6_dst, sizeof mask->ipv6_dst);
    } else {
        add(head, ofs + 1, &mask->nw_tos, 1);
        add(head, ofs + 8, &mask->nw_ttl, 1);
        add(head, ofs + 9, &mask->nw_proto, 1);
        add(head, ofs + 12, &mask->nw_src, sizeof mask->nw_src);
        add(head, ofs + 16, &mask->nw_dst, sizeof mask->nw_dst);
    }
}

static void
add_ports(const struct flow *mask, size_t ofs, uint8_t *head)
{
    add(head, ofs, &mask->tp_src, sizeof mask->tp_src);
    add(head, ofs + 2, &mask->tp_dst, sizeof mask->tp_dst);
}

void
receive_mask_outer(const struct flow *mask,
                   const struct receive_layout *layout,
                   uint8_t head[RECEIVE_HEAD_SIZE])
{
    add_ethernet(mask, 0, head);
    add_ip(mask, ETHERNET_SIZE, layout->ipv6, head);
    if (layout->type == MPLSUDP_TYPE_UDP) {
        add_ports(mask, layout->body_ofs, head);
    }
}

/* Fields of which the protocol decides whether and where they stand. */
static bool
needs_l4(const struct flow *mask)
{
    return mask->tp_src || mask->tp_dst || mask->tcp_flags
           || !eth_addr_is_zero(mask->arp_sha)
           || !eth_addr_is_zero(mask->arp_tha)
           || !ipv6_is_zero(&mask->nd_target) || mask->igmp_group_ip4;
}

bool
receive_mask_inner(const struct flow *mask, const uint8_t *packet,
                   struct receive_layout *layout,
                   uint8_t head[RECEIVE_HEAD_SIZE])
{
    bool ipv6 = layout->inner_version == 6;
    size_t protocol_ofs = layout->l3_ofs + (ipv6 ? 6 : 9);

    if (layout->type == MPLSUDP_TYPE_UDP) {
        add(head, layout->body_ofs, &mask->tunnel.tp_src,
            sizeof mask->tunnel.tp_src);
    }
    add(head, ETHERNET_SIZE + (layout->ipv6 ? 7 : 8), &mask->tunnel.ip_ttl, 1);
    if (!layout->inner_type) {
        add_ethernet(mask, layout->payload_ofs, head);
    }
    add_ip(mask, layout->l3_ofs, ipv6, head);
    layout->l4_protocol = 0;
    if (needs_l4(mask)) {
        uint8_t protocol = packet[protocol_ofs];

        if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP) {
            return false;
        }
        layout->l4_protocol = protocol;
        head[protocol_ofs] = UINT8_MAX;
        add_ports(mask, layout->l4_ofs, head);
        if (protocol == IPPROTO_TCP) {
            add(head, layout->l4_ofs + 12, &mask->tcp_flags,
                sizeof mask->tcp_flags);
        }
    }
    return true;
}
