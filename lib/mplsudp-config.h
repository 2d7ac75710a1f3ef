/* SPDX-License-Identifier: Apache-2.0
 *
 * mplsudp-config: the options of a tunnel port, text to validated values and
 * back.
 *
 * One table in mplsudp-config.c has a row for each option, so that parsing,
 * printing, error messages and documentation cannot disagree.  The adapter
 * (vport-mplsudp-config.c) adds port names to messages, hands
 * the standard options on to OVS, and builds templates from the rest. */

#ifndef MPLSUDP_CONFIG_H
#define MPLSUDP_CONFIG_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "outer-header.h"

/* What a received packet becomes; see mplsudp(7). */
enum mplsudp_payload {
    MPLSUDP_PAYLOAD_MPLS,
    MPLSUDP_PAYLOAD_ETHERNET,
    MPLSUDP_PAYLOAD_IP,
    MPLSUDP_PAYLOAD_AUTO
};

enum { MPLSUDP_N_PAYLOADS = MPLSUDP_PAYLOAD_AUTO + 1 };

/* Returns the name of 'payload', as the option has it. */
const char *mplsudp_payload_name(enum mplsudp_payload payload);

enum { MPLSUDP_TTL_DEFAULT = 64 };      /* Of outer headers. */

/* Values of 'tos', 'ttl', 'label_ttl' and 'label_tc' beside the numbers. */
enum {
    MPLSUDP_INHERIT = -1,       /* From the inner packet. */
    MPLSUDP_DEFAULT = -2        /* 'label_ttl': 255 for Ethernet payload, else
                                 * inherited. */
};

/* An address option: one address, "flow" for one from the OpenFlow pipeline,
 * or neither. */
struct mplsudp_address {
    uint8_t bytes[OUTER_ADDRESS_SIZE];  /* IPv4 mapped: outer-header.h. */
    bool set;
    bool flow;
};

/* A key option: one key, "flow", or neither. */
struct mplsudp_key {
    uint64_t value;             /* As label-stack.h packs it. */
    bool set;
    bool flow;
};

struct mplsudp_config {
    /* Standard options of OVS tunnels. */
    struct mplsudp_address remote_ip;
    struct mplsudp_address local_ip;
    struct mplsudp_key in_key;
    struct mplsudp_key out_key;
    int tos;                    /* 0-255, ECN bits zero, or inherit. */
    int ttl;                    /* 1-255 or inherit. */
    bool df_default;
    bool has_egress_pkt_mark;
    uint32_t egress_pkt_mark;

    /* Own options. */
    uint16_t dst_port;
    enum mplsudp_payload payload;
    bool control_word;
    bool csum;
    bool zero_csum6_rx;
    bool entropy;
    int label_ttl;              /* 1-255, inherit or default. */
    int label_tc;               /* 0-7 or inherit. */
    uint16_t tunnel_mtu;        /* Bytes; 0: from the route's device. */
};

enum { MPLSUDP_OPTION_TEXT_SIZE = 64 };     /* Longest printed value. */

/* One option. */
struct mplsudp_option {
    const char *name;
    const char *accepts;        /* For people: "1-65535". */

    /* Sets the option in '*config' to 'value'.  Returns false, with '*config'
     * as it was, if 'value' is not accepted. */
    bool (*parse)(struct mplsudp_config *config, const char *value);

    /* Prints the option's value in '*config' to 'text', such that parse()
     * accepts it.  Returns false, and prints nothing, if the option is not
     * set. */
    bool (*format)(const struct mplsudp_config *config,
                   char text[MPLSUDP_OPTION_TEXT_SIZE]);
};

extern const struct mplsudp_option mplsudp_options[];
extern const size_t mplsudp_n_options;

/* Returns the option named 'name', or null if there is none.  "key", which
 * stands for in_key and out_key, is one. */
const struct mplsudp_option *mplsudp_option_find(const char *name);

/* Sets all of '*config' to defaults, padding included, so that configurations
 * can be compared with memcmp(). */
void mplsudp_config_init(struct mplsudp_config *config);

/* Checks options against each other.  Returns null if '*config' is valid, else
 * a constant sentence that says which options do not go together. */
const char *mplsudp_config_check(const struct mplsudp_config *config);

#endif /* mplsudp-config.h */
