/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl.h"
#include "sset.h"
#include "table.h"
#include "util.h"

/* Returns true if hypervisors with ports of these networks send each other
 * packets of them: they are one network, or routed to each other. */
static bool
networks_share(const struct mplsrec_network *a,
               const struct mplsrec_network *b)
{
    return a == b || (a->tenant == b->tenant && a->n_gateways
                      && b->n_gateways);
}

/* Returns true if 'port' concerns 'hypervisor', by one of its ports. */
static bool
concerns(struct ovsdb_idl *idl, const struct mplsrec_port *port,
         const struct mplsrec_hypervisor *hypervisor)
{
    const struct mplsrec_port *own;

    MPLSREC_PORT_FOR_EACH (own, idl) {
        if (own->hypervisor == hypervisor
            && networks_share(own->network, port->network)) {
            return true;
        }
    }
    return false;
}

/* Counts the flows that 'hypervisor' should have, as the controller makes
 * them.  Returns false if that is not known. */
static bool
count_flows(const struct mplsrec_hypervisor *hypervisor, size_t *n)
{
    char *reply, *refusal;
    char *error = ctl_ask_controller("flows/show", hypervisor->name, &reply,
                                     &refusal);
    bool known = !error && !refusal && reply;

    *n = 0;
    for (const char *p = known ? reply : ""; *p; p++) {
        *n += *p == '\n';
    }
    free(error);
    free(reply);
    free(refusal);
    return known;
}

static void
put_cost(struct ctl_context *ctx, struct table *table,
         const struct mplsrec_hypervisor *hypervisor)
{
    struct sset networks = SSET_INITIALIZER(&networks);
    struct sset others = SSET_INITIALIZER(&others);
    const struct mplsrec_label *label;
    const struct mplsrec_port *port;
    size_t n_ports = 0, n_labels = 0, n_flows;

    MPLSREC_PORT_FOR_EACH (port, ctx->idl) {
        if (port->hypervisor == hypervisor) {
            n_ports++;
            sset_add(&networks, port->network->name);
        } else if (port->hypervisor
                   && !sset_contains(&others, port->hypervisor->name)
                   && concerns(ctx->idl, port, hypervisor)) {
            sset_add(&others, port->hypervisor->name);
        }
    }
    MPLSREC_LABEL_FOR_EACH (label, ctx->idl) {
        n_labels += label->hypervisor == hypervisor;
    }

    table_add_row(table);
    ctl_put_text(table, hypervisor->name);
    ctl_put_integer(table, n_ports);
    ctl_put_integer(table, sset_count(&networks));
    ctl_put_integer(table, sset_count(&others));
    ctl_put_integer(table, n_labels);
    if (count_flows(hypervisor, &n_flows)) {
        ctl_put_integer(table, n_flows);
    } else {
        ctl_put_text(table, "unknown");
    }
    sset_destroy(&networks);
    sset_destroy(&others);
}

static void
cmd_cost(struct ctl_context *ctx)
{
    const struct mplsrec_hypervisor *hypervisor = NULL;

    if (ctx->argc > 1
        && !(hypervisor = ctl_find(ctx, &mplsrec_table_hypervisor,
                                   ctx->argv[1], true))) {
        return;
    }

    struct table *table = ctl_table(ctx, "hypervisor ports networks sharers "
                                    "labels flows");
    size_t n;
    const void **rows = ctl_sorted_rows(ctx, &mplsrec_table_hypervisor, &n);
    for (size_t i = 0; i < n; i++) {
        if (!hypervisor || rows[i] == hypervisor) {
            put_cost(ctx, table, rows[i]);
        }
    }
    free(rows);
}

const struct ctl_command_syntax cost_commands[] = {
    {"cost", 0, 1, "[HYPERVISOR]", ctl_pre_all, cmd_cost, NULL, "", RO},
    {NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO},
};
