/* SPDX-License-Identifier: Apache-2.0
 *
 * test-outer-header: outer IP and UDP headers (lib/outer-header.h). */

#include "outer-header.h"

#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "unit.h"

#define DROP(REASON) MPLSUDP_DROP_##REASON
#define PASS MPLSUDP_PASS

enum { BODY_SIZE = 24 };

static const struct ref_ip outer4 = {
    .version = 4, .tos = 0x03, .ttl = 64, .fragment = 0x4000,
    .src = 0xc0000201, .dst = 0xc0000202
};
static const struct ref_ip outer6 = {
    .version = 6, .tos = 0xb9, .ttl = 64, .src = 1, .dst = 2
};

/* Makes a tunnel packet by 'outer' with checksum in '*p'. */
static void
make(struct ref_packet *p, const struct ref_ip *outer)
{
    uint8_t body[BODY_SIZE];

    unit_random_bytes(body, sizeof body);
    p->size = 0;
    ref_put_tunnel(p, outer, body, sizeof body, true);
}

/* Reads the packet '*p', of which 'size' bytes are there, and checks the
 * verdict of the readers together. */
static bool
read_as(const char *what, enum mplsudp_drop expected,
        const struct ref_packet *p, size_t size, bool verify_sum)
{
    uint8_t *copy = unit_copy(p->bytes, size);
    struct outer_ip ip;
    struct outer_udp udp;
    enum mplsudp_drop verdict = outer_ip_read(copy, size, verify_sum, &ip);

    if (!verdict && ip.is_fragment) {
        verdict = DROP(OUTER_FRAGMENT);
    }
    if (!verdict) {
        verdict = outer_udp_read(&ip, &udp);
    }
    if (!verdict) {
        verdict = outer_udp_check(&ip, &udp);
    }
    free(copy);
    return unit_verdict(what, expected, verdict);
}

static void
test_read4(void)
{
    static const uint8_t src[16] = { [10] = 0xff, 0xff, 192, 0, 2, 1 };
    static const uint8_t dst[16] = { [10] = 0xff, 0xff, 192, 0, 2, 2 };
    struct ref_packet p;
    struct outer_ip ip;
    struct outer_udp udp;

    unit_case("fields of IPv4 and UDP");
    make(&p, &outer4);
    if (!unit_verdict("IP", PASS, outer_ip_read(p.bytes, p.size, true, &ip))
        || !unit_verdict("UDP", PASS, outer_udp_read(&ip, &udp))) {
        return;
    }
    unit_bytes("source", src, ip.src, 16);
    unit_bytes("destination", dst, ip.dst, 16);
    unit_true("header", ip.header == p.bytes);
    unit_true("body", ip.body == p.bytes + 20);
    unit_number("body size", 8 + BODY_SIZE, ip.body_size);
    unit_number("protocol", 17, ip.protocol);
    unit_number("TOS", 0x03, ip.tos);
    unit_true("not IPv6", !ip.ipv6);
    unit_number("source port", 50000, udp.src_port);
    unit_number("U-01 destination port", 6635, udp.dst_port);
    unit_true("has a sum", udp.has_sum);
    unit_number("size", 8 + BODY_SIZE, udp.size);
    unit_true("U-15 sum", outer_udp_sum_ok(&ip, udp.size));
}

static void
test_read6(void)
{
    static const uint8_t src[16] = { 0x20, 1, 0x0d, 0xb8, [15] = 1 };
    static const uint8_t dst[16] = { 0x20, 1, 0x0d, 0xb8, [15] = 2 };
    struct ref_packet p;
    struct outer_ip ip;
    struct outer_udp udp;

    unit_case("fields of IPv6 and UDP");
    make(&p, &outer6);
    if (!unit_verdict("IP", PASS, outer_ip_read(p.bytes, p.size, true, &ip))
        || !unit_verdict("UDP", PASS, outer_udp_read(&ip, &udp))) {
        return;
    }
    unit_bytes("source", src, ip.src, 16);
    unit_bytes("destination", dst, ip.dst, 16);
    unit_true("body", ip.body == p.bytes + 40);
    unit_number("body size", 8 + BODY_SIZE, ip.body_size);
    unit_number("protocol", 17, ip.protocol);
    unit_number("traffic class", 0xb9, ip.tos);
    unit_true("IPv6", ip.ipv6);
    unit_true("U-15 sum", outer_udp_sum_ok(&ip, udp.size));
}

/* One byte of a packet that is changed. */
static const struct {
    const char *name;
    bool ipv6;
    uint8_t ofs, value;
    bool fix_sum;               /* Make the IPv4 header checksum right. */
    enum mplsudp_drop verdict;
} changes[] = {
    { "version 5", false, 0, 0x55, true, DROP(OUTER_PROTOCOL) },
    { "version 0", false, 0, 0x05, true, DROP(OUTER_PROTOCOL) },
    { "IPv4 header of 16 bytes", false, 0, 0x44, true, DROP(OUTER_LENGTH) },
    { "IPv4 header longer than packet", false, 0, 0x4f, true,
      DROP(OUTER_LENGTH) },
    { "IPv4 length below header", false, 3, 19, true, DROP(OUTER_LENGTH) },
    { "IPv4 length above packet", false, 3, 28 + BODY_SIZE + 1, true,
      DROP(OUTER_LENGTH) },
    { "IPv4 length ends in UDP header", false, 3, 27, true,
      DROP(OUTER_TRUNCATED) },
    { "IPv4 length below UDP length", false, 3, 28 + BODY_SIZE - 1, true,
      DROP(OUTER_LENGTH) },
    { "TCP in IPv4", false, 9, 6, true, DROP(OUTER_PROTOCOL) },
    { "GRE in IPv4", false, 9, 47, true, DROP(OUTER_PROTOCOL) },
    { "more fragments, RFC 791", false, 6, 0x20, true, DROP(OUTER_FRAGMENT) },
    { "fragment offset 1", false, 7, 0x01, true, DROP(OUTER_FRAGMENT) },
    { "fragment offset 0x1000", false, 6, 0x10, true, DROP(OUTER_FRAGMENT) },
    { "no DF is no fragment", false, 6, 0x00, true, PASS },
    { "reserved flag is no fragment", false, 6, 0x80, true, PASS },
    { "IPv4 checksum wrong", false, 11, 0x5a, false, DROP(IP_CHECKSUM) },
    { "IPv4 TTL changed", false, 8, 63, false, DROP(IP_CHECKSUM) },
    { "U-05 UDP length 7, RFC 768", false, 25, 7, true, DROP(OUTER_LENGTH) },
    { "U-05 UDP length 0", false, 25, 0, true, DROP(OUTER_LENGTH) },
    { "U-05 UDP length above IP length", false, 25, 8 + BODY_SIZE + 1, true,
      DROP(OUTER_LENGTH) },
    { "U-05 UDP length below IP length", false, 25, 8 + BODY_SIZE - 1, true,
      PASS },
    { "U-05 UDP header only", false, 25, 8, true, PASS },
    { "IPv6 length above packet", true, 5, 8 + BODY_SIZE + 1, false,
      DROP(OUTER_LENGTH) },
    { "IPv6 length ends in UDP header", true, 5, 7, false,
      DROP(OUTER_TRUNCATED) },
    { "IPv6 length 0", true, 5, 0, false, DROP(OUTER_TRUNCATED) },
    { "TCP in IPv6", true, 6, 6, false, DROP(OUTER_PROTOCOL) },
    { "no next header in IPv6", true, 6, 59, false, DROP(OUTER_PROTOCOL) },
    { "fragment header in IPv6", true, 6, 44, false, DROP(OUTER_FRAGMENT) },
    { "U-05 UDP length 7 in IPv6", true, 45, 7, false, DROP(OUTER_LENGTH) },
};

static void
test_changes(void)
{
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct ref_packet p;

        unit_case("%s", changes[i].name);
        make(&p, changes[i].ipv6 ? &outer6 : &outer4);
        p.bytes[changes[i].ofs] = changes[i].value;
        if (changes[i].fix_sum) {
            uint16_t sum;

            memset(p.bytes + 10, 0, 2);
            sum = (uint16_t) ~ref_sum(0, p.bytes, 20);
            p.bytes[10] = (uint8_t) (sum >> 8);
            p.bytes[11] = (uint8_t) sum;
        }
        read_as("verdict", changes[i].verdict, &p, p.size, true);
        if (changes[i].verdict == DROP(IP_CHECKSUM)) {
            read_as("verdict if the sum is known to be good", PASS, &p,
                    p.size, false);
        }
    }
}

static void
test_truncated(void)
{
    static const struct ref_ip *const outers[] = { &outer4, &outer6 };

    for (size_t i = 0; i < 2; i++) {
        size_t header_size = i ? 40 : 20;
        struct ref_packet p;

        unit_case("IPv%d truncated at each byte", i ? 6 : 4);
        make(&p, outers[i]);
        for (size_t n = 0; n < p.size; n++) {
            read_as("verdict", n < header_size ? DROP(OUTER_TRUNCATED)
                                               : DROP(OUTER_LENGTH),
                    &p, n, true);
        }
        unit_case("IPv%d with padding behind it", i ? 6 : 4);
        for (size_t n = 0; n < 40; n++) {
            ref_put_fill(&p, 0xee, 1);
            read_as("verdict", PASS, &p, p.size, true);
        }
    }
}

/* Puts an IPv6 extension header of 'n' times 8 bytes before what follows the
 * IPv6 header, or before the extension headers that are there. */
static void
insert_extension(struct ref_packet *p, uint8_t type, size_t n)
{
    size_t size = n * 8, body_size;

    memmove(p->bytes + 40 + size, p->bytes + 40, p->size - 40);
    memset(p->bytes + 40, 0, size);
    p->bytes[40] = p->bytes[6];
    p->bytes[41] = (uint8_t) (n - 1);
    p->bytes[6] = type;
    p->size += size;
    body_size = p->size - 40;
    p->bytes[4] = (uint8_t) (body_size >> 8);
    p->bytes[5] = (uint8_t) body_size;
}

static void
test_extensions(void)
{
    static const struct {
        const char *name;
        uint8_t types[3];       /* Nearest to UDP first; 255 ends. */
        uint8_t sizes[3];
        enum mplsudp_drop verdict;
    } chains[] = {
        { "hop by hop", { 0, 255 }, { 1 }, PASS },
        { "destination options", { 60, 255 }, { 2 }, PASS },
        { "routing", { 43, 255 }, { 3 }, PASS },
        { "longest", { 60, 255 }, { 255 }, PASS },
        { "three", { 60, 43, 0 }, { 1, 2, 3 }, PASS },
        { "atomic fragment below options, RFC 6946", { 44, 60, 255 },
          { 1, 1 }, PASS },
        { "authentication", { 51, 255 }, { 1 }, DROP(OUTER_PROTOCOL) },
    };

    for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++) {
        struct ref_packet p;
        struct outer_ip ip;

        unit_case("IPv6 extension headers: %s, RFC 8200 4", chains[i].name);
        make(&p, &outer6);
        for (int j = 0; j < 3 && chains[i].types[j] != 255; j++) {
            insert_extension(&p, chains[i].types[j], chains[i].sizes[j]);
        }
        read_as("verdict", chains[i].verdict, &p, p.size, true);
        if (chains[i].verdict) {
            continue;
        }
        unit_verdict("IP", PASS, outer_ip_read(p.bytes, p.size, true, &ip));
        unit_number("body", p.size - 8 - BODY_SIZE,
                    (size_t) (ip.body - p.bytes));
        unit_true("U-15 sum", outer_udp_sum_ok(&ip, ip.body_size));

        /* The chain is cut by the IPv6 length. */
        for (size_t n = 40; n < p.size; n++) {
            p.bytes[4] = (uint8_t) ((n - 40) >> 8);
            p.bytes[5] = (uint8_t) (n - 40);
            read_as("cut", n < p.size - BODY_SIZE ? DROP(OUTER_TRUNCATED)
                                                  : DROP(OUTER_LENGTH),
                    &p, n, true);
        }
    }
}

static void
test_ipv4_options(void)
{
    for (size_t words = 6; words <= 15; words++) {
        size_t extra = words * 4 - 20;
        struct ref_packet p;
        struct outer_ip ip;
        uint16_t sum;

        unit_case("IPv4 header of %zu words, RFC 791", words);
        make(&p, &outer4);
        memmove(p.bytes + 20 + extra, p.bytes + 20, p.size - 20);
        memset(p.bytes + 20, 1, extra);
        p.size += extra;
        p.bytes[0] = (uint8_t) (0x40 + words);
        p.bytes[3] = (uint8_t) p.size;
        memset(p.bytes + 10, 0, 2);
        sum = (uint16_t) ~ref_sum(0, p.bytes, words * 4);
        p.bytes[10] = (uint8_t) (sum >> 8);
        p.bytes[11] = (uint8_t) sum;
        read_as("verdict", PASS, &p, p.size, true);
        unit_verdict("IP", PASS, outer_ip_read(p.bytes, p.size, true, &ip));
        unit_number("body", words * 4, (size_t) (ip.body - p.bytes));
        unit_true("U-15 sum", outer_udp_sum_ok(&ip, ip.body_size));

        p.bytes[20 + extra - 1] ^= 1;
        read_as("option changed", DROP(IP_CHECKSUM), &p, p.size, true);
    }
}

/* U-23: one bit that flips anywhere under the checksum is seen. */
static void
test_udp_sum_bits(void)
{
    static const struct ref_ip *const outers[] = { &outer4, &outer6 };

    for (size_t i = 0; i < 2; i++) {
        size_t header_size = i ? 40 : 20;
        size_t addresses = i ? 8 : 12;
        struct ref_packet p;
        struct outer_ip ip;

        unit_case("U-15 U-23 IPv%d each flipped bit, RFC 768", i ? 6 : 4);
        make(&p, outers[i]);
        unit_verdict("IP", PASS, outer_ip_read(p.bytes, p.size, false, &ip));
        for (size_t bit = addresses * 8; bit < p.size * 8; bit++) {
            size_t udp_ofs = bit / 8 - header_size;

            if (bit / 8 >= header_size && (udp_ofs == 6 || udp_ofs == 7)) {
                continue;       /* The checksum itself, tested elsewhere. */
            }
            p.bytes[bit / 8] ^= (uint8_t) (0x80 >> bit % 8);
            unit_true("sum is wrong", !outer_udp_sum_ok(&ip, ip.body_size));
            p.bytes[bit / 8] ^= (uint8_t) (0x80 >> bit % 8);
        }
        unit_true("sum is right", outer_udp_sum_ok(&ip, ip.body_size));
    }
}

static void
finish(uint8_t *ip, const uint8_t *template, bool ipv6,
       const struct outer_ip_patch *patch)
{
    if (ipv6) {
        outer_ipv6_finish(ip, patch);
    } else {
        outer_ipv4_finish(ip, outer_ipv4_sum(template), patch);
    }
}

static void
write_udp_sum(const uint8_t *ip, bool ipv6, uint8_t *udp, size_t size)
{
    memset(udp + 6, 0, 2);
    outer_udp_sum_write(udp, inet_sum_add(outer_pseudo_sum(ip, ipv6, size),
                                          udp, size));
}

static void
test_write(bool ipv6)
{
    struct outer_params params = {
        .eth_dst = { 2, 0, 0, 0, 0, 0x0b }, .eth_src = { 2, 0, 0, 0, 0, 0xa },
        .ipv6 = ipv6, .dont_fragment = true, .tos = 0x28, .ttl = 17,
        .protocol = 17
    };
    struct ref_ip ip = ipv6 ? outer6 : outer4;
    size_t header_size = ipv6 ? 54 : 34;
    struct ref_packet p = { .size = 0 };
    uint8_t body[5] = { 0 };
    struct outer_ip_patch patch = { .tos = 0x28, .ttl = 17 };
    uint8_t template[54];
    uint8_t *out;

    unit_case("write IPv%d header", ipv6 ? 6 : 4);
    ip.tos = 0x28;
    ip.ttl = 17;
    ref_put_ethernet(&p, 0x02000000000b, 0x02000000000a,
                     ipv6 ? 0x86dd : 0x0800);
    ref_put_tunnel(&p, &ip, body, sizeof body, true);
    memcpy(params.ip_src, ipv6 ? p.bytes + 22 : p.bytes + 14,
           OUTER_ADDRESS_SIZE);
    memcpy(params.ip_dst, ipv6 ? p.bytes + 38 : p.bytes + 18,
           OUTER_ADDRESS_SIZE);

    out = malloc(p.size);
    memset(out, 0xaa, p.size);
    unit_number("size", header_size, outer_ip_write(&params, out));
    memcpy(out + header_size, p.bytes + header_size, p.size - header_size);
    memcpy(template, out, header_size);
    patch.size = (uint16_t) (p.size - 14);
    finish(out + 14, template + 14, ipv6, &patch);
    write_udp_sum(out + 14, ipv6, out + header_size, p.size - header_size);
    unit_bytes("packet", p.bytes, out, p.size);

    unit_case("write IPv%d TOS and TTL, RFC 6438", ipv6 ? 6 : 4);
    patch.tos = 0xfd;
    patch.ttl = 3;
    patch.flow_label = 0xabcde;
    finish(out + 14, template + 14, ipv6, &patch);
    if (ipv6) {
        unit_bytes("U-26 first word", "\x6f\xda\xbc\xde", out + 14, 4);
        unit_number("hop limit", 3, out[14 + 7]);
    } else {
        unit_bytes("first word", "\x45\xfd", out + 14, 2);
        unit_number("TTL", 3, out[14 + 8]);
        unit_number("header sum", 0,
                    inet_sum_finish(inet_sum_add(0, out + 14, 20)));
    }
    if (!ipv6) {
        unit_case("I-07 without DF, RFC 4023 5.1");
        params.dont_fragment = false;
        outer_ip_write(&params, out);
        unit_bytes("flags", "\0\0", out + 20, 2);
    }
    free(out);
}

/* Z-01: a sum that comes out as zero is sent as 0xffff. */
static void
test_zero_sum(bool ipv6)
{
    size_t header_size = ipv6 ? 40 : 20;
    uint8_t body[2] = { 0 };
    struct ref_packet p = { .size = 0 };
    struct outer_udp udp;
    struct outer_ip ip;
    uint16_t sum;
    uint8_t *b;

    unit_case("Z-01 IPv%d sum of zero is written as 0xffff, RFC 768",
              ipv6 ? 6 : 4);
    ref_put_tunnel(&p, ipv6 ? &outer6 : &outer4, body, sizeof body, false);
    sum = ref_udp_sum(p.bytes, p.bytes + header_size, p.size - header_size);
    b = p.bytes + p.size - 2;
    b[0] = (uint8_t) ((0xffff - sum) >> 8);
    b[1] = (uint8_t) (0xffff - sum);
    write_udp_sum(p.bytes, ipv6, p.bytes + header_size,
                  p.size - header_size);
    unit_bytes("sum", "\xff\xff", p.bytes + header_size + 6, 2);
    unit_verdict("IP", PASS, outer_ip_read(p.bytes, p.size, true, &ip));
    unit_verdict("UDP", PASS, outer_udp_read(&ip, &udp));
    unit_true("has a sum", udp.has_sum);
    unit_true("sum is right", outer_udp_sum_ok(&ip, udp.size));
}

void
test_outer_header(void)
{
    test_read4();
    test_read6();
    test_changes();
    test_truncated();
    test_extensions();
    test_ipv4_options();
    test_udp_sum_bits();
    for (int ipv6 = 0; ipv6 < 2; ipv6++) {
        test_write(ipv6);
        test_zero_sum(ipv6);
    }
}
