/* SPDX-License-Identifier: Apache-2.0
 *
 * flows-pipeline: what the files that write the pipeline share: registers,
 * matches, and the way to another hypervisor.
 *
 * Called by flows.c and flows-*.c.  A packet carries between tables:
 *
 *   xxreg0  UUID of its network; of the destination's once it is routed
 *   xxreg1  UUID of its tenant
 *   reg8    role of its sender
 *   reg9    port to deliver it to, for TABLE_DELIVER
 *   reg10   enum pipeline_flag
 *   reg11   how often TABLE_ROUTE, TABLE_NEIGHBOURS or TABLE_REPLICATE have
 *           sent it to themselves
 *   reg12   MTU of the destination's network */

#ifndef FLOWS_PIPELINE_H
#define FLOWS_PIPELINE_H 1

#include "flow.h"
#include "flow-writer.h"
#include "flows.h"
#include "overlay.h"

#define XXREG_NETWORK 0
#define XXREG_TENANT 1
#define REG_ROLE 8
#define REG_PORT 9
#define REG_FLAGS 10
#define REG_STEP 11
#define REG_MTU 12

enum pipeline_flag {
    FLAG_TUNNEL = 1 << 0,       /* It came from a tunnel. */
    FLAG_ROUTED = 1 << 1,       /* It is an IP packet between networks. */
    FLAG_ND = 1 << 2,           /* Its neighbour discovery is not forged. */
    FLAG_TOO_BIG = 1 << 3,      /* It exceeds REG_MTU. */
};
#define FLAG_TOO_BIG_BIT 3

/* The flows of one hypervisor, being made. */
struct pipeline {
    const struct overlay *overlay;
    const struct hypervisor *hv;
    ofp_port_t tunnels[N_ENCAPS]; /* OFPP_NONE for those that it lacks. */
    struct accepts *accepts;
    struct flow_writer w;
};

/* One for each concern; each writes one or more tables. */
void flows_classify(struct pipeline *);
void flows_labels(struct pipeline *);
void flows_security(struct pipeline *);
void flows_neighbours(struct pipeline *);
void flows_route(struct pipeline *);
void flows_forward(struct pipeline *);
void flows_replicate(struct pipeline *);
void flows_deliver(struct pipeline *);

/* Returns the OpenFlow port of 'port', which is bound to this hypervisor, or
 * OFPP_NONE if the switch does not have it. */
ofp_port_t pipeline_port(const struct pipeline *, const struct port *);

/* Finds the way to another hypervisor, or to a peer: the first of its
 * encapsulations for which this one has a tunnel port, to the first of its
 * addresses in whose family this one has one.  Returns false if there is
 * none. */
bool pipeline_path(const struct pipeline *, const struct hypervisor *to,
                   struct flows_path *);
bool pipeline_peer_path(const struct pipeline *, const struct peer *to,
                        struct flows_path *);

/* Puts actions that set the packet's network, and its tenant. */
void writer_set_network(struct flow_writer *, const struct network *);

/* Puts actions that send the packet below 'label' on its way. */
void writer_send(struct flow_writer *, const struct flows_path *,
                 uint32_t label);

/* Matches, with their prerequisites.  Addresses are IPv4 mapped. */
void match_set_flags(struct match *, uint32_t flags, uint32_t mask);
void match_set_ip_src(struct match *, const struct overlay_prefix *);
void match_set_ip_dst(struct match *, const struct overlay_prefix *);
void match_set_group(struct match *); /* Broadcast and multicast. */
void match_set_icmp6(struct match *, uint8_t type);
void match_set_nd(struct match *, uint8_t type); /* RFC 4861: code 0. */

/* The prefix that has only 'addr' in it. */
struct overlay_prefix prefix_of_address(const struct in6_addr *addr);

static inline bool
address_is_ipv4(const struct in6_addr *addr)
{
    return IN6_IS_ADDR_V4MAPPED(addr);
}

/* IPv4 if 'ipv4', else IPv6. */
#define ETH_TYPE_OF(IPV4) htons((IPV4) ? ETH_TYPE_IP : ETH_TYPE_IPV6)

#endif /* flows-pipeline.h */
