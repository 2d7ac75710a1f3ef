/* SPDX-License-Identifier: Apache-2.0
 *
 * wire: big-endian integers at any alignment.
 *
 * Every file of lib/ that touches packet bytes goes through these, so none
 * lays a struct over a packet.  Callers have checked the size before. */

#ifndef WIRE_H
#define WIRE_H 1

#include <stdint.h>

/* Returns the 16 bits at 'p', most significant byte first. */
static inline uint16_t
wire_get16(const uint8_t *p)
{
    return (uint16_t) (p[0] << 8 | p[1]);
}

/* Returns the 32 bits at 'p', most significant byte first. */
static inline uint32_t
wire_get32(const uint8_t *p)
{
    return (uint32_t) p[0] << 24 | (uint32_t) p[1] << 16
           | (uint32_t) p[2] << 8 | p[3];
}

/* Stores 'value' at 'p', most significant byte first. */
static inline void
wire_put16(uint8_t *p, uint16_t value)
{
    p[0] = (uint8_t) (value >> 8);
    p[1] = (uint8_t) value;
}

/* Stores 'value' at 'p', most significant byte first. */
static inline void
wire_put32(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t) (value >> 24);
    p[1] = (uint8_t) (value >> 16);
    p[2] = (uint8_t) (value >> 8);
    p[3] = (uint8_t) value;
}

#endif /* wire.h */
