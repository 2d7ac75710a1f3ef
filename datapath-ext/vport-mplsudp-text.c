/* SPDX-License-Identifier: Apache-2.0
 *
 * The text form of our part of a tnl_push action, as dpctl/dump-flows and
 * ofproto/trace print it and dpctl/add-flow reads it:
 *
 *     udp(src=0,dst=6635,csum=0x0),mplsudp(label=100/200,tc=0,ttl=255,
 *         payload=auto,mtu=1500,port=3,entropy=0x64,
 *         flags(control_word,csum,entropy,ip_ttl_inherit))
 *
 * (in one line); for the other types mplsgre(...) or mplsip(...) without
 * udp().  Labels stand top first, an entropy label as 0; a template without a
 * sendable key has "drop=no_key" or the like in their place. */

#include <config.h>

#include "vport-mplsudp-private.h"

#include "gre-header.h"
#include "label-stack.h"
#include "mplsudp-template.h"
#include "odp-netlink.h"
#include "openvswitch/dynamic-string.h"
#include "wire.h"

/* Flag names in the order of their printing. */
static const struct {
    uint16_t flag;
    const char *name;
} flag_names[] = {
    { MPLSUDP_PUSH_CONTROL_WORD, "control_word" },
    { MPLSUDP_PUSH_CSUM, "csum" },
    { MPLSUDP_PUSH_ENTROPY_LABEL, "entropy_label" },
    { MPLSUDP_PUSH_ENTROPY, "entropy" },
    { MPLSUDP_PUSH_TOS_INHERIT, "tos_inherit" },
    { MPLSUDP_PUSH_TTL_INHERIT, "ttl_inherit" },
    { MPLSUDP_PUSH_LABEL_TC_INHERIT, "label_tc_inherit" },
    { MPLSUDP_PUSH_IP_TTL_INHERIT, "ip_ttl_inherit" },
    { MPLSUDP_PUSH_ETH_TTL_INHERIT, "eth_ttl_inherit" },
};

static void
format_labels(struct ds *ds, const uint8_t *stack, size_t size)
{
    uint32_t top = wire_get32(stack);

    for (size_t ofs = 0; ofs < size; ofs += LSE_SIZE) {
        ds_put_format(ds, "%s%"PRIu32, ofs ? "/" : "label=",
                      lse_label(wire_get32(stack + ofs)));
    }
    ds_put_format(ds, ",tc=%d,ttl=%d", lse_tc(top), lse_ttl(top));
}

/* Appends the text for the template in 'data' to 'ds'. */
void
vport_mplsudp_format(struct ds *ds, const struct ovs_action_push_tnl *data)
{
    const uint8_t *template = (const uint8_t *) data->header;
    struct mplsudp_push push;

    if (!mplsudp_template_push(template, data->header_len, &push)) {
        ds_put_cstr(ds, "mplsudp(invalid)");
        return;
    }
    if (push.type == MPLSUDP_TYPE_UDP) {
        const uint8_t *udp = template + push.outer_size - OUTER_UDP_SIZE;

        ds_put_format(ds, "udp(src=%d,dst=%d,csum=0x%x),", wire_get16(udp),
                      wire_get16(udp + 2), wire_get16(udp + 6));
    }
    ds_put_format(ds, "%s(", mplsudp_types[push.type].name);
    if (push.stack_size) {
        format_labels(ds, template + push.outer_size, push.stack_size);
    } else {
        ds_put_format(ds, "drop=%s", mplsudp_drop_name(push.key_verdict));
    }
    ds_put_format(ds, ",payload=%s,mtu=%"PRIu16",port=%"PRIu32
                  ",entropy=0x%"PRIx32, mplsudp_payload_name(push.payload),
                  push.mtu, push.port_id, push.entropy);
    ds_put_cstr(ds, ",flags(");
    for (size_t i = 0; i < ARRAY_SIZE(flag_names); i++) {
        if (push.flags & flag_names[i].flag) {
            ds_put_format(ds, "%s,", flag_names[i].name);
        }
    }
    ds_chomp(ds, ',');
    ds_put_cstr(ds, "))");
}

/* Moves '*n' past 'word' and returns true, if 's' has it there. */
static bool
scan_word(const char *s, int *n, const char *word)
{
    size_t size = strlen(word);

    if (strncmp(s + *n, word, size)) {
        return false;
    }
    *n += size;
    return true;
}

/* Parses the labels or drop reason at 's' + '*n', and writes the stack to
 * 'stack'. */
static bool
parse_labels(const char *s, int *n, struct mplsudp_push *push, uint8_t *stack)
{
    uint32_t labels[MPLSUDP_STACK_DEPTH_MAX];
    int depth = 0;
    unsigned int tc, ttl;

    if (scan_word(s, n, "drop=")) {
        for (int i = 1; i < MPLSUDP_N_VERDICTS; i++) {
            if (mplsudp_drop_on_transmit(i)
                && scan_word(s, n, mplsudp_drop_name(i))) {
                push->key_verdict = i;
                return true;
            }
        }
        return false;
    }
    if (!scan_word(s, n, "label=")) {
        return false;
    }
    do {
        if (depth >= MPLSUDP_STACK_DEPTH_MAX
            || !ovs_scan_len(s, n, "%"SCNu32, &labels[depth])
            || labels[depth] > LABEL_MAX) {
            return false;
        }
        depth++;
    } while (scan_word(s, n, "/"));
    if (!ovs_scan_len(s, n, ",tc=%u,ttl=%u", &tc, &ttl)
        || tc > 7 || ttl > UINT8_MAX) {
        return false;
    }
    for (int i = 0; i < depth; i++) {
        wire_put32(stack + i * LSE_SIZE,
                   lse_make(labels[i], tc, i == depth - 1, ttl));
    }
    push->stack_size = depth * LSE_SIZE;
    return true;
}

static bool
parse_payload(const char *s, int *n, struct mplsudp_push *push)
{
    if (!scan_word(s, n, ",payload=")) {
        return false;
    }
    for (int i = 0; i < MPLSUDP_N_PAYLOADS; i++) {
        if (scan_word(s, n, mplsudp_payload_name(i))) {
            push->payload = i;
            return true;
        }
    }
    return false;
}

static bool
parse_push_flags(const char *s, int *n, struct mplsudp_push *push)
{
    if (!scan_word(s, n, ",flags(")) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(flag_names); i++) {
        if (scan_word(s, n, flag_names[i].name)) {
            push->flags |= flag_names[i].flag;
            scan_word(s, n, ",");
        }
    }
    return scan_word(s, n, "))");
}

/* Parses the name of a type and the parenthesis behind it. */
static bool
parse_type(const char *s, int *n, struct mplsudp_push *push)
{
    for (int i = 0; i < MPLSUDP_N_TYPES; i++) {
        if (scan_word(s, n, mplsudp_types[i].name)) {
            push->type = i;
            return scan_word(s, n, "(");
        }
    }
    return false;
}

/* Parses what vport_mplsudp_format() printed, but for udp(), and the
 * parenthesis that ends "header(", from 's' + '*n', which it moves on, behind
 * the outer headers that are in 'data->header' already; UDP too, if
 * 'has_udp'.  Returns the size of the template, or 0 on error, also if the
 * text is right but what it says cannot be a template. */
size_t
vport_mplsudp_parse(const char *s, int *n, bool has_udp,
                    struct ovs_action_push_tnl *data)
{
    uint8_t *template = (uint8_t *) data->header;
    bool ipv6 = wire_get16(template + 12) == ETHERTYPE_IPV6;
    struct mplsudp_push push = { .flags = ipv6 ? MPLSUDP_PUSH_IPV6 : 0 };
    unsigned int mtu;
    uint8_t *stack;
    size_t size;

    if (!parse_type(s, n, &push)
        || (push.type == MPLSUDP_TYPE_UDP) != has_udp) {
        return 0;
    }
    push.outer_size = mplsudp_outer_size(push.type, ipv6);
    stack = template + push.outer_size;
    if (push.type == MPLSUDP_TYPE_GRE) {
        gre_header_write(stack - mplsudp_types[MPLSUDP_TYPE_GRE].header_size);
    }
    if (!parse_labels(s, n, &push, stack)
        || !parse_payload(s, n, &push)
        || !ovs_scan_len(s, n, ",mtu=%u,port=%"SCNu32",entropy=0x%"SCNx32,
                         &mtu, &push.port_id, &push.entropy)
        || mtu > UINT16_MAX
        || !parse_push_flags(s, n, &push)
        || !scan_word(s, n, ")")) {
        return 0;
    }
    push.mtu = mtu;
    if (push.stack_size && push.flags & MPLSUDP_PUSH_ENTROPY_LABEL) {
        wire_put32(stack + MPLSUDP_ENTROPY_LABEL_OFS,
                   lse_make(0, 0, push.stack_size
                                  == MPLSUDP_ENTROPY_LABEL_OFS + LSE_SIZE, 0));
    }
    size = push.outer_size + push.stack_size;
    if (push.flags & MPLSUDP_PUSH_CONTROL_WORD) {
        memset(template + size, 0, CONTROL_WORD_SIZE);
        size += CONTROL_WORD_SIZE;
    }
    memcpy(template + size, &push, sizeof push);
    size += sizeof push;
    return mplsudp_template_push(template, size, &push) ? size : 0;
}
