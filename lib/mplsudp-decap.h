/* SPDX-License-Identifier: Apache-2.0
 *
 * mplsudp-decap: one packet out of a tunnel.
 *
 * In two steps, because the receive options depend on the outer source:
 * mplsudp_outer_read() reads the outer headers, the caller looks up the
 * options of that source, and mplsudp_decap() applies every check and says
 * what was inside.  Called for each packet by vport-mplsudp-receive.c. */

#ifndef MPLSUDP_DECAP_H
#define MPLSUDP_DECAP_H 1

#include "key-filter.h"
#include "mplsudp-config.h"
#include "outer-header.h"

/* The outer headers of a received packet, as far as is needed to find out how
 * its source is received. */
struct mplsudp_outer {
    enum mplsudp_type type;
    struct outer_ip ip;
    struct outer_udp udp;       /* Zero if the type is not UDP. */
};

/* Reads the outer headers of the 'size' bytes at 'data', which start with the
 * IP header and should be a packet of 'type'.  'verify_sum' is false if the
 * IPv4 header checksum is known to be good.
 *
 * Returns MPLSUDP_PASS, or OUTER_FRAGMENT if the port numbers are in another
 * fragment, OUTER_PROTOCOL, or what outer_ip_read() and outer_udp_read()
 * return, and then '*outer' is undefined. */
enum mplsudp_drop mplsudp_outer_read(enum mplsudp_type type,
                                     const uint8_t *data, size_t size,
                                     bool verify_sum,
                                     struct mplsudp_outer *outer);

/* How packets from one source are received. */
struct mplsudp_receive {
    enum mplsudp_payload payload;
    bool control_word;
    bool zero_csum6_rx;
    bool outer_ttl_down;        /* Outer TTL into the label, ... */
    bool ip_ttl_down;           /* ... that of the label into IP, ... */
    bool ethernet_ttl_down;     /* ... and into IP in Ethernet. */
    uint8_t local[OUTER_ADDRESS_SIZE];  /* Only address at which a zero
                                         * checksum is accepted. */
    struct mplsudp_peers peers;
    const struct key_filter *keys;      /* Keys that are taken; null: all. */
};

/* Returns the receive options of 'config' in '*receive', 'keys' null and
 * padding zeroed, so that they can be compared with memcmp(). */
void mplsudp_receive_init(const struct mplsudp_config *config,
                          struct mplsudp_receive *receive);

/* What was in a tunnel packet. */
struct mplsudp_inner {
    size_t ofs;                 /* From 'outer->ip.body' to the payload. */
    uint64_t key;               /* As label-stack.h packs it. */
    size_t size;                /* Bytes of payload.  Not beside 'ofs':
                                 * compilers would load both at once, behind
                                 * stores of each, which stalls. */
    uint16_t type;              /* 0 for an Ethernet frame, else Ethertype. */
    bool has_key;               /* True if the label stack is in 'key'. */
};

/* Checks and takes apart a packet whose outer headers are '*outer', as
 * '*receive' says.  'verify_sum' is false if the UDP checksum is known to be
 * good.  Congestion marks and TTLs are merged into the packet (RFC 6040, RFC
 * 3443), whose bytes at 'outer->ip.body' must therefore be writable; a packet
 * that is refused stays as it was.
 *
 * Returns MPLSUDP_PASS and fills in '*inner', or OUTER_FRAGMENT, OUTER_LENGTH,
 * OUTER_TRUNCATED, UDP_CHECKSUM, ZERO_CHECKSUM, GRE_FLAGS, GRE_CHECKSUM,
 * GRE_PROTOCOL, STACK_TRUNCATED, STACK_DEPTH, SPECIAL_LABEL, TTL_EXPIRED,
 * UNKNOWN_KEY, CONTROL_WORD, PAYLOAD or ECN, and then '*inner' is
 * undefined. */
enum mplsudp_drop mplsudp_decap(const struct mplsudp_outer *outer,
                                const struct mplsudp_receive *receive,
                                bool verify_sum, struct mplsudp_inner *inner);

#endif /* mplsudp-decap.h */
