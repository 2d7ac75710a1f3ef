/* SPDX-License-Identifier: Apache-2.0
 *
 * test-inner-packet: headers of the packet in a tunnel (lib/inner-packet.h).
 */

#include "inner-packet.h"

#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "unit.h"

enum { MAC = 0x02aa, IP4_BODY = 16 };

static const struct ref_ip ip4 = {
    .version = 4, .tos = 0xb8, .ttl = 63, .protocol = 17,
    .src = 0x0a000001, .dst = 0x0a000002, .src_port = 1000, .dst_port = 2000,
    .body_size = IP4_BODY
};
static const struct ref_ip ip6 = {
    .version = 6, .tos = 0x2d, .ttl = 7, .protocol = 17,
    .src = 1, .dst = 2, .src_port = 1000, .dst_port = 2000, .body_size = 16
};

/* How packets of test_read() begin. */
enum body { EMPTY, IPV4, IPV6, ARP, LABEL };

static const struct {
    const char *name;
    uint16_t type;              /* Argument of inner_packet_read(). */
    bool ethernet;
    uint16_t tags[3];           /* Tag protocol identifiers, 0 ends. */
    uint16_t ethertype;         /* Behind the tags. */
    enum body body;
    uint16_t outer_type;        /* Expected from here on. */
    uint16_t read_type;
    uint16_t l3_ofs;
    uint8_t ip_version;
} packets[] = {
    { "IPv4 frame", 0, true, { 0 }, 0x0800, IPV4, 0x0800, 0x0800, 14, 4 },
    { "IPv6 frame", 0, true, { 0 }, 0x86dd, IPV6, 0x86dd, 0x86dd, 14, 6 },
    { "ARP frame", 0, true, { 0 }, 0x0806, ARP, 0x0806, 0x0806, 14, 0 },
    { "MPLS frame", 0, true, { 0 }, 0x8847, LABEL, 0x8847, 0x8847, 14, 0 },
    { "P-08 VLAN, RFC 4448 4.4.1", 0, true, { 0x8100 }, 0x0800, IPV4,
      0x8100, 0x0800, 18, 4 },
    { "P-08 QinQ, RFC 4448 4.4.1", 0, true, { 0x88a8, 0x8100 }, 0x86dd, IPV6,
      0x88a8, 0x86dd, 22, 6 },
    { "VLAN and MPLS", 0, true, { 0x8100 }, 0x8847, LABEL, 0x8100, 0x8847,
      18, 0 },
    { "header and nothing else", 0, true, { 0 }, 0x0800, EMPTY,
      0x0800, 0x0800, 14, 0 },
    { "VLAN tag and nothing else", 0, true, { 0x8100 }, 0x0800, EMPTY,
      0x8100, 0x0800, 18, 0 },
    { "IPv4 Ethertype, IPv6 packet", 0, true, { 0 }, 0x0800, IPV6,
      0x0800, 0x0800, 14, 0 },
    { "IPv6 Ethertype, IPv4 packet", 0, true, { 0 }, 0x86dd, IPV4,
      0x86dd, 0x86dd, 14, 0 },
    { "IPv4 without Ethernet", 0x0800, false, { 0 }, 0, IPV4,
      0x0800, 0x0800, 0, 4 },
    { "IPv6 without Ethernet", 0x86dd, false, { 0 }, 0, IPV6,
      0x86dd, 0x86dd, 0, 6 },
    { "MPLS without Ethernet", 0x8848, false, { 0 }, 0, LABEL,
      0x8848, 0x8848, 0, 0 },
    { "IPv4 of no bytes", 0x0800, false, { 0 }, 0, EMPTY,
      0x0800, 0x0800, 0, 0 },
};

static void
put_body(struct ref_packet *p, enum body body)
{
    switch (body) {
    case EMPTY:
        break;
    case IPV4:
        ref_put_ip(p, &ip4);
        break;
    case IPV6:
        ref_put_ip(p, &ip6);
        break;
    case ARP:
        ref_put_arp(p, 1, 2);
        break;
    case LABEL:
        ref_put_lse(p, 16, 0, true, 64);
        break;
    }
}

static void
test_read(void)
{
    for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++) {
        struct ref_packet p = { .size = 0 };
        struct inner_packet inner;
        uint8_t *copy;

        unit_case("read: %s", packets[i].name);
        if (packets[i].ethernet) {
            ref_put_ethernet(&p, MAC, MAC, packets[i].tags[0]
                             ? packets[i].tags[0] : packets[i].ethertype);
            for (const uint16_t *tag = packets[i].tags; *tag; tag++) {
                ref_put16(&p, 7);
                ref_put16(&p, tag[1] ? tag[1] : packets[i].ethertype);
            }
        }
        put_body(&p, packets[i].body);

        copy = unit_copy(p.bytes, p.size);
        unit_true("read", inner_packet_read(copy, p.size, packets[i].type,
                                            &inner));
        unit_true("data", inner.data == copy && inner.size == p.size);
        unit_number("has_ethernet", packets[i].ethernet, inner.has_ethernet);
        unit_number("outer_type", packets[i].outer_type, inner.outer_type);
        unit_number("type", packets[i].read_type, inner.type);
        unit_number("l3_ofs", packets[i].l3_ofs, inner.l3_ofs);
        unit_number("ip_version", packets[i].ip_version, inner.ip_version);
        free(copy);

        /* Any shorter packet is read or refused, but not read beyond. */
        for (size_t n = 0; n < p.size; n++) {
            copy = unit_copy(p.bytes, n);
            unit_number("shorter one is read",
                        !packets[i].ethernet || n >= 14,
                        inner_packet_read(copy, n, packets[i].type, &inner));
            free(copy);
        }
    }
}

/* More tags than any frame has: reading must end. */
static void
test_many_tags(void)
{
    struct ref_packet p = { .size = 0 };
    struct inner_packet inner;

    unit_case("read: 1000 VLAN tags");
    ref_put_ethernet(&p, MAC, MAC, 0x8100);
    for (int i = 0; i < 1000; i++) {
        ref_put32(&p, 0x00018100);
    }
    unit_true("read", inner_packet_read(p.bytes, p.size, 0, &inner));
    unit_true("within the packet", inner.l3_ofs <= p.size);
    unit_number("ip_version", 0, inner.ip_version);
}

static void
test_ip_version(void)
{
    static const struct {
        const char *name;
        uint8_t first;
        size_t size;
        uint8_t version;
    } headers[] = {
        { "IPv4", 0x45, 20, 4 },
        { "IPv4 with options", 0x46, 24, 4 },
        { "IPv4 with most options", 0x4f, 60, 4 },
        { "IPv4, options cut", 0x46, 23, 0 },
        { "IPv4, most options cut", 0x4f, 59, 0 },
        { "IPv4, header too short", 0x44, 20, 0 },
        { "IPv4, header of no length", 0x40, 20, 0 },
        { "IPv4 cut", 0x45, 19, 0 },
        { "IPv6", 0x60, 40, 6 },
        { "IPv6 cut", 0x60, 39, 0 },
        { "IPv5", 0x55, 60, 0 },
        { "control word", 0x00, 60, 0 },
        { "associated channel", 0x10, 60, 0 },
        { "all ones", 0xff, 60, 0 },
        { "nothing", 0x45, 0, 0 },
    };

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        uint8_t data[60] = { headers[i].first };
        uint8_t *copy = unit_copy(data, headers[i].size);

        unit_case("version: %s", headers[i].name);
        unit_number("version", headers[i].version,
                    inner_ip_version(copy, headers[i].size));
        free(copy);
    }
}

static void
test_fields(void)
{
    struct ref_packet p = { .size = 0 };

    unit_case("fields of IPv4");
    ref_put_ip(&p, &ip4);
    unit_number("size", 20 + IP4_BODY, inner_ip_size(p.bytes, 4, 1500));
    unit_number("TOS", 0xb8, inner_ip_tos(p.bytes, 4));
    unit_number("TTL", 63, inner_ip_ttl(p.bytes, 4));

    unit_case("fields of IPv6");
    p.size = 0;
    ref_put_ip(&p, &ip6);
    unit_number("size", 56, inner_ip_size(p.bytes, 6, 1500));
    unit_number("traffic class", 0x2d, inner_ip_tos(p.bytes, 6));
    unit_number("hop limit", 7, inner_ip_ttl(p.bytes, 6));

    unit_case("largest IPv6 packet");
    memset(p.bytes + 4, 0xff, 2);
    unit_number("size", 65575, inner_ip_size(p.bytes, 6, 1500));
    unit_case("IPv6 without length, RFC 2675");
    memset(p.bytes + 4, 0, 2);
    unit_number("size", 1500, inner_ip_size(p.bytes, 6, 1500));
}

/* One cell of RFC 6040 figure 4, in an IP header of 'version'. */
static void
test_ecn(uint8_t version, uint8_t inner, uint8_t outer, int expected)
{
    struct ref_ip ip = version == 4 ? ip4 : ip6;
    struct ref_packet p = { .size = 0 };
    enum mplsudp_drop verdict;
    uint8_t *copy;

    unit_case("T-09 IPv%d inner ECN %d outer %d, RFC 6040 figure 4",
              version, inner, outer);
    ip.tos = (uint8_t) (0xa8 + inner);
    ref_put_ip(&p, &ip);
    copy = unit_copy(p.bytes, p.size);
    verdict = inner_ecn_merge(copy, version, outer);
    unit_verdict("verdict", expected < 0 ? MPLSUDP_DROP_ECN : MPLSUDP_PASS,
                 verdict);
    if (expected >= 0) {
        ip.tos = (uint8_t) (0xa8 + expected);
        p.size = 0;
        ref_put_ip(&p, &ip);        /* With a new IPv4 header checksum. */
    }
    unit_bytes("packet", p.bytes, copy, p.size);
    free(copy);
}

static void
test_ecn_table(void)
{
    enum { NOT, ECT1, ECT0, CE, DROP = -1 };
    static const int merged[4][4] = {
        /* Rows: inner; columns: outer Not-ECT, ECT(1), ECT(0), CE. */
        { NOT, NOT, NOT, DROP },
        { ECT1, ECT1, ECT1, CE },
        { ECT0, ECT1, ECT0, CE },
        { CE, CE, CE, CE },
    };

    for (uint8_t version = 4; version <= 6; version += 2) {
        for (uint8_t inner = 0; inner < 4; inner++) {
            for (uint8_t outer = 0; outer < 4; outer++) {
                test_ecn(version, inner, outer, merged[inner][outer]);
            }
        }
    }
}

/* The checksum stays right whatever else the header holds. */
static void
test_ecn_checksum(void)
{
    unit_case("T-09 IPv4 header checksum of random headers");
    for (int i = 0; i < 5000; i++) {
        struct ref_packet p = { .size = 0 };
        struct ref_ip ip = ip4;

        ip.tos = (uint8_t) (unit_random() << 2 | ECN_ECT0);
        ip.id = (uint16_t) unit_random();
        ip.src = unit_random();
        ip.body_size = 0;
        ref_put_ip(&p, &ip);
        unit_verdict("verdict", MPLSUDP_PASS,
                     inner_ecn_merge(p.bytes, 4, ECN_CE));
        unit_number("sum", 0xffff, ref_sum(0, p.bytes, 20));
        unit_number("TOS", ip.tos | 3, p.bytes[1]);
    }
}

/* Lowers 'ttl' to 'limit' in a header that differs from the one expected only
 * there and in the IPv4 checksum. */
static void
test_ttl(uint8_t version)
{
    static const uint8_t ttls[] = { 0, 1, 2, 63, 64, 127, 128, 254, 255 };
    enum { N_TTLS = sizeof ttls };

    for (int i = 0; i < N_TTLS * N_TTLS; i++) {
        uint8_t ttl = ttls[i / N_TTLS], limit = ttls[i % N_TTLS];
        struct ref_ip ip = version == 4 ? ip4 : ip6;
        struct ref_packet p = { .size = 0 };
        uint8_t *copy;

        unit_case("T-02 IPv%d TTL %d under a label with %d, RFC 3443 3",
                  version, ttl, limit);
        ip.ttl = ttl;
        ref_put_ip(&p, &ip);
        copy = unit_copy(p.bytes, p.size);
        inner_ttl_lower(copy, version, limit);
        ip.ttl = ttl < limit ? ttl : limit;
        p.size = 0;
        ref_put_ip(&p, &ip);
        unit_bytes("packet", p.bytes, copy, p.size);
        free(copy);
    }
}

/* The checksum stays right whatever else the header holds, and a wrong one is
 * not made right: what was broken on its way must be seen to be. */
static void
test_ttl_checksum(void)
{
    unit_case("L-13 IPv4 header checksum of random headers, RFC 3032 2.4.3");
    for (int i = 0; i < 5000; i++) {
        struct ref_packet p = { .size = 0 };
        struct ref_ip ip = ip4;
        uint8_t limit = (uint8_t) unit_random();

        ip.ttl = (uint8_t) unit_random();
        ip.protocol = (uint8_t) unit_random();
        ip.id = (uint16_t) unit_random();
        ip.src = unit_random();
        ip.body_size = 0;
        ref_put_ip(&p, &ip);
        inner_ttl_lower(p.bytes, 4, limit);
        unit_number("sum", 0xffff, ref_sum(0, p.bytes, 20));
        unit_number("TTL", ip.ttl < limit ? ip.ttl : limit, p.bytes[8]);
        unit_number("protocol", ip.protocol, p.bytes[9]);

        p.bytes[10] ^= 0x40;
        inner_ttl_lower(p.bytes, 4, 0);
        unit_true("wrong sum stays wrong", ref_sum(0, p.bytes, 20) != 0xffff);
    }
}

void
test_inner_packet(void)
{
    test_read();
    test_many_tags();
    test_ip_version();
    test_fields();
    test_ecn_table();
    test_ecn_checksum();
    test_ttl(4);
    test_ttl(6);
    test_ttl_checksum();
}
