/* SPDX-License-Identifier: Apache-2.0
 *
 * Table 6: broadcast, unknown unicast and multicast, to each local port and,
 * unless it came from a tunnel, once to each hypervisor that has a port in
 * reach (ingress replication, RFC 7432 section 11).  A list that is too long
 * for an OpenFlow message goes on in another flow, for the next step. */

#include <config.h>
#include "flows-pipeline.h"

#include "label-ready.h"

#define PRIORITY 100

/* In bytes of ofpacts, which are longer than what they are encoded to; an
 * OpenFlow message has less than 64 kB. */
#define MAX_ACTIONS 32768

/* One list of copies, being made. */
struct copies {
    struct pipeline *p;
    const struct network *network;
    uint32_t flags;             /* FLAG_TUNNEL or 0. */
    uint32_t role;              /* The sender's, unless FLAG_TUNNEL. */
    uint32_t step;
};

static void
begin_step(struct copies *c)
{
    struct flow_writer *w = &c->p->w;

    writer_begin(w, TABLE_REPLICATE, PRIORITY, &c->network->object.uuid);
    match_set_uuid(&w->match, XXREG_NETWORK, &c->network->object.uuid);
    match_set_flags(&w->match, c->flags, FLAG_TUNNEL);
    if (!c->flags) {
        match_set_reg(&w->match, REG_ROLE, c->role);
    }
    match_set_reg(&w->match, REG_STEP, c->step);
}

/* Makes room for one more copy. */
static void
next_copy(struct copies *c)
{
    struct flow_writer *w = &c->p->w;

    if (w->ofpacts.size > MAX_ACTIONS) {
        writer_set_reg(w, REG_STEP, ++c->step);
        writer_resubmit(w, TABLE_REPLICATE);
        writer_end(w);
        begin_step(c);
    }
}

static void
copy_to_port(struct copies *c, const struct port *port)
{
    ofp_port_t ofport = pipeline_port(c->p, port);
    struct flow_writer *w = &c->p->w;

    if (ofport != OFPP_NONE
        && (c->flags || overlay_role_reaches(c->role, port->role))) {
        next_copy(c);
        writer_set_reg(w, REG_PORT, ofp_to_u16(ofport));
        writer_resubmit(w, TABLE_DELIVER);
    }
}

static bool
role_reaches_site(uint32_t role, const struct site *site)
{
    for (size_t i = 0; i < site->n_roles; i++) {
        if (overlay_role_reaches(role, site->roles[i])) {
            return true;
        }
    }
    return false;
}

static void
copy_to_site(struct copies *c, const struct site *site)
{
    const struct label *label;
    struct flows_path path;

    if (!role_reaches_site(c->role, site)
        || !pipeline_path(c->p, site->hypervisor, &path)) {
        return;
    }
    label = label_usable(c->p->hv, site->hypervisor, LABEL_BUM,
                         &c->network->object.uuid, c->role);
    if (label) {
        next_copy(c);
        writer_send(&c->p->w, &path, label->value);
    }
}

static void
replicate(struct pipeline *p, const struct site *local, uint32_t flags,
          uint32_t role)
{
    struct copies c = {
        .p = p,
        .network = local->network,
        .flags = flags,
        .role = role,
    };
    const struct port *port;
    const struct site *site;

    begin_step(&c);
    LIST_FOR_EACH (port, in_site, &local->ports) {
        copy_to_port(&c, port);
    }
    if (!flags) {
        LIST_FOR_EACH (site, in_network, &local->network->sites) {
            if (site != local) {
                copy_to_site(&c, site);
            }
        }
    }
    writer_end(&p->w);
}

void
flows_replicate(struct pipeline *p)
{
    const struct site *local;

    LIST_FOR_EACH (local, in_hypervisor, &p->hv->sites) {
        for (size_t i = 0; i < local->n_roles; i++) {
            replicate(p, local, 0, local->roles[i]);
        }
        replicate(p, local, FLAG_TUNNEL, ROLE_PROMISCUOUS);
    }
}
