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
#include <string.h>

#include "wire.h"

/* Adds the 'size' bytes at 'data' to 'sum' and returns the new sum, folded to
 * less than 2**33, so that a few of them can be added with "+".  'sum' starts
 * at 0.  Only the last piece of a message may have an odd 'size'. */
uint64_t inet_sum_add(uint64_t sum, const void *data, size_t size);

/* As inet_sum_add(), for a 'size' that is small, constant and a multiple of 4:
 * a header. */
static inline uint64_t
inet_sum_add_header(uint64_t sum, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i += 4) {
        uint32_t value;

        memcpy(&value, data + i, sizeof value);
        sum += value;
    }
    return sum;
}

/* Returns what to add to a sum for 16 bits that have 'value' on the wire. */
static inline uint16_t
inet_sum_word(uint16_t value)
{
    uint8_t bytes[2];
    uint16_t word;

    wire_put16(bytes, value);
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* Returns 'sum' folded to 16 bits and complemented: the value to store in a
 * checksum field with memcpy(), or 0 if the summed bytes included a correct
 * checksum. */
static inline uint16_t
inet_sum_finish(uint64_t sum)
{
    sum = (sum >> 32) + (sum & UINT32_MAX);
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    return (uint16_t) ~sum;
}

/* Returns checksum 'sum' (as loaded with memcpy()) after a 16-bit word that it
 * covers changed from 'old' to 'new' (as loaded with memcpy()); RFC 1624. */
static inline uint16_t
inet_sum_update(uint16_t sum, uint16_t old, uint16_t new)
{
    return inet_sum_finish((uint64_t) (uint16_t) ~sum + (uint16_t) ~old + new);
}

#endif /* inet-sum.h */
