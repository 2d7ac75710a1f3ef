/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "label-pool.h"
#include <stdlib.h>
#include "hash.h"
#include "id-pool.h"
#include "openvswitch/vlog.h"
#include "overlay.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(label_pool);

/* A pool counts how often a value was taken: a value of global scope once for
 * each receiver, and every value once more while its transaction is on its
 * way.  So nothing is given out twice, in whatever order row and reply
 * come. */
struct label_pool {
    struct label_range range;
    struct id_pool *ids;        /* The values in 'taken'. */
    struct hmap taken;          /* Of struct taken_value. */
    unsigned int warned;        /* Percentage in the last warning. */
};

struct taken_value {
    struct hmap_node hmap_node;
    uint32_t value;
    unsigned int n;
};

/* A value that was allocated and whose row has not been committed. */
struct pending_value {
    struct ovs_list list_node;
    struct uuid hypervisor;     /* Zero for a value of global scope. */
    uint32_t value;
};

static struct label_pool *
pool_create(const struct label_range *range)
{
    struct label_pool *pool = xzalloc(sizeof *pool);

    pool->range = *range;
    pool->ids = id_pool_create(range->min, (range->max >= range->min
                                            ? range->max - range->min + 1
                                            : 0));
    hmap_init(&pool->taken);
    return pool;
}

static void
pool_destroy(struct label_pool *pool)
{
    struct taken_value *taken;

    if (pool) {
        HMAP_FOR_EACH_POP (taken, hmap_node, &pool->taken) {
            free(taken);
        }
        hmap_destroy(&pool->taken);
        id_pool_destroy(pool->ids);
        free(pool);
    }
}

static struct taken_value *
pool_find(const struct label_pool *pool, uint32_t value)
{
    struct taken_value *taken;

    HMAP_FOR_EACH_WITH_HASH (taken, hmap_node, hash_int(value, 0),
                             &pool->taken) {
        if (taken->value == value) {
            return taken;
        }
    }
    return NULL;
}

static void
pool_note(struct label_pool *pool, uint32_t value)
{
    struct taken_value *taken = xmalloc(sizeof *taken);

    taken->value = value;
    taken->n = 1;
    hmap_insert(&pool->taken, &taken->hmap_node, hash_int(value, 0));
}

static void
pool_take(struct label_pool *pool, uint32_t value)
{
    if (value >= pool->range.min && value <= pool->range.max) {
        struct taken_value *taken = pool_find(pool, value);

        if (taken) {
            taken->n++;
        } else {
            id_pool_add(pool->ids, value);
            pool_note(pool, value);
        }
    }
}

static void
pool_give_back(struct label_pool *pool, uint32_t value)
{
    struct taken_value *taken = pool_find(pool, value);

    if (taken && !--taken->n) {
        id_pool_free_id(pool->ids, value);
        hmap_remove(&pool->taken, &taken->hmap_node);
        free(taken);
    }
}

/* Takes a free value of 'pool' and notes that it is on its way. */
static bool
pool_allocate(struct overlay *o, struct label_pool *pool,
              const struct uuid *hypervisor, uint32_t *value)
{
    if (!id_pool_alloc_id(pool->ids, value)) {
        return false;
    }
    pool_note(pool, *value);

    struct pending_value *pending = xmalloc(sizeof *pending);
    pending->hypervisor = *hypervisor;
    pending->value = *value;
    ovs_list_push_back(&o->pending_values, &pending->list_node);
    return true;
}

void
label_pool_take(struct overlay *o, struct label *label)
{
    pool_take(label->hypervisor->pool, label->value);
    pool_take(o->global_pool, label->value);
}

void
label_pool_give_back(struct overlay *o, struct label *label)
{
    pool_give_back(label->hypervisor->pool, label->value);
    pool_give_back(o->global_pool, label->value);
    o->values_freed = true;
}

bool
label_pool_allocate(struct overlay *o, struct hypervisor *hv, uint32_t *value)
{
    return pool_allocate(o, hv->pool, &hv->object.uuid, value);
}

bool
label_pool_allocate_global(struct overlay *o, uint32_t *value)
{
    return pool_allocate(o, o->global_pool, &UUID_ZERO, value);
}

void
label_pool_committed(struct overlay *o)
{
    struct pending_value *pending;

    LIST_FOR_EACH_POP (pending, list_node, &o->pending_values) {
        struct label_pool *pool = o->global_pool;

        if (!uuid_is_zero(&pending->hypervisor)) {
            struct object *object = object_find(&o->hypervisors,
                                                &pending->hypervisor);

            pool = (object
                    ? CONTAINER_OF(object, struct hypervisor, object)->pool
                    : NULL);
        }
        if (pool) {
            pool_give_back(pool, pending->value);
        }
        free(pending);
    }
}

/* ---- Other ranges ------------------------------------------------------- */

void
label_pool_rebuild(struct overlay *o, struct hypervisor *hv)
{
    struct label *label;

    pool_destroy(hv->pool);
    hv->pool = pool_create(&o->local);
    HMAP_FOR_EACH (label, in_hypervisor, &hv->labels) {
        pool_take(hv->pool, label->value);
    }
}

void
label_pool_rebuild_global(struct overlay *o)
{
    struct label *label;

    pool_destroy(o->global_pool);
    o->global_pool = pool_create(&o->global);
    OBJECT_FOR_EACH (label, &o->labels) {
        pool_take(o->global_pool, label->value);
    }
}

void
label_pool_destroy(struct label_pool *pool)
{
    pool_destroy(pool);
}

/* ---- How full ----------------------------------------------------------- */

unsigned int
label_pool_usage(const struct label_pool *pool)
{
    uint64_t size = (pool->range.max >= pool->range.min
                     ? pool->range.max - pool->range.min + 1 : 0);

    return size ? hmap_count(&pool->taken) * 100 / size : 100;
}

char *
label_pool_warning(struct label_pool *pool, const char *name)
{
    static const unsigned int marks[] = { 100, 95, 80, 0 };
    unsigned int usage = label_pool_usage(pool);
    const unsigned int *mark = marks;

    if (pool->range.min > pool->range.max) {
        return NULL;
    }
    while (usage < *mark) {
        mark++;
    }
    if (*mark > pool->warned) {
        VLOG_WARN("%s: %"PRIuSIZE" labels of the range %"PRIu32"-%"PRIu32
                  " are taken (%u percent)%s", name, hmap_count(&pool->taken),
                  pool->range.min, pool->range.max, usage,
                  usage == 100 ? ": none is left" : "");
    }
    pool->warned = *mark;
    return (*mark ? xasprintf("%u percent of the labels %"PRIu32"-%"PRIu32
                              " are taken or held", *mark, pool->range.min,
                              pool->range.max)
            : NULL);
}
