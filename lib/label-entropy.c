/* SPDX-License-Identifier: Apache-2.0 */

#include "label-entropy.h"

#include <string.h>

#include "label-stack.h"
#include "stack-body.h"
#include "wire.h"

enum { MPLS_HASH_DEPTH = 16 };      /* Entries that are looked at. */

/* Adds 'value' to 'hash': one multiplication by 2**64 over the golden ratio,
 * whose good high bits are brought down for the next step. */
static inline uint64_t
mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static inline uint64_t
mix_bytes8(uint64_t hash, const uint8_t *p)
{
    return mix(hash, (uint64_t) wire_get32(p) << 32 | wire_get32(p + 4));
}

/* Returns true if the protocol's header starts with two 16-bit ports. */
static bool
has_ports(uint8_t protocol)
{
    return protocol == 6 || protocol == 17          /* TCP, UDP */
           || protocol == 132                       /* SCTP */
           || protocol == 33 || protocol == 136;    /* DCCP, UDP-Lite */
}

static uint64_t
hash_ip(uint64_t hash, const uint8_t *ip, uint8_t version, size_t size)
{
    uint64_t rest;
    size_t l4_ofs;
    bool fragment;

    if (version == 4) {
        hash = mix_bytes8(hash, ip + 12);
        rest = ip[9];
        fragment = wire_get16(ip + 6) & 0x3fff;
        l4_ofs = (ip[0] & 0xf) * 4;
    } else {
        for (int i = 8; i < IPV6_SIZE; i += 8) {
            hash = mix_bytes8(hash, ip + i);
        }
        rest = ip[6];
        fragment = false;       /* A fragment's next header has no ports. */
        l4_ofs = IPV6_SIZE;
    }
    if (has_ports((uint8_t) rest) && !fragment && size >= l4_ofs + 4) {
        rest |= (uint64_t) wire_get32(ip + l4_ofs) << 32;
    }
    return mix(hash, rest);
}

/* Hashes what tells flows apart in an Ethernet frame that is not IP. */
static uint64_t
hash_ethernet(uint64_t hash, const struct inner_packet *inner)
{
    if (inner->has_ethernet) {
        /* Less is a length (IEEE 802.3), which varies within a flow. */
        uint16_t type = inner->type >= ETHERTYPE_MIN ? inner->type : 0;

        hash = mix_bytes8(hash, inner->data);
        hash = mix(hash, (uint64_t) wire_get32(inner->data + 8) << 32 | type);
    }
    if (inner->type == ETHERTYPE_ARP
        && inner->size - inner->l3_ofs >= 28) {
        const uint8_t *arp = inner->data + inner->l3_ofs;

        /* Sender and target protocol addresses. */
        hash = mix(hash, (uint64_t) wire_get32(arp + 14) << 32
                         | wire_get32(arp + 24));
    }
    return hash;
}

static uint64_t
hash_ip_or_ethernet(uint64_t hash, const struct inner_packet *inner)
{
    return inner->ip_version
           ? hash_ip(hash, inner->data + inner->l3_ofs, inner->ip_version,
                     inner->size - inner->l3_ofs)
           : hash_ethernet(hash, inner);
}

static uint64_t
hash_mpls(uint64_t hash, const uint8_t *stack, size_t size)
{
    bool extended = false;      /* The entry belongs to one of label 15. */

    for (int i = 0; i < MPLS_HASH_DEPTH && size >= LSE_SIZE; i++) {
        uint32_t lse = wire_get32(stack);

        if (lse_label(lse) >= LABEL_UNRESERVED_MIN && !extended) {
            hash = mix(hash, lse_label(lse));
        }
        extended = lse_label(lse) == LABEL_EXTENSION;
        stack += LSE_SIZE;
        size -= LSE_SIZE;
        if (lse_bottom(lse)) {
            struct inner_packet below;

            return stack_body_read(stack, size, &below)
                   ? hash_ip_or_ethernet(hash, &below) : hash;
        }
    }
    return hash;
}

uint32_t
label_entropy_hash(const struct inner_packet *inner, uint32_t basis)
{
    uint64_t hash = basis;

    if (inner->outer_type == ETHERTYPE_MPLS
        || inner->outer_type == ETHERTYPE_MPLS_UPSTREAM) {
        hash = hash_mpls(hash, inner->data + inner->l3_ofs,
                         inner->size - inner->l3_ofs);
    } else {
        hash = hash_ip_or_ethernet(hash, inner);
    }
    /* Ports alone change few bits: two rounds spread them over all 14. */
    hash ^= hash >> 29;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 32;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    return (uint32_t) (hash >> 32);
}
