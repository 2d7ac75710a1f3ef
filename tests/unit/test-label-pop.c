/* SPDX-License-Identifier: Apache-2.0
 *
 * test-label-pop: label stacks that are taken off, and what is below them
 * (lib/label-pop.h).  TTLs that are copied are in test-label-pop-ttl.c. */

#include "label-pop.h"

#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "unit.h"

#define DROP(REASON) MPLSUDP_DROP_##REASON
#define REFUSED(REASON) DROP(REASON), 0, false, 0
#define PASS MPLSUDP_PASS

/* What is below. */
#define IP4 "45000018 00010000 40fd65e6 0a000001 0a000002 deadbeef"
#define IP6 "60000000 0004fd40 20010db8 00000000 00000000 00000001" \
            "20010db8 00000000 00000000 00000002 deadbeef"
#define MACS "02aa00000002 02aa00000001"
#define FRAME MACS "0800" IP4
#define MACS46 "4500000000aa 6002aa000001"     /* RFC 8469 section 3. */
#define CW "00000000"

/* Entries: label, TC 0, S, TTL 64, but that of an entropy label. */
#define L100 "00064040"
#define B100 "00064140"
#define L200 "000c8040"
#define B200 "000c8140"
#define L300 "0012c040"
#define B300 "0012c140"
#define ELI "00007040"
#define EL "12345000"
#define BEL "12345100"

enum { IPV4 = 0x0800, IPV6 = 0x86dd, MPLS = 0x8847, ETHERNET = 0 };

static const struct {
    const char *name;
    const char *pop;
    const char *packet;
    enum mplsudp_drop verdict;
    uint8_t labels;             /* Entries that go, if it passes. */
    bool control_word;          /* One goes with them. */
    uint16_t type;              /* Of what is below. */
} cases[] = {
    /* What is below tells itself. */
    { "L-01 P-04 IPv4", "", B100 IP4, PASS, 1, false, IPV4 },
    { "P-04 IPv6", "", B100 IP6, PASS, 1, false, IPV6 },
    { "P-03 P-07 frame", "", B100 CW FRAME, PASS, 1, true, ETHERNET },
    { "three labels, IPv4", "all", L100 L200 B300 IP4,
      PASS, 3, false, IPV4 },
    { "three labels, frame", "count=all", L100 L200 B300 CW FRAME,
      PASS, 3, true, ETHERNET },
    { "P-04 associated channel, RFC 4385 5", "", B100 "10000021" IP4,
      REFUSED(PAYLOAD) },
    { "L-08 nibble 5", "", B100 "50" IP4, REFUSED(PAYLOAD) },
    { "L-08 nibble 15", "", B100 "f0" IP4, REFUSED(PAYLOAD) },
    { "nothing below", "", B100, REFUSED(CONTROL_WORD) },
    { "auto after a count", "count=2,payload=auto", L100 B200 IP4,
      PASS, 2, false, IPV4 },
    { "auto told of the control word, frame", "control_word",
      B100 CW FRAME, PASS, 1, true, ETHERNET },
    { "P-04 auto told of the control word, IPv4", "all,control_word",
      B100 IP4, REFUSED(CONTROL_WORD) },
    { "auto told of the control word, IPv6 behind it", "control_word",
      B100 CW IP6, PASS, 1, true, ETHERNET },

    /* It is said what is below. */
    { "P-02 frame without control word", "payload=ethernet", B100 FRAME,
      PASS, 1, false, ETHERNET },
    { "P-02 frame with MAC addresses like IP", "payload=ethernet",
      B100 MACS46 "0800" IP4, PASS, 1, false, ETHERNET },
    { "P-14 frame with a MAC address like an associated channel",
      "payload=ethernet", B100 "1000002100aa 02aa00000001 0800" IP4,
      PASS, 1, false, ETHERNET },
    { "frame, control word", "payload=ethernet,control_word",
      B100 CW FRAME, PASS, 1, true, ETHERNET },
    { "P-01 reserved bits and sequence number are ignored",
      "payload=ethernet,control_word", B100 "0fff1234" FRAME,
      PASS, 1, true, ETHERNET },
    { "P-01 reserved bits and sequence number are ignored by auto", "",
      B100 "0fff1234" FRAME, PASS, 1, true, ETHERNET },
    { "P-04 control word is missing", "payload=ethernet,control_word",
      B100 MACS46 "0800" IP4, REFUSED(CONTROL_WORD) },
    { "P-04 associated channel is no control word",
      "payload=ethernet,control_word", B100 "10000021" FRAME,
      REFUSED(CONTROL_WORD) },
    { "P-04 associated channel is no control word to auto", "control_word",
      B100 "10000021" FRAME, REFUSED(CONTROL_WORD) },
    { "P-08 tagged frame", "payload=ethernet,control_word",
      B100 CW MACS "88a80005 81006007 0800" IP4, PASS, 1, true, ETHERNET },
    { "shortest frame", "payload=ethernet", B100 MACS "0806",
      PASS, 1, false, ETHERNET },
    { "frame is cut", "payload=ethernet", B100 MACS "08", REFUSED(PAYLOAD) },
    { "IPv4, said", "payload=ip", B100 IP4, PASS, 1, false, IPV4 },
    { "IPv6, said", "payload=ip", B100 IP6, PASS, 1, false, IPV6 },
    { "IPv4 behind a control word", "payload=ip,control_word",
      B100 CW IP4, PASS, 1, true, IPV4 },
    { "IPv6 behind a control word", "payload=ip,control_word",
      B100 CW IP6, PASS, 1, true, IPV6 },
    { "L-08 no IP", "payload=ip", B100 CW FRAME, REFUSED(PAYLOAD) },
    { "L-08 no IP behind the control word", "payload=ip,control_word",
      B100 CW FRAME, REFUSED(PAYLOAD) },
    { "P-04 no control word but IP", "payload=ip,control_word", B100 IP4,
      REFUSED(CONTROL_WORD) },
    { "IPv4 with a header of 16 bytes", "payload=ip", B100 "44" IP4,
      REFUSED(PAYLOAD) },
    { "IPv4 with a header longer than the packet", "payload=ip",
      B100 "4700001800010000 40fd0000 0a000001 0a000002 deadbeef",
      REFUSED(PAYLOAD) },

    /* Part of the stack. */
    { "one of three", "count=1", L100 L200 B300 IP4,
      PASS, 1, false, MPLS },
    { "two of three", "count=2,payload=mpls", L100 L200 B300 IP4,
      PASS, 2, false, MPLS },
    { "three of three, a stack should be left", "count=3",
      L100 L200 B300 IP4, REFUSED(STACK_LENGTH) },
    { "three of three", "count=3,payload=ip", L100 L200 B300 IP4,
      PASS, 3, false, IPV4 },
    { "three of three, frame", "count=3,payload=ethernet,control_word",
      L100 L200 B300 CW FRAME, PASS, 3, true, ETHERNET },
    { "two of three, IP should be below", "count=2,payload=ip",
      L100 L200 B300 IP4, REFUSED(STACK_LENGTH) },
    { "two of three, a frame should be below", "count=2,payload=ethernet",
      L100 L200 B300 IP4, REFUSED(STACK_LENGTH) },
    { "two of three, anything should be below", "count=2,payload=auto",
      L100 L200 B300 IP4, REFUSED(STACK_LENGTH) },
    { "four of three", "count=4,payload=ip", L100 L200 B300 IP4,
      REFUSED(STACK_LENGTH) },
    { "two of one", "count=2", B100 IP4, REFUSED(STACK_LENGTH) },
    { "sixteen of one, what follows looks like a stack", "count=16",
      B100 L200 L300 B100, REFUSED(STACK_LENGTH) },
    { "no stack", "", "", REFUSED(STACK_TRUNCATED) },
    { "stack without bottom", "", L100 L200, REFUSED(STACK_TRUNCATED) },
    { "stack that ends where the rest should be", "count=2", L100 L200,
      REFUSED(STACK_TRUNCATED) },

    /* TTL 0: RFC 3032 section 2.4.2. */
    { "L-10 TTL 0", "", "00064100" IP4, REFUSED(TTL_EXPIRED) },
    { "L-10 TTL 0 on top", "", "00064000" L200 B300 IP4,
      REFUSED(TTL_EXPIRED) },
    { "L-10 TTL 0 in the middle", "", L100 "000c8000" B300 IP4,
      REFUSED(TTL_EXPIRED) },
    { "L-10 TTL 0 at the bottom", "", L100 L200 "0012c100" IP4,
      REFUSED(TTL_EXPIRED) },
    { "L-10 TTL 0 in the one that goes", "count=1", "00064000" B300 IP4,
      REFUSED(TTL_EXPIRED) },
    { "TTL 0 in one that stays", "count=1", L100 "000c8100" IP4,
      PASS, 1, false, MPLS },
    { "TTL 0 in IPv4", "", B100 "45000014 00010000 00fda5ea 0a000001"
      "0a000002", PASS, 1, false, IPV4 },
    { "TTL 1 is not 0", "", "00064001 000c8101" IP4, PASS, 2, false, IPV4 },

    /* Special-purpose labels. */
    { "L-02 IPv4 explicit null", "", "00000140" IP4, PASS, 1, false, IPV4 },
    { "L-02 IPv4 explicit null on top, RFC 4182 2", "", "00000040" B100 IP4,
      PASS, 2, false, IPV4 },
    { "L-04 IPv6 explicit null", "", "00002140" IP6, PASS, 1, false, IPV6 },
    { "L-03 router alert", "", "00001040" B100 IP4, PASS, 2, false, IPV4 },
    { "L-05 label 3", "", "00003140" IP4, REFUSED(SPECIAL_LABEL) },
    { "L-05 label 3 on top", "", "00003040" B100 IP4, REFUSED(SPECIAL_LABEL) },
    { "L-05 label 3 below a label", "", L100 "00003140" IP4,
      REFUSED(SPECIAL_LABEL) },
    { "L-05 label 3, taken off alone", "count=1", "00003040" B100 IP4,
      REFUSED(SPECIAL_LABEL) },
    { "greatest label, TC 7", "", "fffffe40 ffffff40" IP4,
      PASS, 2, false, IPV4 },

    /* Entropy labels. */
    { "E-03 entropy label", "", L100 ELI BEL IP4, PASS, 3, false, IPV4 },
    { "E-03 entropy label in the middle", "", L100 ELI EL B200 CW FRAME,
      PASS, 4, true, ETHERNET },
    { "E-03 entropy label alone", "", ELI BEL IP4, PASS, 2, false, IPV4 },
    { "E-03 TTL of an entropy label is ignored", "",
      L100 ELI "12345140" IP4, PASS, 3, false, IPV4 },
    { "E-03 least entropy label", "", L100 ELI "00010100" IP4,
      PASS, 3, false, IPV4 },
    { "E-01 entropy label below 16", "", L100 ELI "0000f100" IP4,
      REFUSED(SPECIAL_LABEL) },
    { "E-01 an indicator as entropy label", "", L100 ELI ELI BEL IP4,
      REFUSED(SPECIAL_LABEL) },
    { "E-03 indicator at the bottom", "", L100 "00007140" IP4,
      REFUSED(SPECIAL_LABEL) },
    { "L-10 TTL 0 in the indicator", "", L100 "00007000" BEL IP4,
      REFUSED(TTL_EXPIRED) },
    { "E-03 pair left on top goes", "count=1", L100 ELI EL B200 IP4,
      PASS, 3, false, MPLS },
    { "E-03 entropy label left on top goes", "count=2",
      L100 ELI EL B200 IP4, PASS, 3, false, MPLS },
    { "E-03 pair is counted", "count=3", L100 ELI EL B200 IP4,
      PASS, 3, false, MPLS },
    { "E-03 label below the pair", "count=4,payload=ip",
      L100 ELI EL B200 IP4, PASS, 4, false, IPV4 },
    { "E-03 two pairs left on top go", "count=1",
      L100 ELI EL ELI EL B200 IP4, PASS, 5, false, MPLS },
    { "E-03 pair left at the bottom goes", "count=1,payload=ip",
      L100 ELI BEL IP4, PASS, 3, false, IPV4 },
    { "E-03 pair left at the bottom goes, frame", "count=1,payload=auto",
      L100 ELI BEL CW FRAME, PASS, 3, true, ETHERNET },
    { "E-03 pair left at the bottom, a stack should be below", "count=1",
      L100 ELI BEL IP4, REFUSED(STACK_LENGTH) },
    { "E-03 pair below a label that stays, stays", "count=1",
      L100 L200 ELI EL B300 IP4, PASS, 1, false, MPLS },
    { "E-01 pair left on top, entropy label below 16", "count=1",
      L100 ELI "0000f000" B200 IP4, REFUSED(SPECIAL_LABEL) },
    { "E-03 pair left on top, indicator at the bottom", "count=1",
      L100 "00007140" IP4, REFUSED(SPECIAL_LABEL) },
    { "L-10 pair left on top, TTL 0", "count=1",
      L100 "00007000" EL B200 IP4, REFUSED(TTL_EXPIRED) },
    { "pair left on top ends", "count=1", L100 ELI, REFUSED(STACK_TRUNCATED) },
};
enum { N_CASES = sizeof cases / sizeof cases[0] };

/* Reads the first 'size' bytes of '*p', in memory that ends there, as 'text'
 * says.  No byte may change. */
static enum mplsudp_drop
read_pop(const char *text, const struct ref_packet *p, size_t size,
         struct label_exposed *exposed)
{
    char error[LABEL_ACTION_TEXT_SIZE];
    uint8_t *copy = unit_copy(p->bytes, size);
    struct label_pop pop;
    enum mplsudp_drop verdict;

    exposed->ofs = 999;
    exposed->type = 999;
    unit_true(text, label_pop_parse(text, &pop, error));
    verdict = label_pop_read(&pop, copy, size, exposed);
    unit_bytes("bytes are as they were", p->bytes, copy, size);
    free(copy);
    return verdict;
}

static void
expect(const char *text, const struct ref_packet *p, size_t size, size_t ofs,
       uint16_t type)
{
    struct label_exposed exposed;

    if (unit_verdict("verdict", PASS, read_pop(text, p, size, &exposed))) {
        unit_number("offset", ofs, exposed.ofs);
        unit_number("type", type, exposed.type);
    }
}

static void
expect_drop(const char *text, const struct ref_packet *p, size_t size,
            enum mplsudp_drop verdict)
{
    struct label_exposed exposed;

    unit_verdict("verdict", verdict, read_pop(text, p, size, &exposed));
}

/* What the first 'cut' bytes of case 'i', which passes, are. */
static enum mplsudp_drop
cut_verdict(size_t i, size_t cut)
{
    size_t stack = 4u * cases[i].labels;
    size_t ofs = stack + (cases[i].control_word ? 4 : 0);
    size_t least = cases[i].type == IPV4 ? 20 : cases[i].type == IPV6 ? 40
                   : cases[i].type == MPLS ? 4 : 14;
    bool is_auto = !strstr(cases[i].pop, "payload=")
                   || strstr(cases[i].pop, "payload=auto");

    return cut < stack || (cases[i].type == MPLS && cut < stack + 4)
           ? DROP(STACK_TRUNCATED)
           : cut < ofs || (cut == stack && is_auto) ? DROP(CONTROL_WORD)
           : cut < ofs + least ? DROP(PAYLOAD) : PASS;
}

/* Each case, and all of its beginnings. */
static void
test_case(size_t i)
{
    size_t ofs = 4u * cases[i].labels + (cases[i].control_word ? 4 : 0);
    struct ref_packet p = { .size = 0 };

    unit_case("%s, pop_labels(%s)", cases[i].name, cases[i].pop);
    ref_put_hex(&p, cases[i].packet);
    if (cases[i].verdict) {
        struct label_exposed exposed;

        expect_drop(cases[i].pop, &p, p.size, cases[i].verdict);
        for (size_t cut = 0; cut < p.size; cut++) {
            unit_true("no beginning passes",
                      read_pop(cases[i].pop, &p, cut, &exposed) != PASS);
        }
        return;
    }
    expect(cases[i].pop, &p, p.size, ofs, cases[i].type);

    /* A count that ends above a pair that has gone cannot tell where the
     * bottom should have been. */
    if (strcmp(cases[i].pop, "count=1,payload=ip")
        && strcmp(cases[i].pop, "count=1,payload=auto")) {
        unit_case("%s, pop_labels(%s), each byte of it cut", cases[i].name,
                  cases[i].pop);
        for (size_t cut = 0; cut < p.size; cut++) {
            enum mplsudp_drop verdict = cut_verdict(i, cut);

            if (verdict) {
                expect_drop(cases[i].pop, &p, cut, verdict);
            } else {
                expect(cases[i].pop, &p, cut, ofs, cases[i].type);
            }
        }
    }
}

/* Appends labels 16 to 15 + 'n', the last of them at the bottom. */
static void
put_stack(struct ref_packet *p, size_t n)
{
    for (size_t i = 1; i <= n; i++) {
        ref_put_lse(p, (uint32_t) (15 + i), (uint8_t) (i % 8), i == n,
                    (uint8_t) i);
    }
}

/* Stacks of 'n' labels, of which the action takes all. */
static void
test_all(size_t n)
{
    struct ref_packet p = { .size = 0 };

    unit_case("L-01 all of %zu labels", n);
    put_stack(&p, n);
    ref_put_hex(&p, IP4);
    expect("", &p, p.size, 4 * n, IPV4);
    for (size_t cut = 0; cut < 4 * n; cut++) {
        expect_drop("", &p, cut, DROP(STACK_TRUNCATED));
    }
}

/* Stacks of 'n' labels, of which the action takes 'count'. */
static void
test_count(size_t n, size_t count)
{
    struct ref_packet p = { .size = 0 };
    char ip[40], mpls[40];

    unit_case("L-01 %zu of %zu labels", count, n);
    snprintf(mpls, sizeof mpls, "count=%zu", count);
    snprintf(ip, sizeof ip, "count=%zu,payload=ip", count);
    put_stack(&p, n);
    ref_put_hex(&p, IP4);
    if (count < n) {
        expect(mpls, &p, p.size, 4 * count, MPLS);
    } else {
        expect_drop(mpls, &p, p.size, DROP(STACK_LENGTH));
    }
    if (count == n) {
        expect(ip, &p, p.size, 4 * n, IPV4);
    } else {
        expect_drop(ip, &p, p.size, DROP(STACK_LENGTH));
    }
}

void
test_label_pop(void)
{
    for (size_t i = 0; i < N_CASES; i++) {
        test_case(i);
    }
    for (size_t n = 1; n <= 100; n++) {
        test_all(n);
    }
    for (size_t n = 1; n <= 17; n++) {
        for (size_t count = 1; count <= 16; count++) {
            test_count(n, count);
        }
    }
}
