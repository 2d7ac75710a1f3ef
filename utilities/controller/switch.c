/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "switch-private.h"
#include <errno.h>
#include "dp-packet.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/rconn.h"
#include "openvswitch/vconn.h"
#include "openvswitch/vlog.h"
#include "overlay.h"
#include "socket-util.h"
#include "sset.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(switch);

#define ALLOWED_VERSIONS ((1u << OFP13_VERSION) | (1u << OFP14_VERSION) \
                          | (1u << OFP15_VERSION))
#define PROBE_INTERVAL 5        /* In seconds. */
#define MAX_BACKOFF 8           /* In seconds. */
#define MAX_PACKETS_OUT 100     /* Queued for a slow switch. */

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(6, 6);

struct switches {
    struct switch_handler handler;
    struct ovs_list sws;        /* Of struct sw. */
    struct pvconn **pvconns;
    size_t n_pvconns;
    bool has_role;              /* switches_set_role() was called. */
    bool master;
    uint64_t generation_id;
};

/* ---- Connections ------------------------------------------------------ */

static struct sw *
sw_create(struct switches *switches, bool passive)
{
    struct sw *sw = xzalloc(sizeof *sw);

    sw->switches = switches;
    sw->passive = passive;
    sw->rconn = rconn_create(PROBE_INTERVAL, MAX_BACKOFF, DSCP_DEFAULT,
                             ALLOWED_VERSIONS);
    sw->seqno = rconn_get_connection_seqno(sw->rconn);
    sw->packets_out = rconn_packet_counter_create();
    ovs_list_init(&sw->barriers);
    sw_read_init(sw);
    sw_bundle_init(sw);
    ovs_list_push_back(&switches->sws, &sw->node);
    return sw;
}

static void
sw_destroy(struct sw *sw)
{
    sw_end(sw);
    ovs_list_remove(&sw->node);
    rconn_destroy(sw->rconn);
    rconn_packet_counter_destroy(sw->packets_out);
    sw_read_destroy(sw);
    sw_bundle_destroy(sw);
    free(sw->error);
    free(sw);
}

const char *
sw_name(const struct sw *sw)
{
    return rconn_get_name(sw->rconn);
}

const struct switch_handler *
sw_handler(const struct sw *sw)
{
    return &sw->switches->handler;
}

/* Ends an older connection of the datapath of 'newer'. */
static void
replace_older(struct sw *newer)
{
    struct sw *sw;

    LIST_FOR_EACH (sw, node, &newer->switches->sws) {
        if (sw != newer && sw->hypervisor
            && sw->datapath_id == newer->datapath_id) {
            VLOG_WARN("%s: replaced by a newer connection, %s",
                      sw_name(sw), sw_name(newer));
            sw_end(sw);
            sw->closing = true;
        }
    }
}

void
sw_admit(struct sw *sw, uint64_t datapath_id)
{
    const struct switch_handler *handler = sw_handler(sw);
    char *error = NULL;
    bool later = false;
    struct hypervisor *hypervisor
        = handler->admit(datapath_id, rconn_get_peer_id(sw->rconn), &error,
                         &later, handler->aux);

    if (!hypervisor) {
        if (!sw->error || strcmp(sw->error, error)) {
            VLOG_WARN_RL(&rl, "%s: refused datapath %016"PRIx64": %s",
                         sw_name(sw), datapath_id, error);
        }
        free(sw->error);
        sw->error = error;
        sw->refused_id = datapath_id;
        sw->closing = !later;
        return;
    }
    sw_clear_error(sw);
    sw->refused_id = 0;
    sw->datapath_id = datapath_id;
    replace_older(sw);
    sw->hypervisor = hypervisor;
    sw->state = SW_SLAVE;
    char *name = xasprintf("%s (%s)", hypervisor->object.name,
                           rconn_get_target(sw->rconn));
    rconn_set_name(sw->rconn, name);
    free(name);
    handler->connected(hypervisor, sw, handler->aux);
    if (sw->switches->has_role) {
        sw_request_role(sw, sw->switches->master,
                        sw->switches->generation_id);
    }
}

void
switch_close(struct sw *sw)
{
    sw_detach(sw);
    sw->closing = true;
}

/* Returns true if 'sw' is destroyed. */
static bool
close_if_closing(struct sw *sw)
{
    if (sw->passive && (sw->closing || !rconn_is_alive(sw->rconn))) {
        sw_destroy(sw);
        return true;
    } else if (sw->closing) {
        sw->closing = false;
        sw_end(sw);
        rconn_reconnect(sw->rconn);
        rconn_set_name(sw->rconn, rconn_get_target(sw->rconn));
        sw->seqno = rconn_get_connection_seqno(sw->rconn);
    }
    return false;
}

/* ---- Listeners -------------------------------------------------------- */

struct switches *
switches_create(const struct sset *methods,
                const struct switch_handler *handler)
{
    struct switches *switches = xzalloc(sizeof *switches);
    const char *method;

    switches->handler = *handler;
    ovs_list_init(&switches->sws);
    switches->pvconns = xmalloc(sset_count(methods)
                                * sizeof *switches->pvconns);
    SSET_FOR_EACH (method, methods) {
        if (!pvconn_verify_name(method)) {
            struct pvconn **pvconn = &switches->pvconns[switches->n_pvconns];
            int error = pvconn_open(method, ALLOWED_VERSIONS, DSCP_DEFAULT,
                                    pvconn);
            if (error) {
                ovs_fatal(error, "%s: cannot listen", method);
            }
            switches->n_pvconns++;
        } else if (!vconn_verify_name(method)) {
            rconn_connect(sw_create(switches, false)->rconn, method, method);
        } else {
            ovs_fatal(0, "%s: unknown connection method (use ptcp:, pssl:, "
                      "punix:, tcp:, ssl: or unix:)", method);
        }
    }
    return switches;
}

void
switches_destroy(struct switches *switches)
{
    struct sw *sw;

    if (!switches) {
        return;
    }
    LIST_FOR_EACH_SAFE (sw, node, &switches->sws) {
        sw_destroy(sw);
    }
    for (size_t i = 0; i < switches->n_pvconns; i++) {
        pvconn_close(switches->pvconns[i]);
    }
    free(switches->pvconns);
    free(switches);
}

static void
accept_switches(struct switches *switches, struct pvconn *pvconn)
{
    struct vconn *vconn;
    int error;

    while (!(error = pvconn_accept(pvconn, &vconn))) {
        struct sw *sw = sw_create(switches, true);
        rconn_connect_unreliably(sw->rconn, vconn, NULL);
    }
    if (error != EAGAIN) {
        VLOG_WARN_RL(&rl, "%s: cannot accept a connection: %s",
                     pvconn_get_name(pvconn), ovs_strerror(error));
    }
}

void
switches_admit_again(struct switches *switches)
{
    struct sw *sw;

    LIST_FOR_EACH (sw, node, &switches->sws) {
        if (sw->refused_id && !sw->closing
            && rconn_is_connected(sw->rconn)) {
            sw_admit(sw, sw->refused_id);
        }
    }
}

void
switches_run(struct switches *switches)
{
    struct sw *sw;

    for (size_t i = 0; i < switches->n_pvconns; i++) {
        accept_switches(switches, switches->pvconns[i]);
    }
    LIST_FOR_EACH (sw, node, &switches->sws) {
        sw_run(sw);
    }
    LIST_FOR_EACH_SAFE (sw, node, &switches->sws) {
        close_if_closing(sw);
    }
}

void
switches_wait(struct switches *switches)
{
    struct sw *sw;

    for (size_t i = 0; i < switches->n_pvconns; i++) {
        pvconn_wait(switches->pvconns[i]);
    }
    LIST_FOR_EACH (sw, node, &switches->sws) {
        sw_wait(sw);
    }
}

void
switches_set_role(struct switches *switches, bool master,
                  uint64_t generation_id)
{
    struct sw *sw;

    if (switches->has_role && switches->master == master
        && switches->generation_id == generation_id) {
        return;
    }
    switches->has_role = true;
    switches->master = master;
    switches->generation_id = generation_id;
    LIST_FOR_EACH (sw, node, &switches->sws) {
        if (sw->hypervisor) {
            sw_request_role(sw, master, generation_id);
        }
    }
}

/* ---- What others see -------------------------------------------------- */

bool
switch_is_up(const struct sw *sw)
{
    return sw->state == SW_UP;
}

bool
switch_is_busy(const struct sw *sw)
{
    return sw->bundle_step != BUNDLE_NONE || sw_is_reading_flows(sw);
}

const char *
switch_state_name(const struct sw *sw)
{
    switch (sw->state) {
    case SW_CONNECTING: return "connecting";
    case SW_SLAVE: return "slave";
    case SW_READING: return "reading";
    case SW_UP: return "up";
    }
    OVS_NOT_REACHED();
}

const char *
switch_remote(const struct sw *sw)
{
    return rconn_get_target(sw->rconn);
}

void
switch_send_barrier(struct sw *sw, void (*cb)(void *aux), void *aux)
{
    struct sw_barrier *barrier = xmalloc(sizeof *barrier);

    *barrier = (struct sw_barrier) {
        .xid = sw_send(sw, ofputil_encode_barrier_request(sw->version)),
        .cb = cb,
        .aux = aux,
    };
    ovs_list_push_back(&sw->barriers, &barrier->node);
}

void
switch_send_packet(struct sw *sw, const struct dp_packet *packet,
                   ofp_port_t port)
{
    uint64_t stub[64 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct ofputil_packet_out po = {
        .packet = dp_packet_data(packet),
        .packet_len = dp_packet_size(packet),
        .buffer_id = UINT32_MAX,
    };

    ofpact_put_OUTPUT(&ofpacts)->port = port;
    match_init_catchall(&po.flow_metadata);
    match_set_in_port(&po.flow_metadata, OFPP_CONTROLLER);
    po.ofpacts = ofpacts.data;
    po.ofpacts_len = ofpacts.size;
    rconn_send_with_limit(sw->rconn,
                          ofputil_encode_packet_out(&po, sw->protocol),
                          sw->packets_out, MAX_PACKETS_OUT);
    ofpbuf_uninit(&ofpacts);
}

void
switch_format(const struct sw *sw, struct ds *s)
{
    ds_put_format(s, "%s, %s", switch_state_name(sw), switch_remote(sw));
    if (sw->hypervisor) {
        ds_put_format(s, ", OpenFlow 1.%d", sw->version - OFP10_VERSION);
    }
    ds_put_format(s, "%s\n", switch_is_busy(sw) ? ", busy" : "");
    ds_put_format(s, "  ports: %"PRIuSIZE"\n", simap_count(&sw->ports));
    ds_put_format(s, "  flows: %"PRIuSIZE"\n", flow_table_count(&sw->have));
    ds_put_format(s, "  changes: %llu added, %llu modified, %llu deleted "
                  "in %llu bundles\n", sw->n_added, sw->n_modified,
                  sw->n_deleted, sw->n_bundles);
    ds_put_format(s, "  packets to the controller: %llu\n", sw->n_packets_in);
    if (sw->error) {
        ds_put_format(s, "  error: %s\n", sw->error);
    }
}

void
switch_get_memory_usage(const struct switches *switches, struct simap *usage)
{
    const struct sw *sw;

    LIST_FOR_EACH (sw, node, &switches->sws) {
        simap_increase(usage, "switches", 1);
        simap_increase(usage, "flows", (flow_table_count(&sw->have)
                                        + flow_table_count(&sw->want)));
        simap_increase(usage, "messages", rconn_count_txqlen(sw->rconn));
    }
}
