/* SPDX-License-Identifier: Apache-2.0
 *
 * test-label-stack: label stacks and keys (lib/label-stack.h). */

#include "label-stack.h"

#include <stdlib.h>

#include "reference.h"
#include "unit.h"
#include "wire.h"

#define DROP(REASON) MPLSUDP_DROP_##REASON
#define KEY(THIRD, SECOND, BOTTOM) \
    ((uint64_t) (THIRD) << 40 | (uint64_t) (SECOND) << 20 | (BOTTOM))

#define PASS MPLSUDP_PASS

enum { LABELS = 6, NONE = -1, CUT = -2 };

/* Label stacks: TC 0, TTL 64 unless the top's is given, S on the last one.
 * CUT ends a stack without S, followed by no more bytes. */
static const struct {
    const char *name;
    int labels[LABELS + 1];
    enum mplsudp_drop key_verdict;      /* Of label_stack_read_key(), ... */
    uint64_t key;
    enum mplsudp_drop check_verdict;    /* ... of label_stack_check(). */
} stacks[] = {
    { "L-01 one label, RFC 3032 2.1", { 16, NONE }, PASS, 16, PASS },
    { "L-01 largest label, RFC 3032 2.1", { LABEL_MAX, NONE },
      PASS, LABEL_MAX, PASS },
    { "least labels", { 16, 16, 16, NONE }, PASS, KEY(16, 16, 16), PASS },
    { "two labels", { 100, 200, NONE }, PASS, KEY(0, 100, 200), PASS },
    { "three labels", { 100, 200, 300, NONE }, PASS, KEY(100, 200, 300),
      PASS },
    { "three largest labels", { LABEL_MAX, LABEL_MAX, LABEL_MAX, NONE },
      PASS, (UINT64_C(1) << 60) - 1, PASS },
    { "four labels", { 100, 200, 300, 400, NONE }, DROP(STACK_DEPTH), 0,
      PASS },
    { "five labels", { 100, 200, 300, 400, 500, NONE }, DROP(STACK_DEPTH), 0,
      PASS },
    { "L-02 IPv4 null, RFC 3032 2.1", { 0, NONE }, PASS, 0, PASS },
    { "L-04 IPv6 null, RFC 3032 2.1", { 2, NONE }, PASS, 2, PASS },
    { "L-02 null on top, RFC 4182 2", { 0, 16, NONE }, PASS, 16, PASS },
    { "L-04 IPv6 null on top, RFC 4182 2", { 2, 16, NONE }, PASS, 16, PASS },
    { "L-02 null in the middle, RFC 4182 2", { 100, 0, 200, NONE },
      PASS, KEY(0, 100, 200), PASS },
    { "L-02 nulls do not count as depth", { 0, 100, 2, 200, 0, 300, NONE },
      PASS, KEY(100, 200, 300), PASS },
    { "L-02 null at the bottom below a label", { 100, 0, NONE },
      PASS, KEY(0, 100, 0), PASS },
    { "L-04 IPv6 null at the bottom below two", { 100, 200, 2, NONE },
      PASS, KEY(100, 200, 2), PASS },
    { "L-03 router alert on top, RFC 3032 2.1", { 1, 16, NONE },
      DROP(SPECIAL_LABEL), 0, PASS },
    { "L-03 router alert in the middle", { 100, 1, 16, NONE },
      DROP(SPECIAL_LABEL), 0, PASS },
    { "L-03 router alert at the bottom", { 1, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "L-03 router alert below a label", { 100, 1, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "L-05 implicit null alone, RFC 3032 2.1", { 3, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "L-05 implicit null on top", { 3, 16, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "L-05 implicit null in the middle", { 100, 3, 16, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "L-05 implicit null at the bottom", { 100, 3, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "E-03 entropy pair at the bottom, RFC 6790 4.1", { 300, 7, 5000, NONE },
      PASS, 300, PASS },
    { "E-03 entropy pair above a label", { 300, 7, 5000, 400, NONE },
      PASS, KEY(0, 300, 400), PASS },
    { "E-03 entropy pair does not count as depth",
      { 100, 7, 5000, 200, 300, NONE }, PASS, KEY(100, 200, 300), PASS },
    { "E-03 two entropy pairs", { 100, 7, 5000, 200, 7, 6000 },
      PASS, KEY(0, 100, 200), PASS },
    { "E-03 indicator at the bottom, RFC 6790 4.1", { 300, 7, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "E-03 indicator alone", { 7, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "special entropy label, RFC 6790 3", { 300, 7, 13, NONE },
      DROP(SPECIAL_LABEL), 0, PASS },
    { "indicator above null", { 300, 7, 0, NONE },
      DROP(SPECIAL_LABEL), 0, PASS },
    { "E-03 pair on top, RFC 6790 4.1", { 7, 5000, 16, NONE },
      PASS, 16, PASS },
    { "E-03 pair on top of three", { 7, 5000, 100, 200, 300, NONE },
      PASS, KEY(100, 200, 300), PASS },
    { "L-02 pair on top of null", { 7, 5000, 0, NONE }, PASS, 0, PASS },
    { "pair on top of router alert", { 7, 5000, 1, 16, NONE },
      DROP(SPECIAL_LABEL), 0, PASS },
    { "L-03 pair on top of router alert at the bottom", { 7, 5000, 1, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "L-05 pair on top of implicit null", { 7, 5000, 3, 16, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "S-03 pair on top of an extended label", { 7, 5000, 15, 16, 17, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "S-06 pair on top of an unassigned label", { 7, 5000, 4, 16, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "pair on top of GAL", { 7, 5000, 13, NONE },
      DROP(SPECIAL_LABEL), 0, PASS },
    { "pair and nothing else", { 7, 5000, NONE }, PASS, 0,
      DROP(SPECIAL_LABEL) },
    { "E-05 two pairs on top, RFC 6790 4.3", { 7, 5000, 7, 6000, 16, NONE },
      PASS, 16, DROP(SPECIAL_LABEL) },
    { "special entropy label on top, RFC 6790 3", { 7, 15, 16, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "least entropy label, RFC 6790 3", { 7, 16, 17, NONE }, PASS, 17, PASS },
    { "E-03 indicator on top, at the bottom", { 7, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "L-08 ends behind the indicator on top", { 7, CUT },
      DROP(STACK_TRUNCATED), 0, DROP(STACK_TRUNCATED) },
    { "L-08 ends behind the pair on top", { 7, 5000, CUT },
      DROP(STACK_TRUNCATED), 0, DROP(STACK_TRUNCATED) },
    { "S-01 extension label at the bottom, RFC 7274 3.1", { 15, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "S-01 extension label below a label", { 100, 15, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "S-02 extension label and indicator, RFC 9017 4", { 15, 7, 5000, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "S-03 extended label on top, RFC 7274 3.1.1", { 15, 16, 100, NONE },
      DROP(SPECIAL_LABEL), 0, DROP(SPECIAL_LABEL) },
    { "S-03 extended label in the middle", { 100, 15, 16, 200, NONE },
      DROP(SPECIAL_LABEL), 0, PASS },
    { "O-10 GAL at the bottom, RFC 5586 4.2", { 100, 13, NONE },
      DROP(SPECIAL_LABEL), 0, PASS },
    { "O-10 GAL alone", { 13, NONE }, DROP(SPECIAL_LABEL), 0, PASS },
    { "L-08 no entry", { CUT }, DROP(STACK_TRUNCATED), 0,
      DROP(STACK_TRUNCATED) },
    { "L-08 no bottom, one label, RFC 3032 2.2", { 100, CUT },
      DROP(STACK_TRUNCATED), 0, DROP(STACK_TRUNCATED) },
    { "L-08 no bottom, three labels", { 100, 200, 300, CUT },
      DROP(STACK_TRUNCATED), 0, DROP(STACK_TRUNCATED) },
    { "L-08 ends behind the indicator", { 100, 7, CUT },
      DROP(STACK_TRUNCATED), 0, DROP(STACK_TRUNCATED) },
    { "L-08 ends behind the entropy label", { 100, 7, 5000, CUT },
      DROP(STACK_TRUNCATED), 0, DROP(STACK_TRUNCATED) },
};

/* Appends the stack 'labels' to '*p'. */
static void
put_stack(struct ref_packet *p, const int *labels, uint8_t top_ttl)
{
    for (int i = 0; i < LABELS && labels[i] >= 0; i++) {
        bool bottom = labels[i + 1] == NONE || i == LABELS - 1;

        ref_put_lse(p, (uint32_t) labels[i], 0, bottom, i ? 64 : top_ttl);
    }
}

static void
test_stack(const uint8_t *bytes, size_t size, size_t stack_size,
           enum mplsudp_drop key_verdict, uint64_t key,
           enum mplsudp_drop check_verdict)
{
    uint8_t *copy = unit_copy(bytes, size);
    struct label_stack_key read;
    size_t skip = 99;

    if (unit_verdict("label_stack_read_key", key_verdict,
                     label_stack_read_key(copy, size, &read))
        && key_verdict == MPLSUDP_PASS) {
        unit_number("key", key, read.key);
        unit_number("size", stack_size, read.size);
        unit_number("TTL", bytes[3], read.ttl);
    }
    if (unit_verdict("label_stack_check", check_verdict,
                     label_stack_check(copy, size, &skip))
        && check_verdict == MPLSUDP_PASS) {
        unit_number("skip", wire_get32(bytes) >> 12 == 7 ? 8 : 0, skip);
    }
    free(copy);
}

static void
test_stacks(void)
{
    for (size_t i = 0; i < sizeof stacks / sizeof stacks[0]; i++) {
        struct ref_packet p = { .size = 0 };
        size_t size;

        unit_case("%s", stacks[i].name);
        put_stack(&p, stacks[i].labels, 64);
        size = p.size;
        test_stack(p.bytes, size, size, stacks[i].key_verdict, stacks[i].key,
                   stacks[i].check_verdict);
        if (stacks[i].check_verdict == DROP(STACK_TRUNCATED)) {
            continue;
        }
        /* What follows the bottom must not matter ... */
        ref_put_fill(&p, 0xff, 9);
        test_stack(p.bytes, p.size, size, stacks[i].key_verdict,
                   stacks[i].key, stacks[i].check_verdict);
        /* ... and everything above it must be there. */
        for (size_t n = 0; n < size; n++) {
            struct label_stack_key read;
            uint8_t *copy = unit_copy(p.bytes, n);
            size_t skip;

            unit_true("shorter stack is refused",
                      label_stack_read_key(copy, n, &read)
                      && label_stack_check(copy, n, &skip));
            free(copy);
        }
    }
}

/* Labels 4-6, 8-12, 14 have no meaning that this project knows. */
static void
test_unassigned(void)
{
    static const int labels[] = { 4, 5, 6, 8, 9, 10, 11, 12, 14 };

    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        int label = labels[i];
        enum mplsudp_drop top = label == 14 ? PASS : DROP(SPECIAL_LABEL);
        const struct {
            const char *where;
            int labels[LABELS];
            enum mplsudp_drop check_verdict;
        } places[] = {
            { "alone", { label, NONE }, top },
            { "on top", { label, 100, NONE }, top },
            { "in the middle", { 100, label, 200, NONE }, PASS },
            { "at the bottom", { 100, label, NONE }, PASS },
        };

        for (size_t j = 0; j < sizeof places / sizeof places[0]; j++) {
            struct ref_packet p = { .size = 0 };

            unit_case("S-06 label %d %s, RFC 7274 3.1.1", label,
                      places[j].where);
            put_stack(&p, places[j].labels, 64);
            test_stack(p.bytes, p.size, p.size, DROP(SPECIAL_LABEL), 0,
                       places[j].check_verdict);
        }
    }
}

/* Of an entropy pair on top, only the indicator's TTL counts, which is like
 * that of the label that was above it; then that of the label below. */
static void
test_ttl_of_pair(void)
{
    static const int pair[] = { 7, 5000, 16, NONE };
    static const struct {
        const char *name;
        uint8_t ttls[3];
        enum mplsudp_drop key_verdict, check_verdict;
    } cases[] = {
        { "E-03 TTL 0 of the entropy label on top", { 9, 0, 64 },
          PASS, PASS },
        { "L-10 TTL 0 of the indicator on top", { 0, 64, 64 },
          DROP(TTL_EXPIRED), DROP(TTL_EXPIRED) },
        { "L-10 TTL 0 of the label below the pair", { 64, 64, 0 },
          PASS, DROP(TTL_EXPIRED) },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ref_packet p = { .size = 0 };

        unit_case("%s, RFC 6790 4.1", cases[i].name);
        put_stack(&p, pair, 64);
        for (int j = 0; j < 3; j++) {
            p.bytes[j * 4 + 3] = cases[i].ttls[j];
        }
        test_stack(p.bytes, p.size, p.size, cases[i].key_verdict, 16,
                   cases[i].check_verdict);
    }
}

static void
test_ttl(void)
{
    static const int one[] = { 100, NONE };
    static const int two[] = { 100, 200, NONE };
    static const int pair[] = { 100, 7, 5000, NONE };
    struct ref_packet p = { .size = 0 };

    unit_case("L-10 TTL 0 of the only label, RFC 3032 2.4.2");
    put_stack(&p, one, 0);
    test_stack(p.bytes, p.size, p.size, DROP(TTL_EXPIRED), 0,
               DROP(TTL_EXPIRED));

    unit_case("L-10 TTL 0 on top, RFC 3032 2.4.2");
    p.size = 0;
    put_stack(&p, two, 0);
    test_stack(p.bytes, p.size, p.size, DROP(TTL_EXPIRED), 0,
               DROP(TTL_EXPIRED));

    unit_case("L-10 TTL 1 on top is delivered");
    p.size = 0;
    put_stack(&p, two, 1);
    test_stack(p.bytes, p.size, p.size, PASS, KEY(0, 100, 200), PASS);

    unit_case("L-10 TTL 0 below the top does not count");
    p.bytes[7] = 0;
    test_stack(p.bytes, p.size, p.size, PASS, KEY(0, 100, 200), PASS);

    unit_case("E-03 TTL 0 of the entropy label, RFC 6790 4.1");
    p.size = 0;
    put_stack(&p, pair, 64);
    p.bytes[11] = 0;
    test_stack(p.bytes, p.size, p.size, PASS, 100, PASS);
    test_ttl_of_pair();
}

static void
test_lse(void)
{
    static const struct {
        uint32_t label;
        uint8_t tc, ttl;
        bool bottom;
        uint32_t lse;
    } entries[] = {
        { 0, 0, 0, false, 0 },
        { 16, 0, 63, true, 0x0001013f },
        { LABEL_MAX, 7, 255, true, UINT32_MAX },
        { 100, 5, 63, false, 0x00064a3f },
        { 0x12345, 5, 63, true, 0x12345b3f },
        { 1, 0, 0, false, 0x00001000 },
        { 0, 1, 0, false, 0x00000200 },
        { 0, 0, 1, false, 0x00000001 },
        { 0, 0, 0, true, 0x00000100 },
    };

    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        uint32_t lse = entries[i].lse;

        unit_case("L-01 entry 0x%08x, RFC 3032 2.1", (unsigned int) lse);
        unit_number("lse_make", lse,
                    lse_make(entries[i].label, entries[i].tc,
                             entries[i].bottom, entries[i].ttl));
        unit_number("lse_label", entries[i].label, lse_label(lse));
        unit_number("lse_tc", entries[i].tc, lse_tc(lse));
        unit_number("lse_bottom", entries[i].bottom, lse_bottom(lse));
        unit_number("lse_ttl", entries[i].ttl, lse_ttl(lse));
    }
}

static const struct {
    const char *name;
    uint64_t key;
    enum mplsudp_drop verdict;
    size_t depth;               /* Labels written. */
    uint32_t labels[3];
} keys[] = {
    { "no key", 0, DROP(NO_KEY), 0, { 0 } },
    { "L-06 first label, RFC 3032 6", 16, PASS, 1, { 16 } },
    { "L-06 last special label", 15, DROP(BAD_KEY), 0, { 0 } },
    { "L-05 implicit null", 3, DROP(BAD_KEY), 0, { 0 } },
    { "L-06 router alert is no key", 1, DROP(BAD_KEY), 0, { 0 } },
    { "largest label", LABEL_MAX, PASS, 1, { LABEL_MAX } },
    { "two labels", KEY(0, 100, 200), PASS, 2, { 100, 200 } },
    { "three labels", KEY(100, 200, 300), PASS, 3, { 100, 200, 300 } },
    { "largest key", (UINT64_C(1) << 60) - 1, PASS, 3,
      { LABEL_MAX, LABEL_MAX, LABEL_MAX } },
    { "bit 60", UINT64_C(1) << 60 | 16, DROP(BAD_KEY), 0, { 0 } },
    { "bit 63", UINT64_C(1) << 63 | 16, DROP(BAD_KEY), 0, { 0 } },
    { "bit 60 alone", UINT64_C(1) << 60, DROP(BAD_KEY), 0, { 0 } },
    { "no bottom label", KEY(0, 100, 0), DROP(BAD_KEY), 0, { 0 } },
    { "no bottom label, two above", KEY(100, 200, 0), DROP(BAD_KEY), 0,
      { 0 } },
    { "special label in the middle", KEY(100, 15, 300), DROP(BAD_KEY), 0,
      { 0 } },
    { "special label on top", KEY(7, 200, 300), DROP(BAD_KEY), 0, { 0 } },
    { "zero field ends the stack", KEY(100, 0, 300), PASS, 1, { 300 } },
};

static void
test_keys(void)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        size_t size = keys[i].depth * LSE_SIZE;
        uint8_t *out;

        unit_case("key: %s", keys[i].name);
        unit_verdict("label_key_check", keys[i].verdict,
                     label_key_check(keys[i].key));
        if (keys[i].verdict != MPLSUDP_PASS) {
            continue;
        }
        out = malloc(size);
        unit_number("size", size, label_key_write(keys[i].key, 5, 7, out));
        for (size_t j = 0; j < keys[i].depth; j++) {
            unit_number("entry",
                        lse_make(keys[i].labels[j], 5,
                                 j == keys[i].depth - 1, 7),
                        wire_get32(out + j * LSE_SIZE));
        }
        free(out);
    }
}

static void
test_key_round_trip(void)
{
    unit_case("random keys, written and read");
    for (int i = 0; i < 20000; i++) {
        uint8_t out[LABEL_KEY_DEPTH * LSE_SIZE];
        struct label_stack_key read;
        uint64_t key = 0;
        size_t size;

        for (uint32_t n = unit_random() % 3 + 1; n > 0; n--) {
            key = key << 20 | (16 + unit_random() % (LABEL_MAX - 15));
        }
        size = label_key_write(key, unit_random() & 7, 255, out);
        unit_verdict("check", PASS, label_key_check(key));
        unit_verdict("read", PASS, label_stack_read_key(out, size, &read));
        unit_number("key", key, read.key);
        unit_number("size", size, read.size);
    }
}

void
test_label_stack(void)
{
    test_lse();
    test_stacks();
    test_unassigned();
    test_ttl();
    test_keys();
    test_key_round_trip();
}
