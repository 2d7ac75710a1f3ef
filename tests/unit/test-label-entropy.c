/* SPDX-License-Identifier: Apache-2.0
 *
 * test-label-entropy: the number of a flow (lib/label-entropy.h): one for all
 * packets of a flow, another for other flows. */

#include "label-entropy.h"

#include <stdlib.h>
#include <string.h>

#include "flows.h"
#include "reference.h"
#include "unit.h"

enum { MPLS = 0x8847 };

/* ---- One port for each flow ---- */

/* Checks that flows '*a' and '*b' have the same port, or not, in each of the
 * ways that IP packets come. */
static void
compare_ip(const struct ref_ip *a, const struct ref_ip *b, bool same)
{
    uint16_t type = a->version == 4 ? 0x0800 : 0x86dd;

    for (int way = 0; way < 5; way++) {
        struct ref_packet p[2];
        uint16_t types[2];

        for (int i = 0; i < 2; i++) {
            p[i].size = 0;
            types[i] = way == 0 ? type : way < 3 ? ETHERNET : MPLS;
            if (way >= 3) {
                ref_put_lse(&p[i], 16, (uint8_t) i, true, (uint8_t) (9 - i));
            }
            if (way == 4) {
                ref_put32(&p[i], (uint32_t) i);     /* Control word. */
            }
            if (way == 2) {
                ref_put_ethernet(&p[i], 1, 2, 0x8100);
                ref_put16(&p[i], 5);
                ref_put16(&p[i], type);
            } else if (way == 1 || way == 4) {
                ref_put_ethernet(&p[i], 1, 2, type);
            }
            ref_put_ip(&p[i], i ? b : a);
        }
        unit_number("same port", same, flow_hash(&p[0], types[0], 16)
                                       == flow_hash(&p[1], types[1], 16));
    }
}

static void
test_same_flow(const struct ref_ip *flow)
{
    struct ref_ip ip;

#define SAME(WHAT, FIELD, VALUE)                                          \
    unit_case("U-04 IPv%d " WHAT, flow->version);                         \
    ip = *flow;                                                           \
    ip.FIELD = VALUE;                                                     \
    compare_ip(flow, &ip, true)

    SAME("TOS", tos, 0xff);
    SAME("TTL", ttl, 1);
    SAME("identification and checksum", id, 0x1234);
    SAME("DF", fragment, 0x4000);
    SAME("payload", fill, 0xff);
    SAME("length", body_size, 1400);
    SAME("short length", body_size, 8);
#undef SAME
}

static void
test_other_flow(const struct ref_ip *flow)
{
    struct ref_ip ip;

#define DIFFERS(WHAT, FIELD, VALUE)                                       \
    unit_case("IPv%d " WHAT " tells flows apart", flow->version);         \
    ip = *flow;                                                           \
    ip.FIELD = VALUE;                                                     \
    compare_ip(flow, &ip, false)

    DIFFERS("source", src, flow->src + 1);
    DIFFERS("destination", dst, flow->dst + 1);
    DIFFERS("protocol", protocol, 132);
    DIFFERS("source port", src_port, 1025);
    DIFFERS("destination port", dst_port, 81);
#undef DIFFERS
}

static void
test_protocols(void)
{
    static const struct {
        uint8_t protocol;
        bool ports;
    } protocols[] = {
        { 6, true }, { 17, true }, { 33, true }, { 132, true }, { 136, true },
        { 1, false }, { 47, false }, { 50, false }, { 58, false },
    };

    for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
        struct ref_ip a = flow4, b;

        unit_case("U-04 protocol %d %s ports", protocols[i].protocol,
                  protocols[i].ports ? "has" : "has no");
        a.protocol = protocols[i].protocol;
        b = a;
        b.src_port++;
        compare_ip(&a, &b, !protocols[i].ports);
    }
}

static void
test_fragments(void)
{
    struct ref_ip first = flow4, second = flow4;

    unit_case("U-04 IPv4 fragments of one datagram");
    first.fragment = 0x2000;
    second.fragment = 0x0005;
    second.src_port = 0x4242;       /* Is payload there. */
    compare_ip(&first, &second, true);

    unit_case("U-04 IPv6 fragments of one datagram");
    first = second = flow6;
    first.protocol = second.protocol = 44;
    first.src_port = 0x1100;        /* Next header UDP. */
    first.dst_port = 0x0001;        /* Offset 0, more. */
    second.src_port = 0x1100;
    second.dst_port = 0x0028;
    second.fill = 0x77;
    compare_ip(&first, &second, true);
}

static void
test_ipv4_options(void)
{
    struct ref_packet p[3];
    uint32_t hashes[3];

    unit_case("IPv4 ports behind options");
    for (int i = 0; i < 3; i++) {
        struct ref_ip ip = flow4;

        p[i].size = 0;
        ip.src_port = (uint16_t) (i ? 2000 : 1000);
        ref_put_ip(&p[i], &ip);
        memmove(p[i].bytes + 24, p[i].bytes + 20, p[i].size - 20);
        memset(p[i].bytes + 20, i == 2, 4);
        p[i].size += 4;
        p[i].bytes[0] = 0x46;
        p[i].bytes[3] = (uint8_t) p[i].size;
        hashes[i] = flow_hash(&p[i], ETHERTYPE_IPV4, 16);
    }
    unit_true("ports tell flows apart", hashes[0] != hashes[1]);
    unit_true("U-04 options do not", hashes[1] == hashes[2]);
}

/* ---- MPLS ---- */

enum { NONE = -1 };

/* Returns the hash of a stack of 'labels' over an IPv4 packet. */
static uint32_t
hash_of_stack(const int *labels, uint8_t tc, uint8_t ttl)
{
    struct ref_packet p = { .size = 0 };

    for (; *labels != NONE; labels++) {
        ref_put_lse(&p, (uint32_t) *labels, tc, labels[1] == NONE, ttl);
    }
    ref_put_ip(&p, &flow4);
    return flow_hash(&p, MPLS, 16);
}

static void
test_stacks(void)
{
    static const struct {
        const char *name;
        int a[6], b[6];
        bool same;
    } pairs[] = {
        { "bottom label differs", { 100, NONE }, { 101, NONE }, false },
        { "top label differs", { 100, 200, NONE }, { 101, 200, NONE },
          false },
        { "order of labels differs", { 100, 200, NONE }, { 200, 100, NONE },
          false },
        { "third label differs", { 100, 200, 300, NONE },
          { 100, 200, 301, NONE }, false },
        { "entropy label counts, RFC 6790 4.3", { 100, 7, 5000, NONE },
          { 100, 7, 5001, NONE }, false },
        { "S-05 null on top, RFC 7274 3", { 100, 200, NONE },
          { 0, 100, 200, NONE }, true },
        { "S-05 null at the bottom", { 100, 0, NONE }, { 100, 2, NONE },
          true },
        { "S-05 router alert", { 100, 200, NONE }, { 100, 1, 200, NONE },
          true },
        { "S-05 entropy indicator", { 100, 7, 5000, NONE },
          { 100, 5000, NONE }, true },
        { "S-05 GAL", { 100, 13, NONE }, { 100, 14, NONE }, true },
        { "S-05 extended special-purpose label, RFC 7274 3.1",
          { 100, 15, 16, NONE }, { 100, 15, 240, NONE }, true },
    };
    static const int two[] = { 100, 200, NONE };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        unit_case("MPLS: %s", pairs[i].name);
        unit_number("same hash", pairs[i].same,
                    hash_of_stack(pairs[i].a, 0, 64)
                    == hash_of_stack(pairs[i].b, 0, 64));
    }
    unit_case("MPLS: U-04 TC");
    unit_number("hash", hash_of_stack(two, 0, 64), hash_of_stack(two, 7, 64));
    unit_case("MPLS: U-04 TTL");
    unit_number("hash", hash_of_stack(two, 0, 64), hash_of_stack(two, 0, 1));
}

/* With an Ethernet header and without, it is the same MPLS packet. */
static void
test_mpls_ethernet(void)
{
    uint32_t hashes[3];

    unit_case("MPLS: U-04 Ethernet header");
    for (int i = 0; i < 3; i++) {
        struct ref_packet p = { .size = 0 };

        if (i) {
            ref_put_ethernet(&p, (uint64_t) i, 2, MPLS);
        }
        ref_put_lse(&p, 100, 0, true, 64);
        ref_put_ip(&p, &flow4);
        hashes[i] = flow_hash(&p, i ? ETHERNET : MPLS, 16);
    }
    unit_number("hash with header", hashes[0], hashes[1]);
    unit_number("hash with another", hashes[0], hashes[2]);
}

/* Below a label stands something that is neither IP nor a control word: its
 * bytes tell nothing of flows (RFC 7325 T#11). */
static void
test_mpls_body(void)
{
    static const struct {
        const char *name;
        uint8_t bytes[8];
    } bodies[] = {
        { "nibble 1, associated channel", { 0x10, 0, 0, 0x21 } },
        { "nibble 5", { 0x50 } },
        { "nibble 15", { 0xff } },
        { "IPv4, header too short", { 0x44, 0, 0, 40 } },
        { "IPv4, longer than the packet", { 0x45, 0, 0xff, 0xff } },
        { "IPv4, shorter than a header", { 0x45, 0, 0, 19 } },
        { "IPv6, longer than the packet", { 0x60, 0, 0, 0, 0xff, 0xff } },
    };

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        uint32_t hashes[2];

        unit_case("P-04 below a label: %s, RFC 4928 3", bodies[i].name);
        for (int j = 0; j < 2; j++) {
            struct ref_packet p = { .size = 0 };

            ref_put_lse(&p, 16, 0, true, 64);
            ref_put(&p, bodies[i].bytes, 8);
            ref_put_fill(&p, (uint8_t) j, 60);
            hashes[j] = flow_hash(&p, MPLS, 16);
        }
        unit_number("hash", hashes[0], hashes[1]);
    }
}

/* ---- Others ---- */

static uint32_t
hash_of_frame(uint64_t dst, uint64_t src, uint16_t type, uint8_t fill,
              size_t size)
{
    struct ref_packet p = { .size = 0 };

    ref_put_ethernet(&p, dst, src, type);
    ref_put_fill(&p, fill, size);
    return flow_hash(&p, ETHERNET, 16);
}

static void
test_frames(void)
{
    uint32_t hash = hash_of_frame(1, 2, 0x88b5, 0, 46);

    unit_case("U-04 payload of frames that are not IP");
    unit_number("hash", hash, hash_of_frame(1, 2, 0x88b5, 9, 1000));
    unit_case("destination MAC tells flows apart");
    unit_true("hash", hash != hash_of_frame(3, 2, 0x88b5, 0, 46));
    unit_case("source MAC tells flows apart");
    unit_true("hash", hash != hash_of_frame(1, 3, 0x88b5, 0, 46));
    unit_case("Ethertype tells flows apart");
    unit_true("hash", hash != hash_of_frame(1, 2, 0x88b6, 0, 46));
}

static void
test_arp(void)
{
    struct ref_packet p[4];
    uint32_t hashes[4];

    unit_case("ARP pairs are flows");
    for (int i = 0; i < 4; i++) {
        p[i].size = 0;
        ref_put_ethernet(&p[i], 0xffffffffffff, 2, 0x0806);
        ref_put_arp(&p[i], i == 1 ? 3 : 1, i == 2 ? 4 : 2);
        ref_put_fill(&p[i], 0xee, i == 3 ? 18 : 0);     /* Padding. */
        p[i].bytes[14 + 8 + 2 + 5] = 1;     /* Same sender MAC. */
        hashes[i] = flow_hash(&p[i], ETHERNET, 16);
    }
    unit_true("sender tells flows apart", hashes[0] != hashes[1]);
    unit_true("target tells flows apart", hashes[0] != hashes[2]);
    unit_number("U-04 padding does not", hashes[0], hashes[3]);
}

static void
test_values(void)
{
    struct ref_packet p = { .size = 0 };

    ref_put_ip(&p, &flow4);
    unit_case("basis sets tunnels apart");
    unit_true("hash", flow_hash(&p, 0x0800, 16) != flow_hash(&p, 0x0800, 17));
    unit_case("U-02 ports of extreme hashes, RFC 7510 3");
    unit_number("least", 49152, label_entropy_port(0));
    unit_number("greatest", 65535, label_entropy_port(UINT32_MAX));
    unit_case("U-26 flow labels of extreme hashes, RFC 6438 3");
    unit_number("never zero", 1, label_entropy_flow_label(0));
    unit_number("20 bits", 0xfffff, label_entropy_flow_label(UINT32_MAX));
    unit_number("never zero", 1, label_entropy_flow_label(0xfff00000));
}

void
test_label_entropy(void)
{
    test_same_flow(&flow4);
    test_same_flow(&flow6);
    test_other_flow(&flow4);
    test_other_flow(&flow6);
    test_protocols();
    test_fragments();
    test_ipv4_options();
    test_stacks();
    test_mpls_ethernet();
    test_mpls_body();
    test_frames();
    test_arp();
    test_values();
}
