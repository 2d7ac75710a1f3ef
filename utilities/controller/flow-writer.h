/* SPDX-License-Identifier: Apache-2.0
 *
 * flow-writer: builds flows one after the other, into a flow table.
 *
 * Called by flows-*.c.  Between writer_begin() and writer_end() the caller
 * sets 'match' with match_set_*() and puts actions in their order.  All
 * actions set whole fields, which every OpenFlow version gives back as they
 * were sent. */

#ifndef FLOW_WRITER_H
#define FLOW_WRITER_H 1

#include <stddef.h>
#include <stdint.h>
#include "openvswitch/match.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/uuid.h"

struct flow_table;

struct flow_writer {
    struct flow_table *flows;
    uint8_t table_id;
    uint16_t priority;
    uint64_t cookie;
    struct match match;         /* Of Ethernet packets. */
    struct ofpbuf ofpacts;
};

void writer_init(struct flow_writer *, struct flow_table *);
void writer_destroy(struct flow_writer *);

/* Begins a flow that is there for the row 'row': the cookie is the first 64
 * bits of its UUID. */
void writer_begin(struct flow_writer *, uint8_t table_id, uint16_t priority,
                  const struct uuid *row);
/* Adds the flow.  If there is one with that match already, as happens when
 * two rows want the same address, the first one stays. */
void writer_end(struct flow_writer *);

/* Actions.  'value' has the field's size, in network byte order. */
void writer_set(struct flow_writer *, enum mf_field_id, const void *value);
void writer_set_u8(struct flow_writer *, enum mf_field_id, uint8_t value);
void writer_set_reg(struct flow_writer *, unsigned int reg, uint32_t value);
void writer_set_uuid(struct flow_writer *, unsigned int xxreg,
                     const struct uuid *);
void writer_move(struct flow_writer *, enum mf_field_id dst,
                 enum mf_field_id src);
void writer_dec_ttl(struct flow_writer *);
/* Sets bit 'bit' of 'reg' to whether the frame has more than 'len' bytes. */
void writer_check_larger(struct flow_writer *, uint16_t len,
                         unsigned int reg, unsigned int bit);
void writer_output(struct flow_writer *, ofp_port_t);
void writer_controller(struct flow_writer *, uint32_t meter, uint8_t reason);
void writer_resubmit(struct flow_writer *, uint8_t table_id);
void writer_goto(struct flow_writer *, uint8_t table_id);

/* A match on xxreg 'xxreg' for 'uuid'. */
void match_set_uuid(struct match *, unsigned int xxreg, const struct uuid *);

#endif /* flow-writer.h */
