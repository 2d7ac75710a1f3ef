/* SPDX-License-Identifier: Apache-2.0
 *
 * test-mplsudp-ecn: congestion marks into and out of a tunnel, wherever the
 * packet has its IP header (lib/mplsudp-encap.h, lib/mplsudp-decap.h; RFC
 * 6040). */

#include <stdio.h>
#include <string.h>

#include "mplsudp-decap.h"
#include "mplsudp-encap.h"
#include "tunnel.h"
#include "unit.h"

#define DROP(REASON) MPLSUDP_DROP_##REASON
#define PASS MPLSUDP_PASS

/* Where the IP header is that has the mark: "stack" packets keep their own
 * labels. */
enum carrier { IP, FRAME, VLAN, STACK_IP, STACK_FRAME, STACK_VLAN };

static const struct {
    enum carrier carrier;
    const char *name;
    const char *options;
} ports[] = {
    { IP, "IP", "payload=ip" },
    { IP, "IP", "payload=auto" },
    { FRAME, "T-13 frame", "payload=ethernet" },
    { FRAME, "T-13 frame", "payload=auto" },
    { FRAME, "T-13 frame", "payload=ethernet control_word=false" },
    { VLAN, "T-13 VLAN frame", "payload=ethernet" },
    { VLAN, "T-13 VLAN frame", "payload=auto" },
    { STACK_IP, "IP below labels that stay", "payload=mpls" },
    { STACK_FRAME, "frame below labels that stay", "payload=mpls" },
    { STACK_VLAN, "VLAN frame below labels that stay", "payload=mpls" },
};
enum { N_PORTS = sizeof ports / sizeof ports[0] };

/* Makes the packet as it is outside of the tunnel.  Returns its type. */
static uint16_t
make(struct ref_packet *p, enum carrier carrier, uint8_t version, uint8_t tos)
{
    const struct ref_ip ip = {
        .version = version, .tos = tos, .ttl = 9, .protocol = 17,
        .src = 0x0a000001, .dst = 0x0a000002, .body_size = 24
    };
    uint16_t type = version == 4 ? 0x0800 : 0x86dd;
    bool vlan = carrier == VLAN || carrier == STACK_VLAN;
    bool stack = carrier >= STACK_IP;

    p->size = 0;
    if (stack) {
        ref_put_lse(p, 100, 3, false, 64);
        ref_put_lse(p, 200, 0, true, 64);
    }
    if (carrier != IP && carrier != STACK_IP) {
        if (stack) {
            ref_put32(p, 0);            /* Control word. */
        }
        ref_put_ethernet(p, 0x02aa00000002, 0x02aa00000001,
                         vlan ? 0x8100 : type);
    }
    if (vlan) {
        ref_put16(p, 7);
        ref_put16(p, type);
    }
    ref_put_ip(p, &ip);
    return stack ? 0x8847 : carrier == IP ? type : TUNNEL_ETHERNET;
}

/* Puts an Ethernet header before the MPLS packet '*p', whose new type is
 * returned. */
static uint16_t
add_ethernet(struct ref_packet *p)
{
    static struct ref_packet frame;

    frame.size = 0;
    ref_put_ethernet(&frame, 0x02aa00000002, 0x02aa00000001, 0x8847);
    ref_put(&frame, p->bytes, p->size);
    *p = frame;
    return TUNNEL_ETHERNET;
}

/* Makes the tunnel packet around '*inner', for port 'i'. */
static void
make_outer(struct ref_packet *p, enum mplsudp_type type, uint8_t version,
           uint8_t tos, size_t i, const struct ref_packet *inner)
{
    static struct ref_packet body;
    enum carrier carrier = ports[i].carrier;
    const struct ref_ip outer = {
        .version = version, .tos = tos, .ttl = 64,
        .src = version == 4 ? 0xc0000201 : 1,
        .dst = version == 4 ? 0xc0000202 : 2
    };

    body.size = 0;
    if (carrier < STACK_IP) {
        ref_put_lse(&body, 300, 0, true, 64);
        if (carrier != IP && !strstr(ports[i].options, "control_word=false")) {
            ref_put32(&body, 0);
        }
    }
    ref_put(&body, inner->bytes, inner->size);
    p->size = 0;
    tunnel_put(p, type, &outer, &body, true);
}

static void
set_options(char options[128], enum mplsudp_type type, size_t i,
            const char *more)
{
    snprintf(options, 128, "type=%s %s %s", tunnel_types[type].name,
             ports[i].options, more);
}

/* One cell of figure 4 on port 'i': 'ecn' comes out, or nothing if it is
 * negative. */
static void
test_cell(enum mplsudp_type type, size_t i, uint8_t outer_version,
          uint8_t version, uint8_t inner, uint8_t outer, int ecn)
{
    static struct tunnel_inner received;
    static struct ref_packet in, expected, p;
    struct mplsudp_config config;
    char options[128];
    uint16_t inner_type;

    set_options(options, type, i, "");
    unit_true("options", tunnel_options(&config, options));
    make(&in, ports[i].carrier, version, (uint8_t) (0xb8 | inner));
    make_outer(&p, type, outer_version, (uint8_t) (0x28 | outer), i, &in);
    if (!unit_verdict("verdict", ecn < 0 ? DROP(ECN) : PASS,
                      tunnel_receive(&config, p.bytes, p.size, &received))
        || ecn < 0) {
        return;
    }
    inner_type = make(&expected, ports[i].carrier, version,
                      (uint8_t) (0xb8 | ecn));
    unit_number("type", inner_type, received.inner.type);
    unit_number("size", expected.size, received.payload.size);
    unit_bytes("packet", expected.bytes, received.payload.bytes,
               received.payload.size);
}

static void
test_out(enum mplsudp_type type, size_t i)
{
    static const int merged[4][4] = {
        /* Rows: inner; columns: outer Not-ECT, ECT(1), ECT(0), CE. */
        { 0, 0, 0, -1 },
        { 1, 1, 1, 3 },
        { 2, 1, 2, 3 },
        { 3, 3, 3, 3 },
    };

    for (uint8_t cell = 0; cell < 16; cell++) {
        uint8_t inner = cell >> 2, outer = cell & 3;

        unit_case("T-09 out: %s ECN %d in %s ECN %d, %s, RFC 6040 4.2",
                  ports[i].name, inner, tunnel_types[type].name, outer,
                  ports[i].options);
        for (int j = 0; j < 4; j++) {
            test_cell(type, i, j & 1 ? 6 : 4, j & 2 ? 6 : 4, inner, outer,
                      merged[inner][outer]);
        }
    }
}

static uint8_t
outer_tos(const uint8_t *ip)
{
    return ip[0] >> 4 == 4 ? ip[1] : (uint8_t) (ip[0] << 4 | ip[1] >> 4);
}

/* Sends with each mark over IPv4 and IPv6 on port 'i' with 'tos', and MPLS
 * also with an Ethernet header; the outer DSCP should be 'dscp'. */
static void
test_in(enum mplsudp_type type, size_t i, const char *tos, uint8_t dscp)
{
    char options[128];

    set_options(options, type, i, tos);
    for (uint8_t ecn = 0; ecn < 4; ecn++) {
        unit_case("T-08 in: %s ECN %d into %s, %s %s, RFC 6040 4.1",
                  ports[i].name, ecn, tunnel_types[type].name,
                  ports[i].options, tos);
        for (int j = 0; j < (ports[i].carrier < STACK_IP ? 4 : 8); j++) {
            static struct ref_packet in, out;
            struct tunnel t;
            uint16_t inner_type = make(&in, ports[i].carrier, j & 2 ? 6 : 4,
                                       (uint8_t) (0x28 | ecn));
            size_t size = in.size;

            inner_type = j & 4 ? add_ethernet(&in) : inner_type;
            unit_true("port", tunnel_init(&t, options, j & 1, 100));
            unit_verdict("verdict", PASS,
                         tunnel_send(&t, &in, inner_type, &out));
            unit_text("complaint", NULL, tunnel_complaint(&t, &out));
            unit_number("TOS", dscp | ecn, outer_tos(out.bytes + 14));
            unit_bytes("packet", in.bytes + in.size - size,
                       out.bytes + out.size - size, size);
            tunnel_destroy(&t);
        }
    }
}

/* Packets that can take no mark pass as they are, and give none. */
static void
test_none(const char *name, const char *options, bool frame,
          const struct ref_packet *body)
{
    static const struct ref_ip outer = {
        .version = 4, .tos = 0xbb, .ttl = 64, .src = 0xc0000201,
        .dst = 0xc0000202
    };
    static struct tunnel_inner received;
    static struct ref_packet p, out;
    struct mplsudp_config config;
    struct tunnel t;

    unit_case("CE on %s", name);
    p.size = 0;
    tunnel_options(&config, options);
    tunnel_put(&p, MPLSUDP_TYPE_UDP, &outer, body, true);
    if (!unit_verdict("verdict", PASS,
                      tunnel_receive(&config, p.bytes, p.size, &received))) {
        return;
    }
    unit_number("size", body->size - (frame ? 8 : 0), received.payload.size);
    unit_bytes("packet", body->bytes + (frame ? 8 : 0),
               received.payload.bytes, received.payload.size);
    tunnel_init(&t, options, false, 100);
    unit_verdict("sent", PASS,
                 tunnel_send(&t, &received.payload, received.inner.type,
                             &out));
    unit_number("TOS", 0, outer_tos(out.bytes + 14));
    tunnel_destroy(&t);
}

static void
test_nones(void)
{
    static struct ref_packet body;

    make(&body, STACK_IP, 4, 0x2a);
    body.bytes[8 + 10] ^= 1;
    test_none("labels above a broken IPv4 header", "payload=mpls", false,
              &body);
    make(&body, STACK_IP, 6, 0x2a);
    ref_put_fill(&body, 0, 1);
    test_none("labels above an IPv6 packet of another length",
              "payload=mpls", false, &body);
    make(&body, STACK_IP, 4, 0x2a);
    body.bytes[8] = 0x15;
    test_none("labels above an associated channel", "payload=mpls", false,
              &body);

    body.size = 0;
    ref_put_lse(&body, 100, 0, true, 64);
    ref_put32(&body, 0);
    ref_put_ethernet(&body, 1, 2, 0x0806);
    ref_put_arp(&body, 1, 2);
    test_none("ARP", "payload=ethernet", true, &body);

    make(&body, STACK_FRAME, 4, 0x2a);
    memmove(body.bytes, body.bytes + 4, body.size - 4);
    body.size = 4 + 4 + 14 + 19;
    test_none("a frame that ends in its IP header", "payload=ethernet", true,
              &body);
}

void
test_mplsudp_ecn(void)
{
    for (int type = 0; type < MPLSUDP_N_TYPES; type++) {
        for (size_t i = 0; i < N_PORTS; i++) {
            bool stack = ports[i].carrier >= STACK_IP;

            test_out(type, i);
            test_in(type, i, "tos=0", 0);
            test_in(type, i, "tos=0x48", 0x48);
            test_in(type, i, "tos=inherit", stack ? 0x60 : 0x28);
        }
    }
    test_nones();
}
