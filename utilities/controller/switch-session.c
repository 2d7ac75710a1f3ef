/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "switch-private.h"
#include "coverage.h"
#include "openvswitch/ofp-connection.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-print.h"
#include "openvswitch/ofp-switch.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/rconn.h"
#include "openvswitch/vlog.h"
#include "overlay.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(switch_session);

COVERAGE_DEFINE(controller_packet_in);

/* Messages from one switch before others get their turn. */
#define MESSAGES_PER_RUN 50

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(60, 60);

/* ---- Errors ----------------------------------------------------------- */

static void OVS_PRINTF_FORMAT(2, 0)
set_error_valist(struct sw *sw, const char *format, va_list args)
{
    free(sw->error);
    sw->error = xvasprintf(format, args);
    VLOG_WARN_RL(&rl, "%s: %s", sw_name(sw), sw->error);
}

void
sw_set_error(struct sw *sw, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_error_valist(sw, format, args);
    va_end(args);
}

void
sw_clear_error(struct sw *sw)
{
    free(sw->error);
    sw->error = NULL;
}

void
sw_fail(struct sw *sw, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_error_valist(sw, format, args);
    va_end(args);
    sw->closing = true;
}

ovs_be32
sw_send(struct sw *sw, struct ofpbuf *msg)
{
    const struct ofp_header *oh = msg->data;
    ovs_be32 xid = oh->xid;

    rconn_send(sw->rconn, msg, NULL);
    return xid;
}

/* ---- States ----------------------------------------------------------- */

/* Goes back to SW_SLAVE: nothing that is under way will be finished. */
static void
lose_mastership(struct sw *sw)
{
    struct sw_barrier *barrier;

    sw->state = SW_SLAVE;
    sw->role_xid = 0;
    sw_bundle_forget(sw);
    sw_read_forget(sw);
    LIST_FOR_EACH_POP (barrier, node, &sw->barriers) {
        barrier->cb(barrier->aux);
        free(barrier);
    }
}

struct hypervisor *
sw_detach(struct sw *sw)
{
    struct hypervisor *hypervisor = sw->hypervisor;

    lose_mastership(sw);
    sw->state = SW_CONNECTING;
    sw->features_xid = 0;
    sw->hypervisor = NULL;
    return hypervisor;
}

/* The connection has ended. */
void
sw_end(struct sw *sw)
{
    sw->refused_id = 0;
    struct hypervisor *hypervisor = sw_detach(sw);

    if (hypervisor) {
        sw_handler(sw)->connected(hypervisor, NULL, sw_handler(sw)->aux);
    }
}

static void
begin(struct sw *sw)
{
    sw->version = rconn_get_version(sw->rconn);
    sw->protocol = ofputil_protocol_from_ofp_version(sw->version);
    sw->features_xid = sw_send(sw, ofpraw_alloc(OFPRAW_OFPT_FEATURES_REQUEST,
                                                sw->version, 0));
}

void
sw_request_role(struct sw *sw, bool master, uint64_t generation_id)
{
    if (!master) {
        lose_mastership(sw);
    }

    struct ofpbuf *msg = ofpraw_alloc(OFPRAW_OFPT12_ROLE_REQUEST, sw->version,
                                      sizeof(struct ofp12_role_request));
    struct ofp12_role_request *rr = ofpbuf_put_zeros(msg, sizeof *rr);
    rr->role = htonl(master ? OFPCR12_ROLE_PRIMARY : OFPCR12_ROLE_SECONDARY);
    rr->generation_id = htonll(generation_id);
    sw->role_xid = sw_send(sw, msg);
}

static void
features_reply(struct sw *sw, struct ofpbuf *msg)
{
    const struct ofp_header *oh = msg->data;
    struct ofputil_switch_features features;

    if (oh->xid != sw->features_xid) {
        return;
    }
    enum ofperr error = ofputil_pull_switch_features(msg, &features);
    if (error) {
        sw_fail(sw, "cannot decode its features: %s", ofperr_to_string(error));
        return;
    }
    sw->features_xid = 0;
    sw_admit(sw, features.datapath_id);
}

/* This controller may change the switch now. */
static void
become_master(struct sw *sw)
{
    struct ofputil_async_cfg ac = ofputil_async_cfg_default(sw->version);
    struct ofputil_switch_config config = {
        .frag = OFPUTIL_FRAG_NORMAL,
        .invalid_ttl_to_controller = -1,
        .miss_send_len = UINT16_MAX,
    };

    /* Whatever the switch's administrator chose; and management sockets are
     * told nothing unless they set a length. */
    ac.primary[OAM_ROLE_STATUS] = ac.secondary[OAM_ROLE_STATUS]
        = 1u << OFPCRR_PRIMARY_REQUEST;
    sw_send(sw, ofputil_encode_set_config(&config, sw->version));
    sw_send(sw, ofputil_encode_set_async_config(
                    &ac, ((1u << OAM_PACKET_IN) | (1u << OAM_PORT_STATUS)
                          | (1u << OAM_ROLE_STATUS)), sw->version));
    sw_send(sw, ofputil_encode_set_packet_in_format(sw->version,
                                                    OFPUTIL_PACKET_IN_NXT2));
    sw_clear_error(sw);
    sw->state = SW_READING;
    sw_read_all(sw);
}

void
sw_is_read(struct sw *sw)
{
    const struct switch_handler *handler = sw_handler(sw);

    sw->state = SW_UP;
    VLOG_INFO("%s: up, with %"PRIuSIZE" ports and %"PRIuSIZE" flows",
              sw_name(sw), simap_count(&sw->ports),
              flow_table_count(&sw->have));
    handler->ports_changed(sw->hypervisor, handler->aux);
    handler->up(sw->hypervisor, handler->aux);
}

static void
role_reply(struct sw *sw, const struct ofp_header *oh)
{
    struct ofputil_role_request rr;

    if (oh->xid != sw->role_xid || ofputil_decode_role_message(oh, &rr)) {
        return;
    }
    sw->role_xid = 0;
    if (rr.role == OFPCR12_ROLE_SECONDARY) {
        sw_clear_error(sw);
    } else if (rr.role == OFPCR12_ROLE_PRIMARY && sw->state == SW_SLAVE) {
        become_master(sw);
    }
}

static void
role_status(struct sw *sw, const struct ofp_header *oh)
{
    struct ofputil_role_status rs;

    if (!ofputil_decode_role_status(oh, &rs)
        && rs.role == OFPCR12_ROLE_SECONDARY && sw->state > SW_SLAVE) {
        lose_mastership(sw);
        sw_set_error(sw, "another controller is its master, of generation "
                     "%"PRIu64, rs.generation_id);
    }
}

/* ---- Messages --------------------------------------------------------- */

static void
packet_in(struct sw *sw, const struct ofp_header *oh)
{
    struct ofputil_packet_in pin;
    struct ofpbuf continuation;
    enum ofperr error;

    COVERAGE_INC(controller_packet_in);
    sw->n_packets_in++;
    if (sw->state != SW_UP) {
        return;
    }
    error = ofputil_decode_packet_in(oh, true, NULL, NULL, &pin, NULL, NULL,
                                     &continuation);
    if (error) {
        VLOG_WARN_RL(&rl, "%s: cannot decode a packet to the controller: %s",
                     sw_name(sw), ofperr_to_string(error));
        return;
    }
    sw_handler(sw)->packet_in(sw->hypervisor, &pin, sw_handler(sw)->aux);
}

static struct sw_barrier *
find_barrier(const struct sw *sw, ovs_be32 xid)
{
    struct sw_barrier *barrier;

    LIST_FOR_EACH (barrier, node, &sw->barriers) {
        if (barrier->xid == xid) {
            return barrier;
        }
    }
    return NULL;
}

static void
barrier_reply(struct sw *sw, ovs_be32 xid)
{
    struct sw_barrier *barrier = find_barrier(sw, xid);

    if (barrier) {
        ovs_list_remove(&barrier->node);
        barrier->cb(barrier->aux);
        free(barrier);
    } else {
        sw_bundle_barrier(sw, xid);
    }
}

static void
error_reply(struct sw *sw, const struct ofp_header *oh)
{
    struct ofpbuf payload;
    enum ofperr error = ofperr_decode_msg(oh, &payload);

    if (!error) {
        sw_fail(sw, "cannot decode an error");
        return;
    }
    if (error == OFPERR_OFPBRC_IS_SECONDARY) {
        if (sw->state > SW_SLAVE) {
            lose_mastership(sw);
            sw_set_error(sw, "another controller is its master");
        }
    } else if (oh->xid == sw->role_xid) {
        lose_mastership(sw);
        sw_set_error(sw, "role refused: %s%s", ofperr_to_string(error),
                     error == OFPERR_OFPRRFC_STALE
                     ? " (a controller of a later epoch was its master)"
                     : "");
    } else if (oh->xid == sw->features_xid) {
        sw_fail(sw, "it does not tell its features: %s",
                ofperr_to_string(error));
    } else if (oh->xid == sw->barrier_xid || find_barrier(sw, oh->xid)) {
        sw_fail(sw, "it answers no barrier: %s", ofperr_to_string(error));
    } else if (!sw_read_error(sw, oh->xid, error)
               && !sw_bundle_error(sw, oh->xid, error)) {
        char *request = ofp_to_string(payload.data, payload.size,
                                      NULL, NULL, 1);
        VLOG_WARN_RL(&rl, "%s: %s for %s", sw_name(sw),
                     ofperr_to_string(error), request);
        free(request);
    }
    ofpbuf_uninit(&payload);
}

/* Messages with xid 0 answer nothing: no request of ours has it. */
static void
process_reply(struct sw *sw, enum ofptype type, struct ofpbuf *msg)
{
    const struct ofp_header *oh = msg->data;

    if (!oh->xid) {
        return;
    } else if (type == OFPTYPE_ERROR) {
        error_reply(sw, oh);
    } else if (type == OFPTYPE_FEATURES_REPLY) {
        features_reply(sw, msg);
    } else if (type == OFPTYPE_ROLE_REPLY) {
        role_reply(sw, oh);
    } else if (type == OFPTYPE_PORT_DESC_STATS_REPLY) {
        sw_read_ports_reply(sw, oh);
    } else if (type == OFPTYPE_METER_CONFIG_STATS_REPLY) {
        sw_read_meters_reply(sw, msg);
    } else if (type == OFPTYPE_FLOW_STATS_REPLY) {
        sw_read_flows_reply(sw, msg);
    } else if (type == OFPTYPE_BUNDLE_CONTROL) {
        sw_bundle_control(sw, oh);
    } else if (type == OFPTYPE_BARRIER_REPLY) {
        barrier_reply(sw, oh->xid);
    }
}

static void
process(struct sw *sw, struct ofpbuf *msg)
{
    const struct ofp_header *oh = msg->data;
    enum ofptype type;
    enum ofperr error = ofptype_decode(&type, oh);

    if (error) {
        sw_fail(sw, "cannot decode a message: %s", ofperr_to_string(error));
    } else if (type == OFPTYPE_ECHO_REQUEST) {
        sw_send(sw, ofputil_encode_echo_reply(oh));
    } else if (type == OFPTYPE_PACKET_IN) {
        packet_in(sw, oh);
    } else if (type == OFPTYPE_PORT_STATUS) {
        sw_read_port_status(sw, oh);
    } else if (type == OFPTYPE_ROLE_STATUS) {
        role_status(sw, oh);
    } else {
        process_reply(sw, type, msg);
    }
}

/* ---- Running ---------------------------------------------------------- */

static void
follow_connection(struct sw *sw)
{
    unsigned int seqno = rconn_get_connection_seqno(sw->rconn);

    if (seqno != sw->seqno) {
        sw->seqno = seqno;
        sw_end(sw);
        if (rconn_is_connected(sw->rconn)) {
            begin(sw);
        }
    }
}

void
sw_run(struct sw *sw)
{
    rconn_run(sw->rconn);
    follow_connection(sw);
    for (int i = 0; i < MESSAGES_PER_RUN && !sw->closing; i++) {
        struct ofpbuf *msg = rconn_recv(sw->rconn);
        if (!msg) {
            break;
        }
        process(sw, msg);
        ofpbuf_delete(msg);
    }
    follow_connection(sw);
    if (!sw->closing) {
        sw_bundle_run(sw);
    }
}

void
sw_wait(struct sw *sw)
{
    rconn_run_wait(sw->rconn);
    rconn_recv_wait(sw->rconn);
    sw_bundle_wait(sw);
    if (sw->closing) {
        poll_immediate_wake();
    }
}
