/* SPDX-License-Identifier: Apache-2.0
 *
 * flows: which OpenFlow flows a hypervisor should have.
 *
 * Called by program.c for a hypervisor that is dirty, and by commands.c to
 * compare.  One file for each concern, as the pipeline has one table for each;
 * flows.c calls them all. */

#ifndef FLOWS_H
#define FLOWS_H 1

#include <stdint.h>
#include "flow-table.h"
#include "openvswitch/ofpbuf.h"
#include "overlay.h"

/* The pipeline. */
enum flows_table {
    TABLE_CLASSIFY = 0,         /* VM port or tunnel port. */
    TABLE_LABELS = 1,           /* (Outer source, label): network, role. */
    TABLE_SECURITY = 2,         /* VM's source MAC and addresses. */
    TABLE_NEIGHBOURS = 3,       /* ARP and ND answered. */
    TABLE_ROUTE = 4,            /* Gateways and other networks. */
    TABLE_FORWARD = 5,          /* Destination MAC. */
    TABLE_REPLICATE = 6,        /* Broadcast, unknown, multicast. */
    TABLE_DELIVER = 7,          /* Egress filtering and output. */
    N_TABLES = 8
};

/* The gateway's MAC in every network on every hypervisor. */
#define GATEWAY_MAC ((struct eth_addr) ETH_ADDR_C(02,4d,50,4c,53,01))

/* The meter through which packets go to the controller. */
#define CONTROLLER_METER 6635

/* First byte of the userdata of packets to the controller. */
enum flows_reason {
    REASON_CLAIM = 1,           /* From a port whose claim is pending. */
    REASON_TTL_EXCEEDED = 2,
    REASON_TOO_BIG = 3,         /* REG_MTU in its metadata says for what. */
};

/* Fills 'flows', which must be empty, with the flows of 'hypervisor', whose
 * 'sw' must have its ports; notes in 'accepts' which sources' labels they
 * accept. */
void flows_of_hypervisor(const struct overlay *, const struct hypervisor *,
                         struct flow_table *flows, struct accepts *accepts);

/* How packets get from 'from' to another endpoint. */
struct flows_path {
    ofp_port_t port;            /* Tunnel port of 'from'. */
    struct in6_addr remote;     /* Outer destination, IPv4 mapped. */
};

#endif /* flows.h */
