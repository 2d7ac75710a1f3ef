/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "overlay-rows.h"
#include <limits.h>
#include <stdlib.h>
#include "label-pool.h"
#include "label-ready.h"
#include "overlay.h"
#include "overlay-sites.h"
#include "port-binding.h"
#include "program.h"
#include "switch.h"
#include "util.h"

/* Rows of the provider: Overlay, Hypervisor, and the Labels that hypervisors
 * own. */

/* ---- Overlay ------------------------------------------------------------ */

#define DEFAULT_LABEL_MIN 16
#define DEFAULT_LABEL_MAX 524287
#define DEFAULT_GLOBAL_LABEL_MIN 524288
#define DEFAULT_GLOBAL_LABEL_MAX 1048575
#define DEFAULT_LABEL_HOLD 300
#define DEFAULT_DRAIN 2

/* Takes other label ranges over: a label outside is replaced. */
static void
ranges_changed(struct overlay *o)
{
    struct hypervisor *hv;
    struct network *network;
    struct tenant *tenant;

    label_pool_rebuild_global(o);
    OBJECT_FOR_EACH (hv, &o->hypervisors) {
        label_pool_rebuild(o, hv);
    }
    OBJECT_FOR_EACH (tenant, &o->tenants) {
        overlay_touch_tenant(o, tenant);
    }
    OBJECT_FOR_EACH (network, &o->networks) {
        overlay_touch_network(o, network);
    }
}

static const struct label_range empty_range = { 1, 0 };

/* Reads the label ranges.  A wrong one is as if it were empty: nothing new is
 * taken from it.  Both are if they overlap, since nobody could tell whose a
 * value is. */
static void
read_ranges(struct overlay *o, const struct mplsrec_overlay *row)
{
    struct label_range local = {
        row->label_min ? *row->label_min : DEFAULT_LABEL_MIN,
        row->label_max ? *row->label_max : DEFAULT_LABEL_MAX,
    };
    struct label_range global = {
        row->global_label_min ? *row->global_label_min
                              : DEFAULT_GLOBAL_LABEL_MIN,
        row->global_label_max ? *row->global_label_max
                              : DEFAULT_GLOBAL_LABEL_MAX,
    };

    free(o->error);
    o->error = NULL;
    if (local.min > local.max) {
        o->error = xasprintf("label_min %"PRIu32" is greater than label_max "
                             "%"PRIu32, local.min, local.max);
        local = empty_range;
    } else if (global.min > global.max) {
        o->error = xasprintf("global_label_min %"PRIu32" is greater than "
                             "global_label_max %"PRIu32, global.min,
                             global.max);
        global = empty_range;
    } else if (local.min <= global.max && global.min <= local.max) {
        o->error = xasprintf("the label ranges %"PRIu32"-%"PRIu32" and "
                             "%"PRIu32"-%"PRIu32" overlap", local.min,
                             local.max, global.min, global.max);
        local = global = empty_range;
    }
    if (memcmp(&local, &o->local, sizeof local)
        || memcmp(&global, &o->global, sizeof global)) {
        o->local = local;
        o->global = global;
        ranges_changed(o);
    }
}

void
overlay_read_settings(struct overlay *o)
{
    static const struct mplsrec_overlay empty;
    const struct mplsrec_overlay *row = mplsrec_overlay_first(o->idl);
    enum overlay_encap encap = ENCAP_MPLSUDP;

    o->row = row;
    o->uuid = row ? row->header_.uuid : UUID_ZERO;
    row = row ? row : &empty;
    o->label_hold = 1000LL * (row->n_label_hold ? *row->label_hold
                              : DEFAULT_LABEL_HOLD);
    o->drain = 1000LL * (row->n_drain ? *row->drain : DEFAULT_DRAIN);
    if (row->default_encap) {
        free(overlay_parse_encap(row->default_encap, &encap));
    }

    read_ranges(o, row);
    if (encap != o->default_encap) {
        const struct mplsrec_hypervisor *hv;
        const struct mplsrec_peer *peer;

        o->default_encap = encap;
        MPLSREC_HYPERVISOR_FOR_EACH (hv, o->idl) {
            overlay_update_hypervisor(o, &hv->header_);
        }
        MPLSREC_PEER_FOR_EACH (peer, o->idl) {
            overlay_update_peer(o, &peer->header_);
        }
    }
}

/* ---- Hypervisor --------------------------------------------------------- */

static void
touch_around_hypervisor(struct overlay *o, struct hypervisor *hv)
{
    struct site *site;

    overlay_touch_hypervisor(o, hv);
    LIST_FOR_EACH (site, in_hypervisor, &hv->sites) {
        overlay_touch_network(o, site->network);
    }
}

void
overlay_update_hypervisor(struct overlay *o, const struct ovsdb_idl_row *row_)
{
    const struct mplsrec_hypervisor *row = ROW_CAST(row_, mplsrec_hypervisor);
    bool new;
    struct hypervisor *hv = object_get(&o->hypervisors, row_, row->name,
                                       sizeof *hv, &new);

    uint64_t old_datapath_id = hv->datapath_id;
    char *old_certificate_name = hv->certificate_name;
    if (new) {
        ovs_list_init(&hv->sites);
        ovs_list_init(&hv->interfaces);
        hmap_init(&hv->labels);
        hv->dirty_since = hv->sent_since = UINT64_MAX;
        label_pool_rebuild(o, hv);
    }
    hv->row = row;
    object_set_error(&hv->object, overlay_parse_datapath_id(
                         row->datapath_id, &hv->datapath_id));
    free(hv->endpoints);
    hv->endpoints = object_parse_addresses(&hv->object, row->endpoints,
                                    row->n_endpoints, &hv->n_endpoints);
    object_set_error(&hv->object,
                     overlay_parse_encaps(row->encaps, &hv->encaps));
    if (!hv->encaps.n) {
        hv->encaps.e[hv->encaps.n++] = o->default_encap;
    }
    hv->certificate_name = nullable_xstrdup(row->certificate_name);
    if (hv->sw && (hv->datapath_id != old_datapath_id
                   || !nullable_string_is_equal(hv->certificate_name,
                                                old_certificate_name))) {
        switch_close(hv->sw);
        program_connected(o, hv, NULL);
    }
    free(old_certificate_name);
    touch_around_hypervisor(o, hv);
}

void
overlay_remove_hypervisor(struct overlay *o, struct object *object)
{
    struct hypervisor *hv = CONTAINER_OF(object, struct hypervisor, object);
    struct label *label;
    struct site *site;

    LIST_FOR_EACH_SAFE (site, in_hypervisor, &hv->sites) {
        struct port *port;

        LIST_FOR_EACH_SAFE (port, in_site, &site->ports) {
            port_unbind(o, port);
        }
    }
    HMAP_FOR_EACH_SAFE (label, in_hypervisor, &hv->labels) {
        overlay_remove_label(o, &label->object);
    }
    if (hv->sw) {
        switch_close(hv->sw);
    }
    port_binding_forget(o, hv);
    label_ready_forget(hv);
    accepts_destroy(hv->sent_accepts);
    label_pool_destroy(hv->pool);
    hmap_destroy(&hv->labels);
    free(hv->endpoints);
    free(hv->certificate_name);
    object_free(&o->hypervisors, object);
}

/* ---- Label -------------------------------------------------------------- */

/* The senders that may use 'label' must look again.  One that is new nobody
 * uses before its receiver accepts it; then label-ready.c tells the senders,
 * unless what the receiver accepts is not known. */
static void
touch_senders(struct overlay *o, struct label *label, bool new)
{
    if (label->state != LABEL_ACTIVE || (new && label->hypervisor->accepts)) {
        return;
    } else if (label->purpose == LABEL_ROUTE) {
        overlay_touch_tenant(o, CONTAINER_OF(label->owner_labels,
                                             struct tenant, labels));
    } else {
        struct network *network = CONTAINER_OF(label->owner_labels,
                                               struct network, labels);
        struct site *site;

        LIST_FOR_EACH (site, in_network, &network->sites) {
            overlay_touch_hypervisor(o, site->hypervisor);
        }
    }
}

/* 'label' is about to change, or has: its receiver and its senders must look
 * again, and its owner's other labels as well. */
static void
touch_label(struct overlay *o, struct label *label, bool new)
{
    if (label->state != LABEL_HELD) {
        overlay_touch_hypervisor(o, label->hypervisor);
    }
    label->owner_labels->check = true;
    if (label->owner_labels != &o->ownerless) {
        touch_senders(o, label, new);
        if (label->purpose == LABEL_ROUTE) {
            CONTAINER_OF(label->owner_labels, struct tenant,
                         labels)->offers_changed = true;
        }
    }
}

static void
read_label_state(struct overlay *o, struct label *label, bool new)
{
    const char *text = label->row->state;
    enum label_state state = (!strcmp(text, "active") ? LABEL_ACTIVE
                              : !strcmp(text, "draining") ? LABEL_DRAINING
                              : LABEL_HELD);

    label->since = label->row->since;
    if (new || state != label->state) {
        label->state = state;
        label->changed = o->seqno;
        label->drained_at = LLONG_MAX;
        ovs_list_remove(&label->in_release);
        ovs_list_init(&label->in_release);
        if (state != LABEL_ACTIVE) {
            ovs_list_push_back(&o->releasing, &label->in_release);
        }
    }
}

/* A label whose owner is gone keeps its value until it was drained and held
 * long enough. */
static void
read_label_owner(struct overlay *o, struct label *label)
{
    const struct mplsrec_label *row = label->row;
    struct object *network = (row->network ? object_find(
        &o->networks, &row->network->header_.uuid) : NULL);
    struct object *tenant = (row->tenant ? object_find(
        &o->tenants, &row->tenant->header_.uuid) : NULL);

    if (label->purpose != LABEL_ROUTE && network) {
        label->owner = network->uuid;
        label->owner_labels = &CONTAINER_OF(network, struct network,
                                            object)->labels;
    } else if (label->purpose == LABEL_ROUTE && tenant) {
        label->owner = tenant->uuid;
        label->owner_labels = &CONTAINER_OF(tenant, struct tenant,
                                            object)->labels;
    } else {
        label->owner = UUID_ZERO;
        label->owner_labels = &o->ownerless;
    }
    ovs_list_push_back(&label->owner_labels->labels, &label->in_owner);
}

void
overlay_update_label(struct overlay *o, const struct ovsdb_idl_row *row_)
{
    const struct mplsrec_label *row = ROW_CAST(row_, mplsrec_label);
    struct object *receiver = (row->hypervisor ? object_find(
        &o->hypervisors, &row->hypervisor->header_.uuid) : NULL);
    struct label *label;
    bool new;

    if (!receiver) {
        return;
    }
    label = object_get(&o->labels, row_, "", sizeof *label, &new);
    if (new) {
        label->hypervisor = CONTAINER_OF(receiver, struct hypervisor, object);
        label->value = row->value;
        ovs_list_init(&label->in_release);
        label_pool_take(o, label);
    } else {
        touch_label(o, label, false);
        hmap_remove(&label->hypervisor->labels, &label->in_hypervisor);
        ovs_list_remove(&label->in_owner);
    }

    label->row = row;
    label->purpose = (!strcmp(row->purpose, "unicast") ? LABEL_UNICAST
                      : !strcmp(row->purpose, "bum") ? LABEL_BUM
                      : LABEL_ROUTE);
    label->role = ROLE_PROMISCUOUS;
    if (row->role) {
        object_set_error(&label->object,
                         overlay_parse_role(row->role, &label->role));
    }
    read_label_state(o, label, new);
    read_label_owner(o, label);
    hmap_insert(&label->hypervisor->labels, &label->in_hypervisor,
                label_hash(label->purpose, &label->owner, label->role));
    touch_label(o, label, new);
}

void
overlay_remove_label(struct overlay *o, struct object *object)
{
    struct label *label = CONTAINER_OF(object, struct label, object);

    touch_label(o, label, false);
    label_pool_give_back(o, label);
    hmap_remove(&label->hypervisor->labels, &label->in_hypervisor);
    ovs_list_remove(&label->in_owner);
    ovs_list_remove(&label->in_release);
    object_free(&o->labels, object);
}

void
overlay_orphan_labels(struct overlay *o, struct label_owner *owner)
{
    struct label *label;

    LIST_FOR_EACH_POP (label, in_owner, &owner->labels) {
        overlay_touch_hypervisor(o, label->hypervisor);
        label->owner = UUID_ZERO;
        label->owner_labels = &o->ownerless;
        ovs_list_push_back(&o->ownerless.labels, &label->in_owner);
    }
    o->ownerless.check = true;
    free(owner->error);
}
