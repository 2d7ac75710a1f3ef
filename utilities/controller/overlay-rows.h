/* SPDX-License-Identifier: Apache-2.0
 *
 * overlay-rows: one row becomes one object.
 *
 * Called by overlay.c for rows that are new or changed, parents before
 * children, and for objects whose row is gone, children before parents.  Each
 * function marks what may have to change on account of it.  rows-underlay.c
 * has the provider's rows, rows-tenant.c those of the tenants. */

#ifndef OVERLAY_ROWS_H
#define OVERLAY_ROWS_H 1

#include <stdbool.h>
#include <stddef.h>

struct hmap;
struct in6_addr;
struct label_owner;
struct object;
struct overlay;
struct overlay_prefix;
struct ovsdb_idl_row;

/* Reads the row in Overlay, or the defaults if there is none. */
void overlay_read_settings(struct overlay *);

#define OVERLAY_ROW_FUNCTIONS(NAME)                                     \
    void overlay_update_##NAME(struct overlay *,                        \
                               const struct ovsdb_idl_row *);           \
    void overlay_remove_##NAME(struct overlay *, struct object *);
OVERLAY_ROW_FUNCTIONS(hypervisor)
OVERLAY_ROW_FUNCTIONS(tenant)
OVERLAY_ROW_FUNCTIONS(network)
OVERLAY_ROW_FUNCTIONS(peer)
OVERLAY_ROW_FUNCTIONS(port)
OVERLAY_ROW_FUNCTIONS(label)

/* The owner of these labels is going: they belong to none from now on. */
void overlay_orphan_labels(struct overlay *, struct label_owner *);

/* The row 'ROW' as a row of TABLE. */
#define ROW_CAST(ROW, TABLE) CONTAINER_OF(ROW, const struct TABLE, header_)

/* overlay-rows.c: what the functions above have in common. */

/* Returns the object for 'row' in 'map'; adds one, 'size' bytes of zeros but
 * for its identity, if there is none.  '*newp' tells which.  An earlier error
 * is forgotten. */
void *object_get(struct hmap *map, const struct ovsdb_idl_row *row,
                 const char *name, size_t size, bool *newp);
void object_free(struct hmap *map, struct object *);

/* Notes what is wrong with an object's row, taking 'error' over.  The first
 * error stays; NULL changes nothing. */
void object_set_error(struct object *, char *error);

/* Return the addresses and prefixes in 'texts', which the caller frees.
 * Wrong ones are left out and noted in the object. */
struct in6_addr *object_parse_addresses(struct object *, char **texts,
                                        size_t n_texts, size_t *np);
struct overlay_prefix *object_parse_prefixes(struct object *, char **texts,
                                             size_t n_texts, size_t *np);

#endif /* overlay-rows.h */
