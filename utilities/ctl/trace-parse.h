/* SPDX-License-Identifier: Apache-2.0
 *
 * trace-parse: what a text of "ofproto/trace" says about a packet's way
 * through one bridge.
 *
 * Called by ctl-trace.c.  Of a check_pkt_larger action, which is traced both
 * ways, the way of the smaller packet counts. */

#ifndef TRACE_PARSE_H
#define TRACE_PARSE_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A flow table that the packet went through. */
struct trace_step {
    unsigned int table;
    bool miss;                  /* No flow matched. */
    uint64_t cookie;            /* Of the flow; 0 if it has none. */
};

enum trace_output {
    TRACE_PORT,                 /* Out of 'port'. */
    TRACE_BACK,                 /* Out of the port where it came in. */
    TRACE_CONTROLLER,           /* To the controller, for 'reason'. */
};

/* A copy of the packet that left. */
struct trace_copy {
    enum trace_output output;
    unsigned int port;
    unsigned int reason;        /* First byte of the userdata. */
    uint64_t tun_id;
    char *tun_dst;              /* NULL if none was set. */
    char *tun_src;              /* NULL if the underlay chose none. */
    char *problem;              /* What the bridge says against it, or NULL. */
    char *packet;               /* In flow syntax, without metadata. */
};

struct trace_result {
    struct trace_step *steps;
    size_t n_steps, allocated_steps;
    struct trace_copy *copies;
    size_t n_copies, allocated_copies;
};

/* Parses 'text', of a trace through 'bridge'.  'result' is to be destroyed. */
void trace_parse(const char *text, const char *bridge,
                 struct trace_result *result);
void trace_result_destroy(struct trace_result *);

#endif /* trace-parse.h */
