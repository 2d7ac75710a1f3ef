/* SPDX-License-Identifier: Apache-2.0
 *
 * packet-type-mend: keeps OVS from losing sight of what type a packet is of,
 * where it aborts or sends nonsense: on a flow that outputs to a legacy_l3
 * port and then to an Ethernet port, and on packets without Ethernet header
 * that a controller resumes.
 *
 * compose_output_action__() takes the Ethernet header off for the first port
 * and then restores 'flow', but not 'base_flow', which says what the packet
 * looks like in the datapath by now.  The next commit finds an Ethernet flow
 * over a packet without Ethernet header and reaches OVS_NOT_REACHED().  What
 * the packet then needs is the header back, and that is what "pending encap"
 * of an Ethernet packet means.  Stock gre ports have the bug too.
 *
 * Nothing is remembered from the output to the commit: in between, OVS may
 * restore 'base_flow' itself, as after clone() or check_pkt_larger().
 *
 * controller(pause) tells the controller the packet's type, and NXT_RESUME
 * brings it back, but OVS takes every packet that is resumed for an Ethernet
 * frame. */

#ifndef PACKET_TYPE_MEND_H
#define PACKET_TYPE_MEND_H 1

#include <string.h>

#include "dp-packet.h"
#include "flow.h"
#include "packets.h"

/* Returns true if the commit from 'base_flow' to 'flow' must push an Ethernet
 * header that no action asked for: 'flow' is Ethernet, 'base_flow' is not, and
 * nothing is 'pending', neither that action's header nor an outer one to be
 * taken off, below which an Ethernet frame would appear.  The datapath lost
 * addresses and VLAN tags with the former header: clears the tags in
 * 'base_flow', so that the commit pushes those of 'flow', and matches in 'wc'
 * on all that it writes. */
static inline bool
packet_type_needs_ethernet(const struct flow *flow, struct flow *base_flow,
                           struct flow_wildcards *wc, bool pending)
{
    if (pending || flow->packet_type != htonl(PT_ETH)
        || base_flow->packet_type == htonl(PT_ETH)) {
        return false;
    }
    memset(&wc->masks.dl_dst, 0xff, sizeof wc->masks.dl_dst);
    memset(&wc->masks.dl_src, 0xff, sizeof wc->masks.dl_src);
    for (int i = 0; i < FLOW_MAX_VLAN_HEADERS; i++) {
        base_flow->vlans[i].qtag = 0;
        if (flow->vlans[i].qtag) {
            wc->masks.vlans[i].qtag = OVS_BE32_MAX;
        }
    }
    return true;
}

/* Makes 'packet', which comes with 'metadata', of the type that this says. */
static inline void
packet_type_restore(struct dp_packet *packet, const struct flow *metadata)
{
    packet->packet_type = metadata->packet_type;
}

#endif /* packet-type-mend.h */
