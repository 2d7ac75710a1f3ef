/* SPDX-License-Identifier: Apache-2.0
 *
 * label-stack: MPLS label stacks on the wire and in a tunnel key (RFC 3032,
 * RFC 5462).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                Label                  | TC  |S|      TTL      |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * A label key is what OVS calls tun_id: the bottom label in bits 0-19, the one
 * above it in bits 20-39, the third from the bottom in bits 40-59, bits 60-63
 * zero.  A zero field above the bottom ends the stack, so a key of one label
 * is the label.
 *
 * Called by mplsudp-decap.c, mplsudp-template.c and mplsudp-config.c for
 * tunnel ports; its entries are used by label-push.c and label-pop.c, too. */

#ifndef LABEL_STACK_H
#define LABEL_STACK_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mplsudp-drop.h"

enum {
    LSE_SIZE = 4,               /* Bytes of a label stack entry. */
    LABEL_MAX = 0xfffff,
    LABEL_KEY_DEPTH = 3,        /* Labels that a key holds. */
    CONTROL_WORD_SIZE = 4       /* Below the bottom; RFC 4385, RFC 4448. */
};

/* Special-purpose labels (RFC 3032 section 2.1, RFC 6790, RFC 7274). */
enum {
    LABEL_IPV4_EXPLICIT_NULL = 0,
    LABEL_ROUTER_ALERT = 1,
    LABEL_IPV6_EXPLICIT_NULL = 2,
    LABEL_IMPLICIT_NULL = 3,        /* Signalled, never on the wire. */
    LABEL_ENTROPY_INDICATOR = 7,
    LABEL_EXTENSION = 15,
    LABEL_UNRESERVED_MIN = 16       /* First label without special meaning. */
};

/* Returns a label stack entry in host byte order.  'label' is 0-0xfffff, 'tc'
 * 0-7, 'ttl' 0-255. */
static inline uint32_t
lse_make(uint32_t label, uint8_t tc, bool bottom, uint8_t ttl)
{
    return label << 12 | (uint32_t) tc << 9 | (uint32_t) bottom << 8 | ttl;
}

/* The fields of 'lse', which is in host byte order. */
static inline uint32_t
lse_label(uint32_t lse)
{
    return lse >> 12;
}

static inline uint8_t
lse_tc(uint32_t lse)
{
    return lse >> 9 & 7;
}

static inline bool
lse_bottom(uint32_t lse)
{
    return lse >> 8 & 1;
}

static inline uint8_t
lse_ttl(uint32_t lse)
{
    return (uint8_t) lse;
}

/* What label_stack_read_key() finds. */
struct label_stack_key {
    uint64_t key;               /* The labels, as tun_id packs them. */
    size_t size;                /* Bytes of the whole stack. */
    uint8_t ttl;                /* Of the top entry. */
};

/* Reads the label stack at the start of the 'size' bytes at 'stack' as its
 * last receiver, and stores its key and size in '*read'.  Explicit nulls above
 * the bottom (RFC 4182) and entropy label pairs (RFC 6790) are not part of the
 * key.
 *
 * Returns MPLSUDP_PASS, or STACK_TRUNCATED, STACK_DEPTH, SPECIAL_LABEL or
 * TTL_EXPIRED (top entry, RFC 3032 section 2.4), and then '*read' is
 * undefined. */
enum mplsudp_drop label_stack_read_key(const uint8_t *stack, size_t size,
                                       struct label_stack_key *read);

/* Checks the label stack at the start of the 'size' bytes at 'stack' as a
 * label switching router that acts on the top entry only: the stack must end
 * within 'size' and hold no label that is illegal where it stands.  An entropy
 * label pair on top is passed over, as the egress of its tunnel does (RFC 6790
 * section 4.1).
 *
 * Returns MPLSUDP_PASS and stores in '*skip' how many bytes are to be removed,
 * or returns STACK_TRUNCATED, SPECIAL_LABEL or TTL_EXPIRED. */
enum mplsudp_drop label_stack_check(const uint8_t *stack, size_t size,
                                    size_t *skip);

/* Returns the number of bytes through the bottom of the label stack that
 * starts the 'size' bytes at 'stack'; 0 if it does not end there. */
size_t label_stack_size(const uint8_t *stack, size_t size);

/* Checks that 'key' can be sent: at least a bottom label, no special-purpose
 * label, bits 60-63 zero.  Returns MPLSUDP_PASS, NO_KEY or BAD_KEY. */
enum mplsudp_drop label_key_check(uint64_t key);

/* Writes the label stack of 'key', which passed label_key_check(), to 'out',
 * top first, each entry with 'tc' (0-7) and 'ttl' (0-255).  'out' has room for
 * LABEL_KEY_DEPTH entries.  Returns the number of bytes written. */
size_t label_key_write(uint64_t key, uint8_t tc, uint8_t ttl, uint8_t *out);

#endif /* label-stack.h */
