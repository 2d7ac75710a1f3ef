/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl.h"
#include "table.h"
#include "util.h"

static void
cmd_tenant_add(struct ctl_context *ctx)
{
    const void *existing;

    if (ctl_begin_add(ctx, &mplsrec_table_tenant, ctx->argv[1], &existing)) {
        mplsrec_tenant_set_name(mplsrec_tenant_insert(ctx->txn),
                                ctx->argv[1]);
    }
}

/* Deletes a tenant's rows.  The database would, when the tenant is gone, but
 * later commands of this transaction are not to see them. */
static void
delete_all(struct ctl_context *ctx, const struct mplsrec_tenant *tenant)
{
    const struct mplsrec_network *network;
    const struct mplsrec_port *port;
    const struct mplsrec_peer *peer;

    MPLSREC_PORT_FOR_EACH_SAFE (port, ctx->idl) {
        if (port->network && port->network->tenant == tenant) {
            mplsrec_network_update_ports_delvalue(port->network, port);
            mplsrec_port_delete(port);
        }
    }
    MPLSREC_NETWORK_FOR_EACH_SAFE (network, ctx->idl) {
        if (network->tenant == tenant) {
            mplsrec_tenant_update_networks_delvalue(tenant, network);
            mplsrec_network_delete(network);
        }
    }
    MPLSREC_PEER_FOR_EACH_SAFE (peer, ctx->idl) {
        if (peer->tenant == tenant) {
            mplsrec_tenant_update_peers_delvalue(tenant, peer);
            mplsrec_peer_delete(peer);
        }
    }
    mplsrec_tenant_delete(tenant);
}

static void
cmd_tenant_del(struct ctl_context *ctx)
{
    const struct mplsrec_tenant *tenant
        = ctl_find_to_delete(ctx, &mplsrec_table_tenant, ctx->argv[1]);
    const struct mplsrec_network *network;
    const struct mplsrec_peer *peer;

    if (!tenant) {
        return;
    }
    if (!shash_find(&ctx->options, "--cascade")) {
        mplsrec_tenant_verify_networks(tenant);
        mplsrec_tenant_verify_peers(tenant);
        MPLSREC_NETWORK_FOR_EACH (network, ctx->idl) {
            if (network->tenant == tenant) {
                ctl_error(ctx, "tenant \"%s\": has network \"%s\"; delete "
                          "that first, or give --cascade", tenant->name,
                          network->name);
                return;
            }
        }
        MPLSREC_PEER_FOR_EACH (peer, ctx->idl) {
            if (peer->tenant == tenant) {
                ctl_error(ctx, "tenant \"%s\": has peer \"%s\"; delete that "
                          "first, or give --cascade", tenant->name,
                          peer->name);
                return;
            }
        }
    }
    delete_all(ctx, tenant);
}

static size_t
count_networks(struct ovsdb_idl *idl, const struct mplsrec_tenant *tenant)
{
    const struct mplsrec_network *network;
    size_t n = 0;

    MPLSREC_NETWORK_FOR_EACH (network, idl) {
        n += network->tenant == tenant;
    }
    return n;
}

static size_t
count_ports(struct ovsdb_idl *idl, const struct mplsrec_tenant *tenant)
{
    const struct mplsrec_port *port;
    size_t n = 0;

    MPLSREC_PORT_FOR_EACH (port, idl) {
        n += port->network && port->network->tenant == tenant;
    }
    return n;
}

static void
cmd_tenant_list(struct ctl_context *ctx)
{
    struct table *table = ctl_table(ctx, "name networks ports error");
    size_t n;
    const void **rows = ctl_sorted_rows(ctx, &mplsrec_table_tenant, &n);

    for (size_t i = 0; i < n; i++) {
        const struct mplsrec_tenant *tenant = rows[i];

        table_add_row(table);
        ctl_put_text(table, tenant->name);
        ctl_put_integer(table, count_networks(ctx->idl, tenant));
        ctl_put_integer(table, count_ports(ctx->idl, tenant));
        ctl_put_text(table, tenant->error ? tenant->error : "");
    }
    free(rows);
}

const struct ctl_command_syntax tenant_commands[] = {
    {"tenant-add", 1, 1, "NEW-TENANT",
     ctl_pre_config, cmd_tenant_add, NULL, "--may-exist", RW},
    {"tenant-del", 1, 1, "TENANT",
     ctl_pre_config, cmd_tenant_del, NULL, "--if-exists,--cascade", RW},
    {"tenant-list", 0, 0, "", ctl_pre_config, cmd_tenant_list, NULL, "", RO},
    {NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO},
};
