/* SPDX-License-Identifier: Apache-2.0
 *
 * label-release: how a label that is not needed becomes free.
 *
 *   active     senders may use it.  label-policy.c ends that
 *   draining   no sender's flows have it any more, once all have acknowledged
 *              them; the receiver still accepts what is on its way.  Leaves
 *              Overlay.drain seconds after the last sender's barrier, since a
 *              barrier is answered before cached flows are revalidated
 *   held       the receiver does not accept it any more, once it has
 *              acknowledged that.  Leaves, and the value is free again, after
 *              Overlay.label_hold seconds
 *
 * The state is in the row, so that it survives every restart; what a
 * controller knows of acknowledgements it learns again.  A hypervisor that
 * cannot be asked may still send by the label, so its release waits: until the
 * hypervisor connects or its row is deleted.
 *
 * Called by controller.c, while it is the active one, in a transaction. */

#ifndef LABEL_RELEASE_H
#define LABEL_RELEASE_H 1

struct overlay;
struct ovsdb_idl_txn;

/* Writes the states that change now, and wakes the poll loop when others
 * will. */
void label_release_run(struct overlay *, struct ovsdb_idl_txn *);

#endif /* label-release.h */
