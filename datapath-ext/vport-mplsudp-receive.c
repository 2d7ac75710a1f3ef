/* SPDX-License-Identifier: Apache-2.0
 *
 * Receive: tunnel packets to Ethernet frames with tunnel metadata. */

#include <config.h>

#include "vport-mplsudp-private.h"

#include "dp-packet.h"
#include "inner-packet.h"
#include "packets.h"
#include "wire.h"

/* A batch mostly comes from one peer: the last source found. */
struct last_source {
    struct in6_addr remote;
    uint16_t dst_port;
    struct vport_mplsudp_source *source;
    const struct mplsudp_receive *receive;
};

/* Finds who accepts a packet with '*outer'.  Returns false if nobody does. */
static bool
lookup_source(const struct mplsudp_outer *outer, struct last_source *last)
{
    struct in6_addr remote;

    memcpy(&remote, outer->ip.src, sizeof remote);
    if (!last->source || last->dst_port != outer->udp.dst_port
        || memcmp(&last->remote, &remote, sizeof remote)) {
        last->remote = remote;
        last->dst_port = outer->udp.dst_port;
        last->source = vport_mplsudp_source_lookup(outer->type,
                                                   outer->udp.dst_port,
                                                   &remote);
        if (last->source) {
            last->receive = ovsrcu_get(const struct mplsudp_receive *,
                                       &last->source->receive);
        }
    }
    return last->source != NULL;
}

/* Fills in 'packet''s tunnel metadata.  The outer TOS is left 0: its ECN part
 * is merged into the packet already, and OVS would match on all of it, at the
 * price of a megaflow for each value. */
static void
set_tunnel_metadata(struct dp_packet *packet,
                    const struct mplsudp_outer *outer,
                    const struct mplsudp_inner *inner)
{
    struct flow_tnl *tnl = &packet->md.tunnel;

    pkt_metadata_init_tnl(&packet->md);
    if (outer->ip.ipv6) {
        memcpy(&tnl->ipv6_src, outer->ip.src, sizeof tnl->ipv6_src);
        memcpy(&tnl->ipv6_dst, outer->ip.dst, sizeof tnl->ipv6_dst);
    } else {
        memcpy(&tnl->ip_src, outer->ip.src + 12, sizeof tnl->ip_src);
        memcpy(&tnl->ip_dst, outer->ip.dst + 12, sizeof tnl->ip_dst);
    }
    tnl->ip_ttl = outer->ip.ttl;
    tnl->tp_src = htons(outer->udp.src_port);
    tnl->tp_dst = htons(outer->udp.dst_port);
    if (outer->udp.has_sum) {
        tnl->flags |= FLOW_TNL_F_CSUM;
    }
    if (inner->has_key) {
        tnl->tun_id = htonll(inner->key);
        tnl->flags |= FLOW_TNL_F_KEY;
    }
}

/* Cuts 'packet' down to the payload that '*inner' found.  One that came
 * without an Ethernet header gets one with zero addresses, written over outer
 * bytes that end just before it. */
static void
cut_to_payload(struct dp_packet *packet, const struct mplsudp_outer *outer,
               const struct mplsudp_inner *inner)
{
    const uint8_t *payload = outer->ip.body + inner->ofs;
    size_t ofs = payload - (const uint8_t *) dp_packet_data(packet);

    if (inner->type) {
        uint8_t *eth = (uint8_t *) payload - ETHERNET_SIZE;

        memset(eth, 0, ETHERNET_SIZE - 2);
        wire_put16(eth + ETHERNET_SIZE - 2, inner->type);
        dp_packet_reset_packet(packet, ofs - ETHERNET_SIZE);
        dp_packet_set_size(packet, ETHERNET_SIZE + inner->size);
    } else {
        dp_packet_reset_packet(packet, ofs);
        dp_packet_set_size(packet, inner->size);
    }
    packet->packet_type = htonl(PT_ETH);
}

/* Returns the Ethertype of the network header of 'packet', which flow
 * extraction has found. */
static uint16_t
network_ethertype(const struct dp_packet *packet)
{
    return packet->packet_type == htonl(PT_ETH)
           ? wire_get16((const uint8_t *) dp_packet_l3(packet) - 2)
           : ntohs(pt_ns_type_be(packet->packet_type));
}

/* Takes 'packet' out of its tunnel.  Returns MPLSUDP_PASS, or why it must be
 * dropped.  'last->source' is the port to count that for, if known. */
static enum mplsudp_drop
pop_packet(enum mplsudp_type type, struct dp_packet *packet,
           struct last_source *last)
{
    size_t size = dp_packet_size(packet);
    struct mplsudp_outer outer;
    struct mplsudp_inner inner;
    enum mplsudp_drop verdict;

    /* Without an IP header 'l3_ofs' is UINT16_MAX, and actions like
     * output(max_len) shorten packets behind OVS's back.  Padding does no
     * harm. */
    verdict = packet->l3_ofs < size
              ? mplsudp_outer_read(type, dp_packet_l3(packet),
                                   size - packet->l3_ofs,
                                   !dp_packet_ip_checksum_valid(packet),
                                   &outer)
              : MPLSUDP_DROP_OUTER_TRUNCATED;
    /* OVS goes by the Ethertype and does not look at the version (RFC 1122
     * section 3.2.1.1). */
    if (OVS_LIKELY(!verdict)
        && OVS_UNLIKELY(network_ethertype(packet)
                        != (outer.ip.ipv6 ? ETHERTYPE_IPV6
                                          : ETHERTYPE_IPV4))) {
        verdict = MPLSUDP_DROP_OUTER_PROTOCOL;
    }
    if (OVS_UNLIKELY(verdict)) {
        last->source = NULL;
        return verdict;
    }
    if (OVS_UNLIKELY(!lookup_source(&outer, last))) {
        return MPLSUDP_DROP_UNKNOWN_SOURCE;
    }
    verdict = mplsudp_decap(&outer, last->receive,
                            !dp_packet_l4_checksum_valid(packet), &inner);
    if (OVS_UNLIKELY(verdict)) {
        return verdict;
    }
    set_tunnel_metadata(packet, &outer, &inner);
    cut_to_payload(packet, &outer, &inner);
    dp_packet_reset_offload(packet);
    pkt_metadata_init_conn(&packet->md);
    return MPLSUDP_PASS;
}

/* Counts, records and deletes 'packet', which 'port' refused for 'reason'.
 * 'source' may be null. */
static void
refuse_packet(enum mplsudp_drop reason, struct vport_mplsudp *port,
              struct vport_mplsudp_source *source, struct dp_packet *packet)
{
    vport_mplsudp_count(reason, &port->drops, source ? &source->drops : NULL);
    vport_mplsudp_record(reason, VPORT_MPLSUDP_RECEIVE, port->name,
                         source ? ovsrcu_get(const char *, &source->name)
                                : NULL,
                         packet);
    dp_packet_delete(packet);
}

/* Takes each packet of 'batch' out of its tunnel and removes those that are
 * refused, if 'netdev' is ours; otherwise returns false. */
bool
vport_mplsudp_pop(const struct netdev *netdev, struct dp_packet_batch *batch)
{
    struct last_source last = { .source = NULL };
    size_t i, size = dp_packet_batch_size(batch);
    struct vport_mplsudp *port;
    struct dp_packet *packet;

    if (!vport_mplsudp_is_class(netdev)) {
        return false;
    }
    port = vport_mplsudp_cast(netdev);
    DP_PACKET_BATCH_REFILL_FOR_EACH (i, size, packet, batch) {
        enum mplsudp_drop verdict = pop_packet(port->type, packet, &last);

        if (OVS_LIKELY(verdict == MPLSUDP_PASS)) {
            dp_packet_batch_refill(batch, packet, i);
        } else {
            refuse_packet(verdict, port, last.source, packet);
        }
    }
    return true;
}

/* netdev_has_tunnel_push_pop() wants a pop_header(), but it would know
 * neither port nor batch.  netdev_pop_header() hands batches to
 * vport_mplsudp_pop() before it would come here. */
struct dp_packet *
vport_mplsudp_pop_header(struct dp_packet *packet OVS_UNUSED)
{
    OVS_NOT_REACHED();
}
