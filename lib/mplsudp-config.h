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

#include "mplsudp-type.h"
#include "option-value.h"

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

struct mplsudp_config {
    enum mplsudp_type type;

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
    uint16_t dst_port;          /* 0 if the type has none. */
    enum mplsudp_payload payload;
    bool control_word;
    bool csum;
    bool zero_csum6_rx;
    bool entropy;
    int label_ttl;              /* 1-255, inherit or default. */
    int label_tc;               /* 0-7 or inherit. */
    struct mplsudp_labels labels;
    bool entropy_label;
    uint16_t tunnel_mtu;        /* Bytes; 0: from the route's device. */
    struct mplsudp_peers peers;
};

/* One option. */
struct mplsudp_option {
    const char *name;
    const char *accepts;        /* For people: "1-65535". */
    bool mplsudp_only;          /* The other types do not have it. */

    /* Sets the option in '*config' to 'value'.  Returns false, with '*config'
     * as it was, if 'value' is not accepted. */
    bool (*parse)(struct mplsudp_config *config, const char *value);

    /* Prints the option's value in '*config' to 'text', such that parse()
     * accepts it.  Returns false, and prints nothing, if the option is not
     * set. */
    bool (*format)(const struct mplsudp_config *config,
                   char text[OPTION_TEXT_SIZE]);
};

/* Returns the first option of 'type' behind 'option', or the first of all if
 * that is null; null behind the last. */
const struct mplsudp_option *
mplsudp_option_next(enum mplsudp_type type,
                    const struct mplsudp_option *option);

/* Returns the option of 'type' named 'name', or null if there is none.  "key",
 * which stands for in_key and out_key, is one. */
const struct mplsudp_option *mplsudp_option_find(enum mplsudp_type type,
                                                 const char *name);

/* Sets all of '*config' to the defaults of 'type', padding included, so that
 * configurations can be compared with memcmp(). */
void mplsudp_config_init(struct mplsudp_config *config,
                         enum mplsudp_type type);

/* Checks options against each other.  Returns null if '*config' is valid, else
 * a constant sentence that says which options do not go together. */
const char *mplsudp_config_check(const struct mplsudp_config *config);

#endif /* mplsudp-config.h */
