/* SPDX-License-Identifier: Apache-2.0
 *
 * port-binding: where ports are, from the OpenFlow ports that appear.
 *
 * A hypervisor whose bridge has an OpenFlow port with a Port's interface name,
 * and which the Port allows, claims it.  The first claim binds the port
 * (Port.hypervisor); others are pending until it is gone, until a packet
 * proves that the port's own MAC has moved, or until the operator sets
 * Port.hypervisor to another claim.  Claims of a hypervisor that is not
 * connected stay: its VMs go on without a controller. */

#ifndef PORT_BINDING_H
#define PORT_BINDING_H 1

#include <stdbool.h>

struct hypervisor;
struct network;
struct overlay;
struct ovsdb_idl_txn;
struct port;

/* rows-tenant.c: a Port row was read, or is about to be read anew or gone. */
void port_binding_add(struct overlay *, struct port *);
void port_binding_remove(struct overlay *, struct port *);
void port_binding_read(struct port *); /* Where its row says it is. */
/* 'network' is going: its ports are in none. */
void port_binding_orphan(struct overlay *, struct network *);

/* program.c: the OpenFlow ports of 'hv', which is connected, changed. */
void port_binding_ports_changed(struct overlay *, struct hypervisor *hv);
/* rows-underlay.c: 'hv' is going; program.c: what is known of its ports may
 * not be true any more. */
void port_binding_forget(struct overlay *, struct hypervisor *hv);

/* packet-in.c: a gratuitous ARP or RARP with the MAC of 'port' came from its
 * pending claim on 'hv'. */
void port_binding_prove(struct overlay *, struct port *,
                        const struct hypervisor *hv);

/* Writes the claims and bindings that changed. */
void port_binding_run(struct overlay *, struct ovsdb_idl_txn *);
/* A transaction with bindings failed: all are looked at again. */
void port_binding_retry(struct overlay *);
/* Returns true if none are left to be written. */
bool port_binding_is_done(const struct overlay *);

#endif /* port-binding.h */
