/* SPDX-License-Identifier: Apache-2.0
 *
 * test-mplsudp-labels: transport labels above those of the key, and the
 * entropy label pair under the first of them (lib/mplsudp-encap.h; RFC 8663,
 * RFC 6790). */

#include "mplsudp-encap.h"

#include <stdio.h>
#include <string.h>

#include "kinds.h"
#include "label-entropy.h"
#include "label-stack.h"
#include "tunnel.h"
#include "unit.h"
#include "wire.h"

#define PASS MPLSUDP_PASS

/* Ports with labels, and what is in the entries that they push: TC and TTL
 * over IP with TOS 0xb8 and TTL 63, and over such IP in Ethernet. */
static const struct {
    const char *options;
    uint8_t n;                  /* Labels: 1000, 1001, ... */
    bool entropy_label;
    uint8_t ip_tc, ip_ttl, frame_tc, frame_ttl;
} ports[] = {
    { "labels=1000", 1, false, 0, 63, 0, 255 },
    { "labels=1000/1001", 2, false, 0, 63, 0, 255 },
    { "labels=1000/1001 label_tc=5 label_ttl=9", 2, false, 5, 9, 5, 9 },
    { "labels=1000/1001 label_tc=inherit label_ttl=inherit", 2, false,
      5, 63, 5, 63 },
    { "labels=1000/1001/1002/1003/1004/1005/1006/1007/1008/1009",
      10, false, 0, 63, 0, 255 },
    { "entropy_label=true", 0, true, 0, 63, 0, 255 },
    { "entropy_label=true label_tc=5 label_ttl=9", 0, true, 5, 9, 5, 9 },
    { "entropy_label=true label_tc=inherit label_ttl=inherit", 0, true,
      5, 63, 5, 63 },
    { "labels=1000 entropy_label=true", 1, true, 0, 63, 0, 255 },
    { "labels=1000/1001 entropy_label=true", 2, true, 0, 63, 0, 255 },
    { "labels=1000/1001 entropy_label=true label_tc=5 label_ttl=9", 2, true,
      5, 9, 5, 9 },
    { "labels=1000/1001 entropy_label=true label_tc=inherit", 2, true,
      5, 63, 5, 255 },
    { "labels=1000 entropy_label=true label_tc=inherit label_ttl=inherit", 1,
      true, 5, 63, 5, 63 },
    { "labels=1000/1001/1002/1003/1004/1005/1006/1007/1008/1009 "
      "entropy_label=true", 10, true, 0, 63, 0, 255 },
};

static const uint64_t keys[] = {
    100, 100 << 20 | 200, UINT64_C(100) << 40 | 200 << 20 | 300
};

/* Appends the stack of port 'i' with a key of 'depth' labels.  'el' is the
 * entropy label, which lib/ chooses. */
static void
put_stack(struct ref_packet *p, size_t i, uint32_t depth, uint32_t el,
          uint8_t tc, uint8_t ttl)
{
    uint32_t n = ports[i].n + depth;

    for (uint32_t j = 0; j < n; j++) {
        bool pair = !j && ports[i].entropy_label;

        ref_put_lse(p, j < ports[i].n ? 1000 + j : 100 * (j - ports[i].n + 1),
                    tc, j == n - 1 && !pair, ttl);
        if (pair) {
            ref_put_lse(p, 7, tc, false, ttl);
            ref_put_lse(p, el, 0, n == 1, 0);
        }
    }
}

static uint32_t
entropy_label_at(const uint8_t *stack)
{
    return wire_get32(stack + 8) >> 12;
}

/* Sends a packet of 'kind', which goes out in 'way', through port 'i' with a
 * key of 'depth' labels, and compares all bytes. */
static void
test_port(size_t i, enum mplsudp_type type, bool ipv6, enum kind kind,
          enum way way, uint32_t depth)
{
    static struct ref_packet in, body, expected, out;
    size_t header_size, ip_ofs;
    char options[256];
    const char *more;
    struct tunnel t;
    uint32_t el;

    snprintf(options, sizeof options, "type=%s payload=auto entropy=false %s",
             tunnel_types[type].name, ports[i].options);
    more = strchr(ports[i].options, ' ');
    unit_case("%s%s, %u key labels, %u labels%s, %s over IPv%d",
              ports[i].entropy_label && way != OWN ? "E-01 E-02 " : "",
              kinds[kind].name, (unsigned int) depth, ports[i].n,
              more ? more : "", tunnel_types[type].name, ipv6 ? 6 : 4);
    header_size = kind_make(&in, kind);
    ip_ofs = way == OWN ? 0 : kinds[kind].type ? 0 : 14;
    if (way != OWN) {           /* TOS 0xb8. */
        uint8_t *ip = in.bytes + ip_ofs;

        ip[0] = ip[0] >> 4 == 6 ? 0x6b : ip[0];
        ip[1] = ip[0] >> 4 == 6 ? 0x80 : 0xb8;
    }
    if (!unit_true("port", tunnel_init(&t, options, ipv6, keys[depth - 1]))
        || !unit_verdict("verdict", PASS,
                         tunnel_send(&t, &in, kinds[kind].type, &out))) {
        return;
    }
    el = entropy_label_at(out.bytes + t.push.outer_size);
    body.size = 0;
    if (way != OWN) {
        put_stack(&body, i, depth, el,
                  way == IP ? ports[i].ip_tc : ports[i].frame_tc,
                  way == IP ? ports[i].ip_ttl : ports[i].frame_ttl);
    }
    if (way == FRAME) {
        ref_put32(&body, 0);
        header_size = 0;
    }
    ref_put(&body, in.bytes + header_size, in.size - header_size);
    tunnel_expect(&t, 0, 64, &body, &expected);
    if (unit_number("size", expected.size, out.size)) {
        unit_bytes("packet", expected.bytes, out.bytes, expected.size);
    }
    if (way != OWN && ports[i].entropy_label) {
        unit_true("entropy label is not special", el >= 16 && el <= 0xfffff);
    }
    tunnel_destroy(&t);
}

static void
test_ports(void)
{
    static const struct {
        enum kind kind;
        enum way way;
    } packets[] = {
        { IPV4_ZERO, IP }, { IPV6_BARE, IP }, { IPV4_MACS, FRAME },
        { IPV6_MACS, FRAME }, { MPLS, OWN }, { MPLS_UPSTREAM_BARE, OWN },
    };

    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        for (size_t j = 0; j < sizeof packets / sizeof packets[0]; j++) {
            for (int type = 0; type < MPLSUDP_N_TYPES; type++) {
                uint32_t depth = (uint32_t) (i + j) % 3 + 1;

                test_port(i, type, false, packets[j].kind, packets[j].way,
                          depth);
                test_port(i, type, true, packets[j].kind, packets[j].way,
                          depth % 3 + 1);
            }
        }
    }
}

/* Transport labels do not make up for a key that cannot be sent. */
static void
test_bad_keys(void)
{
    struct ref_packet in, out;
    struct tunnel t;

    for (int bad = 0; bad < 2; bad++) {
        unit_case("labels above %s key", bad ? "a bad" : "no");
        kind_make(&in, IPV4_BARE);
        tunnel_init(&t, "type=mplsgre payload=ip labels=1000/1001 "
                    "entropy_label=true", false, bad ? 15 : 0);
        unit_verdict("verdict", bad ? MPLSUDP_DROP_BAD_KEY
                                    : MPLSUDP_DROP_NO_KEY,
                     tunnel_send(&t, &in, 0x0800, &out));
        tunnel_destroy(&t);
    }
}

/* All labels count into the size of the outer packet. */
static void
test_mtu(void)
{
    for (int type = 0; type < MPLSUDP_N_TYPES; type++) {
        for (int less = 0; less < 2; less++) {
            struct ref_packet in, out;
            size_t size = 20 + tunnel_types[type].header_size + 4 * 5;
            char options[128];
            struct tunnel t;

            unit_case("I-12 %s with labels, %s, RFC 4023 5.1",
                      tunnel_types[type].name, less ? "too big" : "just fits");
            snprintf(options, sizeof options, "type=%s payload=ip "
                     "labels=1000/1001 entropy_label=true",
                     tunnel_types[type].name);
            kind_make(&in, IPV4_BARE);
            tunnel_init(&t, options, false, 100);
            t.params.mtu = (uint16_t) (size + in.size - (size_t) less);
            tunnel_build(&t);
            unit_verdict("verdict", less ? MPLSUDP_DROP_TOO_BIG : PASS,
                         tunnel_send(&t, &in, 0x0800, &out));
            tunnel_destroy(&t);
        }
    }
}

/* What is sent is received: the labels are the key, or the stack. */
static void
test_received(void)
{
    static const struct {
        const char *labels;
        uint64_t key;           /* Sent. */
        enum mplsudp_drop verdict;
        uint64_t received;
        size_t entries;
    } sent[] = {
        { "1000", 100, PASS, 1000 << 20 | 100, 2 },
        { "1000", 100 << 20 | 200, PASS,
          UINT64_C(1000) << 40 | 100 << 20 | 200, 3 },
        { "1000/1001", 100, PASS,
          UINT64_C(1000) << 40 | 1001 << 20 | 100, 3 },
        { "1000/1001", 100 << 20 | 200, MPLSUDP_DROP_STACK_DEPTH, 0, 4 },
    };

    for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
        for (int el = 0; el < 2; el++) {
            static struct ref_packet in, out;
            static struct tunnel_inner received;
            char options[128];
            struct tunnel t;

            unit_case("E-03 labels=%s%s with key %llu are received",
                      sent[i].labels, el ? " entropy_label=true" : "",
                      (unsigned long long) sent[i].key);
            snprintf(options, sizeof options,
                     "type=mplsip payload=ip labels=%s entropy_label=%s",
                     sent[i].labels, el ? "true" : "false");
            kind_make(&in, IPV4_BARE);
            tunnel_init(&t, options, true, sent[i].key);
            unit_verdict("sent", PASS, tunnel_send(&t, &in, 0x0800, &out));
            if (unit_verdict("received", sent[i].verdict,
                             tunnel_receive(&t.config, out.bytes + 14,
                                            out.size - 14, &received))
                && !sent[i].verdict) {
                unit_number("key", sent[i].received, received.inner.key);
                unit_number("size", in.size, received.payload.size);
                unit_bytes("packet", in.bytes, received.payload.bytes,
                           in.size);
            }
            t.config.payload = MPLSUDP_PAYLOAD_MPLS;
            unit_verdict("received with its labels", PASS,
                         tunnel_receive(&t.config, out.bytes + 14,
                                        out.size - 14, &received));
            unit_number("size with labels",
                        in.size + 4 * (sent[i].entries + (el ? 2 : 0)),
                        received.payload.size);
            tunnel_destroy(&t);
        }
    }
}

/* Entropy labels of all hashes: never special, the same 20 bits otherwise. */
static void
test_hashes(void)
{
    unit_case("E-01 S-05 entropy label of each hash, RFC 6790 3");
    for (uint32_t low = 0; low <= 0xfffff; low++) {
        uint32_t label = label_entropy_label(unit_random() << 20 | low);

        unit_true("in range", label >= 16 && label <= 0xfffff);
        if (low >= 16) {
            unit_number("label", low, label);
        }
    }
}

enum { N_FLOWS = 4096 };

/* Returns the entropy label of flow 'i', in a packet with 'tos', 'ttl' and a
 * body of 'size' bytes. */
static uint32_t
label_of_flow(const struct tunnel *t, uint32_t i, uint8_t tos, uint8_t ttl,
              size_t size)
{
    static struct ref_packet in, out;
    struct ref_ip ip = inner4;

    ip.src_port = (uint16_t) (1024 + i);
    ip.tos = tos;
    ip.ttl = ttl;
    ip.body_size = size;
    in.size = 0;
    ref_put_ip(&in, &ip);
    unit_verdict("verdict", PASS, tunnel_send(t, &in, 0x0800, &out));
    return entropy_label_at(out.bytes + t->push.outer_size);
}

/* One label for each flow, and flows spread over labels, also where there is
 * no other entropy. */
static void
test_flows(enum mplsudp_type type, bool entropy, bool ipv6)
{
    static uint8_t seen[0x100000];
    unsigned int low[16] = { 0 }, high[16] = { 0 }, again = 0;
    char options[128];
    struct tunnel t;

    unit_case("E-01 entropy labels of flows, %s over IPv%d, entropy=%s",
              tunnel_types[type].name, ipv6 ? 6 : 4,
              entropy ? "true" : "false");
    snprintf(options, sizeof options, "type=%s payload=ip labels=1000 "
             "entropy_label=true entropy=%s", tunnel_types[type].name,
             entropy ? "true" : "false");
    tunnel_init(&t, options, ipv6, 100);
    memset(seen, 0, sizeof seen);
    for (uint32_t i = 0; i < N_FLOWS; i++) {
        uint32_t label = label_of_flow(&t, i, 0, 64, 20);

        unit_number("label of the same flow", label,
                    label_of_flow(&t, i, 0xb9, 3, 900));
        low[label & 15]++;
        high[label >> 16]++;
        again += seen[label]++;
    }
    unit_true("labels differ", again < N_FLOWS / 64);
    for (int i = 0; i < 16; i++) {
        unit_true("low bits", low[i] > 160 && low[i] < 360);
        unit_true("high bits", high[i] > 160 && high[i] < 360);
    }
    tunnel_destroy(&t);
}

void
test_mplsudp_labels(void)
{
    test_ports();
    test_bad_keys();
    test_mtu();
    test_received();
    test_hashes();
    for (int type = 0; type < MPLSUDP_N_TYPES; type++) {
        for (int i = 0; i < 4; i++) {
            test_flows(type, i & 1, i & 2);
        }
    }
}
