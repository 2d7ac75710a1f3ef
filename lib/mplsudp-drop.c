/* SPDX-License-Identifier: Apache-2.0 */

#include "mplsudp-drop.h"

static const struct {
    const char *name;
    const char *text;
} reasons[MPLSUDP_N_VERDICTS] = {
    [MPLSUDP_PASS] = { "pass", "not refused" },
#define MPLSUDP_DROP(ENUM, NAME, TEXT) \
    [MPLSUDP_DROP_##ENUM] = { #NAME, TEXT },
    MPLSUDP_DROPS
#undef MPLSUDP_DROP
};

const char *
mplsudp_drop_name(enum mplsudp_drop reason)
{
    return (unsigned int) reason < MPLSUDP_N_VERDICTS
           ? reasons[reason].name : "unknown";
}

const char *
mplsudp_drop_text(enum mplsudp_drop reason)
{
    return (unsigned int) reason < MPLSUDP_N_VERDICTS
           ? reasons[reason].text : "unknown reason";
}
