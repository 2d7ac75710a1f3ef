/* SPDX-License-Identifier: Apache-2.0
 *
 * acknowledge: when all that a user did has reached all hypervisors.
 *
 * "mplsudp-ctl --wait=hv sync" raises Overlay.generation.  Everything that
 * was written before, and every OpenFlow port that appeared before, has its
 * bindings, labels and flows in all connected hypervisors when
 * Overlay.acknowledged, and their Hypervisor.acknowledged, have that value.
 *
 * Called by controller.c, while it is the active one. */

#ifndef ACKNOWLEDGE_H
#define ACKNOWLEDGE_H 1

#include <stdbool.h>

struct acknowledge;
struct overlay;
struct ovsdb_idl_txn;

struct acknowledge *acknowledge_create(struct overlay *);
void acknowledge_destroy(struct acknowledge *);

/* To be called last in each round, with its transaction or NULL.  'quiet'
 * says that no transaction with bindings or labels is on its way. */
void acknowledge_run(struct acknowledge *, struct ovsdb_idl_txn *,
                     bool quiet);

#endif /* acknowledge.h */
