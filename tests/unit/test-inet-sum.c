/* SPDX-License-Identifier: Apache-2.0
 *
 * test-inet-sum: the Internet checksum (lib/inet-sum.h) against a plain one.
 */

#include "inet-sum.h"

#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "unit.h"

enum { SIZE_MAX_TESTED = 2100, OFFSETS = 8 };

/* Returns a finished sum as the number that its bytes are on the wire. */
static uint16_t
to_wire(uint16_t sum)
{
    uint8_t bytes[2];

    memcpy(bytes, &sum, sizeof bytes);
    return (uint16_t) (bytes[0] << 8 | bytes[1]);
}

/* Returns as a word for inet_sum_update() what is 'value' on the wire. */
static uint16_t
from_wire(uint16_t value)
{
    uint8_t bytes[2] = { (uint8_t) (value >> 8), (uint8_t) value };
    uint16_t word;

    memcpy(&word, bytes, sizeof word);
    return word;
}

static uint16_t
expected_sum(const uint8_t *data, size_t size)
{
    return (uint16_t) ~ref_sum(0, data, size);
}

static uint16_t
got_sum(const uint8_t *data, size_t size)
{
    return to_wire(inet_sum_finish(inet_sum_add(0, data, size)));
}

static void
test_example(void)
{
    static const uint8_t rfc1071[] = {
        0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7
    };
    static const uint8_t ipv4[] = {     /* Vector U1, sum as sent. */
        0x45, 0x00, 0x00, 0x44, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
        0xb6, 0xa5, 0xc0, 0x00, 0x02, 0x01, 0xc0, 0x00, 0x02, 0x02
    };

    unit_case("example of RFC 1071 section 3");
    unit_number("sum", 0xffff - 0xddf2, got_sum(rfc1071, sizeof rfc1071));
    unit_case("no bytes");
    unit_number("sum", 0xffff, got_sum(rfc1071, 0));
    unit_case("right IPv4 header sums to zero");
    unit_number("sum", 0, got_sum(ipv4, sizeof ipv4));
}

static void
test_sizes(void)
{
    uint8_t *data = malloc(SIZE_MAX_TESTED + OFFSETS);

    for (size_t ofs = 0; ofs < OFFSETS; ofs++) {
        unit_case("random bytes, all sizes, offset %zu", ofs);
        unit_random_bytes(data, SIZE_MAX_TESTED + OFFSETS);
        for (size_t size = 0; size <= SIZE_MAX_TESTED; size++) {
            if (!unit_number("sum", expected_sum(data + ofs, size),
                             got_sum(data + ofs, size))) {
                break;
            }
        }
    }
    free(data);
}

/* The sum must not read one byte more than it is told. */
static void
test_exact_size(void)
{
    uint8_t data[80];

    unit_case("buffers of exact size");
    unit_random_bytes(data, sizeof data);
    for (size_t size = 0; size <= sizeof data; size++) {
        uint8_t *copy = unit_copy(data, size);

        unit_number("sum", expected_sum(data, size), got_sum(copy, size));
        free(copy);
    }
}

static void
test_carries(void)
{
    uint8_t *data = malloc(SIZE_MAX_TESTED);

    unit_case("carries: all bytes 0xff");
    memset(data, 0xff, SIZE_MAX_TESTED);
    for (size_t size = 0; size <= SIZE_MAX_TESTED; size++) {
        unit_number("sum", expected_sum(data, size), got_sum(data, size));
    }

    unit_case("carries: one bit in each place of 0xff bytes");
    for (size_t i = 0; i < 64 * 8; i++) {
        memset(data, 0xff, 64);
        data[i / 8] ^= (uint8_t) (1u << i % 8);
        unit_number("sum", expected_sum(data, 64), got_sum(data, 64));
    }

    unit_case("unfolded sums add up");
    for (int i = 0; i < 1000; i++) {
        uint64_t sum = 0;
        uint16_t expected = 0;

        for (int n = 0; n < 8; n++) {
            unit_random_bytes(data, 64);
            if (i & 1) {
                memset(data, 0xff, 64);
            }
            sum += inet_sum_add(0, data, 64);
            expected = ref_sum(expected, data, 64);
        }
        unit_number("sum", (uint16_t) ~expected,
                    to_wire(inet_sum_finish(sum)));
    }
    free(data);

    unit_case("inet_sum_add() folds to less than 2**33");
    unit_true("sum", inet_sum_add(UINT64_MAX, "\xff\xff", 2) >> 33 == 0);
}

/* Folding is the remainder by 0xffff, but zero only of zero. */
static void
test_finish(void)
{
    static const uint64_t corners[] = {
        0, 1, 0xfffe, 0xffff, 0x10000, 0x1fffe, 0x1ffff, 0xffffffff,
        UINT64_C(0x100000000), UINT64_C(0x1fffffffe), UINT64_C(0x1ffffffff),
        UINT64_C(0x2fffc0001), UINT64_C(0xffff0000ffff0000),
        UINT64_MAX - 1, UINT64_MAX
    };
    enum { N = sizeof corners / sizeof corners[0] };

    unit_case("inet_sum_finish() folds all 64 bits");
    for (int i = 0; i < 100000; i++) {
        uint64_t sum = i < N ? corners[i]
                             : (uint64_t) unit_random() << 32 | unit_random();
        uint16_t folded = sum % 0xffff || !sum ? sum % 0xffff : 0xffff;

        unit_number("sum", (uint16_t) ~folded, inet_sum_finish(sum));
    }
}

static void
test_chaining(void)
{
    uint8_t data[512];

    unit_case("a message in pieces of even sizes");
    for (int i = 0; i < 2000; i++) {
        size_t size = unit_random() % (sizeof data + 1);
        uint64_t sum = 0;
        size_t ofs = 0;

        unit_random_bytes(data, size);
        while (size - ofs > 1) {
            size_t piece = unit_random() % (size - ofs) + 1;

            piece += ofs + piece < size ? piece & 1 : 0;
            sum = inet_sum_add(sum, data + ofs, piece);
            ofs += piece;
        }
        sum = inet_sum_add(sum, data + ofs, size - ofs);
        unit_number("sum", expected_sum(data, size),
                    to_wire(inet_sum_finish(sum)));
    }
}

static void
test_update(void)
{
    static const uint16_t corners[] = {
        0x0000, 0x0001, 0x5555, 0x7fff, 0x8000, 0xfffe, 0xffff
    };
    enum { N = sizeof corners / sizeof corners[0] };

    unit_case("example of RFC 1624 section 4");
    unit_number("sum", 0x0000,
                to_wire(inet_sum_update(from_wire(0xdd2f), from_wire(0x5555),
                                        from_wire(0x3285))));

    unit_case("RFC 1624 update equals a new sum");
    for (int i = 0; i < 20000; i++) {
        uint8_t data[8];
        uint16_t old, new, sum;

        unit_random_bytes(data, sizeof data);
        data[7] |= 1;       /* A sum of zero only comes from zero bytes. */
        old = corners[unit_random() % N];
        new = i & 1 ? (uint16_t) unit_random() : corners[unit_random() % N];
        memcpy(data, &old, sizeof old);
        sum = inet_sum_finish(inet_sum_add(0, data, sizeof data));
        memcpy(data, &new, sizeof new);
        unit_number("sum", expected_sum(data, sizeof data),
                    to_wire(inet_sum_update(sum, old, new)));
    }
}

void
test_inet_sum(void)
{
    test_example();
    test_sizes();
    test_exact_size();
    test_carries();
    test_finish();
    test_chaining();
    test_update();
}
