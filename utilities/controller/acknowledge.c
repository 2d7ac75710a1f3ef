/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "acknowledge.h"
#include <stdlib.h>
#include "label-policy.h"
#include "overlay.h"
#include "port-binding.h"
#include "program.h"
#include "switch.h"
#include "util.h"

/* A generation, while it makes its way. */
struct acknowledge {
    struct overlay *overlay;
    int64_t generation;         /* Whose barriers were sent. */
    size_t n_barriers;          /* Not answered yet. */
};

struct acknowledge *
acknowledge_create(struct overlay *o)
{
    struct acknowledge *ack = xzalloc(sizeof *ack);

    ack->overlay = o;
    ack->generation = -1;
    return ack;
}

void
acknowledge_destroy(struct acknowledge *ack)
{
    free(ack);
}

static void
barrier_done(void *ack_)
{
    struct acknowledge *ack = ack_;

    ack->n_barriers--;
}

/* A switch answers a barrier behind the news of ports that appeared before,
 * for instance by "ovs-vsctl add-port". */
static void
ask_for_news(struct acknowledge *ack)
{
    struct hypervisor *hv;

    OBJECT_FOR_EACH (hv, &ack->overlay->hypervisors) {
        if (hv->sw && switch_is_up(hv->sw)) {
            ack->n_barriers++;
            switch_send_barrier(hv->sw, barrier_done, ack);
        }
    }
}

static void
write_acknowledged(struct acknowledge *ack)
{
    struct hypervisor *hv;

    OBJECT_FOR_EACH (hv, &ack->overlay->hypervisors) {
        if (hv->sw && switch_is_up(hv->sw)) {
            mplsrec_hypervisor_set_acknowledged(hv->row, ack->generation);
        }
    }
    mplsrec_overlay_set_acknowledged(ack->overlay->row, ack->generation);
}

void
acknowledge_run(struct acknowledge *ack, struct ovsdb_idl_txn *txn,
                bool quiet)
{
    const struct overlay *o = ack->overlay;

    if (!o->row || o->row->acknowledged == o->row->generation) {
        return;
    }
    if (!ack->n_barriers && ack->generation != o->row->generation) {
        ack->generation = o->row->generation;
        ask_for_news(ack);
    }
    if (!ack->n_barriers && ack->generation == o->row->generation && quiet
        && txn && port_binding_is_done(o) && label_policy_is_done(o)
        && program_is_done(o)) {
        write_acknowledged(ack);
    }
}
