/* SPDX-License-Identifier: Apache-2.0
 *
 * test-mplsudp-decap: packets out of a tunnel (lib/mplsudp-decap.h), for all
 * values of what a vector shows one of: checksums, first nibbles, control
 * words.  Congestion marks are in test-mplsudp-ecn.c, TTLs in
 * test-mplsudp-ttl.c. */

#include "mplsudp-decap.h"

#include <string.h>

#include "tunnel.h"
#include "unit.h"

#define DROP(REASON) MPLSUDP_DROP_##REASON
#define PASS MPLSUDP_PASS

static const char local_port[]
    = "payload=ip zero_csum6_rx=true remote_ip=2001:db8::1 "
      "local_ip=2001:db8::2";
static const char other_port[]
    = "payload=ip zero_csum6_rx=true remote_ip=2001:db8::1 "
      "local_ip=2001:db8::3";

/* Makes a tunnel packet by 'outer_tos' around label 100 and '*payload'. */
static void
make(struct ref_packet *p, uint8_t version, uint8_t outer_tos,
     const struct ref_packet *payload, bool sum)
{
    struct ref_ip outer = {
        .version = version, .tos = outer_tos, .ttl = 64,
        .src = version == 4 ? 0xc0000201 : 1,
        .dst = version == 4 ? 0xc0000202 : 2
    };
    struct ref_packet body = { .size = 0 };

    ref_put_lse(&body, 100, 0, true, 64);
    ref_put(&body, payload->bytes, payload->size);
    p->size = 0;
    ref_put_tunnel(p, &outer, body.bytes, body.size, sum);
}

static void
put_inner_ip(struct ref_packet *p, uint8_t version, uint8_t tos)
{
    struct ref_ip ip = {
        .version = version, .tos = tos, .ttl = 9, .protocol = 17,
        .src = 0x0a000001, .dst = 0x0a000002, .body_size = 24
    };

    ref_put_ip(p, &ip);
}

/* Receives '*p' by 'options' and checks the verdict. */
static bool
receive(const char *options, enum mplsudp_drop expected,
        const struct ref_packet *p, struct tunnel_inner *received)
{
    struct mplsudp_config config;

    if (!unit_true("options", tunnel_options(&config, options))) {
        return false;
    }
    return unit_verdict(options, expected,
                        tunnel_receive(&config, p->bytes, p->size, received));
}

static void
test_checksums(void)
{
    static const struct {
        const char *name;
        const char *options;
        uint8_t version;
        bool sum, good;
        enum mplsudp_drop verdict;
    } sums[] = {
        { "U-06 IPv4 zero, RFC 7510 3", "payload=ip", 4, false, true, PASS },
        { "U-15 IPv4 good, RFC 768", "payload=ip", 4, true, true, PASS },
        { "U-15 IPv4 bad, RFC 768", "payload=ip", 4, true, false,
          DROP(UDP_CHECKSUM) },
        { "U-07 IPv6 good, RFC 7510 3", "payload=ip", 6, true, true, PASS },
        { "U-15 IPv6 bad, RFC 8200 8.1", "payload=ip", 6, true, false,
          DROP(UDP_CHECKSUM) },
        { "Z-05 IPv6 zero, RFC 6936 4.5", "payload=ip", 6, false, true,
          DROP(ZERO_CHECKSUM) },
        { "U-11 IPv6 zero at the port's address, RFC 7510 3.1", local_port,
          6, false, true, PASS },
        { "U-11 IPv6 zero at another address, RFC 7510 3.1", other_port,
          6, false, true, DROP(ZERO_CHECKSUM) },
        { "Z-06 zero allowed, IPv6 good, RFC 6936 4.7", local_port,
          6, true, true, PASS },
        { "Z-06 zero allowed, IPv6 bad, RFC 6936 4.7", local_port,
          6, true, false, DROP(UDP_CHECKSUM) },
        { "Z-06 zero allowed elsewhere, IPv6 good", other_port,
          6, true, true, PASS },
    };

    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        struct ref_packet payload = { .size = 0 }, p;
        struct tunnel_inner received;

        unit_case("%s", sums[i].name);
        put_inner_ip(&payload, 4, 0);
        make(&p, sums[i].version, 0, &payload, sums[i].sum);
        if (!sums[i].good) {
            p.bytes[p.size - 1] ^= 1;
        }
        receive(sums[i].options, sums[i].verdict, &p, &received);
    }
}

/* A NIC that has checked the sums need not be checked. */
static void
test_verified_sums(void)
{
    struct ref_packet payload = { .size = 0 }, p;
    struct mplsudp_receive receive_options;
    struct mplsudp_outer outer;
    struct mplsudp_inner inner;
    struct mplsudp_config config;

    unit_case("sums are not looked at if known to be good");
    put_inner_ip(&payload, 4, 0);
    make(&p, 4, 0, &payload, true);
    p.bytes[10] ^= 1;
    p.bytes[p.size - 1] ^= 1;
    tunnel_options(&config, "payload=ip");
    mplsudp_receive_init(&config, &receive_options);
    unit_verdict("IPv4 looked at", DROP(IP_CHECKSUM),
                 mplsudp_outer_read(MPLSUDP_TYPE_UDP, p.bytes, p.size, true,
                                    &outer));
    unit_verdict("IPv4 not looked at", PASS,
                 mplsudp_outer_read(MPLSUDP_TYPE_UDP, p.bytes, p.size, false,
                                    &outer));
    unit_verdict("UDP looked at", DROP(UDP_CHECKSUM),
                 mplsudp_decap(&outer, &receive_options, true, &inner));
    unit_verdict("UDP not looked at", PASS,
                 mplsudp_decap(&outer, &receive_options, false, &inner));

    unit_case("Z-05 zero checksum is refused even if known to be good");
    make(&p, 6, 0, &payload, false);
    unit_verdict("IPv6", PASS,
                 mplsudp_outer_read(MPLSUDP_TYPE_UDP, p.bytes, p.size, false,
                                    &outer));
    unit_verdict("UDP", DROP(ZERO_CHECKSUM),
                 mplsudp_decap(&outer, &receive_options, false, &inner));
}

/* What the caller looks up sources by, for each type. */
static void
test_outer(void)
{
    static const uint8_t src[16] = { [10] = 0xff, 0xff, 192, 0, 2, 1 };
    static const uint8_t dst[16] = { [10] = 0xff, 0xff, 192, 0, 2, 2 };
    const struct ref_ip ip = {
        .version = 4, .tos = 0xb9, .ttl = 7, .src = 0xc0000201,
        .dst = 0xc0000202
    };

    for (int type = 0; type < MPLSUDP_N_TYPES; type++) {
        struct ref_packet body = { .size = 0 }, p = { .size = 0 };
        struct mplsudp_outer outer;

        unit_case("outer fields of %s", tunnel_types[type].name);
        ref_put_lse(&body, 100, 0, true, 64);
        tunnel_put(&p, type, &ip, &body, true);
        memset(&outer, 0xcc, sizeof outer);
        if (!unit_verdict("verdict", PASS,
                          mplsudp_outer_read(type, p.bytes, p.size, true,
                                             &outer))) {
            continue;
        }
        unit_number("type", type, outer.type);
        unit_bytes("source", src, outer.ip.src, sizeof src);
        unit_bytes("destination", dst, outer.ip.dst, sizeof dst);
        unit_number("TOS", 0xb9, outer.ip.tos);
        unit_number("TTL", 7, outer.ip.ttl);
        if (type == MPLSUDP_TYPE_UDP) {
            unit_number("U-01 UDP port", 6635, outer.udp.dst_port);
        } else {
            unit_number("source port", 0, outer.udp.src_port);
            unit_number("destination port", 0, outer.udp.dst_port);
            unit_number("UDP size", 0, outer.udp.size);
            unit_true("no checksum", !outer.udp.has_sum);
        }
    }
}

/* What becomes of a payload of 60 bytes that starts with each nibble. */
static void
test_nibbles(void)
{
    for (unsigned int nibble = 0; nibble < 16; nibble++) {
        struct ref_packet payload = { .size = 0 }, p;
        struct tunnel_inner received;
        bool ip = nibble == 4 || nibble == 6;

        unit_case("P-04 P-14 first nibble %u, RFC 4385 2, RFC 8469 4",
                  nibble);
        ref_put_fill(&payload, (uint8_t) (nibble << 4 | 5), 1);
        ref_put_fill(&payload, 0, 59);
        make(&p, 4, 0, &payload, true);
        if (receive("payload=auto label_ttl=64",
                    nibble && !ip ? DROP(PAYLOAD) : PASS, &p, &received)
            && (!nibble || ip)) {
            unit_number("type", nibble == 4 ? 0x0800 : nibble == 6 ? 0x86dd
                                                                   : 0,
                        received.inner.type);
            unit_number("size", nibble ? 60 : 56, received.inner.size);
        }
        receive("payload=ip label_ttl=64", ip ? PASS : DROP(PAYLOAD), &p,
                &received);
        receive("payload=ethernet", nibble ? DROP(CONTROL_WORD) : PASS, &p,
                &received);
        if (receive("payload=ethernet control_word=false", PASS, &p,
                    &received)) {
            unit_number("size", 60, received.inner.size);
        }
        if (receive("payload=mpls", PASS, &p, &received)) {
            unit_number("size", 64, received.inner.size);
            unit_number("type", 0x8847, received.inner.type);
        }
    }
}

/* Payloads of each length around what their headers need. */
static void
test_short_payloads(void)
{
    for (size_t size = 0; size <= 42; size++) {
        struct ref_packet payload = { .size = 0 }, p;
        struct tunnel_inner received;
        bool cw = size >= 4, frame = size >= 18;
        enum mplsudp_drop verdict = frame ? PASS : cw ? DROP(PAYLOAD)
                                                      : DROP(CONTROL_WORD);

        unit_case("payload of %zu bytes", size);
        ref_put_fill(&payload, 0, size);
        make(&p, 4, 0, &payload, true);
        receive("payload=mpls", PASS, &p, &received);
        receive("payload=ethernet", verdict, &p, &received);
        receive("payload=auto", verdict, &p, &received);
        receive("payload=ethernet control_word=false",
                size >= 14 ? PASS : DROP(PAYLOAD), &p, &received);
        receive("payload=ip", DROP(PAYLOAD), &p, &received);

        for (int version = 4; version <= 6; version += 2) {
            if (size) {
                payload.bytes[0] = (uint8_t) (version << 4 | 5);
                make(&p, 4, 0, &payload, true);
                receive("payload=auto label_ttl=64",
                        size >= (version == 4 ? 20 : 40) ? PASS
                                                         : DROP(PAYLOAD),
                        &p, &received);
            }
        }
    }
}

/* The 12 reserved bits and the sequence number do not matter. */
static void
test_control_words(void)
{
    static const uint32_t words[] = {
        0, 1, 0xffff, 0x0fff0000, 0x0fffffff, 0x00010000
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct ref_packet payload = { .size = 0 }, p;
        struct tunnel_inner received;

        unit_case("P-01 control word 0x%08x, RFC 4385 3",
                  (unsigned int) words[i]);
        ref_put32(&payload, words[i]);
        ref_put_ethernet(&payload, 1, 2, 0x88b5);
        ref_put_fill(&payload, 7, 46);
        make(&p, 4, 0, &payload, true);
        for (int j = 0; j < 2; j++) {
            if (receive(j ? "payload=auto" : "payload=ethernet", PASS, &p,
                        &received)) {
                unit_number("size", 60, received.payload.size);
                unit_bytes("frame", payload.bytes + 4, received.payload.bytes,
                           60);
                unit_number("type", 0, received.inner.type);
                unit_number("key", 100, received.inner.key);
                unit_true("has_key", received.inner.has_key);
            }
        }
    }
}

void
test_mplsudp_decap(void)
{
    test_checksums();
    test_verified_sums();
    test_outer();
    test_nibbles();
    test_short_payloads();
    test_control_words();
}
