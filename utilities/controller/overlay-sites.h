/* SPDX-License-Identifier: Apache-2.0
 *
 * overlay-sites: which ports of a network are on which hypervisor.
 *
 * Called by the rows' files.  A site comes with its first port and goes with
 * its last one. */

#ifndef OVERLAY_SITES_H
#define OVERLAY_SITES_H 1

struct hypervisor;
struct overlay;
struct port;

/* Puts 'port', which has a network, on 'hv', and takes it away from where it
 * is.  All hypervisors with the port's network, before and after, are marked
 * as dirty.  port_unbind() does nothing if the port is bound nowhere. */
void port_bind(struct overlay *, struct port *, struct hypervisor *hv);
void port_unbind(struct overlay *, struct port *);

#endif /* overlay-sites.h */
