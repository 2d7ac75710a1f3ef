/* SPDX-License-Identifier: Apache-2.0 */

#include "inet-sum.h"

/* Two words side by side, which every x86-64 adds at once.  Where a machine
 * cannot, the compiler adds one after the other. */
typedef uint64_t words __attribute__((vector_size(16)));

/* A sum that never has to wait for a carry.  'high' adds up the high halves
 * of the words, and 'all' the words: what overflows there is of the high
 * halves, so that without them it is the sum of the low ones. */
struct accumulator {
    words all;
    words high;
};

static inline void
accumulate(struct accumulator *acc, const uint8_t *p)
{
    words value;

    memcpy(&value, p, sizeof value);
    acc->all += value;
    acc->high += value >> 32;
}

static inline void
merge(struct accumulator *acc, const struct accumulator *other)
{
    acc->all += other->all;
    acc->high += other->high;
}

static inline uint64_t
fold64(uint64_t sum)
{
    return (sum >> 32) + (sum & UINT32_MAX);
}

/* Returns the sum of the last 'size' bytes, fewer than 16, at 'p'. */
static inline uint64_t
sum_rest(const uint8_t *p, size_t size)
{
    uint64_t sum = 0;

    if (size & 8) {
        sum = inet_sum_add_header(sum, p, 8);
        p += 8;
    }
    if (size & 4) {
        sum = inet_sum_add_header(sum, p, 4);
        p += 4;
    }
    if (size & 2) {
        uint16_t value;

        memcpy(&value, p, sizeof value);
        sum += value;
        p += 2;
    }
    if (size & 1) {
        uint16_t value = 0;

        memcpy(&value, p, 1);       /* As if a zero byte followed. */
        sum += value;
    }
    return sum;
}

uint64_t
inet_sum_add(uint64_t sum, const void *data, size_t size)
{
    struct accumulator a = { { 0 }, { 0 } }, b = a, c = a, d = a;
    const uint8_t *p = data;

    for (; size >= 64; p += 64, size -= 64) {
        accumulate(&a, p);
        accumulate(&b, p + 16);
        accumulate(&c, p + 32);
        accumulate(&d, p + 48);
    }
    merge(&a, &b);
    merge(&c, &d);
    merge(&a, &c);
    for (; size >= 16; p += 16, size -= 16) {
        accumulate(&a, p);
    }
    a.all += a.high - (a.high << 32);
    return fold64(fold64(sum) + a.all[0] + a.all[1] + sum_rest(p, size));
}
