/* SPDX-License-Identifier: Apache-2.0
 *
 * test-mplsudp-inherit: what a packet passes on to the outer headers and the
 * pushed labels (lib/mplsudp-encap.h): TTL, TOS and TC by option.  Congestion
 * marks are in test-mplsudp-ecn.c. */

#include "mplsudp-encap.h"

#include <stdio.h>
#include <string.h>

#include "tunnel.h"
#include "unit.h"
#include "wire.h"

/* What goes in. */
enum kind { IP, FRAME, VLAN, ARP, MPLS };

static const struct {
    const char *name;
    const char *options;        /* Beside payload=auto. */
    enum kind kind;
    uint8_t tos, ttl;           /* Of the inner IP header; MPLS: TC, TTL. */
    uint8_t outer_tos, outer_ttl;
    uint8_t label_tc, label_ttl;
} cases[] = {
    { "L-12 T-01 IP, defaults: TTL uniform, RFC 3443 3.6", "",
      IP, 0xb8, 17, 0, 64, 0, 17 },
    { "T-04 frame, defaults: TTL pipe", "", FRAME, 0xb8, 17, 0, 64, 0, 255 },
    { "ARP, defaults", "", ARP, 0, 0, 0, 64, 0, 255 },
    { "T-08 MPLS, defaults: ECN below the stack", "",
      MPLS, 5, 9, 1, 64, 5, 9 },
    { "T-01 IP, label_ttl=100", "label_ttl=100", IP, 0, 17, 0, 64, 0, 100 },
    { "frame, label_ttl=100", "label_ttl=100", FRAME, 0, 17, 0, 64, 0, 100 },
    { "IP, label_ttl=inherit", "label_ttl=inherit",
      IP, 0, 17, 0, 64, 0, 17 },
    { "T-01 frame, label_ttl=inherit", "label_ttl=inherit",
      FRAME, 0, 17, 0, 64, 0, 17 },
    { "VLAN frame, label_ttl=inherit", "label_ttl=inherit",
      VLAN, 0, 17, 0, 64, 0, 17 },
    { "ARP, label_ttl=inherit", "label_ttl=inherit", ARP, 0, 0,
      0, 64, 0, 255 },
    { "MPLS keeps its TTL, label_ttl=100", "label_ttl=100",
      MPLS, 5, 9, 1, 64, 5, 9 },
    { "T-06 IP, label_tc=0, RFC 3270 3.2.1", "label_tc=0",
      IP, 0xb8, 17, 0, 64, 0, 17 },
    { "T-05 IP, label_tc=3, RFC 3270 2.6.2", "label_tc=3",
      IP, 0xb8, 17, 0, 64, 3, 17 },
    { "IP EF, label_tc=inherit", "label_tc=inherit",
      IP, 0xb8, 17, 0, 64, 5, 17 },
    { "frame CS7, label_tc=inherit", "label_tc=inherit",
      FRAME, 0xe0, 17, 0, 64, 7, 255 },
    { "VLAN frame AF41, label_tc=inherit", "label_tc=inherit",
      VLAN, 0x88, 17, 0, 64, 4, 255 },
    { "ARP, label_tc=inherit", "label_tc=inherit",
      ARP, 0, 0, 0, 64, 0, 255 },
    { "label_tc and label_ttl inherited", "label_tc=inherit label_ttl=inherit",
      FRAME, 0xe0, 17, 0, 64, 7, 17 },
    { "MPLS keeps its TC, label_tc=3", "label_tc=3", MPLS, 5, 9,
      1, 64, 5, 9 },
    { "IP, ttl=7", "ttl=7", IP, 0, 17, 0, 7, 0, 17 },
    { "IP, ttl=inherit", "ttl=inherit", IP, 0, 17, 0, 17, 0, 17 },
    { "frame, ttl=inherit", "ttl=inherit", FRAME, 0, 17, 0, 17, 0, 255 },
    { "ARP, ttl=inherit: from the template", "ttl=inherit", ARP, 0, 0,
      0, 64, 0, 255 },
    { "I-14 MPLS, ttl=inherit, RFC 4023 5.2", "ttl=inherit",
      MPLS, 5, 9, 1, 9, 5, 9 },
    { "IP, tos=0x48", "tos=0x48", IP, 0xb8, 17, 0x48, 64, 0, 17 },
    { "frame, tos=inherit", "tos=inherit", FRAME, 0xb8, 17, 0xb8, 64, 0,
      255 },
    { "IP, tos=inherit", "tos=inherit", IP, 0xb8, 17, 0xb8, 64, 0, 17 },
    { "ARP, tos=inherit", "tos=inherit", ARP, 0, 0, 0, 64, 0, 255 },
    { "I-16 MPLS, tos=inherit: class selector of TC, RFC 4023 5.3",
      "tos=inherit", MPLS, 5, 9, 0xa1, 64, 5, 9 },
    { "MPLS, tos=0x48", "tos=0x48", MPLS, 5, 9, 0x49, 64, 5, 9 },
};

static uint16_t
make(struct ref_packet *p, enum kind kind, uint8_t version, uint8_t tos,
     uint8_t ttl)
{
    struct ref_ip ip = {
        .version = version, .tos = tos, .ttl = ttl, .protocol = 17,
        .src = 1, .dst = 2, .body_size = 20
    };
    uint16_t type = version == 4 ? 0x0800 : 0x86dd;

    p->size = 0;
    switch (kind) {
    case IP:
        break;
    case FRAME:
        ref_put_ethernet(p, 1, 2, type);
        break;
    case VLAN:
        ref_put_ethernet(p, 1, 2, 0x8100);
        ref_put16(p, 7);
        ref_put16(p, type);
        break;
    case ARP:
        ref_put_ethernet(p, 1, 2, 0x0806);
        ref_put_arp(p, 1, 2);
        return TUNNEL_ETHERNET;
    case MPLS:
        ref_put_lse(p, 100, tos, true, ttl);
        ip.tos = ip.ttl = 1;
        type = 0x8847;
        break;
    }
    ref_put_ip(p, &ip);
    return kind == IP || kind == MPLS ? type : TUNNEL_ETHERNET;
}

/* Sends case 'i' over IPv4 or IPv6 with a key of three labels. */
static void
test_inherit(enum mplsudp_type type, size_t i, bool ipv6,
             uint8_t inner_version)
{
    static struct ref_packet in, out;
    const uint8_t *ip = out.bytes + 14;
    const uint8_t *stack = ip + (ipv6 ? 40 : 20)
                           + tunnel_types[type].header_size;
    size_t labels = cases[i].kind == MPLS ? 1 : 3;
    char options[128];
    uint16_t inner;
    struct tunnel t;

    unit_case("%s, IPv%d in %s over IPv%d", cases[i].name, inner_version,
              tunnel_types[type].name, ipv6 ? 6 : 4);
    inner = make(&in, cases[i].kind, inner_version, cases[i].tos,
                 cases[i].ttl);
    snprintf(options, sizeof options, "type=%s payload=auto %s",
             tunnel_types[type].name, cases[i].options);
    unit_true("port", tunnel_init(&t, options, ipv6,
                                  UINT64_C(100) << 40 | 200 << 20 | 300));
    if (unit_verdict("verdict", MPLSUDP_PASS,
                     tunnel_send(&t, &in, inner, &out))) {
        unit_text("complaint", NULL, tunnel_complaint(&t, &out));
        unit_number("TOS", cases[i].outer_tos,
                    ipv6 ? (ip[0] & 15) << 4 | ip[1] >> 4 : ip[1]);
        unit_number("TTL", cases[i].outer_ttl, ip[ipv6 ? 7 : 8]);
        for (size_t j = 0; j < labels; j++) {
            uint32_t lse = wire_get32(stack + 4 * j);

            unit_number("label", 100 * (j + 1), lse >> 12);
            unit_number("TC", cases[i].label_tc, lse >> 9 & 7);
            unit_number("label TTL", cases[i].label_ttl, lse & 255);
            unit_number("S", j == labels - 1, lse >> 8 & 1);
        }
    }
    tunnel_destroy(&t);
}

/* No TTL of zero leaves, wherever it would come from. */
static void
test_ttl_zero(void)
{
    static const struct {
        const char *options;
        enum kind kind;
        enum mplsudp_drop verdict;
    } zeros[] = {
        { "ttl=64", FRAME, MPLSUDP_PASS },
        { "label_tc=inherit", FRAME, MPLSUDP_PASS },
        { "label_ttl=inherit", FRAME, MPLSUDP_DROP_TTL_EXPIRED },
        { "label_ttl=inherit", VLAN, MPLSUDP_DROP_TTL_EXPIRED },
        { "label_ttl=inherit", ARP, MPLSUDP_PASS },
        { "ttl=inherit", FRAME, MPLSUDP_DROP_TTL_EXPIRED },
        { "ttl=inherit", IP, MPLSUDP_DROP_TTL_EXPIRED },
        { "ttl=inherit", MPLS, MPLSUDP_DROP_TTL_EXPIRED },
        { "label_ttl=9", IP, MPLSUDP_DROP_TTL_EXPIRED },
    };
    static const char *const names[] = {
        [IP] = "IP", [FRAME] = "frame", [VLAN] = "VLAN frame", [ARP] = "ARP",
        [MPLS] = "MPLS"
    };

    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++) {
        struct ref_packet in, out;
        struct tunnel t;
        uint16_t type;

        unit_case("L-10 TTL 0, %s, %s, RFC 3032 2.4.2, RFC 1122 3.2.1.7",
                  names[zeros[i].kind], zeros[i].options);
        type = make(&in, zeros[i].kind, 4, 0, 0);
        tunnel_init(&t, zeros[i].options, false, 100);
        t.config.payload = MPLSUDP_PAYLOAD_AUTO;
        tunnel_build(&t);
        unit_verdict("verdict", zeros[i].verdict,
                     tunnel_send(&t, &in, type, &out));
        tunnel_destroy(&t);
    }
}

void
test_mplsudp_inherit(void)
{
    for (int type = 0; type < MPLSUDP_N_TYPES; type++) {
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            test_inherit(type, i, false, 4);
            test_inherit(type, i, false, 6);
            test_inherit(type, i, true, 4);
            test_inherit(type, i, true, 6);
        }
    }
    test_ttl_zero();
}
