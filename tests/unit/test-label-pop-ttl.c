/* SPDX-License-Identifier: Apache-2.0
 *
 * test-label-pop-ttl: the TTL that pop_labels(ttl=copy) hands on to what is
 * below (lib/label-pop.h): the uniform model of RFC 3443. */

#include "label-pop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "unit.h"

#define EXPIRED MPLSUDP_DROP_TTL_EXPIRED
#define PASS MPLSUDP_PASS

/* IPv4, by TTL and checksum; IPv6, by hop limit. */
#define IP4(TTL, SUM) \
    "45000018 00010000" TTL "fd" SUM "0a000001 0a000002 deadbeef"
#define IP4_0 IP4("00", "a5e6")
#define IP4_9 IP4("09", "9ce6")
#define IP4_17 IP4("11", "94e6")
#define IP4_64 IP4("40", "65e6")
#define OPTIONS_17 "4600001c 00010000 11fdffdd 0a000001 0a000002 94040000" \
                   "deadbeef"
#define OPTIONS_64 "4600001c 00010000 40fdd0dd 0a000001 0a000002 94040000" \
                   "deadbeef"
#define IP6(LIMIT) \
    "60000000 0004fd" LIMIT "20010db8 00000000 00000000 00000001" \
    "20010db8 00000000 00000000 00000002 deadbeef"
#define MACS "02aa00000002 02aa00000001"
#define CW "00000000"
#define ARP "0001080006040001 02aa00000001 0a000001 000000000000 0a000002"

static const struct {
    const char *name;
    const char *pop;
    const char *stack;          /* What goes. */
    const char *below;          /* What is below, ... */
    const char *after;          /* ... and becomes of it; null: the same. */
    enum mplsudp_drop verdict;
} cases[] = {
    { "T-02 L-13 IPv4, RFC 3443 3.4, RFC 3032 2.4.3", "ttl=copy",
      "00064111", IP4_64, IP4_17, PASS },
    { "T-02 IPv4 keeps a lower one", "ttl=copy", "00064140", IP4_17,
      NULL, PASS },
    { "T-02 IPv4 has the same", "ttl=copy", "00064111", IP4_17, NULL, PASS },
    { "T-02 IPv4, pipe", "", "00064111", IP4_64, NULL, PASS },
    { "T-02 IPv4 with options", "payload=ip,ttl=copy", "00064111",
      OPTIONS_64, OPTIONS_17, PASS },
    { "T-02 IPv4 behind a control word", "payload=ip,ttl=copy,control_word",
      "00064111" CW, IP4_64, IP4_17, PASS },
    { "T-02 IPv6", "ttl=copy", "00064111", IP6("40"), IP6("11"), PASS },
    { "T-02 IPv6 keeps a lower one", "ttl=copy", "00064140", IP6("11"),
      NULL, PASS },
    { "T-02 IPv6, pipe", "", "00064111", IP6("40"), NULL, PASS },
    { "T-02 frame of IPv4", "ttl=copy", "00064111" CW,
      MACS "0800" IP4_64, MACS "0800" IP4_17, PASS },
    { "T-04 frame of IPv4, pipe", "", "00064111" CW, MACS "0800" IP4_64,
      NULL, PASS },
    { "T-02 frame of IPv4, without control word",
      "payload=ethernet,ttl=copy", "00064111", MACS "0800" IP4_64,
      MACS "0800" IP4_17, PASS },
    { "T-02 tagged frame of IPv4", "ttl=copy", "00064111" CW,
      MACS "8100 6007 0800" IP4_64, MACS "8100 6007 0800" IP4_17, PASS },
    { "T-02 frame of IPv6, two tags", "ttl=copy", "00064111" CW,
      MACS "88a8 0005 8100 6007 86dd" IP6("40"),
      MACS "88a8 0005 8100 6007 86dd" IP6("11"), PASS },
    { "frame of ARP has no TTL", "ttl=copy", "00064111" CW,
      MACS "0806" ARP, NULL, PASS },
    { "frame of another type that looks like IPv4", "ttl=copy",
      "00064111" CW, MACS "0806" IP4_64, NULL, PASS },
    { "frame of a stack keeps it", "ttl=copy", "00064111" CW,
      MACS "8847 000c8140" IP4_64, NULL, PASS },
    { "T-02 stack", "count=1,ttl=copy", "00064011", "000c8140" IP4_64,
      "000c8111" IP4_64, PASS },
    { "T-02 stack keeps a lower one", "count=1,ttl=copy", "00064040",
      "000c8111" IP4_64, NULL, PASS },
    { "T-02 stack, pipe", "count=1", "00064011", "000c8140" IP4_64,
      NULL, PASS },
    { "T-02 stack, TC and S stay", "count=1,ttl=copy", "00064011",
      "fffffeff 000c8140" IP4_64, "fffffe11 000c8140" IP4_64, PASS },
    { "T-02 the last entry's", "ttl=copy", "00064009 000c80ff 0012c111",
      IP4_64, IP4_17, PASS },
    { "T-02 the last of two entries'", "count=2,ttl=copy",
      "00064009 000c8011", "0012c140" IP4_64, "0012c111" IP4_64, PASS },

    { "L-10 IPv4 with TTL 0", "ttl=copy", "00064111", IP4_0, NULL, EXPIRED },
    { "L-10 IPv6 with hop limit 0", "ttl=copy", "00064111", IP6("00"), NULL,
      EXPIRED },
    { "L-10 frame of IPv4 with TTL 0", "ttl=copy", "00064111" CW,
      MACS "0800" IP4_0, NULL, EXPIRED },
    { "L-10 stack with TTL 0", "count=1,ttl=copy", "00064011",
      "000c8100" IP4_64, NULL, EXPIRED },
    { "IPv4 with TTL 0, pipe", "", "00064111", IP4_0, NULL, PASS },
    { "frame of IPv4 with TTL 0, pipe", "", "00064111" CW,
      MACS "0800" IP4_0, NULL, PASS },
    { "stack with TTL 0, pipe", "count=1", "00064011", "000c8100" IP4_64,
      NULL, PASS },

    { "E-03 not that of an entropy label", "ttl=copy",
      "00064011 00007011 12345100", IP4_64, IP4_17, PASS },
    { "E-03 not that of an entropy label, though it is lower", "ttl=copy",
      "00064011 00007011 12345109", IP4_64, IP4_17, PASS },
    { "E-02 not that of an indicator, which no hop lowers", "ttl=copy",
      "00064011 00007040 12345100", IP4_64, IP4_17, PASS },
    { "E-02 not that of an indicator, counted", "count=2,ttl=copy",
      "00064011 00007040 12345000", "000c8140" IP4_64, "000c8111" IP4_64,
      PASS },
    { "E-03 of the label above a pair that is left", "count=1,ttl=copy",
      "00064011 00007009 12345000", "000c8140" IP4_64, "000c8111" IP4_64,
      PASS },
    { "E-03 of an indicator that comes on top", "ttl=copy",
      "00007011 12345100", IP4_64, IP4_17, PASS },
    { "E-03 of the label below a pair", "ttl=copy",
      "00064009 00007009 12345000 000c8111", IP4_64, IP4_17, PASS },
};

static void
test_case(size_t i)
{
    struct ref_packet before = { .size = 0 }, after = { .size = 0 };
    char error[LABEL_ACTION_TEXT_SIZE];
    struct label_exposed exposed;
    struct label_pop pop;
    uint8_t *copy;
    size_t ofs;

    unit_case("%s, pop_labels(%s)", cases[i].name, cases[i].pop);
    ref_put_hex(&before, cases[i].stack);
    ref_put_hex(&after, cases[i].stack);
    ofs = before.size;
    ref_put_hex(&before, cases[i].below);
    ref_put_hex(&after, cases[i].after ? cases[i].after : cases[i].below);
    unit_number("size", before.size, after.size);
    unit_true("action", label_pop_parse(cases[i].pop, &pop, error));

    copy = unit_copy(before.bytes, before.size);
    if (unit_verdict("verdict", cases[i].verdict,
                     label_pop_read(&pop, copy, before.size, &exposed))
        && !cases[i].verdict) {
        unit_number("offset", ofs, exposed.ofs);
    }
    unit_bytes("bytes", after.bytes, copy, after.size);
    free(copy);
}

/* Every TTL above every other: the lower of both, with a right checksum. */
static void
test_each_ttl(uint8_t version)
{
    static const struct label_pop pop = {
        .payload = LABEL_POP_PAYLOAD_DEFAULT, .ttl_copy = 1
    };

    unit_case("T-02 the lower one is IPv%d's, every pair of them", version);
    for (unsigned int outer = 1; outer < 256; outer++) {
        for (unsigned int inner = 1; inner < 256; inner++) {
            struct ref_ip ip = {
                .version = version, .ttl = (uint8_t) inner, .protocol = 253,
                .src = 0x0a000001, .dst = 0x0a000002, .body_size = 5
            };
            static struct ref_packet before, after;
            struct label_exposed exposed;

            before.size = after.size = 0;
            ref_put_lse(&before, 100, 0, true, (uint8_t) outer);
            ref_put_ip(&before, &ip);
            ip.ttl = (uint8_t) (outer < inner ? outer : inner);
            ref_put_lse(&after, 100, 0, true, (uint8_t) outer);
            ref_put_ip(&after, &ip);
            unit_verdict("verdict", PASS,
                         label_pop_read(&pop, before.bytes, before.size,
                                        &exposed));
            unit_bytes("bytes", after.bytes, before.bytes, after.size);
        }
    }
}

/* A header that is cut within an Ethernet frame has no TTL, and what is
 * behind the frame is not looked at. */
static void
test_cut_frames(void)
{
    struct ref_packet p = { .size = 0 };
    struct label_pop pop = {
        .payload = MPLSUDP_PAYLOAD_ETHERNET, .ttl_copy = 1
    };

    unit_case("T-02 frame, each byte of its IP header cut");
    ref_put_hex(&p, "00064111" MACS "0800" IP4_64);
    for (size_t cut = 4 + 14; cut < 4 + 14 + 20; cut++) {
        uint8_t *copy = unit_copy(p.bytes, cut);
        struct label_exposed exposed;

        unit_verdict("verdict", PASS,
                     label_pop_read(&pop, copy, cut, &exposed));
        unit_bytes("bytes", p.bytes, copy, cut);
        free(copy);
    }
}

void
test_label_pop_ttl(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        test_case(i);
    }
    test_each_ttl(4);
    test_each_ttl(6);
    test_cut_frames();
}
