/* SPDX-License-Identifier: Apache-2.0
 *
 * Table 0: whose packet it is, by the port that it came from. */

#include <config.h>
#include "flows-pipeline.h"

#include "hash.h"
#include "sset.h"
#include "switch.h"

#define PRIORITY_FOREIGN 200
#define PRIORITY_CLAIM 110
#define PRIORITY_PORT 100

/* Networks have no VLANs.  MPLS packets from VMs would go out with labels of
 * the VM's choice (RFC 4364 section 6). */
static void
drop_labelled_and_tagged(struct pipeline *p)
{
    static const uint16_t mpls[] = { ETH_TYPE_MPLS, ETH_TYPE_MPLS_MCAST };
    struct flow_writer *w = &p->w;

    writer_begin(w, TABLE_CLASSIFY, PRIORITY_FOREIGN, &p->hv->object.uuid);
    match_set_dl_tci_masked(&w->match, htons(VLAN_CFI), htons(VLAN_CFI));
    writer_end(w);
    for (size_t i = 0; i < ARRAY_SIZE(mpls); i++) {
        writer_begin(w, TABLE_CLASSIFY, PRIORITY_FOREIGN,
                     &p->hv->object.uuid);
        match_set_dl_type(&w->match, htons(mpls[i]));
        writer_end(w);
    }
}

static void
classify_tunnel(struct pipeline *p, ofp_port_t ofport)
{
    struct flow_writer *w = &p->w;

    writer_begin(w, TABLE_CLASSIFY, PRIORITY_PORT, &p->hv->object.uuid);
    match_set_in_port(&w->match, ofport);
    writer_set_reg(w, REG_FLAGS, FLAG_TUNNEL);
    writer_goto(w, TABLE_LABELS);
    writer_end(w);
}

static void
classify_port(struct pipeline *p, const struct port *port, ofp_port_t ofport)
{
    struct flow_writer *w = &p->w;

    writer_begin(w, TABLE_CLASSIFY, PRIORITY_PORT, &port->object.uuid);
    match_set_in_port(&w->match, ofport);
    writer_set_network(w, port->network);
    writer_set_reg(w, REG_ROLE, port->role);
    writer_goto(w, TABLE_SECURITY);
    writer_end(w);
}

/* Gratuitous ARP (RFC 5227 section 2.3) or RARP (RFC 903) from 'port' itself:
 * 'spa' is the address that it announces, 0 for any ARP. */
static void
claim(struct pipeline *p, const struct port *port, ofp_port_t ofport,
      uint16_t dl_type, uint8_t arp_op, ovs_be32 spa)
{
    struct flow_writer *w = &p->w;

    writer_begin(w, TABLE_CLASSIFY, PRIORITY_CLAIM, &port->object.uuid);
    match_set_in_port(&w->match, ofport);
    match_set_dl_src(&w->match, port->mac);
    match_set_dl_type(&w->match, htons(dl_type));
    if (arp_op) {
        match_set_nw_proto(&w->match, arp_op);
        match_set_arp_sha(&w->match, port->mac);
        if (spa) {
            match_set_nw_src(&w->match, spa);
            match_set_nw_dst(&w->match, spa);
        }
    }
    writer_controller(w, CONTROLLER_METER, REASON_CLAIM);
    writer_end(w);
}

/* 'port' is elsewhere, but its interface is here as well: what a VM says when
 * it has moved goes to the controller, and nothing else is let in. */
static void
classify_claim(struct pipeline *p, const struct port *port, ofp_port_t ofport)
{
    static const uint8_t ops[] = { ARP_OP_REQUEST, ARP_OP_REPLY };
    bool has_ipv4 = false;

    claim(p, port, ofport, ETH_TYPE_RARP, 0, 0);
    for (size_t i = 0; i < port->n_addresses; i++) {
        ovs_be32 spa = in6_addr_get_mapped_ipv4(&port->addresses[i]);

        for (size_t j = 0; spa && j < ARRAY_SIZE(ops); j++) {
            claim(p, port, ofport, ETH_TYPE_ARP, ops[j], spa);
        }
        has_ipv4 |= spa != 0;
    }
    for (size_t j = 0; !has_ipv4 && j < ARRAY_SIZE(ops); j++) {
        claim(p, port, ofport, ETH_TYPE_ARP, ops[j], 0);
    }
}

static bool
has_claim(const struct port *port, const struct hypervisor *hv)
{
    for (size_t i = 0; i < port->row->n_claims; i++) {
        if (port->row->claims[i] == hv->row) {
            return true;
        }
    }
    return false;
}

/* Ports that are elsewhere, and whose interface this hypervisor has too. */
static void
classify_claims(struct pipeline *p)
{
    struct sset names = SSET_INITIALIZER(&names);
    const struct port *port;
    const char *name;

    switch_port_names(p->hv->sw, &names);
    SSET_FOR_EACH (name, &names) {
        HMAP_FOR_EACH_WITH_HASH (port, by_interface, hash_string(name, 0),
                                 &p->overlay->ports_by_interface) {
            if (!strcmp(port->interface, name) && port->network && port->site
                && port->site->hypervisor != p->hv
                && has_claim(port, p->hv)) {
                classify_claim(p, port, pipeline_port(p, port));
            }
        }
    }
    sset_destroy(&names);
}

void
flows_classify(struct pipeline *p)
{
    const struct site *site;
    const struct port *port;

    drop_labelled_and_tagged(p);
    for (int i = 0; i < N_ENCAPS; i++) {
        if (p->tunnels[i] != OFPP_NONE) {
            classify_tunnel(p, p->tunnels[i]);
        }
    }
    LIST_FOR_EACH (site, in_hypervisor, &p->hv->sites) {
        LIST_FOR_EACH (port, in_site, &site->ports) {
            ofp_port_t ofport = pipeline_port(p, port);

            if (ofport != OFPP_NONE) {
                classify_port(p, port, ofport);
            }
        }
    }
    classify_claims(p);
}
