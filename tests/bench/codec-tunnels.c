/* SPDX-License-Identifier: Apache-2.0
 *
 * codec-tunnels: benchmarks of packets into and out of tunnels over IPv4
 * (lib/mplsudp-encap.h, lib/mplsudp-decap.h), called by codec-bench.c.
 *
 * An operation is what the adapter to Open vSwitch asks of lib/ for a packet:
 * plan and header, or outer headers and decapsulation with every checksum
 * verified, for a source whose ports take any key.  Ports have the default
 * options but those that the name says.  A packet of payload "ip" is what is
 * in a frame of the size that the name says. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/reference.h"
#include "codec-bench.h"
#include "encap-lane.h"
#include "label-pop.h"
#include "mplsudp-decap.h"
#include "mplsudp-encap.h"

/* A port that sends, one that receives, and their packets. */
struct tunnel {
    struct mplsudp_config config;
    struct mplsudp_batch batch;
    struct mplsudp_receive receive;
    uint64_t key;
    uint8_t labels;             /* In all. */
    uint16_t type;              /* Of inner packets, 0 for Ethernet. */
    struct ring inner;
    struct ring wire;           /* From the outer Ethernet header on. */
    uint8_t template[MPLSUDP_TEMPLATE_MAX];
};

/* Decides about one packet as vport-mplsudp-transmit.c does. */
static inline enum mplsudp_drop
plan(struct mplsudp_batch *batch, const struct ring_packet *p, uint16_t type,
     struct mplsudp_encap *encap)
{
    return encap_lane_plan(batch, p->data, p->size, type, encap)
           ? MPLSUDP_PASS
           : mplsudp_encap_plan(batch, p->data, p->size, type, encap);
}

static uint64_t
run_encap(const void *tunnel, size_t n)
{
    const struct tunnel *t = tunnel;
    struct mplsudp_batch batch = t->batch;
    uint64_t result = 0;

    for (size_t i = 0; i < n; i++) {
        const struct ring_packet *p = ring_at(&t->inner, i);
        struct mplsudp_encap encap;

        if (plan(&batch, p, t->type, &encap)) {
            abort();            /* They were checked to pass. */
        }
        mplsudp_encap_write(&batch, &encap, p->data - encap.header_size);
        result += encap.hash;
        BENCH_BARRIER();
    }
    return result;
}

static uint64_t
run_decap(const void *tunnel, size_t n)
{
    const struct tunnel *t = tunnel;
    uint64_t result = 0;

    for (size_t i = 0; i < n; i++) {
        const struct ring_packet *p = ring_at(&t->wire, i);
        struct mplsudp_outer outer;
        struct mplsudp_inner inner;

        if (mplsudp_outer_read(t->config.type, p->data + ETHERNET_SIZE,
                               p->size - ETHERNET_SIZE, true, &outer)
            || mplsudp_decap(&outer, &t->receive, true, &inner)) {
            abort();
        }
        result += inner.key + inner.ofs;
        BENCH_BARRIER();
    }
    return result;
}

/* Writes the headers before '*inner' and stores where the packet with them is
 * in '*wire'. */
static const char *
encode(const struct tunnel *t, const struct ring_packet *inner,
       struct ring_packet *wire)
{
    struct mplsudp_batch batch = t->batch;
    struct mplsudp_encap encap;
    enum mplsudp_drop verdict = plan(&batch, inner, t->type, &encap);

    if (verdict) {
        return mplsudp_drop_text(verdict);
    }
    if (encap.skip || encap.payload_size != inner->size) {
        return "not all of the packet is sent";
    }
    wire->data = inner->data - encap.header_size;
    wire->size = encap.header_size + encap.payload_size;
    mplsudp_encap_write(&batch, &encap, wire->data);
    return ref_check_tunnel(wire->data + ETHERNET_SIZE,
                            wire->size - ETHERNET_SIZE,
                            mplsudp_types[t->config.type].protocol,
                            t->config.csum);
}

/* Pops the labels at 'body', of a stack too deep for a key. */
static enum mplsudp_drop
pop_labels(const struct tunnel *t, uint8_t *body, struct mplsudp_inner *inner)
{
    struct label_pop pop = {
        .count = t->labels,
        .payload = t->type ? MPLSUDP_PAYLOAD_IP : MPLSUDP_PAYLOAD_ETHERNET,
        .control_word = !t->type
    };
    struct label_exposed exposed;
    enum mplsudp_drop verdict = label_pop_read(&pop, body + inner->ofs,
                                               inner->size, &exposed);

    if (!verdict) {
        inner->type = exposed.type;
        inner->ofs += exposed.ofs;
        inner->size -= exposed.ofs;
    }
    return verdict;
}

/* Checks that '*wire' decodes to '*expected', again and again. */
static const char *
decode(const struct tunnel *t, const struct ring_packet *wire,
       const struct ring_packet *expected)
{
    static uint8_t copy[BENCH_PACKET_MAX];
    struct mplsudp_outer outer;
    struct mplsudp_inner inner;
    enum mplsudp_drop verdict;
    uint8_t *body;

    memcpy(copy, wire->data, wire->size);
    verdict = mplsudp_outer_read(t->config.type, copy + ETHERNET_SIZE,
                                 wire->size - ETHERNET_SIZE, true, &outer);
    if (!verdict) {
        verdict = mplsudp_decap(&outer, &t->receive, true, &inner);
    }
    body = copy + (verdict ? 0 : outer.ip.body - copy);
    if (!verdict && !inner.has_key) {
        inner.key = t->key;
        verdict = pop_labels(t, body, &inner);
    }
    if (verdict) {
        return mplsudp_drop_text(verdict);
    }
    if (memcmp(copy, wire->data, wire->size)) {
        return "decapsulation changed the packet";
    }
    return inner.size != expected->size || inner.type != t->type
           || memcmp(body + inner.ofs, expected->data, expected->size)
           ? "what was received is not what was sent"
           : inner.key != t->key ? "another key was received" : NULL;
}

static const char *
check_encap(const void *tunnel)
{
    const struct tunnel *t = tunnel;
    const char *complaint = NULL;

    for (size_t i = 0; i < BENCH_RING_SIZE && !complaint; i++) {
        const struct ring_packet *inner = ring_at(&t->inner, i);
        struct ring_packet wire;

        complaint = encode(t, inner, &wire);
        if (!complaint) {
            complaint = decode(t, &wire, inner);
        }
    }
    return complaint;
}

static const char *
check_decap(const void *tunnel)
{
    const struct tunnel *t = tunnel;
    const char *complaint = NULL;

    for (size_t i = 0; i < BENCH_RING_SIZE && !complaint; i++) {
        complaint = decode(t, ring_at(&t->wire, i), ring_at(&t->inner, i));
    }
    return complaint;
}

/* Has '*t' send 'n' labels: up to three are the key; above more, there are
 * transport labels and an entropy label pair. */
static void
set_labels(struct tunnel *t, unsigned int n)
{
    unsigned int key_n = n < LABEL_KEY_DEPTH ? n : LABEL_KEY_DEPTH;

    t->labels = (uint8_t) n;
    for (unsigned int i = 0; i < key_n; i++) {
        t->key = t->key << 20 | (0x12345 + i);
    }
    if (n > LABEL_KEY_DEPTH) {
        t->config.entropy_label = true;
        t->config.labels.n = n - LABEL_KEY_DEPTH - 2;
        for (unsigned int i = 0; i < t->config.labels.n; i++) {
            t->config.labels.labels[i] = 0x23456 + i;
        }
    }
}

static bool
build_template(struct tunnel *t)
{
    static const uint8_t src[OUTER_ADDRESS_SIZE]
        = { [10] = 0xff, 0xff, 192, 0, 2, 1 };
    static const uint8_t dst[OUTER_ADDRESS_SIZE]
        = { [10] = 0xff, 0xff, 192, 0, 2, 2 };
    struct mplsudp_template_params params = {
        .outer = { .eth_dst = { 2, 0, 0, 0, 0, 2 },
                   .eth_src = { 2, 0, 0, 0, 0, 1 },
                   .dont_fragment = true, .ttl = MPLSUDP_TTL_DEFAULT },
        .key = t->key, .mtu = UINT16_MAX
    };
    size_t size;

    memcpy(params.outer.ip_src, src, sizeof src);
    memcpy(params.outer.ip_dst, dst, sizeof dst);
    size = mplsudp_template_build(&t->config, &params, t->template);
    return mplsudp_batch_init(t->template, size, &t->batch);
}

/* What is measured. */
struct tunnel_case {
    enum mplsudp_type type;
    bool csum;
    enum mplsudp_payload payload;
    size_t size;                /* Bytes of the inner frame. */
    unsigned int labels;
};

static struct tunnel *
make_tunnel(const struct tunnel_case *c)
{
    struct tunnel *t = bench_alloc(sizeof *t);
    struct mplsudp_config receiver;

    mplsudp_config_init(&t->config, c->type);
    t->config.csum = c->csum;
    t->config.payload = c->payload;
    set_labels(t, c->labels);

    receiver = t->config;
    if (c->labels > LABEL_KEY_DEPTH) {
        receiver.payload = MPLSUDP_PAYLOAD_MPLS;
    }
    mplsudp_receive_init(&receiver, &t->receive);

    t->type = c->payload == MPLSUDP_PAYLOAD_IP ? ETHERTYPE_IPV4 : 0;
    ring_init_flows(&t->inner, t->type, c->size);
    return t;
}

static void
set_name(struct bench *bench, const char *operation,
         const struct tunnel_case *c)
{
    char labels[24] = "";

    if (c->labels > 1) {
        snprintf(labels, sizeof labels, " %u labels", c->labels);
    }
    snprintf(bench->name, sizeof bench->name, "%s %s %s %zu%s%s", operation,
             mplsudp_types[c->type].name, mplsudp_payload_name(c->payload),
             c->size, c->csum ? " csum" : "", labels);
}

static void
add_tunnel(const struct tunnel_case *c)
{
    struct bench encap = { .run = run_encap, .check = check_encap };
    struct bench decap = { .run = run_decap, .check = check_decap };
    struct tunnel *t = make_tunnel(c);

    set_name(&encap, "encap", c);
    set_name(&decap, "decap", c);
    if (!build_template(t)) {
        bench_fail(encap.name, "the template cannot be read");
    }
    ring_init(&t->wire, c->size + mplsudp_push_header_size(&t->batch.push));
    for (size_t i = 0; i < BENCH_RING_SIZE; i++) {
        struct ring_packet wire;
        const char *complaint = encode(t, ring_at(&t->inner, i), &wire);

        if (complaint) {
            bench_fail(encap.name, complaint);
        }
        memcpy(t->wire.packets[i].data, wire.data, wire.size);
        t->wire.packets[i].size = wire.size;
    }
    encap.work = decap.work = t;
    bench_add(&encap);
    if (t->receive.payload != MPLSUDP_PAYLOAD_MPLS) {
        bench_add(&decap);
    }
}

void
bench_add_tunnels(void)
{
    static const struct tunnel_case types[] = {
        { .type = MPLSUDP_TYPE_UDP, .csum = true },
        { .type = MPLSUDP_TYPE_UDP },
        { .type = MPLSUDP_TYPE_GRE },
        { .type = MPLSUDP_TYPE_IP },
    };
    static const enum mplsudp_payload payloads[] = {
        MPLSUDP_PAYLOAD_ETHERNET, MPLSUDP_PAYLOAD_IP
    };
    static const size_t sizes[] = { 64, 594, 1400 };
    static const unsigned int depths[] = { 3, MPLSUDP_STACK_DEPTH_MAX };

    for (size_t i = 0; i < 4 * 2; i++) {
        struct tunnel_case c = types[i / 2];

        c.payload = payloads[i % 2];
        c.labels = 1;
        for (size_t j = 0; j < 3; j++) {
            c.size = sizes[j];
            add_tunnel(&c);
        }
    }
    for (size_t i = 0; i < 2 * 2 * 2; i++) {
        struct tunnel_case c = types[i / 4];

        c.payload = payloads[i / 2 % 2];
        c.labels = depths[i % 2];
        c.size = sizes[0];
        add_tunnel(&c);
    }
}
