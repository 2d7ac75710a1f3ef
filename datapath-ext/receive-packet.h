/* SPDX-License-Identifier: Apache-2.0
 *
 * receive-packet: takes a packet out of its tunnel by the layout that it is
 * known to have (receive-layout.h), with the result that vport_mplsudp_pop()
 * and flow extraction after it would give.
 *
 * Called by direct-receive.inc for each packet that matches an entry of
 * receive-cache.h. */

#ifndef RECEIVE_PACKET_H
#define RECEIVE_PACKET_H 1

#include "dp-packet.h"
#include "packets.h"
#include "receive-cache.h"
#include "wire.h"

/* Checks lengths and sums of 'packet', whose bits are those of '*layout', and
 * stores its extent in '*extent'.  Sums that a NIC has found good are not
 * looked at. */
static inline bool
receive_packet_check(const struct dp_packet *packet,
                     const struct receive_layout *layout,
                     struct receive_extent *extent)
{
    const uint8_t *data = dp_packet_data(packet);

    return receive_layout_check(layout, data, dp_packet_size(packet), extent)
           && receive_layout_sums_ok(layout, data, extent,
                                     !dp_packet_ip_checksum_valid(packet),
                                     !dp_packet_l4_checksum_valid(packet));
}

/* Sets the metadata of a packet of 'peer' that matched 'entry', of 'layout'.
 * 'data' is still the packet in its tunnel. */
static inline void
receive_packet_set_metadata(struct pkt_metadata *md,
                            const struct receive_peer *peer,
                            const struct receive_entry *entry,
                            const struct receive_layout *layout,
                            const uint8_t *data)
{
    struct flow_tnl *tnl = &md->tunnel;

    /* Connection state that is not looked at stays as it is. */
    memset(md, 0, offsetof(struct pkt_metadata, ct_label));
    md->in_port.odp_port = peer->tunnel_port;
    md->orig_in_port = peer->in_port;
    md->conn = NULL;
    md->reply = false;
    md->icmp_related = false;
    memcpy(tnl, &peer->tunnel, offsetof(struct flow_tnl, metadata));
    memset(&tnl->metadata, 0, offsetof(struct tun_metadata, opts));
    tnl->tun_id = htonll(entry->key);
    tnl->flags = FLOW_TNL_F_KEY | (layout->has_sum ? FLOW_TNL_F_CSUM : 0);
    tnl->ip_ttl = data[ETHERNET_SIZE + (layout->ipv6 ? 7 : 8)];
    if (layout->type == MPLSUDP_TYPE_UDP) {
        memcpy(&tnl->tp_src, data + layout->body_ofs, sizeof tnl->tp_src);
    }
}

/* Cuts 'packet' down to the 'extent' of what is in the tunnel, with the
 * offsets that flow extraction would find. */
static inline void
receive_packet_cut(struct dp_packet *packet,
                   const struct receive_layout *layout,
                   const struct receive_extent *extent)
{
    uint8_t *payload = (uint8_t *) dp_packet_data(packet)
                       + layout->payload_ofs;
    size_t ofs = layout->payload_ofs;
    size_t size = extent->size;

    if (layout->inner_type) {
        ofs -= ETHERNET_SIZE;
        size += ETHERNET_SIZE;
        memset(payload - ETHERNET_SIZE, 0, ETHERNET_SIZE - 2);
        wire_put16(payload - 2, layout->inner_type);
    }
    dp_packet_reset_packet(packet, ofs);
    dp_packet_set_size(packet, size);
    dp_packet_set_l2_pad_size(packet, extent->l2_pad_size);
    packet->l3_ofs = layout->l3_ofs - ofs;
    packet->l4_ofs = layout->l4_ofs - ofs;
    dp_packet_reset_offload(packet);
}

/* Returns true if the packet of 'layout' and 'extent' at 'data', which is
 * still in its tunnel, has a whole TCP or UDP header behind its IP header, and
 * stores TCP's flags, or 0, in '*tcp_flags'. */
static inline bool
receive_packet_ports(const struct receive_layout *layout,
                     const uint8_t *data, const struct receive_extent *extent,
                     uint16_t *tcp_flags)
{
    const uint8_t *ip = data + layout->l3_ofs;
    const uint8_t *l4 = data + layout->l4_ofs;
    uint8_t protocol = ip[layout->inner_version == 4 ? 9 : 6];
    size_t l4_size = layout->payload_ofs + extent->size - extent->l2_pad_size
                     - layout->l4_ofs;

    *tcp_flags = 0;
    if ((protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
        || !receive_l4_is_whole(protocol, l4, l4_size)) {
        return false;
    }
    if (protocol == IPPROTO_TCP) {
        *tcp_flags = wire_get16(l4 + 12) & 0xfff;
    }
    return true;
}

/* Takes 'packet', which comes from 'peer', matched 'entry' and passed
 * receive_packet_check() with 'extent', out of its tunnel. */
static inline void
receive_packet_take(struct dp_packet *packet, const struct receive_peer *peer,
                    const struct receive_entry *entry,
                    const struct receive_layout *layout,
                    const struct receive_extent *extent)
{
    receive_packet_set_metadata(&packet->md, peer, entry, layout,
                                dp_packet_data(packet));
    receive_packet_cut(packet, layout, extent);
}

/* Gives 'packet', which left its tunnel and has ports, the hash that flow
 * extraction would give it. */
static inline void
receive_packet_set_hash(struct dp_packet *packet,
                        const struct receive_layout *layout)
{
    if (layout->inner_version == 4) {
        dp_packet_update_rss_hash_ipv4_tcp_udp(packet);
    } else {
        dp_packet_update_rss_hash_ipv6_tcp_udp(packet);
    }
}

#endif /* receive-packet.h */
