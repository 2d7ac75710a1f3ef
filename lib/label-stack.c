/* SPDX-License-Identifier: Apache-2.0 */

#include "label-stack.h"

#include "wire.h"

enum { LABEL_BITS = 20 };

static bool
is_explicit_null(uint32_t label)
{
    return label == LABEL_IPV4_EXPLICIT_NULL
           || label == LABEL_IPV6_EXPLICIT_NULL;
}

/* Returns true if the entropy label indicator at 'stack' is followed by an
 * entropy label within 'size' bytes; RFC 6790 sections 3 and 4.1. */
static bool
entropy_pair_ok(const uint8_t *stack, size_t size)
{
    return !lse_bottom(wire_get32(stack))
           && (size < 2 * LSE_SIZE
               || lse_label(wire_get32(stack + LSE_SIZE))
                  >= LABEL_UNRESERVED_MIN);
}

enum mplsudp_drop
label_stack_read_key(const uint8_t *stack, size_t size,
                     struct label_stack_key *read)
{
    uint64_t key = 0;
    size_t ofs = 0;
    unsigned int depth = 0;
    uint32_t lse;

    if (size >= LSE_SIZE && !lse_ttl(wire_get32(stack))) {
        return MPLSUDP_DROP_TTL_EXPIRED;
    }
    do {
        if (size - ofs < LSE_SIZE) {
            return MPLSUDP_DROP_STACK_TRUNCATED;
        }
        lse = wire_get32(stack + ofs);

        uint32_t label = lse_label(lse);

        if (label == LABEL_ENTROPY_INDICATOR) {
            if (!entropy_pair_ok(stack + ofs, size - ofs)) {
                return MPLSUDP_DROP_SPECIAL_LABEL;
            }
            ofs += LSE_SIZE;
            if (size - ofs < LSE_SIZE) {
                return MPLSUDP_DROP_STACK_TRUNCATED;
            }
            lse = wire_get32(stack + ofs);
        } else if (label < LABEL_UNRESERVED_MIN && !is_explicit_null(label)) {
            return MPLSUDP_DROP_SPECIAL_LABEL;
        } else if (label >= LABEL_UNRESERVED_MIN || lse_bottom(lse)) {
            if (++depth > LABEL_KEY_DEPTH) {
                return MPLSUDP_DROP_STACK_DEPTH;
            }
            key = key << LABEL_BITS | label;
        }
        ofs += LSE_SIZE;
    } while (!lse_bottom(lse));

    read->key = key;
    read->size = ofs;
    read->ttl = lse_ttl(wire_get32(stack));
    return MPLSUDP_PASS;
}

/* Labels below 16 that a router must not act on when they come on top: the
 * unassigned ones, a second entropy label indicator (RFC 6790 section 4.3),
 * and the extension label, whose extensions it would have to understand (RFC
 * 7274 section 3.1.1, RFC 9017 section 4). */
static bool
label_drops_on_top(uint32_t label)
{
    return (label >= 4 && label <= 12) || label == LABEL_EXTENSION;
}

/* Labels that never stand at the bottom of a stack. */
static bool
label_drops_at_bottom(uint32_t label)
{
    return label == LABEL_ROUTER_ALERT || label == LABEL_ENTROPY_INDICATOR
           || label == LABEL_EXTENSION;
}

/* Checks an entropy label pair on top: below it the stack goes on. */
static enum mplsudp_drop
check_entropy_pair(const uint8_t *stack, size_t size)
{
    if (!lse_ttl(wire_get32(stack))) {
        return MPLSUDP_DROP_TTL_EXPIRED;
    }
    if (!entropy_pair_ok(stack, size)) {
        return MPLSUDP_DROP_SPECIAL_LABEL;
    }
    if (size < 2 * LSE_SIZE) {
        return MPLSUDP_DROP_STACK_TRUNCATED;
    }
    return lse_bottom(wire_get32(stack + LSE_SIZE))
           ? MPLSUDP_DROP_SPECIAL_LABEL : MPLSUDP_PASS;
}

/* Checks a stack whose top entry decides what becomes of the packet. */
static enum mplsudp_drop
check_entries(const uint8_t *stack, size_t size)
{
    size_t ofs = 0;
    uint32_t lse;

    do {
        if (size - ofs < LSE_SIZE) {
            return MPLSUDP_DROP_STACK_TRUNCATED;
        }
        lse = wire_get32(stack + ofs);

        uint32_t label = lse_label(lse);

        if (label < LABEL_UNRESERVED_MIN
            && (label == LABEL_IMPLICIT_NULL
                || (!ofs && label_drops_on_top(label))
                || (lse_bottom(lse) && label_drops_at_bottom(label)))) {
            return MPLSUDP_DROP_SPECIAL_LABEL;
        }
        if (!ofs && !lse_ttl(lse)) {
            return MPLSUDP_DROP_TTL_EXPIRED;
        }
        ofs += LSE_SIZE;
    } while (!lse_bottom(lse));

    return MPLSUDP_PASS;
}

enum mplsudp_drop
label_stack_check(const uint8_t *stack, size_t size, size_t *skip)
{
    *skip = 0;
    if (size >= LSE_SIZE
        && lse_label(wire_get32(stack)) == LABEL_ENTROPY_INDICATOR) {
        enum mplsudp_drop verdict = check_entropy_pair(stack, size);

        if (verdict) {
            return verdict;
        }
        *skip = 2 * LSE_SIZE;
    }
    return check_entries(stack + *skip, size - *skip);
}

size_t
label_stack_size(const uint8_t *stack, size_t size)
{
    for (size_t ofs = 0; size - ofs >= LSE_SIZE; ) {
        bool bottom = lse_bottom(wire_get32(stack + ofs));

        ofs += LSE_SIZE;
        if (bottom) {
            return ofs;
        }
    }
    return 0;
}

/* Returns the number of labels in 'key': a zero field ends the stack. */
static unsigned int
label_key_depth(uint64_t key)
{
    unsigned int depth = 0;

    for (; depth < LABEL_KEY_DEPTH && key & LABEL_MAX; key >>= LABEL_BITS) {
        depth++;
    }
    return depth;
}

enum mplsudp_drop
label_key_check(uint64_t key)
{
    unsigned int depth = label_key_depth(key);

    if (!key) {
        return MPLSUDP_DROP_NO_KEY;
    }
    if (!depth || key >> (LABEL_KEY_DEPTH * LABEL_BITS)) {
        return MPLSUDP_DROP_BAD_KEY;
    }
    for (unsigned int i = 0; i < depth; i++) {
        if ((key >> (i * LABEL_BITS) & LABEL_MAX) < LABEL_UNRESERVED_MIN) {
            return MPLSUDP_DROP_BAD_KEY;
        }
    }
    return MPLSUDP_PASS;
}

size_t
label_key_write(uint64_t key, uint8_t tc, uint8_t ttl, uint8_t *out)
{
    unsigned int depth = label_key_depth(key);

    for (unsigned int i = depth; i-- > 0; ) {
        uint32_t label = key >> (i * LABEL_BITS) & LABEL_MAX;

        wire_put32(out, lse_make(label, tc, i == 0, ttl));
        out += LSE_SIZE;
    }
    return depth * LSE_SIZE;
}
