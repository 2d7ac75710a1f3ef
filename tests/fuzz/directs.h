/* SPDX-License-Identifier: Apache-2.0
 *
 * directs: what fuzz-vport-direct.c runs on: packets, datapath flows and the
 * long way through both lookups, with what is learned there.
 *
 * There is one outer mask, and one or two inner ones: with two, a bit that
 * both have tells for which packets each is.  Each packet finds the flow of
 * its bits under the mask, which is made when there is none. */

#ifndef DIRECTS_H
#define DIRECTS_H 1

#include "vports.h"

#include "dpif-netdev-private-flow.h"
#include "receive-cache.h"

enum { DIRECTS_PACKETS = 16, DIRECTS_IN_PORT = 1, DIRECTS_TUNNEL_PORT = 7 };

/* The first byte of an input, beside the number of the datapath port. */
enum {
    DIRECTS_PORT_BITS = 3,
    DIRECTS_TWO_MASKS = 1 << 2,     /* One for UDP. */
    DIRECTS_LEARN_ALL = 1 << 3,     /* From each packet, not only the first. */
    DIRECTS_TWICE = 1 << 4,         /* Again when options have changed. */
    DIRECTS_KILL = 1 << 5,          /* Again when all flows are dead. */
    DIRECTS_UNINIT = 1 << 6,        /* The cache ends with the input. */
    DIRECTS_BY_ADDRESS = 1 << 7     /* Two masks: by a bit of 'nw_dst'. */
};

/* Flags of a packet. */
enum {
    DIRECTS_IP_GOOD = 1 << 0,       /* Known from the NIC, like those below. */
    DIRECTS_L4_GOOD = 1 << 1,
    DIRECTS_RSS = 1 << 2
};

struct directs_packet {
    uint8_t *data;
    size_t size;
    uint8_t flags;
};

/* A flow, and what packets of it have under its mask. */
struct directs_flow {
    struct dp_netdev_flow *dp;
    struct flow masked;
};

enum { DIRECTS_OUTER, DIRECTS_INNER, DIRECTS_INNER2, DIRECTS_N_MASKS };

/* Flows of one mask, those before 'first' dead. */
struct directs_table {
    struct flow mask;
    struct netdev_flow_key *key;
    struct directs_flow flows[4 * DIRECTS_PACKETS];
    size_t first, n;
};

struct directs {
    struct vports_datapath *datapath;
    uint8_t flags;
    struct directs_table tables[DIRECTS_N_MASKS];
    struct directs_packet packets[DIRECTS_PACKETS];
    size_t n_packets;
    struct receive_cache *cache;    /* Null, or empty at first. */
};

/* Reads an input, in which follow each other: a byte of DIRECTS_* and datapath
 * port; the three masks; packets, the first as in vports.h.
 *
 * A mask is a byte, how many parts it has, and three bytes for each: the field
 * and, with bit 7, "all of it"; else the byte in the field; its mask.
 *
 * Another packet is a byte whose bits 0-1 are not zero if it is the first with
 * changes, else zero, and a packet as in vports.h.  Changes: a byte of flags;
 * if bit 2 is set, a signed byte by which its size changes; bits 3-5 say how
 * many bytes change, for each its offset and what is flipped.  With bit 6 the
 * outer lengths, and with bit 7 the sums are then made right.
 *
 * Returns false if there is no packet. */
bool directs_read(struct directs *, const uint8_t *data, size_t size);

void directs_destroy(struct directs *);

/* Returns a new packet, as it came from the NIC. */
struct dp_packet *directs_receive(const struct directs_packet *);

/* What becomes of a packet the long way. */
struct directs_outcome {
    struct dp_netdev_flow *outer;   /* Null if that is no tunnel's flow. */
    struct dp_packet *packet;       /* Out of the tunnel; null if refused. */
    struct dp_netdev_flow *inner;
    struct flow flow;
};

/* Takes 'packet' the long way.  If 'learn', learns of it what direct-receive
 * does: if 'peer' is null a peer, else an entry. */
void directs_long_way(struct directs *, const struct directs_packet *packet,
                      struct receive_peer *peer, bool learn,
                      struct directs_outcome *);

/* All flows die, so that packets find new ones. */
void directs_kill(struct directs *);

/* Returns true if nobody but '*directs' refers to its flows. */
bool directs_unreferenced(const struct directs *);

#endif /* directs.h */
