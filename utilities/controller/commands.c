/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "controller.h"
#include <stdlib.h>
#include "flows.h"
#include "high-availability.h"
#include "label-pool.h"
#include "label-ready.h"
#include "openvswitch/dynamic-string.h"
#include "overlay.h"
#include "ovsdb-idl.h"
#include "switch.h"
#include "unixctl.h"
#include "util.h"

/* Commands for ovs-appctl.  mplsudp-controller(8) documents them. */

/* ---- status, switches/show ---------------------------------------------- */

static void
cmd_status(struct unixctl_conn *conn, int argc OVS_UNUSED,
           const char *argv[] OVS_UNUSED, void *c_)
{
    const struct controller *c = c_;
    const struct overlay *o = c->overlay;
    struct ds s = DS_EMPTY_INITIALIZER;
    const struct hypervisor *hv;
    size_t n_up = 0;

    OBJECT_FOR_EACH (hv, &o->hypervisors) {
        n_up += hv->sw && switch_is_up(hv->sw);
    }
    ds_put_format(&s, "state: %s\n", high_availability_state(c->ha));
    ds_put_format(&s, "database: %s\n",
                  ovsdb_idl_is_connected(c->idl) ? "connected"
                  : "not connected");
    ds_put_format(&s, "epoch: %"PRId64"\n",
                  o->row ? o->row->controller_epoch : 0);
    ds_put_format(&s, "generation: %"PRId64", acknowledged: %"PRId64"\n",
                  o->row ? o->row->generation : 0,
                  o->row ? o->row->acknowledged : 0);
    ds_put_format(&s, "hypervisors: %"PRIuSIZE" of %"PRIuSIZE" programmed\n",
                  n_up, hmap_count(&o->hypervisors));
    ds_put_format(&s, "labels: %"PRIuSIZE", %"PRIuSIZE" being released, "
                  "global range %u%% taken\n", hmap_count(&o->labels),
                  ovs_list_size(&o->releasing),
                  label_pool_usage(o->global_pool));
    unixctl_command_reply(conn, ds_cstr(&s));
    ds_destroy(&s);
}

static int
compare_hypervisors(const void *a_, const void *b_)
{
    const struct hypervisor *const *a = a_;
    const struct hypervisor *const *b = b_;

    return strcmp((*a)->object.name, (*b)->object.name);
}

/* Returns the hypervisors by name; the caller frees the array. */
static struct hypervisor **
sort_hypervisors(const struct overlay *o, size_t *np)
{
    size_t n = 0;
    struct hypervisor *hv, **sorted
        = xmalloc(MAX(1, hmap_count(&o->hypervisors)) * sizeof *sorted);

    OBJECT_FOR_EACH (hv, &o->hypervisors) {
        sorted[n++] = hv;
    }
    qsort(sorted, n, sizeof *sorted, compare_hypervisors);
    *np = n;
    return sorted;
}

static void
cmd_switches_show(struct unixctl_conn *conn, int argc OVS_UNUSED,
                  const char *argv[] OVS_UNUSED, void *c_)
{
    const struct controller *c = c_;
    struct ds s = DS_EMPTY_INITIALIZER;
    size_t n;
    struct hypervisor **hvs = sort_hypervisors(c->overlay, &n);

    for (size_t i = 0; i < n; i++) {
        const struct hypervisor *hv = hvs[i];

        ds_put_format(&s, "%s: ", hv->object.name);
        if (hv->sw) {
            switch_format(hv->sw, &s);
        } else {
            ds_put_cstr(&s, "not connected\n");
        }
        ds_put_format(&s, "  networks: %"PRIuSIZE", labels: %"PRIuSIZE
                      ", local range %u%% taken\n",
                      ovs_list_size(&hv->sites), hmap_count(&hv->labels),
                      label_pool_usage(hv->pool));
    }
    free(hvs);
    unixctl_command_reply(conn, ds_cstr(&s));
    ds_destroy(&s);
}

/* ---- flows/show --------------------------------------------------------- */

/* Makes the flows that 'hv' should have. */
static void
make_flows(const struct overlay *o, const struct hypervisor *hv,
           struct flow_table *flows)
{
    struct accepts *accepts = accepts_create();

    flow_table_init(flows);
    flows_of_hypervisor(o, hv, flows, accepts);
    accepts_destroy(accepts);
}

static struct hypervisor *
find_connected(struct unixctl_conn *conn, const struct overlay *o,
               const char *name)
{
    struct hypervisor *hv = overlay_find_hypervisor(o, name);
    char *error = (!hv ? xasprintf("%s: no such hypervisor", name)
                   : !hv->sw || !switch_is_up(hv->sw)
                   ? xasprintf("%s: hypervisor is not connected", name)
                   : NULL);

    if (error) {
        unixctl_command_reply_error(conn, error);
        free(error);
        return NULL;
    }
    return hv;
}

static int
compare_table_flows(const void *a_, const void *b_)
{
    const struct table_flow *a = *(const struct table_flow *const *) a_;
    const struct table_flow *b = *(const struct table_flow *const *) b_;

    return (a->table_id != b->table_id
            ? (a->table_id < b->table_id ? -1 : 1)
            : a->priority != b->priority
            ? (a->priority > b->priority ? -1 : 1)
            : (a->cookie > b->cookie) - (a->cookie < b->cookie));
}

static void
format_flows(const struct flow_table *flows, struct ds *s)
{
    const struct table_flow *flow, **sorted
        = xmalloc(MAX(1, flow_table_count(flows)) * sizeof *sorted);
    size_t n = 0;

    HMAP_FOR_EACH (flow, hmap_node, &flows->flows) {
        sorted[n++] = flow;
    }
    qsort(sorted, n, sizeof *sorted, compare_table_flows);
    for (size_t i = 0; i < n; i++) {
        table_flow_format(sorted[i], s);
        ds_put_char(s, '\n');
    }
    free(sorted);
}

static void
cmd_flows_show(struct unixctl_conn *conn, int argc OVS_UNUSED,
               const char *argv[], void *c_)
{
    const struct controller *c = c_;
    struct hypervisor *hv = find_connected(conn, c->overlay, argv[1]);
    struct ds s = DS_EMPTY_INITIALIZER;
    struct flow_table flows;

    if (hv) {
        make_flows(c->overlay, hv, &flows);
        format_flows(&flows, &s);
        flow_table_destroy(&flows);
        unixctl_command_reply(conn, ds_cstr(&s));
        ds_destroy(&s);
    }
}

/* ---- check, resync ------------------------------------------------------ */

/* A "check" that waits for what switches have. */
struct check {
    const struct overlay *overlay;
    struct unixctl_conn *conn;
    struct ds text;
    size_t n_waiting;
    size_t n_flows;
    size_t n_differences;
};

struct check_switch {
    struct check *check;
    struct uuid hypervisor;
    char *name;
};

static void
check_reply(struct check *check)
{
    if (!--check->n_waiting) {
        ds_put_format(&check->text, "%"PRIuSIZE" flows, %"PRIuSIZE
                      " differences\n", check->n_flows,
                      check->n_differences);
        if (check->n_differences) {
            unixctl_command_reply_error(check->conn, ds_cstr(&check->text));
        } else {
            unixctl_command_reply(check->conn, ds_cstr(&check->text));
        }
        ds_destroy(&check->text);
        free(check);
    }
}

static void
check_difference(enum flow_change change, const struct table_flow *flow,
                 void *cs_)
{
    static const char *const names[] = {
        [FLOW_MISSING] = "is missing",
        [FLOW_OTHER] = "has other actions or another cookie",
        [FLOW_FOREIGN] = "should not be there",
    };
    struct check_switch *cs = cs_;
    struct ds *text = &cs->check->text;

    ds_put_format(text, "%s: flow %s: ", cs->name, names[change]);
    table_flow_format(flow, text);
    ds_put_char(text, '\n');
    cs->check->n_differences++;
}

static void
check_flows(const struct flow_table *have, void *cs_)
{
    struct check_switch *cs = cs_;
    struct check *check = cs->check;
    struct object *object = object_find(&check->overlay->hypervisors,
                                        &cs->hypervisor);

    if (!have || !object) {
        ds_put_format(&check->text, "%s: the connection ended\n", cs->name);
        check->n_differences++;
    } else {
        struct flow_table want;

        make_flows(check->overlay, CONTAINER_OF(object, struct hypervisor,
                                                object), &want);
        check->n_flows += flow_table_count(&want);
        flow_table_compare(have, &want, check_difference, cs);
        flow_table_destroy(&want);
    }
    free(cs->name);
    free(cs);
    check_reply(check);
}

static void
cmd_check(struct unixctl_conn *conn, int argc OVS_UNUSED,
          const char *argv[] OVS_UNUSED, void *c_)
{
    const struct controller *c = c_;
    struct check *check = xzalloc(sizeof *check);
    size_t n;
    struct hypervisor **hvs = sort_hypervisors(c->overlay, &n);

    check->overlay = c->overlay;
    check->conn = conn;
    ds_init(&check->text);
    check->n_waiting = 1;
    for (size_t i = 0; i < n; i++) {
        struct hypervisor *hv = hvs[i];

        if (hv->sw && switch_is_up(hv->sw)) {
            struct check_switch *cs = xmalloc(sizeof *cs);

            cs->check = check;
            cs->hypervisor = hv->object.uuid;
            cs->name = xstrdup(hv->object.name);
            check->n_waiting++;
            switch_read_flows(hv->sw, check_flows, cs);
        } else {
            ds_put_format(&check->text, "%s: not connected\n",
                          hv->object.name);
        }
    }
    free(hvs);
    check_reply(check);
}

static void
resync_done(const struct flow_table *have OVS_UNUSED, void *aux OVS_UNUSED)
{
}

/* Reads the switches' flows again and mends what differs. */
static void
cmd_resync(struct unixctl_conn *conn, int argc, const char *argv[], void *c_)
{
    struct controller *c = c_;
    struct hypervisor *hv;

    if (argc > 1 && !find_connected(conn, c->overlay, argv[1])) {
        return;
    }
    OBJECT_FOR_EACH (hv, &c->overlay->hypervisors) {
        if (hv->sw && switch_is_up(hv->sw)
            && (argc < 2 || !strcmp(argv[1], hv->object.name))) {
            switch_read_flows(hv->sw, resync_done, NULL);
            overlay_touch_hypervisor(c->overlay, hv);
        }
    }
    unixctl_command_reply(conn, NULL);
}

void
commands_init(struct controller *c)
{
    unixctl_command_register("status", "", 0, 0, cmd_status, c);
    unixctl_command_register("switches/show", "", 0, 0, cmd_switches_show, c);
    unixctl_command_register("flows/show", "HYPERVISOR", 1, 1,
                             cmd_flows_show, c);
    unixctl_command_register("check", "", 0, 0, cmd_check, c);
    unixctl_command_register("resync", "[HYPERVISOR]", 0, 1, cmd_resync, c);
}
