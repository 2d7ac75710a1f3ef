/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl.h"
#include "table.h"
#include "timeval.h"
#include "util.h"

static int
compare_labels(const void *a_, const void *b_)
{
    const struct mplsrec_label *const *a = a_;
    const struct mplsrec_label *const *b = b_;
    int cmp = strcmp((*a)->hypervisor->name, (*b)->hypervisor->name);

    return cmp ? cmp : (*a)->value < (*b)->value ? -1 : 1;
}

static void
put_label(struct table *table, const struct mplsrec_label *label)
{
    char *since = xastrftime_msec("%Y-%m-%dT%H:%M:%SZ", label->since * 1000LL,
                                  true);

    table_add_row(table);
    ctl_put_text(table, label->hypervisor->name);
    ctl_put_integer(table, label->value);
    ctl_put_text(table, label->purpose);
    ctl_put_text(table, label->network ? label->network->name : "");
    ctl_put_text(table, label->tenant ? label->tenant->name : "");
    ctl_put_text(table, label->role ? label->role : "");
    ctl_put_text(table, label->state);
    ctl_put_text(table, since);
    free(since);
}

static void
cmd_label_list(struct ctl_context *ctx)
{
    const struct mplsrec_hypervisor *hypervisor = NULL;
    const struct mplsrec_label **labels = NULL;
    const struct mplsrec_label *label;
    size_t n = 0, allocated = 0;

    if (ctx->argc > 1
        && !(hypervisor = ctl_find(ctx, &mplsrec_table_hypervisor,
                                   ctx->argv[1], true))) {
        return;
    }

    MPLSREC_LABEL_FOR_EACH (label, ctx->idl) {
        if (!label->hypervisor
            || (hypervisor && label->hypervisor != hypervisor)) {
            continue;
        }
        if (n >= allocated) {
            labels = x2nrealloc(labels, &allocated, sizeof *labels);
        }
        labels[n++] = label;
    }
    if (n) {
        qsort(labels, n, sizeof *labels, compare_labels);
    }

    struct table *table = ctl_table(ctx, "hypervisor value purpose network "
                                    "tenant role state since");
    for (size_t i = 0; i < n; i++) {
        put_label(table, labels[i]);
    }
    free(labels);
}

const struct ctl_command_syntax label_commands[] = {
    {"label-list", 0, 1, "[HYPERVISOR]",
     ctl_pre_all, cmd_label_list, NULL, "", RO},
    {NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO},
};
