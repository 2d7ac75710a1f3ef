/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "peer-offers.h"
#include "openvswitch/dynamic-string.h"
#include "overlay.h"
#include "smap.h"
#include "util.h"

/* Returns the label by which a router reaches 'tenant' on 'hv', or NULL. */
static const struct label *
route_label(const struct tenant *tenant, const struct hypervisor *hv)
{
    const struct label *label;

    LABEL_FOR_EACH (label, hv, LABEL_ROUTE, &tenant->object.uuid,
                    ROLE_PROMISCUOUS) {
        if (label->state == LABEL_ACTIVE) {
            return label;
        }
    }
    return NULL;
}

/* Returns the endpoint of 'hv' in the family of the peer's own address, or
 * NULL. */
static const struct in6_addr *
endpoint_towards(const struct hypervisor *hv, const struct peer *peer)
{
    for (size_t i = 0; i < hv->n_endpoints; i++) {
        if (IN6_IS_ADDR_V4MAPPED(&hv->endpoints[i])
            == IN6_IS_ADDR_V4MAPPED(&peer->address)) {
            return &hv->endpoints[i];
        }
    }
    return NULL;
}

/* Offers the addresses of 'port': "ADDRESS/LENGTH" is "ENDPOINT LABEL". */
static void
offer_port(struct smap *offered, const struct peer *peer,
           const struct port *port)
{
    const struct hypervisor *hv = port->site->hypervisor;
    const struct label *label = route_label(peer->tenant, hv);
    const struct in6_addr *endpoint = endpoint_towards(hv, peer);

    for (size_t i = 0; label && endpoint && i < port->n_addresses; i++) {
        struct ds key = DS_EMPTY_INITIALIZER;
        struct ds value = DS_EMPTY_INITIALIZER;

        ipv6_format_mapped(&port->addresses[i], &key);
        ds_put_format(&key, "/%d", IN6_IS_ADDR_V4MAPPED(&port->addresses[i])
                      ? 32 : 128);
        ipv6_format_mapped(endpoint, &value);
        ds_put_format(&value, " %"PRIu32, label->value);
        smap_replace(offered, ds_cstr(&key), ds_cstr(&value));
        ds_destroy(&key);
        ds_destroy(&value);
    }
}

static void
offer_tenant(const struct tenant *tenant, const struct peer *peer)
{
    struct smap offered = SMAP_INITIALIZER(&offered);
    const struct network *network;

    LIST_FOR_EACH (network, in_tenant, &tenant->networks) {
        const struct site *site;

        if (!network_is_routed(network)) {
            continue;
        }
        LIST_FOR_EACH (site, in_network, &network->sites) {
            const struct port *port;

            LIST_FOR_EACH (port, in_site, &site->ports) {
                offer_port(&offered, peer, port);
            }
        }
    }
    mplsrec_peer_set_offered(peer->row, &offered);
    smap_destroy(&offered);
}

void
peer_offers_retry(struct overlay *o)
{
    struct tenant *tenant;

    OBJECT_FOR_EACH (tenant, &o->tenants) {
        tenant->offers_changed = true;
    }
}

void
peer_offers_run(struct overlay *o, struct ovsdb_idl_txn *txn)
{
    struct tenant *tenant;

    if (!txn) {
        return;
    }
    OBJECT_FOR_EACH (tenant, &o->tenants) {
        if (tenant->offers_changed) {
            const struct peer *peer;

            tenant->offers_changed = false;
            LIST_FOR_EACH (peer, in_tenant, &tenant->peers) {
                offer_tenant(tenant, peer);
            }
        }
    }
}
