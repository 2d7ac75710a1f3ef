/* SPDX-License-Identifier: Apache-2.0 */

#include "mplsudp-template.h"

#include <string.h>

#include "gre-header.h"
#include "wire.h"

enum { LABEL_TTL_MAX = 255 };

static uint16_t
push_flags(const struct mplsudp_config *config, bool ipv6)
{
    uint16_t flags = 0;

    flags |= ipv6 ? MPLSUDP_PUSH_IPV6 : 0;
    flags |= config->control_word ? MPLSUDP_PUSH_CONTROL_WORD : 0;
    flags |= config->csum ? MPLSUDP_PUSH_CSUM : 0;
    if (config->entropy && (ipv6 || config->type == MPLSUDP_TYPE_UDP)) {
        flags |= MPLSUDP_PUSH_ENTROPY;      /* GRE in IPv4 has no place. */
    }
    flags |= config->entropy_label ? MPLSUDP_PUSH_ENTROPY_LABEL : 0;
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
    uint8_t *header;

    outer.protocol = mplsudp_types[config->type].protocol;
    header = out + outer_ip_write(&outer, out);
    if (config->type == MPLSUDP_TYPE_UDP) {
        memset(header, 0, OUTER_UDP_SIZE);
        wire_put16(header + 2, config->dst_port);
    } else if (config->type == MPLSUDP_TYPE_GRE) {
        gre_header_write(header);
    }
    return mplsudp_outer_size(config->type, outer.ipv6);
}

/* Makes room for an entropy label pair under the top entry of the 'size' bytes
 * of stack at 'stack', and returns the new size.  The entropy label is left 0,
 * with TTL 0 (RFC 6790 section 4.2); its indicator is like the label above. */
static size_t
insert_entropy_pair(uint8_t *stack, size_t size)
{
    uint32_t top = wire_get32(stack);
    bool bottom = lse_bottom(top);

    memmove(stack + 3 * LSE_SIZE, stack + LSE_SIZE, size - LSE_SIZE);
    wire_put32(stack, lse_make(lse_label(top), lse_tc(top), false,
                               lse_ttl(top)));
    wire_put32(stack + LSE_SIZE, lse_make(LABEL_ENTROPY_INDICATOR, lse_tc(top),
                                          false, lse_ttl(top)));
    wire_put32(stack + MPLSUDP_ENTROPY_LABEL_OFS, lse_make(0, 0, bottom, 0));
    return size + 2 * LSE_SIZE;
}

/* Writes the label stack for 'key' to 'out' and returns its size. */
static size_t
write_stack(const struct mplsudp_config *config, uint64_t key, uint8_t *out)
{
    uint8_t tc = config->label_tc < 0 ? 0 : (uint8_t) config->label_tc;
    uint8_t ttl = config->label_ttl < 0
                  ? LABEL_TTL_MAX : (uint8_t) config->label_ttl;
    size_t size = 0;

    for (uint32_t i = 0; i < config->labels.n; i++) {
        wire_put32(out + size, lse_make(config->labels.labels[i], tc, false,
                                        ttl));
        size += LSE_SIZE;
    }
    size += label_key_write(key, tc, ttl, out + size);
    return config->entropy_label ? insert_entropy_pair(out, size) : size;
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
        .type = (uint8_t) config->type,
        .payload = (uint8_t) config->payload,
    };
    enum mplsudp_drop verdict = label_key_check(params->key);
    size_t size;

    push.key_verdict = (uint8_t) verdict;
    if (config->entropy) {
        push.entropy = (uint32_t) (params->key ^ params->key >> 32);
    } else {
        push.entropy = params->fixed_src_port;
    }
    size = push.outer_size = (uint8_t) write_outer(config, params, out);
    if (verdict == MPLSUDP_PASS) {
        push.stack_size = (uint8_t) write_stack(config, params->key,
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
    if (size < sizeof *push) {
        return false;
    }
    memcpy(push, template + size - sizeof *push, sizeof *push);
    return push->type < MPLSUDP_N_TYPES
           && push->outer_size
              == mplsudp_outer_size(push->type,
                                    push->flags & MPLSUDP_PUSH_IPV6)
           && push->stack_size <= MPLSUDP_STACK_MAX
           && push->stack_size % LSE_SIZE == 0
           && (!(push->flags & MPLSUDP_PUSH_ENTROPY_LABEL)
               || !push->stack_size
               || push->stack_size > MPLSUDP_ENTROPY_LABEL_OFS)
           && push->key_verdict < MPLSUDP_N_VERDICTS
           && (push->stack_size != 0) == (push->key_verdict == MPLSUDP_PASS)
           && push->payload < MPLSUDP_N_PAYLOADS
           && !(push->flags & ~MPLSUDP_PUSH_FLAGS_MASK)
           && size == mplsudp_push_header_size(push) + sizeof *push;
}
