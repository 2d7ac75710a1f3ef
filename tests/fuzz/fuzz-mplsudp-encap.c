/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-mplsudp-encap: sends packets and receives what was sent
 * (lib/mplsudp-encap.h, lib/mplsudp-decap.h).
 *
 * Input: a key, options and the kind of packet, HEADER_SIZE bytes, then the
 * packet. */

#include "mplsudp-encap.h"

#include "encap-lane.h"
#include "fuzz.h"
#include "mplsudp-decap.h"
#include "wire.h"

enum { HEADER_SIZE = 16 };

static void
read_options(const uint8_t *data, struct mplsudp_config *config,
             struct mplsudp_template_params *params)
{
    mplsudp_config_init(config, (data[14] >> 3) % MPLSUDP_N_TYPES);
    config->payload = data[8] & 3;
    config->control_word = data[8] & 4;
    config->csum = data[8] & 8;
    config->entropy = data[8] & 16;
    config->tos = data[8] & 32 ? MPLSUDP_INHERIT : data[9] & 0xfc;
    config->ttl = data[8] & 64 ? MPLSUDP_INHERIT : 64;
    config->label_tc = data[8] & 128 ? MPLSUDP_INHERIT : data[9] & 7;
    config->label_ttl = data[10] ? data[10]
                        : data[11] & 1 ? MPLSUDP_INHERIT : MPLSUDP_DEFAULT;

    config->labels.n = data[15] & 7;
    for (uint32_t i = 0; i < config->labels.n; i++) {
        config->labels.labels[i] = 16 + data[15] * (i + 1);
    }
    config->entropy_label = data[15] & 8;

    memset(params, 0, sizeof *params);
    params->key = (uint64_t) wire_get32(data) << 32 | wire_get32(data + 4);
    params->outer.ipv6 = data[11] & 2;
    params->outer.dont_fragment = data[11] & 4;
    params->outer.ttl = 64;
    params->outer.tos = (uint8_t) (config->tos < 0 ? 0 : config->tos);
    if (params->outer.ipv6) {
        memset(params->outer.ip_src, 0x20, 3);
        memset(params->outer.ip_dst, 0x20, 4);
    } else {
        memset(params->outer.ip_src + 10, 0xff, 2);
        memset(params->outer.ip_dst + 10, 0xff, 3);
    }
    params->mtu = data[11] & 8 ? UINT16_MAX : wire_get16(data + 12);
    params->fixed_src_port = 50000;
}

/* Receives the 'size' bytes at 'ip', which '*encap' put before 'payload', as
 * what they were sent as: by a stack of their own, as a frame, or as IP. */
static void
check_received(const uint8_t *ip, size_t size, bool frame,
               const struct mplsudp_push *push,
               const struct mplsudp_encap *encap, const uint8_t *payload)
{
    bool own_stack = encap->header_size == push->outer_size;
    uint8_t *copy = fuzz_copy(ip, size);
    struct mplsudp_receive receive = { .zero_csum6_rx = true };
    size_t n_labels;
    struct mplsudp_outer outer;
    struct mplsudp_inner inner;
    enum mplsudp_drop verdict;

    FUZZ_CHECK(mplsudp_outer_read(push->type, copy, size, true, &outer)
               == MPLSUDP_PASS);
    FUZZ_CHECK(push->type != MPLSUDP_TYPE_UDP
               || outer.ip.body_size == outer.udp.size);
    FUZZ_CHECK(outer.ip.body + outer.ip.body_size == copy + size);
    FUZZ_CHECK(copy[outer.ip.ipv6 ? 7 : 8]);        /* TTL. */
    memcpy(receive.local, outer.ip.dst, sizeof receive.local);
    receive.control_word = push->flags & MPLSUDP_PUSH_CONTROL_WORD;
    receive.payload = own_stack ? MPLSUDP_PAYLOAD_MPLS
                      : frame ? MPLSUDP_PAYLOAD_ETHERNET
                      : MPLSUDP_PAYLOAD_IP;
    verdict = mplsudp_decap(&outer, &receive, true, &inner);
    n_labels = push->stack_size / LSE_SIZE;
    if (push->flags & MPLSUDP_PUSH_ENTROPY_LABEL) {
        n_labels -= 2;
    }
    if (!own_stack && n_labels > LABEL_KEY_DEPTH) {
        FUZZ_CHECK(verdict == MPLSUDP_DROP_STACK_DEPTH);
    } else if (own_stack) {
        /* The stack is the packet's own and may be anything; of an entropy
         * label pair on top, only its own TTL is looked at when it is sent. */
        FUZZ_CHECK(verdict == MPLSUDP_PASS
                   || verdict == MPLSUDP_DROP_STACK_TRUNCATED
                   || verdict == MPLSUDP_DROP_SPECIAL_LABEL
                   || (verdict == MPLSUDP_DROP_TTL_EXPIRED
                       && lse_label(wire_get32(payload))
                          == LABEL_ENTROPY_INDICATOR));
    } else {
        FUZZ_CHECK(verdict == MPLSUDP_PASS);
        FUZZ_CHECK(inner.size == encap->payload_size);
        FUZZ_CHECK(!memcmp(outer.ip.body + inner.ofs, payload, inner.size));
    }
    free(copy);
}

static void
send_packet(struct mplsudp_batch *batch, const uint8_t *packet,
            size_t size, uint16_t type)
{
    const struct mplsudp_push *push = &batch->push;
    struct mplsudp_encap encap, lane;
    uint8_t *out;
    size_t total;
    bool in_lane = encap_lane_plan(batch, packet, size, type, &lane);

    if (mplsudp_encap_plan(batch, packet, size, type, &encap)) {
        FUZZ_CHECK(!in_lane);
        return;
    }
    FUZZ_CHECK(!in_lane || (lane.skip == encap.skip
                            && lane.payload_size == encap.payload_size
                            && lane.header_size == encap.header_size
                            && lane.hash == encap.hash));
    FUZZ_CHECK(encap.skip + encap.payload_size <= size);
    total = encap.header_size + encap.payload_size;
    FUZZ_CHECK(total - ETHERNET_SIZE <= push->mtu);
    out = malloc(total);
    memset(out, 0xcc, encap.header_size);
    memcpy(out + encap.header_size, packet + encap.skip, encap.payload_size);
    mplsudp_encap_write(batch, &encap, out);
    FUZZ_CHECK(!memcmp(out + encap.header_size, packet + encap.skip,
                       encap.payload_size));
    check_received(out + ETHERNET_SIZE, total - ETHERNET_SIZE,
                   !type && !encap.skip, push, &encap, packet + encap.skip);
    free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t types[] = {
        0, ETHERTYPE_MPLS, ETHERTYPE_IPV4, ETHERTYPE_IPV6,
        ETHERTYPE_MPLS_UPSTREAM, ETHERTYPE_ARP, 0, 0
    };
    struct mplsudp_template_params params;
    uint8_t built[MPLSUDP_TEMPLATE_MAX];
    uint8_t *template, *packet;
    struct mplsudp_config config;
    struct mplsudp_batch batch;
    size_t template_size;

    if (size < HEADER_SIZE) {
        return 0;
    }
    read_options(data, &config, &params);
    template_size = mplsudp_template_build(&config, &params, built);
    FUZZ_CHECK(template_size <= sizeof built);
    template = fuzz_copy(built, template_size);
    FUZZ_CHECK(mplsudp_batch_init(template, template_size, &batch));

    packet = fuzz_copy(data + HEADER_SIZE, size - HEADER_SIZE);
    send_packet(&batch, packet, size - HEADER_SIZE, types[data[14] & 7]);
    free(packet);
    free(template);
    return 0;
}
