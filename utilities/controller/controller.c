/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "controller.h"
#include <stdlib.h>
#include "acknowledge.h"
#include "high-availability.h"
#include "label-policy.h"
#include "label-pool.h"
#include "label-release.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "overlay.h"
#include "ovsdb-idl.h"
#include "packet-in.h"
#include "peer-offers.h"
#include "port-binding.h"
#include "program.h"
#include "simap.h"
#include "status.h"
#include "switch.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(controller);

#define LOCK_NAME "mplsudp_controller"
#define RETRY_DELAY 200         /* After a failed transaction, in ms. */
#define SETTLE_TIME 50          /* For bindings and labels, in ms. */

/* ---- What switches report ----------------------------------------------- */

static struct hypervisor *
admit_switch(uint64_t datapath_id, const char *certificate, char **errorp,
             bool *laterp, void *c_)
{
    struct controller *c = c_;
    struct hypervisor *hv = overlay_find_datapath(c->overlay, datapath_id);

    if (!hv) {
        *errorp = xasprintf("datapath id %016"PRIx64" is in no row of "
                            "Hypervisor (mplsudp-ctl hv-add)", datapath_id);
        *laterp = true;
    } else if (hv->certificate_name
               && (!certificate
                   || strcmp(certificate, hv->certificate_name))) {
        *errorp = xasprintf("hypervisor \"%s\" must show a certificate named "
                            "\"%s\", not %s%s%s", hv->object.name,
                            hv->certificate_name, certificate ? "\"" : "",
                            certificate ? certificate : "none",
                            certificate ? "\"" : "");
        hv = NULL;
    }
    return hv;
}

static void
switch_connected(struct hypervisor *hv, struct sw *sw, void *c_)
{
    struct controller *c = c_;

    program_connected(c->overlay, hv, sw);
}

static void
switch_ports_changed(struct hypervisor *hv, void *c_)
{
    struct controller *c = c_;

    port_binding_ports_changed(c->overlay, hv);
    overlay_touch_hypervisor(c->overlay, hv);
}

static void
switch_up(struct hypervisor *hv, void *c_)
{
    struct controller *c = c_;

    program_up(c->overlay, hv);
}

static void
switch_acknowledged(struct hypervisor *hv, void *c_)
{
    struct controller *c = c_;

    program_acknowledge(c->overlay, hv);
}

static void
switch_packet_in(struct hypervisor *hv, const struct ofputil_packet_in *pin,
                 void *c_)
{
    struct controller *c = c_;
    struct port *port = packet_in_handle(c->overlay, hv, pin);

    if (port) {
        port_binding_prove(c->overlay, port, hv);
    }
}

/* ---- Life --------------------------------------------------------------- */

struct controller *
controller_create(const char *db, const struct sset *methods)
{
    struct controller *c = xzalloc(sizeof *c);
    struct switch_handler handler = {
        .admit = admit_switch,
        .connected = switch_connected,
        .ports_changed = switch_ports_changed,
        .up = switch_up,
        .acknowledged = switch_acknowledged,
        .packet_in = switch_packet_in,
        .aux = c,
    };

    c->idl = ovsdb_idl_create(db, &mplsrec_idl_class, true, true);
    c->overlay = overlay_create(c->idl);
    ovsdb_idl_set_lock(c->idl, LOCK_NAME);
    c->loop = xmalloc(sizeof *c->loop);
    *c->loop = (struct ovsdb_idl_loop) OVSDB_IDL_LOOP_INITIALIZER(c->idl);
    c->switches = switches_create(methods, &handler);
    c->ha = high_availability_create(c->overlay, c->switches);
    c->acknowledge = acknowledge_create(c->overlay);
    return c;
}

/* The flows in the switches stay as they are. */
void
controller_destroy(struct controller *c)
{
    switches_destroy(c->switches);
    acknowledge_destroy(c->acknowledge);
    high_availability_destroy(c->ha);
    overlay_destroy(c->overlay);
    ovsdb_idl_loop_destroy(c->loop);
    free(c->loop);
    free(c);
}

/* Returns true if 'settled', or if flows have waited for long enough for
 * bindings and labels that are on their way, and that will change them. */
static bool
flows_may_be_made(struct controller *c, bool settled)
{
    long long int now = time_msec();

    if (!settled && !c->settle_until) {
        c->settle_until = now + SETTLE_TIME;
    }
    if (!settled && now < c->settle_until) {
        poll_timer_wait_until(c->settle_until);
        return false;
    }
    c->settle_until = 0;
    return true;
}

/* What the active controller does: bindings and labels are written here and
 * have effect in a later round, when their rows have come back. */
static void
run_active(struct controller *c, struct ovsdb_idl_txn *txn)
{
    struct overlay *o = c->overlay;
    bool settled = (txn && port_binding_is_done(o)
                    && label_policy_is_done(o));

    port_binding_run(o, txn);
    label_policy_run(o, txn);
    label_release_run(o, txn);
    peer_offers_run(o, txn);
    if (flows_may_be_made(c, settled)) {
        program_run(o);
    }
    status_run(o, txn);
    acknowledge_run(c->acknowledge, txn, settled);
    if (txn && !settled) {
        poll_immediate_wake();
    }
}

void
controller_run(struct controller *c)
{
    struct ovsdb_idl_txn *txn = ovsdb_idl_loop_run(c->loop);

    if (!ovsdb_idl_has_ever_connected(c->idl)) {
        return;
    }
    if (overlay_run(c->overlay)) {
        switches_admit_again(c->switches);
    }
    if (txn && time_msec() < c->retry_at) {
        poll_timer_wait_until(c->retry_at);
        txn = NULL;
    }
    high_availability_run(c->ha, txn);
    switches_run(c->switches);
    if (high_availability_is_active(c->ha)) {
        run_active(c, txn);
    }
}

void
controller_wait(struct controller *c)
{
    int committed = ovsdb_idl_loop_commit_and_wait(c->loop);

    if (committed >= 0) {
        label_pool_committed(c->overlay);
    }
    if (!committed) {
        c->retry_at = time_msec() + RETRY_DELAY;
        port_binding_retry(c->overlay);
        label_policy_retry(c->overlay);
        peer_offers_retry(c->overlay);
        poll_timer_wait_until(c->retry_at);
    }
    if (ovsdb_idl_has_ever_connected(c->idl)) {
        switches_wait(c->switches);
    }
}

void
controller_get_memory_usage(const struct controller *c, struct simap *usage)
{
    const struct overlay *o = c->overlay;

    simap_increase(usage, "hypervisors", hmap_count(&o->hypervisors));
    simap_increase(usage, "networks", hmap_count(&o->networks));
    simap_increase(usage, "ports", hmap_count(&o->ports));
    simap_increase(usage, "labels", hmap_count(&o->labels));
    switch_get_memory_usage(c->switches, usage);
}
