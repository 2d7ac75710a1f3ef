/* SPDX-License-Identifier: Apache-2.0
 *
 * stack-body: what lies below a label stack that stays on the packet.
 *
 * Such a packet does not say what it carries; only the egress of its LSP
 * knows.  The first nibble is a hint (RFC 4928), but a pseudowire without
 * control word may begin with any (RFC 8469).  To hash a length or an address
 * that is none would give one flow many paths, and to mark one would damage a
 * packet, so more proof is asked for: an IPv4 header by its checksum, an IPv6
 * header by a length that fits exactly, a control word by being zero above an
 * Ethertype.
 *
 * Called by label-entropy.c to hash flows, by mplsudp-encap.c and
 * mplsudp-decap.c to copy congestion marks. */

#ifndef STACK_BODY_H
#define STACK_BODY_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inner-packet.h"

/* Reads the 'size' bytes at 'body', which follow the bottom of a label stack,
 * as IP, or as Ethernet behind a control word, into '*inner', in which
 * 'ip_version' is set only if the IP header is proven.  Returns false if they
 * are neither; then '*inner' is undefined. */
bool stack_body_read(const uint8_t *body, size_t size,
                     struct inner_packet *inner);

/* Finds the IP header in the packet whose label stack starts the 'size' bytes
 * at 'stack', directly below it or in Ethernet behind a control word, and
 * stores in '*version' 4 or 6.  Returns its offset, or 0 if there is none that
 * is proven. */
size_t stack_body_ip(const uint8_t *stack, size_t size, uint8_t *version);

#endif /* stack-body.h */
