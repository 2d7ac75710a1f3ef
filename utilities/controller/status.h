/* SPDX-License-Identifier: Apache-2.0
 *
 * status: what users see in the database of how things are.
 *
 * Hypervisor.connected and .programmed, errors and warnings of rows.  Called
 * by controller.c, while it is the active one, in a transaction. */

#ifndef STATUS_H
#define STATUS_H 1

struct overlay;
struct ovsdb_idl_txn;

void status_run(struct overlay *, struct ovsdb_idl_txn *);

#endif /* status.h */
