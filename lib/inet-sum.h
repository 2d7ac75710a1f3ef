/* SPDX-License-Identifier: Apache-2.0
 *
 * inet-sum: the Internet checksum (RFC 1071), eight bytes a step.
 *
 * Used by outer-header.c, mplsudp-encap.c and mplsudp-decap.c for the IPv4
 * header and for UDP, and by inner-packet.c to change one header field.
 *
 * Sums are kept in the machine's own byte order, which RFC 1071 section 2(B)
 * permits: a finished sum is stored and loaded with memcpy(), never swapped.
 */

#ifndef INET_SUM_H
#define INET_SUM_H 1

#include <stddef.h>
#include <stdint.h>

/* Adds the 'size' bytes at 'data' to 'sum' and returns the new sum, folded to
 * less than 2**33, so that a few of them can be added with "+".  'sum' starts
 * at 0.  Only the last piece of a message may have an odd 'size'. */
uint64_t inet_sum_add(uint64_t sum, const void *data, size_t size);

/* Returns 'sum' folded to 16 bits and complemented: the value to store in a
 * checksum field with memcpy(), or 0 if the summed bytes included a correct
 * checksum. */
uint16_t inet_sum_finish(uint64_t sum);

/* Returns checksum 'sum' (as loaded with memcpy()) after a 16-bit word that it
 * covers changed from 'old' to 'new' (as loaded with memcpy()); RFC 1624. */
uint16_t inet_sum_update(uint16_t sum, uint16_t old, uint16_t new);

#endif /* inet-sum.h */
