/* SPDX-License-Identifier: Apache-2.0 */

#include "inet-sum.h"

static inline uint64_t
load64(const uint8_t *p)
{
    uint64_t value;

    memcpy(&value, p, sizeof value);
    return value;
}

/* A 64-bit ones' complement sum whose carries are counted apart, so that
 * additions to different accumulators do not wait for each other. */
struct accumulator {
    uint64_t sum;
    uint64_t carries;
};

static inline void
accumulate(struct accumulator *acc, uint64_t value)
{
    acc->sum += value;
    acc->carries += acc->sum < value;
}

static inline uint64_t
fold64(uint64_t sum)
{
    return (sum >> 32) + (sum & UINT32_MAX);
}

uint64_t
inet_sum_add(uint64_t sum, const void *data, size_t size)
{
    struct accumulator a = { sum, 0 };
    struct accumulator b = { 0, 0 };
    const uint8_t *p = data;

    for (; size >= 32; p += 32, size -= 32) {
        accumulate(&a, load64(p));
        accumulate(&b, load64(p + 8));
        accumulate(&a, load64(p + 16));
        accumulate(&b, load64(p + 24));
    }
    for (; size >= 8; p += 8, size -= 8) {
        accumulate(&a, load64(p));
    }
    if (size & 4) {
        uint32_t value;

        memcpy(&value, p, sizeof value);
        accumulate(&b, value);
        p += 4;
    }
    if (size & 2) {
        uint16_t value;

        memcpy(&value, p, sizeof value);
        accumulate(&b, value);
        p += 2;
    }
    if (size & 1) {
        uint16_t value = 0;

        memcpy(&value, p, 1);       /* As if a zero byte followed. */
        accumulate(&b, value);
    }

    return fold64(fold64(a.sum) + fold64(b.sum) + a.carries + b.carries);
}
