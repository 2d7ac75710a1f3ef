/* SPDX-License-Identifier: Apache-2.0
 *
 * stack-body: what lies below a label stack that stays on the packet.
 *
 * Such a packet does not say what it carries; only the egress of its LSP
 * knows.  The first nibble is a hint (RFC 4928, RFC 8469), good enough to hash
 * a flow by (label-entropy.c); congestion marks are copied from and to the
 * header below (mplsudp-encap.c, mplsudp-decap.c) only if that holds a second
 * proof. */

#ifndef STACK_BODY_H
#define STACK_BODY_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inner-packet.h"

/* Reads the 'size' bytes at 'body', which follow the bottom of a label stack,
 * as IP, or as Ethernet behind a control word, into '*inner'.  Returns false
 * if they are neither; then '*inner' is undefined. */
bool stack_body_read(const uint8_t *body, size_t size,
                     struct inner_packet *inner);

/* Finds the IP header in the packet whose label stack starts the 'size' bytes
 * at 'stack', directly below it or in Ethernet behind a control word, and
 * stores in '*version' 4 or 6.  Returns its offset, or 0 if there is none that
 * is proven: IPv4 by its header checksum, IPv6 by a length that fits
 * exactly. */
size_t stack_body_ip(const uint8_t *stack, size_t size, uint8_t *version);

#endif /* stack-body.h */
