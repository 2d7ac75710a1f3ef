/* SPDX-License-Identifier: Apache-2.0
 *
 * test-mplsudp-refuse: packets that do not go into a tunnel
 * (lib/mplsudp-encap.h): too big, malformed, cut short. */

#include "mplsudp-encap.h"

#include <stdio.h>
#include <string.h>

#include "kinds.h"
#include "tunnel.h"
#include "unit.h"

#define DROP(REASON) MPLSUDP_DROP_##REASON
#define PASS MPLSUDP_PASS

/* Sends a packet of 'kind' that is 'size' bytes long on the outside over
 * tunnels that it just fits and just does not fit. */
static void
test_mtu(enum mplsudp_type type, enum kind kind, const char *more, bool ipv6,
         size_t overhead, size_t ethernet_size)
{
    static struct ref_packet in, out;
    char options[128];
    struct tunnel t;
    size_t size;

    unit_case("I-12 L-14 %s, %s %s over IPv%d, RFC 4023 5.1",
              kinds[kind].name, tunnel_types[type].name, more, ipv6 ? 6 : 4);
    snprintf(options, sizeof options, "type=%s %s", tunnel_types[type].name,
             more);
    tunnel_init(&t, options, ipv6, 100);
    kind_make(&in, kind);
    size = in.size - ethernet_size + overhead;
    for (int less = 0; less < 2; less++) {
        t.params.mtu = (uint16_t) (size - (size_t) less);
        tunnel_build(&t);
        unit_verdict("verdict", less ? DROP(TOO_BIG) : PASS,
                     tunnel_send(&t, &in, kinds[kind].type, &out));
    }
    t.params.mtu = 0;
    tunnel_build(&t);
    unit_verdict("verdict of MTU 0", DROP(TOO_BIG),
                 tunnel_send(&t, &in, kinds[kind].type, &out));
    tunnel_destroy(&t);
}

static void
test_mtus(enum mplsudp_type type)
{
    for (int ipv6 = 0; ipv6 < 2; ipv6++) {
        size_t outer = (ipv6 ? 40 : 20) + tunnel_types[type].header_size;

        test_mtu(type, MPLS, "payload=mpls", ipv6, outer, 14);
        test_mtu(type, MPLS_BARE, "payload=auto", ipv6, outer, 0);
        test_mtu(type, IPV4_ZERO, "payload=auto", ipv6, outer + 4, 14);
        test_mtu(type, IPV6_BARE, "payload=ip", ipv6, outer + 4, 0);
        test_mtu(type, ARP, "payload=ethernet", ipv6, outer + 8, 0);
        test_mtu(type, ARP, "payload=ethernet control_word=false", ipv6,
                 outer + 4, 0);
    }
}

/* Packets as large as an IP length field goes, and more. */
static void
test_largest(void)
{
    for (size_t ipv6 = 0; ipv6 < 2; ipv6++) {
        size_t most = 65535 - (ipv6 ? 40 : 20) - 16;
        static struct ref_packet in, out;
        struct tunnel t;

        unit_case("largest packet over IPv%d, RFC 4023 5.1", ipv6 ? 6 : 4);
        tunnel_init(&t, "payload=ethernet", ipv6, 100);
        in.size = 0;
        ref_put_ethernet(&in, mac_a, mac_b, 0x88b5);
        ref_put_fill(&in, 0xa5, most - 14);
        unit_verdict("verdict", PASS,
                     tunnel_send(&t, &in, TUNNEL_ETHERNET, &out));
        unit_text("complaint", NULL, tunnel_complaint(&t, &out));
        ref_put_fill(&in, 0xa5, 1);
        unit_verdict("verdict of one byte more", DROP(TOO_BIG),
                     tunnel_send(&t, &in, TUNNEL_ETHERNET, &out));
        tunnel_destroy(&t);
    }
}

static const struct {
    const char *name;
    bool ipv6;
    struct {
        uint8_t ofs, value;
    } changes[2];               /* A second one at 0 is none. */
    enum mplsudp_drop verdict;
} malformed[] = {
    { "IPv4 as it should be", false, { { 0, 0x45 } }, PASS },
    { "IPv4 header too short", false, { { 0, 0x44 } },
      DROP(INNER_TRUNCATED) },
    { "IPv4 header longer than packet", false, { { 0, 0x4f } },
      DROP(INNER_TRUNCATED) },
    { "IPv4 length above packet", false, { { 0, 0x45 }, { 3, 51 } },
      DROP(INNER_TRUNCATED) },
    { "IPv4 length below 20", false, { { 0, 0x45 }, { 3, 19 } },
      DROP(INNER_TRUNCATED) },
    { "IPv4 length 0", false, { { 0, 0x45 }, { 3, 0 } },
      DROP(INNER_TRUNCATED) },
    { "IPv4 length below its own header", false, { { 0, 0x47 }, { 3, 24 } },
      DROP(INNER_TRUNCATED) },
    { "IPv4 length below packet", false, { { 0, 0x45 }, { 3, 40 } }, PASS },
    { "L-10 IPv4 TTL 0", false, { { 0, 0x45 }, { 8, 0 } },
      DROP(TTL_EXPIRED) },
    { "IPv6 as it should be", true, { { 0, 0x60 } }, PASS },
    { "IPv6 length above packet", true, { { 0, 0x60 }, { 5, 31 } },
      DROP(INNER_TRUNCATED) },
    { "IPv6 length below packet", true, { { 0, 0x60 }, { 5, 20 } }, PASS },
    { "L-10 IPv6 hop limit 0", true, { { 0, 0x60 }, { 7, 0 } },
      DROP(TTL_EXPIRED) },
    { "IPv6 of version 5", true, { { 0, 0x50 } }, DROP(INNER_TRUNCATED) },
    { "IPv6 of version 4", true, { { 0, 0x45 } }, DROP(INNER_TRUNCATED) },
    { "IPv4 of version 6", false, { { 0, 0x65 } }, DROP(INNER_TRUNCATED) },
};

/* Sends packets of wrong IP, with Ethernet header and without. */
static void
test_malformed(void)
{
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        uint16_t type = malformed[i].ipv6 ? 0x86dd : 0x0800;

        unit_case("malformed: %s", malformed[i].name);
        for (size_t skip = 0; skip <= 14; skip += 14) {
            struct ref_packet in = { .size = 0 }, out;
            struct tunnel t;

            if (skip) {
                ref_put_ethernet(&in, mac_a, mac_b, type);
            }
            ref_put_ip(&in, malformed[i].ipv6 ? &inner6 : &inner4);
            for (int j = 0; j < 2; j++) {
                if (!j || malformed[i].changes[j].ofs) {
                    in.bytes[skip + malformed[i].changes[j].ofs]
                        = malformed[i].changes[j].value;
                }
            }
            tunnel_init(&t, "payload=ip", false, 100);
            unit_verdict("verdict", malformed[i].verdict,
                         tunnel_send(&t, &in, skip ? TUNNEL_ETHERNET : type,
                                     &out));
            tunnel_destroy(&t);
        }
    }
}

static void
test_ttl(void)
{
    unit_case("L-10 MPLS with TTL 0, RFC 3032 2.4.2");
    for (int i = 0; i < 2; i++) {
        struct ref_packet in, out;
        struct tunnel t;

        tunnel_init(&t, "payload=mpls", i, 100);
        kind_make(&in, i ? MPLS : MPLS_BARE);
        in.bytes[i ? 17 : 3] = 0;
        unit_verdict("verdict", DROP(TTL_EXPIRED),
                     tunnel_send(&t, &in, i ? 0 : 0x8847, &out));
        tunnel_destroy(&t);
    }
}

static void
test_truncated(void)
{
    struct ref_packet in, out;
    struct tunnel t;

    tunnel_init(&t, "payload=auto", true, 100);
    for (int i = 0; i < N_KINDS; i++) {
        size_t ethernet_size, size;

        unit_case("truncated at each byte: %s", kinds[i].name);
        ethernet_size = kind_make(&in, i);
        size = in.size;
        for (in.size = 0; in.size < size; in.size++) {
            enum way way = kinds[i].automatic;
            bool ok = way == OWN ? in.size >= ethernet_size + 8
                                 : way == FRAME && in.size >= 14;
            /* A frame that is short for Ethernet is not looked at. */
            bool seen = kinds[i].type || in.size >= 14;

            unit_verdict("verdict", ok ? PASS
                                    : way == REFUSED && seen ? DROP(PAYLOAD)
                                    : way == OWN && seen
                                    ? DROP(STACK_TRUNCATED)
                                    : DROP(INNER_TRUNCATED),
                         tunnel_send(&t, &in, kinds[i].type, &out));
        }
    }
    tunnel_destroy(&t);
}

void
test_mplsudp_refuse(void)
{
    for (int type = 0; type < MPLSUDP_N_TYPES; type++) {
        test_mtus(type);
    }
    test_largest();
    test_malformed();
    test_ttl();
    test_truncated();
}
