/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "flow-writer.h"

#include "flow-table.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/vlog.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(flow_writer);

void
writer_init(struct flow_writer *w, struct flow_table *flows)
{
    w->flows = flows;
    ofpbuf_init(&w->ofpacts, 256);
}

void
writer_destroy(struct flow_writer *w)
{
    ofpbuf_uninit(&w->ofpacts);
}

void
writer_begin(struct flow_writer *w, uint8_t table_id, uint16_t priority,
             const struct uuid *row)
{
    w->table_id = table_id;
    w->priority = priority;
    w->cookie = (uint64_t) row->parts[0] << 32 | row->parts[1];
    match_init_catchall(&w->match);
    match_set_default_packet_type(&w->match);
    ofpbuf_clear(&w->ofpacts);
}

void
writer_end(struct flow_writer *w)
{
    if (!flow_table_add(w->flows, w->table_id, w->priority, w->cookie,
                        &w->match, &w->ofpacts)) {
        VLOG_DBG("table %d, priority %d, cookie 0x%016"PRIx64": another flow "
                 "has the same match", w->table_id, w->priority, w->cookie);
    }
}

void
writer_set(struct flow_writer *w, enum mf_field_id field, const void *value)
{
    const struct mf_field *mf = mf_from_id(field);
    struct ofpact_set_field *sf;

    /* Given a value, OVS would leave the bytes behind it uninitialised, and
     * equal flows would differ. */
    sf = ofpact_put_set_field(&w->ofpacts, mf, NULL, NULL);
    memcpy(sf->value, value, mf->n_bytes);
    memset(ofpact_set_field_mask(sf), 0xff, mf->n_bytes);
}

void
writer_set_u8(struct flow_writer *w, enum mf_field_id field, uint8_t value)
{
    writer_set(w, field, &value);
}

void
writer_set_reg(struct flow_writer *w, unsigned int reg, uint32_t value)
{
    ovs_be32 be = htonl(value);

    writer_set(w, MFF_REG0 + reg, &be);
}

void
writer_set_uuid(struct flow_writer *w, unsigned int xxreg,
                const struct uuid *uuid)
{
    ovs_be32 be[4];

    for (size_t i = 0; i < ARRAY_SIZE(be); i++) {
        be[i] = htonl(uuid->parts[i]);
    }
    writer_set(w, MFF_XXREG0 + xxreg, be);
}

void
writer_move(struct flow_writer *w, enum mf_field_id dst, enum mf_field_id src)
{
    struct ofpact_reg_move *move = ofpact_put_REG_MOVE(&w->ofpacts);

    move->src.field = mf_from_id(src);
    move->src.n_bits = move->src.field->n_bits;
    move->dst.field = mf_from_id(dst);
    move->dst.n_bits = move->dst.field->n_bits;
}

void
writer_dec_ttl(struct flow_writer *w)
{
    struct ofpact_cnt_ids *ids = ofpact_put_DEC_TTL(&w->ofpacts);
    uint16_t id = 0;

    ids->n_controllers = 1;
    ofpbuf_put(&w->ofpacts, &id, sizeof id);
    ids = w->ofpacts.header;
    ofpact_finish_DEC_TTL(&w->ofpacts, &ids);
}

void
writer_check_larger(struct flow_writer *w, uint16_t len, unsigned int reg,
                    unsigned int bit)
{
    struct ofpact_check_pkt_larger *check
        = ofpact_put_CHECK_PKT_LARGER(&w->ofpacts);

    check->pkt_len = len;
    check->dst.field = mf_from_id(MFF_REG0 + reg);
    check->dst.ofs = bit;
    check->dst.n_bits = 1;
}

void
writer_output(struct flow_writer *w, ofp_port_t port)
{
    ofpact_put_OUTPUT(&w->ofpacts)->port = port;
}

void
writer_controller(struct flow_writer *w, uint32_t meter, uint8_t reason)
{
    struct ofpact_controller *oc = ofpact_put_CONTROLLER(&w->ofpacts);

    oc->max_len = UINT16_MAX;
    oc->reason = OFPR_ACTION;
    oc->meter_id = meter;
    ofpbuf_put(&w->ofpacts, &reason, sizeof reason);
    oc = w->ofpacts.header;
    oc->userdata_len = sizeof reason;
    ofpact_finish_CONTROLLER(&w->ofpacts, &oc);
}

void
writer_resubmit(struct flow_writer *w, uint8_t table_id)
{
    struct ofpact_resubmit *resubmit = ofpact_put_RESUBMIT(&w->ofpacts);

    resubmit->in_port = OFPP_IN_PORT;
    resubmit->table_id = table_id;
}

void
writer_goto(struct flow_writer *w, uint8_t table_id)
{
    ofpact_put_GOTO_TABLE(&w->ofpacts)->table_id = table_id;
}

void
match_set_uuid(struct match *match, unsigned int xxreg,
               const struct uuid *uuid)
{
    for (size_t i = 0; i < ARRAY_SIZE(uuid->parts); i++) {
        match_set_reg(match, xxreg * 4 + i, uuid->parts[i]);
    }
}
