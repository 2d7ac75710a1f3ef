/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-label-stack: reads label stacks, and writes keys (lib/label-stack.h).
 *
 * Input: the bytes of a stack; the first eight of them are also a key. */

#include "label-stack.h"

#include "fuzz.h"
#include "wire.h"

/* Returns true if the stack of 'size' bytes is one that label_key_write()
 * writes: labels that are not special, all with one TC and TTL. */
static bool
is_canonical(const uint8_t *stack, size_t size)
{
    uint32_t top = wire_get32(stack);

    for (size_t ofs = 0; ofs < size; ofs += LSE_SIZE) {
        uint32_t lse = wire_get32(stack + ofs);

        if (lse_label(lse) < LABEL_UNRESERVED_MIN
            || lse_tc(lse) != lse_tc(top) || lse_ttl(lse) != lse_ttl(top)) {
            return false;
        }
    }
    return true;
}

/* A stack that was read, 'size' bytes, ends with its bottom, and what can be
 * written is written as it was read. */
static void
check_read(const uint8_t *stack, const struct label_stack_key *read)
{
    uint8_t out[LABEL_KEY_DEPTH * LSE_SIZE];
    uint32_t top = wire_get32(stack);

    FUZZ_CHECK(read->size >= LSE_SIZE && read->size % LSE_SIZE == 0);
    for (size_t ofs = 0; ofs < read->size; ofs += LSE_SIZE) {
        FUZZ_CHECK(lse_bottom(wire_get32(stack + ofs))
                   == (ofs == read->size - LSE_SIZE));
    }
    FUZZ_CHECK(read->key >> 60 == 0);
    FUZZ_CHECK(lse_ttl(top));
    if (is_canonical(stack, read->size)) {
        FUZZ_CHECK(label_key_check(read->key) == MPLSUDP_PASS);
        FUZZ_CHECK(label_key_write(read->key, lse_tc(top), lse_ttl(top), out)
                   == read->size);
        FUZZ_CHECK(!memcmp(out, stack, read->size));
    }
}

/* A key that can be sent is read as it was written, except that a zero field
 * ends it. */
static void
check_key(uint64_t key)
{
    uint8_t out[LABEL_KEY_DEPTH * LSE_SIZE];
    struct label_stack_key read;
    size_t size, skip;

    if (label_key_check(key) != MPLSUDP_PASS) {
        return;
    }
    size = label_key_write(key, 5, 1, out);
    FUZZ_CHECK(size >= LSE_SIZE && size <= sizeof out);
    FUZZ_CHECK(label_stack_check(out, size, &skip) == MPLSUDP_PASS);
    FUZZ_CHECK(label_stack_read_key(out, size, &read) == MPLSUDP_PASS);
    FUZZ_CHECK(read.size == size);
    FUZZ_CHECK(read.key == (key & ((UINT64_C(1) << size * 5) - 1)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *stack = fuzz_copy(data, size);
    struct label_stack_key read, again;
    size_t skip;

    if (label_stack_read_key(stack, size, &read) == MPLSUDP_PASS) {
        FUZZ_CHECK(read.size <= size);
        check_read(stack, &read);
        FUZZ_CHECK(label_stack_read_key(stack, read.size, &again)
                   == MPLSUDP_PASS);
        FUZZ_CHECK(again.key == read.key && again.size == read.size);
        FUZZ_CHECK(label_stack_read_key(stack, read.size - 1, &again));
    }
    if (label_stack_check(stack, size, &skip) == MPLSUDP_PASS) {
        FUZZ_CHECK(skip < size && skip % LSE_SIZE == 0);
        FUZZ_CHECK(lse_ttl(wire_get32(stack + skip)));
        FUZZ_CHECK(label_stack_check(stack + skip, size - skip, &skip)
                   == MPLSUDP_PASS);
        FUZZ_CHECK(!skip);
    }
    free(stack);

    if (size >= 8) {
        check_key((uint64_t) wire_get32(data) << 32 | wire_get32(data + 4));
    }
    return 0;
}
