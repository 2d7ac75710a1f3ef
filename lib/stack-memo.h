/* SPDX-License-Identifier: Apache-2.0
 *
 * stack-memo: label stacks that come again.
 *
 * An action that pushes labels puts the same stack on all packets of a flow,
 * and a label switched path has one label.  So what takes a walk over the
 * entries is found out once, and remembered for the packets that follow with
 * the same bytes.
 *
 * Called by mplsudp-encap.c for packets that are MPLS already. */

#ifndef STACK_MEMO_H
#define STACK_MEMO_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "label-stack.h"
#include "mplsudp-drop.h"

enum { STACK_MEMO_MAX = 16 * LSE_SIZE };    /* Longer ones are forgotten. */

/* What was found out about a stack. */
struct stack_memo {
    size_t size;                /* Bytes through the bottom. */
    uint64_t hash;              /* As label_entropy_stack() returns. */
    size_t known;               /* Bytes to compare; 0 for none. */
    uint8_t bytes[STACK_MEMO_MAX];
};

static inline void
stack_memo_init(struct stack_memo *memo)
{
    memo->known = 0;
}

/* Returns true if '*memo' is of the stack that starts the 'size' bytes at
 * 'stack'.  Not by memcmp(): a call takes longer for so few bytes. */
static inline bool
stack_memo_is_of(const struct stack_memo *memo, const uint8_t *stack,
                 size_t size)
{
    uint64_t difference = 0;

    if (!memo->known || memo->known > size) {
        return false;
    }
    for (size_t ofs = 0; ofs < memo->known; ofs += LSE_SIZE) {
        uint32_t a, b;

        memcpy(&a, memo->bytes + ofs, sizeof a);
        memcpy(&b, stack + ofs, sizeof b);
        difference |= a ^ b;
    }
    return !difference;
}

/* Sets '*memo' for the label stack at the start of the 'size' bytes at
 * 'stack', after checking it as label_stack_check().  'basis' must be the same
 * each time.  Returns MPLSUDP_PASS, or STACK_TRUNCATED, SPECIAL_LABEL or
 * TTL_EXPIRED, and then '*memo' remembers nothing. */
enum mplsudp_drop stack_memo_learn(struct stack_memo *memo,
                                   const uint8_t *stack, size_t size,
                                   uint32_t basis);

/* Makes sure that '*memo' is of the label stack at 'stack'; arguments and
 * result are those of stack_memo_learn(). */
static inline enum mplsudp_drop
stack_memo_read(struct stack_memo *memo, const uint8_t *stack, size_t size,
                uint32_t basis)
{
    return stack_memo_is_of(memo, stack, size)
           ? MPLSUDP_PASS : stack_memo_learn(memo, stack, size, basis);
}

#endif /* stack-memo.h */
