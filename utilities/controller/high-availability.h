/* SPDX-License-Identifier: Apache-2.0
 *
 * high-availability: which of several controllers is the active one.
 *
 * The one that has the database's lock; its transactions assert that.  Before
 * it acts, it raises Overlay.controller_epoch, and becomes MASTER of the
 * switches with the epoch as generation id: they refuse an older master
 * (OpenFlow 1.3 section 6.3.6).  So one that was deposed, or slept, can write
 * neither to the database nor to a switch.
 *
 *   STANDBY   no lock: SLAVE of all switches
 *   TAKING    has the lock, writes the epoch
 *   ACTIVE    MASTER.  Goes on without the database's connection, with what
 *             it read last; leaves when another has the lock */

#ifndef HIGH_AVAILABILITY_H
#define HIGH_AVAILABILITY_H 1

#include <stdbool.h>

struct high_availability;
struct overlay;
struct ovsdb_idl_txn;
struct switches;

struct high_availability *high_availability_create(struct overlay *,
                                                   struct switches *);
void high_availability_destroy(struct high_availability *);

/* Takes the role that the lock gives; 'txn' may be NULL. */
void high_availability_run(struct high_availability *,
                           struct ovsdb_idl_txn *txn);

/* Returns true if this controller may write. */
bool high_availability_is_active(const struct high_availability *);
const char *high_availability_state(const struct high_availability *);

#endif /* high-availability.h */
