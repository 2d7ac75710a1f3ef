/* SPDX-License-Identifier: Apache-2.0
 *
 * icmp-quote: ICMP errors that say that a tunnel packet was too big for its
 * path, and what they quote of that packet.
 *
 *     IPv4   type 3 code 4, "fragmentation needed"   RFC 792, RFC 1191
 *     IPv6   type 2, "packet too big"                RFC 4443, RFC 8201
 *
 * Nothing proves who sent such an error, so everything in it that a tunnel
 * packet of ours could not have caused makes it a forgery (RFC 6936 section
 * 4 item 10, RFC 5927 section 4).  What takes a port's configuration to see is
 * left to the caller, vport-mplsudp-pmtu.c, which also counts by reason. */

#ifndef ICMP_QUOTE_H
#define ICMP_QUOTE_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mplsudp-type.h"
#include "outer-header.h"

/* ICMP_QUOTE_REASON(ENUM, name, "text"): why an error changes nothing. */

/* What icmp_quote_read() sees. */
#define ICMP_QUOTE_READ_REASONS                                              \
    ICMP_QUOTE_REASON(OTHER_ERROR, other_error,                              \
                      "not ICMP \"fragmentation needed\" or \"packet too "   \
                      "big\"")                                               \
    ICMP_QUOTE_REASON(TRUNCATED, truncated,                                  \
                      "error or its quote ends early")                       \
    ICMP_QUOTE_REASON(FRAGMENT, fragment,                                    \
                      "error is a fragment")                                 \
    ICMP_QUOTE_REASON(CHECKSUM, checksum,                                    \
                      "checksum of the error is wrong")                      \
    ICMP_QUOTE_REASON(SOURCE, source,                                        \
                      "quoted source is not where the error went")           \
    ICMP_QUOTE_REASON(OTHER_PROTOCOL, other_protocol,                        \
                      "quoted packet is not MPLS in UDP, GRE or IP")         \
    ICMP_QUOTE_REASON(HEADER, header,                                        \
                      "quoted headers are not such as tunnels send")         \
    ICMP_QUOTE_REASON(LABEL_STACK, label_stack,                              \
                      "quoted label stack is not such as tunnels send")      \
    ICMP_QUOTE_REASON(TOO_SMALL, too_small,                                  \
                      "MTU is below 576 (IPv4) or 1280 (IPv6)")              \
    ICMP_QUOTE_REASON(FITTED, fitted,                                        \
                      "quoted packet would have fitted the MTU")

/* What the caller sees. */
#define ICMP_QUOTE_PORT_REASONS                                              \
    ICMP_QUOTE_REASON(NO_PORT, no_port,                                      \
                      "no port sends to the quoted destination")             \
    ICMP_QUOTE_REASON(LOCAL_ADDRESS, local_address,                          \
                      "no such port sends from the quoted source")           \
    ICMP_QUOTE_REASON(SOURCE_PORT, source_port,                              \
                      "no such port sends from the quoted UDP port")         \
    ICMP_QUOTE_REASON(UDP_SUM, udp_sum,                                      \
                      "no such port sends with (or without) a UDP checksum") \
    ICMP_QUOTE_REASON(NOT_SENT, not_sent,                                    \
                      "quoted packet is larger than the tunnel MTU")

#define ICMP_QUOTE_REASONS                                                   \
    ICMP_QUOTE_READ_REASONS                                                  \
    ICMP_QUOTE_PORT_REASONS

/* A verdict on an error: 0 to go on, else why it is ignored. */
enum icmp_quote_verdict {
    ICMP_QUOTE_PASS,
#define ICMP_QUOTE_REASON(ENUM, NAME, TEXT) ICMP_QUOTE_##ENUM,
    ICMP_QUOTE_REASONS
#undef ICMP_QUOTE_REASON
    ICMP_QUOTE_N_VERDICTS
};

/* Returns the short name of 'reason', e.g. "too_small", or one line of text
 * that explains it.  'reason' is one of ICMP_QUOTE_REASONS. */
const char *icmp_quote_name(enum icmp_quote_verdict reason);
const char *icmp_quote_text(enum icmp_quote_verdict reason);

/* The smallest MTUs that are believed, in bytes.
 *
 * IPv6 has no link below 1280 (RFC 8201 section 4).  IPv4 allows down to 68,
 * but what every host must take is 576 (RFC 791), and a forged error that
 * claims less could all but close a tunnel; Linux takes 552 by default, for
 * the same reason. */
enum {
    ICMP_QUOTE_MTU_MIN4 = 576,
    ICMP_QUOTE_MTU_MIN6 = 1280
};

/* What a believable error tells. */
struct icmp_quote {
    enum mplsudp_type type;     /* Of the tunnel that sent the packet. */
    uint8_t src[OUTER_ADDRESS_SIZE];    /* Of the packet; where the error
                                         * went. */
    uint8_t dst[OUTER_ADDRESS_SIZE];    /* Of the packet: the tunnel's far
                                         * end. */
    uint16_t src_port;          /* mplsudp only, else 0. */
    uint16_t dst_port;          /* mplsudp only, else 0. */
    bool has_udp_sum;           /* mplsudp only, else false. */
    size_t size;                /* Of the packet with its IP header, bytes. */
    uint32_t mtu;               /* What fits, with the IP header, bytes: at
                                 * least the minimum, less than 'size'. */
};

/* Reads the IP packet at the start of the 'size' bytes at 'data'.  Bytes
 * behind the packet's own length are ignored.
 *
 * Returns ICMP_QUOTE_PASS, or one of ICMP_QUOTE_READ_REASONS, and then
 * '*quote' is undefined. */
enum icmp_quote_verdict icmp_quote_read(const uint8_t *data, size_t size,
                                        struct icmp_quote *quote);

#endif /* icmp-quote.h */
