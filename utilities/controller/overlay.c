/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "overlay.h"
#include "overlay-rows.h"
#include <stdlib.h>
#include "hash.h"
#include "label-pool.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(overlay);

static void track_columns(struct ovsdb_idl *);

/* Columns that only this controller writes and that it need not read back:
 * their changes wake nobody. */
static void
omit_own_columns(struct ovsdb_idl *idl)
{
    static const struct ovsdb_idl_column *const own[] = {
        &mplsrec_overlay_col_acknowledged,
        &mplsrec_overlay_col_error,
        &mplsrec_overlay_col_warning,
        &mplsrec_hypervisor_col_labels,
        &mplsrec_hypervisor_col_connected,
        &mplsrec_hypervisor_col_acknowledged,
        &mplsrec_hypervisor_col_programmed,
        &mplsrec_hypervisor_col_error,
        &mplsrec_hypervisor_col_warning,
        &mplsrec_tenant_col_networks,
        &mplsrec_tenant_col_peers,
        &mplsrec_tenant_col_error,
        &mplsrec_network_col_ports,
        &mplsrec_network_col_error,
        &mplsrec_port_col_state,
        &mplsrec_port_col_error,
        &mplsrec_peer_col_offered,
        &mplsrec_peer_col_error,
    };

    for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
        ovsdb_idl_omit_alert(idl, own[i]);
    }
}

/* Returns an empty overlay of the database that 'idl' will connect to. */
struct overlay *
overlay_create(struct ovsdb_idl *idl)
{
    struct overlay *o = xzalloc(sizeof *o);

    o->idl = idl;
    track_columns(idl);
    omit_own_columns(idl);
    ovsdb_idl_set_write_changed_only_all(idl, true);
    hmap_init(&o->tenants);
    hmap_init(&o->networks);
    hmap_init(&o->ports);
    hmap_init(&o->hypervisors);
    hmap_init(&o->labels);
    hmap_init(&o->peers);
    hmap_init(&o->ports_by_interface);
    hmap_init(&o->interfaces);
    ovs_list_init(&o->changed_ports);
    ovs_list_init(&o->pending_values);
    ovs_list_init(&o->ownerless.labels);
    ovs_list_init(&o->releasing);
    overlay_read_settings(o);
    return o;
}

/* Returns the object for 'uuid' in 'map', or NULL. */
struct object *
object_find(const struct hmap *map, const struct uuid *uuid)
{
    struct object *object;

    HMAP_FOR_EACH_WITH_HASH (object, hmap_node, uuid_hash(uuid), map) {
        if (uuid_equals(&object->uuid, uuid)) {
            return object;
        }
    }
    return NULL;
}

/* ---- Rows that changed -------------------------------------------------- */

/* For each table, parents before children: what makes a row an object, and
 * what removes the object of a row that is gone. */
static const struct row_class {
    size_t map;                 /* Offset of the objects in struct overlay. */
    const struct ovsdb_idl_table_class *table;
    void (*update)(struct overlay *, const struct ovsdb_idl_row *);
    void (*remove)(struct overlay *, struct object *);
    bool tracked;               /* By the IDL; see track_columns(). */
} row_classes[] = {
#define ROW_CLASS(TABLE, MAP, NAME, TRACKED)                            \
    { offsetof(struct overlay, MAP), &mplsrec_table_classes[TABLE],     \
      overlay_update_##NAME, overlay_remove_##NAME, TRACKED }
    ROW_CLASS(MPLSREC_TABLE_HYPERVISOR, hypervisors, hypervisor, false),
    ROW_CLASS(MPLSREC_TABLE_TENANT, tenants, tenant, true),
    ROW_CLASS(MPLSREC_TABLE_NETWORK, networks, network, true),
    ROW_CLASS(MPLSREC_TABLE_PEER, peers, peer, true),
    ROW_CLASS(MPLSREC_TABLE_PORT, ports, port, true),
    ROW_CLASS(MPLSREC_TABLE_LABEL, labels, label, true),
};

/* Of a row that changes, the IDL tracks also the rows that refer to it, those
 * that refer to these and so on.  By Hypervisor.labels that would be nearly
 * the whole database for a single label.  This ends at tables that are not
 * tracked; hypervisors are few, and looked at one by one. */
static void
track_columns(struct ovsdb_idl *idl)
{
    for (size_t i = 0; i < ARRAY_SIZE(row_classes); i++) {
        const struct ovsdb_idl_table_class *table = row_classes[i].table;

        for (size_t j = 0; row_classes[i].tracked && j < table->n_columns;
             j++) {
            ovsdb_idl_track_add_column(idl, &table->columns[j]);
        }
    }
}

static bool
row_is_deleted(const struct ovsdb_idl_row *row)
{
    return ovsdb_idl_row_get_seqno(row, OVSDB_IDL_CHANGE_DELETE) > 0;
}

/* Returns true if 'row' itself is new or has other values. */
static bool
row_is_changed(const struct overlay *o, const struct row_class *class,
               const struct ovsdb_idl_row *row)
{
    if (ovsdb_idl_row_get_seqno(row, OVSDB_IDL_CHANGE_INSERT)
        > o->idl_seqno) {
        return true;
    } else if (!class->tracked) {
        return (ovsdb_idl_row_get_seqno(row, OVSDB_IDL_CHANGE_MODIFY)
                > o->idl_seqno);
    }
    for (size_t i = 0; i < class->table->n_columns; i++) {
        if (ovsdb_idl_track_is_updated(row, &class->table->columns[i])) {
            return true;
        }
    }
    return false;
}

static struct hmap *
class_map(struct overlay *o, const struct row_class *class)
{
    return ALIGNED_CAST(struct hmap *, (char *) o + class->map);
}

/* The IDL keeps a row that is gone, without its columns, as long as other rows
 * refer to it; they may be gone as well, and tracked. */
static bool
row_exists(const struct overlay *o, const struct row_class *class,
           const struct uuid *uuid)
{
    const struct ovsdb_idl_row *row
        = ovsdb_idl_get_row_for_uuid(o->idl, class->table, uuid);

    return row && row->new_datum;
}

/* Removes the objects whose rows are gone.  With 'lost', the IDL forgot what
 * it knew and does not say which these are. */
static void
remove_objects(struct overlay *o, const struct row_class *class, bool lost)
{
    struct hmap *map = class_map(o, class);
    struct object *object;

    if (lost || !class->tracked) {
        HMAP_FOR_EACH_SAFE (object, hmap_node, map) {
            if (!row_exists(o, class, &object->uuid)) {
                class->remove(o, object);
            }
        }
        return;
    }

    const struct ovsdb_idl_row *row;
    for (row = ovsdb_idl_track_get_first(o->idl, class->table); row;
         row = ovsdb_idl_track_get_next(row)) {
        if (row_is_deleted(row)) {
            object = object_find(map, &row->uuid);
            if (object) {
                class->remove(o, object);
            }
        }
    }
}

static void
update_objects(struct overlay *o, const struct row_class *class, bool lost)
{
    const struct ovsdb_idl_row *row;

    if (lost || !class->tracked) {
        for (row = ovsdb_idl_first_row(o->idl, class->table); row;
             row = ovsdb_idl_next_row(row)) {
            if (lost || row_is_changed(o, class, row)) {
                class->update(o, row);
            }
        }
        return;
    }
    for (row = ovsdb_idl_track_get_first(o->idl, class->table); row;
         row = ovsdb_idl_track_get_next(row)) {
        if (!row_is_deleted(row) && row_is_changed(o, class, row)) {
            class->update(o, row);
        }
    }
}

/* The IDL does not track what it loses when it must read the whole database
 * again, after that was restarted or another one was put in its place: then
 * the row that is always there is gone or is another, or rows seem new whose
 * objects exist. */
static bool
idl_was_cleared(struct overlay *o)
{
    const struct mplsrec_overlay *first = mplsrec_overlay_first(o->idl);

    if (o->row && (!first || !uuid_equals(&first->header_.uuid, &o->uuid))) {
        return true;
    }
    for (size_t i = 0; i < ARRAY_SIZE(row_classes); i++) {
        const struct row_class *class = &row_classes[i];
        const struct ovsdb_idl_row *row;

        for (row = ovsdb_idl_track_get_first(o->idl, class->table); row;
             row = ovsdb_idl_track_get_next(row)) {
            if (ovsdb_idl_row_get_seqno(row, OVSDB_IDL_CHANGE_INSERT)
                && !row_is_deleted(row)
                && object_find(class_map(o, class), &row->uuid)) {
                return true;
            }
        }
    }
    return false;
}

/* Brings the objects up to date with the IDL.  Returns true if anything
 * changed.  To be called after each ovsdb_idl_run(). */
bool
overlay_run(struct overlay *o)
{
    unsigned int idl_seqno = ovsdb_idl_get_seqno(o->idl);

    if (idl_seqno == o->idl_seqno) {
        return false;
    }
    o->seqno++;

    bool lost = idl_was_cleared(o);
    if (lost) {
        VLOG_INFO("the database was read as a whole again");
    }
    for (size_t i = ARRAY_SIZE(row_classes); i-- > 0; ) {
        remove_objects(o, &row_classes[i], lost);
    }
    overlay_read_settings(o);
    for (size_t i = 0; i < ARRAY_SIZE(row_classes); i++) {
        update_objects(o, &row_classes[i], lost);
    }
    ovsdb_idl_track_clear(o->idl);
    o->idl_seqno = idl_seqno;
    return true;
}

/* Frees 'o' and all objects. */
void
overlay_destroy(struct overlay *o)
{
    for (size_t i = ARRAY_SIZE(row_classes); i-- > 0; ) {
        struct hmap *map = class_map(o, &row_classes[i]);
        struct object *object;

        HMAP_FOR_EACH_SAFE (object, hmap_node, map) {
            row_classes[i].remove(o, object);
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(row_classes); i++) {
        hmap_destroy(class_map(o, &row_classes[i]));
    }
    hmap_destroy(&o->ports_by_interface);
    hmap_destroy(&o->interfaces);
    label_pool_committed(o);
    label_pool_destroy(o->global_pool);
    free(o->ownerless.error);
    free(o->error);
    free(o);
}

/* ---- Finding things ----------------------------------------------------- */

/* Returns the hypervisor named 'name', or NULL. */
struct hypervisor *
overlay_find_hypervisor(const struct overlay *o, const char *name)
{
    struct hypervisor *hv;

    OBJECT_FOR_EACH (hv, &o->hypervisors) {
        if (!strcmp(hv->object.name, name)) {
            return hv;
        }
    }
    return NULL;
}

/* Returns the hypervisor whose bridge has 'datapath_id', or NULL. */
struct hypervisor *
overlay_find_datapath(const struct overlay *o, uint64_t datapath_id)
{
    struct hypervisor *hv;

    OBJECT_FOR_EACH (hv, &o->hypervisors) {
        if (hv->datapath_id == datapath_id) {
            return hv;
        }
    }
    return NULL;
}

/* Returns the site of 'network' on 'hv', or NULL if it has no port there. */
struct site *
site_find(const struct network *network, const struct hypervisor *hv)
{
    struct site *site;

    LIST_FOR_EACH (site, in_hypervisor, &hv->sites) {
        if (site->network == network) {
            return site;
        }
    }
    return NULL;
}

/* Returns true if a port at 'site' has 'role'. */
bool
site_has_role(const struct site *site, uint32_t role)
{
    for (size_t i = 0; i < site->n_roles; i++) {
        if (site->roles[i] == role) {
            return true;
        }
    }
    return false;
}

/* Returns true if 'network' has a gateway, so that its tenant's networks can
 * be reached from it. */
bool
network_is_routed(const struct network *network)
{
    return network->n_gateways > 0;
}

/* Returns true if a routed network of 'tenant' has a port on 'hv'. */
bool
tenant_is_routed_on(const struct tenant *tenant, const struct hypervisor *hv)
{
    const struct site *site;

    LIST_FOR_EACH (site, in_hypervisor, &hv->sites) {
        if (site->network->tenant == tenant
            && network_is_routed(site->network)) {
            return true;
        }
    }
    return false;
}

/* Returns the hash of a label's key, as in hypervisor->labels. */
uint32_t
label_hash(enum label_purpose purpose, const struct uuid *owner,
           uint32_t role)
{
    return hash_2words(uuid_hash(owner), hash_int(role, purpose));
}

/* ---- Who must look again ------------------------------------------------ */

/* The flows of 'hv' may have to change. */
void
overlay_touch_hypervisor(struct overlay *o, struct hypervisor *hv)
{
    hv->dirty_since = MIN(hv->dirty_since, o->seqno);
}

static void
touch_sites(struct overlay *o, struct network *network)
{
    struct site *site;

    LIST_FOR_EACH (site, in_network, &network->sites) {
        overlay_touch_hypervisor(o, site->hypervisor);
    }
}

/* So may those of all hypervisors that 'network' concerns. */
void
overlay_touch_network(struct overlay *o, struct network *network)
{
    network->labels.check = true;
    touch_sites(o, network);
    if (network_is_routed(network) && network->tenant) {
        overlay_touch_tenant(o, network->tenant);
    }
}

/* So may those of all hypervisors with a routed network of 'tenant'. */
void
overlay_touch_tenant(struct overlay *o, struct tenant *tenant)
{
    struct network *network;

    tenant->labels.check = true;
    tenant->offers_changed = true;
    LIST_FOR_EACH (network, in_tenant, &tenant->networks) {
        if (network_is_routed(network)) {
            touch_sites(o, network);
        }
    }
}
