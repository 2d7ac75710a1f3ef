/* SPDX-License-Identifier: Apache-2.0
 *
 * Table 3: a VM that asks for the MAC of a port that it may reach, or of a
 * gateway, gets its answer here, by ARP (RFC 826) or neighbour discovery (RFC
 * 4861).  The question itself becomes the answer. */

#include <config.h>
#include "flows-pipeline.h"

#define PRIORITY_OWN 200
#define PRIORITY_ANSWER 100
#define PRIORITY_OTHER 0

/* Flags of an advertisement (RFC 4861 section 4.4). */
#define NA_ROUTER UINT32_C(0x80000000)
#define NA_SOLICITED UINT32_C(0x40000000)
#define NA_OVERRIDE UINT32_C(0x20000000)

/* What is to be answered. */
struct neighbour {
    const struct network *network;
    const struct in6_addr *address;
    struct eth_addr mac;
    bool router;
    const struct uuid *row;
};

static void
pass_on(struct pipeline *p)
{
    writer_goto(&p->w, TABLE_ROUTE);
    writer_end(&p->w);
}

static void
pass_others(struct pipeline *p)
{
    struct flow_writer *w = &p->w;

    writer_begin(w, TABLE_NEIGHBOURS, PRIORITY_OTHER, &p->hv->object.uuid);
    pass_on(p);

    /* Whether an address is a duplicate (RFC 4862) its owner says. */
    writer_begin(w, TABLE_NEIGHBOURS, PRIORITY_OWN, &p->hv->object.uuid);
    match_set_nd(&w->match, ND_NEIGHBOR_SOLICIT);
    match_set_ipv6_src(&w->match, &in6addr_any);
    pass_on(p);
}

/* Matches a question for 'address'.  RFC 4861 section 7.1.1 for hop limit and
 * code; the option is what the answer's is made of. */
static void
match_question(struct match *match, const struct in6_addr *address)
{
    if (address_is_ipv4(address)) {
        match_set_dl_type(match, htons(ETH_TYPE_ARP));
        match_set_nw_proto(match, ARP_OP_REQUEST);
        match_set_nw_dst(match, in6_addr_get_mapped_ipv4(address));
    } else {
        match_set_nd(match, ND_NEIGHBOR_SOLICIT);
        match_set_nw_ttl(match, 255);
        match_set_nd_target(match, address);
        match_set_nd_options_type(match, ND_OPT_SOURCE_LINKADDR);
    }
}

static void
answer_arp(struct flow_writer *w, const struct neighbour *n)
{
    ovs_be16 reply = htons(ARP_OP_REPLY);
    ovs_be32 address = in6_addr_get_mapped_ipv4(n->address);

    writer_set(w, MFF_ARP_OP, &reply);
    writer_move(w, MFF_ARP_THA, MFF_ARP_SHA);
    writer_set(w, MFF_ARP_SHA, &n->mac);
    writer_move(w, MFF_ARP_TPA, MFF_ARP_SPA);
    writer_set(w, MFF_ARP_SPA, &address);
    writer_output(w, OFPP_IN_PORT);
}

/* OVS wants an advertisement before it sets a target's link-layer address:
 * that is for the next step. */
static void
answer_nd(struct flow_writer *w, const struct neighbour *n)
{
    ovs_be32 flags = htonl((n->router ? NA_ROUTER : 0) | NA_SOLICITED
                           | NA_OVERRIDE);

    writer_move(w, MFF_IPV6_DST, MFF_IPV6_SRC);
    writer_set(w, MFF_IPV6_SRC, n->address);
    writer_set(w, MFF_ND_RESERVED, &flags);
    writer_set_u8(w, MFF_ICMPV6_TYPE, ND_NEIGHBOR_ADVERT);
    writer_set_reg(w, REG_STEP, 1);
    writer_resubmit(w, TABLE_NEIGHBOURS);
}

static void
finish_nd(struct pipeline *p)
{
    struct flow_writer *w = &p->w;

    writer_begin(w, TABLE_NEIGHBOURS, PRIORITY_ANSWER, &p->hv->object.uuid);
    match_set_reg(&w->match, REG_STEP, 1);
    match_set_nd(&w->match, ND_NEIGHBOR_ADVERT);
    writer_set_u8(w, MFF_ND_OPTIONS_TYPE, ND_OPT_TARGET_LINKADDR);
    writer_move(w, MFF_ND_TLL, MFF_ETH_SRC);
    writer_output(w, OFPP_IN_PORT);
    writer_end(w);
}

/* Answers those of role '*asker', or all if NULL. */
static void
answer(struct pipeline *p, const struct neighbour *n, const uint32_t *asker)
{
    struct flow_writer *w = &p->w;

    writer_begin(w, TABLE_NEIGHBOURS, PRIORITY_ANSWER, n->row);
    match_set_uuid(&w->match, XXREG_NETWORK, &n->network->object.uuid);
    match_set_reg(&w->match, REG_STEP, 0);
    if (asker) {
        match_set_reg(&w->match, REG_ROLE, *asker);
    }
    match_question(&w->match, n->address);

    writer_move(w, MFF_ETH_DST, MFF_ETH_SRC);
    writer_set(w, MFF_ETH_SRC, &n->mac);
    if (address_is_ipv4(n->address)) {
        answer_arp(w, n);
    } else {
        answer_nd(w, n);
    }
    writer_end(w);
}

static void
answer_for_port(struct pipeline *p, const struct site *local,
                const struct port *port)
{
    struct neighbour n = {
        .network = port->network,
        .mac = port->mac,
        .row = &port->object.uuid,
    };

    for (size_t i = 0; i < port->n_addresses; i++) {
        n.address = &port->addresses[i];
        if (port->role == ROLE_PROMISCUOUS) {
            answer(p, &n, NULL);
            continue;
        }
        for (size_t j = 0; j < local->n_roles; j++) {
            if (overlay_role_reaches(local->roles[j], port->role)) {
                answer(p, &n, &local->roles[j]);
            }
        }
    }
}

static void
answer_for_gateways(struct pipeline *p, const struct network *network)
{
    struct neighbour n = {
        .network = network,
        .mac = GATEWAY_MAC,
        .router = true,
        .row = &network->object.uuid,
    };

    for (size_t i = 0; i < network->n_gateways; i++) {
        n.address = &network->gateways[i];
        answer(p, &n, NULL);
    }
}

/* A VM's question for its own address is an announcement, or looks for a
 * duplicate (RFC 5227): it goes to the others. */
static void
pass_own(struct pipeline *p, const struct port *port)
{
    ofp_port_t ofport = pipeline_port(p, port);
    struct flow_writer *w = &p->w;

    for (size_t i = 0; ofport != OFPP_NONE && i < port->n_addresses; i++) {
        writer_begin(w, TABLE_NEIGHBOURS, PRIORITY_OWN, &port->object.uuid);
        match_set_in_port(&w->match, ofport);
        match_question(&w->match, &port->addresses[i]);
        pass_on(p);
    }
}

void
flows_neighbours(struct pipeline *p)
{
    const struct site *local, *site;
    const struct port *port;

    pass_others(p);
    finish_nd(p);
    LIST_FOR_EACH (local, in_hypervisor, &p->hv->sites) {
        answer_for_gateways(p, local->network);
        LIST_FOR_EACH (site, in_network, &local->network->sites) {
            LIST_FOR_EACH (port, in_site, &site->ports) {
                answer_for_port(p, local, port);
            }
        }
        LIST_FOR_EACH (port, in_site, &local->ports) {
            pass_own(p, port);
        }
    }
}
