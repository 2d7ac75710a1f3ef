/* SPDX-License-Identifier: Apache-2.0
 *
 * test-mplsudp-encap: packets into a tunnel (lib/mplsudp-encap.h): which go
 * out, as what, and every byte of them.  What a packet passes on to the outer
 * headers is in test-mplsudp-inherit.c, which are refused for what is wrong
 * with them in test-mplsudp-refuse.c. */

#include "mplsudp-encap.h"

#include <stdio.h>
#include <string.h>

#include "kinds.h"
#include "tunnel.h"
#include "unit.h"

#define DROP(REASON) MPLSUDP_DROP_##REASON
#define PASS MPLSUDP_PASS

/* Appends to '*body' what stands behind the UDP header if '*p' goes out in
 * 'way' with label 100 and default options. */
static void
put_body(struct ref_packet *body, const struct ref_packet *p,
         size_t ethernet_size, enum way way, bool control_word)
{
    if (way != OWN) {
        ref_put_lse(body, 100, 0, true, way == IP ? 63 : 255);
    }
    if (way == FRAME) {
        if (control_word) {
            ref_put32(body, 0);
        }
        ethernet_size = 0;
    }
    ref_put(body, p->bytes + ethernet_size, p->size - ethernet_size);
}

static enum way
way_of(enum kind kind, enum mplsudp_payload payload)
{
    switch (payload) {
    case MPLSUDP_PAYLOAD_MPLS:
        return kinds[kind].mpls;
    case MPLSUDP_PAYLOAD_ETHERNET:
        return kinds[kind].ethernet;
    case MPLSUDP_PAYLOAD_IP:
        return kinds[kind].ip;
    case MPLSUDP_PAYLOAD_AUTO:
    default:
        return kinds[kind].automatic;
    }
}

static void
test_kind(enum mplsudp_type type, const char *more, enum kind kind, bool ipv6)
{
    static const char *const rules[MPLSUDP_N_TYPES] = {
        "U-01 U-05", "I-02 I-03 I-05 I-20", "I-01 I-02"
    };
    static struct ref_packet in, body, expected, out;
    char options[128];
    size_t ethernet_size;
    struct tunnel t;
    enum way way;

    snprintf(options, sizeof options, "type=%s entropy=false %s",
             tunnel_types[type].name, more);
    unit_case("%s %s, %s with %s over IPv%d", rules[type], kinds[kind].name,
              tunnel_types[type].name, more, ipv6 ? 6 : 4);
    ethernet_size = kind_make(&in, kind);
    if (!unit_true("port", tunnel_init(&t, options, ipv6, 100))) {
        return;
    }
    way = way_of(kind, t.config.payload);
    if (unit_verdict("verdict", way == REFUSED ? DROP(PAYLOAD) : PASS,
                     tunnel_send(&t, &in, kinds[kind].type, &out))
        && way != REFUSED) {
        body.size = 0;
        put_body(&body, &in, ethernet_size, way, t.config.control_word);
        tunnel_expect(&t, 0, 64, &body, &expected);
        unit_number("size", expected.size, out.size);
        unit_bytes("packet", expected.bytes, out.bytes, expected.size);
    }
    tunnel_destroy(&t);
}

static void
test_kinds(void)
{
    static const char *const ports[] = {
        "payload=mpls", "payload=ethernet",
        "payload=ethernet control_word=false", "payload=ip",
        "payload=ip control_word=false", "payload=auto",
        "payload=auto df_default=false", "payload=auto csum=false"
    };
    enum { N_PORTS = sizeof ports / sizeof ports[0] };

    for (int type = 0; type < MPLSUDP_N_TYPES; type++) {
        /* The last one is for UDP. */
        int n_ports = type == MPLSUDP_TYPE_UDP ? N_PORTS : N_PORTS - 1;

        for (int i = 0; i < N_KINDS * n_ports; i++) {
            test_kind(type, ports[i % n_ports], i / n_ports, false);
            test_kind(type, ports[i % n_ports], i / n_ports, true);
        }
    }
}

/* Only a frame whose twelve bytes of MAC addresses are all zero goes out as
 * IP. */
static void
test_zero_macs(void)
{
    struct ref_packet in, out;
    struct tunnel t;

    tunnel_init(&t, "payload=auto", false, 100);
    for (int ofs = 0; ofs < 12; ofs++) {
        unit_case("MAC addresses zero but for byte %d", ofs);
        kind_make(&in, IPV4_ZERO);
        in.bytes[ofs] = 1;
        unit_verdict("verdict", PASS,
                     tunnel_send(&t, &in, TUNNEL_ETHERNET, &out));
        unit_number("size of a frame", 14 + 36 + in.size, out.size);
    }
    tunnel_destroy(&t);
}

static void
test_keys(void)
{
    static const struct {
        uint64_t key;
        enum mplsudp_drop verdict;
    } keys[] = {
        { 0, DROP(NO_KEY) },
        { 3, DROP(BAD_KEY) },                   /* L-05 */
        { 15, DROP(BAD_KEY) },                  /* L-06 */
        { 100 << 20, DROP(BAD_KEY) },
        { UINT64_MAX, DROP(BAD_KEY) },
        { 100, PASS },
        { UINT64_C(100) << 40 | 200 << 20 | 300, PASS },
    };

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct ref_packet in, out;
        struct tunnel t;

        unit_case("L-05 L-06 key %llu, RFC 3032 2.1",
                  (unsigned long long) keys[i].key);
        tunnel_init(&t, "payload=auto", false, keys[i].key);
        kind_make(&in, IPV4_BARE);
        unit_verdict("IP", keys[i].verdict,
                     tunnel_send(&t, &in, 0x0800, &out));
        kind_make(&in, ARP);
        unit_verdict("frame", keys[i].verdict,
                     tunnel_send(&t, &in, TUNNEL_ETHERNET, &out));
        kind_make(&in, ARP_BARE);
        unit_verdict("what the port does not carry", DROP(PAYLOAD),
                     tunnel_send(&t, &in, 0x0806, &out));
        kind_make(&in, MPLS);
        unit_verdict("MPLS needs no key", PASS,
                     tunnel_send(&t, &in, TUNNEL_ETHERNET, &out));
        tunnel_destroy(&t);
    }
}

/* Ethernet padding behind an IP packet is not sent below a label as IP, but
 * is part of a frame. */
static void
test_padding(void)
{
    struct ref_packet in, out, body = { .size = 0 }, expected;
    struct tunnel t;
    size_t size;

    tunnel_init(&t, "payload=auto entropy=false", false, 100);
    for (int i = IPV4_ZERO; i <= IPV6_BARE; i++) {
        size_t ethernet_size;

        unit_case("padding behind %s", kinds[i].name);
        ethernet_size = kind_make(&in, i);
        body.size = 0;
        put_body(&body, &in, ethernet_size, IP, true);
        ref_put_fill(&in, 0xee, 18);
        tunnel_expect(&t, 0, 64, &body, &expected);
        unit_verdict("verdict", PASS,
                     tunnel_send(&t, &in, kinds[i].type, &out));
        unit_number("size", expected.size, out.size);
        unit_bytes("packet", expected.bytes, out.bytes, expected.size);
    }
    unit_case("P-06 padding of a frame is carried, RFC 4448 4.6");
    kind_make(&in, IPV4_MACS);
    ref_put_fill(&in, 0xee, 18);
    size = in.size;
    unit_verdict("verdict", PASS,
                 tunnel_send(&t, &in, TUNNEL_ETHERNET, &out));
    unit_number("size", 14 + 36 + size, out.size);
    tunnel_destroy(&t);
}

static void
test_entropy(void)
{
    for (int ipv6 = 0; ipv6 < 2; ipv6++) {
        uint16_t ports[2];
        struct ref_packet in = { .size = 0 }, out;
        struct tunnel t;

        unit_case("U-02 U-26 entropy over IPv%d, RFC 7510 3",
                  ipv6 ? 6 : 4);
        tunnel_init(&t, "payload=ip", ipv6, 100);
        for (int i = 0; i < 2; i++) {
            struct ref_ip ip = inner4;
            const uint8_t *outer = out.bytes + 14;
            const uint8_t *udp = outer + (ipv6 ? 40 : 20);

            ip.src_port = (uint16_t) (1000 + i);
            in.size = 0;
            ref_put_ip(&in, &ip);
            unit_verdict("verdict", PASS,
                         tunnel_send(&t, &in, 0x0800, &out));
            unit_text("complaint", NULL, tunnel_complaint(&t, &out));
            ports[i] = (uint16_t) (udp[0] << 8 | udp[1]);
            unit_true("in range", ports[i] >= 49152);
            if (ipv6) {
                unit_true("flow label is set",
                          (outer[1] & 15) || outer[2] || outer[3]);
            }
        }
        unit_true("flows differ", ports[0] != ports[1]);

        t.config.entropy = false;
        tunnel_build(&t);
        tunnel_send(&t, &in, 0x0800, &out);
        unit_bytes("U-03 fixed port", "\xc3\x50",
                   out.bytes + (ipv6 ? 54 : 34), 2);
        if (ipv6) {
            unit_bytes("no flow label", "\x60\0\0", out.bytes + 14, 3);
        }
        tunnel_destroy(&t);
    }
}

/* Sends flow 'i' of IP with 'ttl' through '*t'. */
static void
send_flow(const struct tunnel *t, int i, uint8_t ttl, struct ref_packet *out)
{
    static struct ref_packet in;
    struct ref_ip ip = inner4;

    ip.dst_port = (uint16_t) (1000 + i);
    ip.ttl = ttl;
    in.size = 0;
    ref_put_ip(&in, &ip);
    unit_verdict("verdict", PASS, tunnel_send(t, &in, 0x0800, out));
}

enum { N_FLOWS = 64 };

/* All types have a flow label over IPv6, one for each flow. */
static void
test_flow_labels(enum mplsudp_type type)
{
    static struct ref_packet out[N_FLOWS], again;
    char options[64];
    struct tunnel t;

    snprintf(options, sizeof options, "type=%s payload=ip",
             tunnel_types[type].name);
    unit_case("U-26 flow labels of %s, RFC 6438 3", tunnel_types[type].name);
    tunnel_init(&t, options, true, 100);
    for (int i = 0; i < N_FLOWS; i++) {
        const uint8_t *ip = out[i].bytes + 14;

        send_flow(&t, i, 64, &out[i]);
        unit_text("complaint", NULL, tunnel_complaint(&t, &out[i]));
        unit_true("not zero", (ip[1] & 15) || ip[2] || ip[3]);
        send_flow(&t, i, 9, &again);
        unit_bytes("same flow", ip, again.bytes + 14, 4);
        for (int j = 0; j < i; j++) {
            unit_true("flows differ", memcmp(ip, out[j].bytes + 14, 4));
        }
    }
    unit_case("no flow label of %s with entropy=false",
              tunnel_types[type].name);
    t.config.entropy = false;
    tunnel_build(&t);
    send_flow(&t, 1, 64, &again);
    unit_bytes("first word", "\x60\0\0\0", again.bytes + 14, 4);
    tunnel_destroy(&t);

    if (type != MPLSUDP_TYPE_UDP) {
        unit_case("no entropy of %s over IPv4", tunnel_types[type].name);
        tunnel_init(&t, options, false, 100);
        send_flow(&t, 1, 64, &out[0]);
        t.config.entropy = false;
        tunnel_build(&t);
        send_flow(&t, 1, 64, &out[1]);
        unit_bytes("packet", out[0].bytes, out[1].bytes, out[0].size);
        tunnel_destroy(&t);
    }
}

void
test_mplsudp_encap(void)
{
    test_kinds();
    test_zero_macs();
    test_keys();
    test_padding();
    test_entropy();
    for (int type = 0; type < MPLSUDP_N_TYPES; type++) {
        test_flow_labels(type);
    }
}
