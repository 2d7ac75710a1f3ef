/* SPDX-License-Identifier: Apache-2.0
 *
 * mplsudp-encap: one packet into a tunnel.
 *
 * In two steps, because the caller owns the buffer: mplsudp_encap_plan()
 * decides whether and how the packet goes out, the caller then removes
 * 'skip' bytes from its front, cuts it to 'payload_size' and makes room for
 * 'header_size', and mplsudp_encap_write() fills that room.  Called for each
 * packet by vport-mplsudp-transmit.c, where encap-lane.h cannot decide. */

#ifndef MPLSUDP_ENCAP_H
#define MPLSUDP_ENCAP_H 1

#include "mplsudp-template.h"
#include "stack-memo.h"

/* Which plain packets encap-lane.h can decide about. */
enum mplsudp_lane {
    MPLSUDP_LANE_NONE,
    MPLSUDP_LANE_FRAME,         /* As frames. */
    MPLSUDP_LANE_IP             /* As IP packets, whatever their MACs. */
};

/* What the packets that go out by one template have in common, worked out once
 * for a batch of them. */
struct mplsudp_batch {
    const uint8_t *template;
    struct mplsudp_push push;   /* What its end says. */
    size_t frame_header_size;   /* Bytes before an Ethernet frame, ... */
    size_t ip_header_size;      /* ... and before an IP packet. */
    uint64_t udp_sum;           /* Of pseudo-header and UDP header, ... */
    uint64_t stack_sum;         /* ... and of the label stack. */
    uint16_t ipv4_sum;          /* As outer_ipv4_sum(). */
    uint8_t l4_ofs;             /* Where what follows the IP header is. */
    uint8_t tos;                /* If nothing is inherited. */
    uint8_t ttl;
    uint8_t label_tc;
    uint8_t label_ttl;
    uint8_t lane;               /* enum mplsudp_lane. */
    struct stack_memo memo;     /* Of packets that are MPLS already. */
};

/* How one packet goes out. */
struct mplsudp_encap {
    size_t skip;                /* Ethernet header bytes that are not sent. */
    size_t payload_size;        /* Bytes of the packet behind them to send. */
    size_t header_size;         /* Bytes of the template to put before it. */
    uint32_t hash;              /* Of the inner flow. */
    uint8_t tos;                /* Outer TOS: DSCP and ECN. */
    uint8_t ttl;                /* Outer TTL. */
    uint8_t label_tc;           /* For all pushed label stack entries, ... */
    uint8_t label_ttl;          /* ... if 'label_inherits'. */
    bool label_inherits;
};

/* Prepares '*batch' for packets by the template of 'size' bytes at 'template',
 * which must stay there.  Returns false, and leaves '*batch' undefined, if
 * what stands there is no template. */
bool mplsudp_batch_init(const uint8_t *template, size_t size,
                        struct mplsudp_batch *batch);

/* Decides how the packet of 'size' bytes at 'packet' goes out by the template
 * of '*batch'.  'type' is 0 for an Ethernet frame, else the Ethertype of a
 * packet without an Ethernet header.
 *
 *  - An MPLS packet is sent with its own stack, without Ethernet header.
 *
 *  - An IP packet whose MAC addresses are zero, or without Ethernet header, or
 *    any on a payload=ip port, is sent below the template's stack, without
 *    Ethernet header.
 *
 *  - Any other Ethernet frame but PAUSE is sent below the template's stack and
 *    control word, if the port carries Ethernet.
 *
 * Returns MPLSUDP_PASS and fills in '*encap', or the reason for dropping the
 * packet: PAYLOAD, STACK_TRUNCATED, SPECIAL_LABEL, NO_KEY, BAD_KEY,
 * TTL_EXPIRED, TOO_BIG or INNER_TRUNCATED,
 * and then '*encap' is undefined. */
enum mplsudp_drop mplsudp_encap_plan(struct mplsudp_batch *batch,
                                     const uint8_t *packet, size_t size,
                                     uint16_t type,
                                     struct mplsudp_encap *encap);

/* Writes the 'encap->header_size' bytes before the payload to 'packet', whose
 * payload follows there, and completes lengths, entropy and checksums.
 * Arguments as for mplsudp_encap_plan(), which returned MPLSUDP_PASS. */
void mplsudp_encap_write(const struct mplsudp_batch *batch,
                         const struct mplsudp_encap *encap, uint8_t *packet);

#endif /* mplsudp-encap.h */
