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

bool
mplsudp_drop_on_receive(enum mplsudp_drop reason)
{
    switch (reason) {
#define MPLSUDP_DROP(ENUM, NAME, TEXT) case MPLSUDP_DROP_##ENUM:
    MPLSUDP_RECEIVE_DROPS
    MPLSUDP_COMMON_DROPS
#undef MPLSUDP_DROP
        return true;

#define MPLSUDP_DROP(ENUM, NAME, TEXT) case MPLSUDP_DROP_##ENUM:
    MPLSUDP_TRANSMIT_DROPS
    MPLSUDP_ACTION_DROPS
#undef MPLSUDP_DROP
    case MPLSUDP_PASS:
    case MPLSUDP_N_VERDICTS:
    default:
        return false;
    }
}

bool
mplsudp_drop_on_transmit(enum mplsudp_drop reason)
{
    switch (reason) {
#define MPLSUDP_DROP(ENUM, NAME, TEXT) case MPLSUDP_DROP_##ENUM:
    MPLSUDP_COMMON_DROPS
    MPLSUDP_TRANSMIT_DROPS
#undef MPLSUDP_DROP
        return true;

#define MPLSUDP_DROP(ENUM, NAME, TEXT) case MPLSUDP_DROP_##ENUM:
    MPLSUDP_RECEIVE_DROPS
    MPLSUDP_ACTION_DROPS
#undef MPLSUDP_DROP
    case MPLSUDP_PASS:
    case MPLSUDP_N_VERDICTS:
    default:
        return false;
    }
}
