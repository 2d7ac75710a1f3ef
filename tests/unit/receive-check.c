/* SPDX-License-Identifier: Apache-2.0
 *
 * receive-check: see receive-check.h. */

#include "receive-check.h"

#include <stdlib.h>
#include <string.h>

#include "tunnel.h"
#include "unit.h"

enum { ETHERNET = 14, N_RANDOM = 300 };

const char *const receive_reasons[RECEIVE_N_REASONS] = {
    "none", "payload=mpls", "short packet",
    "outer options, extension header or fragment", "GRE flags, or 0x8848",
    "more stack entries than a key has", "entropy label",
    "neither IPv4 nor IPv6, or a VLAN tag",
    "options, extension header or fragment inside",
    "IP length inside", "a congestion mark to merge", "a TTL to lower"
};

unsigned int receive_n_same;

/* What mplsudp_decap() says of a packet. */
struct result {
    enum mplsudp_drop verdict;
    bool changed;               /* It wrote into the packet. */
    size_t ofs;                 /* Of the payload. */
    struct mplsudp_inner inner;
};

/* A packet that passes. */
struct sample {
    enum mplsudp_type type;
    struct mplsudp_receive receive;
    const uint8_t *packet;      /* From the outer Ethernet header on. */
    size_t size;
    struct result result;
    struct receive_layout layout;
    uint8_t mask[RECEIVE_HEAD_SIZE];
    size_t mask_size;           /* Bytes up to the last that is not zero. */
};

static void
decap(const struct sample *s, const uint8_t *packet, size_t size, bool verify,
      struct result *result)
{
    uint8_t *copy = unit_copy(packet, size);
    struct mplsudp_outer outer;

    memset(result, 0, sizeof *result);
    result->verdict = mplsudp_outer_read(s->type, copy + ETHERNET,
                                         size - ETHERNET, verify, &outer);
    if (!result->verdict) {
        result->verdict = mplsudp_decap(&outer, &s->receive, verify,
                                        &result->inner);
    }
    if (!result->verdict) {
        result->changed = memcmp(packet, copy, size) != 0;
        result->ofs = (size_t) (outer.ip.body + result->inner.ofs - copy);
    }
    free(copy);
}

/* Returns true if the IP header at 'ip' has nothing behind it, or in it, that
 * is looked at before what it carries. */
static bool
is_plain_ip(const uint8_t *ip, size_t size)
{
    static const uint8_t extensions[] = { 0, 43, 44, 51, 60 };

    if (ip[0] >> 4 == 4) {
        return ip[0] == 0x45 && !(ip[6] & 0x3f) && !ip[7];
    }
    return size >= 40 && ip[0] >> 4 == 6
           && !memchr(extensions, ip[6], sizeof extensions);
}

/* Returns true if the IP header at 'ip' is to get a lower TTL. */
static bool
ttl_changes(const struct sample *s, const uint8_t *ip)
{
    const uint8_t *outer = s->packet + ETHERNET;
    const uint8_t *stack = outer + (outer[0] >> 4 == 4 ? 20 : 40)
                           + tunnel_types[s->type].header_size;
    uint8_t ttl = stack[3], outer_ttl = outer[outer[0] >> 4 == 4 ? 8 : 7];

    if (s->receive.outer_ttl_down && outer_ttl < ttl) {
        ttl = outer_ttl;
    }
    return (s->result.inner.type ? s->receive.ip_ttl_down
                                 : s->receive.ethernet_ttl_down)
           && ip[ip[0] >> 4 == 4 ? 8 : 7] > ttl;
}

static uint8_t
ecn_of(const uint8_t *ip)
{
    return ip[0] >> 4 == 4 ? ip[1] & 3 : ip[1] >> 4 & 3;
}

static enum receive_reason
why_not_ip(const struct sample *s, size_t ip_ofs)
{
    const uint8_t *ip = s->packet + ip_ofs;
    size_t size = s->result.ofs + s->result.inner.size - ip_ofs;
    size_t least = ip[0] >> 4 == 4 ? 20 : 40;
    size_t length = ip[0] >> 4 == 4 ? (size_t) (ip[2] << 8 | ip[3])
                                    : 40 + (size_t) (ip[4] << 8 | ip[5]);

    if (size < least || !is_plain_ip(ip, size)) {
        return RECEIVE_INNER_IP;
    }
    if (length < least || length > size) {
        return RECEIVE_INNER_LENGTH;
    }
    if (ecn_of(s->packet + ETHERNET)
        && ecn_of(s->packet + ETHERNET) != ecn_of(ip)) {
        return RECEIVE_ECN;
    }
    return ttl_changes(s, ip) ? RECEIVE_TTL : RECEIVE_NONE;
}

/* Returns the reason why 's->packet' may have no layout. */
static enum receive_reason
why_not(const struct sample *s)
{
    const struct mplsudp_receive *receive = &s->receive;
    const uint8_t *outer = s->packet + ETHERNET, *stack;
    size_t header_size = outer[0] >> 4 == 4 ? 20 : 40;
    size_t size = s->size - ETHERNET, n = 0, ip_ofs;
    uint16_t type;

    if (receive->payload == MPLSUDP_PAYLOAD_MPLS) {
        return RECEIVE_STACK_STAYS;
    }
    if (s->size < 64 || s->result.inner.size < 18) {
        return RECEIVE_SHORT;
    }
    if (!is_plain_ip(outer, size)) {
        return RECEIVE_OUTER_IP;
    }
    stack = outer + header_size + tunnel_types[s->type].header_size;
    if (s->type == MPLSUDP_TYPE_GRE && memcmp(stack - 4, "\0\0\x88\x47", 4)) {
        return RECEIVE_GRE;
    }
    do {
        if (!stack[n] && !stack[n + 1] && stack[n + 2] >> 4 == 7) {
            return RECEIVE_ENTROPY_LABEL;
        }
        n += 4;
    } while (!(stack[n - 2] & 1));
    if (n > 12) {
        return RECEIVE_DEPTH;
    }
    ip_ofs = s->result.ofs + (s->result.inner.type ? 0 : ETHERNET);
    type = s->result.inner.type ? s->result.inner.type
                                : (uint16_t) (s->packet[ip_ofs - 2] << 8
                                              | s->packet[ip_ofs - 1]);
    if (type != (s->packet[ip_ofs] >> 4 == 4 ? 0x0800
                 : s->packet[ip_ofs] >> 4 == 6 ? 0x86dd : 0)) {
        return RECEIVE_NOT_IP;
    }
    return why_not_ip(s, ip_ofs);
}

/* Returns true if the 'size' bytes at 'packet' have the bits of '*s' under
 * 'mask'. */
static bool
has_bits(const struct sample *s, const uint8_t mask[RECEIVE_HEAD_SIZE],
         const uint8_t *packet, size_t size)
{
    for (size_t i = 0; i < RECEIVE_HEAD_SIZE; i++) {
        if (mask[i]
            && (i >= size || (packet[i] ^ s->packet[i]) & mask[i])) {
            return false;
        }
    }
    return true;
}

/* Checks a packet that is like 's->packet' but for some bytes.  'verify' is
 * false if its sums are known to be good. */
static void
test_other(const struct sample *s, const uint8_t *other, size_t size,
           bool verify)
{
    const struct receive_layout *layout = &s->layout;
    uint8_t *packet = unit_copy(other, size);
    struct receive_extent extent;
    struct result result;

    if (has_bits(s, s->mask, packet, size)
        && receive_layout_check(layout, packet, size, &extent)
        && receive_layout_sums_ok(layout, packet, &extent, verify, verify)) {
        receive_n_same++;
        decap(s, packet, size, verify, &result);
        if (unit_verdict("other", MPLSUDP_PASS, result.verdict)) {
            unit_true("other stays as it was", !result.changed);
            unit_number("other's offset", layout->payload_ofs, result.ofs);
            unit_number("other's size", extent.size, result.inner.size);
            unit_number("other's type", layout->inner_type,
                        result.inner.type);
            unit_number("other's key", layout->key, result.inner.key);
        }
    }
    free(packet);
}

/* A packet with the bits of a peer comes from and goes to the same. */
static void
test_outer(const struct sample *s, const uint8_t *packet, size_t size)
{
    uint8_t mask[RECEIVE_HEAD_SIZE] = { 0 };
    struct mplsudp_outer a, b;

    receive_layout_mask_outer(&s->layout, mask);
    for (size_t i = s->layout.ipv6 ? 64 : 40; i < sizeof mask; i++) {
        unit_number("mask behind the outer headers", 0, mask[i]);
    }
    if (has_bits(s, mask, packet, size)
        && !mplsudp_outer_read(s->type, packet + ETHERNET, size - ETHERNET,
                               false, &b)) {
        mplsudp_outer_read(s->type, s->packet + ETHERNET, s->size - ETHERNET,
                           false, &a);
        unit_bytes("source", a.ip.src, b.ip.src, sizeof a.ip.src);
        unit_bytes("destination", a.ip.dst, b.ip.dst, sizeof a.ip.dst);
        unit_number("port", a.udp.dst_port, b.udp.dst_port);
        unit_true("whole", !b.ip.is_fragment);
    }
}

/* Cuts the packet at each byte. */
static void
test_cut(const struct sample *s)
{
    for (size_t n = s->mask_size; n <= s->size; n++) {
        test_other(s, s->packet, n, true);
        test_other(s, s->packet, n, false);
    }
}

/* A change of one bit is seen by the sum that covers it. */
static void
test_sums(const struct sample *s, const uint8_t *packet, size_t changed)
{
    const struct receive_layout *layout = &s->layout;
    struct receive_extent extent = { .size = s->result.inner.size };
    size_t udp_end = s->result.ofs + extent.size;

    if (!layout->ipv6 && changed >= ETHERNET && changed < layout->body_ofs) {
        unit_true("IP checksum is seen to be wrong",
                  !receive_layout_sums_ok(layout, packet, &extent, true,
                                          false));
    }
    if (layout->has_sum && changed >= layout->body_ofs && changed < udp_end) {
        unit_true("UDP checksum is seen to be wrong",
                  !receive_layout_sums_ok(layout, packet, &extent, false,
                                          true));
    }
    unit_true("sums are known to be good",
              receive_layout_sums_ok(layout, packet, &extent, false, false));
}

/* Changes each bit of the headers, and some bytes at random. */
static void
test_changes(const struct sample *s)
{
    uint8_t *packet = unit_copy(s->packet, s->size);
    size_t head = s->size < RECEIVE_HEAD_SIZE ? s->size : RECEIVE_HEAD_SIZE;

    for (size_t i = 0; i < head * 8; i++) {
        packet[i / 8] ^= (uint8_t) (1 << i % 8);
        test_other(s, packet, s->size, true);
        test_other(s, packet, s->size, false);
        test_outer(s, packet, s->size);
        test_sums(s, packet, i / 8);
        packet[i / 8] ^= (uint8_t) (1 << i % 8);
    }
    for (int i = 0; i < N_RANDOM; i++) {
        memcpy(packet, s->packet, s->size);
        for (uint32_t n = unit_random() % 4 + 1; n > 0; n--) {
            size_t ofs = unit_random() % head;

            packet[ofs] = (uint8_t) unit_random()
                          & (ofs < s->mask_size ? ~s->mask[ofs] : 0xff);
            packet[ofs] |= s->packet[ofs]
                           & (ofs < s->mask_size ? s->mask[ofs] : 0);
        }
        test_other(s, packet, s->size, false);
        test_outer(s, packet, s->size);
    }
    free(packet);
}

/* The layout says what mplsudp_decap() said. */
static void
test_agrees(struct sample *s)
{
    const struct receive_layout *layout = &s->layout;
    const uint8_t *ip = s->packet + layout->l3_ofs;
    bool ipv4 = layout->inner_version == 4;
    size_t ip_size = ipv4 ? (size_t) (ip[2] << 8 | ip[3])
                          : 40 + (size_t) (ip[4] << 8 | ip[5]);
    size_t end = s->result.ofs + s->result.inner.size;
    struct receive_extent extent;

    unit_number("type of tunnel", s->type, layout->type);
    unit_number("payload offset", s->result.ofs, layout->payload_ofs);
    unit_number("type", s->result.inner.type, layout->inner_type);
    unit_number("key", s->result.inner.key, layout->key);
    unit_number("version", ip[0] >> 4, layout->inner_version);
    unit_number("l3", s->result.ofs + (layout->inner_type ? 0 : ETHERNET),
                layout->l3_ofs);
    unit_number("l4", layout->l3_ofs + (ipv4 ? 20u : 40u), layout->l4_ofs);
    unit_number("l4 protocol", 0, layout->l4_protocol);
    unit_true("not changed", !s->result.changed);
    if (unit_true("check", receive_layout_check(layout, s->packet, s->size,
                                                &extent))) {
        unit_number("size", s->result.inner.size, extent.size);
        unit_number("padding", end - layout->l3_ofs - ip_size,
                    extent.l2_pad_size);
        unit_true("sums", receive_layout_sums_ok(layout, s->packet, &extent,
                                                 true, true));
    }
    receive_layout_mask(layout, s->mask);
    if (!layout->inner_type) {
        unit_number("Ethertype inside is looked at", 0xffff,
                    (uint64_t) (s->mask[layout->l3_ofs - 2] << 8
                                | s->mask[layout->l3_ofs - 1]));
    }
    for (size_t i = 0; i < RECEIVE_HEAD_SIZE; i++) {
        s->mask_size = s->mask[i] ? i + 1 : s->mask_size;
    }
}

enum receive_reason
receive_check(const struct mplsudp_config *config, const uint8_t *packet,
              size_t size)
{
    struct sample s = { .type = config->type, .size = size };
    enum receive_reason reason = RECEIVE_N_REASONS;
    uint8_t *copy = unit_copy(packet, size);

    s.packet = copy;
    mplsudp_receive_init(config, &s.receive);
    decap(&s, copy, size, true, &s.result);
    if (!s.result.verdict) {
        bool found = receive_layout_find(s.type, &s.receive, packet, size,
                                         &s.layout);

        reason = why_not(&s);
        unit_text("why there is no layout", receive_reasons[reason],
                  found ? receive_reasons[RECEIVE_NONE]
                  : reason ? receive_reasons[reason] : "no layout is found");
        if (found && !reason) {
            test_agrees(&s);
            test_cut(&s);
            test_changes(&s);
        }
    }
    free(copy);
    return reason;
}
