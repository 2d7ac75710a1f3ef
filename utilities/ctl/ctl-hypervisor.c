/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl.h"
#include "table.h"
#include "util.h"

static const struct ctl_setting datapath_id_setting = {
    &mplsrec_hypervisor_col_datapath_id, ctl_word_datapath_id };
static const struct ctl_setting endpoints_setting = {
    &mplsrec_hypervisor_col_endpoints, ctl_word_address };
static const struct ctl_setting hypervisor_settings[] = {
    { &mplsrec_hypervisor_col_datapath_id, ctl_word_datapath_id },
    { &mplsrec_hypervisor_col_endpoints, ctl_word_address },
    { &mplsrec_hypervisor_col_encaps, ctl_word_encaps },
    { &mplsrec_hypervisor_col_certificate_name, NULL },
};

static void
check_hypervisor(struct ctl_context *ctx,
                 const struct mplsrec_hypervisor *hypervisor)
{
    ctl_end_change(ctx, &hypervisor->header_,
                   (ctx->error ? NULL
                    : ctl_hypervisor_error(ctx->idl, hypervisor)));
}

static void
cmd_hv_add(struct ctl_context *ctx)
{
    struct svec datapath_id = SVEC_EMPTY_INITIALIZER;
    struct svec endpoints = SVEC_EMPTY_INITIALIZER;
    const struct mplsrec_hypervisor *hypervisor;
    const void *existing;

    if (ctl_begin_add(ctx, &mplsrec_table_hypervisor, ctx->argv[1],
                      &existing)) {
        hypervisor = mplsrec_hypervisor_insert(ctx->txn);
        mplsrec_hypervisor_set_name(hypervisor, ctx->argv[1]);
    } else if (!(hypervisor = existing)) {
        return;
    }

    svec_add(&datapath_id, ctx->argv[2]);
    ctl_set_words(ctx, &hypervisor->header_, &datapath_id_setting,
                  &datapath_id);
    ctl_apply_settings(ctx, &hypervisor->header_, 3, hypervisor_settings,
                       ARRAY_SIZE(hypervisor_settings), &endpoints);
    if (!ctx->error) {
        ctl_set_words(ctx, &hypervisor->header_, &endpoints_setting,
                      &endpoints);
    }
    check_hypervisor(ctx, hypervisor);
    if (existing && !ctx->error) {
        ctl_end_add(ctx, &hypervisor->header_);
    }
    svec_destroy(&datapath_id);
    svec_destroy(&endpoints);
}

static void
cmd_hv_set(struct ctl_context *ctx)
{
    const struct mplsrec_hypervisor *hypervisor
        = ctl_find(ctx, &mplsrec_table_hypervisor, ctx->argv[1], true);

    if (hypervisor) {
        ctl_apply_settings(ctx, &hypervisor->header_, 2, hypervisor_settings,
                           ARRAY_SIZE(hypervisor_settings), NULL);
        check_hypervisor(ctx, hypervisor);
    }
}

static void
cmd_hv_del(struct ctl_context *ctx)
{
    const struct mplsrec_hypervisor *hypervisor
        = ctl_find_to_delete(ctx, &mplsrec_table_hypervisor, ctx->argv[1]);

    if (hypervisor) {
        mplsrec_hypervisor_delete(hypervisor);
    }
}

static void
cmd_hv_list(struct ctl_context *ctx)
{
    struct table *table = ctl_table(ctx, "name datapath_id endpoints encaps "
                                    "connected programmed acknowledged "
                                    "error warning");
    size_t n;
    const void **rows = ctl_sorted_rows(ctx, &mplsrec_table_hypervisor, &n);

    for (size_t i = 0; i < n; i++) {
        const struct mplsrec_hypervisor *hypervisor = rows[i];

        table_add_row(table);
        ctl_put_text(table, hypervisor->name);
        ctl_put_text(table, hypervisor->datapath_id);
        ctl_put_strings(table, hypervisor->endpoints,
                        hypervisor->n_endpoints);
        ctl_put_text(table, hypervisor->encaps);
        ctl_put_boolean(table, hypervisor->connected);
        ctl_put_boolean(table, hypervisor->programmed);
        ctl_put_integer(table, hypervisor->acknowledged);
        ctl_put_text(table, hypervisor->error ? hypervisor->error : "");
        ctl_put_text(table, hypervisor->warning ? hypervisor->warning : "");
    }
    free(rows);
}

const struct ctl_command_syntax hypervisor_commands[] = {
    {"hv-add", 3, INT_MAX,
     "NEW-HYPERVISOR DPID ENDPOINT... [encaps=|certificate_name=]...",
     ctl_pre_config, cmd_hv_add, NULL, "--may-exist", RW},
    {"hv-set", 2, INT_MAX,
     "HYPERVISOR datapath_id=|endpoints=|encaps=|certificate_name=...",
     ctl_pre_config, cmd_hv_set, NULL, "", RW},
    {"hv-del", 1, 1, "HYPERVISOR",
     ctl_pre_config, cmd_hv_del, NULL, "--if-exists", RW},
    {"hv-list", 0, 0, "", ctl_pre_config, cmd_hv_list, NULL, "", RO},
    {NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO},
};
