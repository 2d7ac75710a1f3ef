/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "switch-private.h"
#include "flow.h"
#include "flows.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-meter.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-port.h"
#include "openvswitch/ofp-switch.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/vlog.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(switch_read);

/* Of CONTROLLER_METER: packets in a second, and at once. */
#define METER_RATE 100
#define METER_BURST 100

void
sw_read_init(struct sw *sw)
{
    simap_init(&sw->ports);
    flow_table_init(&sw->reading);
    flow_table_init(&sw->have);
    ovs_list_init(&sw->readers);
    sw_read_forget(sw);
}

void
sw_read_destroy(struct sw *sw)
{
    simap_destroy(&sw->ports);
    flow_table_destroy(&sw->reading);
    flow_table_destroy(&sw->have);
}

/* Nothing that was read is true any more. */
void
sw_read_forget(struct sw *sw)
{
    struct sw_reader *reader;

    simap_clear(&sw->ports);
    for (size_t i = 0; i < N_ENCAPS; i++) {
        sw->tunnel_ports[i] = OFPP_NONE;
    }
    sw->ports_xid = sw->meters_xid = sw->flows_xid = 0;
    flow_table_clear(&sw->reading);
    flow_table_clear(&sw->have);
    sw->have_read = false;
    LIST_FOR_EACH_POP (reader, node, &sw->readers) {
        reader->cb(NULL, reader->aux);
        free(reader);
    }
}

void
sw_read_all(struct sw *sw)
{
    sw->ports_xid = sw_send(sw, ofputil_encode_port_desc_stats_request(
                                    sw->version, OFPP_ANY));
    sw->has_meter = false;
    sw->meters_xid = sw_send(sw, ofputil_encode_meter_request(
                                     sw->version, OFPUTIL_METER_CONFIG,
                                     OFPM13_ALL));
    sw_read_flows(sw);
}

void
sw_read_flows(struct sw *sw)
{
    struct ofputil_flow_stats_request fsr = {
        .out_port = OFPP_ANY,
        .out_group = OFPG_ANY,
        .table_id = OFPTT_ALL,
    };

    match_init_catchall(&fsr.match);
    flow_table_clear(&sw->reading);
    sw->flows_xid = sw_send(sw, ofputil_encode_flow_stats_request(
                                    &fsr, sw->protocol));
}

bool
sw_is_reading_flows(const struct sw *sw)
{
    return sw->flows_xid != 0;
}

void
switch_read_flows(struct sw *sw,
                  void (*cb)(const struct flow_table *have, void *aux),
                  void *aux)
{
    struct sw_reader *reader = xmalloc(sizeof *reader);

    *reader = (struct sw_reader) { .cb = cb, .aux = aux };
    ovs_list_push_back(&sw->readers, &reader->node);
}

/* ---- Ports ------------------------------------------------------------ */

static void
find_tunnel_ports(struct sw *sw)
{
    const struct simap_node *port;

    for (size_t i = 0; i < N_ENCAPS; i++) {
        const char *prefix = overlay_encap_name(i);

        sw->tunnel_ports[i] = OFPP_NONE;
        SIMAP_FOR_EACH (port, &sw->ports) {
            if (!strncmp(port->name, prefix, strlen(prefix))
                && port->data < ofp_to_u16(sw->tunnel_ports[i])) {
                sw->tunnel_ports[i] = u16_to_ofp(port->data);
            }
        }
    }
}

void
sw_read_ports_reply(struct sw *sw, const struct ofp_header *oh)
{
    struct ofpbuf b = ofpbuf_const_initializer(oh, ntohs(oh->length));
    struct ofputil_phy_port port;
    int error;

    if (oh->xid != sw->ports_xid) {
        return;
    }
    ofpraw_pull_assert(&b);
    while (!(error = ofputil_pull_phy_port(oh->version, &b, &port))) {
        simap_put(&sw->ports, port.name, ofp_to_u16(port.port_no));
    }
    if (error != EOF) {
        sw_fail(sw, "cannot decode its ports: %s", ofperr_to_string(error));
    } else if (!ofpmp_more(oh)) {
        sw->ports_xid = 0;
        find_tunnel_ports(sw);
    }
}

void
sw_read_port_status(struct sw *sw, const struct ofp_header *oh)
{
    struct ofputil_port_status ps;

    if (sw->state < SW_READING) {
        return;
    }
    enum ofperr error = ofputil_decode_port_status(oh, &ps);
    if (error) {
        sw_fail(sw, "cannot decode a port's status: %s",
                ofperr_to_string(error));
        return;
    }

    /* A port whose number changes may be added before it is deleted. */
    unsigned int number = ofp_to_u16(ps.desc.port_no);
    const struct simap_node *old = simap_find(&sw->ports, ps.desc.name);
    if (ps.reason != OFPPR_DELETE) {
        if (old && old->data == number) {
            return;
        }
        simap_put(&sw->ports, ps.desc.name, number);
    } else if (old && old->data == number) {
        simap_find_and_delete(&sw->ports, ps.desc.name);
    } else {
        return;
    }
    find_tunnel_ports(sw);
    if (sw->state == SW_UP) {
        sw_handler(sw)->ports_changed(sw->hypervisor, sw_handler(sw)->aux);
    }
}

ofp_port_t
switch_port_by_name(const struct sw *sw, const char *name)
{
    const struct simap_node *port = simap_find(&sw->ports, name);
    return port ? u16_to_ofp(port->data) : OFPP_NONE;
}

ofp_port_t
switch_tunnel_port(const struct sw *sw, enum overlay_encap encap)
{
    return sw->tunnel_ports[encap];
}

void
switch_port_names(const struct sw *sw, struct sset *names)
{
    const struct simap_node *port;

    SIMAP_FOR_EACH (port, &sw->ports) {
        sset_add(names, port->name);
    }
}

/* ---- The meter -------------------------------------------------------- */

static void
set_meter(struct sw *sw, bool exists)
{
    struct ofputil_meter_band band = {
        .type = OFPMBT13_DROP,
        .rate = METER_RATE,
        .burst_size = METER_BURST,
    };
    struct ofputil_meter_mod mm = {
        .command = exists ? OFPMC13_MODIFY : OFPMC13_ADD,
        .meter = {
            .meter_id = CONTROLLER_METER,
            .flags = OFPMF13_PKTPS | OFPMF13_BURST,
            .n_bands = 1,
            .bands = &band,
        },
    };

    sw_send(sw, ofputil_encode_meter_mod(sw->version, &mm));
}

static bool
meter_is_right(const struct ofputil_meter_config *meter)
{
    return (meter->flags == (OFPMF13_PKTPS | OFPMF13_BURST)
            && meter->n_bands == 1
            && meter->bands[0].type == OFPMBT13_DROP
            && meter->bands[0].rate == METER_RATE
            && meter->bands[0].burst_size == METER_BURST);
}

void
sw_read_meters_reply(struct sw *sw, struct ofpbuf *msg)
{
    const struct ofp_header *oh = msg->data;
    struct ofputil_meter_config meter;
    struct ofpbuf bands;
    int error;

    if (oh->xid != sw->meters_xid) {
        return;
    }
    ofpbuf_init(&bands, 64);
    while (!(error = ofputil_decode_meter_config(msg, &meter, &bands))) {
        if (meter.meter_id == CONTROLLER_METER) {
            sw->has_meter = true;
            if (!meter_is_right(&meter)) {
                set_meter(sw, true);
            }
        }
    }
    ofpbuf_uninit(&bands);

    if (error != EOF) {
        sw_fail(sw, "cannot decode its meters: %s", ofperr_to_string(error));
    } else if (!ofpmp_more(oh)) {
        sw->meters_xid = 0;
        if (!sw->has_meter) {
            set_meter(sw, false);
        }
    }
}

/* ---- Flows ------------------------------------------------------------ */

static void
flows_are_read(struct sw *sw)
{
    struct sw_reader *reader;
    struct ovs_list readers;

    sw->flows_xid = 0;
    flow_table_swap(&sw->have, &sw->reading);
    if (sw->state == SW_READING) {
        flow_table_clear(&sw->reading);
        sw->have_read = true;
        sw_is_read(sw);
        return;
    }
    sw_report_foreign(sw, &sw->have, &sw->reading);
    flow_table_clear(&sw->reading);

    ovs_list_init(&readers);
    ovs_list_push_back_all(&readers, &sw->readers);
    LIST_FOR_EACH_POP (reader, node, &readers) {
        reader->cb(&sw->have, reader->aux);
        free(reader);
    }
}

void
sw_read_flows_reply(struct sw *sw, struct ofpbuf *msg)
{
    const struct ofp_header *oh = msg->data;
    struct ofputil_flow_stats fs;
    uint64_t stub[1024 / 8];
    struct ofpbuf ofpacts;
    int error;

    if (oh->xid != sw->flows_xid) {
        return;
    }
    ofpbuf_use_stub(&ofpacts, stub, sizeof stub);
    while (!(error = ofputil_decode_flow_stats_reply(&fs, msg, false,
                                                     &ofpacts))) {
        if (fs.table_id < N_TABLES) {
            flow_table_add_stats(&sw->reading, &fs);
        }
    }
    ofpbuf_uninit(&ofpacts);

    if (error != EOF) {
        sw_fail(sw, "cannot decode its flows: %s", ofperr_to_string(error));
    } else if (!ofpmp_more(oh)) {
        flows_are_read(sw);
    }
}

bool
sw_read_error(struct sw *sw, ovs_be32 xid, enum ofperr error)
{
    if (xid == sw->meters_xid) {
        /* Flows that need the meter will tell. */
        sw_set_error(sw, "it has no meters: %s", ofperr_to_string(error));
        sw->meters_xid = 0;
    } else if (xid == sw->ports_xid || xid == sw->flows_xid) {
        sw_fail(sw, "it does not tell its %s: %s",
                xid == sw->ports_xid ? "ports" : "flows",
                ofperr_to_string(error));
    } else {
        return false;
    }
    return true;
}
