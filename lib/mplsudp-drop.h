/* SPDX-License-Identifier: Apache-2.0
 *
 * mplsudp-drop: every reason for which a tunnel port or an action refuses a
 * packet.
 *
 * One list makes the enum, the names and the texts; the adapter expands it
 * once more into coverage counters, and the tests check that each is reached.
 */

#ifndef MPLSUDP_DROP_H
#define MPLSUDP_DROP_H 1

#include <stdbool.h>

/* MPLSUDP_DROP(ENUM, name, "text"): 'name' is what mplsudp/show and, behind
 * "mplsudp_drop_", coverage/show print. */

/* On receive: outer headers, label stack, what is below it. */
#define MPLSUDP_RECEIVE_DROPS                                                \
    MPLSUDP_DROP(OUTER_TRUNCATED, outer_truncated,                           \
                 "outer headers end early")                                  \
    MPLSUDP_DROP(OUTER_PROTOCOL, outer_protocol,                             \
                 "outer headers are not those of the port's type")           \
    MPLSUDP_DROP(OUTER_FRAGMENT, outer_fragment,                             \
                 "outer packet is a fragment")                               \
    MPLSUDP_DROP(OUTER_LENGTH, outer_length,                                 \
                 "outer IP or UDP length does not fit the packet")           \
    MPLSUDP_DROP(IP_CHECKSUM, ip_checksum,                                   \
                 "outer IPv4 header checksum is wrong")                      \
    MPLSUDP_DROP(UNKNOWN_SOURCE, unknown_source,                             \
                 "no port accepts the outer source address")                 \
    MPLSUDP_DROP(UNKNOWN_KEY, unknown_key,                                   \
                 "no port with the outer source takes the label")            \
    MPLSUDP_DROP(GRE_FLAGS, gre_flags,                                       \
                 "GRE header has an option or version that is not "          \
                 "accepted (RFC 2784 section 2.3)")                          \
    MPLSUDP_DROP(GRE_CHECKSUM, gre_checksum,                                 \
                 "GRE checksum is wrong")                                    \
    MPLSUDP_DROP(GRE_PROTOCOL, gre_protocol,                                 \
                 "GRE protocol is not unicast MPLS (RFC 5332 section 6)")    \
    MPLSUDP_DROP(UDP_CHECKSUM, udp_checksum,                                 \
                 "UDP checksum is wrong")                                    \
    MPLSUDP_DROP(ZERO_CHECKSUM, zero_checksum,                               \
                 "zero UDP checksum over IPv6, which the port does not "     \
                 "accept (RFC 7510 section 3.1)")                            \
    MPLSUDP_DROP(STACK_DEPTH, stack_depth,                                   \
                 "more than three labels, which tun_id cannot hold")         \
    MPLSUDP_DROP(CONTROL_WORD, control_word,                                 \
                 "control word is missing or is not one (RFC 4385)")         \
    MPLSUDP_DROP(ECN, ecn,                                                   \
                 "outer congestion mark on a packet that cannot carry it "   \
                 "(RFC 6040 section 4.2)")

/* Both ways. */
#define MPLSUDP_COMMON_DROPS                                                 \
    MPLSUDP_DROP(STACK_TRUNCATED, stack_truncated,                           \
                 "packet ends before the bottom of the label stack")         \
    MPLSUDP_DROP(SPECIAL_LABEL, special_label,                               \
                 "a special-purpose label stands where it must not")         \
    MPLSUDP_DROP(PAYLOAD, payload,                                           \
                 "payload is not what the port carries or the action says")  \
    MPLSUDP_DROP(TTL_EXPIRED, ttl_expired,                                   \
                 "TTL is zero")

/* On transmit. */
#define MPLSUDP_TRANSMIT_DROPS                                               \
    MPLSUDP_DROP(NO_KEY, no_key,                                             \
                 "no label: the tunnel key is not set")                      \
    MPLSUDP_DROP(BAD_KEY, bad_key,                                           \
                 "the tunnel key holds no valid label stack")                \
    MPLSUDP_DROP(TOO_BIG, too_big,                                           \
                 "outer packet is larger than the tunnel MTU")               \
    MPLSUDP_DROP(INNER_TRUNCATED, inner_truncated,                           \
                 "packet to send ends inside its headers")                   \
    MPLSUDP_DROP(OFFLOAD, offload,                                           \
                 "packet to send waits for a hardware offload")              \
    MPLSUDP_DROP(TEMPLATE, template,                                         \
                 "header template is not one of this type")

/* By actions only. */
#define MPLSUDP_ACTION_DROPS                                                 \
    MPLSUDP_DROP(NOT_MPLS, not_mpls,                                         \
                 "packet to take labels off is not MPLS")                    \
    MPLSUDP_DROP(STACK_LENGTH, stack_length,                                 \
                 "label stack is shorter or longer than the action says")

#define MPLSUDP_DROPS                                                        \
    MPLSUDP_RECEIVE_DROPS                                                    \
    MPLSUDP_COMMON_DROPS                                                     \
    MPLSUDP_TRANSMIT_DROPS                                                   \
    MPLSUDP_ACTION_DROPS

/* A verdict on a packet: 0 to go on, else why it is refused. */
enum mplsudp_drop {
    MPLSUDP_PASS,
#define MPLSUDP_DROP(ENUM, NAME, TEXT) MPLSUDP_DROP_##ENUM,
    MPLSUDP_DROPS
#undef MPLSUDP_DROP
    MPLSUDP_N_VERDICTS
};

/* Returns the short name of 'reason', e.g. "udp_checksum"; "pass" for
 * MPLSUDP_PASS; "unknown" for a value that is no verdict. */
const char *mplsudp_drop_name(enum mplsudp_drop reason);

/* Returns one line of text that explains 'reason'. */
const char *mplsudp_drop_text(enum mplsudp_drop reason);

/* True if a packet can be refused for 'reason' on receive, or on transmit. */
bool mplsudp_drop_on_receive(enum mplsudp_drop reason);
bool mplsudp_drop_on_transmit(enum mplsudp_drop reason);

#endif /* mplsudp-drop.h */
