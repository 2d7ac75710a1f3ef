/* SPDX-License-Identifier: Apache-2.0
 *
 * route-resync: takes over the kernel's routes without a moment in which there
 * are none.
 *
 * Whenever an interface of the machine changes, be it that of a VM that has
 * nothing to do with the underlay, OVS reads all routes of the kernel anew.
 * If it forgot the old ones first, threads that translate flows meanwhile
 * would find no way to tunnels' far ends, nor an address of ours that tunnel
 * packets are for, and packets of other VMs would be lost until the next
 * revalidation.
 *
 * Called by route_table_reset() in lib/route-table.c, before and after it adds
 * the routes.  The functions are in lib/ovs-router.c, which includes
 * route-resync.inc. */

#ifndef ROUTE_RESYNC_H
#define ROUTE_RESYNC_H 1

/* Expects the kernel's routes: those that are not inserted again before
 * route_resync_end() are of the past.  Until then all are valid. */
void route_resync_begin(void);

/* Deletes the kernel's routes that were not inserted since
 * route_resync_begin(). */
void route_resync_end(void);

#endif /* route-resync.h */
