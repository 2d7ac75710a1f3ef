/* SPDX-License-Identifier: Apache-2.0
 *
 * test-round-trip: what goes into a tunnel comes out of it, for random ports
 * and packets (lib/mplsudp-encap.h, lib/mplsudp-decap.h). */

#include <string.h>

#include "label-stack.h"
#include "tunnel.h"
#include "unit.h"

enum { ROUNDS = 5000 };

static bool
coin(void)
{
    return unit_random() >> 16 & 1;
}

/* A value of an option: "inherit" or one from 'min' to 'max'. */
static int
random_or_inherit(int min, int max)
{
    return unit_random() % 3 ? min + (int) (unit_random() % (uint32_t)
                                            (max - min + 1))
                             : MPLSUDP_INHERIT;
}

static uint64_t
random_key(void)
{
    uint64_t key = 0;

    for (uint32_t n = unit_random() % 3 + 1; n > 0; n--) {
        key = key << 20 | (16 + unit_random() % (LABEL_MAX - 15));
    }
    return key;
}

/* Makes '*t' of a random type with random options.  Transport labels leave
 * room for the key, so that together they are a key again. */
static void
random_tunnel(struct tunnel *t)
{
    uint64_t key = random_key();
    uint32_t room = key >> 40 ? 0 : key >> 20 ? 1 : 2;

    tunnel_init(t, "", coin(), key);
    mplsudp_config_init(&t->config, unit_random() % MPLSUDP_N_TYPES);
    t->config.control_word = coin();
    t->config.csum = t->config.type == MPLSUDP_TYPE_UDP && coin();
    t->config.entropy = coin();
    t->config.df_default = coin();
    t->config.tos = random_or_inherit(0, 63);
    t->config.tos *= t->config.tos < 0 ? 1 : 4;
    t->config.ttl = random_or_inherit(1, 255);
    t->config.label_ttl = coin() ? MPLSUDP_DEFAULT
                                 : random_or_inherit(1, 255);
    t->config.label_tc = random_or_inherit(0, 7);
    t->config.labels.n = unit_random() % (room + 1);
    for (uint32_t i = 0; i < t->config.labels.n; i++) {
        t->config.labels.labels[i] = 16 + unit_random() % (LABEL_MAX - 15);
    }
    t->config.entropy_label = t->config.labels.n && coin();
}

/* Returns the key that the labels which '*t' sends are. */
static uint64_t
received_key(const struct tunnel *t)
{
    uint64_t key = 0;
    int shift = t->params.key >> 20 ? 40 : 20;

    for (uint32_t i = 0; i < t->config.labels.n; i++) {
        key = key << 20 | t->config.labels.labels[i];
    }
    return t->config.labels.n ? key << shift | t->params.key : t->params.key;
}

static void
put_random_ip(struct ref_packet *p, uint8_t version)
{
    struct ref_ip ip = {
        .version = version, .tos = (uint8_t) unit_random(),
        .ttl = (uint8_t) (unit_random() % 255 + 1),
        .protocol = (uint8_t) unit_random(), .src = unit_random(),
        .dst = unit_random(), .src_port = (uint16_t) unit_random(),
        .dst_port = (uint16_t) unit_random(), .id = (uint16_t) unit_random(),
        .fragment = (uint16_t) unit_random(),
        .body_size = unit_random() % 1400, .fill = (uint8_t) unit_random()
    };

    ref_put_ip(p, &ip);
}

/* Appends a frame of random bytes, not MPLS and not IP between zero MACs. */
static void
put_random_frame(struct ref_packet *p)
{
    uint8_t bytes[1500];
    size_t size = 14 + unit_random() % (sizeof bytes - 14);

    unit_random_bytes(bytes, size);
    bytes[0] |= 2;
    if (bytes[12] == 0x88 || (bytes[12] == 0x08 && !bytes[13])) {
        bytes[12] = 0;
    }
    ref_put(p, bytes, size);
}

static void
put_random_stack(struct ref_packet *p)
{
    for (int n = (int) (unit_random() % 6); n >= 0; n--) {
        ref_put_lse(p, 16 + unit_random() % 1000000,
                    (uint8_t) (unit_random() & 7), !n,
                    (uint8_t) (unit_random() % 255 + 1));
    }
    ref_put_fill(p, (uint8_t) unit_random(), unit_random() % 1400);
}

/* Sends '*in' through '*t' and receives it at a port with 'payload'; what
 * comes out must be the bytes from 'skip' on, of Ethertype 'type_out'. */
static void
round_trip(struct tunnel *t, const struct ref_packet *in, uint16_t type_in,
           size_t skip, uint16_t type_out, enum mplsudp_payload payload)
{
    static struct ref_packet wire;
    static struct tunnel_inner received;
    struct mplsudp_config config = t->config;

    tunnel_build(t);
    if (!unit_verdict("send", MPLSUDP_PASS,
                      tunnel_send(t, in, type_in, &wire))) {
        return;
    }
    unit_text("complaint", NULL, tunnel_complaint(t, &wire));

    config.payload = payload;
    config.zero_csum6_rx = true;
    memcpy(config.local_ip.bytes, t->params.outer.ip_dst, 16);
    if (!unit_verdict("receive", MPLSUDP_PASS,
                      tunnel_receive(&config, wire.bytes + 14,
                                     wire.size - 14, &received))) {
        return;
    }
    unit_number("type", type_out, received.inner.type);
    unit_number("size", in->size - skip, received.payload.size);
    unit_bytes("payload", in->bytes + skip, received.payload.bytes,
               received.payload.size);
    if (payload != MPLSUDP_PAYLOAD_MPLS) {
        unit_number("key", received_key(t), received.inner.key);
    }
}

static void
test_frames(void)
{
    unit_case("P-07 random frames");
    for (int i = 0; i < ROUNDS; i++) {
        static struct ref_packet in;
        struct tunnel t;

        random_tunnel(&t);
        t.config.payload = MPLSUDP_PAYLOAD_ETHERNET;
        in.size = 0;
        put_random_frame(&in);
        round_trip(&t, &in, TUNNEL_ETHERNET, 0, 0,
                   t.config.control_word && coin()
                   ? MPLSUDP_PAYLOAD_AUTO : MPLSUDP_PAYLOAD_ETHERNET);
        tunnel_destroy(&t);
    }
    unit_case("P-07 random IP in frames");
    for (int i = 0; i < ROUNDS; i++) {
        static struct ref_packet in;
        struct tunnel t;
        bool ipv6 = coin();

        random_tunnel(&t);
        t.config.payload = MPLSUDP_PAYLOAD_ETHERNET;
        in.size = 0;
        ref_put_ethernet(&in, 1, 2, ipv6 ? 0x86dd : 0x0800);
        put_random_ip(&in, ipv6 ? 6 : 4);
        round_trip(&t, &in, TUNNEL_ETHERNET, 0, 0, MPLSUDP_PAYLOAD_ETHERNET);
        tunnel_destroy(&t);
    }
}

static void
test_ip(void)
{
    unit_case("U-05 I-01 I-03 random IP packets");
    for (int i = 0; i < ROUNDS; i++) {
        static struct ref_packet in;
        struct tunnel t;
        bool ipv6 = coin(), ethernet = coin();
        uint16_t type = ipv6 ? 0x86dd : 0x0800;

        random_tunnel(&t);
        t.config.payload = unit_random() % 4;
        in.size = 0;
        if (ethernet) {
            ref_put_ethernet(&in, 0, 0, type);
        }
        put_random_ip(&in, ipv6 ? 6 : 4);
        round_trip(&t, &in, ethernet ? TUNNEL_ETHERNET : type,
                   ethernet ? 14 : 0, type,
                   coin() ? MPLSUDP_PAYLOAD_IP : MPLSUDP_PAYLOAD_AUTO);
        tunnel_destroy(&t);
    }
}

static void
test_mpls(void)
{
    unit_case("L-01 random MPLS packets");
    for (int i = 0; i < ROUNDS; i++) {
        static struct ref_packet in;
        struct tunnel t;
        bool ethernet = coin();

        random_tunnel(&t);
        t.config.payload = unit_random() % 4;
        in.size = 0;
        if (ethernet) {
            ref_put_ethernet(&in, 1, 2, 0x8847);
        }
        put_random_stack(&in);
        round_trip(&t, &in, ethernet ? TUNNEL_ETHERNET : 0x8847,
                   ethernet ? 14 : 0, 0x8847, MPLSUDP_PAYLOAD_MPLS);
        tunnel_destroy(&t);
    }
}

void
test_round_trip(void)
{
    test_frames();
    test_ip();
    test_mpls();
}
