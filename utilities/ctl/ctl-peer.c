/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl.h"
#include "packets.h"
#include "smap.h"
#include "table.h"
#include "util.h"

static const struct ctl_setting peer_settings[] = {
    { &mplsrec_peer_col_address, ctl_word_address },
    { &mplsrec_peer_col_encap, NULL },
};

/* Sets in 'advertised' what "PREFIX=LABEL" in 'arg' says; an empty LABEL takes
 * the prefix out. */
static char *
parse_advertised(const char *arg, struct smap *advertised)
{
    char *word = xmemdup0(arg, strcspn(arg, "="));
    const char *value = arg + strlen(word) + 1;
    char *prefix;
    char *error = ctl_word_prefix(word, &prefix);
    int label;

    if (!error && !value[0]) {
        smap_remove(advertised, prefix);
    } else if (!error && (!str_to_int(value, 10, &label)
                          || label < 16 || label > 1048575)) {
        error = xasprintf("label \"%s\" of prefix %s: give a number from 16 "
                          "to 1048575", value, prefix);
    } else if (!error) {
        smap_replace(advertised, prefix, value);
    }
    free(prefix);
    free(word);
    return error;
}

static void
set_advertised(const struct mplsrec_peer *peer, const struct smap *advertised)
{
    size_t n = smap_count(advertised);
    const char **prefixes = xcalloc(n + 1, sizeof *prefixes);
    int64_t *labels = xcalloc(n + 1, sizeof *labels);
    struct smap_node *node;
    size_t i = 0;

    SMAP_FOR_EACH (node, advertised) {
        prefixes[i] = node->key;
        labels[i++] = atoi(node->value);
    }
    mplsrec_peer_verify_advertised(peer);
    mplsrec_peer_set_advertised(peer, prefixes, labels, n);
    free(prefixes);
    free(labels);
}

/* Applies the arguments from 'first' on: settings, and PREFIX=LABEL. */
static void
apply(struct ctl_context *ctx, const struct mplsrec_peer *peer, int first)
{
    struct smap advertised = SMAP_INITIALIZER(&advertised);
    int argc = ctx->argc;

    for (size_t i = 0; i < peer->n_advertised; i++) {
        smap_add_format(&advertised, peer->key_advertised[i], "%"PRId64,
                        peer->value_advertised[i]);
    }
    for (int i = first; i < argc && !ctx->error; i++) {
        const char *arg = ctx->argv[i];
        const char *slash = strchr(arg, '/');

        if (slash && strchr(slash, '=')) {
            ctl_take_error(ctx, parse_advertised(arg, &advertised));
        } else {
            ctx->argc = i + 1;
            ctl_apply_settings(ctx, &peer->header_, i, peer_settings,
                               ARRAY_SIZE(peer_settings), NULL);
            ctx->argc = argc;
        }
    }
    if (!ctx->error) {
        set_advertised(peer, &advertised);
    }
    ctl_end_change(ctx, &peer->header_,
                   ctx->error ? NULL : ctl_peer_error(ctx->idl, peer));
    smap_destroy(&advertised);
}

static void
cmd_peer_add(struct ctl_context *ctx)
{
    const struct mplsrec_tenant *tenant
        = ctl_find(ctx, &mplsrec_table_tenant, ctx->argv[1], true);
    const struct mplsrec_peer *peer;
    const void *existing;

    if (!tenant) {
        return;
    }
    if (ctl_begin_add(ctx, &mplsrec_table_peer, ctx->argv[2], &existing)) {
        peer = mplsrec_peer_insert(ctx->txn);
        mplsrec_peer_set_name(peer, ctx->argv[2]);
        mplsrec_peer_set_tenant(peer, tenant);
        mplsrec_tenant_update_peers_addvalue(tenant, peer);
    } else if (!(peer = existing)) {
        return;
    } else if (peer->tenant != tenant) {
        ctl_error(ctx, "peer \"%s\": exists already, for tenant \"%s\"",
                  peer->name, peer->tenant->name);
        return;
    }

    char *address;
    char *error = ctl_word_address(ctx->argv[3], &address);
    if (error) {
        ctl_take_error(ctx, error);
        return;
    }
    mplsrec_peer_set_address(peer, address);
    free(address);
    apply(ctx, peer, 4);
    if (existing && !ctx->error) {
        ctl_end_add(ctx, &peer->header_);
    }
}

static void
cmd_peer_set(struct ctl_context *ctx)
{
    const struct mplsrec_peer *peer
        = ctl_find(ctx, &mplsrec_table_peer, ctx->argv[1], true);

    if (peer) {
        apply(ctx, peer, 2);
    }
}

static void
cmd_peer_del(struct ctl_context *ctx)
{
    const struct mplsrec_peer *peer
        = ctl_find_to_delete(ctx, &mplsrec_table_peer, ctx->argv[1]);

    if (peer) {
        mplsrec_tenant_update_peers_delvalue(peer->tenant, peer);
        mplsrec_peer_delete(peer);
    }
}

static void
put_peer(struct table *table, const struct mplsrec_peer *peer)
{
    struct svec routes = SVEC_EMPTY_INITIALIZER;
    struct smap_node *node;

    table_add_row(table);
    ctl_put_text(table, peer->tenant->name);
    ctl_put_text(table, peer->name);
    ctl_put_text(table, peer->address);
    ctl_put_text(table, peer->encap ? peer->encap : "");
    for (size_t i = 0; i < peer->n_advertised; i++) {
        svec_add_nocopy(&routes, xasprintf("%s=%"PRId64,
                                           peer->key_advertised[i],
                                           peer->value_advertised[i]));
    }
    ctl_put_strings(table, routes.names, routes.n);
    svec_clear(&routes);
    SMAP_FOR_EACH (node, &peer->offered) {
        svec_add_nocopy(&routes, xasprintf("%s=%s", node->key, node->value));
    }
    svec_sort(&routes);
    ctl_put_strings(table, routes.names, routes.n);
    ctl_put_text(table, peer->error ? peer->error : "");
    svec_destroy(&routes);
}

static void
cmd_peer_list(struct ctl_context *ctx)
{
    const struct mplsrec_tenant *tenant = NULL;

    if (ctx->argc > 1
        && !(tenant = ctl_find(ctx, &mplsrec_table_tenant, ctx->argv[1],
                               true))) {
        return;
    }

    struct table *table = ctl_table(ctx, "tenant name address encap "
                                    "advertised offered error");
    size_t n;
    const void **rows = ctl_sorted_rows(ctx, &mplsrec_table_peer, &n);
    for (size_t i = 0; i < n; i++) {
        const struct mplsrec_peer *peer = rows[i];

        if (!tenant || peer->tenant == tenant) {
            put_peer(table, peer);
        }
    }
    free(rows);
}

const struct ctl_command_syntax peer_commands[] = {
    {"peer-add", 3, INT_MAX,
     "TENANT NEW-PEER ADDRESS [encap=]... [PREFIX=LABEL]...",
     ctl_pre_config, cmd_peer_add, NULL, "--may-exist", RW},
    {"peer-set", 2, INT_MAX,
     "PEER [address=|encap=]... [PREFIX=LABEL]...",
     ctl_pre_config, cmd_peer_set, NULL, "", RW},
    {"peer-del", 1, 1, "PEER",
     ctl_pre_config, cmd_peer_del, NULL, "--if-exists", RW},
    {"peer-list", 0, 1, "[TENANT]",
     ctl_pre_config, cmd_peer_list, NULL, "", RO},
    {NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO},
};
