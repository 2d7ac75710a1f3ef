/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "port-binding.h"
#include <stdlib.h>
#include "hash.h"
#include "openvswitch/vlog.h"
#include "sset.h"
#include "overlay.h"
#include "switch.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(port_binding);

/* An OpenFlow port, by its name. */
struct interface {
    struct hmap_node hmap_node; /* In overlay->interfaces. */
    struct ovs_list in_hypervisor; /* In hypervisor->interfaces. */
    struct hypervisor *hypervisor;
    char *name;
};

static void
port_changed(struct overlay *o, struct port *port)
{
    if (ovs_list_is_empty(&port->in_changed)) {
        ovs_list_push_back(&o->changed_ports, &port->in_changed);
    }
}

/* The ports that 'name' is the interface of have another claim, or one
 * less. */
static void
interface_changed(struct overlay *o, const char *name)
{
    struct port *port;

    HMAP_FOR_EACH_WITH_HASH (port, by_interface, hash_string(name, 0),
                             &o->ports_by_interface) {
        if (!strcmp(port->interface, name)) {
            port_changed(o, port);
        }
    }
}

/* ---- Rows --------------------------------------------------------------- */

void
port_binding_add(struct overlay *o, struct port *port)
{
    hmap_insert(&o->ports_by_interface, &port->by_interface,
                hash_string(port->interface, 0));
    port_changed(o, port);
}

void
port_binding_read(struct port *port)
{
    const struct mplsrec_hypervisor *hv = port->row->hypervisor;
    struct uuid bound = hv ? hv->header_.uuid : UUID_ZERO;

    /* A proof has had its effect, or the operator decided after it. */
    if (uuid_equals(&bound, &port->proven)
        || !uuid_equals(&bound, &port->chosen)) {
        port->proven = UUID_ZERO;
    }
    port->chosen = bound;
}

void
port_binding_remove(struct overlay *o, struct port *port)
{
    hmap_remove(&o->ports_by_interface, &port->by_interface);
    interface_changed(o, port->interface);
    ovs_list_remove(&port->in_changed);
    ovs_list_init(&port->in_changed);
}

void
port_binding_orphan(struct overlay *o, struct network *network)
{
    struct port *port;

    OBJECT_FOR_EACH (port, &o->ports) {
        if (port->network == network) {
            port->network = NULL;
        }
    }
}

/* ---- Interfaces --------------------------------------------------------- */

static void
interface_add(struct overlay *o, struct hypervisor *hv, const char *name)
{
    struct interface *interface = xmalloc(sizeof *interface);

    interface->hypervisor = hv;
    interface->name = xstrdup(name);
    ovs_list_push_back(&hv->interfaces, &interface->in_hypervisor);
    hmap_insert(&o->interfaces, &interface->hmap_node, hash_string(name, 0));
    interface_changed(o, name);
}

static void
interface_remove(struct overlay *o, struct interface *interface)
{
    interface_changed(o, interface->name);
    ovs_list_remove(&interface->in_hypervisor);
    hmap_remove(&o->interfaces, &interface->hmap_node);
    free(interface->name);
    free(interface);
}

void
port_binding_ports_changed(struct overlay *o, struct hypervisor *hv)
{
    struct sset names = SSET_INITIALIZER(&names);
    struct interface *interface;
    const char *name;

    switch_port_names(hv->sw, &names);
    LIST_FOR_EACH_SAFE (interface, in_hypervisor, &hv->interfaces) {
        if (!sset_find_and_delete(&names, interface->name)) {
            interface_remove(o, interface);
        }
    }
    SSET_FOR_EACH (name, &names) {
        interface_add(o, hv, name);
    }
    sset_destroy(&names);

    /* Claims from before this controller had the connection may have no
     * interface any more. */
    if (!hv->ports_known) {
        hv->ports_known = true;
        port_binding_retry(o);
    }
}

void
port_binding_forget(struct overlay *o, struct hypervisor *hv)
{
    struct interface *interface;

    LIST_FOR_EACH_SAFE (interface, in_hypervisor, &hv->interfaces) {
        interface_remove(o, interface);
    }
    hv->ports_known = false;
}

void
port_binding_prove(struct overlay *o, struct port *port,
                   const struct hypervisor *hv)
{
    port->proven = hv->object.uuid;
    port_changed(o, port);
}

/* ---- Claims ------------------------------------------------------------- */

/* The hypervisors that claim a port, the one where it is bound first.  More
 * than these are left out: a name may repeat on every host. */
#define MAX_CLAIMS 16

struct claims {
    struct hypervisor *hv[MAX_CLAIMS];
    size_t n;
};

static bool
claims_contain(const struct claims *claims, const struct hypervisor *hv)
{
    for (size_t i = 0; i < claims->n; i++) {
        if (claims->hv[i] == hv) {
            return true;
        }
    }
    return false;
}

/* Returns the port, if any, that has the interface of 'port' on 'hv' already.
 * Of two that have it, the one whose name sorts first keeps it. */
static const struct port *
other_owner(const struct overlay *o, const struct port *port,
            const struct hypervisor *hv)
{
    const struct uuid *uuid = &hv->object.uuid;
    const struct port *other;

    HMAP_FOR_EACH_WITH_HASH (other, by_interface,
                             hash_string(port->interface, 0),
                             &o->ports_by_interface) {
        if (other != port && other->network
            && !strcmp(other->interface, port->interface)
            && uuid_equals(&other->chosen, uuid)
            && (!uuid_equals(&port->chosen, uuid)
                || strcmp(other->object.name, port->object.name) < 0)) {
            return other;
        }
    }
    return NULL;
}

static void
claims_add(const struct overlay *o, const struct port *port,
           struct claims *claims, struct hypervisor *hv, char **errorp)
{
    const struct port *other;

    if (claims->n >= MAX_CLAIMS || claims_contain(claims, hv)
        || (!sset_is_empty(&port->allowed)
            && !sset_contains(&port->allowed, hv->object.name))) {
        return;
    }
    other = other_owner(o, port, hv);
    if (!other) {
        claims->hv[claims->n++] = hv;
    } else if (!*errorp) {
        *errorp = xasprintf("interface \"%s\" on hypervisor \"%s\" is that of "
                            "port \"%s\" already", port->interface,
                            hv->object.name, other->object.name);
    }
}

static bool
has_interface(const struct overlay *o, const struct hypervisor *hv,
              const char *name)
{
    const struct interface *interface;

    HMAP_FOR_EACH_WITH_HASH (interface, hmap_node, hash_string(name, 0),
                             &o->interfaces) {
        if (interface->hypervisor == hv && !strcmp(interface->name, name)) {
            return true;
        }
    }
    return false;
}

/* The row says that a hypervisor claims 'port', or may do so.  That stays as
 * it is while its ports are not known, since it has not connected. */
static void
claims_add_again(const struct overlay *o, const struct port *port,
                 struct claims *claims, const struct uuid *uuid,
                 char **errorp)
{
    struct object *object = object_find(&o->hypervisors, uuid);

    if (object) {
        struct hypervisor *hv = CONTAINER_OF(object, struct hypervisor,
                                             object);
        if (!hv->ports_known || has_interface(o, hv, port->interface)) {
            claims_add(o, port, claims, hv, errorp);
        }
    }
}

static void
collect_claims(const struct overlay *o, const struct port *port,
               struct claims *claims, char **errorp)
{
    const struct mplsrec_port *row = port->row;
    const struct interface *interface;

    claims->n = 0;
    if (row->hypervisor) {
        claims_add_again(o, port, claims, &row->hypervisor->header_.uuid,
                         errorp);
    }
    claims_add_again(o, port, claims, &port->proven, errorp);
    for (size_t i = 0; i < row->n_claims; i++) {
        claims_add_again(o, port, claims, &row->claims[i]->header_.uuid,
                         errorp);
    }
    HMAP_FOR_EACH_WITH_HASH (interface, hmap_node,
                             hash_string(port->interface, 0),
                             &o->interfaces) {
        if (!strcmp(interface->name, port->interface)) {
            claims_add(o, port, claims, interface->hypervisor, errorp);
        }
    }
}

/* Returns which of 'claims' binds 'port', or NULL. */
static struct hypervisor *
choose_claim(const struct port *port, const struct claims *claims)
{
    const struct mplsrec_hypervisor *bound = port->row->hypervisor;
    struct hypervisor *choice = claims->n ? claims->hv[0] : NULL;

    for (size_t i = 0; i < claims->n; i++) {
        const struct uuid *uuid = &claims->hv[i]->object.uuid;

        if (uuid_equals(uuid, &port->proven)) {
            return claims->hv[i];
        }
        if (bound && uuid_equals(uuid, &bound->header_.uuid)) {
            choice = claims->hv[i];
        }
    }
    return choice;
}

/* ---- Writing ------------------------------------------------------------ */

static void
write_claims(const struct port *port, const struct claims *claims)
{
    struct mplsrec_hypervisor *rows[MAX_CLAIMS];

    for (size_t i = 0; i < claims->n; i++) {
        rows[i] = CONST_CAST(struct mplsrec_hypervisor *, claims->hv[i]->row);
    }
    mplsrec_port_set_claims(port->row, rows, claims->n);
}

static void
write_binding(const struct port *port, const struct hypervisor *hv)
{
    const struct mplsrec_hypervisor *old = port->row->hypervisor;

    if (old == (hv ? hv->row : NULL)) {
        return;
    }
    VLOG_INFO("port %s: %s%s%s%s", port->object.name,
              old ? "was on " : "is", old ? old->name : "",
              hv ? old ? ", is now on " : " on " : ", is now nowhere",
              hv ? hv->object.name : "");
    /* The operator may have decided otherwise in the meantime. */
    mplsrec_port_verify_hypervisor(port->row);
    mplsrec_port_set_hypervisor(port->row, hv ? hv->row : NULL);
}

static void
bind_port(struct overlay *o, struct port *port)
{
    char *error = nullable_xstrdup(port->object.error);
    struct hypervisor *hv = NULL;
    struct claims claims;

    claims.n = 0;
    if (port->network) {
        collect_claims(o, port, &claims, &error);
        hv = choose_claim(port, &claims);
    }

    struct uuid chosen = hv ? hv->object.uuid : UUID_ZERO;
    if (!uuid_equals(&chosen, &port->chosen)) {
        port->chosen = chosen;
        interface_changed(o, port->interface);
    }
    write_claims(port, &claims);
    write_binding(port, hv);
    mplsrec_port_set_state(port->row, (error && !hv ? "error"
                                       : !hv ? "unbound"
                                       : claims.n > 1 ? "contested"
                                       : "bound"));
    mplsrec_port_set_error(port->row, error);
    free(error);
}

void
port_binding_run(struct overlay *o, struct ovsdb_idl_txn *txn)
{
    struct ovs_list changed = OVS_LIST_INITIALIZER(&changed);
    struct port *port;

    if (!txn) {
        return;
    }
    ovs_list_splice(&changed, o->changed_ports.next,
                    &o->changed_ports);
    LIST_FOR_EACH_POP (port, in_changed, &changed) {
        ovs_list_init(&port->in_changed);
        bind_port(o, port);
    }
}

bool
port_binding_is_done(const struct overlay *o)
{
    return ovs_list_is_empty(&o->changed_ports);
}

void
port_binding_retry(struct overlay *o)
{
    struct port *port;

    OBJECT_FOR_EACH (port, &o->ports) {
        port_changed(o, port);
    }
}
