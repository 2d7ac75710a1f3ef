/* SPDX-License-Identifier: Apache-2.0
 *
 * peer-offers: what routers outside are offered (Peer.offered).
 *
 * For each address of a tenant's routed networks the endpoint and the route
 * label of the hypervisor where it is, which is what a router with a VRF for
 * the tenant needs to send to it.  Called by controller.c, while it is the
 * active one, in a transaction. */

#ifndef PEER_OFFERS_H
#define PEER_OFFERS_H 1

struct overlay;
struct ovsdb_idl_txn;

void peer_offers_run(struct overlay *, struct ovsdb_idl_txn *);
/* A transaction with offers failed: all are written again. */
void peer_offers_retry(struct overlay *);

#endif /* peer-offers.h */
