/* SPDX-License-Identifier: Apache-2.0
 *
 * Transmit: a translated flow to a header template, and packets through it. */

#include <config.h>

#include "vport-mplsudp-private.h"

#include "dp-packet.h"
#include "flow.h"
#include "mplsudp-encap.h"
#include "mplsudp-template.h"
#include "netlink.h"
#include "odp-netlink.h"
#include "packet-room.h"
#include "packets.h"

BUILD_ASSERT_DECL(MPLSUDP_TEMPLATE_MAX <= TNL_PUSH_HEADER_SIZE);

/* The types that lib/odp-util.c and xlate tell apart are those of the kernel.
 * Ours borrow the one of "bareudp", which has no other use in userspace; which
 * of the three it is stands in the template. */
static const uint32_t tnl_type = OVS_VPORT_TYPE_BAREUDP;

int
vport_mplsudp_build_header(const struct netdev *netdev,
                           struct ovs_action_push_tnl *data,
                           const struct netdev_tnl_build_header_params *params)
{
    const struct vport_mplsudp *port = vport_mplsudp_cast(netdev);
    const struct mplsudp_config *config = vport_mplsudp_get(port);
    const struct flow_tnl *tnl = &params->flow->tunnel;
    struct in6_addr dst = flow_tnl_dst(tnl);
    struct mplsudp_template_params t = {
        .outer = {
            .ipv6 = params->is_ipv6,
            .dont_fragment = (tnl->flags & FLOW_TNL_F_DONT_FRAGMENT) != 0,
            .tos = tnl->ip_tos,
            .ttl = tnl->ip_ttl,
        },
        .key = ntohll(tnl->tun_id),
        .port_id = port->id,
        .mtu = vport_mplsudp_tunnel_mtu(config, params->flow->pkt_mark, &dst),
        .fixed_src_port = port->fixed_src_port,
    };

    vport_mplsudp_note_far_end(&dst);
    memcpy(t.outer.eth_dst, &params->dmac, sizeof t.outer.eth_dst);
    memcpy(t.outer.eth_src, &params->smac, sizeof t.outer.eth_src);
    memcpy(t.outer.ip_src, params->s_ip, sizeof t.outer.ip_src);
    memcpy(t.outer.ip_dst, &dst, sizeof t.outer.ip_dst);

    data->header_len = mplsudp_template_build(config, &t,
                                              (uint8_t *) data->header);
    data->tnl_type = tnl_type;
    return 0;
}

/* Returns the IP protocol of what 'data', an action of ours, sends. */
uint8_t
vport_mplsudp_push_nw_proto(const struct ovs_action_push_tnl *data)
{
    struct mplsudp_push push;

    return mplsudp_template_push((const uint8_t *) data->header,
                                 data->header_len, &push)
           ? mplsudp_types[push.type].protocol : 0;
}

/* Returns the number of bytes by which 'data', the action that a flow was
 * translated to, makes packets of 'flow' longer: what OVS's statistics add. */
size_t
vport_mplsudp_header_size(const struct ovs_action_push_tnl *data,
                          const struct flow *flow)
{
    struct mplsudp_push push;

    if (data->tnl_type != tnl_type
        || !mplsudp_template_push((const uint8_t *) data->header,
                                  data->header_len, &push)) {
        return data->header_len;
    }

    /* The Ethernet header that is not sent makes up for the outer one. */
    if (eth_type_mpls(flow->dl_type)) {
        return push.outer_size - ETHERNET_SIZE;
    } else if (dl_type_is_ip_any(flow->dl_type)
               && (push.payload == MPLSUDP_PAYLOAD_IP
                   || (eth_addr_is_zero(flow->dl_src)
                       && eth_addr_is_zero(flow->dl_dst)))) {
        return push.outer_size + push.stack_size - ETHERNET_SIZE;
    }
    return mplsudp_push_header_size(&push);
}

/* Returns true if 'attr', a tnl_push action, has a template of ours.  A NIC
 * cannot execute it: what it would put before packets is incomplete. */
bool
vport_mplsudp_owns_action(const struct nlattr *attr)
{
    const struct ovs_action_push_tnl *data = nl_attr_get(attr);

    return data->tnl_type == tnl_type;
}

/* netdev_has_tunnel_push_pop() wants a push_header(), but it could not drop a
 * packet.  netdev_push_header() hands batches to vport_mplsudp_push() before
 * it would come here. */
void
vport_mplsudp_push_header(COMPAT_PUSH_HEADER_ARGS)
{
    OVS_NOT_REACHED();
}

/* Returns 0 if 'packet' is an Ethernet frame, its Ethertype if it has no
 * Ethernet header, or -1 if it is of another kind. */
static int
packet_ethertype(const struct dp_packet *packet)
{
    if (packet->packet_type == htonl(PT_ETH)) {
        return 0;
    }
    return pt_ns(packet->packet_type) == OFPHTN_ETHERTYPE
           ? ntohs(pt_ns_type_be(packet->packet_type)) : -1;
}

/* Puts the header of 'template' and 'push' before 'packet'.  Returns
 * MPLSUDP_PASS, or why the packet must be dropped. */
static enum mplsudp_drop
push_packet(const uint8_t *template, const struct mplsudp_push *push,
            struct dp_packet *packet)
{
    int type = packet_ethertype(packet);
    struct mplsudp_encap encap;
    enum mplsudp_drop verdict;

    if (OVS_UNLIKELY(dp_packet_hwol_is_tso(packet)
                     || dp_packet_hwol_l4_mask(packet))) {
        return MPLSUDP_DROP_OFFLOAD;
    }
    if (OVS_UNLIKELY(type < 0)) {
        return MPLSUDP_DROP_PAYLOAD;
    }
    verdict = mplsudp_encap_plan(template, push, dp_packet_data(packet),
                                 dp_packet_size(packet), type, &encap);
    if (OVS_UNLIKELY(verdict)) {
        return verdict;
    }

    dp_packet_reset_packet(packet, encap.skip);
    dp_packet_set_size(packet, encap.payload_size);
    mplsudp_encap_write(template, push, &encap,
                        dp_packet_push_uninit(packet, encap.header_size));
    packet->packet_type = htonl(PT_ETH);
    packet->l3_ofs = ETHERNET_SIZE;
    packet->l4_ofs = push->outer_size - mplsudp_types[push->type].header_size;
    return MPLSUDP_PASS;
}

/* Pushes the template in 'data' onto each packet of 'batch' and removes the
 * packets that cannot be sent, if 'netdev' is ours; otherwise returns
 * false. */
bool
vport_mplsudp_push(const struct netdev *netdev, struct dp_packet_batch *batch,
                   const struct ovs_action_push_tnl *data)
{
    const uint8_t *template = (const uint8_t *) data->header;
    size_t i, size = dp_packet_batch_size(batch);
    struct dp_packet *packet;
    struct mplsudp_push push;
    size_t room;
    bool valid;

    if (!vport_mplsudp_is_class(netdev)) {
        return false;
    }
    valid = mplsudp_template_push(template, data->header_len, &push);
    room = valid ? mplsudp_push_header_size(&push) : 0;

    DP_PACKET_BATCH_REFILL_FOR_EACH (i, size, packet, batch) {
        enum mplsudp_drop verdict;

        packet = packet_with_room(packet, room);
        verdict = valid ? push_packet(template, &push, packet)
                        : MPLSUDP_DROP_TEMPLATE;
        if (OVS_LIKELY(verdict == MPLSUDP_PASS)) {
            pkt_metadata_init(&packet->md, data->out_port);
            dp_packet_batch_refill(batch, packet, i);
        } else {
            struct vport_mplsudp *user
                = valid ? vport_mplsudp_from_id(push.port_id) : NULL;

            vport_mplsudp_count(verdict, &vport_mplsudp_cast(netdev)->drops,
                                user ? &user->drops : NULL);
            vport_mplsudp_record(verdict, VPORT_MPLSUDP_TRANSMIT,
                                 netdev_get_name(netdev),
                                 user ? user->name : NULL, packet);
            dp_packet_delete(packet);
        }
    }
    return true;
}
