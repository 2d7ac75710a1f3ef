/* SPDX-License-Identifier: Apache-2.0 */

#include "mplsudp-template.h"

#include <string.h>

#include "wire.h"

enum { LABEL_TTL_MAX = 255 };

static uint16_t
push_flags(const struct mplsudp_config *config, bool ipv6)
{
    uint16_t flags = 0;

    flags |= ipv6 ? MPLSUDP_PUSH_IPV6 : 0;
    flags |= config->control_word ? MPLSUDP_PUSH_CONTROL_WORD : 0;
    flags |= config->csum ? MPLSUDP_PUSH_CSUM : 0;
    flags |= config->entropy ? MPLSUDP_PUSH_ENTROPY : 0;
    if (config->tos == MPLSUDP_INHERIT) {
        flags |= MPLSUDP_PUSH_TOS_INHERIT;
    }
    if (config->ttl == MPLSUDP_INHERIT) {
        flags |= MPLSUDP_PUSH_TTL_INHERIT;
    }
    if (config->label_tc == MPLSUDP_INHERIT) {
        flags |= MPLSUDP_PUSH_LABEL_TC_INHERIT;
    }
    if (config->label_ttl < 0) {
        flags |= MPLSUDP_PUSH_IP_TTL_INHERIT;
    }
    if (config->label_ttl == MPLSUDP_INHERIT) {
        flags |= MPLSUDP_PUSH_ETH_TTL_INHERIT;
    }
    return flags;
}

static size_t
write_outer(const struct mplsudp_config *config,
            const struct mplsudp_template_params *params, uint8_t *out)
{
    struct outer_params outer = params->outer;
    uint8_t *udp;

    outer.protocol = OUTER_PROTOCOL_UDP;
    udp = out + outer_ip_write(&outer, out);
    memset(udp, 0, OUTER_UDP_SIZE);
    wire_put16(udp + 2, config->dst_port);
    return udp + OUTER_UDP_SIZE - out;
}

size_t
mplsudp_template_build(const struct mplsudp_config *config,
                       const struct mplsudp_template_params *params,
                       uint8_t out[MPLSUDP_TEMPLATE_MAX])
{
    struct mplsudp_push push = {
        .port_id = params->port_id,
        .flags = push_flags(config, params->outer.ipv6),
        .mtu = params->mtu,
        .payload = config->payload,
        .key_verdict = label_key_check(params->key),
    };
    size_t size;

    if (config->entropy) {
        push.entropy = (uint32_t) (params->key ^ params->key >> 32);
    } else {
        push.entropy = params->fixed_src_port;
    }
    size = push.outer_size = (uint8_t) write_outer(config, params, out);
    if (push.key_verdict == MPLSUDP_PASS) {
        uint8_t tc = config->label_tc < 0 ? 0 : (uint8_t) config->label_tc;
        uint8_t ttl = config->label_ttl < 0
                      ? LABEL_TTL_MAX : (uint8_t) config->label_ttl;

        push.stack_size = (uint8_t) label_key_write(params->key, tc, ttl,
                                                    out + size);
        size += push.stack_size;
    }
    if (config->control_word) {
        memset(out + size, 0, CONTROL_WORD_SIZE);
        size += CONTROL_WORD_SIZE;
    }
    memcpy(out + size, &push, sizeof push);
    return size + sizeof push;
}

bool
mplsudp_template_push(const uint8_t *template, size_t size,
                      struct mplsudp_push *push)
{
    size_t outer_size;

    if (size < sizeof *push) {
        return false;
    }
    memcpy(push, template + size - sizeof *push, sizeof *push);
    outer_size = ETHERNET_SIZE + OUTER_UDP_SIZE
                 + (push->flags & MPLSUDP_PUSH_IPV6 ? IPV6_SIZE : IPV4_SIZE);
    return push->outer_size == outer_size
           && push->stack_size <= LABEL_KEY_DEPTH * LSE_SIZE
           && push->stack_size % LSE_SIZE == 0
           && push->key_verdict < MPLSUDP_N_VERDICTS
           && (push->stack_size != 0) == (push->key_verdict == MPLSUDP_PASS)
           && push->payload < MPLSUDP_N_PAYLOADS
           && !(push->flags & ~MPLSUDP_PUSH_FLAGS_MASK)
           && size == mplsudp_push_header_size(push) + sizeof *push;
}
