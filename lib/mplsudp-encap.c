/* SPDX-License-Identifier: Apache-2.0 */

#include "mplsudp-encap.h"

#include <string.h>

#include "label-entropy.h"
#include "stack-body.h"
#include "wire.h"

static bool
is_mpls(uint16_t type)
{
    return type == ETHERTYPE_MPLS || type == ETHERTYPE_MPLS_UPSTREAM;
}

static bool
is_ip(const struct inner_packet *inner, uint8_t payload)
{
    return (inner->outer_type == ETHERTYPE_IPV4
            || inner->outer_type == ETHERTYPE_IPV6)
           && (!inner->has_ethernet || payload == MPLSUDP_PAYLOAD_IP
               || inner_macs_zero(inner->data));
}

/* A packet that is MPLS already: its own stack goes out, if it is one.  ECN
 * is that of the IP header below; if there is none, the far end could not
 * merge a mark either. */
static enum mplsudp_drop
plan_mpls(struct mplsudp_batch *batch, const struct inner_packet *inner,
          struct mplsudp_encap *encap)
{
    const struct mplsudp_push *push = &batch->push;
    const uint8_t *stack = inner->data + inner->l3_ofs;
    struct stack_memo *memo = &batch->memo;
    struct inner_packet below;
    enum mplsudp_drop verdict;
    uint32_t lse;
    bool known;

    encap->skip = inner->l3_ofs;
    encap->payload_size = inner->size - inner->l3_ofs;
    encap->header_size = push->outer_size;
    verdict = stack_memo_read(memo, stack, encap->payload_size,
                              push->entropy);
    if (verdict) {
        return verdict;
    }
    lse = wire_get32(stack);
    if (push->flags & MPLSUDP_PUSH_TTL_INHERIT) {
        encap->ttl = lse_ttl(lse);
    }
    if (push->flags & MPLSUDP_PUSH_TOS_INHERIT) {
        encap->tos = (uint8_t) (lse_tc(lse) << 5);
    }
    known = stack_body_read(stack + memo->size,
                            encap->payload_size - memo->size, &below);
    if (known && below.ip_version) {
        encap->tos |= inner_ip_tos(below.data + below.l3_ofs,
                                   below.ip_version) & ECN_MASK;
    }
    encap->hash = label_entropy_below(memo->hash, memo->size,
                                      known ? &below : NULL);
    return MPLSUDP_PASS;
}

/* Takes over from the inner IP header, if there is one, what the port
 * inherits.  ECN is always copied: RFC 6040 section 4.1. */
static inline void
inherit_from_ip(uint16_t flags, const struct inner_packet *inner,
                bool ttl_to_labels, struct mplsudp_encap *encap)
{
    const uint8_t *ip = inner->data + inner->l3_ofs;
    uint8_t tos, ttl;

    if (!inner->ip_version) {
        return;
    }
    tos = inner_ip_tos(ip, inner->ip_version);
    ttl = inner_ip_ttl(ip, inner->ip_version);
    if (flags & MPLSUDP_PUSH_TOS_INHERIT) {
        encap->tos = tos;
    } else {
        encap->tos |= tos & ECN_MASK;
    }
    if (flags & MPLSUDP_PUSH_TTL_INHERIT) {
        encap->ttl = ttl;
    }
    if (flags & MPLSUDP_PUSH_LABEL_TC_INHERIT) {
        encap->label_tc = tos >> 5;
        encap->label_inherits = true;
    }
    if (ttl_to_labels) {
        encap->label_ttl = ttl;
        encap->label_inherits = true;
    }
}

/* An IP packet below the template's stack.  Ethernet padding is cut off. */
static inline enum mplsudp_drop
plan_ip(const struct mplsudp_batch *batch, const struct inner_packet *inner,
        struct mplsudp_encap *encap)
{
    const struct mplsudp_push *push = &batch->push;
    const uint8_t *ip = inner->data + inner->l3_ofs;
    size_t size = inner->size - inner->l3_ofs;

    if (push->key_verdict != MPLSUDP_PASS) {
        return push->key_verdict;
    }
    if (!inner->ip_version) {
        return MPLSUDP_DROP_INNER_TRUNCATED;
    }
    encap->payload_size = inner_ip_size(ip, inner->ip_version, size);
    if (encap->payload_size > size
        || !inner_ip_version(ip, encap->payload_size)) {
        return MPLSUDP_DROP_INNER_TRUNCATED;
    }
    if (!inner_ip_ttl(ip, inner->ip_version)) {
        return MPLSUDP_DROP_TTL_EXPIRED;
    }
    inherit_from_ip(push->flags, inner,
                    push->flags & MPLSUDP_PUSH_IP_TTL_INHERIT, encap);
    encap->skip = inner->l3_ofs;
    encap->header_size = batch->ip_header_size;
    return MPLSUDP_PASS;
}

/* An Ethernet frame below the template's stack and control word.  MAC control
 * frames are for the link that they are on (RFC 4448 section 4.4.5). */
static inline enum mplsudp_drop
plan_ethernet(const struct mplsudp_batch *batch,
              const struct inner_packet *inner, struct mplsudp_encap *encap)
{
    const struct mplsudp_push *push = &batch->push;

    if (!inner->has_ethernet || push->payload == MPLSUDP_PAYLOAD_MPLS
        || push->payload == MPLSUDP_PAYLOAD_IP
        || inner->outer_type == ETHERTYPE_MAC_CONTROL) {
        return MPLSUDP_DROP_PAYLOAD;
    }
    if (push->key_verdict != MPLSUDP_PASS) {
        return push->key_verdict;
    }
    inherit_from_ip(push->flags, inner,
                    push->flags & MPLSUDP_PUSH_ETH_TTL_INHERIT, encap);
    if (!encap->ttl || (encap->label_inherits && !encap->label_ttl)) {
        return MPLSUDP_DROP_TTL_EXPIRED;
    }
    encap->skip = 0;
    encap->payload_size = inner->size;
    encap->header_size = batch->frame_header_size;
    return MPLSUDP_PASS;
}

enum mplsudp_drop
mplsudp_encap_plan(struct mplsudp_batch *batch, const uint8_t *packet,
                   size_t size, uint16_t type, struct mplsudp_encap *encap)
{
    const struct mplsudp_push *push = &batch->push;
    struct inner_packet inner;
    enum mplsudp_drop verdict;

    if (!inner_packet_read(packet, size, type, &inner)) {
        return MPLSUDP_DROP_INNER_TRUNCATED;
    }
    encap->tos = batch->tos;
    encap->ttl = batch->ttl;
    encap->label_tc = batch->label_tc;
    encap->label_ttl = batch->label_ttl;
    encap->label_inherits = false;
    if (is_mpls(inner.outer_type)) {
        verdict = plan_mpls(batch, &inner, encap);
    } else {
        verdict = is_ip(&inner, push->payload)
                  ? plan_ip(batch, &inner, encap)
                  : plan_ethernet(batch, &inner, encap);
        encap->hash = push->flags & (MPLSUDP_PUSH_ENTROPY
                                     | MPLSUDP_PUSH_ENTROPY_LABEL)
                      ? label_entropy_hash(&inner, push->entropy) : 0;
    }
    if (verdict != MPLSUDP_PASS) {
        return verdict;
    }
    return encap->header_size - ETHERNET_SIZE + encap->payload_size
           > push->mtu
           ? MPLSUDP_DROP_TOO_BIG               /* RFC 4023 section 5.1. */
           : MPLSUDP_PASS;
}

/* Returns the lane of packets by a template that takes over no more than
 * encap-lane.h does. */
static enum mplsudp_lane
find_lane(const struct mplsudp_batch *batch)
{
    const struct mplsudp_push *push = &batch->push;

    if (push->key_verdict != MPLSUDP_PASS || !batch->ttl
        || push->flags & (MPLSUDP_PUSH_TOS_INHERIT | MPLSUDP_PUSH_TTL_INHERIT
                          | MPLSUDP_PUSH_LABEL_TC_INHERIT)) {
        return MPLSUDP_LANE_NONE;
    }
    if (push->payload == MPLSUDP_PAYLOAD_IP) {
        return MPLSUDP_LANE_IP;
    }
    return push->payload != MPLSUDP_PAYLOAD_MPLS
           && !(push->flags & MPLSUDP_PUSH_ETH_TTL_INHERIT)
           ? MPLSUDP_LANE_FRAME : MPLSUDP_LANE_NONE;
}

bool
mplsudp_batch_init(const uint8_t *template, size_t size,
                   struct mplsudp_batch *batch)
{
    const uint8_t *ip = template + ETHERNET_SIZE;
    struct mplsudp_push *push = &batch->push;
    const uint8_t *stack;
    uint32_t lse;
    bool ipv6;

    if (!mplsudp_template_push(template, size, push)) {
        return false;
    }
    ipv6 = push->flags & MPLSUDP_PUSH_IPV6;
    stack = template + push->outer_size;
    lse = push->stack_size ? wire_get32(stack) : 0;
    batch->template = template;
    batch->frame_header_size = mplsudp_push_header_size(push);
    batch->ip_header_size = (size_t) push->outer_size + push->stack_size;
    batch->udp_sum = outer_pseudo_sum(ip, ipv6, 0);
    if (push->type == MPLSUDP_TYPE_UDP) {
        batch->udp_sum += inet_sum_add_header(0, stack - OUTER_UDP_SIZE,
                                              OUTER_UDP_SIZE);
    }
    batch->stack_sum = inet_sum_add_header(0, stack, push->stack_size);
    batch->ipv4_sum = ipv6 ? 0 : outer_ipv4_sum(ip);
    batch->l4_ofs = ETHERNET_SIZE + (ipv6 ? IPV6_SIZE : IPV4_SIZE);
    batch->tos = inner_ip_tos(ip, ipv6 ? 6 : 4);
    batch->ttl = inner_ip_ttl(ip, ipv6 ? 6 : 4);
    batch->label_tc = lse_tc(lse);
    batch->label_ttl = lse_ttl(lse);
    batch->lane = find_lane(batch);
    stack_memo_init(&batch->memo);
    return true;
}

/* Copies a header of 'size' bytes in steps of constant size, which overlap:
 * memcpy() of a variable size would be a call. */
static inline void
copy_header(uint8_t *to, const uint8_t *from, size_t size)
{
    _Static_assert(ETHERNET_SIZE + IPV4_SIZE >= 32
                   && MPLSUDP_HEADER_MAX <= 128, "header size");

    if (size <= 64) {
        memcpy(to, from, 32);
        memcpy(to + size - 32, from + size - 32, 32);
    } else {
        memcpy(to, from, 64);
        memcpy(to + size - 64, from + size - 64, 64);
    }
}

/* Writes to 'out' the template's label stack with what this packet puts into
 * it.  An entropy label's TC and TTL stay 0 (RFC 6790 section 4.2).  Returns
 * the sum of the stack. */
static uint64_t
write_labels(const struct mplsudp_batch *batch,
            const struct mplsudp_encap *encap, uint8_t *out)
{
    const struct mplsudp_push *push = &batch->push;
    const uint8_t *stack = batch->template + push->outer_size;

    for (size_t ofs = 0; ofs < push->stack_size; ofs += LSE_SIZE) {
        uint32_t lse = wire_get32(stack + ofs);

        if (ofs == MPLSUDP_ENTROPY_LABEL_OFS
            && push->flags & MPLSUDP_PUSH_ENTROPY_LABEL) {
            lse = lse_make(label_entropy_label(encap->hash), 0,
                           lse_bottom(lse), 0);
        } else if (encap->label_inherits) {
            lse = lse_make(lse_label(lse), encap->label_tc, lse_bottom(lse),
                           encap->label_ttl);
        }
        wire_put32(out + ofs, lse);
    }
    return inet_sum_add_header(0, out, push->stack_size);
}

/* Completes the UDP header at 'udp', of a datagram whose stack sums up to
 * 'stack_sum'.
 *
 * The payload is summed even if it holds a TCP or UDP checksum that a NIC
 * found right, from which its sum would follow.  That mark does not say which
 * header it is about, and Open vSwitch 3.1 keeps it when pop_nsh() leaves an
 * inner one: then a right packet would go out with a wrong sum. */
static inline void
finish_udp(const struct mplsudp_batch *batch,
           const struct mplsudp_encap *encap, uint64_t stack_sum, uint8_t *udp)
{
    const struct mplsudp_push *push = &batch->push;
    uint16_t src_port = push->flags & MPLSUDP_PUSH_ENTROPY
                        ? label_entropy_port(encap->hash)
                        : (uint16_t) push->entropy;
    size_t rest = encap->header_size - push->outer_size;
    uint16_t size = (uint16_t) (OUTER_UDP_SIZE + rest + encap->payload_size);

    wire_put16(udp, src_port);
    wire_put16(udp + 4, size);
    if (push->flags & MPLSUDP_PUSH_CSUM) {
        uint64_t sum = batch->udp_sum + stack_sum + inet_sum_word(src_port)
                       + UINT64_C(2) * inet_sum_word(size);

        outer_udp_sum_write(udp, inet_sum_add(sum, udp + OUTER_UDP_SIZE + rest,
                                              encap->payload_size));
    }
}

void
mplsudp_encap_write(const struct mplsudp_batch *batch,
                    const struct mplsudp_encap *encap, uint8_t *packet)
{
    const struct mplsudp_push *push = &batch->push;
    struct outer_ip_patch patch = {
        .tos = encap->tos,
        .ttl = encap->ttl,
        .size = (uint16_t) (encap->header_size - ETHERNET_SIZE
                            + encap->payload_size),
    };
    uint8_t *ip = packet + ETHERNET_SIZE;
    uint8_t *stack = packet + push->outer_size;
    uint64_t stack_sum = 0;

    copy_header(packet, batch->template, encap->header_size);
    if (encap->header_size > push->outer_size) {
        stack_sum = encap->label_inherits
                    || push->flags & MPLSUDP_PUSH_ENTROPY_LABEL
                    ? write_labels(batch, encap, stack) : batch->stack_sum;
    }
    if (push->flags & MPLSUDP_PUSH_IPV6) {
        patch.flow_label = push->flags & MPLSUDP_PUSH_ENTROPY
                           ? label_entropy_flow_label(encap->hash) : 0;
        outer_ipv6_finish(ip, &patch);
    } else {
        outer_ipv4_finish(ip, batch->ipv4_sum, &patch);
    }
    if (push->type == MPLSUDP_TYPE_UDP) {
        finish_udp(batch, encap, stack_sum, stack - OUTER_UDP_SIZE);
    }
}
