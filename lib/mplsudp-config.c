/* SPDX-License-Identifier: Apache-2.0 */

#include "mplsudp-config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inner-packet.h"
#include "label-stack.h"

enum { TUNNEL_MTU_MIN = 68 };           /* Least IPv4 MTU, RFC 791. */

/* Parses a number in C notation that is all of 'text'.  strtoull() alone would
 * take "100/200" for 100, and "-1" for a large number. */
static bool
parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *number)
{
    unsigned long long value;
    char *end;

    if (*text < '0' || *text > '9') {
        return false;
    }
    errno = 0;
    value = strtoull(text, &end, 0);
    if (errno || *end || value < min || value > max) {
        return false;
    }
    *number = value;
    return true;
}

/* Parses "inherit", or a number 'min' to 'max', into '*number'. */
static bool
parse_or_inherit(const char *text, uint64_t min, uint64_t max, int *number)
{
    uint64_t value;

    if (!strcmp(text, "inherit")) {
        *number = MPLSUDP_INHERIT;
        return true;
    } else if (parse_number(text, min, max, &value)) {
        *number = (int) value;
        return true;
    }
    return false;
}

static bool
format_or_inherit(int number, char text[MPLSUDP_OPTION_TEXT_SIZE])
{
    if (number == MPLSUDP_INHERIT) {
        strcpy(text, "inherit");
    } else if (number != MPLSUDP_DEFAULT) {
        snprintf(text, MPLSUDP_OPTION_TEXT_SIZE, "%d", number);
    }
    return number != MPLSUDP_DEFAULT;
}

static bool
parse_bool(const char *text, bool *value)
{
    bool on = !strcmp(text, "true");

    if (!on && strcmp(text, "false")) {
        return false;
    }
    *value = on;
    return true;
}

static bool
format_bool(bool value, char text[MPLSUDP_OPTION_TEXT_SIZE])
{
    strcpy(text, value ? "true" : "false");
    return true;
}

static const uint8_t ipv4_mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool
is_ipv4(const struct mplsudp_address *address)
{
    return !memcmp(address->bytes, ipv4_mapped, sizeof ipv4_mapped);
}

/* True if packets can be sent to 'address': not multicast, broadcast or
 * unspecified. */
static bool
is_unicast(const struct mplsudp_address *address)
{
    static const uint8_t zero[OUTER_ADDRESS_SIZE];

    return is_ipv4(address)
           ? address->bytes[12] >> 4 < 0xe
             && memcmp(address->bytes + 12, zero, 4)
           : address->bytes[0] != 0xff
             && memcmp(address->bytes, zero, sizeof zero);
}

static bool
parse_address(const char *text, struct mplsudp_address *out)
{
    struct mplsudp_address address;

    memset(&address, 0, sizeof address);
    if (!strcmp(text, "flow")) {
        address.flow = true;
    } else if (inet_pton(AF_INET, text, address.bytes + 12) == 1) {
        address.bytes[10] = address.bytes[11] = 0xff;
        address.set = true;
    } else if (inet_pton(AF_INET6, text, address.bytes) == 1) {
        address.set = true;
    } else {
        return false;
    }
    if (address.set && !is_unicast(&address)) {
        return false;
    }
    *out = address;
    return true;
}

static bool
format_address(const struct mplsudp_address *address,
               char text[MPLSUDP_OPTION_TEXT_SIZE])
{
    if (address->flow) {
        strcpy(text, "flow");
    } else if (!address->set) {
        return false;
    } else if (is_ipv4(address)) {
        inet_ntop(AF_INET, address->bytes + 12, text,
                  MPLSUDP_OPTION_TEXT_SIZE);
    } else {
        inet_ntop(AF_INET6, address->bytes, text, MPLSUDP_OPTION_TEXT_SIZE);
    }
    return true;
}

static bool
parse_key(const char *text, bool transmit, struct mplsudp_key *key)
{
    bool flow = !strcmp(text, "flow");
    uint64_t value = 0;

    if (!flow && (!parse_number(text, 0, (UINT64_C(1) << 60) - 1, &value)
                  || (transmit && label_key_check(value)))) {
        return false;
    }
    key->value = value;
    key->flow = flow;
    key->set = !flow;
    return true;
}

static bool
format_key(const struct mplsudp_key *key, char text[MPLSUDP_OPTION_TEXT_SIZE])
{
    if (key->flow) {
        strcpy(text, "flow");
    } else if (key->set) {
        snprintf(text, MPLSUDP_OPTION_TEXT_SIZE, "%"PRIu64, key->value);
    }
    return key->flow || key->set;
}

static bool
keys_equal(const struct mplsudp_key *a, const struct mplsudp_key *b)
{
    return a->flow == b->flow && a->set == b->set && a->value == b->value;
}

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
                  char text[MPLSUDP_OPTION_TEXT_SIZE])                  \
    {                                                                   \
        return FORMAT;                                                  \
    }

#define BOOL_OPTION(NAME)                                               \
    OPTION_FUNCTIONS(NAME, parse_bool(value, &config->NAME),            \
                     format_bool(config->NAME, text))

OPTION_FUNCTIONS(remote_ip, parse_address(value, &config->remote_ip),
                 format_address(&config->remote_ip, text))
OPTION_FUNCTIONS(local_ip, parse_address(value, &config->local_ip),
                 format_address(&config->local_ip, text))
OPTION_FUNCTIONS(in_key, parse_key(value, false, &config->in_key),
                 !keys_equal(&config->in_key, &config->out_key)
                 && format_key(&config->in_key, text))
OPTION_FUNCTIONS(out_key, parse_key(value, true, &config->out_key),
                 !keys_equal(&config->in_key, &config->out_key)
                 && format_key(&config->out_key, text))
OPTION_FUNCTIONS(key, parse_key(value, true, &config->in_key)
                      && parse_key(value, true, &config->out_key),
                 keys_equal(&config->in_key, &config->out_key)
                 && format_key(&config->in_key, text))
OPTION_FUNCTIONS(ttl, parse_or_inherit(value, 1, 255, &config->ttl),
                 format_or_inherit(config->ttl, text))
BOOL_OPTION(df_default)
BOOL_OPTION(control_word)
BOOL_OPTION(csum)
BOOL_OPTION(zero_csum6_rx)
BOOL_OPTION(entropy)
OPTION_FUNCTIONS(label_ttl, parse_or_inherit(value, 1, 255,
                                             &config->label_ttl),
                 format_or_inherit(config->label_ttl, text))
OPTION_FUNCTIONS(label_tc, parse_or_inherit(value, 0, 7, &config->label_tc),
                 format_or_inherit(config->label_tc, text))

static bool
tos_parse(struct mplsudp_config *config, const char *value)
{
    int tos;

    if (!parse_or_inherit(value, 0, 255, &tos)
        || (tos >= 0 && tos & ECN_MASK)) {
        return false;
    }
    config->tos = tos;
    return true;
}

static bool
tos_format(const struct mplsudp_config *config,
           char text[MPLSUDP_OPTION_TEXT_SIZE])
{
    if (config->tos >= 0) {
        snprintf(text, MPLSUDP_OPTION_TEXT_SIZE, "0x%x",
                 (unsigned int) config->tos);
        return true;
    }
    return format_or_inherit(config->tos, text);
}

static bool
egress_pkt_mark_parse(struct mplsudp_config *config, const char *value)
{
    uint64_t mark;

    if (!parse_number(value, 0, UINT32_MAX, &mark)) {
        return false;
    }
    config->egress_pkt_mark = (uint32_t) mark;
    config->has_egress_pkt_mark = true;
    return true;
}

static bool
egress_pkt_mark_format(const struct mplsudp_config *config,
                       char text[MPLSUDP_OPTION_TEXT_SIZE])
{
    if (config->has_egress_pkt_mark) {
        snprintf(text, MPLSUDP_OPTION_TEXT_SIZE, "%"PRIu32,
                 config->egress_pkt_mark);
    }
    return config->has_egress_pkt_mark;
}

static bool
dst_port_parse(struct mplsudp_config *config, const char *value)
{
    uint64_t port;

    if (!parse_number(value, 1, UINT16_MAX, &port)) {
        return false;
    }
    config->dst_port = (uint16_t) port;
    return true;
}

static bool
dst_port_format(const struct mplsudp_config *config,
                char text[MPLSUDP_OPTION_TEXT_SIZE])
{
    snprintf(text, MPLSUDP_OPTION_TEXT_SIZE, "%u", config->dst_port);
    return true;
}

static bool
tunnel_mtu_parse(struct mplsudp_config *config, const char *value)
{
    uint64_t mtu;

    if (!parse_number(value, TUNNEL_MTU_MIN, UINT16_MAX, &mtu)) {
        return false;
    }
    config->tunnel_mtu = (uint16_t) mtu;
    return true;
}

static bool
tunnel_mtu_format(const struct mplsudp_config *config,
                  char text[MPLSUDP_OPTION_TEXT_SIZE])
{
    if (config->tunnel_mtu) {
        snprintf(text, MPLSUDP_OPTION_TEXT_SIZE, "%u", config->tunnel_mtu);
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
               char text[MPLSUDP_OPTION_TEXT_SIZE])
{
    strcpy(text, mplsudp_payload_name(config->payload));
    return true;
}

#define KEY_ACCEPTS "\"flow\", a label from 16 to 1048575, or up to three " \
                    "such labels in one number, the bottom one in bits 0-19"
#define OPTION(NAME, ACCEPTS) { #NAME, ACCEPTS, NAME##_parse, NAME##_format }

const struct mplsudp_option mplsudp_options[] = {
    OPTION(remote_ip, "a unicast IPv4 or IPv6 address or \"flow\""),
    OPTION(local_ip, "a unicast IPv4 or IPv6 address or \"flow\""),
    OPTION(key, KEY_ACCEPTS),
    OPTION(in_key, "\"flow\" or a number less than 2**60"),
    OPTION(out_key, KEY_ACCEPTS),
    OPTION(tos, "0-252 with the two low bits zero, or \"inherit\""),
    OPTION(ttl, "1-255 or \"inherit\""),
    OPTION(df_default, "true or false"),
    OPTION(egress_pkt_mark, "0-4294967295"),
    OPTION(dst_port, "1-65535"),
    OPTION(payload, "mpls, ethernet, ip or auto"),
    OPTION(control_word, "true or false"),
    OPTION(csum, "true or false"),
    OPTION(zero_csum6_rx, "true or false"),
    OPTION(entropy, "true or false"),
    OPTION(label_ttl, "1-255 or \"inherit\""),
    OPTION(label_tc, "0-7 or \"inherit\""),
    OPTION(tunnel_mtu, "68-65535"),
};
const size_t mplsudp_n_options
    = sizeof mplsudp_options / sizeof mplsudp_options[0];

const struct mplsudp_option *
mplsudp_option_find(const char *name)
{
    for (size_t i = 0; i < mplsudp_n_options; i++) {
        if (!strcmp(name, mplsudp_options[i].name)) {
            return &mplsudp_options[i];
        }
    }
    return NULL;
}

void
mplsudp_config_init(struct mplsudp_config *config)
{
    memset(config, 0, sizeof *config);
    config->ttl = MPLSUDP_TTL_DEFAULT;
    config->df_default = true;
    config->dst_port = MPLSUDP_PORT;
    config->control_word = true;
    config->csum = true;
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
        && is_ipv4(&config->local_ip) != is_ipv4(&config->remote_ip)) {
        return "options 'local_ip' and 'remote_ip' must both be IPv4 or "
               "both IPv6";
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
    if (config->payload == MPLSUDP_PAYLOAD_MPLS
        && !keys_equal(&config->in_key, &config->out_key)
        && config->in_key.set) {
        return "option 'in_key' needs 'payload' ethernet, ip or auto: with "
               "mpls the labels stay on the packet";
    }
    return NULL;
}
