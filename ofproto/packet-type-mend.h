/* SPDX-License-Identifier: Apache-2.0
 *
 * packet-type-mend: keeps OVS from aborting on a flow that outputs to a
 * legacy_l3 port and then to an Ethernet port.
 *
 * compose_output_action__() takes the Ethernet header off for the first port
 * and then restores 'flow', but not 'base_flow', which says what the packet
 * looks like in the datapath by now.  The next commit finds an Ethernet flow
 * over a packet without Ethernet header and reaches OVS_NOT_REACHED().  What
 * the packet then needs is the header back, and that is what "pending encap"
 * of an Ethernet packet means.  Stock gre ports have the bug too. */

#ifndef PACKET_TYPE_MEND_H
#define PACKET_TYPE_MEND_H 1

#include "flow.h"
#include "packets.h"

/* Returns true if, after an output, the datapath must push an Ethernet header
 * before the next one: 'flow' is Ethernet, 'base_flow' is not. */
static inline bool
packet_type_needs_ethernet(const struct flow *flow,
                           const struct flow *base_flow)
{
    return flow->packet_type == htonl(PT_ETH)
           && base_flow->packet_type != htonl(PT_ETH);
}

#endif /* packet-type-mend.h */
