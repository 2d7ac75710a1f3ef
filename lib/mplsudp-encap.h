/* SPDX-License-Identifier: Apache-2.0
 *
 * mplsudp-encap: one packet into a tunnel.
 *
 * In two steps, because the caller owns the buffer: mplsudp_encap_plan()
 * decides whether and how the packet goes out, the caller then removes
 * 'skip' bytes from its front, cuts it to 'payload_size' and makes room for
 * 'header_size', and mplsudp_encap_write() fills that room.  Called for each
 * packet by vport-mplsudp-transmit.c. */

#ifndef MPLSUDP_ENCAP_H
#define MPLSUDP_ENCAP_H 1

#include "mplsudp-template.h"

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

/* Decides how the packet of 'size' bytes at 'packet' goes out by the template
 * that starts at 'template' and whose end was read into '*push'.  'type' is 0
 * for an Ethernet frame, else the Ethertype of a packet without an Ethernet
 * header.
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
enum mplsudp_drop mplsudp_encap_plan(const uint8_t *template,
                                     const struct mplsudp_push *push,
                                     const uint8_t *packet, size_t size,
                                     uint16_t type,
                                     struct mplsudp_encap *encap);

/* Writes the 'encap->header_size' bytes before the payload to 'packet', whose
 * payload follows there, and completes lengths, entropy and checksums.
 * Arguments as for mplsudp_encap_plan(), which returned MPLSUDP_PASS. */
void mplsudp_encap_write(const uint8_t *template,
                         const struct mplsudp_push *push,
                         const struct mplsudp_encap *encap, uint8_t *packet);

#endif /* mplsudp-encap.h */
