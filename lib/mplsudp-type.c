/* SPDX-License-Identifier: Apache-2.0 */

#include "mplsudp-type.h"

#include <string.h>

const struct mplsudp_type_info mplsudp_types[MPLSUDP_N_TYPES] = {
    [MPLSUDP_TYPE_UDP] = { "mplsudp", 17, 8 },
    [MPLSUDP_TYPE_GRE] = { "mplsgre", 47, 4 },
    [MPLSUDP_TYPE_IP] = { "mplsip", 137, 0 },
};

bool
mplsudp_type_find(const char *name, enum mplsudp_type *type)
{
    for (int i = 0; i < MPLSUDP_N_TYPES; i++) {
        if (!strcmp(name, mplsudp_types[i].name)) {
            *type = i;
            return true;
        }
    }
    return false;
}
