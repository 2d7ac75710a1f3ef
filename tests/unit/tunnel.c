/* SPDX-License-Identifier: Apache-2.0 */

#include "tunnel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encap-lane.h"
#include "unit.h"

const struct tunnel_type tunnel_types[MPLSUDP_N_TYPES] = {
    [MPLSUDP_TYPE_UDP] = { "mplsudp", 17, 8 },
    [MPLSUDP_TYPE_GRE] = { "mplsgre", 47, 4 },
    [MPLSUDP_TYPE_IP] = { "mplsip", 137, 0 },
};

static const struct ref_ip outer_ip = {
    .version = 4, .protocol = 17, .src = 0xc0000201, .dst = 0xc0000202
};
static const struct ref_ip outer_ip6 = {
    .version = 6, .protocol = 17, .src = 1, .dst = 2
};

static const uint64_t outer_src = 0x02000000000a, outer_dst = 0x02000000000b;

bool
tunnel_options(struct mplsudp_config *config, const char *options)
{
    char copy[4096];

    snprintf(copy, sizeof copy, "%s", options);
    mplsudp_config_init(config, MPLSUDP_TYPE_UDP);
    for (char *p = strtok(copy, " "); p; p = strtok(NULL, " ")) {
        char *value = strchr(p, '=');
        const struct mplsudp_option *option;

        if (!value) {
            return false;
        }
        *value++ = '\0';
        if (!strcmp(p, "type")) {
            enum mplsudp_type type;

            if (!mplsudp_type_find(value, &type)) {
                return false;
            }
            mplsudp_config_init(config, type);
            continue;
        }
        option = mplsudp_option_find(config->type, p);
        if (!option || !option->parse(config, value)) {
            return false;
        }
    }
    return true;
}

/* Takes MAC and IP addresses from a packet made by reference.c. */
static void
set_addresses(struct outer_params *outer, bool ipv6)
{
    struct ref_packet p = { .size = 0 };

    ref_put_ethernet(&p, outer_dst, outer_src, 0);
    ref_put_ip(&p, ipv6 ? &outer_ip6 : &outer_ip);
    memcpy(outer->eth_dst, p.bytes, 6);
    memcpy(outer->eth_src, p.bytes + 6, 6);
    if (ipv6) {
        memcpy(outer->ip_src, p.bytes + 22, 16);
        memcpy(outer->ip_dst, p.bytes + 38, 16);
    } else {
        memset(outer->ip_src + 10, 0xff, 2);
        memset(outer->ip_dst + 10, 0xff, 2);
        memcpy(outer->ip_src + 12, p.bytes + 26, 4);
        memcpy(outer->ip_dst + 12, p.bytes + 30, 4);
    }
}

bool
tunnel_init(struct tunnel *t, const char *options, bool ipv6, uint64_t key)
{
    memset(t, 0, sizeof *t);
    if (!tunnel_options(&t->config, options)) {
        return false;
    }
    set_addresses(&t->params.outer, ipv6);
    t->params.outer.ipv6 = ipv6;
    t->params.outer.dont_fragment = t->config.df_default;
    t->params.outer.tos = (uint8_t) (t->config.tos < 0 ? 0 : t->config.tos);
    t->params.outer.ttl = (uint8_t) (t->config.ttl < 0 ? 64 : t->config.ttl);
    t->params.key = key;
    t->params.port_id = 0x12345678;
    t->params.mtu = t->config.tunnel_mtu ? t->config.tunnel_mtu : UINT16_MAX;
    t->params.fixed_src_port = TUNNEL_PORT;
    return tunnel_build(t);
}

bool
tunnel_build(struct tunnel *t)
{
    uint8_t *out = malloc(MPLSUDP_TEMPLATE_MAX);

    memset(out, 0xcc, MPLSUDP_TEMPLATE_MAX);
    t->template_size = mplsudp_template_build(&t->config, &t->params, out);
    free(t->template);
    t->template = unit_copy(out, t->template_size);
    free(out);
    return mplsudp_template_push(t->template, t->template_size, &t->push);
}

void
tunnel_destroy(struct tunnel *t)
{
    free(t->template);
    t->template = NULL;
}

/* Checks that 'lane', what encap-lane.h decided, is what mplsudp_encap_plan()
 * did. */
static void
check_lane(const struct mplsudp_encap *lane, enum mplsudp_drop verdict,
           const struct mplsudp_encap *encap)
{
    if (!unit_verdict("lane: verdict", verdict, MPLSUDP_PASS)) {
        return;
    }
    unit_number("lane: skip", encap->skip, lane->skip);
    unit_number("lane: payload_size", encap->payload_size,
                lane->payload_size);
    unit_number("lane: header_size", encap->header_size, lane->header_size);
    unit_number("lane: hash", encap->hash, lane->hash);
    unit_number("lane: tos", encap->tos, lane->tos);
    unit_number("lane: ttl", encap->ttl, lane->ttl);
    unit_number("lane: inherits", encap->label_inherits,
                lane->label_inherits);
    if (encap->label_inherits) {
        unit_number("lane: label_tc", encap->label_tc, lane->label_tc);
        unit_number("lane: label_ttl", encap->label_ttl, lane->label_ttl);
    }
}

enum mplsudp_drop
tunnel_send(const struct tunnel *t, const struct ref_packet *in,
            uint16_t type, struct ref_packet *out)
{
    uint8_t *packet = unit_copy(in->bytes, in->size);
    struct mplsudp_encap encap, lane;
    struct mplsudp_batch batch;
    enum mplsudp_drop verdict;

    unit_true("template", mplsudp_batch_init(t->template, t->template_size,
                                             &batch));
    /* Not the same in both: what is not set is not equal. */
    memset(&encap, 0xcc, sizeof encap);
    memset(&lane, 0x33, sizeof lane);
    verdict = mplsudp_encap_plan(&batch, packet, in->size, type, &encap);
    if (encap_lane_plan(&batch, packet, in->size, type, &lane)) {
        check_lane(&lane, verdict, &encap);
    }
    out->size = 0;
    if (verdict == MPLSUDP_PASS) {
        uint8_t *full = malloc(encap.header_size + encap.payload_size);

        memset(full, 0xcc, encap.header_size);
        memcpy(full + encap.header_size, packet + encap.skip,
               encap.payload_size);
        mplsudp_encap_write(&batch, &encap, full);
        ref_put(out, full, encap.header_size + encap.payload_size);
        free(full);
    }
    free(packet);
    return verdict;
}

void
tunnel_put(struct ref_packet *out, enum mplsudp_type type,
           const struct ref_ip *ip, const struct ref_packet *body, bool sum)
{
    static struct ref_packet gre;

    switch (type) {
    case MPLSUDP_TYPE_UDP:
        ref_put_tunnel(out, ip, body->bytes, body->size, sum);
        break;
    case MPLSUDP_TYPE_GRE:
        gre.size = 0;
        ref_put32(&gre, 0x8847);
        ref_put(&gre, body->bytes, body->size);
        ref_put_ip_body(out, ip, 47, gre.bytes, gre.size);
        break;
    case MPLSUDP_TYPE_IP:
    default:
        ref_put_ip_body(out, ip, 137, body->bytes, body->size);
        break;
    }
}

const char *
tunnel_complaint(const struct tunnel *t, const struct ref_packet *out)
{
    return ref_check_tunnel(out->bytes + 14, out->size - 14,
                            tunnel_types[t->config.type].protocol,
                            t->config.csum);
}

void
tunnel_expect(const struct tunnel *t, uint8_t tos, uint8_t ttl,
              const struct ref_packet *body, struct ref_packet *out)
{
    bool ipv6 = t->params.outer.ipv6;
    struct ref_ip ip = ipv6 ? outer_ip6 : outer_ip;

    ip.tos = tos;
    ip.ttl = ttl;
    ip.fragment = t->config.df_default ? 0x4000 : 0;
    out->size = 0;
    ref_put_ethernet(out, outer_dst, outer_src, ipv6 ? 0x86dd : 0x0800);
    tunnel_put(out, t->config.type, &ip, body, t->config.csum);
}

enum mplsudp_drop
tunnel_receive(const struct mplsudp_config *config, const uint8_t *ip,
               size_t size, struct tunnel_inner *received)
{
    uint8_t *copy = unit_copy(ip, size);
    struct mplsudp_outer *outer = &received->outer;
    struct mplsudp_inner *inner = &received->inner;
    struct mplsudp_receive receive;
    enum mplsudp_drop verdict;

    received->payload.size = 0;
    mplsudp_receive_init(config, &receive);
    verdict = mplsudp_outer_read(config->type, copy, size, true, outer);
    if (verdict == MPLSUDP_PASS) {
        verdict = mplsudp_decap(outer, &receive, true, inner);
    }
    if (verdict == MPLSUDP_PASS) {
        ref_put(&received->payload, outer->ip.body + inner->ofs,
                inner->size);
    } else {
        unit_bytes("refused packet stays as it was", ip, copy, size);
    }
    free(copy);
    return verdict;
}
