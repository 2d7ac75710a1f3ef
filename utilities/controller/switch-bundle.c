/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "switch-private.h"
#include "coverage.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-bundle.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(switch_bundle);

COVERAGE_DEFINE(controller_bundle);
COVERAGE_DEFINE(controller_flow_added);
COVERAGE_DEFINE(controller_flow_deleted);
COVERAGE_DEFINE(controller_flow_modified);
COVERAGE_DEFINE(controller_foreign_flow);

/* Until flows that were refused are tried again, in milliseconds. */
#define BACKOFF_MIN 1000
#define BACKOFF_MAX 30000

/* How many foreign flows are logged, each time that flows were read. */
#define MAX_FOREIGN_LOGGED 10

/* The largest flow that fits into a message that adds it to a bundle. */
#define MAX_FLOW_MOD (UINT16_MAX - 64)

static const uint16_t bundle_flags = OFPBF_ATOMIC | OFPBF_ORDERED;

void
sw_bundle_init(struct sw *sw)
{
    flow_table_init(&sw->want);
    sw->retry_at = LLONG_MAX;
}

void
sw_bundle_destroy(struct sw *sw)
{
    flow_table_destroy(&sw->want);
}

void
sw_bundle_forget(struct sw *sw)
{
    flow_table_clear(&sw->want);
    sw->bundle_step = BUNDLE_NONE;
    sw->close_xid = sw->commit_xid = sw->barrier_xid = 0;
    sw->n_changes = 0;
    sw->retry_at = LLONG_MAX;
    sw->backoff = 0;
}

/* ---- Sending changes -------------------------------------------------- */

static ovs_be32
send_control(struct sw *sw, uint16_t type)
{
    struct ofputil_bundle_ctrl_msg bcm = {
        .bundle_id = sw->bundle_id,
        .type = type,
        .flags = bundle_flags,
    };
    return sw_send(sw, ofputil_encode_bundle_ctrl_request(sw->version, &bcm));
}

static void
count_change(struct sw *sw, enum flow_change change)
{
    switch (change) {
    case FLOW_FOREIGN:
        COVERAGE_INC(controller_flow_deleted);
        sw->n_deleted++;
        break;
    case FLOW_MISSING:
        COVERAGE_INC(controller_flow_added);
        sw->n_added++;
        break;
    case FLOW_OTHER:
        COVERAGE_INC(controller_flow_modified);
        sw->n_modified++;
        break;
    }
}

static void
send_change(enum flow_change change, const struct table_flow *flow, void *sw_)
{
    struct sw *sw = sw_;
    struct ofputil_flow_mod fm;

    if (!sw->n_changes) {
        sw->bundle_id++;
        sw->first_xid = ntohl(send_control(sw, OFPBCT_OPEN_REQUEST)) + 1;
    }
    ovs_be32 xid = htonl(sw->first_xid + sw->n_changes++);

    flow_change_to_mod(change, flow, &fm);
    struct ofpbuf *msg = ofputil_encode_flow_mod(&fm, sw->protocol);
    if (msg->size > MAX_FLOW_MOD) {
        VLOG_ERR("%s: a flow of table %d with cookie 0x%016"PRIx64" needs "
                 "%"PRIu32" bytes, more than OpenFlow's %d: left out",
                 sw_name(sw), flow->table_id, flow->cookie, msg->size,
                 MAX_FLOW_MOD);
        ofpbuf_delete(msg);
        return;
    }
    ofpmsg_update_length(msg);
    struct ofp_header *oh = msg->data;
    oh->xid = xid;

    struct ofputil_bundle_add_msg bam = {
        .bundle_id = sw->bundle_id,
        .flags = bundle_flags,
        .msg = oh,
    };
    sw_send(sw, ofputil_encode_bundle_add(sw->version, &bam));
    ofpbuf_delete(msg);
    count_change(sw, change);
}

/* Sends what makes 'have' into 'want', and returns the number of changes.  The
 * bundle is only committed once the switch has answered that it is closed:
 * Open vSwitch commits without those messages that it refused. */
static size_t
send_changes(struct sw *sw)
{
    sw->n_changes = 0;
    sw->bundle_failed = sw->commit_replied = false;
    flow_table_compare(&sw->have, &sw->want, send_change, sw);
    sw->have_read = false;
    if (sw->n_changes) {
        sw->close_xid = send_control(sw, OFPBCT_CLOSE_REQUEST);
        sw->bundle_step = BUNDLE_FILLED;
        sw->n_bundles++;
        COVERAGE_INC(controller_bundle);
    }
    return sw->n_changes;
}

struct foreign {
    const struct sw *sw;
    size_t n;
};

static void
log_foreign(enum flow_change change, const struct table_flow *flow,
            void *foreign_)
{
    struct foreign *foreign = foreign_;

    if (change == FLOW_FOREIGN) {
        COVERAGE_INC(controller_foreign_flow);
        if (foreign->n++ < MAX_FOREIGN_LOGGED) {
            struct ds s = DS_EMPTY_INITIALIZER;
            table_flow_format(flow, &s);
            VLOG_WARN("%s: a flow that is not ours: %s",
                      sw_name(foreign->sw), ds_cstr(&s));
            ds_destroy(&s);
        }
    }
}

void
sw_report_foreign(const struct sw *sw, const struct flow_table *read,
                  const struct flow_table *ours)
{
    struct foreign foreign = { .sw = sw };

    flow_table_compare(read, ours, log_foreign, &foreign);
    if (foreign.n > MAX_FOREIGN_LOGGED) {
        VLOG_WARN("%s: %"PRIuSIZE" flows that are not ours", sw_name(sw),
                  foreign.n);
    }
}

/* The switch has the flows that it is to have. */
static void
succeeded(struct sw *sw)
{
    flow_table_swap(&sw->have, &sw->want);
    flow_table_clear(&sw->want);
    sw->n_changes = 0;
    sw->retry_at = LLONG_MAX;
    sw->backoff = 0;
    sw_clear_error(sw);
}

size_t
switch_set_flows(struct sw *sw, struct flow_table *want)
{
    ovs_assert(switch_is_up(sw) && !switch_is_busy(sw));

    flow_table_swap(&sw->want, want);
    flow_table_clear(want);
    if (sw->have_read) {
        sw_report_foreign(sw, &sw->have, &sw->want);
    }

    sw->retry_at = LLONG_MAX;
    size_t n = send_changes(sw);
    if (!n) {
        succeeded(sw);
    }
    return n;
}

/* ---- Answers ---------------------------------------------------------- */

static void
failed(struct sw *sw)
{
    sw->bundle_step = BUNDLE_NONE;
    sw->close_xid = sw->commit_xid = sw->barrier_xid = 0;
    sw->backoff = MIN(BACKOFF_MAX, MAX(BACKOFF_MIN, sw->backoff * 2));
    sw->retry_at = time_msec() + sw->backoff;
    VLOG_WARN("%s: the changes to its flows were refused; trying again in "
              "%d seconds", sw_name(sw), sw->backoff / 1000);
    sw_read_flows(sw);
}

void
sw_bundle_control(struct sw *sw, const struct ofp_header *oh)
{
    if (oh->xid == sw->commit_xid) {
        sw->commit_replied = true;
    } else if (oh->xid == sw->close_xid) {
        sw->close_xid = 0;
        if (sw->bundle_failed) {
            send_control(sw, OFPBCT_DISCARD_REQUEST);
            failed(sw);
        } else {
            sw->bundle_step = BUNDLE_COMMITTED;
            sw->commit_xid = send_control(sw, OFPBCT_COMMIT_REQUEST);
            sw->barrier_xid = sw_send(sw, ofputil_encode_barrier_request(
                                              sw->version));
        }
    }
}

void
sw_bundle_barrier(struct sw *sw, ovs_be32 xid)
{
    if (xid != sw->barrier_xid) {
        return;
    } else if (sw->bundle_failed || !sw->commit_replied) {
        failed(sw);
    } else {
        sw->bundle_step = BUNDLE_NONE;
        sw->commit_xid = sw->barrier_xid = 0;
        succeeded(sw);
        sw_handler(sw)->acknowledged(sw->hypervisor, sw_handler(sw)->aux);
    }
}

struct nth_change {
    size_t n;
    enum flow_change change;
    const struct table_flow *flow;
};

static void
find_change(enum flow_change change, const struct table_flow *flow, void *nth_)
{
    struct nth_change *nth = nth_;

    if (!nth->n--) {
        nth->change = change;
        nth->flow = flow;
    }
}

/* Says which of the changes was refused. */
static void
report_refused(struct sw *sw, size_t n, enum ofperr error)
{
    struct nth_change nth = { .n = n };

    flow_table_compare(&sw->have, &sw->want, find_change, &nth);
    if (nth.flow) {
        struct ds s = DS_EMPTY_INITIALIZER;
        table_flow_format(nth.flow, &s);
        sw_set_error(sw, "%s on %s flow %s", ofperr_to_string(error),
                     nth.change == FLOW_FOREIGN ? "deleting" : "adding",
                     ds_cstr(&s));
        ds_destroy(&s);
    }
}

bool
sw_bundle_error(struct sw *sw, ovs_be32 xid, enum ofperr error)
{
    uint32_t n = ntohl(xid) - sw->first_xid;

    if (sw->bundle_step == BUNDLE_NONE) {
        return false;
    } else if (n < sw->n_changes || n == UINT32_MAX) {
        /* A change, or the request to open the bundle. */
        if (!sw->bundle_failed) {
            sw->bundle_failed = true;
            if (n < sw->n_changes) {
                report_refused(sw, n, error);
            } else {
                sw_set_error(sw, "no bundle: %s", ofperr_to_string(error));
            }
        }
    } else if (xid == sw->commit_xid || xid == sw->close_xid) {
        if (!sw->bundle_failed) {
            sw->bundle_failed = true;
            sw_set_error(sw, "bundle: %s", ofperr_to_string(error));
        }
        if (xid == sw->close_xid) {
            failed(sw);
        }
    } else {
        return false;
    }
    return true;
}

/* ---- Retries ---------------------------------------------------------- */

void
sw_bundle_run(struct sw *sw)
{
    if (sw->state != SW_UP || switch_is_busy(sw)) {
        return;
    }
    if (!ovs_list_is_empty(&sw->readers)) {
        sw_read_flows(sw);
    } else if (time_msec() >= sw->retry_at) {
        sw->retry_at = LLONG_MAX;
        if (!send_changes(sw)) {
            succeeded(sw);
            sw_handler(sw)->acknowledged(sw->hypervisor, sw_handler(sw)->aux);
        }
    }
}

void
sw_bundle_wait(const struct sw *sw)
{
    if (sw->state != SW_UP || switch_is_busy(sw)) {
        return;
    }
    if (!ovs_list_is_empty(&sw->readers)) {
        poll_immediate_wake();
    } else {
        poll_timer_wait_until(sw->retry_at);
    }
}
