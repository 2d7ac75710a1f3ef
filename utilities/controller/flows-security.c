/* SPDX-License-Identifier: Apache-2.0
 *
 * Table 2: a VM's frames have its MAC and, if its port has addresses, its IP
 * addresses.  What asks for a neighbour goes to table 3, the rest to 4. */

#include <config.h>
#include "flows-pipeline.h"

#define PRIORITY_ND_BAD 60
#define PRIORITY_ND 50
#define PRIORITY_ND_OTHER 45
#define PRIORITY_ALLOW_ND 40
#define PRIORITY_ALLOW 30
#define PRIORITY_TYPE 20
#define PRIORITY_MAC 10

/* A local port with addresses, or without. */
struct guarded {
    struct pipeline *p;
    const struct port *port;
    ofp_port_t ofport;
};

static struct match *
begin(const struct guarded *g, uint16_t priority)
{
    struct flow_writer *w = &g->p->w;

    writer_begin(w, TABLE_SECURITY, priority, &g->port->object.uuid);
    match_set_in_port(&w->match, g->ofport);
    match_set_dl_src(&w->match, g->port->mac);
    return &w->match;
}

static void
allow(const struct guarded *g, uint8_t next_table)
{
    writer_goto(&g->p->w, next_table);
    writer_end(&g->p->w);
}

static void
drop(const struct guarded *g)
{
    writer_end(&g->p->w);
}

static void
drop_type(const struct guarded *g, uint16_t dl_type)
{
    match_set_dl_type(begin(g, PRIORITY_TYPE), htons(dl_type));
    drop(g);
}

/* ARP whose sender is the port's MAC and, unless NULL, '*spa'. */
static void
allow_arp(const struct guarded *g, const ovs_be32 *spa)
{
    struct match *match = begin(g, PRIORITY_ALLOW);

    match_set_dl_type(match, htons(ETH_TYPE_ARP));
    match_set_arp_sha(match, g->port->mac);
    if (spa) {
        match_set_nw_src(match, *spa);
    }
    allow(g, TABLE_NEIGHBOURS);
}

/* IPv4 and ARP from the port's addresses; ARP probes (RFC 5227) and DHCP
 * (RFC 2131) without one. */
static void
allow_ipv4(const struct guarded *g)
{
    ovs_be32 none = 0;

    for (size_t i = 0; i < g->port->n_addresses; i++) {
        ovs_be32 addr = in6_addr_get_mapped_ipv4(&g->port->addresses[i]);
        struct match *match;

        if (addr) {
            match = begin(g, PRIORITY_ALLOW);
            match_set_dl_type(match, htons(ETH_TYPE_IP));
            match_set_nw_src(match, addr);
            allow(g, TABLE_ROUTE);
            allow_arp(g, &addr);
        }
    }
    allow_arp(g, &none);

    struct match *match = begin(g, PRIORITY_ALLOW);
    match_set_dl_type(match, htons(ETH_TYPE_IP));
    match_set_nw_src(match, none);
    match_set_nw_dst(match, htonl(UINT32_MAX));
    match_set_nw_proto(match, IPPROTO_UDP);
    match_set_tp_src(match, htons(68));
    match_set_tp_dst(match, htons(67));
    allow(g, TABLE_ROUTE);
}

static struct match *
begin_nd(const struct guarded *g, uint16_t priority, uint8_t type)
{
    struct match *match = begin(g, priority);

    match_set_flags(match, 0, FLAG_ND);
    match_set_nd(match, type);
    return match;
}

/* Goes through the table again, for the source address. */
static void
accept_nd(const struct guarded *g)
{
    writer_set_reg(&g->p->w, REG_FLAGS, FLAG_ND);
    writer_resubmit(&g->p->w, TABLE_SECURITY);
    writer_end(&g->p->w);
}

/* Neighbour advertisements (RFC 4861 section 4.4) are for own addresses. */
static void
accept_advertisement(const struct guarded *g, const struct in6_addr *target)
{
    struct match *match = begin_nd(g, PRIORITY_ND, ND_NEIGHBOR_ADVERT);
    match_set_nd_target(match, target);
    match_set_arp_tha(match, g->port->mac);
    accept_nd(g);

    match = begin_nd(g, PRIORITY_ND, ND_NEIGHBOR_ADVERT);
    match_set_nd_target(match, target);
    match_set_arp_tha(match, eth_addr_zero);
    accept_nd(g);
}

/* Link-layer addresses in neighbour discovery are the port's MAC or absent.
 * OVS shows a message whose option repeats as one without target. */
static void
guard_nd(const struct guarded *g)
{
    struct match *match = begin_nd(g, PRIORITY_ND_BAD, ND_NEIGHBOR_SOLICIT);
    match_set_nd_target(match, &in6addr_any);
    drop(g);

    match = begin_nd(g, PRIORITY_ND, ND_NEIGHBOR_SOLICIT);
    match_set_arp_sha(match, g->port->mac);
    accept_nd(g);

    match = begin_nd(g, PRIORITY_ND, ND_NEIGHBOR_SOLICIT);
    match_set_arp_sha(match, eth_addr_zero);
    accept_nd(g);

    match = begin(g, PRIORITY_ND_OTHER);
    match_set_flags(match, 0, FLAG_ND);
    match_set_icmp6(match, ND_NEIGHBOR_SOLICIT);
    drop(g);

    match = begin(g, PRIORITY_ND_OTHER);
    match_set_flags(match, 0, FLAG_ND);
    match_set_icmp6(match, ND_NEIGHBOR_ADVERT);
    drop(g);
}

static void
allow_ipv6_source(const struct guarded *g, const struct in6_addr *source)
{
    struct match *match = begin(g, PRIORITY_ALLOW_ND);
    match_set_flags(match, FLAG_ND, FLAG_ND);
    match_set_dl_type(match, htons(ETH_TYPE_IPV6));
    match_set_ipv6_src(match, source);
    allow(g, TABLE_NEIGHBOURS);

    match = begin(g, PRIORITY_ALLOW);
    match_set_dl_type(match, htons(ETH_TYPE_IPV6));
    match_set_ipv6_src(match, source);
    allow(g, TABLE_ROUTE);

    accept_advertisement(g, source);
}

/* Without a source address: duplicate address detection (RFC 4862 section
 * 5.4.2) and multicast listener reports (RFC 2710, RFC 3810, RFC 3590). */
static void
allow_ipv6_unspecified(const struct guarded *g)
{
    static const uint8_t types[] = { MLD_REPORT, MLD_DONE, MLD2_REPORT };

    struct match *match = begin(g, PRIORITY_ALLOW_ND);
    match_set_flags(match, FLAG_ND, FLAG_ND);
    match_set_nd(match, ND_NEIGHBOR_SOLICIT);
    match_set_ipv6_src(match, &in6addr_any);
    allow(g, TABLE_ROUTE);

    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        match = begin(g, PRIORITY_ALLOW);
        match_set_icmp6(match, types[i]);
        match_set_ipv6_src(match, &in6addr_any);
        allow(g, TABLE_ROUTE);
    }
}

static void
allow_ipv6(const struct guarded *g)
{
    struct in6_addr lla;

    for (size_t i = 0; i < g->port->n_addresses; i++) {
        if (!address_is_ipv4(&g->port->addresses[i])) {
            allow_ipv6_source(g, &g->port->addresses[i]);
        }
    }
    in6_generate_lla(g->port->mac, &lla);
    allow_ipv6_source(g, &lla);
    allow_ipv6_unspecified(g);
    guard_nd(g);
}

static bool
has_address_of_family(const struct port *port, bool ipv4)
{
    for (size_t i = 0; i < port->n_addresses; i++) {
        if (address_is_ipv4(&port->addresses[i]) == ipv4) {
            return true;
        }
    }
    return false;
}

static void
guard_addresses(const struct guarded *g)
{
    drop_type(g, ETH_TYPE_IP);
    drop_type(g, ETH_TYPE_IPV6);
    if (has_address_of_family(g->port, true)) {
        allow_ipv4(g);
    }
    if (has_address_of_family(g->port, false)) {
        allow_ipv6(g);
    }
}

/* What has no addresses may use any, but ARP gives its MAC. */
static void
guard_mac(const struct guarded *g)
{
    allow_arp(g, NULL);
    match_set_nd(begin(g, PRIORITY_ALLOW), ND_NEIGHBOR_SOLICIT);
    allow(g, TABLE_NEIGHBOURS);
}

static void
guard(struct pipeline *p, const struct port *port, ofp_port_t ofport)
{
    struct guarded g = { .p = p, .port = port, .ofport = ofport };

    begin(&g, PRIORITY_MAC);
    allow(&g, TABLE_ROUTE);
    drop_type(&g, ETH_TYPE_ARP);
    if (port->n_addresses) {
        guard_addresses(&g);
    } else {
        guard_mac(&g);
    }
}

void
flows_security(struct pipeline *p)
{
    const struct site *site;
    const struct port *port;

    LIST_FOR_EACH (site, in_hypervisor, &p->hv->sites) {
        LIST_FOR_EACH (port, in_site, &site->ports) {
            ofp_port_t ofport = pipeline_port(p, port);

            if (ofport != OFPP_NONE) {
                guard(p, port, ofport);
            }
        }
    }
}
