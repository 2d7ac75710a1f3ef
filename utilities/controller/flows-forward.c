/* SPDX-License-Identifier: Apache-2.0
 *
 * Table 5: destination MAC to a local port, or to a label of the hypervisor
 * that has it. */

#include <config.h>
#include "flows-pipeline.h"

#include "label-ready.h"

#define PRIORITY_GROUP 100
#define PRIORITY_MAC 50
#define PRIORITY_UNREACHABLE 40
#define PRIORITY_UNKNOWN 10

/* Broadcast and multicast come in on BUM labels, never on unicast ones. */
static void
forward_group(struct pipeline *p)
{
    struct flow_writer *w = &p->w;

    writer_begin(w, TABLE_FORWARD, PRIORITY_GROUP, &p->hv->object.uuid);
    match_set_group(&w->match);
    match_set_flags(&w->match, 0, FLAG_TUNNEL);
    writer_goto(w, TABLE_REPLICATE);
    writer_end(w);

    writer_begin(w, TABLE_FORWARD, PRIORITY_GROUP, &p->hv->object.uuid);
    match_set_group(&w->match);
    match_set_flags(&w->match, FLAG_TUNNEL, FLAG_TUNNEL);
    writer_end(w);
}

static void
begin_mac(struct pipeline *p, const struct port *port, uint16_t priority)
{
    struct flow_writer *w = &p->w;

    writer_begin(w, TABLE_FORWARD, priority, &port->object.uuid);
    match_set_uuid(&w->match, XXREG_NETWORK, &port->network->object.uuid);
    match_set_dl_dst(&w->match, port->mac);
}

/* Where unknown frames are flooded, those for 'port' must not be taken for
 * unknown ones when nothing can be sent there. */
static void
forward_nowhere(struct pipeline *p, const struct port *port)
{
    if (port->network->flood) {
        begin_mac(p, port, PRIORITY_UNREACHABLE);
        writer_end(&p->w);
    }
}

static void
forward_local(struct pipeline *p, const struct port *port)
{
    ofp_port_t ofport = pipeline_port(p, port);
    struct flow_writer *w = &p->w;

    if (ofport == OFPP_NONE) {
        forward_nowhere(p, port);
        return;
    }
    begin_mac(p, port, PRIORITY_MAC);
    writer_set_reg(w, REG_PORT, ofp_to_u16(ofport));
    writer_goto(w, TABLE_DELIVER);
    writer_end(w);
}

/* Sends the frames of local ports of role 'role' to those ports of 'remote'
 * that they may reach, below 'label'. */
static void
forward_role(struct pipeline *p, const struct site *remote,
             const struct flows_path *path, const struct label *label,
             uint32_t role)
{
    struct flow_writer *w = &p->w;
    const struct port *port;

    LIST_FOR_EACH (port, in_site, &remote->ports) {
        if (overlay_role_reaches(role, port->role)) {
            begin_mac(p, port, PRIORITY_MAC);
            match_set_flags(&w->match, 0, FLAG_TUNNEL);
            match_set_reg(&w->match, REG_ROLE, role);
            writer_send(w, path, label->value);
            writer_end(w);
        }
    }
}

static void
forward_remote(struct pipeline *p, const struct site *local,
               const struct site *remote)
{
    const struct uuid *network = &remote->network->object.uuid;
    const struct port *port;
    struct flows_path path;

    if (pipeline_path(p, remote->hypervisor, &path)) {
        for (size_t i = 0; i < local->n_roles; i++) {
            uint32_t role = local->roles[i];
            const struct label *label = label_usable(
                p->hv, remote->hypervisor, LABEL_UNICAST, network, role);

            if (label) {
                forward_role(p, remote, &path, label, role);
            }
        }
    }
    LIST_FOR_EACH (port, in_site, &remote->ports) {
        forward_nowhere(p, port);
    }
}

/* Floods what is for none of the ports of 'network'; those that are bound
 * nowhere are none the less known. */
static void
forward_unknown(struct pipeline *p, const struct network *network)
{
    const struct mplsrec_network *row = network->row;
    struct flow_writer *w = &p->w;

    for (size_t i = 0; i < row->n_ports; i++) {
        struct object *object = object_find(&p->overlay->ports,
                                            &row->ports[i]->header_.uuid);
        struct port *port = CONTAINER_OF(object, struct port, object);

        if (object && port->network == network && !port->site) {
            forward_nowhere(p, port);
        }
    }

    writer_begin(w, TABLE_FORWARD, PRIORITY_UNKNOWN, &network->object.uuid);
    match_set_uuid(&w->match, XXREG_NETWORK, &network->object.uuid);
    match_set_flags(&w->match, 0, FLAG_TUNNEL);
    writer_goto(w, TABLE_REPLICATE);
    writer_end(w);
}

void
flows_forward(struct pipeline *p)
{
    const struct site *local, *site;
    const struct port *port;

    forward_group(p);
    LIST_FOR_EACH (local, in_hypervisor, &p->hv->sites) {
        LIST_FOR_EACH (port, in_site, &local->ports) {
            forward_local(p, port);
        }
        LIST_FOR_EACH (site, in_network, &local->network->sites) {
            if (site != local) {
                forward_remote(p, local, site);
            }
        }
        if (local->network->flood) {
            forward_unknown(p, local->network);
        }
    }
}
