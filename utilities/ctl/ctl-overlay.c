/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl.h"
#include "util.h"

static const struct ctl_setting overlay_settings[] = {
    { &mplsrec_overlay_col_label_min, NULL },
    { &mplsrec_overlay_col_label_max, NULL },
    { &mplsrec_overlay_col_global_label_min, NULL },
    { &mplsrec_overlay_col_global_label_max, NULL },
    { &mplsrec_overlay_col_label_hold, NULL },
    { &mplsrec_overlay_col_drain, NULL },
    { &mplsrec_overlay_col_default_encap, NULL },
};

/* The row itself is made before any command that changes something. */
static void
cmd_init(struct ctl_context *ctx)
{
    const struct mplsrec_overlay *overlay = mplsrec_overlay_first(ctx->idl);

    ctl_apply_settings(ctx, &overlay->header_, 1, overlay_settings,
                       ARRAY_SIZE(overlay_settings), NULL);
    if (!ctx->error) {
        ctl_take_error(ctx, ctl_overlay_error(overlay));
    }
}

static void
cmd_sync(struct ctl_context *ctx OVS_UNUSED)
{
    ctl_request_sync();
}

const struct ctl_command_syntax overlay_commands[] = {
    {"init", 0, INT_MAX,
     "[label_min=|label_max=|global_label_min=|global_label_max=|"
     "label_hold=|drain=|default_encap=]...",
     ctl_pre_config, cmd_init, NULL, "", RW},
    {"sync", 0, 0, "", NULL, cmd_sync, NULL, "", RW},
    {NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO},
};
