/* SPDX-License-Identifier: Apache-2.0
 *
 * label-entropy: one number for each inner flow, spread over the underlay's
 * equal-cost paths as UDP source port (RFC 7510 section 3), IPv6 flow label
 * (RFC 6438) and entropy label (RFC 6790).
 *
 * The hash is taken from the packet's bytes alone, never from what a NIC or an
 * earlier stage computed, so that a flow keeps its port on the fast path, in
 * an upcall and in a packet-out.
 *
 * Called by mplsudp-encap.c, encap-lane.h and stack-memo.c. */

#ifndef LABEL_ENTROPY_H
#define LABEL_ENTROPY_H 1

#include <stdint.h>

#include "inner-packet.h"
#include "label-stack.h"

enum { ENTROPY_PORT_MIN = 49152 };      /* 14 bits of entropy above it. */

/* Adds 'value' to 'hash': one multiplication by 2**64 over the golden ratio,
 * whose good high bits are brought down for the next step. */
static inline uint64_t
entropy_add(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static inline uint64_t
entropy_add8(uint64_t hash, const uint8_t *p)
{
    return entropy_add(hash, (uint64_t) wire_get32(p) << 32
                             | wire_get32(p + 4));
}

/* Returns true if the protocol's header starts with two 16-bit ports. */
static inline bool
entropy_has_ports(uint8_t protocol)
{
    return protocol == 6 || protocol == 17          /* TCP, UDP */
           || protocol == 132                       /* SCTP */
           || protocol == 33 || protocol == 136;    /* DCCP, UDP-Lite */
}

/* Adds the flow of the IP packet that label_entropy_ip() is for. */
static inline uint64_t
entropy_add_ip(uint64_t hash, const uint8_t *ip, uint8_t version,
               size_t size)
{
    uint64_t rest;
    size_t l4_ofs;
    bool fragment;

    if (version == 4) {
        hash = entropy_add8(hash, ip + 12);
        rest = ip[9];
        fragment = wire_get16(ip + 6) & 0x3fff;
        l4_ofs = (ip[0] & 0xf) * 4;
    } else {
        for (int i = 8; i < IPV6_SIZE; i += 8) {
            hash = entropy_add8(hash, ip + i);
        }
        rest = ip[6];
        fragment = false;       /* A fragment's next header has no ports. */
        l4_ofs = IPV6_SIZE;
    }
    if (entropy_has_ports((uint8_t) rest) && !fragment
        && size >= l4_ofs + 4) {
        rest |= (uint64_t) wire_get32(ip + l4_ofs) << 32;
    }
    return entropy_add(hash, rest);
}

/* Returns the number that the steps of 'hash' come to.  Ports alone change few
 * bits: two rounds spread them over all 14. */
static inline uint32_t
entropy_finish(uint64_t hash)
{
    hash ^= hash >> 29;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 32;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    return (uint32_t) (hash >> 32);
}

/* Returns label_entropy_hash() of the IP packet of 'version' (4 or 6) of which
 * the 'size' bytes at 'ip' are there: a whole header at least. */
static inline uint32_t
label_entropy_ip(uint32_t basis, const uint8_t *ip, uint8_t version,
                 size_t size)
{
    return entropy_finish(entropy_add_ip(basis, ip, version, size));
}

/* In two steps, label_entropy_hash() of an MPLS packet: of the label stack of
 * 'size' bytes at 'stack', and, from the 'hash' and 'size' of that, of what is
 * below, NULL if that cannot be told. */
uint64_t label_entropy_stack(uint32_t basis, const uint8_t *stack,
                             size_t size);
uint32_t label_entropy_below(uint64_t hash, size_t size,
                             const struct inner_packet *below);

/* The way of label_entropy_hash() for all but IP. */
uint32_t label_entropy_hash_other(const struct inner_packet *inner,
                                  uint32_t basis);

/* Returns a hash of the flow of 'inner': addresses, protocol and ports of an
 * IP packet (no ports if it is a fragment); of an MPLS packet the labels that
 * are not special-purpose (RFC 7274 section 3) and what can be told of the
 * packet below; else MAC addresses and Ethertype.  'basis' sets tunnels
 * apart. */
static inline uint32_t
label_entropy_hash(const struct inner_packet *inner, uint32_t basis)
{
    return inner->ip_version
           ? label_entropy_ip(basis, inner->data + inner->l3_ofs,
                              inner->ip_version, inner->size - inner->l3_ofs)
           : label_entropy_hash_other(inner, basis);
}

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
