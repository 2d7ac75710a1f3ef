/* SPDX-License-Identifier: Apache-2.0
 *
 * receive-mask: what a datapath flow matches on, as bits of a packet's bytes.
 *
 * A datapath flow says by a mask over "struct flow" which fields it looks at.
 * If two packets of one layout (receive-layout.h) have the same bits at these
 * fields' places, flow extraction gives both the same values under the mask,
 * so a lookup that finds the flow for one finds it for the other.
 *
 * Fields that do not stand in the packet are the same for all packets of the
 * layout: metadata and connection state are zero, the tunnel's key and
 * addresses are in the layout's own bits, and what belongs to other kinds of
 * packets (VLAN, MPLS, ARP, neighbour discovery, IGMP, NSH) is zero.
 *
 * Called by receive-cache.c. */

#ifndef RECEIVE_MASK_H
#define RECEIVE_MASK_H 1

#include "receive-layout.h"

struct flow;

/* Adds to 'head' the outer headers' bits that 'mask' covers. */
void receive_mask_outer(const struct flow *mask,
                        const struct receive_layout *,
                        uint8_t head[RECEIVE_HEAD_SIZE]);

/* Adds to 'head' the bits that 'mask' covers of a packet that left its tunnel,
 * in the place where they are while it is in there.  'packet' is one of the
 * layout.  Sets 'l4_protocol' in '*layout' if the mask needs it.  Returns
 * false if that is not possible. */
bool receive_mask_inner(const struct flow *mask, const uint8_t *packet,
                        struct receive_layout *layout,
                        uint8_t head[RECEIVE_HEAD_SIZE]);

#endif /* receive-mask.h */
