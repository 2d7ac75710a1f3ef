/* SPDX-License-Identifier: Apache-2.0
 *
 * kinds: packets of each kind that a port is given, and how each port should
 * send it. */

#ifndef KINDS_H
#define KINDS_H 1

#include "reference.h"

/* Kinds of packets. */
enum kind {
    MPLS, MPLS_UPSTREAM, MPLS_BARE, MPLS_UPSTREAM_BARE,
    IPV4_ZERO, IPV6_ZERO, IPV4_BARE, IPV6_BARE, IPV4_MACS, IPV6_MACS,
    IPV4_ONE_ZERO_MAC, ARP, ARP_ZERO, ARP_BARE, VLAN_IP, VLAN_IP_ZERO,
    VLAN_MPLS, LLC, PAUSE, N_KINDS
};

/* How a packet goes out: with its own stack, as IP below the template's, as a
 * frame below stack and control word, or not. */
enum way { OWN, IP, FRAME, REFUSED };

struct kind_info {
    const char *name;
    uint16_t type;              /* Argument of mplsudp_encap_plan(). */
    enum way mpls, ethernet, ip, automatic;     /* By payload of the port. */
};

extern const struct kind_info kinds[N_KINDS];

/* IP packets that those of IP are. */
extern const struct ref_ip inner4, inner6;

/* MAC addresses of frames. */
extern const uint64_t mac_a, mac_b;

/* Makes a packet of 'kind' in '*p'.  Returns the bytes of Ethernet header. */
size_t kind_make(struct ref_packet *p, enum kind kind);

#endif /* kinds.h */
