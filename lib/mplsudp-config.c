/* SPDX-License-Identifier: Apache-2.0 */

#include "mplsudp-config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "inner-packet.h"

enum { TUNNEL_MTU_MIN = 68 };           /* Least IPv4 MTU, RFC 791. */

/* The two functions of each row of the table below. */

#define OPTION_FUNCTIONS(NAME, PARSE, FORMAT)                           \
    static bool                                                         \
    NAME##_parse(struct mplsudp_config *config, const char *value)      \
    {                                                                   \
        return PARSE;                                                   \
    }                                                                   \
                                                                        \
    static bool                                                         \
    NAME##_format(const struct mplsudp_config *config,                  \
                  char text[OPTION_TEXT_SIZE])                          \
    {                                                                   \
        return FORMAT;                                                  \
    }

#define BOOL_OPTION(NAME)                                               \
    OPTION_FUNCTIONS(NAME, option_parse_bool(value, &config->NAME),     \
                     option_format_bool(config->NAME, text))

OPTION_FUNCTIONS(remote_ip, option_parse_address(value, &config->remote_ip),
                 option_format_address(&config->remote_ip, text))
OPTION_FUNCTIONS(local_ip, option_parse_address(value, &config->local_ip),
                 option_format_address(&config->local_ip, text))
OPTION_FUNCTIONS(in_key, option_parse_key(value, false, &config->in_key),
                 !option_keys_equal(&config->in_key, &config->out_key)
                 && option_format_key(&config->in_key, text))
OPTION_FUNCTIONS(out_key, option_parse_key(value, true, &config->out_key),
                 !option_keys_equal(&config->in_key, &config->out_key)
                 && option_format_key(&config->out_key, text))
OPTION_FUNCTIONS(key, option_parse_key(value, true, &config->in_key)
                      && option_parse_key(value, true, &config->out_key),
                 option_keys_equal(&config->in_key, &config->out_key)
                 && option_format_key(&config->in_key, text))
OPTION_FUNCTIONS(ttl, option_parse_inherit(value, 1, 255, &config->ttl),
                 option_format_inherit(config->ttl, text))
BOOL_OPTION(df_default)
BOOL_OPTION(control_word)
BOOL_OPTION(csum)
BOOL_OPTION(zero_csum6_rx)
BOOL_OPTION(entropy)
BOOL_OPTION(entropy_label)
OPTION_FUNCTIONS(label_ttl,
                 option_parse_inherit(value, 1, 255, &config->label_ttl),
                 option_format_inherit(config->label_ttl, text))
OPTION_FUNCTIONS(label_tc,
                 option_parse_inherit(value, 0, 7, &config->label_tc),
                 option_format_inherit(config->label_tc, text))
OPTION_FUNCTIONS(labels, option_parse_labels(value, &config->labels),
                 option_format_labels(&config->labels, text))
OPTION_FUNCTIONS(peers, option_parse_peers(value, &config->peers),
                 option_format_peers(&config->peers, text))

static bool
tos_parse(struct mplsudp_config *config, const char *value)
{
    int tos;

    if (!option_parse_inherit(value, 0, 255, &tos)
        || (tos >= 0 && tos & ECN_MASK)) {
        return false;
    }
    config->tos = tos;
    return true;
}

static bool
tos_format(const struct mplsudp_config *config,
           char text[OPTION_TEXT_SIZE])
{
    if (config->tos >= 0) {
        snprintf(text, OPTION_TEXT_SIZE, "0x%x",
                 (unsigned int) config->tos);
        return true;
    }
    return option_format_inherit(config->tos, text);
}

static bool
egress_pkt_mark_parse(struct mplsudp_config *config, const char *value)
{
    uint64_t mark;

    if (!option_parse_number(value, 0, UINT32_MAX, &mark)) {
        return false;
    }
    config->egress_pkt_mark = (uint32_t) mark;
    config->has_egress_pkt_mark = true;
    return true;
}

static bool
egress_pkt_mark_format(const struct mplsudp_config *config,
                       char text[OPTION_TEXT_SIZE])
{
    if (config->has_egress_pkt_mark) {
        snprintf(text, OPTION_TEXT_SIZE, "%"PRIu32,
                 config->egress_pkt_mark);
    }
    return config->has_egress_pkt_mark;
}

static bool
dst_port_parse(struct mplsudp_config *config, const char *value)
{
    uint64_t port;

    if (!option_parse_number(value, 1, UINT16_MAX, &port)
        || port == MPLSUDP_DTLS_PORT) {
        return false;
    }
    config->dst_port = (uint16_t) port;
    return true;
}

static bool
dst_port_format(const struct mplsudp_config *config,
                char text[OPTION_TEXT_SIZE])
{
    snprintf(text, OPTION_TEXT_SIZE, "%u", config->dst_port);
    return true;
}

static bool
tunnel_mtu_parse(struct mplsudp_config *config, const char *value)
{
    uint64_t mtu;

    if (!option_parse_number(value, TUNNEL_MTU_MIN, UINT16_MAX, &mtu)) {
        return false;
    }
    config->tunnel_mtu = (uint16_t) mtu;
    return true;
}

static bool
tunnel_mtu_format(const struct mplsudp_config *config,
                  char text[OPTION_TEXT_SIZE])
{
    if (config->tunnel_mtu) {
        snprintf(text, OPTION_TEXT_SIZE, "%u", config->tunnel_mtu);
    }
    return config->tunnel_mtu != 0;
}

const char *
mplsudp_payload_name(enum mplsudp_payload payload)
{
    static const char *const names[MPLSUDP_N_PAYLOADS] = {
        [MPLSUDP_PAYLOAD_MPLS] = "mpls",
        [MPLSUDP_PAYLOAD_ETHERNET] = "ethernet",
        [MPLSUDP_PAYLOAD_IP] = "ip",
        [MPLSUDP_PAYLOAD_AUTO] = "auto",
    };

    return names[payload];
}

static bool
payload_parse(struct mplsudp_config *config, const char *value)
{
    for (int i = 0; i < MPLSUDP_N_PAYLOADS; i++) {
        if (!strcmp(value, mplsudp_payload_name(i))) {
            config->payload = i;
            return true;
        }
    }
    return false;
}

static bool
payload_format(const struct mplsudp_config *config,
               char text[OPTION_TEXT_SIZE])
{
    strcpy(text, mplsudp_payload_name(config->payload));
    return true;
}

#define KEY_ACCEPTS "\"flow\", a label from 16 to 1048575, or up to three " \
                    "such labels in one number, the bottom one in bits 0-19"
#define OPTION(NAME, ACCEPTS) \
    { #NAME, ACCEPTS, false, NAME##_parse, NAME##_format }
#define MPLSUDP_OPTION(NAME, ACCEPTS) \
    { #NAME, ACCEPTS, true, NAME##_parse, NAME##_format }

static const struct mplsudp_option options[] = {
    OPTION(remote_ip, "a unicast IPv4 or IPv6 address or \"flow\""),
    OPTION(local_ip, "a unicast IPv4 or IPv6 address or \"flow\""),
    OPTION(key, KEY_ACCEPTS),
    OPTION(in_key, "\"flow\" or a number less than 2**60"),
    OPTION(out_key, KEY_ACCEPTS),
    OPTION(tos, "0-252 with the two low bits zero, or \"inherit\""),
    OPTION(ttl, "1-255 or \"inherit\""),
    OPTION(df_default, "true or false"),
    OPTION(egress_pkt_mark, "0-4294967295"),
    MPLSUDP_OPTION(dst_port, "1-65535 but 6636, which is for DTLS"),
    OPTION(payload, "mpls, ethernet, ip or auto"),
    OPTION(control_word, "true or false"),
    MPLSUDP_OPTION(csum, "true or false"),
    MPLSUDP_OPTION(zero_csum6_rx, "true or false"),
    OPTION(entropy, "true or false"),
    OPTION(label_ttl, "1-255 or \"inherit\""),
    OPTION(label_tc, "0-7 or \"inherit\""),
    OPTION(labels, "up to 10 labels from 16 to 1048575, top first: \"16/17\""),
    OPTION(entropy_label, "true or false"),
    OPTION(tunnel_mtu, "68-65535"),
    OPTION(peers, "up to 64 IPv4 or IPv6 addresses, with or without prefix "
                  "length: \"192.0.2.0/24,2001:db8::1\""),
};

const struct mplsudp_option *
mplsudp_option_next(enum mplsudp_type type,
                    const struct mplsudp_option *option)
{
    const struct mplsudp_option *end
        = options + sizeof options / sizeof options[0];

    for (option = option ? option + 1 : options; option < end; option++) {
        if (!option->mplsudp_only || type == MPLSUDP_TYPE_UDP) {
            return option;
        }
    }
    return NULL;
}

const struct mplsudp_option *
mplsudp_option_find(enum mplsudp_type type, const char *name)
{
    const struct mplsudp_option *option = NULL;

    while ((option = mplsudp_option_next(type, option)) != NULL
           && strcmp(name, option->name)) {
        continue;
    }
    return option;
}

void
mplsudp_config_init(struct mplsudp_config *config, enum mplsudp_type type)
{
    memset(config, 0, sizeof *config);
    config->type = type;
    config->ttl = MPLSUDP_TTL_DEFAULT;
    config->df_default = true;
    config->dst_port = type == MPLSUDP_TYPE_UDP ? MPLSUDP_PORT : 0;
    config->control_word = true;
    config->csum = type == MPLSUDP_TYPE_UDP;
    config->entropy = true;
    config->label_ttl = MPLSUDP_DEFAULT;
}

const char *
mplsudp_config_check(const struct mplsudp_config *config)
{
    if (!config->remote_ip.set && !config->remote_ip.flow) {
        return "option 'remote_ip' is missing: give an address or \"flow\"";
    }
    if (config->local_ip.flow && !config->remote_ip.flow) {
        return "option 'local_ip=flow' needs 'remote_ip=flow'";
    }
    if (config->local_ip.set && config->remote_ip.set
        && option_address_is_ipv4(&config->local_ip)
           != option_address_is_ipv4(&config->remote_ip)) {
        return "options 'local_ip' and 'remote_ip' must both be IPv4 or "
               "both IPv6";
    }
    if (config->peers.n && !config->remote_ip.flow) {
        return "option 'peers' needs 'remote_ip=flow'";
    }
    if (config->payload == MPLSUDP_PAYLOAD_AUTO && !config->control_word) {
        return "option 'payload=auto' needs 'control_word=true': only the "
               "control word tells Ethernet from IP";
    }
    if (config->zero_csum6_rx
        && (!config->remote_ip.set || !config->local_ip.set)) {
        return "option 'zero_csum6_rx=true' needs addresses in 'remote_ip' "
               "and 'local_ip' (RFC 7510 section 3.1)";
    }
    if (config->zero_csum6_rx && option_address_is_ipv4(&config->remote_ip)) {
        return "option 'zero_csum6_rx=true' needs an IPv6 'remote_ip': over "
               "IPv4 a zero checksum is always accepted";
    }
    if (config->payload == MPLSUDP_PAYLOAD_MPLS
        && !option_keys_equal(&config->in_key, &config->out_key)
        && config->in_key.set) {
        return "option 'in_key' needs 'payload' ethernet, ip or auto: with "
               "mpls the labels stay on the packet";
    }
    return NULL;
}
