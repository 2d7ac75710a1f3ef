/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl.h"
#include "flows.h"
#include "packets.h"
#include "util.h"

/* Words of a row that do not parse are "check"'s matter: the rules here pass
 * over them. */
static bool
parse_address(const char *s, struct in6_addr *ip)
{
    char *error = overlay_parse_address(s, ip);

    free(error);
    return !error;
}

static bool
parse_prefix(const char *s, struct overlay_prefix *prefix)
{
    char *error = overlay_parse_prefix(s, prefix);

    free(error);
    return !error;
}

char *
ctl_overlay_error(const struct mplsrec_overlay *o)
{
    long long int min = o->n_label_min ? *o->label_min : 16;
    long long int max = o->n_label_max ? *o->label_max : 524287;
    long long int gmin = (o->n_global_label_min ? *o->global_label_min
                          : 524288);
    long long int gmax = (o->n_global_label_max ? *o->global_label_max
                          : 1048575);

    mplsrec_overlay_verify_label_min(o);
    mplsrec_overlay_verify_label_max(o);
    mplsrec_overlay_verify_global_label_min(o);
    mplsrec_overlay_verify_global_label_max(o);
    if (min > max || gmin > gmax) {
        bool local = min > max;

        return xasprintf("labels of %s scope: %lld to %lld is no range; give "
                         "a minimum that is not above the maximum",
                         local ? "local" : "global", local ? min : gmin,
                         local ? max : gmax);
    }
    if (min <= gmax && gmin <= max) {
        return xasprintf("labels: %lld to %lld for local scope and %lld to "
                         "%lld for global scope overlap; give disjoint ranges",
                         min, max, gmin, gmax);
    }
    return NULL;
}

/* Returns an error if 'address', an endpoint of 'self', is another's too: the
 * outer source address tells senders apart. */
static char *
endpoint_error(struct ovsdb_idl *idl, const struct mplsrec_hypervisor *self,
               const char *address)
{
    const struct mplsrec_hypervisor *hypervisor;
    const struct mplsrec_peer *peer;

    MPLSREC_HYPERVISOR_FOR_EACH (hypervisor, idl) {
        for (size_t i = 0; i < hypervisor->n_endpoints; i++) {
            if (hypervisor != self
                && !strcmp(hypervisor->endpoints[i], address)) {
                return xasprintf("address %s: is an endpoint of hypervisor "
                                 "\"%s\"; give another", address,
                                 hypervisor->name);
            }
        }
    }
    MPLSREC_PEER_FOR_EACH (peer, idl) {
        if (self && !strcmp(peer->address, address)) {
            return xasprintf("address %s: is that of peer \"%s\"; give "
                             "another", address, peer->name);
        }
    }
    return NULL;
}

char *
ctl_hypervisor_error(struct ovsdb_idl *idl,
                     const struct mplsrec_hypervisor *self)
{
    const struct mplsrec_hypervisor *other;
    char *error = NULL;

    MPLSREC_HYPERVISOR_FOR_EACH (other, idl) {
        if (other != self && !strcmp(other->datapath_id, self->datapath_id)) {
            return xasprintf("datapath id %s: is that of hypervisor \"%s\"; "
                             "give another", self->datapath_id, other->name);
        }
    }
    for (size_t i = 0; i < self->n_endpoints && !error; i++) {
        error = endpoint_error(idl, self, self->endpoints[i]);
    }
    return error;
}

static bool
in_subnets(const struct mplsrec_network *network, const struct in6_addr *ip)
{
    struct overlay_prefix subnet;

    for (size_t i = 0; i < network->n_subnets; i++) {
        if (parse_prefix(network->subnets[i], &subnet)
            && overlay_prefix_contains(&subnet, ip)) {
            return true;
        }
    }
    return false;
}

/* Returns an error if 'address' of 'what' is in none of the subnets. */
static char *
outside_error(const struct mplsrec_network *network, const char *what,
              const char *address)
{
    struct ds subnets = DS_EMPTY_INITIALIZER;
    struct in6_addr ip;
    char *error = NULL;

    if (parse_address(address, &ip) && !in_subnets(network, &ip)) {
        for (size_t i = 0; i < network->n_subnets; i++) {
            ds_put_format(&subnets, "%s%s", i ? ", " : "",
                          network->subnets[i]);
        }
        error = xasprintf("%s %s: not in a subnet of network \"%s\", which "
                          "has %s", what, address, network->name,
                          network->n_subnets ? ds_cstr(&subnets) : "none");
    }
    ds_destroy(&subnets);
    return error;
}

static bool
prefixes_overlap(const char *a_, const char *b_)
{
    struct overlay_prefix a, b;

    return (parse_prefix(a_, &a) && parse_prefix(b_, &b)
            && (overlay_prefix_contains(&a, &b.addr)
                || overlay_prefix_contains(&b, &a.addr)));
}

/* Routed networks of a tenant are parts of one address space. */
static char *
overlap_error(const struct mplsrec_network *a, const struct mplsrec_network *b)
{
    mplsrec_network_verify_subnets(b);
    mplsrec_network_verify_gateways(b);
    for (size_t i = 0; i < a->n_subnets; i++) {
        for (size_t j = 0; b->n_gateways && j < b->n_subnets; j++) {
            if (prefixes_overlap(a->subnets[i], b->subnets[j])) {
                return xasprintf("subnet %s: overlaps with %s of network "
                                 "\"%s\", to which tenant \"%s\" routes; give "
                                 "disjoint subnets", a->subnets[i],
                                 b->subnets[j], b->name, a->tenant->name);
            }
        }
    }
    return NULL;
}

/* Returns an error if a port of 'network' has an address it must not have. */
static char *
addresses_error(const struct mplsrec_network *network,
                const struct mplsrec_port *port)
{
    char *error = NULL;

    for (size_t i = 0; i < port->n_addresses && !error; i++) {
        const char *address = port->addresses[i];

        if (network->n_subnets) {
            error = outside_error(network, "address", address);
        }
        for (size_t j = 0; j < network->n_gateways && !error; j++) {
            if (!strcmp(network->gateways[j], address)) {
                error = xasprintf("address %s: is a gateway of network "
                                  "\"%s\"; give another", address,
                                  network->name);
            }
        }
    }
    return error;
}

char *
ctl_network_error(struct ovsdb_idl *idl, const struct mplsrec_network *network)
{
    const struct mplsrec_network *other;
    char *error = NULL;

    mplsrec_network_verify_subnets(network);
    mplsrec_network_verify_gateways(network);
    mplsrec_tenant_verify_networks(network->tenant);
    for (size_t i = 0; i < network->n_gateways && !error; i++) {
        error = outside_error(network, "gateway", network->gateways[i]);
    }
    MPLSREC_NETWORK_FOR_EACH (other, idl) {
        if (!error && other != network && other->tenant == network->tenant
            && network->n_gateways) {
            error = overlap_error(network, other);
        }
    }
    return error;
}

char *
ctl_network_ports_error(struct ovsdb_idl *idl,
                        const struct mplsrec_network *network)
{
    const struct mplsrec_port *port;
    char *error = NULL;

    mplsrec_network_verify_ports(network);
    MPLSREC_PORT_FOR_EACH (port, idl) {
        if (!error && port->network == network) {
            char *why = addresses_error(network, port);

            if (why) {
                error = xasprintf("port \"%s\": %s", port->name, why);
                free(why);
            }
        }
    }
    return error;
}

static const char *
port_interface(const struct mplsrec_port *port)
{
    return port->interface ? port->interface : port->name;
}

/* Returns the name of a hypervisor that both ports may be on, "any" if that is
 * every one, or NULL. */
static const char *
common_hypervisor(const struct mplsrec_port *a, const struct mplsrec_port *b)
{
    if (!a->n_allowed_hypervisors || !b->n_allowed_hypervisors) {
        return (a->n_allowed_hypervisors ? a->allowed_hypervisors[0]->name
                : b->n_allowed_hypervisors ? b->allowed_hypervisors[0]->name
                : "any");
    }
    for (size_t i = 0; i < a->n_allowed_hypervisors; i++) {
        for (size_t j = 0; j < b->n_allowed_hypervisors; j++) {
            if (a->allowed_hypervisors[i] == b->allowed_hypervisors[j]) {
                return a->allowed_hypervisors[i]->name;
            }
        }
    }
    return NULL;
}

/* Returns an error if 'port' takes what 'other' has. */
static char *
conflict_error(const struct mplsrec_port *port,
               const struct mplsrec_port *other)
{
    const char *hypervisor;

    if (!strcmp(port_interface(port), port_interface(other))
        && (hypervisor = common_hypervisor(port, other))) {
        return xasprintf("interface \"%s\": is that of port \"%s\" on "
                         "hypervisor \"%s\"; give another, or disjoint "
                         "allowed_hypervisors", port_interface(port),
                         other->name, hypervisor);
    }
    if (other->network != port->network) {
        return NULL;
    }
    if (!strcmp(port->mac, other->mac)) {
        return xasprintf("MAC %s: is that of port \"%s\" in the same network "
                         "\"%s\"; give another", port->mac, other->name,
                         port->network->name);
    }
    for (size_t i = 0; i < port->n_addresses; i++) {
        for (size_t j = 0; j < other->n_addresses; j++) {
            if (!strcmp(port->addresses[i], other->addresses[j])) {
                return xasprintf("address %s: is that of port \"%s\" in the "
                                 "same network \"%s\"; give another",
                                 port->addresses[i], other->name,
                                 port->network->name);
            }
        }
    }
    return NULL;
}

char *
ctl_port_error(struct ovsdb_idl *idl, const struct mplsrec_port *port)
{
    const struct eth_addr gateway_mac = GATEWAY_MAC;
    const struct mplsrec_network *network = port->network;
    const struct mplsrec_port *other;
    struct eth_addr mac;

    mplsrec_network_verify_subnets(network);
    mplsrec_network_verify_gateways(network);
    mplsrec_network_verify_ports(network);
    if (eth_addr_from_string(port->mac, &mac)
        && eth_addr_equals(mac, gateway_mac)) {
        return xasprintf("MAC %s: is that of the gateways; give another",
                         port->mac);
    }

    char *error = addresses_error(network, port);
    MPLSREC_PORT_FOR_EACH (other, idl) {
        if (!error && other != port) {
            error = conflict_error(port, other);
        }
    }
    return error;
}

char *
ctl_peer_error(struct ovsdb_idl *idl, const struct mplsrec_peer *peer)
{
    const struct mplsrec_peer *other;
    char *error = endpoint_error(idl, NULL, peer->address);

    mplsrec_tenant_verify_peers(peer->tenant);
    MPLSREC_PEER_FOR_EACH (other, idl) {
        if (other == peer || other->tenant != peer->tenant) {
            continue;
        }
        for (size_t i = 0; i < peer->n_advertised && !error; i++) {
            const char *prefix = peer->key_advertised[i];

            for (size_t j = 0; j < other->n_advertised && !error; j++) {
                if (!strcmp(prefix, other->key_advertised[j])) {
                    error = xasprintf("prefix %s: is advertised by peer "
                                      "\"%s\" to tenant \"%s\"; only one peer "
                                      "can", prefix, other->name,
                                      peer->tenant->name);
                }
            }
        }
    }
    return error;
}
