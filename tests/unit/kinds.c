/* SPDX-License-Identifier: Apache-2.0 */

#include "kinds.h"

const uint64_t mac_a = 0x02aa00000001, mac_b = 0x02aa00000002;

const struct ref_ip inner4 = {
    .version = 4, .ttl = 63, .protocol = 17, .src = 0x0a000001,
    .dst = 0x0a000002, .src_port = 1000, .dst_port = 2000, .body_size = 30
};
const struct ref_ip inner6 = {
    .version = 6, .ttl = 63, .protocol = 17, .src = 0x11, .dst = 0x12,
    .src_port = 1000, .dst_port = 2000, .body_size = 30
};

const struct kind_info kinds[N_KINDS] = {
    [MPLS] = { "MPLS", 0, OWN, OWN, OWN, OWN },
    [MPLS_UPSTREAM] = { "MPLS 0x8848", 0, OWN, OWN, OWN, OWN },
    [MPLS_BARE] = { "MPLS without Ethernet", 0x8847, OWN, OWN, OWN, OWN },
    [MPLS_UPSTREAM_BARE] = { "MPLS 0x8848 without Ethernet", 0x8848,
                             OWN, OWN, OWN, OWN },
    [IPV4_ZERO] = { "IPv4, zero MACs", 0, IP, IP, IP, IP },
    [IPV6_ZERO] = { "IPv6, zero MACs", 0, IP, IP, IP, IP },
    [IPV4_BARE] = { "IPv4 without Ethernet", 0x0800, IP, IP, IP, IP },
    [IPV6_BARE] = { "IPv6 without Ethernet", 0x86dd, IP, IP, IP, IP },
    [IPV4_MACS] = { "IPv4", 0, REFUSED, FRAME, IP, FRAME },
    [IPV6_MACS] = { "IPv6", 0, REFUSED, FRAME, IP, FRAME },
    [IPV4_ONE_ZERO_MAC] = { "IPv4, one zero MAC", 0,
                            REFUSED, FRAME, IP, FRAME },
    [ARP] = { "ARP", 0, REFUSED, FRAME, REFUSED, FRAME },
    [ARP_ZERO] = { "ARP, zero MACs", 0, REFUSED, FRAME, REFUSED, FRAME },
    [ARP_BARE] = { "ARP without Ethernet", 0x0806,
                   REFUSED, REFUSED, REFUSED, REFUSED },
    [VLAN_IP] = { "P-08 IPv4 with VLAN tag", 0,
                  REFUSED, FRAME, REFUSED, FRAME },
    [VLAN_IP_ZERO] = { "P-08 IPv4 with VLAN tag, zero MACs", 0,
                       REFUSED, FRAME, REFUSED, FRAME },
    [VLAN_MPLS] = { "P-08 MPLS with VLAN tag", 0,
                    REFUSED, FRAME, REFUSED, FRAME },
    [LLC] = { "802.3 frame", 0, REFUSED, FRAME, REFUSED, FRAME },
    [PAUSE] = { "P-11 PAUSE frame, RFC 4448 4.4.5", 0,
                REFUSED, REFUSED, REFUSED, REFUSED },
};

static void
put_mpls(struct ref_packet *p)
{
    ref_put_lse(p, 1000, 3, false, 9);
    ref_put_lse(p, 0, 0, true, 0);
    ref_put_ip(p, &inner4);
}

static void
put_vlan(struct ref_packet *p, uint64_t dst, uint64_t src, uint16_t type)
{
    ref_put_ethernet(p, dst, src, 0x8100);
    ref_put16(p, 0x6005);
    ref_put16(p, type);
}

size_t
kind_make(struct ref_packet *p, enum kind kind)
{
    static const uint16_t ethertypes[N_KINDS] = {
        [MPLS] = 0x8847, [MPLS_UPSTREAM] = 0x8848, [IPV4_ZERO] = 0x0800,
        [IPV6_ZERO] = 0x86dd, [IPV4_MACS] = 0x0800, [IPV6_MACS] = 0x86dd,
        [IPV4_ONE_ZERO_MAC] = 0x0800, [ARP] = 0x0806, [ARP_ZERO] = 0x0806,
        [LLC] = 0x0026, [PAUSE] = 0x8808
    };
    bool zero = kind == IPV4_ZERO || kind == IPV6_ZERO || kind == ARP_ZERO
                || kind == VLAN_IP_ZERO;
    uint64_t dst = zero || kind == IPV4_ONE_ZERO_MAC ? 0 : mac_b;
    uint64_t src = zero ? 0 : mac_a;
    size_t header_size;

    p->size = 0;
    if (ethertypes[kind]) {
        ref_put_ethernet(p, dst, src, ethertypes[kind]);
    } else if (kind >= VLAN_IP) {
        put_vlan(p, dst, src, kind == VLAN_MPLS ? 0x8847 : 0x0800);
    }
    header_size = p->size;
    switch (kind) {
    case MPLS:
    case MPLS_UPSTREAM:
    case MPLS_BARE:
    case MPLS_UPSTREAM_BARE:
    case VLAN_MPLS:
        put_mpls(p);
        break;
    case IPV6_ZERO:
    case IPV6_BARE:
    case IPV6_MACS:
        ref_put_ip(p, &inner6);
        break;
    case ARP:
    case ARP_ZERO:
    case ARP_BARE:
        ref_put_arp(p, 1, 2);
        break;
    case LLC:
    case PAUSE:
        ref_put_fill(p, 0x42, 38);
        break;
    default:
        ref_put_ip(p, &inner4);
        break;
    }
    return header_size;
}
