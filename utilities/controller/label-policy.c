/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "label-policy.h"
#include <stdlib.h>
#include "label-pool.h"
#include "label-ready.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "overlay.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(label_policy);

/* One owner's labels, while they are looked at. */
struct policy {
    struct overlay *overlay;
    struct ovsdb_idl_txn *txn;
    struct label_owner *owner;
    struct uuid uuid;
    struct network *network;    /* One of these two is NULL. */
    struct tenant *tenant;
};

static const char *const purpose_names[] = {
    [LABEL_UNICAST] = "unicast",
    [LABEL_BUM] = "bum",
    [LABEL_ROUTE] = "route",
};

/* ---- What is needed ----------------------------------------------------- */

/* Returns true if 'site' needs to tell senders with 'role' apart: another
 * hypervisor has one in the network. */
static bool
site_hears(const struct site *site, uint32_t role)
{
    const struct site *other;

    LIST_FOR_EACH (other, in_network, &site->network->sites) {
        if (other != site && site_has_role(other, role)) {
            return true;
        }
    }
    return false;
}

/* Returns true if 'site' is the first of its network with 'role'. */
static bool
site_is_first_with(const struct site *site, uint32_t role)
{
    const struct site *other;

    LIST_FOR_EACH (other, in_network, &site->network->sites) {
        if (site_has_role(other, role)) {
            return other == site;
        }
    }
    return false;
}

/* Returns true if 'hv' receives routed packets of 'tenant' from anywhere. */
static bool
hypervisor_hears_routes(const struct hypervisor *hv,
                        const struct tenant *tenant)
{
    const struct network *network;

    if (!tenant_is_routed_on(tenant, hv)) {
        return false;
    }
    if (!ovs_list_is_empty(&tenant->peers)) {
        return true;
    }
    LIST_FOR_EACH (network, in_tenant, &tenant->networks) {
        const struct site *site;

        LIST_FOR_EACH (site, in_network, &network->sites) {
            if (site->hypervisor != hv && network_is_routed(network)) {
                return true;
            }
        }
    }
    return false;
}

static bool
label_is_needed(const struct policy *p, const struct label *label)
{
    if (p->tenant) {
        return hypervisor_hears_routes(label->hypervisor, p->tenant);
    } else if (p->network) {
        const struct site *site = site_find(p->network, label->hypervisor);

        return site && site_hears(site, label->role);
    }
    return false;
}

/* Returns true if the value of 'label' is of the scope and in the range that
 * the owner's labels should have now. */
static bool
label_fits(const struct policy *p, const struct label *label)
{
    const struct label_range *range = (p->network && p->network->global
                                       ? &p->overlay->global
                                       : &p->overlay->local);

    return label->value >= range->min && label->value <= range->max;
}

/* Returns true if all senders may use 'label', and its receiver said so. */
static bool
label_is_established(const struct policy *p, const struct label *label)
{
    const struct hypervisor *hv;

    OBJECT_FOR_EACH (hv, &p->overlay->hypervisors) {
        const struct site *site;

        if (hv == label->hypervisor) {
            continue;
        }
        site = p->network ? site_find(p->network, hv) : NULL;
        if ((p->network ? site && site_has_role(site, label->role)
             : tenant_is_routed_on(p->tenant, hv))
            && !label_is_accepted(hv, label)) {
            return false;
        }
    }
    return label->state == LABEL_ACTIVE;
}

/* ---- What is there ------------------------------------------------------ */

/* 'row' is to be the active label of 'hv' for 'purpose' and 'role', and newer
 * than those that it replaces, even if they are of the same second. */
static void
activate(const struct policy *p, const struct mplsrec_label *row,
         const struct hypervisor *hv, enum label_purpose purpose,
         uint32_t role)
{
    const struct label *other;
    long long int since = time_wall();

    LABEL_FOR_EACH (other, hv, purpose, &p->uuid, role) {
        if (other->state == LABEL_ACTIVE) {
            since = MAX(since, other->since + 1);
        }
    }
    mplsrec_label_set_state(row, "active");
    mplsrec_label_set_since(row, since);
}

/* Returns true if 'a' should rather be used than 'b', which serves the same:
 * what is active, then what was so last. */
static bool
is_preferred(const struct label *a, const struct label *b)
{
    return (a->state != b->state ? a->state < b->state
            : a->since != b->since ? a->since > b->since
            : a->value < b->value);
}

/* Returns the label that serves, or will serve, the same as 'label' with a
 * fitting value, or NULL. */
static const struct label *
find_replacement(const struct policy *p, const struct label *label)
{
    const struct label *other;

    LABEL_FOR_EACH (other, label->hypervisor, label->purpose, &p->uuid,
                    label->role) {
        if (other != label && label_fits(p, other)
            && other->state == LABEL_ACTIVE) {
            return other;
        }
    }
    return NULL;
}

/* Looks at the labels that the owner has.  One that is not needed drains; so
 * does one that does not fit any more, once a fitting one has taken over. */
static void
review_labels(const struct policy *p)
{
    const struct label *label;

    LIST_FOR_EACH (label, in_owner, &p->owner->labels) {
        bool needed = label_is_needed(p, label);

        if (label->state == LABEL_ACTIVE
            && !(needed && label_fits(p, label))) {
            const struct label *other = find_replacement(p, label);

            if (!needed || (other && label_is_established(p, other))) {
                mplsrec_label_set_state(label->row, "draining");
                mplsrec_label_set_since(label->row, time_wall());
            }
        }
    }
}

/* ---- What is missing ---------------------------------------------------- */

/* Returns the label for 'purpose' and 'role' that 'hv' should use, in whatever
 * state it is, or NULL.  Its value must be 'value' unless that is 0. */
static const struct label *
find_label(const struct policy *p, const struct hypervisor *hv,
           enum label_purpose purpose, uint32_t role, uint32_t value)
{
    const struct label *label, *best = NULL;

    LABEL_FOR_EACH (label, hv, purpose, &p->uuid, role) {
        if (label_fits(p, label) && (!value || label->value == value)
            && (!best || is_preferred(label, best))) {
            best = label;
        }
    }
    return best;
}

/* In global scope all receivers have the same value.  Returns the one that
 * the owner's labels have for 'purpose' and 'role', one in use if there is
 * one; 0 if there is none, or if the scope is local. */
static uint32_t
find_global_value(const struct policy *p, enum label_purpose purpose,
                  uint32_t role)
{
    const struct label *label, *best = NULL;

    if (!p->network->global) {
        return 0;
    }
    LIST_FOR_EACH (label, in_owner, &p->owner->labels) {
        if (label->purpose == purpose && label->role == role
            && label_fits(p, label)
            && (!best || is_preferred(label, best))) {
            best = label;
        }
    }
    return best ? best->value : 0;
}

/* Notes why 'hv' lacks a label, taking 'error' over. */
static void
set_error(const struct policy *p, char *error)
{
    if (p->owner->error) {
        free(error);
    } else {
        p->owner->error = error;
        VLOG_ERR("%s: %s", (p->network ? p->network->object.name
                            : p->tenant->object.name), error);
    }
}

static char *
no_label_error(const struct policy *p, const struct hypervisor *hv, bool local)
{
    const struct label_range *range = (local ? &p->overlay->local
                                       : &p->overlay->global);

    if (range->min > range->max) {
        return xasprintf("no labels can be given: %s", p->overlay->error);
    }
    return xasprintf("no label is left in the range %"PRIu32"-%"PRIu32"%s%s",
                     range->min, range->max, local ? " of hypervisor " : "",
                     local ? hv->object.name : "");
}

/* Returns true if 'hv' has a label of this value for whatever use: ranges that
 * changed back and forth leave local values in the global range. */
static bool
value_is_taken(const struct hypervisor *hv, uint32_t value)
{
    const struct label *label;

    HMAP_FOR_EACH (label, in_hypervisor, &hv->labels) {
        if (label->value == value) {
            return true;
        }
    }
    return false;
}

static void
write_label(const struct policy *p, const struct hypervisor *hv,
            enum label_purpose purpose, uint32_t role, uint32_t value)
{
    struct mplsrec_label *row = mplsrec_label_insert(p->txn);

    mplsrec_label_set_hypervisor(row, hv->row);
    mplsrec_label_set_value(row, value);
    mplsrec_label_set_purpose(row, purpose_names[purpose]);
    if (p->network) {
        struct ds text = DS_EMPTY_INITIALIZER;

        overlay_format_role(role, &text);
        mplsrec_label_set_role(row, ds_cstr(&text));
        mplsrec_label_set_network(row, p->network->row);
        ds_destroy(&text);
    } else {
        mplsrec_label_set_tenant(row, p->tenant->row);
    }
    activate(p, row, hv, purpose, role);
    mplsrec_hypervisor_update_labels_addvalue(hv->row, row);
}

/* Gives 'hv' an active label.  One that it had before comes back, since it
 * leads where it led.  '*global' is the value of global scope for 'purpose'
 * and 'role', 0 if there is none yet. */
static void
add_label(const struct policy *p, struct hypervisor *hv,
          enum label_purpose purpose, uint32_t role, uint32_t *global)
{
    const struct label *label = find_label(p, hv, purpose, role, *global);
    bool local = !p->network || !p->network->global;
    uint32_t value = *global;

    if (label) {
        if (label->state != LABEL_ACTIVE) {
            activate(p, label->row, hv, purpose, role);
        }
        return;
    }
    if (local ? !label_pool_allocate(p->overlay, hv, &value)
        : !value && !label_pool_allocate_global(p->overlay, &value)) {
        set_error(p, no_label_error(p, hv, local));
    } else if (!local && value_is_taken(hv, value)) {
        set_error(p, xasprintf("label %"PRIu32" is still held for another use "
                               "on hypervisor %s", value, hv->object.name));
    } else {
        if (!local) {
            *global = value;
        }
        write_label(p, hv, purpose, role, value);
    }
}

static void
add_network_labels(const struct policy *p, uint32_t role)
{
    uint32_t global[] = {
        [LABEL_UNICAST] = find_global_value(p, LABEL_UNICAST, role),
        [LABEL_BUM] = find_global_value(p, LABEL_BUM, role),
    };
    const struct site *site;

    LIST_FOR_EACH (site, in_network, &p->network->sites) {
        if (site_hears(site, role)) {
            add_label(p, site->hypervisor, LABEL_UNICAST, role,
                      &global[LABEL_UNICAST]);
            add_label(p, site->hypervisor, LABEL_BUM, role,
                      &global[LABEL_BUM]);
        }
    }
}

/* Adds what the owner's hypervisors lack. */
static void
add_missing_labels(const struct policy *p)
{
    free(p->owner->error);
    p->owner->error = NULL;
    if (p->network) {
        const struct site *site;

        LIST_FOR_EACH (site, in_network, &p->network->sites) {
            for (size_t i = 0; i < site->n_roles; i++) {
                if (site_is_first_with(site, site->roles[i])) {
                    add_network_labels(p, site->roles[i]);
                }
            }
        }
    } else if (p->tenant) {
        struct hypervisor *hv;
        uint32_t global = 0;

        OBJECT_FOR_EACH (hv, &p->overlay->hypervisors) {
            if (hypervisor_hears_routes(hv, p->tenant)) {
                add_label(p, hv, LABEL_ROUTE, ROLE_PROMISCUOUS, &global);
            }
        }
    }
}

static void
run_policy(struct policy *p, struct label_owner *owner)
{
    p->owner = owner;
    if (owner->check || (owner->error && p->overlay->values_freed)) {
        owner->check = false;
        review_labels(p);
        add_missing_labels(p);
    }
}

void
label_policy_run(struct overlay *o, struct ovsdb_idl_txn *txn)
{
    struct network *network;
    struct tenant *tenant;

    if (!txn) {
        return;
    }
    OBJECT_FOR_EACH (network, &o->networks) {
        struct policy p = { .overlay = o, .txn = txn, .network = network,
                            .uuid = network->object.uuid };

        run_policy(&p, &network->labels);
    }
    OBJECT_FOR_EACH (tenant, &o->tenants) {
        struct policy p = { .overlay = o, .txn = txn, .tenant = tenant,
                            .uuid = tenant->object.uuid };

        run_policy(&p, &tenant->labels);
    }

    struct policy p = { .overlay = o, .txn = txn };
    run_policy(&p, &o->ownerless);
    o->values_freed = false;
}

bool
label_policy_is_done(const struct overlay *o)
{
    const struct network *network;
    const struct tenant *tenant;

    OBJECT_FOR_EACH (network, &o->networks) {
        if (network->labels.check) {
            return false;
        }
    }
    OBJECT_FOR_EACH (tenant, &o->tenants) {
        if (tenant->labels.check) {
            return false;
        }
    }
    return !o->ownerless.check && !o->values_freed;
}

void
label_policy_retry(struct overlay *o)
{
    struct network *network;
    struct tenant *tenant;

    OBJECT_FOR_EACH (network, &o->networks) {
        network->labels.check = true;
    }
    OBJECT_FOR_EACH (tenant, &o->tenants) {
        tenant->labels.check = true;
    }
    o->ownerless.check = true;
}
