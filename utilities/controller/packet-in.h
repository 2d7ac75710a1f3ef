/* SPDX-License-Identifier: Apache-2.0
 *
 * packet-in: packets that the pipeline sends to the controller.
 *
 * Called by controller.c, which gives claims to port-binding.c.  ICMP errors
 * for packets that could not be routed are answered here: from the gateway of
 * the sender's network, out of the port that the packet came from. */

#ifndef PACKET_IN_H
#define PACKET_IN_H 1

struct hypervisor;
struct ofputil_packet_in;
struct overlay;
struct port;

/* Handles 'pin', which 'hv' sent.  Returns the port whose VM says that it is
 * on 'hv' (REASON_CLAIM), or NULL if the packet says nothing of the kind. */
struct port *packet_in_handle(const struct overlay *,
                              const struct hypervisor *hv,
                              const struct ofputil_packet_in *pin);

#endif /* packet-in.h */
