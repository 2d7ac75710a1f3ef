/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl.h"
#include "table.h"
#include "util.h"

static const struct ctl_setting network_settings[] = {
    { &mplsrec_network_col_label_scope, NULL },
    { &mplsrec_network_col_subnets, ctl_word_prefix },
    { &mplsrec_network_col_gateways, ctl_word_address },
    { &mplsrec_network_col_mtu, NULL },
    { &mplsrec_network_col_unknown_unicast, NULL },
};

static void
apply(struct ctl_context *ctx, const struct mplsrec_network *network,
      int first)
{
    ctl_apply_settings(ctx, &network->header_, first, network_settings,
                       ARRAY_SIZE(network_settings), NULL);

    char *error = NULL;
    if (!ctx->error) {
        error = ctl_network_error(ctx->idl, network);
        if (!error) {
            error = ctl_network_ports_error(ctx->idl, network);
        }
    }
    ctl_end_change(ctx, &network->header_, error);
}

static void
cmd_net_add(struct ctl_context *ctx)
{
    const struct mplsrec_tenant *tenant
        = ctl_find(ctx, &mplsrec_table_tenant, ctx->argv[1], true);
    const struct mplsrec_network *network;
    const void *existing;

    if (!tenant) {
        return;
    }
    if (ctl_begin_add(ctx, &mplsrec_table_network, ctx->argv[2], &existing)) {
        network = mplsrec_network_insert(ctx->txn);
        mplsrec_network_set_name(network, ctx->argv[2]);
        mplsrec_tenant_update_networks_addvalue(tenant, network);
    } else if (!(network = existing)) {
        return;
    } else if (network->tenant != tenant) {
        ctl_error(ctx, "network \"%s\": exists already, in tenant \"%s\"",
                  network->name, network->tenant->name);
        return;
    }

    mplsrec_network_set_tenant(network, tenant);
    apply(ctx, network, 3);
    if (existing && !ctx->error) {
        ctl_end_add(ctx, &network->header_);
    }
}

static void
cmd_net_set(struct ctl_context *ctx)
{
    const struct mplsrec_network *network
        = ctl_find(ctx, &mplsrec_table_network, ctx->argv[1], true);

    if (network) {
        apply(ctx, network, 2);
    }
}

static void
cmd_net_del(struct ctl_context *ctx)
{
    const struct mplsrec_network *network
        = ctl_find_to_delete(ctx, &mplsrec_table_network, ctx->argv[1]);
    bool cascade = shash_find(&ctx->options, "--cascade");
    const struct mplsrec_port *port;

    if (!network) {
        return;
    }
    mplsrec_network_verify_ports(network);
    MPLSREC_PORT_FOR_EACH_SAFE (port, ctx->idl) {
        if (port->network != network) {
            continue;
        }
        if (!cascade) {
            ctl_error(ctx, "network \"%s\": has port \"%s\"; delete that "
                      "first, or give --cascade", network->name, port->name);
            return;
        }
        mplsrec_network_update_ports_delvalue(network, port);
        mplsrec_port_delete(port);
    }
    mplsrec_tenant_update_networks_delvalue(network->tenant, network);
    mplsrec_network_delete(network);
}

static size_t
count_ports(struct ovsdb_idl *idl, const struct mplsrec_network *network)
{
    const struct mplsrec_port *port;
    size_t n = 0;

    MPLSREC_PORT_FOR_EACH (port, idl) {
        n += port->network == network;
    }
    return n;
}

static void
put_network(struct ctl_context *ctx, struct table *table,
            const struct mplsrec_network *network)
{
    table_add_row(table);
    ctl_put_text(table, network->tenant->name);
    ctl_put_text(table, network->name);
    ctl_put_text(table, (network->label_scope ? network->label_scope
                         : "local"));
    ctl_put_strings(table, network->subnets, network->n_subnets);
    ctl_put_strings(table, network->gateways, network->n_gateways);
    if (network->n_mtu) {
        ctl_put_integer(table, *network->mtu);
    } else {
        ctl_put_text(table, "");
    }
    ctl_put_text(table, (network->unknown_unicast ? network->unknown_unicast
                         : "drop"));
    ctl_put_integer(table, count_ports(ctx->idl, network));
    ctl_put_text(table, network->error ? network->error : "");
}

static void
cmd_net_list(struct ctl_context *ctx)
{
    const struct mplsrec_tenant *tenant = NULL;

    if (ctx->argc > 1
        && !(tenant = ctl_find(ctx, &mplsrec_table_tenant, ctx->argv[1],
                               true))) {
        return;
    }

    struct table *table = ctl_table(ctx, "tenant name label_scope subnets "
                                    "gateways mtu unknown_unicast ports "
                                    "error");
    size_t n;
    const void **rows = ctl_sorted_rows(ctx, &mplsrec_table_network, &n);
    for (size_t i = 0; i < n; i++) {
        const struct mplsrec_network *network = rows[i];

        if (!tenant || network->tenant == tenant) {
            put_network(ctx, table, network);
        }
    }
    free(rows);
}

const struct ctl_command_syntax network_commands[] = {
    {"net-add", 2, INT_MAX,
     "TENANT NEW-NETWORK [label_scope=|subnets=|gateways=|mtu=|"
     "unknown_unicast=]...",
     ctl_pre_config, cmd_net_add, NULL, "--may-exist", RW},
    {"net-set", 2, INT_MAX,
     "NETWORK label_scope=|subnets=|gateways=|mtu=|unknown_unicast=...",
     ctl_pre_config, cmd_net_set, NULL, "", RW},
    {"net-del", 1, 1, "NETWORK",
     ctl_pre_config, cmd_net_del, NULL, "--if-exists,--cascade", RW},
    {"net-list", 0, 1, "[TENANT]",
     ctl_pre_config, cmd_net_list, NULL, "", RO},
    {NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO},
};
