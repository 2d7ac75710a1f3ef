/* SPDX-License-Identifier: Apache-2.0
 *
 * trace-packet: the packet that "trace" follows.
 *
 * Called by ctl-trace.c. */

#ifndef TRACE_PACKET_H
#define TRACE_PACKET_H 1

#include "mpls-overlay-idl.h"

/* Makes what 'port' sends to 'dst', a MAC address, IPv4 or IPv6 address, in
 * flow syntax without a port.  'proto' has 'n' words of that syntax: a
 * protocol, and fields; if there are none, the packet is an echo request, or
 * for a MAC address an Ethernet frame of no known protocol.  Returns an error,
 * or NULL and sets '*packet'; the caller frees either. */
char *trace_packet(struct ovsdb_idl *, const struct mplsrec_port *port,
                   const char *dst, char **proto, size_t n, char **packet);

/* Returns the port of 'network' with the MAC or IP address 'dst', or NULL. */
const struct mplsrec_port *
trace_find_destination(struct ovsdb_idl *, const struct mplsrec_network *,
                       const char *dst);

/* Returns the first endpoint of 'hypervisor' of that family, or "". */
const char *trace_endpoint(const struct mplsrec_hypervisor *, bool ipv6);

#endif /* trace-packet.h */
