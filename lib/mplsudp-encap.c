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
macs_are_zero(const uint8_t *frame)
{
    return !(wire_get32(frame) | wire_get32(frame + 4)
             | wire_get32(frame + 8));
}

static bool
is_ip(const struct inner_packet *inner, uint8_t payload)
{
    return (inner->outer_type == ETHERTYPE_IPV4
            || inner->outer_type == ETHERTYPE_IPV6)
           && (!inner->has_ethernet || payload == MPLSUDP_PAYLOAD_IP
               || macs_are_zero(inner->data));
}

/* Returns the ECN bits of the IP header below the label stack that starts the
 * 'size' bytes at 'stack'; zero, which is Not-ECT, if there is none: then the
 * far end could not merge a mark either. */
static uint8_t
ecn_below_stack(const uint8_t *stack, size_t size)
{
    uint8_t version;
    size_t ofs = stack_body_ip(stack, size, &version);

    return ofs ? inner_ip_tos(stack + ofs, version) & ECN_MASK : 0;
}

/* A packet that is MPLS already: its own stack goes out, if it is one. */
static enum mplsudp_drop
plan_mpls(const struct mplsudp_push *push, const struct inner_packet *inner,
          struct mplsudp_encap *encap)
{
    const uint8_t *stack = inner->data + inner->l3_ofs;
    enum mplsudp_drop verdict;
    size_t skip;
    uint32_t lse;

    encap->skip = inner->l3_ofs;
    encap->payload_size = inner->size - inner->l3_ofs;
    encap->header_size = push->outer_size;
    verdict = label_stack_check(stack, encap->payload_size, &skip);
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
    encap->tos |= ecn_below_stack(stack, encap->payload_size);
    return MPLSUDP_PASS;
}

/* Takes over from the inner IP header, if there is one, what the port
 * inherits.  ECN is always copied: RFC 6040 section 4.1. */
static void
inherit_from_ip(const struct mplsudp_push *push,
                const struct inner_packet *inner, bool ttl_to_labels,
                struct mplsudp_encap *encap)
{
    const uint8_t *ip = inner->data + inner->l3_ofs;
    uint8_t tos, ttl;

    if (!inner->ip_version) {
        return;
    }
    tos = inner_ip_tos(ip, inner->ip_version);
    ttl = inner_ip_ttl(ip, inner->ip_version);
    if (push->flags & MPLSUDP_PUSH_TOS_INHERIT) {
        encap->tos = tos;
    } else {
        encap->tos |= tos & ECN_MASK;
    }
    if (push->flags & MPLSUDP_PUSH_TTL_INHERIT) {
        encap->ttl = ttl;
    }
    if (push->flags & MPLSUDP_PUSH_LABEL_TC_INHERIT) {
        encap->label_tc = tos >> 5;
        encap->label_inherits = true;
    }
    if (ttl_to_labels) {
        encap->label_ttl = ttl;
        encap->label_inherits = true;
    }
}

/* An IP packet below the template's stack.  Ethernet padding is cut off. */
static enum mplsudp_drop
plan_ip(const struct mplsudp_push *push, const struct inner_packet *inner,
        struct mplsudp_encap *encap)
{
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
    inherit_from_ip(push, inner, push->flags & MPLSUDP_PUSH_IP_TTL_INHERIT,
                    encap);
    encap->skip = inner->l3_ofs;
    encap->header_size = push->outer_size + push->stack_size;
    return MPLSUDP_PASS;
}

/* An Ethernet frame below the template's stack and control word.  MAC control
 * frames are for the link that they are on (RFC 4448 section 4.4.5). */
static enum mplsudp_drop
plan_ethernet(const struct mplsudp_push *push,
              const struct inner_packet *inner, struct mplsudp_encap *encap)
{
    if (!inner->has_ethernet || push->payload == MPLSUDP_PAYLOAD_MPLS
        || push->payload == MPLSUDP_PAYLOAD_IP
        || inner->outer_type == ETHERTYPE_MAC_CONTROL) {
        return MPLSUDP_DROP_PAYLOAD;
    }
    if (push->key_verdict != MPLSUDP_PASS) {
        return push->key_verdict;
    }
    inherit_from_ip(push, inner, push->flags & MPLSUDP_PUSH_ETH_TTL_INHERIT,
                    encap);
    if (!encap->ttl || (encap->label_inherits && !encap->label_ttl)) {
        return MPLSUDP_DROP_TTL_EXPIRED;
    }
    encap->skip = 0;
    encap->payload_size = inner->size;
    encap->header_size = mplsudp_push_header_size(push);
    return MPLSUDP_PASS;
}

/* Sets what '*encap' inherits from nothing, from the template. */
static void
plan_defaults(const uint8_t *template, const struct mplsudp_push *push,
              struct mplsudp_encap *encap)
{
    const uint8_t *ip = template + ETHERNET_SIZE;
    uint8_t version = push->flags & MPLSUDP_PUSH_IPV6 ? 6 : 4;

    encap->tos = inner_ip_tos(ip, version);
    encap->ttl = inner_ip_ttl(ip, version);
    encap->label_inherits = false;
    if (push->stack_size) {
        uint32_t lse = wire_get32(template + push->outer_size);

        encap->label_tc = lse_tc(lse);
        encap->label_ttl = lse_ttl(lse);
    }
}

enum mplsudp_drop
mplsudp_encap_plan(const uint8_t *template, const struct mplsudp_push *push,
                   const uint8_t *packet, size_t size, uint16_t type,
                   struct mplsudp_encap *encap)
{
    struct inner_packet inner;
    enum mplsudp_drop verdict;

    if (!inner_packet_read(packet, size, type, &inner)) {
        return MPLSUDP_DROP_INNER_TRUNCATED;
    }
    plan_defaults(template, push, encap);
    if (is_mpls(inner.outer_type)) {
        verdict = plan_mpls(push, &inner, encap);
    } else if (is_ip(&inner, push->payload)) {
        verdict = plan_ip(push, &inner, encap);
    } else {
        verdict = plan_ethernet(push, &inner, encap);
    }
    if (verdict != MPLSUDP_PASS) {
        return verdict;
    }
    if (encap->header_size - ETHERNET_SIZE + encap->payload_size
        > push->mtu) {
        return MPLSUDP_DROP_TOO_BIG;            /* RFC 4023 section 5.1. */
    }
    encap->hash = push->flags & (MPLSUDP_PUSH_ENTROPY
                                 | MPLSUDP_PUSH_ENTROPY_LABEL)
                  ? label_entropy_hash(&inner, push->entropy) : 0;
    return MPLSUDP_PASS;
}

/* Sets TC and TTL of the pushed stack at 'stack', but not those of an entropy
 * label, whose TTL is 0 (RFC 6790 section 4.2). */
static void
set_labels(uint8_t *stack, const struct mplsudp_push *push, uint8_t tc,
           uint8_t ttl)
{
    for (size_t ofs = 0; ofs < push->stack_size; ofs += LSE_SIZE) {
        uint32_t lse = wire_get32(stack + ofs);

        if (ofs != MPLSUDP_ENTROPY_LABEL_OFS
            || !(push->flags & MPLSUDP_PUSH_ENTROPY_LABEL)) {
            wire_put32(stack + ofs, lse_make(lse_label(lse), tc,
                                             lse_bottom(lse), ttl));
        }
    }
}

/* Completes the UDP header of 'size' bytes of datagram at 'udp', behind the
 * finished IP header at 'ip'. */
static void
finish_udp(const struct mplsudp_push *push, uint32_t hash, const uint8_t *ip,
           uint8_t *udp, size_t size)
{
    wire_put16(udp, push->flags & MPLSUDP_PUSH_ENTROPY
                    ? label_entropy_port(hash) : (uint16_t) push->entropy);
    wire_put16(udp + 4, (uint16_t) size);
    if (push->flags & MPLSUDP_PUSH_CSUM) {
        outer_udp_sum_write(ip, push->flags & MPLSUDP_PUSH_IPV6, udp, size);
    }
}

void
mplsudp_encap_write(const uint8_t *template, const struct mplsudp_push *push,
                    const struct mplsudp_encap *encap, uint8_t *packet)
{
    bool ipv6 = push->flags & MPLSUDP_PUSH_IPV6;
    struct outer_ip_patch patch = {
        .tos = encap->tos,
        .ttl = encap->ttl,
        .flow_label = push->flags & MPLSUDP_PUSH_ENTROPY
                      ? label_entropy_flow_label(encap->hash) : 0,
        .size = encap->header_size - ETHERNET_SIZE + encap->payload_size,
    };
    uint8_t *ip = packet + ETHERNET_SIZE;
    uint8_t *stack = packet + push->outer_size;

    memcpy(packet, template, encap->header_size);
    if (encap->header_size > push->outer_size) {
        if (encap->label_inherits) {
            set_labels(stack, push, encap->label_tc, encap->label_ttl);
        }
        if (push->flags & MPLSUDP_PUSH_ENTROPY_LABEL) {
            uint8_t *el = stack + MPLSUDP_ENTROPY_LABEL_OFS;

            wire_put32(el, lse_make(label_entropy_label(encap->hash), 0,
                                    push->stack_size
                                    == MPLSUDP_ENTROPY_LABEL_OFS + LSE_SIZE,
                                    0));
        }
    }
    outer_ip_finish(ip, template + ETHERNET_SIZE, ipv6, &patch);
    if (push->type == MPLSUDP_TYPE_UDP) {
        finish_udp(push, encap->hash, ip, stack - OUTER_UDP_SIZE,
                   patch.size - (ipv6 ? IPV6_SIZE : IPV4_SIZE));
    }
}
