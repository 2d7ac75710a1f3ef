/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "flow-table.h"
#include "byte-order.h"
#include "hash.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

static uint32_t
flow_hash(uint8_t table_id, uint16_t priority, const struct minimatch *match)
{
    return minimatch_hash(match, hash_2words(table_id, priority));
}

static struct table_flow *
flow_table_find(const struct flow_table *table, const struct table_flow *key,
                uint32_t hash)
{
    struct table_flow *flow;

    HMAP_FOR_EACH_WITH_HASH (flow, hmap_node, hash, &table->flows) {
        if (flow->table_id == key->table_id
            && flow->priority == key->priority
            && minimatch_equal(&flow->match, &key->match)) {
            return flow;
        }
    }
    return NULL;
}

static void
table_flow_destroy(struct table_flow *flow)
{
    minimatch_destroy(&flow->match);
    free(flow->ofpacts);
    free(flow);
}

void
flow_table_init(struct flow_table *table)
{
    hmap_init(&table->flows);
}

void
flow_table_destroy(struct flow_table *table)
{
    struct table_flow *flow;

    HMAP_FOR_EACH_POP (flow, hmap_node, &table->flows) {
        table_flow_destroy(flow);
    }
    hmap_destroy(&table->flows);
}

void
flow_table_clear(struct flow_table *table)
{
    flow_table_destroy(table);
    flow_table_init(table);
}

size_t
flow_table_count(const struct flow_table *table)
{
    return hmap_count(&table->flows);
}

void
flow_table_swap(struct flow_table *a, struct flow_table *b)
{
    hmap_swap(&a->flows, &b->flows);
}

/* Returns true if 'match' looks at anything that only a packet has.  OpenFlow
 * takes that for a match on Ethernet packets, and a switch says so. */
static bool
match_needs_packet(const struct match *match)
{
    size_t ofs = offsetof(struct flow, dl_dst);

    return !is_all_zeros((const char *) &match->wc.masks + ofs,
                         sizeof match->wc.masks - ofs);
}

/* Adds 'flow', whose 'match' is not set yet, and takes it over. */
static bool
flow_table_add__(struct flow_table *table, struct table_flow *flow,
                 const struct match *match)
{
    if (match_needs_packet(match) && !match->wc.masks.packet_type) {
        struct match canonical = *match;
        match_set_default_packet_type(&canonical);
        minimatch_init(&flow->match, &canonical);
    } else {
        minimatch_init(&flow->match, match);
    }

    uint32_t hash = flow_hash(flow->table_id, flow->priority, &flow->match);
    if (flow_table_find(table, flow, hash)) {
        table_flow_destroy(flow);
        return false;
    }
    hmap_insert(&table->flows, &flow->hmap_node, hash);
    return true;
}

bool
flow_table_add(struct flow_table *table, uint8_t table_id, uint16_t priority,
               uint64_t cookie, const struct match *match,
               const struct ofpbuf *ofpacts)
{
    struct table_flow *flow = xmalloc(sizeof *flow);

    *flow = (struct table_flow) {
        .table_id = table_id,
        .priority = priority,
        .cookie = cookie,
        .ofpacts = xmemdup(ofpacts->data, ofpacts->size),
        .ofpacts_len = ofpacts->size,
    };
    return flow_table_add__(table, flow, match);
}

void
flow_table_add_stats(struct flow_table *table,
                     const struct ofputil_flow_stats *fs)
{
    struct table_flow *flow = xmalloc(sizeof *flow);

    *flow = (struct table_flow) {
        .table_id = fs->table_id,
        .priority = fs->priority,
        .cookie = ntohll(fs->cookie),
        .timeouts = (fs->idle_timeout || fs->hard_timeout || fs->importance
                     || fs->flags),
        .ofpacts = xmemdup(fs->ofpacts, fs->ofpacts_len),
        .ofpacts_len = fs->ofpacts_len,
    };
    flow_table_add__(table, flow, &fs->match);
}

/* Returns true if the actions mean the same.  Those that were decoded from a
 * message have traces of how they were encoded; encoding takes these away. */
static bool
actions_equal(const struct table_flow *a, const struct table_flow *b)
{
    if (ofpacts_equal(a->ofpacts, a->ofpacts_len,
                      b->ofpacts, b->ofpacts_len)) {
        return true;
    }

    uint64_t a_stub[1024 / 8], b_stub[1024 / 8];
    struct ofpbuf a_wire = OFPBUF_STUB_INITIALIZER(a_stub);
    struct ofpbuf b_wire = OFPBUF_STUB_INITIALIZER(b_stub);
    ofpacts_put_openflow_instructions(a->ofpacts, a->ofpacts_len, &a_wire,
                                      OFP15_VERSION);
    ofpacts_put_openflow_instructions(b->ofpacts, b->ofpacts_len, &b_wire,
                                      OFP15_VERSION);
    bool equal = ofpbuf_equal(&a_wire, &b_wire);
    ofpbuf_uninit(&a_wire);
    ofpbuf_uninit(&b_wire);
    return equal;
}

void
flow_table_compare(const struct flow_table *have,
                   const struct flow_table *want,
                   void (*cb)(enum flow_change, const struct table_flow *,
                              void *aux),
                   void *aux)
{
    const struct table_flow *flow;

    HMAP_FOR_EACH (flow, hmap_node, &have->flows) {
        if (!flow_table_find(want, flow, flow->hmap_node.hash)) {
            cb(FLOW_FOREIGN, flow, aux);
        }
    }
    HMAP_FOR_EACH (flow, hmap_node, &want->flows) {
        const struct table_flow *old
            = flow_table_find(have, flow, flow->hmap_node.hash);
        if (!old) {
            cb(FLOW_MISSING, flow, aux);
        } else if (old->timeouts || old->cookie != flow->cookie
                   || !actions_equal(old, flow)) {
            cb(FLOW_OTHER, flow, aux);
        }
    }
}

void
flow_change_to_mod(enum flow_change change, const struct table_flow *flow,
                   struct ofputil_flow_mod *fm)
{
    *fm = (struct ofputil_flow_mod) {
        .match = flow->match,
        .priority = flow->priority,
        .table_id = flow->table_id,
        .command = change == FLOW_FOREIGN ? OFPFC_DELETE_STRICT : OFPFC_ADD,
        .new_cookie = htonll(flow->cookie),
        .buffer_id = UINT32_MAX,
        .out_port = OFPP_ANY,
        .out_group = OFPG_ANY,
    };
    if (change != FLOW_FOREIGN) {
        fm->ofpacts = flow->ofpacts;
        fm->ofpacts_len = flow->ofpacts_len;
    }
}

void
table_flow_format(const struct table_flow *flow, struct ds *s)
{
    struct ofputil_flow_stats fs = {
        .cookie = htonll(flow->cookie),
        .table_id = flow->table_id,
        .priority = flow->priority,
        .ofpacts = flow->ofpacts,
        .ofpacts_len = flow->ofpacts_len,
    };

    minimatch_expand(&flow->match, &fs.match);
    ofputil_flow_stats_format(s, &fs, NULL, NULL, false);
}
