/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>

#include "receive-cache.h"

#include "dpif-netdev-private-dpcls.h"
#include "dpif-netdev-private-flow.h"
#include "netdev-offload.h"
#include "openvswitch/match.h"
#include "openvswitch/vlog.h"
#include "ovs-thread.h"
#include "receive-mask.h"
#include "smap.h"
#include "util.h"

enum { LEARN_PAUSE = 32 };      /* Bursts after an entry was replaced. */

VLOG_DEFINE_THIS_MODULE(receive_cache);

static atomic_bool is_wanted = true;

/* All caches, and what those counted that are no more. */
static struct ovs_mutex caches_mutex = OVS_MUTEX_INITIALIZER;
static struct ovs_list caches OVS_GUARDED_BY(caches_mutex)
    = OVS_LIST_INITIALIZER(&caches);
static struct receive_totals gone OVS_GUARDED_BY(caches_mutex);

static struct receive_cache *
create_cache(void)
{
    struct receive_cache *cache = xzalloc_cacheline(sizeof *cache);

    ovs_mutex_lock(&caches_mutex);
    ovs_list_push_back(&caches, &cache->list_node);
    ovs_mutex_unlock(&caches_mutex);
    return cache;
}

static void
add_counters(const struct receive_cache *cache_,
             struct receive_totals *totals)
{
    struct receive_cache *cache = CONST_CAST(struct receive_cache *, cache_);
    uint64_t n;

    atomic_read_relaxed(&cache->counters.n_hits, &n);
    totals->n_hits += n;
    atomic_read_relaxed(&cache->counters.n_popped, &n);
    totals->n_popped += n;
    atomic_read_relaxed(&cache->counters.n_passed, &n);
    totals->n_passed += n;
}

void
receive_cache_totals(struct receive_totals *totals)
{
    const struct receive_cache *cache;

    ovs_mutex_lock(&caches_mutex);
    *totals = gone;
    LIST_FOR_EACH (cache, list_node, &caches) {
        add_counters(cache, totals);
        for (size_t i = 0; i < RECEIVE_PEERS; i++) {
            totals->n_peers += cache->peers[i].flow != NULL;
        }
        for (size_t i = 0; i < RECEIVE_SETS * RECEIVE_WAYS; i++) {
            totals->n_entries += cache->entries[i / RECEIVE_WAYS]
                                               [i % RECEIVE_WAYS].flow != NULL;
        }
    }
    ovs_mutex_unlock(&caches_mutex);
}

void
receive_cache_configure(const struct smap *other_config)
{
    bool wanted = smap_get_bool(other_config, "mplsudp-direct-receive", true);
    bool old;

    atomic_read_relaxed(&is_wanted, &old);
    if (wanted != old) {
        atomic_store_relaxed(&is_wanted, wanted);
        VLOG_INFO("MPLS tunnels: direct receive %s",
                  wanted ? "enabled" : "disabled");
    }
}

bool
receive_cache_is_on(void)
{
    bool wanted;

    atomic_read_relaxed(&is_wanted, &wanted);
    return wanted && !netdev_is_flow_api_enabled();
}

bool
receive_cache_may_have_peer(const struct match *match)
{
    const struct flow *flow = &match->flow;

    return !flow->recirc_id && !flow_tnl_dst_is_set(&flow->tunnel)
           && flow->packet_type == htonl(PT_ETH)
           && dl_type_is_ip_any(flow->dl_type)
           && match->wc.masks.nw_proto == UINT8_MAX
           && (flow->nw_proto == mplsudp_types[MPLSUDP_TYPE_UDP].protocol
               || flow->nw_proto == mplsudp_types[MPLSUDP_TYPE_GRE].protocol
               || flow->nw_proto == mplsudp_types[MPLSUDP_TYPE_IP].protocol);
}

static void
clear_peer(struct receive_peer *peer)
{
    if (peer->flow) {
        dp_netdev_flow_unref(peer->flow);
        peer->flow = NULL;
    }
}

static void
clear_entry(struct receive_entry *entry)
{
    if (entry->flow) {
        dp_netdev_flow_unref(entry->flow);
        entry->flow = NULL;
    }
}

void
receive_cache_uninit(struct receive_cache **cachep)
{
    struct receive_cache *cache = *cachep;

    if (!cache) {
        return;
    }
    ovs_mutex_lock(&caches_mutex);
    ovs_list_remove(&cache->list_node);
    add_counters(cache, &gone);
    ovs_mutex_unlock(&caches_mutex);
    for (size_t i = 0; i < RECEIVE_PEERS; i++) {
        clear_peer(&cache->peers[i]);
    }
    for (size_t i = 0; i < RECEIVE_SETS; i++) {
        for (size_t way = 0; way < RECEIVE_WAYS; way++) {
            clear_entry(&cache->entries[i][way]);
        }
    }
    free_cacheline(cache);
    *cachep = NULL;
}

/* Forgets ports that have no peers any more. */
static void
count_ports(struct receive_cache *cache)
{
    cache->ports = 0;
    for (size_t i = 0; i < RECEIVE_PEERS; i++) {
        if (cache->peers[i].flow) {
            cache->ports |= receive_port_bit(cache->peers[i].in_port);
        }
    }
}

/* Lets go of a dead flow in one entry, and in one peer, at each call. */
void
receive_cache_sweep(struct receive_cache *cache)
{
    struct receive_entry *entry;
    struct receive_peer *peer;

    if (!cache) {
        return;
    }
    entry = &cache->entries[cache->sweep / RECEIVE_WAYS]
                           [cache->sweep % RECEIVE_WAYS];
    if (entry->flow && entry->flow->dead) {
        clear_entry(entry);
    }
    peer = &cache->peers[cache->sweep % RECEIVE_PEERS];
    if (peer->flow && peer->flow->dead) {
        clear_peer(peer);
    }
    cache->sweep = (cache->sweep + 1) % (RECEIVE_SETS * RECEIVE_WAYS);
    if (!(cache->sweep % RECEIVE_PEERS)) {
        count_ports(cache);
    }
}

/* Expands the mask of 'flow'. */
static void
expand_mask(const struct dp_netdev_flow *flow, struct flow *mask)
{
    miniflow_expand(&flow->cr.mask->mf, mask);
}

/* Returns true if 'peer' is not there, or when packets came last, its flow was
 * gone or did something else with them. */
static bool
peer_is_free(const struct receive_peer *peer)
{
    return !peer->flow || peer->flow->dead || (peer->burst && !peer->usable);
}

/* Returns the place for a new peer of packets like that of 'size' bytes at
 * 'packet', cleared, or null. */
static struct receive_peer *
find_place(struct receive_cache *cache, const uint8_t *packet, size_t size,
           odp_port_t in_port)
{
    struct receive_peer *known = receive_cache_find_peer(cache, packet, size,
                                                         in_port);
    size_t index = receive_peer_index(packet, in_port);

    for (size_t i = 0; i < 2; i++) {
        struct receive_peer *peer = known ? known : &cache->peers[index ^ i];

        if (peer_is_free(peer)) {
            clear_peer(peer);
            return peer;
        }
    }
    return NULL;
}

static void
set_tunnel(struct receive_peer *peer, bool ipv6, const uint8_t *packet)
{
    struct flow_tnl *tnl = &peer->tunnel;

    memset(tnl, 0, sizeof *tnl);
    if (ipv6) {
        memcpy(&tnl->ipv6_src, packet + ETHERNET_SIZE + 8,
               sizeof tnl->ipv6_src);
        memcpy(&tnl->ipv6_dst, packet + ETHERNET_SIZE + 24,
               sizeof tnl->ipv6_dst);
    } else {
        memcpy(&tnl->ip_src, packet + ETHERNET_SIZE + 12, sizeof tnl->ip_src);
        memcpy(&tnl->ip_dst, packet + ETHERNET_SIZE + 16, sizeof tnl->ip_dst);
    }
}

bool
receive_cache_learn_peer(struct receive_cache **cachep,
                         struct dp_netdev_flow *flow, enum mplsudp_type type,
                         odp_port_t in_port, odp_port_t tunnel_port,
                         const uint8_t *packet, size_t size)
{
    uint8_t head[RECEIVE_HEAD_SIZE] = { 0 };
    struct receive_layout layout;
    struct receive_cache *cache;
    struct receive_peer *peer;
    struct flow mask;

    if (!receive_layout_find_outer(type, packet, size, &layout)) {
        return true;            /* Others of the flow may have one. */
    }
    if (!*cachep) {
        *cachep = create_cache();
    }
    cache = *cachep;
    peer = find_place(cache, packet, size, in_port);
    if (!peer) {
        return true;
    }
    expand_mask(flow, &mask);
    receive_layout_mask_outer(&layout, head);
    receive_mask_outer(&mask, &layout, head);

    peer->n_words = layout.ipv6 ? RECEIVE_OUTER_IPV6_WORDS
                                : RECEIVE_OUTER_IPV4_WORDS;
    for (size_t i = peer->n_words * 8; i < RECEIVE_HEAD_SIZE; i++) {
        if (head[i]) {
            return false;       /* The flow looks further than a peer. */
        }
    }
    for (size_t i = 0; i < peer->n_words; i++) {
        peer->mask[i] = receive_load(head + i * 8);
        peer->value[i] = receive_load(packet + i * 8) & peer->mask[i];
    }
    peer->ip_size_min = layout.body_ofs - ETHERNET_SIZE
                        + (type == MPLSUDP_TYPE_UDP ? OUTER_UDP_SIZE : 0);
    set_tunnel(peer, layout.ipv6, packet);
    peer->tunnel.tp_dst = type == MPLSUDP_TYPE_UDP
                          ? htons(wire_get16(packet + layout.body_ofs + 2))
                          : 0;
    peer->in_port = in_port;
    peer->burst = 0;
    receive_peer_reset(peer, tunnel_port);
    ovs_refcount_ref(&flow->ref_cnt);
    peer->flow = flow;
    cache->ports |= receive_port_bit(in_port);
    return true;
}

/* Makes '*shape' for packets from 'peer' of which 'layout' and the mask 'bits'
 * say what they have in common.  Returns false if it is too much. */
static bool
make_shape(const struct receive_peer *peer,
           const struct receive_layout *layout,
           const uint8_t bits[RECEIVE_HEAD_SIZE], struct receive_shape *shape)
{
    memset(shape, 0, sizeof *shape);
    shape->layout = *layout;
    shape->layout.key = 0;      /* In each entry's own words. */
    for (size_t i = 0; i < RECEIVE_HEAD_WORDS; i++) {
        uint64_t mask = receive_load(bits + i * 8);

        if (i < peer->n_words) {
            mask &= ~peer->mask[i];
        }
        if (mask) {
            if (shape->n == RECEIVE_WORDS) {
                return false;
            }
            shape->index[shape->n] = i;
            shape->mask[shape->n++] = mask;
            shape->size = (i + 1) * 8;
        }
    }
    return true;
}

/* Finds a shape like '*new' among those of 'peer', or adds it. */
static const struct receive_shape *
find_shape(struct receive_cache *cache, struct receive_peer *peer,
           struct receive_shape *new)
{
    for (size_t i = 0; i < peer->n_shapes; i++) {
        new->generation = peer->shapes[i].generation;
        if (!memcmp(&peer->shapes[i], new, sizeof *new)) {
            return &peer->shapes[i];
        }
    }
    if (peer->n_shapes == RECEIVE_SHAPES) {
        /* Begins anew: some of them may be of the past. */
        receive_peer_reset(peer, peer->tunnel_port);
        cache->next_learn = cache->burst + LEARN_PAUSE;
    }
    new->generation = ++cache->generation;
    memcpy(&peer->shapes[peer->n_shapes], new, sizeof *new);
    return &peer->shapes[peer->n_shapes++];
}

/* Returns the entry of 'set' to be used: one that is unused or of no use, else
 * one after the other. */
static size_t
choose_way(struct receive_cache *cache, size_t set)
{
    for (size_t way = 0; way < RECEIVE_WAYS; way++) {
        const struct receive_entry *entry = &cache->entries[set][way];

        if (!entry->flow || entry->flow->dead) {
            return way;
        }
    }
    cache->next_learn = cache->burst + LEARN_PAUSE;
    return cache->victim++ % RECEIVE_WAYS;
}

bool
receive_cache_learn(struct receive_cache *cache, struct receive_peer *peer,
                    const uint8_t head[RECEIVE_HEAD_SIZE], size_t size,
                    const struct receive_layout *layout_,
                    struct dp_netdev_flow *flow)
{
    struct receive_layout layout = *layout_;
    struct receive_extent extent;
    uint8_t bits[RECEIVE_HEAD_SIZE] = { 0 };
    const struct receive_shape *shape;
    struct receive_shape new;
    const struct receive_entry *found;
    struct receive_entry *entry;
    struct flow mask;
    uint64_t hash;
    size_t set, way;

    expand_mask(flow, &mask);
    receive_layout_mask(&layout, bits);
    if (!receive_mask_inner(&mask, head, &layout, bits)
        || !receive_layout_check(&layout, head, size, &extent)
        || !make_shape(peer, &layout, bits, &new)) {
        return false;
    }
    /* What the packet found was of no use.  Live, it may be for others. */
    while ((found = receive_cache_find(cache, peer, head, size, &shape))) {
        if (!found->flow->dead) {
            return true;
        }
        clear_entry(CONST_CAST(struct receive_entry *, found));
    }
    shape = find_shape(cache, peer, &new);
    hash = receive_shape_hash(shape, head);
    set = receive_set(hash);
    way = choose_way(cache, set);
    entry = &cache->entries[set][way];
    clear_entry(entry);
    ovs_refcount_ref(&flow->ref_cnt);
    entry->flow = flow;
    entry->generation = shape->generation;
    entry->key = layout.key;
    for (size_t i = 0; i < shape->n; i++) {
        entry->words[i] = receive_load(head + shape->index[i] * 8)
                          & shape->mask[i];
    }
    cache->signatures[set][way] = (uint32_t) hash;
    return true;
}
