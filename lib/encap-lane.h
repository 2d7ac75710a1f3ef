/* SPDX-License-Identifier: Apache-2.0
 *
 * encap-lane: the short way of most packets into a tunnel.
 *
 * mplsudp_encap_plan() decides about any packet.  Nearly all are IP in an
 * untagged Ethernet frame, and nearly all ports inherit nothing for the outer
 * header but ECN: then this decides the same, in a few steps that compilers
 * put where it is called.  Whatever is not plain, and whatever is refused, is
 * left to mplsudp_encap_plan().
 *
 * Called for each packet by vport-mplsudp-transmit.c. */

#ifndef ENCAP_LANE_H
#define ENCAP_LANE_H 1

#include "label-entropy.h"
#include "mplsudp-encap.h"

/* As encap_lane_plan(), for the IP packet of 'version' (4 or 6) that 'size'
 * bytes at 'ip', behind an Ethernet header, begin with. */
static inline bool
encap_lane_plan_ip(const struct mplsudp_batch *batch, const uint8_t *ip,
                   uint8_t version, size_t size, struct mplsudp_encap *encap)
{
    const struct mplsudp_push *push = &batch->push;

    encap->label_inherits = false;
    if (batch->lane == MPLSUDP_LANE_FRAME) {
        encap->skip = 0;
        encap->payload_size = ETHERNET_SIZE + size;
        encap->header_size = batch->frame_header_size;
    } else {
        size_t ip_size = inner_ip_size(ip, version, size);
        uint8_t ttl = inner_ip_ttl(ip, version);

        if (ip_size > size || ip_size < (version == 4 ? IPV4_SIZE : IPV6_SIZE)
            || !ttl) {
            return false;
        }
        encap->skip = ETHERNET_SIZE;
        encap->payload_size = ip_size;
        encap->header_size = batch->ip_header_size;
        if (push->flags & MPLSUDP_PUSH_IP_TTL_INHERIT) {
            encap->label_inherits = true;
            encap->label_tc = batch->label_tc;
            encap->label_ttl = ttl;
        }
    }
    encap->tos = batch->tos | (inner_ip_tos(ip, version) & ECN_MASK);
    encap->ttl = batch->ttl;
    encap->hash = push->flags & (MPLSUDP_PUSH_ENTROPY
                                 | MPLSUDP_PUSH_ENTROPY_LABEL)
                  ? label_entropy_ip(push->entropy, ip, version, size) : 0;
    return encap->header_size - ETHERNET_SIZE + encap->payload_size
           <= push->mtu;
}

/* Decides as mplsudp_encap_plan(), whose arguments it has.  Returns false if
 * it cannot, and then '*encap' is undefined. */
static inline bool
encap_lane_plan(const struct mplsudp_batch *batch, const uint8_t *packet,
                size_t size, uint16_t type, struct mplsudp_encap *encap)
{
    const uint8_t *ip = packet + ETHERNET_SIZE;

    if (batch->lane == MPLSUDP_LANE_NONE || type
        || size < ETHERNET_SIZE + IPV6_SIZE
        || (batch->lane == MPLSUDP_LANE_FRAME && inner_macs_zero(packet))) {
        return false;
    }
    size -= ETHERNET_SIZE;
    switch (wire_get16(packet + 12)) {
    case ETHERTYPE_IPV4:
        return ip[0] == 0x45
               && encap_lane_plan_ip(batch, ip, 4, size, encap);
    case ETHERTYPE_IPV6:
        return ip[0] >> 4 == 6
               && encap_lane_plan_ip(batch, ip, 6, size, encap);
    default:
        return false;
    }
}

#endif /* encap-lane.h */
