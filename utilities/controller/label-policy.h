/* SPDX-License-Identifier: Apache-2.0
 *
 * label-policy: which labels a hypervisor needs.
 *
 * The receiver chooses (RFC 3031 section 2.2): for each network that it has
 * ports of, and each role that a port elsewhere has in that network, one label
 * for unicast and one for BUM traffic (RFC 7432 section 11); for each tenant
 * that it has a routed network of, one for routed packets.
 *
 * Called by controller.c, while it is the active one, in a transaction: Label
 * rows are written here, and have effect when they come back.  Labels that
 * are not needed any more start to drain; label-release.c goes on. */

#ifndef LABEL_POLICY_H
#define LABEL_POLICY_H 1

#include <stdbool.h>

struct overlay;
struct ovsdb_idl_txn;

void label_policy_run(struct overlay *, struct ovsdb_idl_txn *);

/* Returns true if the labels of all networks and tenants are as they should
 * be, or cannot be. */
bool label_policy_is_done(const struct overlay *);

/* A transaction with labels failed: all owners are looked at again. */
void label_policy_retry(struct overlay *);

#endif /* label-policy.h */
