/* SPDX-License-Identifier: Apache-2.0
 *
 * test-gre-header: every bit of a GRE header (lib/gre-header.h). */

#include "gre-header.h"

#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "unit.h"

#define DROP(REASON) MPLSUDP_DROP_##REASON
#define PASS MPLSUDP_PASS

enum { BODY_SIZE = 11 };        /* Odd, for the checksum. */

/* Makes a GRE header with 'flags' and 'protocol' and a body in '*p', with a
 * right checksum if the flags have one. */
static void
make(struct ref_packet *p, uint16_t flags, uint16_t protocol)
{
    uint8_t body[BODY_SIZE];

    unit_random_bytes(body, sizeof body);
    p->size = 0;
    ref_put16(p, flags);
    ref_put16(p, protocol);
    if (flags & 0x8000) {
        ref_put32(p, 0);
    }
    ref_put(p, body, sizeof body);
    if (flags & 0x8000) {
        uint16_t sum = (uint16_t) ~ref_sum(0, p->bytes, p->size);

        p->bytes[4] = (uint8_t) (sum >> 8);
        p->bytes[5] = (uint8_t) sum;
    }
}

/* Reads the first 'size' bytes of '*p' and checks the verdict. */
static bool
read_as(enum mplsudp_drop expected, const struct ref_packet *p, size_t size,
        bool multicast, struct gre_header *gre)
{
    uint8_t *copy = unit_copy(p->bytes, size);
    bool ok = unit_verdict("verdict", expected,
                           gre_header_read(copy, size, multicast, gre));

    free(copy);
    return ok;
}

static void
test_bits(void)
{
    for (int bit = 0; bit < 16; bit++) {
        bool refused = (bit >= 1 && bit <= 5) || bit >= 13;
        struct gre_header gre;
        struct ref_packet p;

        unit_case("%s bit %d, RFC 2784 2.3",
                  bit == 0 ? "G-01 I-04" : bit >= 13 ? "G-03" : "G-02", bit);
        make(&p, (uint16_t) (0x8000 >> bit), 0x8847);
        if (read_as(refused ? DROP(GRE_FLAGS) : PASS, &p, p.size, false, &gre)
            && !refused) {
            unit_number("protocol", 0x8847, gre.protocol);
            unit_number("size", bit ? 4 : 8, gre.size);
        }
    }
    for (int version = 0; version < 8; version++) {
        struct gre_header gre;
        struct ref_packet p;

        unit_case("G-03 version %d, RFC 2784 2.3.1", version);
        make(&p, (uint16_t) version, 0x8847);
        read_as(version ? DROP(GRE_FLAGS) : PASS, &p, p.size, false, &gre);
    }
}

static void
test_protocols(void)
{
    static const struct {
        const char *name;
        uint16_t protocol;
        bool multicast;
        enum mplsudp_drop verdict;
    } protocols[] = {
        { "I-03 MPLS", 0x8847, false, PASS },
        { "MPLS to a group", 0x8847, true, PASS },
        { "I-20 upstream-assigned", 0x8848, false, DROP(GRE_PROTOCOL) },
        { "upstream-assigned to a group", 0x8848, true, PASS },
        { "G-04 Ethernet", 0x6558, false, DROP(GRE_PROTOCOL) },
        { "G-04 IPv4", 0x0800, false, DROP(GRE_PROTOCOL) },
        { "G-04 IPv4 to a group", 0x0800, true, DROP(GRE_PROTOCOL) },
        { "G-04 zero", 0, false, DROP(GRE_PROTOCOL) },
        { "G-04 all ones", 0xffff, true, DROP(GRE_PROTOCOL) },
    };

    for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
        struct gre_header gre;
        struct ref_packet p;

        unit_case("%s, RFC 4023 4, RFC 5332 6", protocols[i].name);
        make(&p, 0, protocols[i].protocol);
        if (read_as(protocols[i].verdict, &p, p.size, protocols[i].multicast,
                    &gre) && !protocols[i].verdict) {
            unit_number("protocol", protocols[i].protocol, gre.protocol);
        }
    }
}

static void
test_checksum(void)
{
    struct gre_header gre;
    struct ref_packet p;

    for (size_t i = 0; i < 8 + BODY_SIZE; i++) {
        unit_case("G-01 bit in byte %zu is flipped, RFC 2784 2.2", i);
        make(&p, 0x8000, 0x8847);
        p.bytes[i] ^= i < 2 ? 0 : 1;
        read_as(i < 2 ? PASS : DROP(GRE_CHECKSUM), &p, p.size, false, &gre);
    }
    unit_case("G-01 a checksum is no excuse for other bits");
    make(&p, 0xc000, 0x8847);
    read_as(DROP(GRE_FLAGS), &p, p.size, false, &gre);
    make(&p, 0x8000, 0x8848);
    read_as(DROP(GRE_PROTOCOL), &p, p.size, false, &gre);
}

static void
test_truncated(void)
{
    for (int sum = 0; sum < 2; sum++) {
        struct gre_header gre;
        struct ref_packet p;

        unit_case("GRE header %s checksum, cut at each byte",
                  sum ? "with" : "without");
        make(&p, sum ? 0x8000 : 0, 0x8847);
        for (size_t n = 0; n < (sum ? 8 : 4); n++) {
            read_as(DROP(OUTER_TRUNCATED), &p, n, false, &gre);
        }
    }
}

/* A header with nothing behind it is whole; what is missing is found when the
 * label stack is read. */
static void
test_nothing_behind(void)
{
    struct gre_header gre;
    struct ref_packet p = { .size = 0 };

    unit_case("GRE header and nothing else");
    ref_put32(&p, 0x8847);
    if (read_as(PASS, &p, p.size, false, &gre)) {
        unit_number("size", 4, gre.size);
    }
    unit_case("G-01 GRE header with checksum and nothing else");
    p.size = 0;
    ref_put32(&p, 0x80008847);
    ref_put32(&p, 0xf7b70000);          /* Adds up to 0xffff. */
    if (read_as(PASS, &p, p.size, false, &gre)) {
        unit_number("size", 8, gre.size);
    }
}

static void
test_write(void)
{
    uint8_t *out = malloc(4);

    unit_case("I-05 I-20 header as sent, RFC 4023 4");
    memset(out, 0xcc, 4);
    gre_header_write(out);
    unit_bytes("header", "\x00\x00\x88\x47", out, 4);
    free(out);
}

void
test_gre_header(void)
{
    test_bits();
    test_protocols();
    test_checksum();
    test_truncated();
    test_nothing_behind();
    test_write();
}
