/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "label-ready.h"
#include <stdlib.h>
#include "hash.h"
#include "util.h"

struct accepts {
    struct hmap pairs;          /* Of struct accept. */
};

struct accept {
    struct hmap_node hmap_node;
    struct uuid sender;
    struct uuid label;
};

static uint32_t
accept_hash(const struct uuid *sender, const struct uuid *label)
{
    return hash_2words(uuid_hash(sender), uuid_hash(label));
}

static bool
accepts_contains(const struct accepts *accepts, const struct uuid *sender,
                 const struct uuid *label)
{
    const struct accept *accept;

    HMAP_FOR_EACH_WITH_HASH (accept, hmap_node, accept_hash(sender, label),
                             &accepts->pairs) {
        if (uuid_equals(&accept->sender, sender)
            && uuid_equals(&accept->label, label)) {
            return true;
        }
    }
    return false;
}

struct accepts *
accepts_create(void)
{
    struct accepts *accepts = xmalloc(sizeof *accepts);

    hmap_init(&accepts->pairs);
    return accepts;
}

void
accepts_destroy(struct accepts *accepts)
{
    struct accept *accept;

    if (accepts) {
        HMAP_FOR_EACH_POP (accept, hmap_node, &accepts->pairs) {
            free(accept);
        }
        hmap_destroy(&accepts->pairs);
        free(accepts);
    }
}

void
accepts_note(struct accepts *accepts, const struct uuid *sender,
             const struct label *label)
{
    if (!accepts_contains(accepts, sender, &label->object.uuid)) {
        struct accept *accept = xmalloc(sizeof *accept);

        accept->sender = *sender;
        accept->label = label->object.uuid;
        hmap_insert(&accepts->pairs, &accept->hmap_node,
                    accept_hash(sender, &accept->label));
    }
}

/* The label may be there to replace another, which label-policy.c now can
 * release. */
static void
review_owner(struct overlay *o, const struct accept *accept)
{
    struct object *label = object_find(&o->labels, &accept->label);

    if (label) {
        CONTAINER_OF(label, struct label, object)->owner_labels->check = true;
    }
}

/* The sender may use a label that it could not use before. */
static void
touch_sender(struct overlay *o, const struct accept *accept)
{
    struct object *sender = object_find(&o->hypervisors, &accept->sender);

    if (sender) {
        overlay_touch_hypervisor(o, CONTAINER_OF(sender, struct hypervisor,
                                                 object));
    }
}

void
label_ready_acknowledged(struct overlay *o, struct hypervisor *receiver,
                         struct accepts *accepts)
{
    struct accepts *old = receiver->accepts;
    const struct accept *accept;

    receiver->accepts = accepts;
    HMAP_FOR_EACH (accept, hmap_node, &accepts->pairs) {
        /* Nothing was known of a receiver that had not been connected: then
         * a label that came meanwhile has not been shown to its senders. */
        if (!old
            || !accepts_contains(old, &accept->sender, &accept->label)) {
            review_owner(o, accept);
            touch_sender(o, accept);
        }
    }
    accepts_destroy(old);
}

void
label_ready_forget(struct hypervisor *receiver)
{
    accepts_destroy(receiver->accepts);
    receiver->accepts = NULL;
}

bool
label_is_accepted(const struct hypervisor *sender, const struct label *label)
{
    const struct accepts *accepts = label->hypervisor->accepts;

    return accepts && accepts_contains(accepts, &sender->object.uuid,
                                       &label->object.uuid);
}

static bool
is_newer(const struct label *a, const struct label *b)
{
    return (a->since != b->since ? a->since > b->since
            : uuid_compare_3way(&a->object.uuid, &b->object.uuid) > 0);
}

const struct label *
label_usable(const struct hypervisor *sender,
             const struct hypervisor *receiver, enum label_purpose purpose,
             const struct uuid *owner, uint32_t role)
{
    const struct label *label, *best = NULL;
    bool known = receiver->accepts != NULL;

    LABEL_FOR_EACH (label, receiver, purpose, owner, role) {
        if (label->state == LABEL_ACTIVE
            && (!known || label_is_accepted(sender, label))
            && (!best || is_newer(label, best) == known)) {
            best = label;
        }
    }
    return best;
}
