/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-vport-direct: the short way to receive packets (receive-cache.h and
 * receive-packet.h in datapath-ext/) against the long one: flow extraction,
 * vport_mplsudp_pop() and flow extraction again, with the ports of vports.c
 * and flows of any masks.
 *
 * Input: see directs_read().  A peer and an entry are learned from the first
 * packet; a packet that the cache knows then must be to all that is looked at
 * later what it is at the end of the long way, and in the same flow. */

#include "directs.h"

#include "packets.h"
#include "receive-packet.h"

enum { GARBAGE = 0xa5 };

/* A packet at the end of the short way. */
struct short_way {
    struct dp_packet *packet;
    bool has_ports;
    uint16_t tcp_flags;
};

/* Everything of metadata that flow extraction looks at, or what packets are
 * given by the port where they arrive. */
static void
check_metadata(const struct pkt_metadata *a, const struct pkt_metadata *b)
{
    FUZZ_CHECK(a->recirc_id == b->recirc_id && a->dp_hash == b->dp_hash);
    FUZZ_CHECK(a->skb_priority == b->skb_priority
               && a->pkt_mark == b->pkt_mark);
    FUZZ_CHECK(a->ct_state == b->ct_state && a->ct_zone == b->ct_zone
               && a->ct_mark == b->ct_mark
               && a->ct_orig_tuple_ipv6 == b->ct_orig_tuple_ipv6);
    FUZZ_CHECK(a->in_port.odp_port == b->in_port.odp_port
               && a->orig_in_port == b->orig_in_port);
    FUZZ_CHECK(a->conn == b->conn && a->reply == b->reply
               && a->icmp_related == b->icmp_related);
    FUZZ_CHECK(!memcmp(&a->tunnel, &b->tunnel,
                       offsetof(struct flow_tnl, metadata.opts)));
}

/* Both packets are the same, byte for byte. */
static void
check_bytes(const struct dp_packet *a, const struct dp_packet *b)
{
    FUZZ_CHECK((const uint8_t *) dp_packet_data(a)
               - (const uint8_t *) dp_packet_base(a)
               == (const uint8_t *) dp_packet_data(b)
                  - (const uint8_t *) dp_packet_base(b));
    FUZZ_CHECK(dp_packet_size(a) == dp_packet_size(b));
    FUZZ_CHECK(!memcmp(dp_packet_data(a), dp_packet_data(b),
                       dp_packet_size(a)));
    FUZZ_CHECK(a->packet_type == b->packet_type);
    FUZZ_CHECK(a->l2_5_ofs == b->l2_5_ofs && a->l3_ofs == b->l3_ofs
               && a->l4_ofs == b->l4_ofs && a->l2_pad_size == b->l2_pad_size);
}

/* The hash of a packet is for others than TCP and UDP not set by flow
 * extraction, and neither on the short way. */
static void
check_hash(const struct dp_packet *short_, const struct dp_packet *long_,
           bool has_ports)
{
    FUZZ_CHECK(dp_packet_rss_valid(long_) == has_ports);
    FUZZ_CHECK(!((*dp_packet_ol_flags_ptr(short_)
                  ^ *dp_packet_ol_flags_ptr(long_))
                 & DP_PACKET_OL_SUPPORTED_MASK));
    FUZZ_CHECK(!has_ports || dp_packet_get_rss_hash(short_)
                             == dp_packet_get_rss_hash(long_));
}

/* Compares '*way', which led to 'flow', with the long way. */
static void
check_hit(struct directs *directs, const struct directs_packet *in,
          struct receive_peer *peer, const struct dp_netdev_flow *flow,
          struct short_way *way)
{
    struct directs_outcome outcome;
    struct flow extracted;

    directs_long_way(directs, in, peer, false, &outcome);
    FUZZ_CHECK(outcome.outer == peer->flow);
    FUZZ_CHECK(outcome.packet != NULL);
    check_bytes(way->packet, outcome.packet);
    check_metadata(&way->packet->md, &outcome.packet->md);
    check_hash(way->packet, outcome.packet, way->has_ports);
    vports_extract(way->packet, &extracted);
    FUZZ_CHECK(!memcmp(&extracted, &outcome.flow, sizeof extracted));
    FUZZ_CHECK(flow == outcome.inner);
    /* Of neighbour discovery, "tcp_flags" has an option's type. */
    FUZZ_CHECK(way->tcp_flags == (extracted.nw_proto == IPPROTO_ICMPV6
                                  ? 0 : ntohs(extracted.tcp_flags)));
    dp_packet_delete(outcome.packet);
}

/* Tries the short way, and checks what comes of it.  Returns false if 'in'
 * must go the long way. */
static bool
try_short_way(struct directs *directs, const struct directs_packet *in,
              struct receive_peer *peer)
{
    struct dp_packet *packet = directs_receive(in);
    const uint8_t *data = dp_packet_data(packet);
    const struct receive_shape *shape;
    const struct receive_entry *entry
        = receive_cache_find(directs->cache, peer, data,
                             dp_packet_size(packet), &shape);
    struct short_way way = { .packet = packet };
    struct receive_extent extent;
    bool hit;

    memset(&packet->md, GARBAGE, sizeof packet->md);
    hit = entry && !entry->flow->dead
          && receive_packet_check(packet, &shape->layout, &extent);
    if (hit) {
        way.has_ports = receive_packet_ports(&shape->layout, data, &extent,
                                             &way.tcp_flags);
        receive_packet_take(packet, peer, entry, &shape->layout, &extent);
        FUZZ_CHECK(!(*dp_packet_ol_flags_ptr(packet)
                     & DP_PACKET_OL_SUPPORTED_MASK));
        if (way.has_ports) {
            receive_packet_set_hash(packet, &shape->layout);
        }
        check_hit(directs, in, peer, entry->flow, &way);
    }
    dp_packet_delete(packet);
    return hit;
}

/* Returns the live peer of 'in', or null. */
static struct receive_peer *
find_peer(struct directs *directs, const struct directs_packet *in)
{
    struct receive_peer *peer
        = directs->cache
          ? receive_cache_find_peer(directs->cache, in->data, in->size,
                                    u32_to_odp(DIRECTS_IN_PORT)) : NULL;

    return peer && !peer->flow->dead ? peer : NULL;
}

/* Receives 'in', and learns from it if 'learn'. */
static void
receive(struct directs *directs, const struct directs_packet *in, bool learn)
{
    struct receive_peer *peer = find_peer(directs, in);
    struct directs_outcome outcome;

    if (directs->cache) {
        receive_cache_begin_burst(directs->cache,
                                  directs->cache->options_version);
    }
    if (peer && try_short_way(directs, in, peer)) {
        return;
    }
    directs_long_way(directs, in, peer, learn, &outcome);
    if (outcome.packet) {
        /* Packets of a peer are popped without a look at their flow. */
        FUZZ_CHECK(!peer || outcome.outer == peer->flow);
        dp_packet_delete(outcome.packet);
    }
}

/* Receives all packets.  The first teaches its peer, then its entry.  Returns
 * true if it has a peer. */
static bool
receive_all(struct directs *directs)
{
    bool has_peer;

    receive(directs, &directs->packets[0], true);
    has_peer = find_peer(directs, &directs->packets[0]) != NULL;
    for (size_t i = 0; i < directs->n_packets; i++) {
        receive(directs, &directs->packets[i],
                !i || directs->flags & DIRECTS_LEARN_ALL);
    }
    for (size_t i = 0; i < directs->n_packets; i++) {
        receive(directs, &directs->packets[i], false);
    }
    return has_peer;
}

/* No packet finds an entry once options have changed. */
static void
change_options(struct directs *directs)
{
    struct receive_cache *cache = directs->cache;

    receive_cache_begin_burst(cache, cache->options_version + 1);
    for (size_t i = 0; i < directs->n_packets; i++) {
        const struct directs_packet *in = &directs->packets[i];
        const struct receive_shape *shape;
        struct receive_peer *peer
            = receive_cache_find_peer(cache, in->data, in->size,
                                      u32_to_odp(DIRECTS_IN_PORT));

        FUZZ_CHECK(!peer || !receive_cache_find(cache, peer, in->data,
                                                in->size, &shape));
    }
}

/* A cache lets go of dead flows, and at its end of all.  To make a new one for
 * each input would take most of the time. */
static void
end_cache(struct directs *directs)
{
    if (directs->flags & DIRECTS_UNINIT) {
        receive_cache_uninit(&directs->cache);
        FUZZ_CHECK(!directs->cache);
    } else {
        directs_kill(directs);
        for (size_t i = 0; i < RECEIVE_SETS * RECEIVE_WAYS; i++) {
            receive_cache_sweep(directs->cache);
        }
    }
    FUZZ_CHECK(directs_unreferenced(directs));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct directs directs;

    vports_init();
    if (directs_read(&directs, data, size)) {
        bool has_peer = receive_all(&directs);

        if (directs.cache) {
            change_options(&directs);
            if (directs.flags & DIRECTS_TWICE) {
                receive_all(&directs);
            }
            if (directs.flags & DIRECTS_KILL) {
                directs_kill(&directs);
                FUZZ_CHECK(receive_all(&directs) == has_peer);
            }
            end_cache(&directs);
        }
    }
    directs_destroy(&directs);
    return 0;
}
