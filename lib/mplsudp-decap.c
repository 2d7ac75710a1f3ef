/* SPDX-License-Identifier: Apache-2.0 */

#include "mplsudp-decap.h"

#include <string.h>

#include "gre-header.h"
#include "inner-packet.h"
#include "label-stack.h"
#include "stack-body.h"

enum mplsudp_drop
mplsudp_outer_read(enum mplsudp_type type, const uint8_t *data, size_t size,
                   bool verify_sum, struct mplsudp_outer *outer)
{
    enum mplsudp_drop verdict = outer_ip_read(data, size, verify_sum,
                                              &outer->ip);

    if (verdict) {
        return verdict;
    }
    outer->type = type;
    if (type == MPLSUDP_TYPE_UDP) {
        return outer->ip.is_later_fragment
               ? MPLSUDP_DROP_OUTER_FRAGMENT
               : outer_udp_read(&outer->ip, &outer->udp);
    }
    memset(&outer->udp, 0, sizeof outer->udp);
    return outer->ip.protocol == mplsudp_types[type].protocol
           ? MPLSUDP_PASS : MPLSUDP_DROP_OUTER_PROTOCOL;
}

void
mplsudp_receive_init(const struct mplsudp_config *config,
                     struct mplsudp_receive *receive)
{
    memset(receive, 0, sizeof *receive);
    receive->payload = config->payload;
    receive->zero_csum6_rx = config->zero_csum6_rx;
    /* What does not matter is left false: it cannot contradict. */
    receive->control_word = config->control_word
                            && config->payload != MPLSUDP_PAYLOAD_MPLS
                            && config->payload != MPLSUDP_PAYLOAD_IP;
    receive->ip_ttl_down = config->label_ttl < 0
                           && (config->payload == MPLSUDP_PAYLOAD_IP
                               || config->payload == MPLSUDP_PAYLOAD_AUTO);
    receive->ethernet_ttl_down = config->label_ttl == MPLSUDP_INHERIT
                                 && config->payload != MPLSUDP_PAYLOAD_MPLS
                                 && config->payload != MPLSUDP_PAYLOAD_IP;
    receive->outer_ttl_down = config->ttl == MPLSUDP_INHERIT
                              && (config->payload == MPLSUDP_PAYLOAD_MPLS
                                  || receive->ip_ttl_down
                                  || receive->ethernet_ttl_down);
    if (config->zero_csum6_rx) {
        memcpy(receive->local, config->local_ip.bytes, sizeof receive->local);
    }
    receive->peers = config->peers;
}

/* RFC 768 lets an IPv4 sender leave the checksum out; over IPv6 that is
 * refused unless the port allows it, and then only between the port's own
 * addresses (RFC 6935 section 5, RFC 7510 section 3.1 (d)).  The caller found
 * 'receive' by the source address. */
static enum mplsudp_drop
check_udp_sum(const struct mplsudp_outer *outer,
              const struct mplsudp_receive *receive, bool verify)
{
    if (outer->udp.has_sum) {
        return verify && !outer_udp_sum_ok(&outer->ip, outer->udp.size)
               ? MPLSUDP_DROP_UDP_CHECKSUM : MPLSUDP_PASS;
    }
    return outer->ip.ipv6
           && (!receive->zero_csum6_rx
               || memcmp(outer->ip.dst, receive->local, OUTER_ADDRESS_SIZE))
           ? MPLSUDP_DROP_ZERO_CHECKSUM : MPLSUDP_PASS;
}

static enum mplsudp_drop
read_udp(const struct mplsudp_outer *outer,
         const struct mplsudp_receive *receive, bool verify_sum,
         struct mplsudp_inner *inner)
{
    enum mplsudp_drop verdict = outer_udp_check(&outer->ip, &outer->udp);

    inner->ofs = OUTER_UDP_SIZE;
    inner->size = outer->udp.size - OUTER_UDP_SIZE;
    return verdict ? verdict : check_udp_sum(outer, receive, verify_sum);
}

static enum mplsudp_drop
read_gre(const struct mplsudp_outer *outer, struct mplsudp_inner *inner)
{
    bool multicast = outer->ip.ipv6 ? outer->ip.dst[0] == 0xff
                                    : outer->ip.dst[12] >> 4 == 0xe;
    struct gre_header gre;
    enum mplsudp_drop verdict = gre_header_read(outer->ip.body,
                                                outer->ip.body_size,
                                                multicast, &gre);

    if (!verdict) {
        inner->ofs = gre.size;
        inner->size = outer->ip.body_size - gre.size;
        inner->type = gre.protocol;
    }
    return verdict;
}

/* Finds where the label stack begins, and its Ethertype. */
static enum mplsudp_drop
read_tunnel_header(const struct mplsudp_outer *outer,
                   const struct mplsudp_receive *receive, bool verify_sum,
                   struct mplsudp_inner *inner)
{
    if (outer->ip.is_fragment) {
        return MPLSUDP_DROP_OUTER_FRAGMENT;
    }
    inner->type = ETHERTYPE_MPLS;
    if (outer->type == MPLSUDP_TYPE_UDP) {
        return read_udp(outer, receive, verify_sum, inner);
    } else if (outer->type == MPLSUDP_TYPE_GRE) {
        return read_gre(outer, inner);
    }
    inner->ofs = 0;
    inner->size = outer->ip.body_size;
    return MPLSUDP_PASS;
}

/* Merges into the IP header of 'version' at 'ip' the outer congestion mark
 * and, if 'ttl_down', 'ttl'. */
static enum mplsudp_drop
merge_ip(const struct mplsudp_outer *outer, uint8_t ttl, bool ttl_down,
         uint8_t *ip, uint8_t version)
{
    uint8_t ecn = outer->ip.tos & ECN_MASK;
    enum mplsudp_drop verdict = MPLSUDP_PASS;

    if (ttl_down && (!ttl || !inner_ip_ttl(ip, version))) {
        return MPLSUDP_DROP_TTL_EXPIRED;
    }
    if (ecn) {
        verdict = inner_ecn_merge(ip, version, ecn);
    }
    if (ttl_down && !verdict) {
        inner_ttl_lower(ip, version, ttl);
    }
    return verdict;
}

/* As merge_ip(), into an Ethernet frame, if that holds IP. */
static enum mplsudp_drop
merge_ethernet(const struct mplsudp_outer *outer, uint8_t ttl, bool ttl_down,
               uint8_t *frame, size_t size)
{
    struct inner_packet packet;

    return (ttl_down || outer->ip.tos & ECN_MASK)
           && inner_packet_read(frame, size, 0, &packet)
           && packet.ip_version
           ? merge_ip(outer, ttl, ttl_down, frame + packet.l3_ofs,
                      packet.ip_version)
           : MPLSUDP_PASS;
}

static bool
takes_key(const struct mplsudp_outer *outer,
          const struct mplsudp_receive *receive, uint64_t key)
{
    return !receive->keys
           || key_filter_takes(receive->keys, key, outer->ip.dst);
}

/* The label stack stays on the packet; what can be merged into it is. */
static enum mplsudp_drop
decap_mpls(const struct mplsudp_outer *outer,
           const struct mplsudp_receive *receive, struct mplsudp_inner *inner)
{
    uint8_t *stack = (uint8_t *) outer->ip.body + inner->ofs;
    uint8_t ecn = outer->ip.tos & ECN_MASK;
    size_t skip;
    enum mplsudp_drop verdict = label_stack_check(stack, inner->size, &skip);

    if (verdict) {
        return verdict;
    }
    if (!takes_key(outer, receive, 0)) {
        return MPLSUDP_DROP_UNKNOWN_KEY;
    }
    inner->ofs += skip;
    inner->size -= skip;
    stack += skip;
    if (receive->outer_ttl_down && !outer->ip.ttl) {
        return MPLSUDP_DROP_TTL_EXPIRED;
    }
    if (ecn) {
        uint8_t version;
        size_t ofs = stack_body_ip(stack, inner->size, &version);

        if (ofs) {
            verdict = inner_ecn_merge(stack + ofs, version, ecn);
        }
    }
    if (receive->outer_ttl_down && !verdict
        && outer->ip.ttl < stack[LSE_SIZE - 1]) {
        stack[LSE_SIZE - 1] = outer->ip.ttl;    /* RFC 4023 section 5.2. */
    }
    return verdict;
}

static enum mplsudp_drop
decap_ethernet(const struct mplsudp_outer *outer, uint8_t ttl,
               const struct mplsudp_receive *receive,
               struct mplsudp_inner *inner)
{
    if (receive->control_word) {
        if (inner->size < CONTROL_WORD_SIZE
            || outer->ip.body[inner->ofs] >> 4) {
            return MPLSUDP_DROP_CONTROL_WORD;   /* RFC 4385 section 3. */
        }
        inner->ofs += CONTROL_WORD_SIZE;
        inner->size -= CONTROL_WORD_SIZE;
    }
    if (inner->size < ETHERNET_SIZE) {
        return MPLSUDP_DROP_PAYLOAD;
    }
    inner->type = 0;
    return merge_ethernet(outer, ttl, receive->ethernet_ttl_down,
                          (uint8_t *) outer->ip.body + inner->ofs,
                          inner->size);
}

static enum mplsudp_drop
decap_ip(const struct mplsudp_outer *outer, uint8_t ttl,
         const struct mplsudp_receive *receive, struct mplsudp_inner *inner)
{
    uint8_t *ip = (uint8_t *) outer->ip.body + inner->ofs;
    uint8_t version = inner_ip_version(ip, inner->size);

    if (!version) {
        return MPLSUDP_DROP_PAYLOAD;
    }
    inner->type = version == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
    return merge_ip(outer, ttl, receive->ip_ttl_down, ip, version);
}

/* The label stack becomes the key; what is below it is the packet. */
static enum mplsudp_drop
decap_by_key(const struct mplsudp_outer *outer,
             const struct mplsudp_receive *receive,
             struct mplsudp_inner *inner)
{
    const uint8_t *p = outer->ip.body + inner->ofs;
    struct label_stack_key stack;
    enum mplsudp_drop verdict = label_stack_read_key(p, inner->size, &stack);
    uint8_t ttl;

    if (verdict) {
        return verdict;
    }
    if (!takes_key(outer, receive, stack.key)) {
        return MPLSUDP_DROP_UNKNOWN_KEY;
    }
    ttl = stack.ttl;
    if (receive->outer_ttl_down && outer->ip.ttl < ttl) {
        ttl = outer->ip.ttl;
    }
    inner->key = stack.key;
    inner->ofs += stack.size;
    inner->size -= stack.size;
    if (receive->payload == MPLSUDP_PAYLOAD_IP
        || (receive->payload == MPLSUDP_PAYLOAD_AUTO
            && inner->size && p[stack.size] >> 4)) {
        return decap_ip(outer, ttl, receive, inner);
    }
    return decap_ethernet(outer, ttl, receive, inner);
}

enum mplsudp_drop
mplsudp_decap(const struct mplsudp_outer *outer,
              const struct mplsudp_receive *receive, bool verify_sum,
              struct mplsudp_inner *inner)
{
    enum mplsudp_drop verdict = read_tunnel_header(outer, receive, verify_sum,
                                                   inner);

    if (verdict) {
        return verdict;
    }
    inner->key = 0;
    inner->has_key = receive->payload != MPLSUDP_PAYLOAD_MPLS;
    return inner->has_key ? decap_by_key(outer, receive, inner)
                          : decap_mpls(outer, receive, inner);
}
