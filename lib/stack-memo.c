/* SPDX-License-Identifier: Apache-2.0 */

#include "stack-memo.h"

#include "label-entropy.h"

enum mplsudp_drop
stack_memo_learn(struct stack_memo *memo, const uint8_t *stack, size_t size,
                 uint32_t basis)
{
    enum mplsudp_drop verdict;
    size_t skip;

    memo->known = 0;
    verdict = label_stack_check(stack, size, &skip);
    if (verdict != MPLSUDP_PASS) {
        return verdict;
    }
    memo->size = label_stack_size(stack, size);
    memo->hash = label_entropy_stack(basis, stack, memo->size);
    if (memo->size <= STACK_MEMO_MAX) {
        memcpy(memo->bytes, stack, memo->size);
        memo->known = memo->size;
    }
    return MPLSUDP_PASS;
}
