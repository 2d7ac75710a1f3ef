/* SPDX-License-Identifier: Apache-2.0
 *
 * Transmit: a translated flow to a header template, and packets through it. */

#include <config.h>

#include "vport-mplsudp-private.h"

#include "dp-packet.h"
#include "encap-lane.h"
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
    if (OVS_LIKELY(packet->packet_type == htonl(PT_ETH))) {
        return 0;
    }
    return pt_ns(packet->packet_type) == OFPHTN_ETHERTYPE
           ? ntohs(pt_ns_type_be(packet->packet_type)) : -1;
}

/* Puts the header of '*batch' before 'packet', which has room for it.  Returns
 * MPLSUDP_PASS, or why the packet must be dropped. */
static inline enum mplsudp_drop
push_packet(struct mplsudp_batch *batch, struct dp_packet *packet)
{
    uint8_t *data = dp_packet_data(packet);
    size_t size = dp_packet_size(packet);
    int type = packet_ethertype(packet);
    struct mplsudp_encap encap;

    if (OVS_UNLIKELY(dp_packet_hwol_is_tso(packet)
                     || dp_packet_hwol_l4_mask(packet))) {
        return MPLSUDP_DROP_OFFLOAD;
    }
    if (OVS_UNLIKELY(type < 0)) {
        return MPLSUDP_DROP_PAYLOAD;
    }
    if (!encap_lane_plan(batch, data, size, type, &encap)) {
        enum mplsudp_drop verdict
            = mplsudp_encap_plan(batch, data, size, type, &encap);

        if (OVS_UNLIKELY(verdict)) {
            return verdict;
        }
    }
    data = data + encap.skip - encap.header_size;
    mplsudp_encap_write(batch, &encap, data);
    packet_set_bytes(packet, data, encap.header_size + encap.payload_size);
    packet->packet_type = htonl(PT_ETH);
    packet->l3_ofs = ETHERNET_SIZE;
    packet->l4_ofs = batch->l4_ofs;
    return MPLSUDP_PASS;
}

/* Frees 'packet', which 'netdev' could not send, and counts why: also for the
 * user port whose template 'push' is of, if that could be read. */
static void
refuse(const struct netdev *netdev, const struct mplsudp_push *push,
       enum mplsudp_drop reason, struct dp_packet *packet)
{
    struct vport_mplsudp *user
        = push ? vport_mplsudp_from_id(push->port_id) : NULL;

    vport_mplsudp_count(reason, &vport_mplsudp_cast(netdev)->drops,
                        user ? &user->drops : NULL);
    vport_mplsudp_record(reason, VPORT_MPLSUDP_TRANSMIT,
                         netdev_get_name(netdev), user ? user->name : NULL,
                         packet);
    dp_packet_delete(packet);
}

/* Pushes the template in 'data' onto each packet of 'packets' and removes the
 * packets that cannot be sent, if 'netdev' is ours; otherwise returns
 * false. */
bool
vport_mplsudp_push(const struct netdev *netdev,
                   struct dp_packet_batch *packets,
                   const struct ovs_action_push_tnl *data)
{
    size_t i, size = dp_packet_batch_size(packets);
    struct mplsudp_batch batch;
    struct dp_packet *packet;
    bool valid;

    if (!vport_mplsudp_is_class(netdev)) {
        return false;
    }
    valid = mplsudp_batch_init((const uint8_t *) data->header,
                               data->header_len, &batch);

    DP_PACKET_BATCH_REFILL_FOR_EACH (i, size, packet, packets) {
        enum mplsudp_drop verdict = MPLSUDP_DROP_TEMPLATE;

        if (OVS_LIKELY(valid)) {
            packet = packet_with_room(packet, batch.frame_header_size);
            verdict = push_packet(&batch, packet);
        }
        if (OVS_LIKELY(verdict == MPLSUDP_PASS)) {
            pkt_metadata_init(&packet->md, data->out_port);
            dp_packet_batch_refill(packets, packet, i);
        } else {
            refuse(netdev, valid ? &batch.push : NULL, verdict, packet);
        }
    }
    return true;
}
