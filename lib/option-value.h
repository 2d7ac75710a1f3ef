/* SPDX-License-Identifier: Apache-2.0
 *
 * option-value: values of a port's options, text to binary and back.
 *
 * Called by mplsudp-config.c, and by label-action.c for the values of actions.
 * Each parse function takes all of 'text' or returns false and leaves what it
 * would have set as it was.  Each format function prints to 'text', of
 * OPTION_TEXT_SIZE bytes, what its parse function accepts, and returns false
 * if there is nothing to print. */

#ifndef OPTION_VALUE_H
#define OPTION_VALUE_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "outer-header.h"

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

/* Transport labels, top first.  So many that every header fits the room that
 * DPDK leaves before a packet: mplsudp-template.h. */
enum { MPLSUDP_LABELS_MAX = 10 };
struct mplsudp_labels {
    uint32_t n;
    uint32_t labels[MPLSUDP_LABELS_MAX];
};

/* Networks of accepted outer sources; none means any. */
enum { MPLSUDP_PEERS_MAX = 64 };
struct mplsudp_peers {
    uint32_t n;
    struct mplsudp_network {
        uint8_t address[OUTER_ADDRESS_SIZE];    /* Host part zero. */
        uint8_t prefix;         /* 0-128; of an IPv4 network 96 more. */
    } networks[MPLSUDP_PEERS_MAX];
};

/* Longest printed value, that of 64 IPv6 networks, with its null. */
enum { OPTION_TEXT_SIZE = MPLSUDP_PEERS_MAX * (45 + 4 + 1) };

/* A number 'min' to 'max', decimal, or hexadecimal behind "0x". */
bool option_parse_number(const char *text, uint64_t min, uint64_t max,
                         uint64_t *number);

/* "inherit", or a number 'min' to 'max'. */
bool option_parse_inherit(const char *text, uint64_t min, uint64_t max,
                          int *number);
bool option_format_inherit(int number, char *text);

/* "true" or "false". */
bool option_parse_bool(const char *text, bool *value);
bool option_format_bool(bool value, char *text);

/* A unicast address, or "flow". */
bool option_parse_address(const char *text, struct mplsudp_address *);
bool option_format_address(const struct mplsudp_address *, char *text);
bool option_address_is_ipv4(const struct mplsudp_address *);

/* A key, of labels that may be sent if 'transmit', or "flow". */
bool option_parse_key(const char *text, bool transmit, struct mplsudp_key *);
bool option_format_key(const struct mplsudp_key *, char *text);
bool option_keys_equal(const struct mplsudp_key *, const struct mplsudp_key *);

/* Labels between slashes: "16/17". */
bool option_parse_labels(const char *text, struct mplsudp_labels *);
bool option_format_labels(const struct mplsudp_labels *, char *text);

/* Addresses with or without prefix length, between commas. */
bool option_parse_peers(const char *text, struct mplsudp_peers *);
bool option_format_peers(const struct mplsudp_peers *, char *text);

/* Returns true if 'address' is in one of the networks. */
bool option_peers_include(const struct mplsudp_peers *,
                          const uint8_t address[OUTER_ADDRESS_SIZE]);

#endif /* option-value.h */
