/* SPDX-License-Identifier: Apache-2.0
 *
 * test-label-push-read: label_push_read() is the inverse of label_push_build()
 * (lib/label-push.h) and takes nothing else. */

#include "label-push.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "wire.h"

enum { BEFORE = 4, MOST = BEFORE + 17 * 4 };     /* Bytes. */
enum { INHERITS_TTL = 1, INHERITS_TC = 2 };

/* Returns true if the 'size' bytes at 'h' say of their own what
 * label_push_build() makes: the same TTL and TC in each entry, those of
 * inherited ones being 255 and 0, no label 3, TTL 0 or S but in the last, and
 * a zero control word below the bottom of the stack only. */
static bool
is_header(const uint8_t *h, size_t size)
{
    const uint8_t *lses = h + BEFORE, *last;
    size_t n, stack;

    if (size < BEFORE + 4 || h[0] != size - BEFORE || h[2] > 3 || h[3]) {
        return false;
    }
    n = h[1];
    stack = 4 * n;
    if (n < 1 || n > 16 || (h[0] != stack && h[0] != stack + 4)) {
        return false;
    }
    last = lses + stack - 4;
    for (size_t i = 0; i < stack; i += 4) {
        if (lses[i + 3] != last[3] || (lses[i + 2] ^ last[2]) & 0xe
            || (lses[i] == 0 && lses[i + 1] == 0 && lses[i + 2] >> 4 == 3)
            || (i + 4 < stack && lses[i + 2] & 1)) {
            return false;
        }
    }
    if (h[0] > stack && (!(last[2] & 1) || wire_get32(last + 4))) {
        return false;
    }
    return last[3]
           && !(h[2] & INHERITS_TTL && last[3] != 255)
           && !(h[2] & INHERITS_TC && last[2] & 0xe);
}

/* Checks that 'push' and 'onto_mpls' are those of the header at 'h'. */
static void
expect_fields(const uint8_t *h, const struct label_push *push, bool onto_mpls)
{
    const uint8_t *lses = h + BEFORE, *last = lses + 4 * (h[1] - 1);

    unit_number("labels", h[1], push->n);
    for (size_t i = 0; i < h[1]; i++) {
        unit_number("label", (uint32_t) lses[4 * i] * 4096
                             + lses[4 * i + 1] * 16u + lses[4 * i + 2] / 16u,
                    push->labels[i]);
    }
    unit_true("TTL", push->ttl == (h[2] & INHERITS_TTL ? MPLSUDP_INHERIT
                                                       : last[3]));
    unit_true("TC", push->tc == (h[2] & INHERITS_TC ? MPLSUDP_INHERIT
                                                    : last[2] / 2 % 8));
    unit_number("control word", h[0] > 4 * h[1], push->control_word);
    unit_number("stack below", !(last[2] & 1), onto_mpls);
}

/* Reads the 'size' bytes at 'h' in memory that ends with them.  Returns true
 * if they were taken. */
static bool
read_header(const uint8_t *h, size_t size)
{
    uint8_t *copy = unit_copy(h, size);
    struct label_push push;
    bool onto_mpls = false;
    bool read = label_push_read((const struct label_push_header *) copy, size,
                                &push, &onto_mpls);

    if (unit_number("is read", is_header(h, size), read) && read) {
        expect_fields(h, &push, onto_mpls);
    }
    free(copy);
    return read;
}

static const struct {
    const char *push;
    enum label_push_onto onto;
} bases[] = {
    { "100", LABEL_PUSH_ONTO_ETHERNET },
    { "100", LABEL_PUSH_ONTO_OTHER },
    { "100", LABEL_PUSH_ONTO_MPLS },
    { "2,tc=7,ttl=1", LABEL_PUSH_ONTO_MPLS },
    { "100/200,tc=inherit,ttl=inherit,control_word",
      LABEL_PUSH_ONTO_ETHERNET },
    { "100/200/300,tc=5,ttl=64,control_word", LABEL_PUSH_ONTO_OTHER },
    { "100/200/300,tc=inherit,control_word", LABEL_PUSH_ONTO_MPLS },
    { "1/2/19/4/5/6/7/8/9/10/11/12/13/14/1048575/0,control_word",
      LABEL_PUSH_ONTO_ETHERNET },
    { "1/2/19/4/5/6/7/8/9/10/11/12/13/14/1048575/0,ttl=inherit",
      LABEL_PUSH_ONTO_MPLS },
};
enum { N_BASES = sizeof bases / sizeof bases[0] };

/* Makes the header of base 'i' at 'h'.  Returns its size. */
static size_t
make_base(size_t i, uint8_t h[MOST])
{
    char error[LABEL_ACTION_TEXT_SIZE];
    struct label_push_header header;
    struct label_push push;
    size_t size;

    unit_true("base", label_push_parse(bases[i].push, &push, error));
    label_push_build(&push, bases[i].onto, &header);
    size = BEFORE + (size_t) header.size;
    memset(h, 0, MOST);
    memcpy(h, &header, size);
    unit_true("is read", read_header(h, size));
    return size;
}

/* Each byte with each other value, and each wrong size. */
static void
test_changes(size_t i)
{
    uint8_t h[MOST];
    size_t size;

    unit_case("header of push_labels(%s), each byte changed", bases[i].push);
    size = make_base(i, h);
    for (size_t ofs = 0; ofs < size; ofs++) {
        uint8_t right = h[ofs];

        for (unsigned int value = 0; value < 256; value++) {
            h[ofs] = (uint8_t) value;
            read_header(h, size);
        }
        h[ofs] = right;
    }
    unit_case("header of push_labels(%s), each wrong size", bases[i].push);
    for (size_t wrong = 0; wrong <= MOST; wrong++) {
        unit_number("is read", wrong == size, read_header(h, wrong));
    }
}

/* Several bytes changed, or bits that go together. */
static void
test_random_changes(size_t i)
{
    uint8_t right[MOST], h[MOST];
    size_t size;

    unit_case("header of push_labels(%s), random changes", bases[i].push);
    size = make_base(i, right);
    for (int round = 0; round < 5000; round++) {
        unsigned int n = 1 + unit_random() % 4;

        memcpy(h, right, sizeof h);
        while (n-- > 0) {
            h[unit_random() % size] ^= (uint8_t) (1u << unit_random() % 8);
        }
        read_header(h, size);
        memcpy(h, right, sizeof h);
        h[0] = (uint8_t) (unit_random() % 72);
        h[1] = (uint8_t) (unit_random() % 20);
        read_header(h, BEFORE + (size_t) h[0] > MOST
                       ? MOST : BEFORE + (size_t) h[0]);
    }
}

/* Sixteen labels, and more bytes behind them than a control word. */
static void
test_long(void)
{
    uint8_t h[BEFORE + 255] = { 0 };
    size_t size;

    unit_case("header of each size that it gives itself");
    size = make_base(N_BASES - 2, h);
    for (size_t bytes = 0; bytes <= 255; bytes++) {
        h[0] = (uint8_t) bytes;
        unit_number("is read", bytes == 64 || bytes + BEFORE == size,
                    read_header(h, BEFORE + bytes));
    }
}

/* What was built of each depth and combination is read, and is built again to
 * the same. */
static void
test_inverse(size_t n)
{
    static const int16_t ttls[] = {
        MPLSUDP_DEFAULT, MPLSUDP_INHERIT, 1, 64, 255
    };
    static const int16_t tcs[] = { MPLSUDP_DEFAULT, MPLSUDP_INHERIT, 0, 7 };

    unit_case("headers of %zu labels are read", n);
    for (unsigned int i = 0; i < 5 * 4 * 2 * 3; i++) {
        enum label_push_onto onto = i / 40;
        struct label_push_header header, again;
        struct label_push push, read;
        bool onto_mpls;

        memset(&push, 0, sizeof push);
        push.n = (uint8_t) n;
        for (size_t j = 0; j < n; j++) {
            push.labels[j] = 16 + unit_random() % (LABEL_MAX - 15);
        }
        push.ttl = ttls[i % 5];
        push.tc = tcs[i / 5 % 4];
        push.control_word = i / 20 % 2;
        memset(&read, 0xcc, sizeof read);
        label_push_build(&push, onto, &header);
        if (!read_header((const uint8_t *) &header,
                         BEFORE + (size_t) header.size)
            || !unit_true("is read",
                          label_push_read(&header,
                                          BEFORE + (size_t) header.size,
                                          &read, &onto_mpls))) {
            continue;
        }
        unit_number("stack below", onto == LABEL_PUSH_ONTO_MPLS, onto_mpls);
        unit_bytes("labels", push.labels, read.labels, sizeof push.labels);
        label_push_build(&read, onto, &again);
        unit_bytes("built again", &header, &again, sizeof header);
    }
}

void
test_label_push_read(void)
{
    for (size_t n = 1; n <= LABEL_ACTION_MAX; n++) {
        test_inverse(n);
    }
    for (size_t i = 0; i < N_BASES; i++) {
        test_changes(i);
        test_random_changes(i);
    }
    test_long();
}
