/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "high-availability.h"
#include <stdlib.h>
#include "openvswitch/vlog.h"
#include "overlay.h"
#include "ovsdb-idl.h"
#include "program.h"
#include "switch.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(high_availability);

struct high_availability {
    struct overlay *overlay;
    struct switches *switches;
    enum { STANDBY, TAKING, ACTIVE } state;
    int64_t epoch;              /* Own, once TAKING. */
};

struct high_availability *
high_availability_create(struct overlay *o, struct switches *switches)
{
    struct high_availability *ha = xzalloc(sizeof *ha);

    ha->overlay = o;
    ha->switches = switches;
    ha->state = STANDBY;
    return ha;
}

void
high_availability_destroy(struct high_availability *ha)
{
    free(ha);
}

/* The switches want a slave, too, to know the newest epoch. */
static void
stand_by(struct high_availability *ha, const struct mplsrec_overlay *row)
{
    if (ha->state != STANDBY) {
        VLOG_INFO("another controller is active: standing by");
        ha->state = STANDBY;
        program_stand_by(ha->overlay);
    }
    if (row) {
        switches_set_role(ha->switches, false, row->controller_epoch);
    }
}

/* Writes the next epoch, and the row in Overlay if there is none yet. */
static void
take_over(struct high_availability *ha, struct ovsdb_idl_txn *txn)
{
    const struct mplsrec_overlay *row = ha->overlay->row;

    if (row) {
        mplsrec_overlay_verify_controller_epoch(row);
    } else {
        row = mplsrec_overlay_insert(txn);
    }
    /* Switches remember the greatest epoch, also when the database was made
     * anew or an old one was restored. */
    int64_t last = ha->overlay->row ? row->controller_epoch : 0;
    ha->epoch = MAX(last + 1, time_wall());
    mplsrec_overlay_set_controller_epoch(row, ha->epoch);
    ha->state = TAKING;
}

void
high_availability_run(struct high_availability *ha, struct ovsdb_idl_txn *txn)
{
    const struct mplsrec_overlay *row = ha->overlay->row;
    struct ovsdb_idl *idl = ha->overlay->idl;

    if (ovsdb_idl_is_lock_contended(idl)) {
        stand_by(ha, row);
    } else if (!ovsdb_idl_has_lock(idl)) {
        /* No connection, or no answer yet. */
    } else if (row && ha->epoch && row->controller_epoch == ha->epoch) {
        if (ha->state != ACTIVE) {
            VLOG_INFO("this controller is active, epoch %"PRId64, ha->epoch);
            ha->state = ACTIVE;
            switches_set_role(ha->switches, true, ha->epoch);
        }
    } else if (txn) {
        take_over(ha, txn);
    }
}

bool
high_availability_is_active(const struct high_availability *ha)
{
    return ha->state == ACTIVE;
}

const char *
high_availability_state(const struct high_availability *ha)
{
    return (ha->state == ACTIVE ? "active"
            : ha->state == TAKING ? "taking over" : "standby");
}
