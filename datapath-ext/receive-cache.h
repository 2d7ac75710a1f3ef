/* SPDX-License-Identifier: Apache-2.0
 *
 * receive-cache: from the bytes of a tunnel packet straight to what becomes of
 * it, without two lookups and without taking it apart field by field.
 *
 * Three tables for each thread that receives packets:
 *
 *  - Peers.  A peer stands for packets from one outer source of which a
 *    datapath flow is known whose only action is to take them out of a tunnel
 *    of ours.  It is found by the source address.
 *
 *  - Shapes, a few for each peer: a layout (receive-layout.h) together with
 *    the mask of the flows that packets of that layout matched when they were
 *    out of the tunnel.
 *
 *  - Entries: the bytes under a shape's mask, and the flow that they lead to.
 *
 * A packet that matches a peer only is "popped": it saves the first lookup.
 * One that matches an entry, too, is a "hit": it saves both.  Any number of
 * flows of VMs share an entry, if the datapath flow does not tell them apart.
 *
 * What is here may be wrong in one way only, by not knowing a packet, which
 * then goes the long way.  Entries hold references to their flows and are
 * passed over once these are dead; flows' actions are not kept at all; a
 * change of tunnel ports' options ends all entries.
 *
 * A cache belongs to one thread and is part of its "struct dfc_cache".  It has
 * 1.7 MB, which are allocated with the first peer and never after it.  Called
 * by direct-receive.inc, where packets are, and by the hooks in
 * lib/dpif-netdev-private-dfc.c. */

#ifndef RECEIVE_CACHE_H
#define RECEIVE_CACHE_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "flow.h"
#include "openvswitch/list.h"
#include "openvswitch/packets.h"
#include "ovs-atomic.h"
#include "packets.h"
#include "receive-layout.h"

struct dp_netdev_flow;
struct match;
struct smap;

enum {
    RECEIVE_PEERS_BITS = 10,
    RECEIVE_PEERS = 1 << RECEIVE_PEERS_BITS,
    RECEIVE_SHAPES = 4,         /* Of a peer. */
    RECEIVE_WORDS = 13,         /* Of an entry. */
    RECEIVE_SETS = 1024,        /* A power of two. */
    RECEIVE_WAYS = 4            /* Entries in a set. */
};

/* Packets that an entry can match, and the words of a packet that it looks at
 * beside those that its peer has looked at. */
struct receive_shape {
    struct receive_layout layout;
    uint32_t generation;        /* Of its entries: no other shape has it. */
    uint16_t size;              /* Bytes that a packet must have. */
    uint8_t n;
    uint8_t index[RECEIVE_WORDS];
    uint64_t mask[RECEIVE_WORDS];
};

struct receive_peer {
    /* Which packets: those with these bytes, from this port. */
    struct dp_netdev_flow *flow;        /* Null if unused. */
    odp_port_t in_port;
    uint8_t n_words;
    uint8_t ip_size_min;        /* Bytes, with a UDP header if there is one. */
    uint64_t mask[RECEIVE_OUTER_IPV6_WORDS];
    uint64_t value[RECEIVE_OUTER_IPV6_WORDS];

    /* What becomes of them. */
    odp_port_t tunnel_port;
    uint32_t n_shapes;
    struct receive_shape shapes[RECEIVE_SHAPES];
    struct flow_tnl tunnel;     /* Without key, flags, TTL, source port. */

    /* For one burst of packets. */
    uint64_t burst;             /* The last that had some of this peer. */
    bool usable;
    uint32_t n_packets;
    uint32_t n_bytes;
};

struct receive_entry {
    struct dp_netdev_flow *flow;        /* Null if unused. */
    uint32_t generation;        /* Its shape's, unless out of date. */
    uint64_t key;               /* The tunnel key, in host byte order. */
    uint64_t words[RECEIVE_WORDS];
};
BUILD_ASSERT_DECL(sizeof(struct receive_entry) == 2 * CACHE_LINE_SIZE);

/* Packets on ports that have peers. */
struct receive_counters {
    atomic_uint64_t n_hits;     /* Matched an entry, */
    atomic_uint64_t n_popped;   /* a peer only, */
    atomic_uint64_t n_passed;   /* or neither. */
};

struct receive_cache {
    struct ovs_list list_node;  /* In the list of all caches. */
    uint64_t ports;             /* Bit N: a port whose number modulo 64 is N
                                 * has peers. */
    uint32_t generation;        /* The last one given to a shape. */
    uint32_t options_version;   /* Of the ports' options: see below. */
    uint64_t burst;             /* Counts bursts. */
    uint64_t next_learn;        /* No entry is learned in a burst before. */
    uint32_t sweep;             /* The next entry to look at. */
    uint32_t victim;            /* The next way to replace. */
    struct receive_counters counters;
    struct receive_peer peers[RECEIVE_PEERS];
    uint32_t signatures[RECEIVE_SETS][RECEIVE_WAYS];
    struct receive_entry entries[RECEIVE_SETS][RECEIVE_WAYS];
};

/* Hooks in lib/dpif-netdev-private-dfc.c. */
void receive_cache_uninit(struct receive_cache **);
void receive_cache_sweep(struct receive_cache *);

/* Hooks in lib/dpif-netdev.c: the first reads the switch in other_config of
 * the Open_vSwitch table, the second returns true if packets that match
 * '*match' may have a peer. */
void receive_cache_configure(const struct smap *other_config);
bool receive_cache_may_have_peer(const struct match *match);

/* Returns true if packets may take the short way: not if it is switched off,
 * or if NICs are to classify packets. */
bool receive_cache_is_on(void);

/* What all caches together counted, for vport-mplsudp-show.c. */
struct receive_totals {
    uint64_t n_hits;
    uint64_t n_popped;
    uint64_t n_passed;
    size_t n_peers;
    size_t n_entries;
};

void receive_cache_totals(struct receive_totals *);

/* Adds 'n' to '*counter', which no other thread writes. */
static inline void
receive_count(atomic_uint64_t *counter, uint64_t n)
{
    uint64_t old;

    atomic_read_relaxed(counter, &old);
    atomic_store_relaxed(counter, old + n);
}

/* Returns the bit that stands for 'port_no' in 'ports' of a cache. */
static inline uint64_t
receive_port_bit(odp_port_t port_no)
{
    return UINT64_C(1) << (odp_to_u32(port_no) & 63);
}

/* Begins a burst; 'options_version' tells whether ports' options changed. */
static inline void
receive_cache_begin_burst(struct receive_cache *cache,
                          uint32_t options_version)
{
    cache->burst++;
    if (OVS_UNLIKELY(cache->options_version != options_version)) {
        cache->options_version = options_version;
        for (size_t i = 0; i < RECEIVE_PEERS; i++) {
            cache->peers[i].n_shapes = 0;
        }
    }
}

/* Ends all entries of 'peer', whose packets now come from 'tunnel_port'. */
static inline void
receive_peer_reset(struct receive_peer *peer, odp_port_t tunnel_port)
{
    peer->tunnel_port = tunnel_port;
    peer->n_shapes = 0;
}

static inline uint64_t
receive_load(const uint8_t *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof word);
    return word;
}

/* Returns the number of the first of the two places where a peer with the
 * source address and protocol of 'packet' may be. */
static inline size_t
receive_peer_index(const uint8_t *packet, odp_port_t in_port)
{
    const uint8_t *ip = packet + ETHERNET_SIZE;
    uint64_t source = odp_to_u32(in_port);

    if (packet[12] == ETH_TYPE_IP >> 8) {
        uint32_t ipv4;

        memcpy(&ipv4, ip + 12, sizeof ipv4);
        source += ipv4 + ((uint64_t) ip[9] << 32);
    } else {                    /* The second half of the IPv6 address. */
        source += receive_load(ip + 16) + ip[6];
    }
    return source * UINT64_C(0x9e3779b97f4a7c15) >> (64 - RECEIVE_PEERS_BITS);
}

/* Returns zero if word 'i' of 'packet' is what packets of 'peer' have. */
static inline uint64_t
receive_peer_difference(const struct receive_peer *peer,
                        const uint8_t *packet, size_t i)
{
    return (receive_load(packet + i * 8) & peer->mask[i]) ^ peer->value[i];
}

static inline bool
receive_peer_matches(const struct receive_peer *peer, const uint8_t *packet,
                     odp_port_t in_port)
{
    uint64_t difference = odp_to_u32(peer->in_port) ^ odp_to_u32(in_port);

    BUILD_ASSERT_DECL(RECEIVE_OUTER_IPV4_WORDS == 5
                      && RECEIVE_OUTER_IPV6_WORDS == 8);
    difference |= receive_peer_difference(peer, packet, 0)
                  | receive_peer_difference(peer, packet, 1)
                  | receive_peer_difference(peer, packet, 2)
                  | receive_peer_difference(peer, packet, 3)
                  | receive_peer_difference(peer, packet, 4);
    if (peer->n_words > RECEIVE_OUTER_IPV4_WORDS) {
        difference |= receive_peer_difference(peer, packet, 5)
                      | receive_peer_difference(peer, packet, 6)
                      | receive_peer_difference(peer, packet, 7);
    }
    return !difference && peer->flow;
}

/* Returns the peer that the packet of 'size' bytes at 'packet', received from
 * 'in_port', comes from, or null. */
static inline struct receive_peer *
receive_cache_find_peer(struct receive_cache *cache, const uint8_t *packet,
                        size_t size, odp_port_t in_port)
{
    struct receive_peer *peer;
    size_t i;

    if (OVS_UNLIKELY(size < RECEIVE_OUTER_IPV6_WORDS * 8)) {
        return NULL;
    }
    i = receive_peer_index(packet, in_port);
    peer = &cache->peers[i];
    if (OVS_LIKELY(receive_peer_matches(peer, packet, in_port))) {
        return peer;
    }
    peer = &cache->peers[i ^ 1];
    return receive_peer_matches(peer, packet, in_port) ? peer : NULL;
}

/* Returns true if the length in the outer IP header of the packet of 'size'
 * bytes at 'packet', which has the bytes of 'peer', is one with which flow
 * extraction looks behind that header. */
static inline bool
receive_peer_length_ok(const struct receive_peer *peer, const uint8_t *packet,
                       size_t size)
{
    const uint8_t *ip = packet + ETHERNET_SIZE;
    size_t ip_size = peer->n_words == RECEIVE_OUTER_IPV4_WORDS
                     ? wire_get16(ip + 2)
                     : (size_t) IPV6_SIZE + wire_get16(ip + 4);

    return ip_size >= peer->ip_size_min && ip_size <= size - ETHERNET_SIZE;
}

/* Returns a hash of the bits of 'packet' under the mask of 'shape'.  The
 * multiplications do not wait for each other. */
static inline uint64_t
receive_shape_hash(const struct receive_shape *shape, const uint8_t *packet)
{
    uint64_t hash = shape->generation * UINT64_C(0xc2b2ae3d27d4eb4f);
    uint64_t factor = UINT64_C(0x9e3779b97f4a7c15);

    for (size_t i = 0; i < shape->n; i++) {
        hash += (receive_load(packet + shape->index[i] * 8) & shape->mask[i])
                * factor;
        factor += UINT64_C(0x3c6ef372fe94f82a);
    }
    return hash ^ hash >> 32;
}

/* Returns the set in which an entry with 'hash' is. */
static inline size_t
receive_set(uint64_t hash)
{
    return hash >> 20 & (RECEIVE_SETS - 1);
}

static inline bool
receive_entry_matches(const struct receive_entry *entry,
                      const struct receive_shape *shape,
                      const uint8_t *packet)
{
    uint64_t difference = entry->generation ^ shape->generation;

    for (size_t i = 0; i < shape->n; i++) {
        difference |= (receive_load(packet + shape->index[i] * 8)
                       & shape->mask[i]) ^ entry->words[i];
    }
    return !difference;
}

/* Returns the entry for the packet of 'size' bytes at 'packet', which comes
 * from 'peer', and stores its shape in '*shape'; null if there is none.  The
 * entry's flow may be dead. */
static inline const struct receive_entry *
receive_cache_find(const struct receive_cache *cache,
                   const struct receive_peer *peer, const uint8_t *packet,
                   size_t size, const struct receive_shape **shapep)
{
    for (size_t i = 0; i < peer->n_shapes; i++) {
        const struct receive_shape *shape = &peer->shapes[i];
        uint64_t hash;
        size_t set;

        if (size < shape->size) {
            continue;
        }
        hash = receive_shape_hash(shape, packet);
        set = receive_set(hash);
        for (size_t way = 0; way < RECEIVE_WAYS; way++) {
            const struct receive_entry *entry = &cache->entries[set][way];

            if (cache->signatures[set][way] == (uint32_t) hash
                && entry->flow
                && receive_entry_matches(entry, shape, packet)) {
                *shapep = shape;
                return entry;
            }
        }
    }
    return NULL;
}

/* Makes a peer of packets like that of 'size' bytes at 'packet', which came
 * from 'in_port' and matched 'flow', whose action is to take them out of
 * 'tunnel_port', of 'type'.  '*cachep' is allocated if it is null.  Returns
 * false if such packets never can have a peer. */
bool receive_cache_learn_peer(struct receive_cache **cachep,
                              struct dp_netdev_flow *flow,
                              enum mplsudp_type type, odp_port_t in_port,
                              odp_port_t tunnel_port, const uint8_t *packet,
                              size_t size);

/* Makes an entry for packets like the one of 'size' bytes whose first were
 * 'head' and that had 'layout' before it left the tunnel of 'peer', and which
 * then matched 'flow'.  Returns false if such packets cannot have one. */
bool receive_cache_learn(struct receive_cache *, struct receive_peer *peer,
                         const uint8_t head[RECEIVE_HEAD_SIZE], size_t size,
                         const struct receive_layout *layout,
                         struct dp_netdev_flow *flow);

#endif /* receive-cache.h */
