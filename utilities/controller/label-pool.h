/* SPDX-License-Identifier: Apache-2.0
 *
 * label-pool: which label values are free.
 *
 * A value of local scope is free or not for each receiver, one of global
 * scope for all receivers together.  A value is taken while a Label row has
 * it, in whatever state, and while a transaction that would make such a row
 * is on its way.  Called by the rows' files and label-policy.c. */

#ifndef LABEL_POOL_H
#define LABEL_POOL_H 1

#include <stdbool.h>
#include <stdint.h>

struct hypervisor;
struct label;
struct label_pool;
struct overlay;

/* The life of a row: its value is taken, or comes back. */
void label_pool_take(struct overlay *, struct label *);
void label_pool_give_back(struct overlay *, struct label *);

/* Take the lowest free value for a row that is about to be written.  Return
 * false if there is none. */
bool label_pool_allocate(struct overlay *, struct hypervisor *,
                         uint32_t *value);
bool label_pool_allocate_global(struct overlay *, uint32_t *value);

/* The transaction with the rows for what was allocated ended.  Rows that it
 * wrote have come, so that what was taken for them can be given back; others
 * will never come. */
void label_pool_committed(struct overlay *);

/* Make the pool of 'hv', or the global one, anew, for other ranges. */
void label_pool_rebuild(struct overlay *, struct hypervisor *hv);
void label_pool_rebuild_global(struct overlay *);
void label_pool_destroy(struct label_pool *);

/* Percentage of the range that is taken, rounded down. */
unsigned int label_pool_usage(const struct label_pool *);

/* Returns NULL while less than 80 percent are taken, otherwise a warning that
 * the caller frees.  Logs, with 'name', when 80, 95 or 100 percent are
 * passed. */
char *label_pool_warning(struct label_pool *, const char *name);

#endif /* label-pool.h */
