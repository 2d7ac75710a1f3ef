/* SPDX-License-Identifier: Apache-2.0
 *
 * test-stack-memo: what is remembered of a label stack (lib/stack-memo.h) is
 * what is found out about it anew. */

#include "stack-memo.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "wire.h"

enum {
    N_STACKS = 6,
    DEPTH_MAX = 20,             /* More than is remembered. */
    BYTES = (DEPTH_MAX + 1) * LSE_SIZE,
    BASIS = 0x1234
};

/* Fills 'out' with a stack of up to DEPTH_MAX entries, some not allowed. */
static void
make_stack(uint8_t out[BYTES])
{
    size_t depth = 1 + unit_random() % DEPTH_MAX;

    for (size_t i = 0; i < BYTES / LSE_SIZE; i++) {
        uint32_t label = unit_random() % 8 ? 16 + unit_random() % 4
                                           : unit_random() % 16;

        wire_put32(out + i * LSE_SIZE,
                   lse_make(label, 0, i + 1 == depth,
                            unit_random() % 32 ? 255 : 0));
    }
}

/* Reads the 'size' bytes at 'stack' with '*memo' and with a new one. */
static bool
same_as_anew(struct stack_memo *memo, const uint8_t *stack, size_t size)
{
    uint8_t *copy = unit_copy(stack, size);
    struct stack_memo anew;
    enum mplsudp_drop verdict;
    bool same;

    stack_memo_init(&anew);
    verdict = stack_memo_read(&anew, copy, size, BASIS);
    same = unit_verdict("verdict", verdict,
                        stack_memo_read(memo, copy, size, BASIS));
    if (same && verdict == MPLSUDP_PASS) {
        same = unit_number("size", anew.size, memo->size)
               && unit_number("hash", anew.hash, memo->hash);
    }
    free(copy);
    return same;
}

void
test_stack_memo(void)
{
    uint8_t stacks[N_STACKS][BYTES];
    struct stack_memo memo;
    bool same = true;

    stack_memo_init(&memo);
    for (int round = 0; round < 200 && same; round++) {
        unit_case("stacks that come again, round %d", round);
        for (size_t i = 0; i < N_STACKS; i++) {
            make_stack(stacks[i]);
        }
        for (int i = 0; i < 200 && same; i++) {
            const uint8_t *stack = stacks[unit_random() % N_STACKS];

            for (uint32_t again = unit_random() % 3; same; again--) {
                same = same_as_anew(&memo, stack,
                                    unit_random() % 4
                                    ? BYTES : unit_random() % BYTES);
                if (!again) {
                    break;
                }
            }
        }
    }
}
