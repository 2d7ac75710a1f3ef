/* SPDX-License-Identifier: Apache-2.0
 *
 * test-icmp-quote: ICMP errors about the path MTU (lib/icmp-quote.h). */

#include "icmp-quote.h"

#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "tunnel.h"
#include "unit.h"

#define PASS ICMP_QUOTE_PASS
#define IGNORED(REASON) ICMP_QUOTE_##REASON

enum {
    ROUTER = 9, OURS = 2, PEER = 1,     /* Last byte of addresses. */
    QUOTED_SIZE = 1500,                 /* Of the packet that was too big. */
    QUOTE_SIZE = 256,                   /* What is quoted of it. */
    MTU = 1400
};

/* The two parts of an error that tests change. */
enum part { ERROR_IP, ICMP, QUOTE };

static bool reached[ICMP_QUOTE_N_VERDICTS];

static size_t
ip_size(bool ipv6)
{
    return ipv6 ? 40 : 20;
}

static uint32_t
address(bool ipv6, uint8_t last)
{
    return ipv6 ? last : 0xc0000200u + last;
}

static size_t
part_ofs(bool ipv6, enum part part)
{
    return part == ERROR_IP ? 0 : ip_size(ipv6) + (part == QUOTE ? 8 : 0);
}

static void
set16(uint8_t *p, size_t value)
{
    p[0] = (uint8_t) (value / 256);
    p[1] = (uint8_t) value;
}

/* Makes lengths and checksums of the error '*p' right. */
static void
finish(struct ref_packet *p, bool ipv6)
{
    uint8_t *icmp = p->bytes + ip_size(ipv6);
    size_t icmp_size = p->size - ip_size(ipv6);
    uint16_t sum = 0;

    if (ipv6) {
        uint8_t rest[8] = { 0 };

        set16(p->bytes + 4, icmp_size);
        set16(rest + 2, icmp_size);
        rest[7] = 58;
        sum = ref_sum(ref_sum(0, p->bytes + 8, 32), rest, 8);
    } else {
        set16(p->bytes + 2, p->size);
        set16(p->bytes + 10, 0);
        set16(p->bytes + 10, 0xffffu - ref_sum(0, p->bytes, 20));
    }
    set16(icmp + 2, 0);
    set16(icmp + 2, 0xffffu - ref_sum(sum, icmp, icmp_size));
}

/* Makes in '*p' the whole packet of 'type' that was too big. */
static void
make_quoted(struct ref_packet *p, bool ipv6, enum mplsudp_type type)
{
    static const uint8_t protocols[] = { 17, 47, 137 };
    struct ref_ip ip = {
        .version = ipv6 ? 6 : 4, .ttl = 61, .tos = 0x28, .fragment = 0x4000,
        .protocol = protocols[type],
        .src = address(ipv6, OURS), .dst = address(ipv6, PEER),
        .body_size = QUOTED_SIZE - ip_size(ipv6), .fill = 0x5a
    };
    struct ref_packet stack = { .size = 0 };
    uint8_t *body = p->bytes + ip_size(ipv6);

    p->size = 0;
    ref_put_ip(p, &ip);
    if (type == MPLSUDP_TYPE_UDP) {
        set16(body, 50000);
        set16(body + 2, 6635);
        set16(body + 4, ip.body_size);
        set16(body + 6, 0x1234);
        body += 8;
    } else if (type == MPLSUDP_TYPE_GRE) {
        set16(body, 0);
        set16(body + 2, 0x8847);
        body += 4;
    }
    ref_put_lse(&stack, 200, 0, false, 255);
    ref_put_lse(&stack, 100, 0, true, 255);
    memcpy(body, stack.bytes, stack.size);
}

/* Makes in '*p' an error with the first 'n' bytes of the packet '*quoted'. */
static void
make_error(struct ref_packet *p, bool ipv6, const struct ref_packet *quoted,
           size_t n)
{
    struct ref_ip ip = {
        .version = ipv6 ? 6 : 4, .ttl = 255, .protocol = ipv6 ? 58 : 1,
        .src = address(ipv6, ROUTER),
        .dst = address(ipv6, quoted->bytes[ipv6 ? 23 : 15]),
        .src_port = ipv6 ? 0x0200 : 0x0304, .body_size = 8
    };

    p->size = 0;
    ref_put_ip(p, &ip);
    set16(p->bytes + ip_size(ipv6) + 6, MTU);
    ref_put(p, quoted->bytes, n);
    finish(p, ipv6);
}

static void
make(struct ref_packet *p, bool ipv6, enum mplsudp_type type)
{
    struct ref_packet quoted;

    make_quoted(&quoted, ipv6, type);
    make_error(p, ipv6, &quoted, QUOTE_SIZE);
}

/* Reads the first 'size' bytes of '*p' and checks the verdict. */
static bool
read_as(const char *what, enum icmp_quote_verdict expected,
        const struct ref_packet *p, size_t size, struct icmp_quote *quote)
{
    uint8_t *copy = unit_copy(p->bytes, size);
    enum icmp_quote_verdict got;

    memset(quote, 0xee, sizeof *quote);
    got = icmp_quote_read(copy, size, quote);
    free(copy);
    if (expected == got) {
        reached[got] = true;
        return true;
    }
    return unit_text(what, expected ? icmp_quote_name(expected) : "pass",
                     got ? icmp_quote_name(got) : "pass");
}

static void
test_fields(bool ipv6, enum mplsudp_type type)
{
    bool udp = type == MPLSUDP_TYPE_UDP;
    struct ref_packet p;
    struct icmp_quote quote;

    unit_case("fields, IPv%d, %s", ipv6 ? 6 : 4,
              mplsudp_types[type].name);
    make(&p, ipv6, type);
    if (!read_as("verdict", PASS, &p, p.size, &quote)) {
        return;
    }
    unit_number("type", type, quote.type);
    unit_number("source", OURS, quote.src[15]);
    unit_number("destination", PEER, quote.dst[15]);
    unit_bytes("source prefix", ipv6 ? "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0"
                                     : "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0",
               quote.src, 14);
    unit_bytes("destination prefix", quote.src, quote.dst, 14);
    unit_number("source port", udp ? 50000 : 0, quote.src_port);
    unit_number("destination port", udp ? 6635 : 0, quote.dst_port);
    unit_true("UDP checksum", quote.has_udp_sum == udp);
    unit_number("size", QUOTED_SIZE, quote.size);
    unit_number("MTU", MTU, quote.mtu);
}

/* One or two bytes of an error that are changed. */
static const struct {
    const char *name;
    bool ipv6;
    enum mplsudp_type type;
    enum part part;
    uint8_t ofs;
    uint16_t value;
    bool two_bytes;
    enum icmp_quote_verdict verdict;
} changes[] = {
#define B(VALUE) VALUE, false
#define W(VALUE) VALUE, true
    /* The error. */
    { "version 5", 0, 0, ERROR_IP, 0, B(0x55), IGNORED(OTHER_ERROR) },
    { "TCP", 0, 0, ERROR_IP, 9, B(6), IGNORED(OTHER_ERROR) },
    { "ICMPv6 in IPv4", 0, 0, ERROR_IP, 9, B(58), IGNORED(OTHER_ERROR) },
    { "ICMP in IPv6", 1, 0, ERROR_IP, 6, B(1), IGNORED(OTHER_ERROR) },
    { "first fragment", 0, 0, ERROR_IP, 6, B(0x20), IGNORED(FRAGMENT) },
    { "later fragment", 0, 0, ERROR_IP, 7, B(1), IGNORED(FRAGMENT) },
    { "to another address", 0, 0, ERROR_IP, 19, B(3), IGNORED(SOURCE) },
    { "to another network", 0, 1, ERROR_IP, 16, B(10), IGNORED(SOURCE) },
    { "to another address", 1, 0, ERROR_IP, 39, B(3), IGNORED(SOURCE) },
    { "to another network", 1, 2, ERROR_IP, 24, B(0x30), IGNORED(SOURCE) },
    { "echo reply", 0, 0, ICMP, 0, B(0), IGNORED(OTHER_ERROR) },
    { "time exceeded", 0, 0, ICMP, 0, B(11), IGNORED(OTHER_ERROR) },
    { "port unreachable", 0, 0, ICMP, 1, B(3), IGNORED(OTHER_ERROR) },
    { "unreachable in IPv6", 1, 0, ICMP, 0, B(1), IGNORED(OTHER_ERROR) },
    { "any code in IPv6, RFC 4443 3.2", 1, 0, ICMP, 1, B(4), PASS },

    /* The MTU. */
    { "no MTU, RFC 1191 5", 0, 0, ICMP, 6, W(0), IGNORED(TOO_SMALL) },
    { "MTU 575", 0, 0, ICMP, 6, W(575), IGNORED(TOO_SMALL) },
    { "MTU 576", 0, 0, ICMP, 6, W(576), PASS },
    { "MTU 1279", 1, 0, ICMP, 6, W(1279), IGNORED(TOO_SMALL) },
    { "MTU 1280, RFC 8201 4", 1, 0, ICMP, 6, W(1280), PASS },
    { "MTU 1499", 0, 0, ICMP, 6, W(1499), PASS },
    { "MTU 1500 of 1500", 0, 0, ICMP, 6, W(1500), IGNORED(FITTED) },
    { "MTU 65535", 0, 2, ICMP, 6, W(65535), IGNORED(FITTED) },
    { "MTU 1499", 1, 0, ICMP, 6, W(1499), PASS },
    { "MTU 1500 of 1500", 1, 0, ICMP, 6, W(1500), IGNORED(FITTED) },
    { "MTU 2**24 + 1400", 1, 0, ICMP, 4, W(0x0100), IGNORED(FITTED) },
    { "MTU of 1400 and unused bits", 0, 0, ICMP, 4, B(1), PASS },

    /* The quoted IP header. */
    { "quotes IPv6", 0, 0, QUOTE, 0, B(0x65), IGNORED(HEADER) },
    { "quotes IPv4", 1, 0, QUOTE, 0, B(0x45), IGNORED(HEADER) },
    { "quotes IP options", 0, 0, QUOTE, 0, B(0x46), IGNORED(HEADER) },
    { "quotes short header", 0, 0, QUOTE, 0, B(0x44), IGNORED(HEADER) },
    { "quotes length 1401", 0, 1, QUOTE, 2, W(1401), PASS },
    { "quotes length 1400", 0, 1, QUOTE, 2, W(1400), IGNORED(FITTED) },
    { "quotes length 28", 0, 2, QUOTE, 2, W(28), IGNORED(FITTED) },
    { "quotes length 27", 0, 2, QUOTE, 2, W(27), IGNORED(HEADER) },
    { "quotes length 0", 0, 2, QUOTE, 2, W(0), IGNORED(HEADER) },
    { "quotes length 1361", 1, 1, QUOTE, 4, W(1361), PASS },
    { "quotes length 1360", 1, 1, QUOTE, 4, W(1360), IGNORED(FITTED) },
    { "quotes length 7", 1, 2, QUOTE, 4, W(7), IGNORED(HEADER) },
    { "quotes no DF", 0, 0, QUOTE, 6, B(0), IGNORED(HEADER) },
    { "quotes more fragments", 0, 0, QUOTE, 6, B(0x60), IGNORED(HEADER) },
    { "quotes later fragment", 0, 1, QUOTE, 7, B(1), IGNORED(HEADER) },
    { "quotes any TTL", 0, 0, QUOTE, 8, B(1), PASS },
    { "quotes stale header checksum", 0, 0, QUOTE, 10, W(0x1234), PASS },
    { "quotes another source", 0, 0, QUOTE, 15, B(3), IGNORED(SOURCE) },
    { "quotes another source", 1, 0, QUOTE, 8, B(0x30), IGNORED(SOURCE) },
    { "quotes another source", 1, 2, QUOTE, 23, B(3), IGNORED(SOURCE) },

    /* What it carries. */
    { "quotes TCP", 0, 0, QUOTE, 9, B(6), IGNORED(OTHER_PROTOCOL) },
    { "quotes TCP", 1, 0, QUOTE, 6, B(6), IGNORED(OTHER_PROTOCOL) },
    { "quotes UDP options", 1, 0, QUOTE, 6, B(60), IGNORED(OTHER_PROTOCOL) },
    { "quotes fragment", 1, 1, QUOTE, 6, B(44), IGNORED(OTHER_PROTOCOL) },
    { "quotes UDP port 49151", 0, 0, QUOTE, 20, W(49151), IGNORED(HEADER) },
    { "quotes UDP port 49152", 0, 0, QUOTE, 20, W(49152), PASS },
    { "quotes UDP port 65535", 1, 0, QUOTE, 40, W(65535), PASS },
    { "quotes UDP length 1479", 0, 0, QUOTE, 24, W(1479), IGNORED(HEADER) },
    { "quotes UDP length 1481", 0, 0, QUOTE, 24, W(1481), IGNORED(HEADER) },
    { "quotes UDP length 1461", 1, 0, QUOTE, 44, W(1461), IGNORED(HEADER) },
    { "quotes GRE checksum", 0, 1, QUOTE, 20, B(0x80), IGNORED(HEADER) },
    { "quotes GRE key", 1, 1, QUOTE, 40, B(0x20), IGNORED(HEADER) },
    { "quotes GRE version 1", 0, 1, QUOTE, 21, B(1), IGNORED(HEADER) },
    { "quotes IPv4 in GRE", 0, 1, QUOTE, 22, W(0x800), IGNORED(HEADER) },
    { "quotes multicast MPLS", 1, 1, QUOTE, 42, W(0x8848), IGNORED(HEADER) },
    { "quotes TTL 0", 0, 0, QUOTE, 31, B(0), IGNORED(LABEL_STACK) },
    { "quotes TTL 0", 0, 1, QUOTE, 27, B(0), IGNORED(LABEL_STACK) },
    { "quotes TTL 0", 1, 2, QUOTE, 43, B(0), IGNORED(LABEL_STACK) },
    { "quotes label 3", 0, 2, QUOTE, 21, W(0x0030), IGNORED(LABEL_STACK) },
    { "quotes label 0", 0, 2, QUOTE, 21, W(0x0000), PASS },
#undef B
#undef W
};

static void
test_changes(void)
{
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        bool ipv6 = changes[i].ipv6;
        struct icmp_quote quote;
        struct ref_packet p;
        uint8_t *byte;

        unit_case("%s%s, IPv%d, %s", changes[i].verdict ? "I-10 Z-10 " : "",
                  changes[i].name, ipv6 ? 6 : 4,
                  mplsudp_types[changes[i].type].name);
        make(&p, ipv6, changes[i].type);
        byte = p.bytes + part_ofs(ipv6, changes[i].part) + changes[i].ofs;
        if (changes[i].two_bytes) {
            set16(byte, changes[i].value);
        } else {
            *byte = (uint8_t) changes[i].value;
        }
        finish(&p, ipv6);
        read_as("verdict", changes[i].verdict, &p, p.size, &quote);
    }
}

static void
test_no_udp_sum(bool ipv6)
{
    struct icmp_quote quote;
    struct ref_packet p;

    unit_case("quotes a zero UDP checksum, IPv%d", ipv6 ? 6 : 4);
    make(&p, ipv6, MPLSUDP_TYPE_UDP);
    set16(p.bytes + part_ofs(ipv6, QUOTE) + ip_size(ipv6) + 6, 0);
    finish(&p, ipv6);
    if (read_as("verdict", PASS, &p, p.size, &quote)) {
        unit_true("no UDP checksum", !quote.has_udp_sum);
    }
}

/* Each bit that flips on the way is seen. */
static void
test_flipped_bits(bool ipv6)
{
    struct icmp_quote quote;
    struct ref_packet p;

    unit_case("each flipped bit, IPv%d", ipv6 ? 6 : 4);
    make(&p, ipv6, MPLSUDP_TYPE_UDP);
    for (size_t bit = part_ofs(ipv6, ICMP) * 8; bit < p.size * 8; bit++) {
        size_t ofs = bit / 8 - ip_size(ipv6);
        bool other = ofs == 0 || (ofs == 1 && !ipv6);

        p.bytes[bit / 8] ^= (uint8_t) (0x80 >> bit % 8);
        read_as("ICMP", other ? IGNORED(OTHER_ERROR) : IGNORED(CHECKSUM),
                &p, p.size, &quote);
        p.bytes[bit / 8] ^= (uint8_t) (0x80 >> bit % 8);
    }
    for (size_t bit = 8 * 8; bit < ip_size(ipv6) * 8; bit++) {
        if (!ipv6 && bit / 8 == 9) {
            continue;           /* The protocol is checked afterwards. */
        }
        p.bytes[bit / 8] ^= (uint8_t) (0x80 >> bit % 8);
        read_as("IP", IGNORED(CHECKSUM), &p, p.size, &quote);
        p.bytes[bit / 8] ^= (uint8_t) (0x80 >> bit % 8);
    }
    read_as("none flipped", PASS, &p, p.size, &quote);
}

static void
test_truncated(bool ipv6, enum mplsudp_type type)
{
    struct ref_packet p, quoted;
    struct icmp_quote quote;

    unit_case("each length of quote, IPv%d, %s, RFC 792",
              ipv6 ? 6 : 4, mplsudp_types[type].name);
    make_quoted(&quoted, ipv6, type);
    for (size_t n = 0; n <= QUOTED_SIZE; n += n < 80 ? 1 : 71) {
        make_error(&p, ipv6, &quoted, n);
        read_as("verdict", n < ip_size(ipv6) + 8 ? IGNORED(TRUNCATED) : PASS,
                &p, p.size, &quote);
    }

    unit_case("truncated at each byte, IPv%d, %s", ipv6 ? 6 : 4,
              mplsudp_types[type].name);
    make(&p, ipv6, type);
    for (size_t n = 0; n < p.size; n++) {
        read_as("verdict", IGNORED(TRUNCATED), &p, n, &quote);
    }
    ref_put_fill(&p, 0xee, 30);
    read_as("with padding behind it", PASS, &p, p.size, &quote);

    unit_case("error shorter than its header, IPv%d", ipv6 ? 6 : 4);
    for (size_t n = 0; n < 8; n++) {
        make(&p, ipv6, type);
        p.size = ip_size(ipv6) + n;
        set16(p.bytes + (ipv6 ? 4 : 2), ipv6 ? n : p.size);
        if (!ipv6) {
            set16(p.bytes + 10, 0);
            set16(p.bytes + 10, 0xffffu - ref_sum(0, p.bytes, 20));
        }
        read_as("verdict", IGNORED(TRUNCATED), &p, p.size, &quote);
    }
}

/* Makes an error that quotes a deep label stack whose entry at byte 'bad' of
 * the quote has a label that is never sent. */
static void
make_deep(struct ref_packet *p, size_t bad, uint8_t words)
{
    struct ref_packet quoted, stack = { .size = 0 };

    make_quoted(&quoted, false, MPLSUDP_TYPE_IP);
    for (size_t ofs = 20; ofs < 300; ofs += 4) {
        ref_put_lse(&stack, ofs == bad ? 3 : 100, 0, false, 64);
    }
    memcpy(quoted.bytes + 20, stack.bytes, stack.size);
    make_error(p, false, &quoted, 280);
    p->bytes[20 + 5] = words;
    finish(p, false);
}

static void
test_extensions(void)
{
    static const struct {
        const char *name;
        size_t bad;
        uint8_t words;
        enum icmp_quote_verdict verdict;
    } cases[] = {
        { "in the quote", 124, 0, IGNORED(LABEL_STACK) },
        { "behind 128 bytes", 128, 0, PASS },
        { "in what the length says", 156, 40, IGNORED(LABEL_STACK) },
        { "behind what the length says", 160, 40, PASS },
        { "length of 7 words", 20, 7, IGNORED(LABEL_STACK) },
        { "length of 6 words", 20, 6, IGNORED(TRUNCATED) },
        { "length behind the end", 276, 255, IGNORED(LABEL_STACK) },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct icmp_quote quote;
        struct ref_packet p;

        unit_case("bad label %s, RFC 4884", cases[i].name);
        make_deep(&p, cases[i].bad, cases[i].words);
        read_as("verdict", cases[i].verdict, &p, p.size, &quote);
    }
}

/* Extension headers of the error change nothing, but for fragmentation. */
static void
test_error_extensions(void)
{
    struct icmp_quote quote;
    struct ref_packet p;

    unit_case("IPv6 extension header before the error, RFC 8200 4.3");
    make(&p, true, MPLSUDP_TYPE_GRE);
    memmove(p.bytes + 48, p.bytes + 40, p.size - 40);
    p.size += 8;
    memcpy(p.bytes + 40, "\x3a\0\x05\x02\0\0\x01\0", 8);
    p.bytes[6] = 0;
    set16(p.bytes + 4, p.size - 40);
    read_as("verdict", PASS, &p, p.size, &quote);

    unit_case("first and later fragment over IPv6, RFC 8200 4.5");
    p.bytes[6] = 44;
    memcpy(p.bytes + 40, "\x3a\0\0\x01\0\0\0\x07", 8);
    read_as("first", IGNORED(FRAGMENT), &p, p.size, &quote);
    p.bytes[43] = 8;
    read_as("later", IGNORED(FRAGMENT), &p, p.size, &quote);
}

/* Sends '*in' of Ethertype 'type', which is too big, and checks that errors
 * that quote what was sent are believed. */
static void
send_and_quote(const struct tunnel *t, const struct ref_packet *in,
               uint16_t type)
{
    bool ipv6 = t->params.outer.ipv6;
    struct ref_packet out, sent = { .size = 0 }, error;
    struct icmp_quote quote;

    if (!unit_verdict("sent", MPLSUDP_PASS, tunnel_send(t, in, type, &out))) {
        return;
    }
    ref_put(&sent, out.bytes + 14, out.size - 14);
    for (size_t n = ip_size(ipv6) + 8; n <= 300; n += 3) {
        make_error(&error, ipv6, &sent, n);
        if (!read_as("verdict", PASS, &error, error.size, &quote)) {
            return;
        }
        unit_number("type", t->config.type, quote.type);
        unit_number("size", sent.size, quote.size);
        unit_true("UDP checksum", quote.has_udp_sum
                  == (t->config.type == MPLSUDP_TYPE_UDP && t->config.csum));
        unit_number("source", sent.bytes[ipv6 ? 23 : 15], quote.src[15]);
        unit_number("destination", sent.bytes[ipv6 ? 39 : 19], quote.dst[15]);
    }
}

/* What tunnels do send is believed. */
static void
test_sent(bool ipv6)
{
    static const char *const options[] = {
        "type=mplsudp payload=auto", "type=mplsudp payload=auto csum=false",
        "type=mplsudp payload=auto entropy=false dst_port=6000",
        "type=mplsgre payload=auto tos=inherit", "type=mplsip payload=auto",
        "type=mplsgre payload=auto labels=17/18/19 entropy_label=true",
        "type=mplsip payload=auto labels=17 entropy_label=true ttl=inherit"
    };
    struct ref_ip ip = {
        .version = 4, .tos = 0xfd, .ttl = 7, .protocol = 17, .src = 0x0a000001,
        .dst = 0x0a000002, .src_port = 1, .dst_port = 2, .body_size = 1450
    };

    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        struct ref_packet in = { .size = 0 };
        struct tunnel t;

        unit_case("I-10 what is sent is believed, IPv%d, %s", ipv6 ? 6 : 4,
                  options[i]);
        unit_true("options", tunnel_init(&t, options[i], ipv6, 0x6400010));
        ref_put_ip(&in, &ip);
        send_and_quote(&t, &in, 0x0800);
        in.size = 0;
        ref_put_ethernet(&in, 2, 1, 0x0800);
        ref_put_ip(&in, &ip);
        send_and_quote(&t, &in, TUNNEL_ETHERNET);
        in.size = 0;
        ref_put_lse(&in, 0, 0, false, 9);
        ref_put_lse(&in, 16, 0, true, 9);
        ref_put_ip(&in, &ip);
        send_and_quote(&t, &in, 0x8847);
        tunnel_destroy(&t);
    }
}

static void
test_names(void)
{
    unit_case("names and texts of reasons, and all of them reached");
    for (int i = PASS + 1; i < ICMP_QUOTE_N_VERDICTS; i++) {
        unit_true("name", *icmp_quote_name(i) != '\0');
        unit_true("text", *icmp_quote_text(i) != '\0');
        for (int j = PASS + 1; j < i; j++) {
            unit_true("names differ",
                      strcmp(icmp_quote_name(i), icmp_quote_name(j)) != 0);
        }
    }
#define ICMP_QUOTE_REASON(ENUM, NAME, TEXT) \
    unit_true(#NAME, reached[ICMP_QUOTE_##ENUM]);
    ICMP_QUOTE_READ_REASONS
#undef ICMP_QUOTE_REASON
}

void
test_icmp_quote(void)
{
    for (int ipv6 = 0; ipv6 < 2; ipv6++) {
        for (int type = 0; type < MPLSUDP_N_TYPES; type++) {
            test_fields(ipv6, type);
            test_truncated(ipv6, type);
        }
        test_no_udp_sum(ipv6);
        test_flipped_bits(ipv6);
        test_sent(ipv6);
    }
    test_changes();
    test_extensions();
    test_error_extensions();
    test_names();
}
