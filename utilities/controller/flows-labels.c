/* SPDX-License-Identifier: Apache-2.0
 *
 * Table 1: (outer source, label) to network or tenant, and to the role of the
 * sender (RFC 8317 section 3.2).  A source's labels are accepted for the roles
 * only that it hosts in that network now. */

#include <config.h>
#include "flows-pipeline.h"

#include "hmapx.h"
#include "label-ready.h"

#define PRIORITY_ROUTE 120
#define PRIORITY_NO_MAC 110
#define PRIORITY_BRIDGE 100

/* What came without Ethernet header has no MAC addresses; on a label for
 * frames it has no business. */
static void
drop_without_macs(struct pipeline *p)
{
    struct flow_writer *w = &p->w;

    writer_begin(w, TABLE_LABELS, PRIORITY_NO_MAC, &p->hv->object.uuid);
    match_set_dl_src(&w->match, eth_addr_zero);
    match_set_dl_dst(&w->match, eth_addr_zero);
    writer_end(w);
}

static void
match_label(struct match *match, const struct in6_addr *source,
            const struct label *label)
{
    match_set_tun_id(match, htonll(label->value));
    if (address_is_ipv4(source)) {
        match_set_tun_src(match, in6_addr_get_mapped_ipv4(source));
    } else {
        match_set_tun_ipv6_src(match, source);
    }
}

static void
accept_bridged(struct pipeline *p, const struct label *label,
               const struct network *network, const struct in6_addr *source)
{
    struct flow_writer *w = &p->w;

    writer_begin(w, TABLE_LABELS, PRIORITY_BRIDGE, &label->object.uuid);
    match_label(&w->match, source, label);
    writer_set_network(w, network);
    writer_set_reg(w, REG_ROLE, label->role);
    writer_goto(w, label->purpose == LABEL_BUM
                   ? TABLE_REPLICATE : TABLE_FORWARD);
    writer_end(w);
}

/* A label for frames: unicast, or broadcast, unknown and multicast.  Without a
 * port of its network here, it drains. */
static void
accept_bridge_label(struct pipeline *p, const struct label *label)
{
    struct object *owner = object_find(&p->overlay->networks, &label->owner);
    const struct site *site;

    if (!owner) {
        return;
    }

    struct network *network = CONTAINER_OF(owner, struct network, object);

    if (!site_find(network, p->hv)) {
        return;
    }
    LIST_FOR_EACH (site, in_network, &network->sites) {
        const struct hypervisor *sender = site->hypervisor;

        if (sender == p->hv || !site_has_role(site, label->role)) {
            continue;
        }
        for (size_t i = 0; i < sender->n_endpoints; i++) {
            accept_bridged(p, label, network, &sender->endpoints[i]);
        }
        accepts_note(p->accepts, &sender->object.uuid, label);
    }
}

/* Step 2 of TABLE_ROUTE is what a sender's step 1 has left to do. */
static void
accept_routed(struct pipeline *p, const struct label *label,
              const struct tenant *tenant, const struct in6_addr *source)
{
    struct flow_writer *w = &p->w;

    for (int ipv4 = 0; ipv4 < 2; ipv4++) {
        writer_begin(w, TABLE_LABELS, PRIORITY_ROUTE, &label->object.uuid);
        match_label(&w->match, source, label);
        match_set_dl_src(&w->match, eth_addr_zero);
        match_set_dl_dst(&w->match, eth_addr_zero);
        match_set_dl_type(&w->match, ETH_TYPE_OF(ipv4));
        writer_set_uuid(w, XXREG_TENANT, &tenant->object.uuid);
        writer_set_reg(w, REG_FLAGS, FLAG_TUNNEL | FLAG_ROUTED);
        writer_set_reg(w, REG_STEP, 2);
        writer_goto(w, TABLE_ROUTE);
        writer_end(w);
    }
}

/* Adds to 'senders' the hypervisors that route packets of 'tenant'. */
static void
find_routers(const struct tenant *tenant, struct hmapx *senders)
{
    const struct network *network;
    const struct site *site;

    LIST_FOR_EACH (network, in_tenant, &tenant->networks) {
        if (network_is_routed(network)) {
            LIST_FOR_EACH (site, in_network, &network->sites) {
                hmapx_add(senders, site->hypervisor);
            }
        }
    }
}

/* A label for IP packets, from the tenant's other hypervisors and peers. */
static void
accept_route_label(struct pipeline *p, const struct label *label)
{
    struct object *owner = object_find(&p->overlay->tenants, &label->owner);
    struct hmapx senders = HMAPX_INITIALIZER(&senders);
    const struct hmapx_node *node;
    const struct peer *peer;

    if (!owner) {
        return;
    }

    struct tenant *tenant = CONTAINER_OF(owner, struct tenant, object);

    if (!tenant_is_routed_on(tenant, p->hv)) {
        return;
    }
    find_routers(tenant, &senders);
    HMAPX_FOR_EACH (node, &senders) {
        const struct hypervisor *sender = node->data;

        if (sender == p->hv) {
            continue;
        }
        for (size_t i = 0; i < sender->n_endpoints; i++) {
            accept_routed(p, label, tenant, &sender->endpoints[i]);
        }
        accepts_note(p->accepts, &sender->object.uuid, label);
    }
    hmapx_destroy(&senders);
    LIST_FOR_EACH (peer, in_tenant, &tenant->peers) {
        accept_routed(p, label, tenant, &peer->address);
        accepts_note(p->accepts, &peer->object.uuid, label);
    }
}

void
flows_labels(struct pipeline *p)
{
    const struct label *label;

    drop_without_macs(p);
    HMAP_FOR_EACH (label, in_hypervisor, &p->hv->labels) {
        if (label->state == LABEL_HELD) {
            continue;
        }
        if (label->purpose == LABEL_ROUTE) {
            accept_route_label(p, label);
        } else {
            accept_bridge_label(p, label);
        }
    }
}
