/* SPDX-License-Identifier: Apache-2.0
 *
 * test-receive-layout: packets for receive-check.c: those of tests/vectors/,
 * tunnels of every kind, and packets that may have no layout; and the headers
 * of TCP and UDP that must be whole. */

#include "receive-layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kinds.h"
#include "receive-check.h"
#include "tunnel.h"
#include "unit.h"
#include "vectors.h"

#ifndef MPLSUDP_VECTORS
#define MPLSUDP_VECTORS "tests/vectors"
#endif

enum { TCP_PROTOCOL = 6, UDP_PROTOCOL = 17, PADDING = 3 };

#define ZERO_SUM " zero_csum6_rx=true local_ip=2001:db8::2"

static bool reached[RECEIVE_N_REASONS];

static enum receive_reason
check(const struct mplsudp_config *config, const uint8_t *packet, size_t size)
{
    enum receive_reason reason = receive_check(config, packet, size);

    if (reason < RECEIVE_N_REASONS) {
        reached[reason] = true;
    }
    return reason;
}

static void
test_vector(const struct vector *v)
{
    unit_case("%s", v->name);
    if (v->verdict == MPLSUDP_PASS) {
        unit_true("passes", check(&v->config, v->frame, v->frame_size)
                            != RECEIVE_N_REASONS);
    }
}

static void
test_file(const char *file)
{
    const char *folder = getenv("MPLSUDP_VECTORS");
    char name[1024];
    int line;

    snprintf(name, sizeof name, "%s/%s", folder ? folder : MPLSUDP_VECTORS,
             file);
    unit_text(name, NULL, vectors_read(name, test_vector, &line));
}

/* One kind of tunnel. */
struct kind_of_tunnel {
    enum mplsudp_type type;
    const char *options;
    bool ethernet, control_word;
    bool ipv6, inner6, sum;
    int n_labels;
};

/* Puts a tunnel packet around the 'front' and an IP packet by '*inner', with
 * some padding behind both. */
static void
make_packet(const struct kind_of_tunnel *kind, uint8_t tos,
            const struct ref_packet *front, const struct ref_ip *inner,
            struct ref_packet *out)
{
    static struct ref_packet body;
    struct ref_ip outer = {
        .version = kind->ipv6 ? 6 : 4, .tos = tos, .ttl = 64,
        .src = kind->ipv6 ? 1 : 0xc0000201, .dst = kind->ipv6 ? 2 : 0xc0000202
    };

    body.size = out->size = 0;
    ref_put(&body, front->bytes, front->size);
    ref_put_ip(&body, inner);
    ref_put_fill(&body, 0x55, PADDING);
    ref_put_ethernet(out, mac_b, mac_a, kind->ipv6 ? 0x86dd : 0x0800);
    tunnel_put(out, kind->type, &outer, &body, kind->sum);
    ref_put_fill(out, 0xaa, PADDING);
}

static void
test_kind(const struct kind_of_tunnel *kind)
{
    static struct ref_packet front, packet;
    struct mplsudp_config config;
    char options[256];

    front.size = 0;
    for (int i = 1; i <= kind->n_labels; i++) {
        ref_put_lse(&front, 1000u + (uint32_t) i, 0, i == kind->n_labels, 64);
    }
    if (kind->control_word) {
        ref_put32(&front, 0);
    }
    if (kind->ethernet) {
        ref_put_ethernet(&front, mac_a, mac_b, kind->inner6 ? 0x86dd : 0x0800);
    }
    snprintf(options, sizeof options, "type=%s %s%s",
             tunnel_types[kind->type].name, kind->options,
             kind->type == MPLSUDP_TYPE_UDP ? ZERO_SUM : "");
    unit_case("%s IPv%d %s IPv%d %d labels%s%s", options, kind->ipv6 ? 6 : 4,
              kind->ethernet ? "frame" : "IP", kind->inner6 ? 6 : 4,
              kind->n_labels, kind->control_word ? " control word" : "",
              kind->sum ? " sum" : "");
    unit_true("options", tunnel_options(&config, options));
    make_packet(kind, 0, &front, kind->inner6 ? &inner6 : &inner4, &packet);
    unit_text("layout", receive_reasons[RECEIVE_NONE],
              receive_reasons[check(&config, packet.bytes, packet.size)]);
}

static void
test_kinds(void)
{
    static const struct kind_of_tunnel ways[] = {
        { .options = "payload=ethernet", .ethernet = true,
          .control_word = true },
        { .options = "payload=ethernet control_word=false",
          .ethernet = true },
        { .options = "payload=ethernet label_ttl=inherit ttl=inherit",
          .ethernet = true, .control_word = true },
        { .options = "payload=auto", .ethernet = true,
          .control_word = true },
        { .options = "payload=auto" },
        { .options = "payload=ip ttl=inherit" },
        { .options = "payload=ip label_ttl=9" },
    };

    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        for (int bits = 0; bits < 4 * 2 * 2 * 3; bits++) {
            struct kind_of_tunnel kind = ways[i];

            kind.sum = bits % 4 == 3;       /* UDP twice. */
            kind.type = kind.sum ? MPLSUDP_TYPE_UDP
                                 : (enum mplsudp_type) (bits % 4);
            kind.ipv6 = bits / 4 % 2;
            kind.inner6 = bits / 8 % 2;
            kind.n_labels = bits / 16 + 1;
            test_kind(&kind);
        }
    }
}

#define LABEL "003e8140"
#define WORD "00000000"
#define MACS "02aa00000001 02aa00000002"
#define FRAME LABEL WORD MACS

/* Packets in mplsudp over IPv4: what is before the inner IP header, and what
 * is special about that. */
static const struct {
    const char *name, *options, *front;
    uint8_t outer_tos;
    struct ref_ip inner;
    enum receive_reason reason;
} rows[] = {
    { "a stack that stays", "payload=mpls", LABEL, 0, { .version = 4 },
      RECEIVE_STACK_STAYS },
    { "TTL for IP", "payload=ip", "003e8108", 0, { .version = 4 },
      RECEIVE_TTL },
    { "TTL of IP", "payload=ip", "003e8109", 0, { .version = 4 },
      RECEIVE_NONE },
    { "TTL for a frame", "payload=ethernet label_ttl=inherit",
      "003e8108" WORD MACS "0800", 0, { .version = 4 }, RECEIVE_TTL },
    { "TTL not for frames", "payload=ethernet",
      "003e8108" WORD MACS "0800", 0, { .version = 4 }, RECEIVE_NONE },
    { "frame", "payload=ethernet", FRAME "0800", 0, { .version = 4 },
      RECEIVE_NONE },
    { "null above", "payload=ethernet", "00000040" FRAME "0800", 0,
      { .version = 4 }, RECEIVE_NONE },
    { "four entries", "payload=ethernet",
      "00000040 003e9040 00000040" FRAME "0800", 0, { .version = 4 },
      RECEIVE_DEPTH },
    { "entropy label", "payload=ethernet",
      "003e8040 00007040 12345100" WORD MACS "0800", 0, { .version = 4 },
      RECEIVE_ENTROPY_LABEL },
    { "VLAN tag", "payload=ethernet", FRAME "81000001 0800", 0,
      { .version = 4 }, RECEIVE_NOT_IP },
    { "ARP", "payload=ethernet", FRAME "0806", 0, { .version = 4 },
      RECEIVE_NOT_IP },
    { "IPv6 as IPv4", "payload=ethernet", FRAME "0800", 0,
      { .version = 6, .protocol = 17 }, RECEIVE_NOT_IP },
    { "first fragment", "payload=ethernet", FRAME "0800", 0,
      { .version = 4, .fragment = 0x2000 }, RECEIVE_INNER_IP },
    { "last fragment", "payload=ethernet", FRAME "0800", 0,
      { .version = 4, .fragment = 1 }, RECEIVE_INNER_IP },
    { "not to be fragmented", "payload=ethernet", FRAME "0800", 0,
      { .version = 4, .fragment = 0x4000 }, RECEIVE_NONE },
    { "hop-by-hop options", "payload=ethernet", FRAME "86dd", 0,
      { .version = 6, .protocol = 0 }, RECEIVE_INNER_IP },
    { "authentication header", "payload=ethernet", FRAME "86dd", 0,
      { .version = 6, .protocol = 51 }, RECEIVE_INNER_IP },
    { "IPv6 fragment", "payload=ethernet", FRAME "86dd", 0,
      { .version = 6, .protocol = 44 }, RECEIVE_INNER_IP },
    { "no next header", "payload=ethernet", FRAME "86dd", 0,
      { .version = 6, .protocol = 59 }, RECEIVE_NONE },
    { "CE on ECT", "payload=ethernet", FRAME "0800", 3,
      { .version = 4, .tos = 2 }, RECEIVE_ECN },
    { "ECT(1) on ECT(0)", "payload=ethernet", FRAME "86dd", 1,
      { .version = 6, .protocol = 17, .tos = 2 }, RECEIVE_ECN },
    { "CE on CE", "payload=ethernet", FRAME "86dd", 3,
      { .version = 6, .protocol = 17, .tos = 3 }, RECEIVE_NONE },
    { "CE below no mark", "payload=ethernet", FRAME "0800", 0,
      { .version = 4, .tos = 3 }, RECEIVE_NONE },
};

static void
test_rows(void)
{
    static const struct kind_of_tunnel udp = { .type = MPLSUDP_TYPE_UDP };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static struct ref_packet front, packet;
        struct ref_ip inner = rows[i].inner;
        struct mplsudp_config config;

        unit_case("%s", rows[i].name);
        front.size = 0;
        ref_put_hex(&front, rows[i].front);
        inner.ttl = 9;
        inner.body_size = 30;
        make_packet(&udp, rows[i].outer_tos, &front, &inner, &packet);
        unit_true("options", tunnel_options(&config, rows[i].options));
        unit_number("reason", rows[i].reason,
                    check(&config, packet.bytes, packet.size));
    }
}

/* Puts the option 'hex' behind the outer IP header. */
static void
test_outer_option(bool ipv6, const char *hex)
{
    const struct kind_of_tunnel udp = {
        .type = MPLSUDP_TYPE_UDP, .ipv6 = ipv6, .sum = true
    };
    static struct ref_packet front, plain, packet;
    size_t ip_end = ETHERNET_SIZE + (ipv6 ? 40 : 20);
    struct mplsudp_config config;

    unit_case("outer option in IPv%d", ipv6 ? 6 : 4);
    tunnel_options(&config, "payload=ethernet");
    front.size = packet.size = 0;
    ref_put_hex(&front, FRAME "0800");
    make_packet(&udp, 0, &front, &inner4, &plain);
    ref_put(&packet, plain.bytes, ip_end);
    ref_put_hex(&packet, hex);
    ref_put(&packet, plain.bytes + ip_end, plain.size - ip_end - PADDING);
    packet.bytes[ipv6 ? 20 : 14] = ipv6 ? 60 : 0x46;
    ref_set_size(packet.bytes + ETHERNET_SIZE, packet.size - ETHERNET_SIZE);
    unit_number("reason", RECEIVE_OUTER_IP,
                check(&config, packet.bytes, packet.size));
}

/* A length inside that the tunnel does not hold: flow extraction would not go
 * on behind the IP header. */
static void
test_inner_length(bool ipv6)
{
    static const struct kind_of_tunnel udp = { .type = MPLSUDP_TYPE_UDP };
    static struct ref_packet front, packet;
    const struct ref_ip *inner = ipv6 ? &inner6 : &inner4;
    size_t header_size = ipv6 ? 40 : 20, full = header_size + inner->body_size;
    struct mplsudp_config config;

    tunnel_options(&config, "payload=ethernet");
    front.size = 0;
    ref_put_hex(&front, ipv6 ? FRAME "86dd" : FRAME "0800");
    make_packet(&udp, 0, &front, inner, &packet);
    for (size_t n = ipv6 ? 40 : 0; n < full + PADDING + 5; n++) {
        uint8_t *length = packet.bytes + 42 + front.size + (ipv6 ? 4 : 2);

        unit_case("%s of %zu bytes", ipv6 ? "IPv6" : "IPv4", n);
        length[0] = 0;
        length[1] = (uint8_t) (n - (ipv6 ? 40 : 0));
        unit_number("reason",
                    n < header_size || n > full + PADDING
                    ? RECEIVE_INNER_LENGTH : RECEIVE_NONE,
                    check(&config, packet.bytes, packet.size));
    }
}

/* TCP and UDP headers: of TCP, the offset of the data in words. */
static const struct {
    uint8_t protocol, words;
    size_t size;
    bool whole;
} headers[] = {
    { TCP_PROTOCOL, 5, 20, true },
    { TCP_PROTOCOL, 5, 19, false },
    { TCP_PROTOCOL, 5, 0, false },
    { TCP_PROTOCOL, 4, 20, false },
    { TCP_PROTOCOL, 0, 20, false },
    { TCP_PROTOCOL, 6, 23, false },
    { TCP_PROTOCOL, 6, 24, true },
    { TCP_PROTOCOL, 15, 59, false },
    { TCP_PROTOCOL, 15, 60, true },
    { UDP_PROTOCOL, 0, 8, true },
    { UDP_PROTOCOL, 0, 7, false },
    { UDP_PROTOCOL, 0, 0, false },
    { 0, 0, 0, true },
};

/* Checks a packet that ends with the header, which it must hold whole. */
static void
test_headers(void)
{
    static const struct kind_of_tunnel udp = { .type = MPLSUDP_TYPE_UDP };

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        static struct ref_packet front, packet;
        struct ref_ip inner = inner4;
        struct mplsudp_receive receive = {
            .payload = MPLSUDP_PAYLOAD_ETHERNET, .control_word = true
        };
        struct receive_layout layout;
        struct receive_extent extent;

        unit_case("protocol %d with %zu bytes, %d words", headers[i].protocol,
                  headers[i].size, headers[i].words);
        front.size = 0;
        ref_put_hex(&front, FRAME "0800");
        inner.body_size = headers[i].size;
        inner.fill = (uint8_t) (headers[i].words << 4);
        make_packet(&udp, 0, &front, &inner, &packet);
        if (unit_true("find", receive_layout_find(MPLSUDP_TYPE_UDP, &receive,
                                                  packet.bytes, packet.size,
                                                  &layout))) {
            layout.l4_protocol = headers[i].protocol;
            unit_number("whole", headers[i].whole,
                        receive_layout_check(&layout, packet.bytes,
                                             packet.size, &extent));
        }
    }
}

void
test_receive_layout(void)
{
    memset(reached, 0, sizeof reached);
    receive_n_same = 0;
    test_file("packets.txt");
    test_file("packets-gre-ip.txt");
    test_kinds();
    test_rows();
    test_outer_option(false, "01010101");
    test_outer_option(true, "1100 010400000000");
    test_inner_length(false);
    test_inner_length(true);
    test_headers();
    for (int i = 0; i < RECEIVE_N_REASONS; i++) {
        unit_case("reached: %s", receive_reasons[i]);
        unit_true("reached", reached[i]);
    }
    unit_case("changed packets on the short way");
    unit_true("many", receive_n_same > 10000);
}
