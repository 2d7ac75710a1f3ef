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

/* Returns 4 or 6 if the Ethernet frame at 'frame', of at least 54 bytes, has a
 * header of that version of IP, without tags before it or IPv4 options in it;
 * otherwise 0. */
static inline uint8_t
encap_lane_version(const uint8_t *frame)
{
    const uint8_t *ip = frame + ETHERNET_SIZE;

    switch (wire_get16(frame + 12)) {
    case ETHERTYPE_IPV4:
        return ip[0] == 0x45 ? 4 : 0;
    case ETHERTYPE_IPV6:
        return ip[0] >> 4 == 6 ? 6 : 0;
    default:
        return 0;
    }
}

/* Decides what of the 'size' bytes behind the Ethernet header, with 'ip' of
 * 'version', goes out as an IP packet.  Returns false if none should. */
static inline bool
encap_lane_plan_ip(const struct mplsudp_batch *batch, const uint8_t *ip,
                   uint8_t version, size_t size, struct mplsudp_encap *encap)
{
    encap->skip = ETHERNET_SIZE;
    encap->payload_size = inner_ip_size(ip, version, size);
    encap->header_size = batch->ip_header_size;
    encap->label_inherits = batch->push.flags & MPLSUDP_PUSH_IP_TTL_INHERIT;
    encap->label_tc = batch->label_tc;
    encap->label_ttl = inner_ip_ttl(ip, version);
    return encap->payload_size <= size
           && encap->payload_size >= (version == 4 ? IPV4_SIZE : IPV6_SIZE)
           && encap->label_ttl;
}

/* Decides as mplsudp_encap_plan(), whose arguments it has.  Returns false if
 * it cannot, and then '*encap' is undefined. */
static inline bool
encap_lane_plan(const struct mplsudp_batch *batch, const uint8_t *packet,
                size_t size, uint16_t type, struct mplsudp_encap *encap)
{
    const struct mplsudp_push *push = &batch->push;
    const uint8_t *ip = packet + ETHERNET_SIZE;
    uint8_t version;

    if (batch->lane == MPLSUDP_LANE_NONE || type
        || size < ETHERNET_SIZE + IPV6_SIZE) {
        return false;
    }
    version = encap_lane_version(packet);
    if (!version) {
        return false;
    }
    if (batch->lane == MPLSUDP_LANE_FRAME) {
        if (inner_macs_zero(packet)) {
            return false;
        }
        encap->skip = 0;
        encap->payload_size = size;
        encap->header_size = batch->frame_header_size;
        encap->label_inherits = false;
    } else if (!encap_lane_plan_ip(batch, ip, version, size - ETHERNET_SIZE,
                                   encap)) {
        return false;
    }
    encap->tos = batch->tos | (inner_ip_tos(ip, version) & ECN_MASK);
    encap->ttl = batch->ttl;
    encap->hash = push->flags & (MPLSUDP_PUSH_ENTROPY
                                 | MPLSUDP_PUSH_ENTROPY_LABEL)
                  ? label_entropy_ip(push->entropy, ip, version,
                                     size - ETHERNET_SIZE) : 0;
    return encap->header_size - ETHERNET_SIZE + encap->payload_size
           <= push->mtu;
}

#endif /* encap-lane.h */
