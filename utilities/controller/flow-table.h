/* SPDX-License-Identifier: Apache-2.0
 *
 * flow-table: a set of OpenFlow flows, and what must be changed to make one
 * set into another.
 *
 * flows-*.c fills one with what a hypervisor should have; switch.c fills one
 * with what it has, and sends the difference. */

#ifndef FLOW_TABLE_H
#define FLOW_TABLE_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/hmap.h"
#include "openvswitch/match.h"

struct ds;
struct ofpact;
struct ofpbuf;
struct ofputil_flow_mod;
struct ofputil_flow_stats;

struct flow_table {
    struct hmap flows;          /* Of struct table_flow. */
};

/* A flow; identified by table, priority and match. */
struct table_flow {
    struct hmap_node hmap_node;
    uint8_t table_id;
    uint16_t priority;
    uint64_t cookie;            /* Host byte order. */
    struct minimatch match;
    bool timeouts;              /* As read; never equal to a wanted one. */
    struct ofpact *ofpacts;
    size_t ofpacts_len;         /* In bytes. */
};

void flow_table_init(struct flow_table *);
void flow_table_destroy(struct flow_table *);
void flow_table_clear(struct flow_table *);
size_t flow_table_count(const struct flow_table *);
void flow_table_swap(struct flow_table *, struct flow_table *);

/* Adds a flow, copying 'match' and 'ofpacts'.  Returns false, and changes
 * nothing, if the table has one with that table, priority and match. */
bool flow_table_add(struct flow_table *, uint8_t table_id, uint16_t priority,
                    uint64_t cookie, const struct match *,
                    const struct ofpbuf *ofpacts);

/* Adds a flow that a switch has. */
void flow_table_add_stats(struct flow_table *,
                          const struct ofputil_flow_stats *);

/* A difference between two tables. */
enum flow_change {
    FLOW_FOREIGN,               /* There, but not wanted. */
    FLOW_MISSING,               /* Wanted, but not there. */
    FLOW_OTHER,                 /* There with other actions, other cookie, or
                                 * with timeouts or flags. */
};

/* Calls 'cb' for each difference between 'have' and 'want': with the flow to
 * be removed for FLOW_FOREIGN, and then with the wanted flow for FLOW_MISSING
 * and FLOW_OTHER.  The order is the same each time for the same tables. */
void flow_table_compare(const struct flow_table *have,
                        const struct flow_table *want,
                        void (*cb)(enum flow_change, const struct table_flow *,
                                   void *aux),
                        void *aux);

/* Fills in 'fm' to make 'change'.  'fm' points into 'flow', which keeps what
 * 'fm' has.  A flow that is there keeps its counters (Open vSwitch does so
 * unless OFPFF_RESET_COUNTS is set) if one is added in its place. */
void flow_change_to_mod(enum flow_change, const struct table_flow *,
                        struct ofputil_flow_mod *fm);

/* Appends 'flow' as "ovs-ofctl dump-flows" would print it. */
void table_flow_format(const struct table_flow *, struct ds *);

#endif /* flow-table.h */
