/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "label-release.h"
#include <limits.h>
#include "openvswitch/poll-loop.h"
#include "overlay.h"
#include "program.h"
#include "timeval.h"
#include "util.h"

/* Returns the newest change, as overlay->seqno, that the flows of all
 * hypervisors show. */
static uint64_t
all_acknowledged(const struct overlay *o)
{
    const struct hypervisor *hv;
    uint64_t seqno = o->seqno;

    OBJECT_FOR_EACH (hv, &o->hypervisors) {
        seqno = MIN(seqno, program_acknowledged(o, hv));
    }
    return seqno;
}

/* Ends the drain when it has lasted long enough behind the last sender's
 * barrier. */
static void
drain(const struct overlay *o, struct label *label, uint64_t acknowledged)
{
    long long int now = time_msec();

    if (label->drained_at == LLONG_MAX) {
        if (acknowledged < label->changed) {
            return;
        }
        label->drained_at = now;
    }
    if (now >= label->drained_at + o->drain) {
        mplsrec_label_set_state(label->row, "held");
        mplsrec_label_set_since(label->row, time_wall());
    } else {
        poll_timer_wait_until(label->drained_at + o->drain);
    }
}

static void
release(const struct overlay *o, struct label *label)
{
    /* 'since' is in whole seconds: it may be that the last of them had almost
     * ended. */
    long long int until = (label->since + 1) * 1000 + o->label_hold;

    if (program_acknowledged(o, label->hypervisor) < label->changed) {
        return;
    }
    if (time_wall_msec() >= until) {
        mplsrec_hypervisor_update_labels_delvalue(label->hypervisor->row,
                                                  label->row);
        mplsrec_label_delete(label->row);
    } else {
        poll_timer_wait(until - time_wall_msec());
    }
}

void
label_release_run(struct overlay *o, struct ovsdb_idl_txn *txn)
{
    uint64_t acknowledged;
    struct label *label;

    if (!txn || ovs_list_is_empty(&o->releasing)) {
        return;
    }
    acknowledged = all_acknowledged(o);
    LIST_FOR_EACH (label, in_release, &o->releasing) {
        if (label->state == LABEL_DRAINING) {
            drain(o, label, acknowledged);
        } else {
            release(o, label);
        }
    }
}
