/* SPDX-License-Identifier: Apache-2.0
 *
 * gre-header: the GRE header between outer IP header and label stack (RFC 4023
 * section 3.2, RFC 2784).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |C|  refused|   ignored   | Ver |         Protocol Type         |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |      Checksum (if C is set)   |      Reserved1 (if C)         |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Called by mplsudp-decap.c and mplsudp-template.c. */

#ifndef GRE_HEADER_H
#define GRE_HEADER_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mplsudp-drop.h"

/* A GRE header as read from a packet. */
struct gre_header {
    uint16_t protocol;          /* ETHERTYPE_MPLS or _MPLS_UPSTREAM. */
    size_t size;                /* 4, or 8 with a checksum. */
};

/* Reads the GRE header at the start of the 'size' bytes at 'data', which are
 * all that the outer IP header covers, and checks the checksum if there is
 * one.  'multicast' is true if the outer destination is a group: only then may
 * the label be upstream-assigned (RFC 5332 section 6).
 *
 * Returns MPLSUDP_PASS, or OUTER_TRUNCATED, GRE_FLAGS, GRE_CHECKSUM or
 * GRE_PROTOCOL, and then '*gre' is undefined. */
enum mplsudp_drop gre_header_read(const uint8_t *data, size_t size,
                                  bool multicast, struct gre_header *gre);

/* Writes the 4 bytes of a GRE header to a unicast destination to 'out': no
 * options, which the receiver may not know (RFC 4023 section 4). */
void gre_header_write(uint8_t *out);

#endif /* gre-header.h */
