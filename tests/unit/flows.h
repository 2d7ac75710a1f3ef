/* SPDX-License-Identifier: Apache-2.0
 *
 * flows: what the tests of lib/label-entropy.h have in common. */

#ifndef FLOWS_H
#define FLOWS_H 1

#include <stdint.h>

#include "reference.h"

enum { ETHERNET = 0 };          /* Argument 'type' of inner_packet_read(). */

/* A TCP flow over IPv4 and a UDP flow over IPv6. */
extern const struct ref_ip flow4, flow6;

/* Returns the hash of '*p', read from memory that ends with the packet. */
uint32_t flow_hash(const struct ref_packet *p, uint16_t type, uint32_t basis);

#endif /* flows.h */
