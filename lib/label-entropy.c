/* SPDX-License-Identifier: Apache-2.0 */

#include "label-entropy.h"

#include "label-stack.h"
#include "stack-body.h"
#include "wire.h"

enum { MPLS_HASH_DEPTH = 16 };      /* Entries that are looked at. */

/* Hashes what tells flows apart in an Ethernet frame that is not IP. */
static uint64_t
hash_ethernet(uint64_t hash, const struct inner_packet *inner)
{
    if (inner->has_ethernet) {
        /* Less is a length (IEEE 802.3), which varies within a flow. */
        uint16_t type = inner->type >= ETHERTYPE_MIN ? inner->type : 0;

        hash = entropy_add8(hash, inner->data);
        hash = entropy_add(hash, (uint64_t) wire_get32(inner->data + 8) << 32
                                 | type);
    }
    if (inner->type == ETHERTYPE_ARP
        && inner->size - inner->l3_ofs >= 28) {
        const uint8_t *arp = inner->data + inner->l3_ofs;

        /* Sender and target protocol addresses. */
        hash = entropy_add(hash, (uint64_t) wire_get32(arp + 14) << 32
                                 | wire_get32(arp + 24));
    }
    return hash;
}

/* Hashes 'inner', which is not MPLS. */
static uint64_t
hash_body(uint64_t hash, const struct inner_packet *inner)
{
    return inner->ip_version
           ? entropy_add_ip(hash, inner->data + inner->l3_ofs,
                            inner->ip_version, inner->size - inner->l3_ofs)
           : hash_ethernet(hash, inner);
}

static uint64_t
hash_mpls(uint64_t hash, const uint8_t *stack, size_t size)
{
    bool extended = false;      /* The entry belongs to one of label 15. */

    for (int i = 0; i < MPLS_HASH_DEPTH && size >= LSE_SIZE; i++) {
        uint32_t lse = wire_get32(stack);

        if (lse_label(lse) >= LABEL_UNRESERVED_MIN && !extended) {
            hash = entropy_add(hash, lse_label(lse));
        }
        extended = lse_label(lse) == LABEL_EXTENSION;
        stack += LSE_SIZE;
        size -= LSE_SIZE;
        if (lse_bottom(lse)) {
            struct inner_packet below;

            return stack_body_read(stack, size, &below)
                   ? hash_body(hash, &below) : hash;
        }
    }
    return hash;
}

uint32_t
label_entropy_hash_other(const struct inner_packet *inner, uint32_t basis)
{
    bool mpls = inner->outer_type == ETHERTYPE_MPLS
                || inner->outer_type == ETHERTYPE_MPLS_UPSTREAM;

    return entropy_finish(
        mpls ? hash_mpls(basis, inner->data + inner->l3_ofs,
                         inner->size - inner->l3_ofs)
             : hash_body(basis, inner));
}
