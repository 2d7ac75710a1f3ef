/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl.h"
#include "smap.h"
#include "util.h"

static void
put_set(struct ds *out, const char *label, char *const *strings, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ds_put_format(out, "%s%s", i ? " " : label, strings[i]);
    }
}

static void
put_error(struct ds *out, const char *indent, const char *error)
{
    if (error) {
        ds_put_format(out, "%serror: %s\n", indent, error);
    }
}

static void
put_warning(struct ds *out, const char *indent, const char *warning)
{
    if (warning) {
        ds_put_format(out, "%swarning: %s\n", indent, warning);
    }
}

static void
show_port(struct ds *out, const struct mplsrec_port *port)
{
    ds_put_format(out, "        port \"%s\" %s", port->name, port->mac);
    put_set(out, " ", port->addresses, port->n_addresses);
    if (port->role) {
        ds_put_format(out, " %s", port->role);
    }
    ds_put_format(out, ": %s", port->state ? port->state : "unbound");
    if (port->hypervisor) {
        ds_put_format(out, " on %s", port->hypervisor->name);
    }
    for (size_t i = 0; i < port->n_claims; i++) {
        if (port->claims[i] != port->hypervisor) {
            ds_put_format(out, ", claimed by %s", port->claims[i]->name);
        }
    }
    ds_put_char(out, '\n');
    put_error(out, "            ", port->error);
}

static void
show_network(struct ctl_context *ctx, const struct mplsrec_network *network)
{
    size_t n;
    const void **ports = ctl_sorted_rows(ctx, &mplsrec_table_port, &n);
    struct ds *out = &ctx->output;

    ds_put_format(out, "    network \"%s\"", network->name);
    put_set(out, " subnets ", network->subnets, network->n_subnets);
    put_set(out, " gateways ", network->gateways, network->n_gateways);
    if (network->label_scope) {
        ds_put_format(out, " label_scope %s", network->label_scope);
    }
    if (network->n_mtu) {
        ds_put_format(out, " mtu %"PRId64, *network->mtu);
    }
    if (network->unknown_unicast) {
        ds_put_format(out, " unknown_unicast %s", network->unknown_unicast);
    }
    ds_put_char(out, '\n');
    put_error(out, "        ", network->error);
    for (size_t i = 0; i < n; i++) {
        const struct mplsrec_port *port = ports[i];

        if (port->network == network) {
            show_port(out, port);
        }
    }
    free(ports);
}

static void
show_peer(struct ds *out, const struct mplsrec_peer *peer)
{
    ds_put_format(out, "    peer \"%s\" %s", peer->name, peer->address);
    if (peer->encap) {
        ds_put_format(out, " %s", peer->encap);
    }
    ds_put_char(out, '\n');
    put_error(out, "        ", peer->error);
    for (size_t i = 0; i < peer->n_advertised; i++) {
        ds_put_format(out, "        advertises %s label %"PRId64"\n",
                      peer->key_advertised[i], peer->value_advertised[i]);
    }

    const struct smap_node **offered = smap_sort(&peer->offered);
    for (size_t i = 0; i < smap_count(&peer->offered); i++) {
        ds_put_format(out, "        is offered %s %s\n", offered[i]->key,
                      offered[i]->value);
    }
    free(offered);
}

static void
show_tenant(struct ctl_context *ctx, const struct mplsrec_tenant *tenant)
{
    size_t n_networks, n_peers;
    const void **networks = ctl_sorted_rows(ctx, &mplsrec_table_network,
                                            &n_networks);
    const void **peers = ctl_sorted_rows(ctx, &mplsrec_table_peer, &n_peers);

    ds_put_format(&ctx->output, "tenant \"%s\"\n", tenant->name);
    put_error(&ctx->output, "    ", tenant->error);
    for (size_t i = 0; i < n_networks; i++) {
        const struct mplsrec_network *network = networks[i];

        if (network->tenant == tenant) {
            show_network(ctx, network);
        }
    }
    for (size_t i = 0; i < n_peers; i++) {
        const struct mplsrec_peer *peer = peers[i];

        if (peer->tenant == tenant) {
            show_peer(&ctx->output, peer);
        }
    }
    free(networks);
    free(peers);
}

static void
show_hypervisor(struct ctl_context *ctx,
                const struct mplsrec_hypervisor *hypervisor)
{
    const struct mplsrec_label *label;
    const struct mplsrec_port *port;
    size_t n_ports = 0, n_labels = 0, n_active = 0;
    struct ds *out = &ctx->output;

    MPLSREC_PORT_FOR_EACH (port, ctx->idl) {
        n_ports += port->hypervisor == hypervisor;
    }
    MPLSREC_LABEL_FOR_EACH (label, ctx->idl) {
        n_labels += label->hypervisor == hypervisor;
        n_active += (label->hypervisor == hypervisor
                     && !strcmp(label->state, "active"));
    }
    ds_put_format(out, "hypervisor \"%s\" %s", hypervisor->name,
                  hypervisor->datapath_id);
    put_set(out, " ", hypervisor->endpoints, hypervisor->n_endpoints);
    if (hypervisor->encaps[0]) {
        ds_put_format(out, " %s", hypervisor->encaps);
    }
    ds_put_format(out, ": %s, %"PRIuSIZE" ports, %"PRIuSIZE" labels",
                  hypervisor->connected ? "connected" : "not connected",
                  n_ports, n_active);
    if (n_labels > n_active) {
        ds_put_format(out, " and %"PRIuSIZE" released",
                      n_labels - n_active);
    }
    ds_put_char(out, '\n');
    put_error(out, "    ", hypervisor->error);
    put_warning(out, "    ", hypervisor->warning);
}

static void
cmd_show(struct ctl_context *ctx)
{
    const struct mplsrec_overlay *overlay = mplsrec_overlay_first(ctx->idl);
    size_t n;
    const void **rows = ctl_sorted_rows(ctx, &mplsrec_table_tenant, &n);

    if (overlay) {
        put_error(&ctx->output, "", overlay->error);
        put_warning(&ctx->output, "", overlay->warning);
    }
    for (size_t i = 0; i < n; i++) {
        show_tenant(ctx, rows[i]);
    }
    free(rows);

    rows = ctl_sorted_rows(ctx, &mplsrec_table_hypervisor, &n);
    for (size_t i = 0; i < n; i++) {
        show_hypervisor(ctx, rows[i]);
    }
    free(rows);
}

const struct ctl_command_syntax show_commands[] = {
    {"show", 0, 0, "", ctl_pre_all, cmd_show, NULL, "", RO},
    {NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO},
};
