/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "overlay-sites.h"
#include <stdlib.h>
#include "overlay.h"
#include "util.h"
#include "uuid.h"

/* Links 'site' into its network, by the UUID of its hypervisor. */
static void
site_insert(struct site *site)
{
    const struct uuid *uuid = &site->hypervisor->object.uuid;
    struct ovs_list *before = &site->network->sites;
    struct site *next;

    LIST_FOR_EACH (next, in_network, &site->network->sites) {
        if (uuid_compare_3way(uuid, &next->hypervisor->object.uuid) < 0) {
            before = &next->in_network;
            break;
        }
    }
    ovs_list_insert(before, &site->in_network);
}

/* Links 'port' into 'site', by its UUID. */
static void
site_insert_port(struct site *site, struct port *port)
{
    struct ovs_list *before = &site->ports;
    struct port *next;

    LIST_FOR_EACH (next, in_site, &site->ports) {
        if (uuid_compare_3way(&port->object.uuid, &next->object.uuid) < 0) {
            before = &next->in_site;
            break;
        }
    }
    ovs_list_insert(before, &port->in_site);
}

static struct site *
site_create(struct network *network, struct hypervisor *hv)
{
    struct site *site = xzalloc(sizeof *site);

    site->network = network;
    site->hypervisor = hv;
    ovs_list_init(&site->ports);
    site_insert(site);
    ovs_list_push_back(&hv->sites, &site->in_hypervisor);
    return site;
}

static void
site_destroy(struct site *site)
{
    ovs_list_remove(&site->in_network);
    ovs_list_remove(&site->in_hypervisor);
    free(site->roles);
    free(site);
}

static int
compare_roles(const void *a_, const void *b_)
{
    uint32_t a = *(const uint32_t *) a_, b = *(const uint32_t *) b_;

    return a < b ? -1 : a > b;
}

static void
site_count_roles(struct site *site)
{
    struct port *port;
    size_t n = 0;

    site->roles = xrealloc(site->roles, (ovs_list_size(&site->ports)
                                         * sizeof *site->roles));
    LIST_FOR_EACH (port, in_site, &site->ports) {
        site->roles[n++] = port->role;
    }
    qsort(site->roles, n, sizeof *site->roles, compare_roles);

    site->n_roles = 0;
    for (size_t i = 0; i < n; i++) {
        if (!i || site->roles[i] != site->roles[i - 1]) {
            site->roles[site->n_roles++] = site->roles[i];
        }
    }
}

void
port_bind(struct overlay *o, struct port *port, struct hypervisor *hv)
{
    struct site *site;

    port_unbind(o, port);
    site = site_find(port->network, hv);
    if (!site) {
        site = site_create(port->network, hv);
    }
    port->site = site;
    site_insert_port(site, port);
    site_count_roles(site);
    overlay_touch_network(o, port->network);
}

void
port_unbind(struct overlay *o, struct port *port)
{
    struct site *site = port->site;

    if (!site) {
        return;
    }
    overlay_touch_network(o, site->network);
    port->site = NULL;
    ovs_list_remove(&port->in_site);
    if (ovs_list_is_empty(&site->ports)) {
        site_destroy(site);
    } else {
        site_count_roles(site);
    }
}
