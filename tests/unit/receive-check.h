/* SPDX-License-Identifier: Apache-2.0
 *
 * receive-check: the short way to take a packet out of its tunnel
 * (lib/receive-layout.h) against the long one (lib/mplsudp-decap.h).
 *
 * A packet that passes has a layout unless there is a reason against it, and
 * the layout agrees with mplsudp_decap().  Then the packet is cut and changed,
 * bit by bit: what still has the layout's bits, and passes its checks, must
 * pass mplsudp_decap() with the same result. */

#ifndef RECEIVE_CHECK_H
#define RECEIVE_CHECK_H 1

#include "receive-layout.h"

/* Why a packet that passes has no layout. */
enum receive_reason {
    RECEIVE_NONE,
    RECEIVE_STACK_STAYS,        /* payload=mpls. */
    RECEIVE_SHORT,
    RECEIVE_OUTER_IP,
    RECEIVE_GRE,
    RECEIVE_DEPTH,
    RECEIVE_ENTROPY_LABEL,
    RECEIVE_NOT_IP,             /* Inside, like those that follow. */
    RECEIVE_INNER_IP,
    RECEIVE_INNER_LENGTH,
    RECEIVE_ECN,
    RECEIVE_TTL,
    RECEIVE_N_REASONS
};

/* The same in words. */
extern const char *const receive_reasons[RECEIVE_N_REASONS];

/* Cut and changed packets that took the short way. */
extern unsigned int receive_n_same;

/* Checks all about the 'size' bytes at 'packet', from the outer Ethernet
 * header on, as a port of 'config' receives them.  Returns why they have no
 * layout, RECEIVE_N_REASONS if they are refused anyway. */
enum receive_reason receive_check(const struct mplsudp_config *config,
                                  const uint8_t *packet, size_t size);

#endif /* receive-check.h */
