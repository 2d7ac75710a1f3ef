/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "status.h"
#include <stdlib.h>
#include "label-pool.h"
#include "overlay.h"
#include "switch.h"
#include "util.h"

static void
write_hypervisor(const struct hypervisor *hv)
{
    bool up = hv->sw && switch_is_up(hv->sw);
    char *warning = label_pool_warning(hv->pool, hv->object.name);

    mplsrec_hypervisor_set_connected(hv->row, up);
    if (up) {
        mplsrec_hypervisor_set_programmed(hv->row, true);
    }
    mplsrec_hypervisor_set_error(hv->row, hv->object.error);
    mplsrec_hypervisor_set_warning(hv->row, warning);
    free(warning);
}

static void
write_overlay(struct overlay *o)
{
    char *warning = label_pool_warning(o->global_pool, "global scope");

    mplsrec_overlay_set_error(o->row, o->error);
    mplsrec_overlay_set_warning(o->row, warning);
    free(warning);
}

void
status_run(struct overlay *o, struct ovsdb_idl_txn *txn)
{
    const struct hypervisor *hv;
    const struct network *network;
    const struct tenant *tenant;
    const struct peer *peer;

    if (!txn || !o->row) {
        return;
    }
    write_overlay(o);
    OBJECT_FOR_EACH (hv, &o->hypervisors) {
        write_hypervisor(hv);
    }
    OBJECT_FOR_EACH (network, &o->networks) {
        mplsrec_network_set_error(network->row, (network->object.error
                                                 ? network->object.error
                                                 : network->labels.error));
    }
    OBJECT_FOR_EACH (tenant, &o->tenants) {
        mplsrec_tenant_set_error(tenant->row, tenant->labels.error);
    }
    OBJECT_FOR_EACH (peer, &o->peers) {
        mplsrec_peer_set_error(peer->row, peer->object.error);
    }
}
