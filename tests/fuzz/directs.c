/* SPDX-License-Identifier: Apache-2.0 */

#include "directs.h"

#include "packets.h"
#include "wire.h"

#define FIELD(NAME) { offsetof(struct flow, NAME), \
                      MEMBER_SIZEOF(struct flow, NAME) }

/* What a datapath flow may match on. */
static const struct {
    size_t ofs, size;
} fields[] = {
    FIELD(tunnel.tun_id), FIELD(tunnel.ip_src), FIELD(tunnel.ip_dst),
    FIELD(tunnel.ipv6_src), FIELD(tunnel.ipv6_dst), FIELD(tunnel.flags),
    FIELD(tunnel.ip_tos), FIELD(tunnel.ip_ttl), FIELD(tunnel.tp_src),
    FIELD(tunnel.tp_dst), FIELD(skb_priority), FIELD(pkt_mark),
    FIELD(dp_hash), FIELD(in_port), FIELD(recirc_id), FIELD(ct_state),
    FIELD(ct_nw_proto), FIELD(ct_zone), FIELD(ct_mark), FIELD(packet_type),
    FIELD(ct_label), FIELD(dl_dst), FIELD(dl_src), FIELD(dl_type),
    FIELD(vlans), FIELD(mpls_lse), FIELD(nw_src), FIELD(nw_dst),
    FIELD(ct_nw_src), FIELD(ipv6_src), FIELD(ipv6_dst), FIELD(ipv6_label),
    FIELD(nw_frag), FIELD(nw_tos), FIELD(nw_ttl), FIELD(nw_proto),
    FIELD(nd_target), FIELD(arp_sha), FIELD(arp_tha), FIELD(tcp_flags),
    FIELD(nsh), FIELD(tp_src), FIELD(tp_dst), FIELD(ct_tp_src),
    FIELD(igmp_group_ip4),
};

enum {
    MASK_PARTS = 16,
    SECOND_MASK = 0x100,        /* Of 'nw_dst'. */
    WHOLE_FIELD = 0x80,
    CHANGED = 3,                /* Bits of a change. */
    RESIZED = 1 << 2,
    N_FLIPS_SHIFT = 3,
    LENGTHS_RIGHT = 1 << 6,
    SUMS_RIGHT = 1 << 7
};

/* The rest of an input. */
struct reader {
    const uint8_t *data;
    size_t size;
};

/* Returns the next byte, 0 behind the end. */
static uint8_t
next(struct reader *reader)
{
    if (!reader->size) {
        return 0;
    }
    reader->size--;
    return *reader->data++;
}

static void
read_mask(struct reader *reader, struct flow *mask)
{
    memset(mask, 0, sizeof *mask);
    for (int n = next(reader) % MASK_PARTS; n > 0; n--) {
        uint8_t field = next(reader), byte = next(reader);
        uint8_t value = next(reader);
        size_t i = (field & ~WHOLE_FIELD) % ARRAY_SIZE(fields);
        uint8_t *p = (uint8_t *) mask + fields[i].ofs;

        if (field & WHOLE_FIELD) {
            memset(p, value, fields[i].size);
        } else {
            p[byte % fields[i].size] |= value;
        }
    }
}

static void
init_table(struct directs_table *table)
{
    table->first = table->n = 0;
    table->key = xzalloc(sizeof *table->key + sizeof(struct flow));
    miniflow_map_init(&table->key->mf, &table->mask);
    miniflow_init(&table->key->mf, &table->mask);
}

/* What the flow of any tunnel's packets matches on, since
 * tnl_port_map_lookup() looks at it, or all flows do. */
static void
add_tunnel_mask(struct flow *mask)
{
    mask->in_port.odp_port = u32_to_odp(UINT32_MAX);
    mask->recirc_id = UINT32_MAX;
    mask->packet_type = OVS_BE32_MAX;
    mask->dl_type = OVS_BE16_MAX;
    mask->nw_frag = FLOW_NW_FRAG_MASK;
    mask->nw_proto = UINT8_MAX;
    mask->tp_dst = OVS_BE16_MAX;
}

static void
read_masks(struct directs *directs, struct reader *reader)
{
    for (size_t i = 0; i < DIRECTS_N_MASKS; i++) {
        struct flow *mask = &directs->tables[i].mask;

        read_mask(reader, mask);
        if (i == DIRECTS_OUTER) {
            add_tunnel_mask(mask);
        } else if (directs->flags & DIRECTS_BY_ADDRESS) {
            mask->nw_dst |= htonl(SECOND_MASK);
        } else if (directs->flags & DIRECTS_TWO_MASKS) {
            mask->nw_proto = UINT8_MAX;
        }
        init_table(&directs->tables[i]);
    }
}

/* Makes the outer lengths and sums of 'packet' right as 'change' says, if it
 * is long enough to have them. */
static void
repair(struct directs_packet *packet, uint8_t change)
{
    uint8_t *ip = packet->data + ETHERNET_SIZE;
    bool ipv6 = packet->size > ETHERNET_SIZE && ip[0] >> 4 == 6;
    size_t ip_size = ipv6 ? IPV6_SIZE : IPV4_SIZE;
    uint8_t *udp = ip + ip_size;
    size_t size = packet->size - ETHERNET_SIZE;

    if (packet->size < ETHERNET_SIZE + ip_size + OUTER_UDP_SIZE) {
        return;
    }
    if (change & LENGTHS_RIGHT) {
        wire_put16(ip + (ipv6 ? 4 : 2), ipv6 ? size - IPV6_SIZE : size);
        if (ip[ipv6 ? 6 : 9] == IPPROTO_UDP) {
            wire_put16(udp + 4, size - ip_size);
        }
    }
    if (change & SUMS_RIGHT) {
        if (!ipv6) {
            uint16_t sum;

            wire_put16(ip + 10, 0);
            sum = inet_sum_finish(inet_sum_add_header(0, ip, IPV4_SIZE));
            memcpy(ip + 10, &sum, sizeof sum);
        }
        if (ip[ipv6 ? 6 : 9] == IPPROTO_UDP && wire_get16(udp + 6)
            && wire_get16(udp + 4) >= OUTER_UDP_SIZE
            && wire_get16(udp + 4) <= size - ip_size) {
            size_t udp_size = wire_get16(udp + 4);

            wire_put16(udp + 6, 0);
            outer_udp_sum_write(udp, inet_sum_add(outer_pseudo_sum(ip, ipv6,
                                                                   udp_size),
                                                  udp, udp_size));
        }
    }
}

/* Reads changes of 'first' as 'change' says. */
static void
read_changed(struct reader *reader, const struct directs_packet *first,
             uint8_t change, struct directs_packet *packet)
{
    int grow;

    packet->flags = next(reader);
    grow = change & RESIZED ? (int8_t) next(reader) : 0;
    packet->size = MAX((int) first->size + grow, 1);
    packet->data = fuzz_zeros(packet->size);
    memcpy(packet->data, first->data, MIN(packet->size, first->size));
    for (int n = change >> N_FLIPS_SHIFT & 7; n > 0; n--) {
        uint8_t ofs = next(reader), flip = next(reader);

        if (ofs < packet->size) {
            packet->data[ofs] ^= flip;
        }
    }
    repair(packet, change);
}

static bool
read_packet(struct reader *reader, struct directs_packet *packet)
{
    struct vports_input in;

    if (!vports_read_input(&reader->data, &reader->size, &in)) {
        return false;
    }
    packet->data = fuzz_copy(in.data, in.size);
    packet->size = in.size;
    packet->flags = in.flags;
    return true;
}

bool
directs_read(struct directs *directs, const uint8_t *data, size_t size)
{
    struct reader reader = { data, size };
    struct directs_packet *packets = directs->packets;

    directs->flags = next(&reader);
    directs->datapath = &vports_datapath[(directs->flags & DIRECTS_PORT_BITS)
                                         % VPORTS_N_DATAPATH];
    directs->n_packets = 0;
    read_masks(directs, &reader);
    while (directs->n_packets < DIRECTS_PACKETS && reader.size) {
        struct directs_packet *packet = &packets[directs->n_packets];
        uint8_t change = directs->n_packets ? next(&reader) : 0;

        if (change & CHANGED) {
            read_changed(&reader, &packets[0], change, packet);
        } else if (!read_packet(&reader, packet)) {
            break;
        }
        directs->n_packets++;
    }
    return directs->n_packets > 0;
}

void
directs_destroy(struct directs *directs)
{
    for (size_t i = 0; i < directs->n_packets; i++) {
        free(directs->packets[i].data);
    }
    for (size_t i = 0; i < DIRECTS_N_MASKS; i++) {
        struct directs_table *table = &directs->tables[i];

        for (size_t j = 0; j < table->n; j++) {
            free(table->flows[j].dp);
        }
        free(table->key);
    }
}

struct dp_packet *
directs_receive(const struct directs_packet *in)
{
    struct dp_packet *packet = vports_packet(in->data, in->size, 0,
                                             htonl(PT_ETH));
    uint32_t flags = 0;

    flags |= in->flags & DIRECTS_IP_GOOD ? DP_PACKET_OL_RX_IP_CKSUM_GOOD : 0;
    flags |= in->flags & DIRECTS_L4_GOOD ? DP_PACKET_OL_RX_L4_CKSUM_GOOD : 0;
    *dp_packet_ol_flags_ptr(packet) |= flags;
    if (in->flags & DIRECTS_RSS) {
        dp_packet_set_rss_hash(packet, 0x12345678);
    }
    return packet;
}

/* Returns the live flow of 'table' that '*flow' matches. */
static struct dp_netdev_flow *
find_flow(struct directs_table *table, const struct flow *flow)
{
    struct directs_flow *new = &table->flows[table->n];

    new->masked = *flow;
    for (size_t i = 0; i < FLOW_U64S; i++) {
        ((uint64_t *) &new->masked)[i] &= ((uint64_t *) &table->mask)[i];
    }
    for (size_t i = table->first; i < table->n; i++) {
        if (!memcmp(&table->flows[i].masked, &new->masked,
                    sizeof new->masked)) {
            return table->flows[i].dp;
        }
    }
    FUZZ_CHECK(++table->n < ARRAY_SIZE(table->flows));
    new->dp = xzalloc(sizeof *new->dp);
    new->dp->cr.mask = table->key;
    ovs_refcount_init(&new->dp->ref_cnt);
    return new->dp;
}

static struct dp_netdev_flow *
find_inner(struct directs *directs, const struct flow *flow)
{
    bool second = directs->flags & DIRECTS_BY_ADDRESS
                  ? flow->nw_dst & htonl(SECOND_MASK)
                  : directs->flags & DIRECTS_TWO_MASKS
                    && flow->nw_proto == IPPROTO_UDP;

    return find_flow(&directs->tables[second ? DIRECTS_INNER2
                                             : DIRECTS_INNER], flow);
}

/* Returns the outer flow that '*flow' matches, if it is one whose action takes
 * packets out of the tunnel, else null. */
static struct dp_netdev_flow *
find_outer(struct directs *directs, const struct flow *flow)
{
    const struct vports_datapath *datapath = directs->datapath;
    enum mplsudp_type type = datapath->port->type;

    return dl_type_is_ip_any(flow->dl_type)
           && flow->nw_proto == mplsudp_types[type].protocol
           && flow->tp_dst == htons(datapath->dst_port)
           && !(flow->nw_frag & FLOW_NW_FRAG_LATER)
           ? find_flow(&directs->tables[DIRECTS_OUTER], flow) : NULL;
}

/* As direct_lesson_begin(). */
static bool
begin_lesson(const struct directs *directs, const struct receive_peer *peer,
             const struct directs_packet *packet,
             struct receive_layout *layout, uint8_t head[RECEIVE_HEAD_SIZE])
{
    enum mplsudp_type type = directs->datapath->port->type;
    struct in6_addr remote = flow_tnl_src(&peer->tunnel);
    const struct mplsudp_receive *receive
        = vport_mplsudp_receive_lookup(type, ntohs(peer->tunnel.tp_dst),
                                       &remote);

    memset(head, 0, RECEIVE_HEAD_SIZE);
    memcpy(head, packet->data, MIN(packet->size, RECEIVE_HEAD_SIZE));
    return receive && receive_layout_find(type, receive, packet->data,
                                          packet->size, layout);
}

/* Takes 'packet' out of its tunnel. */
static void
pop(struct directs *directs, struct dp_packet *packet,
    struct directs_outcome *outcome)
{
    struct dp_packet_batch batch;

    dp_packet_batch_init_packet(&batch, packet);
    FUZZ_CHECK(vport_mplsudp_pop(directs->datapath->netdev, &batch));
    if (!dp_packet_batch_is_empty(&batch)) {
        packet->md.in_port.odp_port = u32_to_odp(DIRECTS_TUNNEL_PORT);
        vports_extract(packet, &outcome->flow);
        outcome->packet = packet;
        outcome->inner = find_inner(directs, &outcome->flow);
    }
}

void
directs_long_way(struct directs *directs, const struct directs_packet *in,
                 struct receive_peer *peer, bool learn,
                 struct directs_outcome *outcome)
{
    struct dp_packet *packet = directs_receive(in);
    const uint8_t *data = dp_packet_data(packet);
    uint8_t head[RECEIVE_HEAD_SIZE];
    struct receive_layout layout;
    struct flow outer;
    bool lesson;

    memset(outcome, 0, sizeof *outcome);
    vports_extract(packet, &outer);
    outcome->outer = find_outer(directs, &outer);
    if (outcome->outer && learn && !peer) {
        receive_cache_learn_peer(&directs->cache, outcome->outer,
                                 directs->datapath->port->type,
                                 u32_to_odp(DIRECTS_IN_PORT),
                                 u32_to_odp(DIRECTS_TUNNEL_PORT), in->data,
                                 in->size);
    }
    if (!outcome->outer && !peer) {
        dp_packet_delete(packet);
        return;
    }
    lesson = learn && peer
             && begin_lesson(directs, peer, in, &layout, head);
    pop(directs, packet, outcome);
    if (outcome->packet && lesson
        && (const uint8_t *) dp_packet_l3(packet) == data + layout.l3_ofs
        && ntohll(packet->md.tunnel.tun_id) == layout.key) {
        receive_cache_learn(directs->cache, peer, head, in->size, &layout,
                            outcome->inner);
    }
}

void
directs_kill(struct directs *directs)
{
    for (size_t i = 0; i < DIRECTS_N_MASKS; i++) {
        struct directs_table *table = &directs->tables[i];

        while (table->first < table->n) {
            table->flows[table->first++].dp->dead = true;
        }
    }
}

bool
directs_unreferenced(const struct directs *directs)
{
    for (size_t i = 0; i < DIRECTS_N_MASKS; i++) {
        for (size_t j = 0; j < directs->tables[i].n; j++) {
            const struct dp_netdev_flow *flow = directs->tables[i].flows[j].dp;

            if (ovs_refcount_read(&flow->ref_cnt) != 1) {
                return false;
            }
        }
    }
    return true;
}
