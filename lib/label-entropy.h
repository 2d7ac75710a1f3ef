/* SPDX-License-Identifier: Apache-2.0
 *
 * label-entropy: one number for each inner flow, spread over the underlay's
 * equal-cost paths as UDP source port (RFC 7510 section 3), IPv6 flow label
 * (RFC 6438) and entropy label (RFC 6790).
 *
 * The hash is taken from the packet's bytes alone, never from what a NIC or an
 * earlier stage computed, so that a flow keeps its port on the fast path, in
 * an upcall and in a packet-out.  Called by mplsudp-encap.c. */

#ifndef LABEL_ENTROPY_H
#define LABEL_ENTROPY_H 1

#include <stdint.h>

#include "inner-packet.h"
#include "label-stack.h"

enum { ENTROPY_PORT_MIN = 49152 };      /* 14 bits of entropy above it. */

/* Returns a hash of the flow of 'inner': addresses, protocol and ports of an
 * IP packet (no ports if it is a fragment); of an MPLS packet the labels that
 * are not special-purpose (RFC 7274 section 3) and what can be told of the
 * packet below; else MAC addresses and Ethertype.  'basis' sets tunnels
 * apart. */
uint32_t label_entropy_hash(const struct inner_packet *inner, uint32_t basis);

/* Returns the UDP source port, 49152-65535, for 'hash'. */
static inline uint16_t
label_entropy_port(uint32_t hash)
{
    return (uint16_t) (ENTROPY_PORT_MIN | hash >> 18);
}

/* Returns the entropy label of RFC 6790, 16-0xfffff, for 'hash'. */
static inline uint32_t
label_entropy_label(uint32_t hash)
{
    uint32_t label = hash & LABEL_MAX;

    return label < LABEL_UNRESERVED_MIN ? label + LABEL_UNRESERVED_MIN : label;
}

/* Returns the IPv6 flow label, 1-0xfffff, for 'hash'. */
static inline uint32_t
label_entropy_flow_label(uint32_t hash)
{
    uint32_t label = hash & 0xfffff;

    return label ? label : 1;
}

#endif /* label-entropy.h */
