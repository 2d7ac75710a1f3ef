/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl.h"
#include "packets.h"
#include "util.h"

static char *
format_ip(const struct in6_addr *ip)
{
    struct ds ds = DS_EMPTY_INITIALIZER;

    ipv6_format_mapped(ip, &ds);
    return ds_steal_cstr(&ds);
}

char *
ctl_word_address(const char *word, char **canonical)
{
    struct in6_addr ip;
    char *error = overlay_parse_address(word, &ip);

    *canonical = error ? NULL : format_ip(&ip);
    return error;
}

char *
ctl_word_prefix(const char *word, char **canonical)
{
    struct overlay_prefix prefix;
    char *error = overlay_parse_prefix(word, &prefix);

    *canonical = NULL;
    if (!error) {
        char *ip = format_ip(&prefix.addr);
        bool ipv4 = IN6_IS_ADDR_V4MAPPED(&prefix.addr) && prefix.plen >= 96;

        *canonical = xasprintf("%s/%u", ip, prefix.plen - (ipv4 ? 96 : 0));
        free(ip);
    }
    return error;
}

char *
ctl_word_mac(const char *word, char **canonical)
{
    struct eth_addr mac;
    char *error = overlay_parse_mac(word, &mac);

    *canonical = (error ? NULL
                  : xasprintf(ETH_ADDR_FMT, ETH_ADDR_ARGS(mac)));
    return error;
}

char *
ctl_word_datapath_id(const char *word, char **canonical)
{
    uint64_t datapath_id;
    char *error = overlay_parse_datapath_id(word, &datapath_id);

    *canonical = error ? NULL : xstrdup(word);
    return error;
}

char *
ctl_word_encaps(const char *word, char **canonical)
{
    struct overlay_encaps encaps;
    char *error = overlay_parse_encaps(word, &encaps);

    *canonical = error ? NULL : xstrdup(word);
    return error;
}

char *
ctl_word_role(const char *word, char **canonical)
{
    struct ds ds = DS_EMPTY_INITIALIZER;
    uint32_t role;
    char *error = overlay_parse_role(word, &role);

    if (!error) {
        overlay_format_role(role, &ds);
    }
    *canonical = error ? NULL : ds_steal_cstr(&ds);
    return error;
}
