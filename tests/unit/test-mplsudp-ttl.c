/* SPDX-License-Identifier: Apache-2.0
 *
 * test-mplsudp-ttl: what becomes of the TTLs of outer header, label and packet
 * where a tunnel ends (lib/mplsudp-decap.h; RFC 3443, RFC 4023 section 5.2).
 */

#include "mplsudp-decap.h"

#include <stdio.h>
#include <string.h>

#include "tunnel.h"
#include "unit.h"

#define DROP(REASON) MPLSUDP_DROP_##REASON
#define PASS MPLSUDP_PASS

/* What is below the labels. */
enum carrier { STACK, IP, FRAME, VLAN };

/* Ports, and whether the labels' TTL goes down into the packet: never, if
 * 'label_ttl' is "inherit", or if it is that or left out. */
enum uniform { NEVER, IF_INHERIT, UNLESS_FIXED };

static const struct {
    const char *name;
    const char *options;
    enum carrier carrier;
    enum uniform uniform;
} ports[] = {
    { "labels that stay", "payload=mpls", STACK, NEVER },
    { "IP", "payload=ip", IP, UNLESS_FIXED },
    { "IP", "payload=auto", IP, UNLESS_FIXED },
    { "frame", "payload=ethernet", FRAME, IF_INHERIT },
    { "frame", "payload=ethernet control_word=false", FRAME, IF_INHERIT },
    { "frame", "payload=auto", FRAME, IF_INHERIT },
    { "VLAN frame", "payload=ethernet", VLAN, IF_INHERIT },
    { "VLAN frame", "payload=auto", VLAN, IF_INHERIT },
};
enum { N_PORTS = sizeof ports / sizeof ports[0] };

static const char *const label_ttls[] = {
    "label_ttl=9", "label_ttl=inherit", ""
};

/* The three TTLs of a packet. */
struct ttls {
    uint8_t outer, label, inner;
};

static void
put_body(struct ref_packet *p, enum carrier carrier, bool control_word,
         uint8_t version, uint8_t ttl)
{
    const struct ref_ip ip = {
        .version = version, .tos = 0xb8, .ttl = ttl, .protocol = 17,
        .src = 0x0a000001, .dst = 0x0a000002, .body_size = 24
    };
    uint16_t type = version == 4 ? 0x0800 : 0x86dd;

    if (carrier == FRAME || carrier == VLAN) {
        if (control_word) {
            ref_put32(p, 0);
        }
        ref_put_ethernet(p, 0x02aa00000002, 0x02aa00000001,
                         carrier == VLAN ? 0x8100 : type);
    }
    if (carrier == VLAN) {
        ref_put16(p, 7);
        ref_put16(p, type);
    }
    ref_put_ip(p, &ip);
}

/* Receives '*body' in an IP packet of 'version' with 'ttl'. */
static enum mplsudp_drop
receive(const struct mplsudp_config *config, uint8_t version, uint8_t ttl,
        const struct ref_packet *body, struct tunnel_inner *received)
{
    static struct ref_packet p;
    const struct ref_ip outer = {
        .version = version, .ttl = ttl,
        .src = version == 4 ? 0xc0000201 : 1,
        .dst = version == 4 ? 0xc0000202 : 2
    };

    p.size = 0;
    tunnel_put(&p, config->type, &outer, body, true);
    return tunnel_receive(config, p.bytes, p.size, received);
}

static uint8_t
least(uint8_t a, uint8_t b)
{
    return a < b ? a : b;
}

/* Changes '*ttls' as the port should.  Returns the verdict. */
static enum mplsudp_drop
expect(size_t port, bool outer_inherits, int label_ttl, struct ttls *ttls)
{
    bool uniform = ports[port].uniform == IF_INHERIT
                   ? label_ttl == MPLSUDP_INHERIT
                   : ports[port].uniform == UNLESS_FIXED && label_ttl < 0;

    if (!ttls->label) {
        return DROP(TTL_EXPIRED);
    }
    if (outer_inherits && (uniform || ports[port].carrier == STACK)) {
        ttls->label = least(ttls->label, ttls->outer);
    }
    if (uniform) {
        ttls->inner = least(ttls->inner, ttls->label);
    }
    return !ttls->label || (uniform && !ttls->inner) ? DROP(TTL_EXPIRED)
                                                     : PASS;
}

/* Receives a packet with '*ttls' and compares all bytes of what comes out. */
static void
test_ttls(const struct mplsudp_config *config, size_t port,
          uint8_t outer_version, uint8_t version, const struct ttls *ttls)
{
    static struct tunnel_inner received;
    static struct ref_packet body, expected;
    bool control_word = config->control_word;
    enum carrier carrier = ports[port].carrier;
    struct ttls out = *ttls;
    enum mplsudp_drop verdict = expect(port, config->ttl == MPLSUDP_INHERIT,
                                       config->label_ttl, &out);

    body.size = expected.size = 0;
    ref_put_lse(&body, 100, 3, true, ttls->label);
    put_body(&body, carrier, control_word, version, ttls->inner);
    if (!unit_verdict("verdict", verdict,
                      receive(config, outer_version, ttls->outer, &body,
                              &received)) || verdict) {
        return;
    }
    if (carrier == STACK) {
        ref_put_lse(&expected, 100, 3, true, out.label);
    }
    put_body(&expected, carrier, false, version, out.inner);
    unit_number("size", expected.size, received.payload.size);
    unit_bytes("packet", expected.bytes, received.payload.bytes,
               expected.size);
}

/* All TTLs of interest on one port: each combination, of each outer header. */
static void
test_port(size_t port, const char *label_ttl, bool inherit, uint8_t version)
{
    static const uint8_t values[] = { 0, 1, 8, 9, 10, 64, 255 };
    enum { N_VALUES = sizeof values };
    struct mplsudp_config config;

    unit_case("%s%s%s of IPv%d, %s %s ttl=%s, RFC 3443 3, RFC 4023 5.2",
              ports[port].carrier == STACK ? ""
              : ports[port].uniform == IF_INHERIT && !*label_ttl
                ? "T-02 T-04 " : "T-02 L-13 ",
              inherit ? "I-15 " : "", ports[port].name, version,
              ports[port].options, label_ttl, inherit ? "inherit" : "64");
    for (int type = 0; type < MPLSUDP_N_TYPES; type++) {
        char options[128];

        snprintf(options, sizeof options, "type=%s %s %s ttl=%s",
                 tunnel_types[type].name, ports[port].options, label_ttl,
                 inherit ? "inherit" : "64");
        unit_true("options", tunnel_options(&config, options));
        for (int i = 0; i < N_VALUES * N_VALUES * N_VALUES; i++) {
            struct ttls ttls = {
                values[i % N_VALUES], values[i / N_VALUES % N_VALUES],
                values[i / N_VALUES / N_VALUES]
            };

            test_ttls(&config, port, i & 1 ? 6 : 4, version, &ttls);
        }
    }
}

/* Of several labels, the top one's TTL counts: not that of an explicit null's
 * neighbour, an entropy label or a flow label at the bottom. */
static void
test_stacks(void)
{
    static const struct {
        const char *name;
        struct {
            uint32_t label;
            uint8_t ttl;
        } entries[4];           /* A label of 0 ends, but on top. */
        uint8_t ttl;
    } stacks[] = {
        { "T-02 two labels, RFC 3443 3", { { 100, 9 }, { 200, 64 } }, 9 },
        { "L-02 null on top, RFC 4182 2", { { 0, 9 }, { 100, 64 } }, 9 },
        { "E-03 entropy label, RFC 6790 4.1",
          { { 100, 9 }, { 7, 9 }, { 5000, 0 }, { 200, 64 } }, 9 },
        { "E-03 entropy label at the bottom, RFC 6790 4.1",
          { { 100, 9 }, { 7, 9 }, { 5000, 0 } }, 9 },
        { "E-03 entropy label on top, RFC 6790 4.1",
          { { 7, 9 }, { 5000, 0 }, { 200, 64 } }, 9 },
        { "flow label, RFC 6391 1.3", { { 100, 9 }, { 5000, 1 } }, 9 },
    };

    for (size_t i = 0; i < sizeof stacks / sizeof stacks[0]; i++) {
        static struct ref_packet body, expected;
        static struct tunnel_inner received;
        struct mplsudp_config config;

        unit_case("TTL of %s", stacks[i].name);
        tunnel_options(&config, "type=mplsgre payload=ip");
        body.size = expected.size = 0;
        for (int j = 0; j < 4 && (!j || stacks[i].entries[j].label); j++) {
            ref_put_lse(&body, stacks[i].entries[j].label, 0,
                        j == 3 || !stacks[i].entries[j + 1].label,
                        stacks[i].entries[j].ttl);
        }
        put_body(&body, IP, false, 4, 63);
        put_body(&expected, IP, false, 4, stacks[i].ttl);
        if (unit_verdict("verdict", PASS,
                         receive(&config, 4, 64, &body, &received))) {
            unit_number("size", expected.size, received.payload.size);
            unit_bytes("packet", expected.bytes, received.payload.bytes,
                       expected.size);
        }
    }
}

/* The outer TTL goes into the label below a pair that is removed. */
static void
test_removed_pair(void)
{
    for (int outer = 5; outer <= 200; outer += 195) {
        static struct ref_packet body, expected;
        static struct tunnel_inner received;
        struct mplsudp_config config;

        unit_case("I-15 outer TTL %d below an entropy pair on top, "
                  "RFC 4023 5.2", outer);
        tunnel_options(&config, "type=mplsip payload=mpls ttl=inherit");
        body.size = expected.size = 0;
        ref_put_lse(&body, 7, 0, false, 3);
        ref_put_lse(&body, 5000, 0, false, 0);
        ref_put_lse(&body, 100, 5, true, 64);
        put_body(&body, STACK, false, 4, 63);
        ref_put_lse(&expected, 100, 5, true, outer == 5 ? 5 : 64);
        put_body(&expected, STACK, false, 4, 63);
        if (unit_verdict("verdict", PASS,
                         receive(&config, 6, (uint8_t) outer, &body,
                                 &received))) {
            unit_number("size", expected.size, received.payload.size);
            unit_bytes("packet", expected.bytes, received.payload.bytes,
                       expected.size);
        }
    }
}

/* Frames without IP have no TTL to change, or to end. */
static void
test_no_ip(void)
{
    static struct ref_packet body;
    static struct tunnel_inner received;
    struct mplsudp_config config;

    unit_case("T-04 ARP has no TTL");
    tunnel_options(&config, "payload=ethernet label_ttl=inherit ttl=inherit");
    body.size = 0;
    ref_put_lse(&body, 100, 0, true, 1);
    ref_put32(&body, 0);
    ref_put_ethernet(&body, 1, 2, 0x0806);
    ref_put_arp(&body, 1, 2);
    if (unit_verdict("verdict", PASS,
                     receive(&config, 4, 1, &body, &received))) {
        unit_number("size", body.size - 8, received.payload.size);
        unit_bytes("packet", body.bytes + 8, received.payload.bytes,
                   body.size - 8);
    }
}

/* A TTL and a congestion mark that change the same packet, whose own mark is
 * 'ecn'.  If the outer one, CE, refuses it, its TTL stays, too: for that
 * tunnel_receive() looks. */
static void
test_with_ecn(const char *options, uint8_t version, uint8_t ecn)
{
    static const struct ref_ip outer = {
        .version = 4, .tos = 3, .ttl = 5, .src = 0xc0000201,
        .dst = 0xc0000202
    };
    struct ref_ip ip = {
        .version = version, .tos = 0xb8 | ecn, .ttl = 63, .protocol = 17,
        .src = 1, .dst = 2, .body_size = 24
    };
    static struct ref_packet body, expected, p;
    static struct tunnel_inner received;
    struct mplsudp_config config;
    bool stack;

    unit_case("T-02 T-09 TTL and mark of one IPv%d packet with ECN %d, %s",
              version, ecn, options);
    tunnel_options(&config, options);
    stack = config.payload == MPLSUDP_PAYLOAD_MPLS;
    body.size = expected.size = p.size = 0;
    ref_put_lse(&body, 100, 0, true, 9);
    ref_put_ip(&body, &ip);
    tunnel_put(&p, config.type, &outer, &body, true);
    ip.tos = 0xbb;
    if (stack) {
        ref_put_lse(&expected, 100, 0, true, 5);
    } else {
        ip.ttl = 5;
    }
    ref_put_ip(&expected, &ip);
    if (unit_verdict("verdict", ecn ? PASS : DROP(ECN),
                     tunnel_receive(&config, p.bytes, p.size, &received))
        && ecn) {
        unit_number("size", expected.size, received.payload.size);
        unit_bytes("packet", expected.bytes, received.payload.bytes,
                   expected.size);
    }
}

void
test_mplsudp_ttl(void)
{
    for (size_t i = 0; i < N_PORTS; i++) {
        for (int j = 0; j < 3; j++) {
            for (int k = 0; k < 4; k++) {
                test_port(i, label_ttls[j], k & 1, k & 2 ? 6 : 4);
            }
        }
    }
    test_stacks();
    test_removed_pair();
    test_no_ip();
    for (uint8_t version = 4; version <= 6; version += 2) {
        for (uint8_t ecn = 0; ecn < 4; ecn++) {
            test_with_ecn("payload=ip ttl=inherit", version, ecn);
            test_with_ecn("payload=mpls ttl=inherit", version, ecn);
        }
    }
}
