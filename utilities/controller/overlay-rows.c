/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "overlay-rows.h"
#include <stdlib.h>
#include "openvswitch/vlog.h"
#include "overlay.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(overlay_rows);

/* Takes the object for 'row' from 'map', or adds one of 'size' bytes, which
 * are zeros; '*newp' tells which.  An earlier error is forgotten. */
void *
object_get(struct hmap *map, const struct ovsdb_idl_row *row,
           const char *name, size_t size, bool *newp)
{
    struct object *object = object_find(map, &row->uuid);

    *newp = !object;
    if (!object) {
        object = xzalloc(size);
        object->uuid = row->uuid;
        object->name = xstrdup(name);
        hmap_insert(map, &object->hmap_node, uuid_hash(&row->uuid));
    }
    free(object->error);
    object->error = NULL;
    return object;
}

void
object_free(struct hmap *map, struct object *object)
{
    hmap_remove(map, &object->hmap_node);
    free(object->name);
    free(object->error);
    free(object);
}

/* Notes what is wrong with an object, taking 'error' over.  The first error
 * stays. */
void
object_set_error(struct object *object, char *error)
{
    if (object->error) {
        free(error);
    } else if (error) {
        static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(60, 60);

        VLOG_WARN_RL(&rl, "%s: %s", object->name, error);
        object->error = error;
    }
}

/* ---- Addresses in columns ----------------------------------------------- */

static int
compare_addresses(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct in6_addr));
}

/* Returns the addresses in 'texts', ascending.  Wrong ones are left out and
 * noted in 'object'. */
struct in6_addr *
object_parse_addresses(struct object *object, char **texts, size_t n_texts,
                size_t *np)
{
    struct in6_addr *addresses = xmalloc(MAX(1, n_texts) * sizeof *addresses);
    size_t n = 0;

    for (size_t i = 0; i < n_texts; i++) {
        char *error = overlay_parse_address(texts[i], &addresses[n]);

        if (error) {
            object_set_error(object, error);
        } else {
            n++;
        }
    }
    qsort(addresses, n, sizeof *addresses, compare_addresses);
    *np = n;
    return addresses;
}

struct overlay_prefix *
object_parse_prefixes(struct object *object, char **texts, size_t n_texts,
               size_t *np)
{
    struct overlay_prefix *prefixes;
    size_t n = 0;

    prefixes = xmalloc(MAX(1, n_texts) * sizeof *prefixes);
    for (size_t i = 0; i < n_texts; i++) {
        char *error = overlay_parse_prefix(texts[i], &prefixes[n]);

        if (error) {
            object_set_error(object, error);
        } else {
            n++;
        }
    }
    *np = n;
    return prefixes;
}
