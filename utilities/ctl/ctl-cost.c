/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl.h"
#include "hmapx.h"
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

/* Collects in 'networks' those that 'hypervisor' has ports of, each once, and
 * returns its number of ports. */
static size_t
own_networks(struct ovsdb_idl *idl,
             const struct mplsrec_hypervisor *hypervisor,
             struct hmapx *networks)
{
    const struct mplsrec_port *port;
    size_t n = 0;

    MPLSREC_PORT_FOR_EACH (port, idl) {
        if (port->hypervisor == hypervisor) {
            hmapx_add(networks, port->network);
            n++;
        }
    }
    return n;
}

/* Counts the other hypervisors whose ports share one of 'networks'. */
static size_t
count_sharers(struct ovsdb_idl *idl,
              const struct mplsrec_hypervisor *hypervisor,
              const struct hmapx *networks)
{
    struct hmapx others = HMAPX_INITIALIZER(&others);
    const struct mplsrec_port *port;
    const struct hmapx_node *node;

    MPLSREC_PORT_FOR_EACH (port, idl) {
        if (port->hypervisor && port->hypervisor != hypervisor) {
            HMAPX_FOR_EACH (node, networks) {
                if (networks_share(node->data, port->network)) {
                    hmapx_add(&others, port->hypervisor);
                }
            }
        }
    }

    size_t n = hmapx_count(&others);
    hmapx_destroy(&others);
    return n;
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
    struct hmapx networks = HMAPX_INITIALIZER(&networks);
    const struct mplsrec_label *label;
    size_t n_labels = 0, n_flows;

    size_t n_ports = own_networks(ctx->idl, hypervisor, &networks);
    MPLSREC_LABEL_FOR_EACH (label, ctx->idl) {
        n_labels += label->hypervisor == hypervisor;
    }

    table_add_row(table);
    ctl_put_text(table, hypervisor->name);
    ctl_put_integer(table, n_ports);
    ctl_put_integer(table, hmapx_count(&networks));
    ctl_put_integer(table, count_sharers(ctx->idl, hypervisor, &networks));
    ctl_put_integer(table, n_labels);
    if (count_flows(hypervisor, &n_flows)) {
        ctl_put_integer(table, n_flows);
    } else {
        ctl_put_text(table, "unknown");
    }
    hmapx_destroy(&networks);
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
