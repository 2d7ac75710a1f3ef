/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl.h"
#include "table.h"
#include "util.h"

static const struct ctl_setting mac_setting = {
    &mplsrec_port_col_mac, ctl_word_mac };
static const struct ctl_setting addresses_setting = {
    &mplsrec_port_col_addresses, ctl_word_address };
static const struct ctl_setting port_settings[] = {
    { &mplsrec_port_col_mac, ctl_word_mac },
    { &mplsrec_port_col_addresses, ctl_word_address },
    { &mplsrec_port_col_interface, NULL },
    { &mplsrec_port_col_allowed_hypervisors, NULL },
    { &mplsrec_port_col_role, ctl_word_role },
};

static void
check_port(struct ctl_context *ctx, const struct mplsrec_port *port)
{
    ctl_end_change(ctx, &port->header_,
                   ctx->error ? NULL : ctl_port_error(ctx->idl, port));
}

/* Applies the MAC, addresses and settings of "port-add". */
static void
apply_port(struct ctl_context *ctx, const struct mplsrec_port *port)
{
    struct svec mac = SVEC_EMPTY_INITIALIZER;
    struct svec addresses = SVEC_EMPTY_INITIALIZER;

    svec_add(&mac, ctx->argv[3]);
    ctl_set_words(ctx, &port->header_, &mac_setting, &mac);
    ctl_apply_settings(ctx, &port->header_, 4, port_settings,
                       ARRAY_SIZE(port_settings), &addresses);
    if (!ctx->error && addresses.n) {
        ctl_set_words(ctx, &port->header_, &addresses_setting, &addresses);
    }
    check_port(ctx, port);
    svec_destroy(&mac);
    svec_destroy(&addresses);
}

static void
cmd_port_add(struct ctl_context *ctx)
{
    const struct mplsrec_network *network
        = ctl_find(ctx, &mplsrec_table_network, ctx->argv[1], true);
    const struct mplsrec_port *port;
    const void *existing;

    if (!network) {
        return;
    }
    if (ctl_begin_add(ctx, &mplsrec_table_port, ctx->argv[2], &existing)) {
        port = mplsrec_port_insert(ctx->txn);
        mplsrec_port_set_name(port, ctx->argv[2]);
        mplsrec_port_set_network(port, network);
        mplsrec_network_update_ports_addvalue(network, port);
    } else if (!(port = existing)) {
        return;
    } else if (port->network != network) {
        ctl_error(ctx, "port \"%s\": exists already, in network \"%s\"",
                  port->name, port->network->name);
        return;
    }

    apply_port(ctx, port);
    if (existing && !ctx->error) {
        ctl_end_add(ctx, &port->header_);
    }
}

static void
cmd_port_set(struct ctl_context *ctx)
{
    const struct mplsrec_port *port
        = ctl_find(ctx, &mplsrec_table_port, ctx->argv[1], true);

    if (port) {
        ctl_apply_settings(ctx, &port->header_, 2, port_settings,
                           ARRAY_SIZE(port_settings), NULL);
        check_port(ctx, port);
    }
}

static void
cmd_port_del(struct ctl_context *ctx)
{
    const struct mplsrec_port *port
        = ctl_find_to_delete(ctx, &mplsrec_table_port, ctx->argv[1]);

    if (port) {
        mplsrec_network_update_ports_delvalue(port->network, port);
        mplsrec_port_delete(port);
    }
}

/* The operator decides between claims. */
static void
cmd_port_move(struct ctl_context *ctx)
{
    const struct mplsrec_port *port
        = ctl_find(ctx, &mplsrec_table_port, ctx->argv[1], true);
    const struct mplsrec_hypervisor *hypervisor
        = (port ? ctl_find(ctx, &mplsrec_table_hypervisor, ctx->argv[2], true)
           : NULL);

    if (!hypervisor) {
        return;
    }
    mplsrec_port_verify_claims(port);
    for (size_t i = 0; i < port->n_claims; i++) {
        if (port->claims[i] == hypervisor) {
            mplsrec_port_set_hypervisor(port, hypervisor);
            return;
        }
    }

    struct ds claims = DS_EMPTY_INITIALIZER;
    for (size_t i = 0; i < port->n_claims; i++) {
        ds_put_format(&claims, "%s%s", i ? ", " : "", port->claims[i]->name);
    }
    ctl_error(ctx, "port \"%s\": hypervisor \"%s\" has no claim to it; %s%s",
              port->name, hypervisor->name,
              port->n_claims ? "give one of " : "none has",
              ds_cstr(&claims));
    ds_destroy(&claims);
}

static void
put_port(struct table *table, const struct mplsrec_port *port)
{
    struct svec claims = SVEC_EMPTY_INITIALIZER;

    for (size_t i = 0; i < port->n_claims; i++) {
        svec_add(&claims, port->claims[i]->name);
    }
    table_add_row(table);
    ctl_put_text(table, port->network->name);
    ctl_put_text(table, port->name);
    ctl_put_text(table, port->mac);
    ctl_put_strings(table, port->addresses, port->n_addresses);
    ctl_put_text(table, port->role ? port->role : "promiscuous");
    ctl_put_text(table, port->interface ? port->interface : port->name);
    ctl_put_text(table, port->hypervisor ? port->hypervisor->name : "");
    ctl_put_strings(table, claims.names, claims.n);
    ctl_put_text(table, port->state ? port->state : "");
    ctl_put_text(table, port->error ? port->error : "");
    svec_destroy(&claims);
}

static void
cmd_port_list(struct ctl_context *ctx)
{
    const struct mplsrec_network *network = NULL;

    if (ctx->argc > 1
        && !(network = ctl_find(ctx, &mplsrec_table_network, ctx->argv[1],
                                true))) {
        return;
    }

    struct table *table = ctl_table(ctx, "network name mac addresses role "
                                    "interface hypervisor claims state "
                                    "error");
    size_t n;
    const void **rows = ctl_sorted_rows(ctx, &mplsrec_table_port, &n);
    for (size_t i = 0; i < n; i++) {
        const struct mplsrec_port *port = rows[i];

        if (!network || port->network == network) {
            put_port(table, port);
        }
    }
    free(rows);
}

const struct ctl_command_syntax port_commands[] = {
    {"port-add", 3, INT_MAX,
     "NETWORK NEW-PORT MAC [ADDRESS]... [role=|interface=|"
     "allowed_hypervisors=]...",
     ctl_pre_config, cmd_port_add, NULL, "--may-exist", RW},
    {"port-set", 2, INT_MAX,
     "PORT mac=|addresses=|role=|interface=|allowed_hypervisors=...",
     ctl_pre_config, cmd_port_set, NULL, "", RW},
    {"port-del", 1, 1, "PORT",
     ctl_pre_config, cmd_port_del, NULL, "--if-exists", RW},
    {"port-move", 2, 2, "PORT HYPERVISOR",
     ctl_pre_config, cmd_port_move, NULL, "", RW},
    {"port-list", 0, 1, "[NETWORK]",
     ctl_pre_config, cmd_port_list, NULL, "", RO},
    {NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO},
};
