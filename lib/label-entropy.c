/* SPDX-License-Identifier: Apache-2.0 */

#include "label-entropy.h"

#include "label-stack.h"
#include "stack-body.h"
#include "wire.h"

enum { HASHED_MAX = 16 * LSE_SIZE };    /* Of a stack, what is looked at. */

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

uint64_t
label_entropy_stack(uint32_t basis, const uint8_t *stack, size_t size)
{
    bool extended = false;      /* The entry belongs to one of label 15. */
    uint64_t hash = basis;

    for (size_t ofs = 0; ofs < size && ofs < HASHED_MAX; ofs += LSE_SIZE) {
        uint32_t label = lse_label(wire_get32(stack + ofs));

        if (label >= LABEL_UNRESERVED_MIN && !extended) {
            hash = entropy_add(hash, label);
        }
        extended = label == LABEL_EXTENSION;
    }
    return hash;
}

uint32_t
label_entropy_below(uint64_t hash, size_t size,
                    const struct inner_packet *below)
{
    return entropy_finish(below && size <= HASHED_MAX
                          ? hash_body(hash, below) : hash);
}

static uint32_t
hash_mpls(uint32_t basis, const uint8_t *stack, size_t size)
{
    size_t stack_size = label_stack_size(stack, size);
    struct inner_packet below;
    bool known = stack_size && stack_body_read(stack + stack_size,
                                               size - stack_size, &below);

    return label_entropy_below(
        label_entropy_stack(basis, stack,
                            stack_size ? stack_size : size / 4 * LSE_SIZE),
        stack_size, known ? &below : NULL);
}

uint32_t
label_entropy_hash_other(const struct inner_packet *inner, uint32_t basis)
{
    return inner->outer_type == ETHERTYPE_MPLS
           || inner->outer_type == ETHERTYPE_MPLS_UPSTREAM
           ? hash_mpls(basis, inner->data + inner->l3_ofs,
                       inner->size - inner->l3_ofs)
           : entropy_finish(hash_body(basis, inner));
}
