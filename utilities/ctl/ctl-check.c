/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl.h"
#include <stdarg.h>
#include "ctl-options.h"
#include "daemon.h"
#include "dirs.h"
#include "jsonrpc.h"
#include "ovsdb-data.h"
#include "unixctl.h"
#include "util.h"

/* ---- Asking the controller ---------------------------------------------- */

static char *
controller_socket(char **path)
{
    const char *target = ctl_options.controller;

    if (strchr(target, '/')) {
        *path = xstrdup(target);
        return NULL;
    }

    char *pidfile = xasprintf("%s/%s.pid", ovs_rundir(), target);
    pid_t pid = read_pidfile(pidfile);
    char *error = (pid < 0 ? xasprintf("controller: %s: %s; give "
                                       "--controller=SOCKET", pidfile,
                                       ovs_strerror(-pid)) : NULL);

    *path = xasprintf("%s/%s.%ld.ctl", ovs_rundir(), target, (long int) pid);
    free(pidfile);
    return error;
}

char *
ctl_ask_controller(const char *command, const char *arg, char **reply,
                   char **refusal)
{
    char *args[] = { CONST_CAST(char *, arg) };
    struct jsonrpc *client;
    char *path;

    *reply = *refusal = NULL;
    char *error = controller_socket(&path);
    if (!error) {
        int retval = unixctl_client_create(path, &client);

        if (retval) {
            error = xasprintf("controller: %s: %s", path,
                              ovs_strerror(retval));
        } else {
            retval = unixctl_client_transact(client, command, arg != NULL,
                                             args, reply, refusal);
            if (retval) {
                error = xasprintf("controller: %s: %s: %s", path, command,
                                  ovs_retval_to_string(retval));
            }
            jsonrpc_close(client);
        }
    }
    free(path);
    return error;
}

/* ---- Checking the database ---------------------------------------------- */

static void
put_problem(struct ctl_context *ctx, const struct ovsdb_idl_row *row,
            const char *problem)
{
    char *text = ctl_describe_row(row);

    ds_put_format(&ctx->output, "%s: %s\n", text, problem);
    ctl_exit_status = EXIT_FAILURE;
    free(text);
}

/* Prints 'error', unless it is NULL, and frees it. */
static void
take_problem(struct ctl_context *ctx, const struct ovsdb_idl_row *row,
             char *error)
{
    if (error) {
        put_problem(ctx, row, error);
        free(error);
    }
}

/* Columns whose words the schema does not check. */
static const struct {
    size_t table;
    struct ctl_setting setting;
} checked_columns[] = {
    { MPLSREC_TABLE_HYPERVISOR,
      { &mplsrec_hypervisor_col_datapath_id, ctl_word_datapath_id } },
    { MPLSREC_TABLE_HYPERVISOR,
      { &mplsrec_hypervisor_col_endpoints, ctl_word_address } },
    { MPLSREC_TABLE_HYPERVISOR,
      { &mplsrec_hypervisor_col_encaps, ctl_word_encaps } },
    { MPLSREC_TABLE_NETWORK,
      { &mplsrec_network_col_subnets, ctl_word_prefix } },
    { MPLSREC_TABLE_NETWORK,
      { &mplsrec_network_col_gateways, ctl_word_address } },
    { MPLSREC_TABLE_PORT, { &mplsrec_port_col_mac, ctl_word_mac } },
    { MPLSREC_TABLE_PORT,
      { &mplsrec_port_col_addresses, ctl_word_address } },
    { MPLSREC_TABLE_PORT, { &mplsrec_port_col_role, ctl_word_role } },
    { MPLSREC_TABLE_PEER,
      { &mplsrec_peer_col_address, ctl_word_address } },
    { MPLSREC_TABLE_PEER,
      { &mplsrec_peer_col_advertised, ctl_word_prefix } },
};

static void
check_word(struct ctl_context *ctx, const struct ovsdb_idl_row *row,
           const struct ctl_setting *setting, const char *word)
{
    char *canonical;
    char *error = setting->word(word, &canonical);

    if (!error && strcmp(word, canonical)) {
        error = xasprintf("%s %s: write it as %s", setting->column->name,
                          word, canonical);
    }
    take_problem(ctx, row, error);
    free(canonical);
}

static void
check_words(struct ctl_context *ctx)
{
    for (size_t i = 0; i < ARRAY_SIZE(checked_columns); i++) {
        const struct ctl_setting *setting = &checked_columns[i].setting;
        const struct ovsdb_idl_table_class *table
            = &mplsrec_table_classes[checked_columns[i].table];

        for (const struct ovsdb_idl_row *row
                 = ovsdb_idl_first_row(ctx->idl, table);
             row; row = ovsdb_idl_next_row(row)) {
            const struct ovsdb_datum *datum
                = ovsdb_idl_read(row, setting->column);

            for (size_t j = 0; j < datum->n; j++) {
                check_word(ctx, row, setting, datum->keys[j].s->string);
            }
        }
    }
}

static void
check_rules(struct ctl_context *ctx)
{
    const struct mplsrec_overlay *overlay = mplsrec_overlay_first(ctx->idl);
    const struct mplsrec_hypervisor *hypervisor;
    const struct mplsrec_network *network;
    const struct mplsrec_port *port;
    const struct mplsrec_peer *peer;

    if (overlay) {
        take_problem(ctx, &overlay->header_, ctl_overlay_error(overlay));
    }
    MPLSREC_HYPERVISOR_FOR_EACH (hypervisor, ctx->idl) {
        take_problem(ctx, &hypervisor->header_,
                     ctl_hypervisor_error(ctx->idl, hypervisor));
    }
    MPLSREC_NETWORK_FOR_EACH (network, ctx->idl) {
        take_problem(ctx, &network->header_,
                     ctl_network_error(ctx->idl, network));
    }
    MPLSREC_PORT_FOR_EACH (port, ctx->idl) {
        take_problem(ctx, &port->header_, ctl_port_error(ctx->idl, port));
    }
    MPLSREC_PEER_FOR_EACH (peer, ctx->idl) {
        take_problem(ctx, &peer->header_, ctl_peer_error(ctx->idl, peer));
    }
}

/* A row's owner, both ways. */
static const struct {
    size_t owner, owned;        /* Tables. */
    const struct ovsdb_idl_column *down, *up;
} references[] = {
    { MPLSREC_TABLE_TENANT, MPLSREC_TABLE_NETWORK,
      &mplsrec_tenant_col_networks, &mplsrec_network_col_tenant },
    { MPLSREC_TABLE_TENANT, MPLSREC_TABLE_PEER,
      &mplsrec_tenant_col_peers, &mplsrec_peer_col_tenant },
    { MPLSREC_TABLE_NETWORK, MPLSREC_TABLE_PORT,
      &mplsrec_network_col_ports, &mplsrec_port_col_network },
    { MPLSREC_TABLE_HYPERVISOR, MPLSREC_TABLE_LABEL,
      &mplsrec_hypervisor_col_labels, &mplsrec_label_col_hypervisor },
};

/* The row exists, so that some owner lists it; is it the one that it names? */
static void
check_owner(struct ctl_context *ctx, size_t i, const struct ovsdb_idl_row *row)
{
    const struct ovsdb_datum *up = ovsdb_idl_read(row, references[i].up);
    const struct ovsdb_idl_row *owner
        = ovsdb_idl_get_row_for_uuid(
            ctx->idl, &mplsrec_table_classes[references[i].owner],
            &up->keys[0].uuid);
    union ovsdb_atom key = { .uuid = row->uuid };

    if (!owner
        || !ovsdb_datum_find_key(ovsdb_idl_read(owner, references[i].down),
                                 &key, OVSDB_TYPE_UUID, NULL)) {
        char *text = owner ? ctl_describe_row(owner) : xstrdup("nothing");

        take_problem(ctx, row,
                     xasprintf("its %s is %s, whose %s lack it",
                               references[i].up->name, text,
                               references[i].down->name));
        free(text);
    }
}

static void
check_owners(struct ctl_context *ctx)
{
    for (size_t i = 0; i < ARRAY_SIZE(references); i++) {
        for (const struct ovsdb_idl_row *row
                 = ovsdb_idl_first_row(
                     ctx->idl, &mplsrec_table_classes[references[i].owned]);
             row; row = ovsdb_idl_next_row(row)) {
            check_owner(ctx, i, row);
        }
    }
}

static bool
network_is_on(struct ovsdb_idl *idl, const struct mplsrec_network *network,
              const struct mplsrec_hypervisor *hypervisor)
{
    const struct mplsrec_port *port;

    MPLSREC_PORT_FOR_EACH (port, idl) {
        if (port->network == network && port->hypervisor == hypervisor) {
            return true;
        }
    }
    return false;
}

static void
check_labels(struct ctl_context *ctx)
{
    const struct mplsrec_label *label;

    MPLSREC_LABEL_FOR_EACH (label, ctx->idl) {
        if (label->network && !strcmp(label->state, "active")
            && !network_is_on(ctx->idl, label->network, label->hypervisor)) {
            take_problem(ctx, &label->header_,
                         xasprintf("is active, but hypervisor \"%s\" has no "
                                   "port of the network",
                                   label->hypervisor->name));
        }
    }
}

static void
check_switches(struct ctl_context *ctx)
{
    char *reply, *refusal;
    char *error = ctl_ask_controller("check", NULL, &reply, &refusal);

    if (error) {
        ds_put_format(&ctx->output, "%s\n", error);
    } else {
        ds_put_cstr(&ctx->output, refusal ? refusal : reply);
    }
    if (error || refusal) {
        ctl_exit_status = EXIT_FAILURE;
    }
    free(error);
    free(reply);
    free(refusal);
}

static void
cmd_check(struct ctl_context *ctx)
{
    check_words(ctx);
    check_rules(ctx);
    check_owners(ctx);
    check_labels(ctx);
    check_switches(ctx);
}

const struct ctl_command_syntax check_commands[] = {
    {"check", 0, 0, "", ctl_pre_all, cmd_check, NULL, "", RO},
    {NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO},
};
