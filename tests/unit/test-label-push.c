/* SPDX-License-Identifier: Apache-2.0
 *
 * test-label-push: label stacks put before packets (lib/label-push.h).  What
 * reads them back is in test-label-push-read.c. */

#include "label-push.h"

#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "unit.h"

#define EXPIRED MPLSUDP_DROP_TTL_EXPIRED
#define PASS MPLSUDP_PASS
#define FRAME LABEL_PUSH_ONTO_ETHERNET
#define STACK LABEL_PUSH_ONTO_MPLS
#define OTHER LABEL_PUSH_ONTO_OTHER

enum { IPV4 = 0x0800, IPV6 = 0x86dd, MPLS = 0x8847, ARP = 0x0806 };

/* IPv4 of DSCP EF, by TTL; IPv6 of DSCP EF, by hop limit. */
#define IP4(TTL) "45b80018 00010000" TTL "fd0000 0a000001 0a000002 deadbeef"
#define IP6(LIMIT) \
    "6b80abcd 0004fd" LIMIT "20010db8 00000000 00000000 00000001" \
    "20010db8 00000000 00000000 00000002 deadbeef"

static const struct {
    const char *name;
    const char *push;
    enum label_push_onto onto;
    uint16_t type;              /* Of the header to inherit from. */
    const char *source;
    enum mplsudp_drop verdict;
    const char *bytes;
} cases[] = {
    { "L-01 T-04 one label onto a frame: TTL pipe", "100",
      FRAME, IPV4, IP4("11"), PASS, "000641ff" },
    { "L-01 three labels, S on the last", "100/200/300",
      FRAME, IPV4, IP4("11"), PASS, "000640ff 000c80ff 0012c1ff" },
    { "P-01 P-05 control word", "100/200/300,control_word",
      FRAME, IPV4, IP4("11"), PASS,
      "000640ff 000c80ff 0012c1ff 00000000" },
    { "L-01 greatest of each field", "1048575,tc=7,ttl=255",
      FRAME, IPV4, IP4("11"), PASS, "ffffffff" },
    { "L-01 label only", "1048575,tc=0,ttl=1",
      FRAME, IPV4, IP4("11"), PASS, "fffff101" },
    { "L-01 each field", "74565,tc=5,ttl=64",
      FRAME, IPV4, IP4("11"), PASS, "12345b40" },
    { "L-02 IPv4 explicit null", "0", OTHER, IPV4, IP4("11"), PASS,
      "00000111" },
    { "L-04 IPv6 explicit null", "2", OTHER, IPV6, IP6("11"), PASS,
      "00002111" },
    { "L-03 router alert above a label", "1/16", FRAME, IPV4, IP4("11"),
      PASS, "000010ff 000101ff" },
    { "frame, ttl=inherit", "100/200,ttl=inherit",
      FRAME, IPV4, IP4("11"), PASS, "00064011 000c8111" },
    { "frame of IPv6, ttl=inherit", "100,ttl=inherit",
      FRAME, IPV6, IP6("11"), PASS, "00064111" },
    { "T-06 frame, TC by default, RFC 3270 3.2.1", "100,ttl=64",
      FRAME, IPV4, IP4("11"), PASS, "00064140" },
    { "frame, tc=inherit", "100/200,tc=inherit",
      FRAME, IPV4, IP4("11"), PASS, "00064aff 000c8bff" },
    { "frame of IPv6, both inherited", "100/200,tc=inherit,ttl=inherit",
      FRAME, IPV6, IP6("11"), PASS, "00064a11 000c8b11" },
    { "frame of ARP has nothing", "100/200,tc=inherit,ttl=inherit",
      FRAME, ARP, IP4("11"), PASS, "000640ff 000c81ff" },
    { "frame of a stack", "100,tc=inherit,ttl=inherit",
      FRAME, MPLS, "000c8b11", PASS, "00064b11" },
    { "frame with nothing in it", "100,tc=inherit,ttl=inherit",
      FRAME, 0, "", PASS, "000641ff" },

    { "L-12 T-01 IPv4: TTL uniform, RFC 3443 3.6, RFC 3032 2.4.3",
      "100/200", OTHER, IPV4, IP4("11"), PASS, "00064011 000c8111" },
    { "L-12 T-01 IPv6: TTL uniform", "100/200", OTHER, IPV6, IP6("11"),
      PASS, "00064011 000c8111" },
    { "T-01 IPv4, ttl=inherit", "100,ttl=inherit", OTHER, IPV4, IP4("11"),
      PASS, "00064111" },
    { "T-01 IPv4, ttl=64: TTL pipe", "100,ttl=64", OTHER, IPV4, IP4("11"),
      PASS, "00064140" },
    { "T-05 IPv4, tc=3, RFC 3270 2.6.2", "100/200,tc=3",
      OTHER, IPV4, IP4("11"), PASS, "00064611 000c8711" },
    { "IPv4, tc=inherit", "100,tc=inherit", OTHER, IPV4, IP4("11"), PASS,
      "00064b11" },
    { "IPv6, tc=inherit, ttl=64", "100,tc=inherit,ttl=64",
      OTHER, IPV6, IP6("11"), PASS, "00064b40" },
    { "IPv4, control word", "100,control_word", OTHER, IPV4, IP4("11"),
      PASS, "00064111 00000000" },
    { "another packet has nothing", "100,tc=inherit", OTHER, 0x894f,
      IP4("11"), PASS, "000641ff" },

    { "L-01 T-01 stack: S 0, TTL of its top", "100",
      STACK, MPLS, "000c8b11", PASS, "00064011" },
    { "two onto a stack", "100/200", STACK, MPLS, "000c8b11", PASS,
      "00064011 000c8011" },
    { "stack, ttl=64", "100,ttl=64", STACK, MPLS, "000c8b11", PASS,
      "00064040" },
    { "stack, tc=inherit", "100/200,tc=inherit", STACK, MPLS,
      "000c8a11 0012c040", PASS, "00064a11 000c8a11" },
    { "stack, tc=3", "100,tc=3", STACK, MPLS, "000c8b11", PASS,
      "00064611" },
    { "P-04 stack, no control word", "100,control_word",
      STACK, MPLS, "000c8b11", PASS, "00064011" },
    { "stack of type 0x8848", "100,tc=inherit", STACK, 0x8848,
      "000c8b11", PASS, "00064a11" },

    { "L-10 IPv4 with TTL 0", "100", OTHER, IPV4, IP4("00"), EXPIRED, NULL },
    { "L-10 IPv6 with hop limit 0", "100", OTHER, IPV6, IP6("00"),
      EXPIRED, NULL },
    { "L-10 stack with TTL 0", "100", STACK, MPLS, "000c8b00",
      EXPIRED, NULL },
    { "L-10 frame of IPv4 with TTL 0, inherited",
      "100,tc=inherit,ttl=inherit", FRAME, IPV4, IP4("00"), EXPIRED, NULL },
    { "T-04 frame of IPv4 with TTL 0", "100", FRAME, IPV4, IP4("00"), PASS,
      "000641ff" },
    { "IPv4 with TTL 0, ttl=64", "100,ttl=64,tc=inherit",
      OTHER, IPV4, IP4("00"), PASS, "00064b40" },
    { "IPv4 with TTL 1", "100", OTHER, IPV4, IP4("01"), PASS, "00064101" },

    /* What is damaged has nothing to inherit. */
    { "IPv6 as IPv4", "100,tc=inherit", OTHER, IPV4, IP6("11"), PASS,
      "000641ff" },
    { "IPv4 as IPv6", "100,tc=inherit", OTHER, IPV6, IP4("11"), PASS,
      "000641ff" },
    { "IP of version 5", "100,tc=inherit", OTHER, IPV4,
      "55b80018 00010000 11fd0000 0a000001 0a000002 deadbeef", PASS,
      "000641ff" },
    { "IPv4 with a header of 16 bytes", "100,tc=inherit", OTHER, IPV4,
      "44b80018 00010000 11fd0000 0a000001 0a000002 deadbeef", PASS,
      "000641ff" },
    { "IPv4 with a header longer than the packet", "100,tc=inherit",
      OTHER, IPV4, "47b80018 00010000 11fd0000 0a000001 0a000002 deadbeef",
      PASS, "000641ff" },
    { "IPv4 with options", "100,tc=inherit", OTHER, IPV4,
      "46b80018 00010000 11fd0000 0a000001 0a000002 94040000", PASS,
      "00064b11" },
    { "IPv4 longer than the packet", "100,tc=inherit", OTHER, IPV4,
      "45b80019 00010000 11fd0000 0a000001 0a000002 deadbeef", PASS,
      "000641ff" },
    { "IPv4 shorter than its header", "100,tc=inherit", OTHER, IPV4,
      "45b80013 00010000 11fd0000 0a000001 0a000002 deadbeef", PASS,
      "000641ff" },
    { "IPv4 shorter than its options", "100,tc=inherit", OTHER, IPV4,
      "46b80017 00010000 11fd0000 0a000001 0a000002 94040000", PASS,
      "000641ff" },
    { "IPv4 without a length", "100,tc=inherit", OTHER, IPV4,
      "45b80000 00010000 11fd0000 0a000001 0a000002 deadbeef", PASS,
      "000641ff" },
    { "IPv4 with padding", "100,tc=inherit", OTHER, IPV4,
      "45b80014 00010000 11fd0000 0a000001 0a000002 deadbeef", PASS,
      "00064b11" },
    { "IPv6 longer than the packet", "100,tc=inherit", OTHER, IPV6,
      "6b80abcd 0005fd11 20010db8 00000000 00000000 00000001"
      "20010db8 00000000 00000000 00000002 deadbeef", PASS, "000641ff" },
    { "IPv6 with padding", "100,tc=inherit", OTHER, IPV6,
      "6b80abcd 0003fd11 20010db8 00000000 00000000 00000001"
      "20010db8 00000000 00000000 00000002 deadbeef", PASS, "00064b11" },
    { "IPv6 without a length", "100,tc=inherit", OTHER, IPV6,
      "6b80abcd 0000fd11 20010db8 00000000 00000000 00000001"
      "20010db8 00000000 00000000 00000002 deadbeef", PASS, "00064b11" },
};

static void
build(const char *text, enum label_push_onto onto,
      struct label_push_header *header)
{
    char error[LABEL_ACTION_TEXT_SIZE];
    struct label_push push;

    memset(header, 0xcc, sizeof *header);
    unit_true(text, label_push_parse(text, &push, error));
    label_push_build(&push, onto, header);
    unit_number("entries", push.n, header->n);
    unit_number("zero", 0, header->zero);
    for (size_t i = header->size; i < sizeof header->bytes; i++) {
        unit_number("byte that is not pushed", 0, header->bytes[i]);
    }
}

/* Checks that 'header' before the first 'size' bytes of '*source', in memory
 * of just that size, becomes 'bytes', or gets 'verdict'. */
static void
expect(const struct label_push_header *header,
       const struct ref_packet *source, size_t size, uint16_t type,
       enum mplsudp_drop verdict, const struct ref_packet *bytes)
{
    uint8_t *out = malloc(header->size + size), *in = out + header->size;

    memset(out, 0xcc, header->size);
    if (size) {
        memcpy(in, source->bytes, size);
    }
    if (unit_verdict("verdict", verdict,
                     label_push_write(header, in, size, type, out))
        && verdict == PASS && unit_number("size", bytes->size, header->size)) {
        unit_bytes("bytes", bytes->bytes, out, bytes->size);
    }
    unit_bytes("packet", source->bytes, in, size);
    free(out);
}

static void
test_case(size_t i)
{
    struct ref_packet source = { .size = 0 }, bytes = { .size = 0 };
    struct label_push_header header;

    unit_case("%s, push_labels(%s)", cases[i].name, cases[i].push);
    ref_put_hex(&source, cases[i].source);
    ref_put_hex(&bytes, cases[i].bytes ? cases[i].bytes : "");
    build(cases[i].push, cases[i].onto, &header);
    expect(&header, &source, source.size, cases[i].type, cases[i].verdict,
           &bytes);
}

/* What a packet fills in, by action and what it is. */
static void
test_inherits(void)
{
    static const struct {
        const char *push;
        enum label_push_onto onto;
        uint8_t inherits;
    } headers[] = {
        { "100", FRAME, 0 },
        { "100", STACK, LABEL_PUSH_TTL },
        { "100", OTHER, LABEL_PUSH_TTL },
        { "100,tc=7,ttl=1", FRAME, 0 },
        { "100,tc=7,ttl=1", STACK, 0 },
        { "100,tc=7,ttl=1", OTHER, 0 },
        { "100,tc=inherit", FRAME, LABEL_PUSH_TC },
        { "100,tc=inherit", STACK, LABEL_PUSH_TC | LABEL_PUSH_TTL },
        { "100,tc=inherit", OTHER, LABEL_PUSH_TC | LABEL_PUSH_TTL },
        { "100,ttl=inherit", FRAME, LABEL_PUSH_TTL },
        { "100,ttl=inherit", STACK, LABEL_PUSH_TTL },
        { "100,ttl=inherit", OTHER, LABEL_PUSH_TTL },
    };

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct label_push_header header;

        unit_case("push_labels(%s) onto %d inherits", headers[i].push,
                  headers[i].onto);
        build(headers[i].push, headers[i].onto, &header);
        unit_number("inherits", headers[i].inherits, header.inherits);
    }
}

/* The first 'n' of sixteen labels. */
static void
test_depth(size_t n)
{
    static const char text[] = "16/17/1048575/4/5/65536/65535/256/255/"
                               "4096/4095/500000/1/0/2/15";
    static const char stack[] =
        "000100ff 000110ff fffff0ff 000040ff 000050ff 100000ff 0ffff0ff "
        "001000ff 000ff0ff 010000ff 00fff0ff 7a1200ff 000010ff 000000ff "
        "000020ff 0000f0ff";
    struct ref_packet frame = { .size = 0 }, bytes = { .size = 0 };
    char part[sizeof text + sizeof ",control_word"] = "";
    struct label_push_header header;
    const char *end = text;

    unit_case("L-01 %zu labels", n);
    ref_put_hex(&frame, "02aa00000002 02aa00000001 0806");
    for (size_t i = 0; i < n; i++) {
        end += strcspn(end, "/") + 1;
    }
    memcpy(part, text, (size_t) (end - text) - 1);
    ref_put_hex(&bytes, stack);

    bytes.size = 4 * n;
    build(part, STACK, &header);
    expect(&header, &frame, frame.size, ARP, PASS, &bytes);
    bytes.bytes[4 * n - 2] |= 1;
    build(part, FRAME, &header);
    expect(&header, &frame, frame.size, ARP, PASS, &bytes);
    build(part, OTHER, &header);
    expect(&header, &frame, frame.size, ARP, PASS, &bytes);
    ref_put_hex(&bytes, "00000000");
    strcat(part, ",control_word");
    build(part, FRAME, &header);
    expect(&header, &frame, frame.size, ARP, PASS, &bytes);
}

/* A header that is cut has nothing to inherit. */
static void
test_cut(const char *name, uint16_t type, const char *hex)
{
    struct ref_packet source = { .size = 0 }, bytes = { .size = 0 };
    struct ref_packet inherited = { .size = 0 };
    struct label_push_header header;

    unit_case("%s, each byte of it cut", name);
    ref_put_hex(&source, hex);
    ref_put_hex(&bytes, "000640ff 000c81ff");
    ref_put_hex(&inherited, "00064a11 000c8b11");
    build("100/200,tc=inherit", OTHER, &header);
    for (size_t cut = 0; cut < source.size; cut++) {
        expect(&header, &source, cut, type, PASS, &bytes);
    }
    expect(&header, &source, source.size, type, PASS, &inherited);
    ref_put_fill(&source, 0xff, 7);
    expect(&header, &source, source.size, type, PASS, &inherited);
}

/* Every class and TTL of IP: the three upper bits of the former, RFC 2474
 * section 4.2.2. */
static void
test_each_ip(uint8_t version)
{
    struct label_push_header header;

    unit_case("T-01 IPv%d, each traffic class and TTL", version);
    build("100/200,tc=inherit", OTHER, &header);
    for (unsigned int i = 0; i < 256; i++) {
        struct ref_packet source = { .size = 0 }, bytes = { .size = 0 };
        uint8_t ttl = (uint8_t) (i ? i : 1);
        struct ref_ip ip = {
            .version = version, .tos = (uint8_t) (255 - i), .ttl = ttl,
            .src = 1, .dst = 2, .body_size = 9
        };

        ref_put_ip(&source, &ip);
        ref_put_lse(&bytes, 100, ip.tos / 32, false, ttl);
        ref_put_lse(&bytes, 200, ip.tos / 32, true, ttl);
        expect(&header, &source, source.size, version == 4 ? IPV4 : IPV6,
               PASS, &bytes);
    }
}

static void
test_each_lse(void)
{
    struct label_push_header header;

    unit_case("T-01 stack, each TC and TTL");
    build("100/200,tc=inherit", STACK, &header);
    for (unsigned int i = 0; i < 8 * 255; i++) {
        struct ref_packet source = { .size = 0 }, bytes = { .size = 0 };
        uint8_t ttl = (uint8_t) (1 + i / 8), tc = i % 8;

        ref_put_lse(&source, 0xfffff, tc, i % 3, ttl);
        ref_put_lse(&bytes, 100, tc, false, ttl);
        ref_put_lse(&bytes, 200, tc, false, ttl);
        expect(&header, &source, source.size, MPLS, PASS, &bytes);
    }
}

void
test_label_push(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        test_case(i);
    }
    test_inherits();
    for (size_t n = 1; n <= LABEL_ACTION_MAX; n++) {
        test_depth(n);
    }
    test_cut("IPv4", IPV4, IP4("11"));
    test_cut("IPv6", IPV6, IP6("11"));
    test_cut("stack", MPLS, "0012cb11");
    test_each_ip(4);
    test_each_ip(6);
    test_each_lse();
}
