/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "overlay-rows.h"
#include <stdlib.h>
#include "overlay.h"
#include "overlay-sites.h"
#include "port-binding.h"
#include "util.h"

/* Rows of the tenants: Tenant, Network, Peer and Port. */

/* ---- Tenant ------------------------------------------------------------- */

void
overlay_update_tenant(struct overlay *o, const struct ovsdb_idl_row *row)
{
    bool new;
    struct tenant *tenant = object_get(
        &o->tenants, row, ROW_CAST(row, mplsrec_tenant)->name,
        sizeof *tenant,
        &new);

    if (new) {
        ovs_list_init(&tenant->networks);
        ovs_list_init(&tenant->peers);
        ovs_list_init(&tenant->labels.labels);
    }
    tenant->row = ROW_CAST(row, mplsrec_tenant);
}

void
overlay_remove_tenant(struct overlay *o, struct object *object)
{
    struct tenant *tenant = CONTAINER_OF(object, struct tenant, object);
    struct network *network;
    struct peer *peer;

    LIST_FOR_EACH_SAFE (network, in_tenant, &tenant->networks) {
        overlay_remove_network(o, &network->object);
    }
    LIST_FOR_EACH_SAFE (peer, in_tenant, &tenant->peers) {
        overlay_remove_peer(o, &peer->object);
    }
    overlay_orphan_labels(o, &tenant->labels);
    object_free(&o->tenants, object);
}

/* ---- Network ------------------------------------------------------------ */

static void
clear_network(struct network *network)
{
    free(network->subnets);
    free(network->gateways);
}

/* Gateways must lie in subnets: only then does a route lead back. */
static void
check_gateways(struct network *network)
{
    for (size_t i = 0; network->n_subnets && i < network->n_gateways; i++) {
        bool found = false;

        for (size_t j = 0; j < network->n_subnets; j++) {
            found |= overlay_prefix_contains(&network->subnets[j],
                                             &network->gateways[i]);
        }
        if (!found) {
            object_set_error(&network->object,
                             xstrdup("a gateway lies in none of the subnets"));
        }
    }
}

void
overlay_update_network(struct overlay *o, const struct ovsdb_idl_row *row_)
{
    const struct mplsrec_network *row = ROW_CAST(row_, mplsrec_network);
    bool new;
    struct network *network = object_get(&o->networks, row_, row->name,
                                         sizeof *network, &new);

    if (new) {
        ovs_list_init(&network->sites);
        ovs_list_init(&network->labels.labels);
        ovs_list_init(&network->in_tenant);
    } else {
        overlay_touch_network(o, network);
        clear_network(network);
        ovs_list_remove(&network->in_tenant);
        ovs_list_init(&network->in_tenant);
    }

    network->row = row;
    network->tenant = (row->tenant ? CONTAINER_OF(
        object_find(&o->tenants, &row->tenant->header_.uuid),
        struct tenant, object) : NULL);
    if (network->tenant) {
        ovs_list_push_back(&network->tenant->networks, &network->in_tenant);
    }
    network->global = row->label_scope && !strcmp(row->label_scope, "global");
    network->flood = (row->unknown_unicast
                      && !strcmp(row->unknown_unicast, "flood"));
    network->mtu = row->n_mtu ? *row->mtu : 0;
    network->subnets = object_parse_prefixes(&network->object, row->subnets,
                                      row->n_subnets, &network->n_subnets);
    network->gateways = object_parse_addresses(&network->object, row->gateways,
                                        row->n_gateways, &network->n_gateways);
    check_gateways(network);
    overlay_touch_network(o, network);
}

void
overlay_remove_network(struct overlay *o, struct object *object)
{
    struct network *network = CONTAINER_OF(object, struct network, object);
    struct site *site;

    LIST_FOR_EACH_SAFE (site, in_network, &network->sites) {
        struct port *port;

        LIST_FOR_EACH_SAFE (port, in_site, &site->ports) {
            port_unbind(o, port);
        }
    }
    port_binding_orphan(o, network);
    overlay_touch_network(o, network);
    overlay_orphan_labels(o, &network->labels);
    ovs_list_remove(&network->in_tenant);
    clear_network(network);
    object_free(&o->networks, object);
}

/* ---- Peer --------------------------------------------------------------- */

static void
parse_routes(struct peer *peer, const struct mplsrec_peer *row)
{
    peer->routes = xmalloc(MAX(1, row->n_advertised) * sizeof *peer->routes);
    peer->n_routes = 0;
    for (size_t i = 0; i < row->n_advertised; i++) {
        struct peer_route *route = &peer->routes[peer->n_routes];
        char *error = overlay_parse_prefix(row->key_advertised[i],
                                           &route->prefix);

        if (error) {
            object_set_error(&peer->object, error);
        } else {
            route->label = row->value_advertised[i];
            peer->n_routes++;
        }
    }
}

void
overlay_update_peer(struct overlay *o, const struct ovsdb_idl_row *row_)
{
    const struct mplsrec_peer *row = ROW_CAST(row_, mplsrec_peer);
    bool new;
    struct peer *peer = object_get(&o->peers, row_, row->name, sizeof *peer,
                                   &new);

    if (new) {
        ovs_list_init(&peer->in_tenant);
    } else {
        if (peer->tenant) {
            overlay_touch_tenant(o, peer->tenant);
        }
        ovs_list_remove(&peer->in_tenant);
        ovs_list_init(&peer->in_tenant);
        free(peer->routes);
    }

    peer->row = row;
    peer->encap = o->default_encap;
    if (row->encap) {
        object_set_error(&peer->object,
                         overlay_parse_encap(row->encap, &peer->encap));
    }
    parse_routes(peer, row);

    char *error = overlay_parse_address(row->address, &peer->address);
    object_set_error(&peer->object, error);
    peer->tenant = (row->tenant && !error ? CONTAINER_OF(
        object_find(&o->tenants, &row->tenant->header_.uuid),
        struct tenant, object) : NULL);
    if (peer->tenant) {
        ovs_list_push_back(&peer->tenant->peers, &peer->in_tenant);
        overlay_touch_tenant(o, peer->tenant);
    }
}

void
overlay_remove_peer(struct overlay *o, struct object *object)
{
    struct peer *peer = CONTAINER_OF(object, struct peer, object);

    if (peer->tenant) {
        overlay_touch_tenant(o, peer->tenant);
    }
    ovs_list_remove(&peer->in_tenant);
    free(peer->routes);
    object_free(&o->peers, object);
}

/* ---- Port --------------------------------------------------------------- */

/* Marks those whose flows are about 'port' though it is not bound there:
 * where unknown frames are flooded, those for it are not. */
static void
touch_unbound_port(struct overlay *o, struct port *port)
{
    if (port->network && port->network->flood && !port->site) {
        overlay_touch_network(o, port->network);
    }
}

/* Marks the hypervisors that claim 'port': they send proofs of it here. */
static void
touch_claimants(struct overlay *o, const struct port *port)
{
    for (size_t i = 0; i < port->row->n_claims; i++) {
        struct object *hv = object_find(
            &o->hypervisors, &port->row->claims[i]->header_.uuid);

        if (hv) {
            overlay_touch_hypervisor(o, CONTAINER_OF(hv, struct hypervisor,
                                                     object));
        }
    }
}

static void
clear_port(struct overlay *o, struct port *port)
{
    touch_unbound_port(o, port);
    port_unbind(o, port);
    port_binding_remove(o, port);
    free(port->addresses);
    free(port->interface);
    sset_destroy(&port->allowed);
}

void
overlay_update_port(struct overlay *o, const struct ovsdb_idl_row *row_)
{
    const struct mplsrec_port *row = ROW_CAST(row_, mplsrec_port);
    bool new;
    struct port *port = object_get(&o->ports, row_, row->name, sizeof *port,
                                   &new);

    if (new) {
        ovs_list_init(&port->in_changed);
    } else {
        clear_port(o, port);
    }

    port->row = row;
    port->addresses = object_parse_addresses(&port->object, row->addresses,
                                      row->n_addresses, &port->n_addresses);
    port->interface = xstrdup(row->interface ? row->interface : row->name);
    sset_init(&port->allowed);
    for (size_t i = 0; i < row->n_allowed_hypervisors; i++) {
        sset_add(&port->allowed, row->allowed_hypervisors[i]->name);
    }

    char *error = overlay_parse_mac(row->mac, &port->mac);
    port->role = ROLE_PROMISCUOUS;
    if (!error && row->role) {
        error = overlay_parse_role(row->role, &port->role);
    }
    object_set_error(&port->object, error);
    port->network = (row->network && !error ? CONTAINER_OF(
        object_find(&o->networks, &row->network->header_.uuid),
        struct network, object) : NULL);
    port_binding_add(o, port);
    port_binding_read(port);
    if (port->network && row->hypervisor) {
        struct object *hv = object_find(&o->hypervisors,
                                        &row->hypervisor->header_.uuid);

        if (hv) {
            port_bind(o, port, CONTAINER_OF(hv, struct hypervisor, object));
        }
    }
    touch_unbound_port(o, port);
    touch_claimants(o, port);
}

void
overlay_remove_port(struct overlay *o, struct object *object)
{
    struct port *port = CONTAINER_OF(object, struct port, object);

    clear_port(o, port);
    object_free(&o->ports, object);
}
