/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>

#include "label-actions.h"

#include "inner-packet.h"
#include "label-pop.h"
#include "label-push.h"
#include "netlink.h"
#include "odp-netlink.h"
#include "packet-room.h"
#include "packets.h"
#include "vport-mplsudp-private.h"
#include "wire.h"

BUILD_ASSERT_DECL(sizeof(struct label_pop) == LABEL_ACTIONS_POP_SIZE);
BUILD_ASSERT_DECL(offsetof(struct label_push_header, bytes)
                  == LABEL_PUSH_HEAD);

/* Packets refused by each action. */
static struct vport_mplsudp_drops push_drops;
static struct vport_mplsudp_drops pop_drops;

static void
refuse(enum mplsudp_drop reason, enum vport_mplsudp_way way,
       struct dp_packet *packet)
{
    vport_mplsudp_count(reason, way == VPORT_MPLSUDP_PUSH_LABELS ? &push_drops
                                                                 : &pop_drops,
                        NULL);
    vport_mplsudp_record(reason, way, "", NULL, packet);
    dp_packet_delete(packet);
}

/* Finds what 'packet' can inherit from: the network header that OVS parsed,
 * so that what translation knows of the flow is what packets get.  Returns its
 * offset, or SIZE_MAX if there is none, and its Ethertype in '*type'. */
static size_t
find_source(const struct dp_packet *packet, uint16_t *type)
{
    const uint8_t *data = dp_packet_data(packet);
    size_t ofs = packet->l3_ofs;

    if (packet->packet_type != htonl(PT_ETH)) {
        *type = ntohs(pt_ns_type_be(packet->packet_type));
        return pt_ns(packet->packet_type) == OFPHTN_ETHERTYPE ? 0 : SIZE_MAX;
    }
    if (ofs < ETHERNET_SIZE || ofs > dp_packet_size(packet)) {
        return SIZE_MAX;
    }
    *type = wire_get16(data + ofs - 2);
    return *type == ETHERTYPE_IPV4 || *type == ETHERTYPE_IPV6 ? ofs
                                                              : SIZE_MAX;
}

/* Puts 'header' before 'packet'. */
static enum mplsudp_drop
push_packet(const struct label_push_header *header, struct dp_packet *packet)
{
    uint8_t *data = dp_packet_data(packet);
    size_t size = dp_packet_size(packet);
    uint16_t type = 0;
    size_t ofs = header->inherits ? find_source(packet, &type) : SIZE_MAX;
    bool inherits = ofs != SIZE_MAX;
    enum mplsudp_drop verdict
        = label_push_write(header, inherits ? data + ofs : data,
                           inherits ? size - ofs : 0, type,
                           data - header->size);

    if (OVS_UNLIKELY(verdict)) {
        return verdict;
    }
    if (packet->packet_type != htonl(PT_ETH)) {
        /* Padding was that of the Ethernet header that is gone. */
        size -= dp_packet_l2_pad_size(packet);
    }
    packet_set_bytes(packet, data - header->size, header->size + size);
    packet->l2_5_ofs = 0;
    packet->l3_ofs = header->size;
    packet->packet_type = htonl(PT_MPLS);
    pkt_metadata_init_conn(&packet->md);
    return MPLSUDP_PASS;
}

bool
label_actions_push(struct dp_packet_batch *batch, const struct nlattr *attr)
{
    const struct label_push_header *header = nl_attr_get(attr);
    size_t i, size = dp_packet_batch_size(batch);
    struct dp_packet *packet;

    DP_PACKET_BATCH_REFILL_FOR_EACH (i, size, packet, batch) {
        enum mplsudp_drop verdict;

        packet = packet_with_room(packet, header->size);
        verdict = push_packet(header, packet);
        if (OVS_LIKELY(verdict == MPLSUDP_PASS)) {
            dp_packet_batch_refill(batch, packet, i);
        } else {
            refuse(verdict, VPORT_MPLSUDP_PUSH_LABELS, packet);
        }
    }
    return !dp_packet_batch_is_empty(batch);
}

/* Returns the offset of the label stack in 'packet', or SIZE_MAX. */
static size_t
find_stack(const struct dp_packet *packet)
{
    struct inner_packet inner;

    if (packet->packet_type == htonl(PT_MPLS)
        || packet->packet_type == htonl(PT_MPLS_MC)) {
        return 0;
    }
    return packet->packet_type == htonl(PT_ETH)
           && inner_packet_read(dp_packet_data(packet),
                                dp_packet_size(packet), 0, &inner)
           && (inner.type == ETHERTYPE_MPLS
               || inner.type == ETHERTYPE_MPLS_UPSTREAM)
           ? inner.l3_ofs : SIZE_MAX;
}

/* Makes of 'packet' what 'exposed' says, in whose stead up to 'ofs' labels and
 * an Ethernet header stand. */
static void
expose(struct dp_packet *packet, size_t ofs,
       const struct label_exposed *exposed)
{
    dp_packet_reset_packet(packet, ofs);
    if (exposed->type) {
        uint8_t *eth = dp_packet_push_zeros(packet, ETHERNET_SIZE);

        wire_put16(eth + ETHERNET_SIZE - 2, exposed->type);
    }
    packet->packet_type = htonl(PT_ETH);
    dp_packet_reset_offload(packet);
    pkt_metadata_init_conn(&packet->md);
}

enum mplsudp_drop
label_actions_pop_one(const struct label_pop *pop, struct dp_packet **packet)
{
    size_t ofs = find_stack(*packet);
    struct label_exposed exposed;
    enum mplsudp_drop verdict
        = ofs == SIZE_MAX ? MPLSUDP_DROP_NOT_MPLS
          : label_pop_read(pop, (uint8_t *) dp_packet_data(*packet) + ofs,
                           dp_packet_size(*packet) - ofs, &exposed);

    if (OVS_LIKELY(verdict == MPLSUDP_PASS)) {
        *packet = packet_with_room(*packet, ETHERNET_SIZE);
        expose(*packet, ofs + exposed.ofs, &exposed);
    }
    return verdict;
}

bool
label_actions_pop(struct dp_packet_batch *batch, const struct nlattr *attr)
{
    const struct label_pop *pop = nl_attr_get(attr);
    size_t i, size = dp_packet_batch_size(batch);
    struct dp_packet *packet;

    DP_PACKET_BATCH_REFILL_FOR_EACH (i, size, packet, batch) {
        enum mplsudp_drop verdict = label_actions_pop_one(pop, &packet);

        if (OVS_LIKELY(verdict == MPLSUDP_PASS)) {
            dp_packet_batch_refill(batch, packet, i);
        } else {
            refuse(verdict, VPORT_MPLSUDP_POP_LABELS, packet);
        }
    }
    return !dp_packet_batch_is_empty(batch);
}

void
label_actions_sflow(const struct nlattr *attr, uint32_t *lses,
                    uint32_t *depth, bool *error)
{
    const struct label_push_header *header = nl_attr_get(attr);

    if (nl_attr_type(attr) == OVS_ACTION_ATTR_POP_LABELS) {
        *depth = 0;
        return;
    }
    if (header->n > FLOW_MAX_MPLS_LABELS - *depth) {
        *error = true;
        return;
    }
    for (size_t i = header->n; i-- > 0; ) {
        lses[(*depth)++] = wire_get32(header->bytes + i * LSE_SIZE);
    }
}

void
label_actions_show(struct ds *ds)
{
    vport_mplsudp_show_drops(ds, "push_labels refused", &push_drops);
    vport_mplsudp_show_drops(ds, "pop_labels refused", &pop_drops);
}
