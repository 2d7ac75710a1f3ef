/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "program.h"
#include "coverage.h"
#include "flows.h"
#include "label-ready.h"
#include "openvswitch/poll-loop.h"
#include "overlay.h"
#include "port-binding.h"
#include "switch.h"
#include "timeval.h"
#include "util.h"

COVERAGE_DEFINE(controller_make_flows);

/* In milliseconds; then switches and database get their turn, before they take
 * the controller for dead. */
#define MAX_RUN_TIME 50

static void
program_hypervisor(struct overlay *o, struct hypervisor *hv)
{
    struct accepts *accepts = accepts_create();
    struct flow_table flows;

    COVERAGE_INC(controller_make_flows);
    flow_table_init(&flows);
    flows_of_hypervisor(o, hv, &flows, accepts);
    hv->sent_since = MIN(hv->sent_since, hv->dirty_since);
    hv->dirty_since = UINT64_MAX;
    accepts_destroy(hv->sent_accepts);
    hv->sent_accepts = NULL;
    if (switch_set_flows(hv->sw, &flows)) {
        hv->sent_accepts = accepts;
    } else {
        hv->sent_since = UINT64_MAX;
        label_ready_acknowledged(o, hv, accepts);
    }
    flow_table_destroy(&flows);
}

/* Returns the hypervisor whose flows have shown an old state for longest among
 * those that can be given new ones now, or NULL.  That a hypervisor has flows
 * is written before it gets any (status.c): a controller that does not know
 * would release labels that it sends by. */
static struct hypervisor *
find_dirty(const struct overlay *o)
{
    struct hypervisor *hv, *oldest = NULL;

    OBJECT_FOR_EACH (hv, &o->hypervisors) {
        if (hv->dirty_since < (oldest ? oldest->dirty_since : UINT64_MAX)
            && hv->sw && switch_is_up(hv->sw) && !switch_is_busy(hv->sw)
            && hv->row->programmed) {
            oldest = hv;
        }
    }
    return oldest;
}

void
program_run(struct overlay *o)
{
    long long int end = time_msec() + MAX_RUN_TIME;
    struct hypervisor *hv;

    while ((hv = find_dirty(o)) != NULL) {
        if (time_msec() >= end) {
            poll_immediate_wake();
            return;
        }
        program_hypervisor(o, hv);
    }
}

/* The connection is new, or ended: then what was sent may not have come. */
void
program_connected(struct overlay *o, struct hypervisor *hv, struct sw *sw)
{
    hv->sw = sw;
    hv->dirty_since = MIN(hv->dirty_since, hv->sent_since);
    hv->sent_since = UINT64_MAX;
    overlay_touch_hypervisor(o, hv);
    accepts_destroy(hv->sent_accepts);
    hv->sent_accepts = NULL;
    label_ready_forget(hv);
}

void
program_stand_by(struct overlay *o)
{
    struct hypervisor *hv;

    OBJECT_FOR_EACH (hv, &o->hypervisors) {
        program_connected(o, hv, hv->sw);
        port_binding_forget(o, hv);
    }
}

void
program_up(struct overlay *o, struct hypervisor *hv)
{
    overlay_touch_hypervisor(o, hv);
}

void
program_acknowledge(struct overlay *o, struct hypervisor *hv)
{
    struct accepts *accepts = hv->sent_accepts;

    hv->sent_since = UINT64_MAX;
    hv->sent_accepts = NULL;
    if (accepts) {
        label_ready_acknowledged(o, hv, accepts);
    }
}

uint64_t
program_acknowledged(const struct overlay *o, const struct hypervisor *hv)
{
    uint64_t since = MIN(hv->dirty_since, hv->sent_since);

    if (hv->sw && switch_is_up(hv->sw)) {
        return since == UINT64_MAX ? o->seqno : since - 1;
    }
    return hv->row->programmed ? MIN(since, o->seqno) - 1 : o->seqno;
}

bool
program_is_done(const struct overlay *o)
{
    const struct hypervisor *hv;

    OBJECT_FOR_EACH (hv, &o->hypervisors) {
        if (hv->sw && switch_is_up(hv->sw)
            && (hv->dirty_since != UINT64_MAX
                || hv->sent_since != UINT64_MAX)) {
            return false;
        }
    }
    return true;
}
