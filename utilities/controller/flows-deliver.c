/* SPDX-License-Identifier: Apache-2.0
 *
 * Table 7: delivers to a local port what its role lets in (RFC 5517, RFC 8317
 * section 3.1), whoever decided to send it there. */

#include <config.h>
#include "flows-pipeline.h"

#define PRIORITY_BACK 120
#define PRIORITY_ROUTED_BACK 110
#define PRIORITY_PORT 100

static void
deliver_from(struct pipeline *p, const struct port *port, ofp_port_t ofport,
             const uint32_t *sender)
{
    struct flow_writer *w = &p->w;

    writer_begin(w, TABLE_DELIVER, PRIORITY_PORT, &port->object.uuid);
    match_set_reg(&w->match, REG_PORT, ofp_to_u16(ofport));
    if (sender) {
        match_set_reg(&w->match, REG_ROLE, *sender);
    }
    writer_output(w, ofport);
    writer_end(w);
}

/* A copy for all is not for its sender.  OVS would not send it there either,
 * but log that. */
static void
drop_back(struct pipeline *p, const struct port *port, ofp_port_t ofport)
{
    struct flow_writer *w = &p->w;

    writer_begin(w, TABLE_DELIVER, PRIORITY_BACK, &port->object.uuid);
    match_set_in_port(&w->match, ofport);
    match_set_reg(&w->match, REG_PORT, ofp_to_u16(ofport));
    writer_end(w);
}

static void
deliver_port(struct pipeline *p, const struct port *port)
{
    static const uint32_t promiscuous = ROLE_PROMISCUOUS;
    ofp_port_t ofport = pipeline_port(p, port);

    if (ofport == OFPP_NONE) {
        return;
    }
    drop_back(p, port, ofport);
    if (port->role == ROLE_PROMISCUOUS) {
        deliver_from(p, port, ofport, NULL);
        return;
    }
    deliver_from(p, port, ofport, &promiscuous);
    if (port->role != ROLE_ISOLATED) {
        deliver_from(p, port, ofport, &port->role);
    }
}

/* Routing is no way round a network's roles: what says that it comes from the
 * network itself was not routed by an honest hypervisor. */
static void
drop_routed_back(struct pipeline *p, const struct network *network)
{
    struct flow_writer *w = &p->w;

    for (size_t i = 0; i < network->n_subnets; i++) {
        writer_begin(w, TABLE_DELIVER, PRIORITY_ROUTED_BACK,
                     &network->object.uuid);
        match_set_uuid(&w->match, XXREG_NETWORK, &network->object.uuid);
        match_set_flags(&w->match, FLAG_ROUTED, FLAG_ROUTED);
        match_set_ip_src(&w->match, &network->subnets[i]);
        writer_end(w);
    }
}

void
flows_deliver(struct pipeline *p)
{
    const struct site *site;
    const struct port *port;

    LIST_FOR_EACH (site, in_hypervisor, &p->hv->sites) {
        LIST_FOR_EACH (port, in_site, &site->ports) {
            deliver_port(p, port);
        }
        if (network_is_routed(site->network)) {
            drop_routed_back(p, site->network);
        }
    }
}
