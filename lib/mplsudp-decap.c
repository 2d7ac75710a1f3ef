/* SPDX-License-Identifier: Apache-2.0 */

#include "mplsudp-decap.h"

#include <string.h>

#include "inner-packet.h"
#include "label-stack.h"

enum mplsudp_drop
mplsudp_outer_read(const uint8_t *data, size_t size, bool verify_sum,
                   struct mplsudp_outer *outer)
{
    enum mplsudp_drop verdict = outer_ip_read(data, size, verify_sum,
                                              &outer->ip);

    return verdict ? verdict : outer_udp_read(&outer->ip, &outer->udp);
}

void
mplsudp_receive_init(const struct mplsudp_config *config,
                     struct mplsudp_receive *receive)
{
    memset(receive, 0, sizeof *receive);
    receive->payload = config->payload;
    receive->control_word = config->control_word;
    receive->zero_csum6_rx = config->zero_csum6_rx;
    if (config->zero_csum6_rx) {
        memcpy(receive->local, config->local_ip.bytes, sizeof receive->local);
    }
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

/* Merges the outer congestion mark into the IP header within '*inner', if it
 * has one. */
static enum mplsudp_drop
merge_ecn(const struct mplsudp_outer *outer, struct mplsudp_inner *inner)
{
    uint8_t *payload = (uint8_t *) outer->ip.body + inner->ofs;
    struct inner_packet packet;

    if (!(outer->ip.tos & ECN_MASK)
        || !inner_packet_read(payload, inner->size, inner->type, &packet)
        || !packet.ip_version) {
        return MPLSUDP_PASS;
    }
    return inner_ecn_merge(payload + packet.l3_ofs, packet.ip_version,
                           outer->ip.tos & ECN_MASK);
}

static enum mplsudp_drop
decap_ethernet(const struct mplsudp_outer *outer, bool control_word,
               struct mplsudp_inner *inner)
{
    if (control_word) {
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
    return merge_ecn(outer, inner);
}

static enum mplsudp_drop
decap_ip(const struct mplsudp_outer *outer, struct mplsudp_inner *inner)
{
    const uint8_t *ip = outer->ip.body + inner->ofs;
    uint8_t version = inner_ip_version(ip, inner->size);

    if (!version) {
        return MPLSUDP_DROP_PAYLOAD;
    }
    inner->type = version == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
    return merge_ecn(outer, inner);
}

enum mplsudp_drop
mplsudp_decap(const struct mplsudp_outer *outer,
              const struct mplsudp_receive *receive, bool verify_sum,
              struct mplsudp_inner *inner)
{
    enum mplsudp_drop verdict = outer_udp_check(&outer->ip, &outer->udp);
    struct label_stack_key stack;
    const uint8_t *p;

    if (!verdict) {
        verdict = check_udp_sum(outer, receive, verify_sum);
    }
    if (verdict) {
        return verdict;
    }
    inner->ofs = OUTER_UDP_SIZE;
    inner->size = outer->udp.size - OUTER_UDP_SIZE;
    inner->has_key = receive->payload != MPLSUDP_PAYLOAD_MPLS;
    p = outer->ip.body + inner->ofs;
    if (!inner->has_key) {
        inner->type = ETHERTYPE_MPLS;
        return label_stack_check(p, inner->size);
    }

    verdict = label_stack_read_key(p, inner->size, &stack);
    if (verdict) {
        return verdict;
    }
    inner->key = stack.key;
    inner->ofs += stack.size;
    inner->size -= stack.size;
    if (receive->payload == MPLSUDP_PAYLOAD_ETHERNET) {
        return decap_ethernet(outer, receive->control_word, inner);
    } else if (receive->payload == MPLSUDP_PAYLOAD_IP
               || (inner->size && p[stack.size] >> 4)) {
        return decap_ip(outer, inner);
    } else {
        return decap_ethernet(outer, true, inner);
    }
}
