/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "overlay-words.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-parse.h"
#include "packets.h"
#include "util.h"

static const char *const encap_names[N_ENCAPS] = {
    [ENCAP_MPLSUDP] = "mplsudp",
    [ENCAP_MPLSGRE] = "mplsgre",
    [ENCAP_MPLSIP] = "mplsip",
};

/* Returns 'encap' as an interface type. */
const char *
overlay_encap_name(enum overlay_encap encap)
{
    return encap_names[encap];
}

/* Parses an encapsulation's name. */
char *
overlay_parse_encap(const char *s, enum overlay_encap *encap)
{
    for (size_t i = 0; i < N_ENCAPS; i++) {
        if (!strcmp(s, encap_names[i])) {
            *encap = i;
            return NULL;
        }
    }
    return xasprintf("encapsulation \"%s\": give mplsudp, mplsgre or mplsip",
                     s);
}

/* Parses encapsulations separated by commas, the preferred one first.  An
 * empty 's' gives none. */
char *
overlay_parse_encaps(const char *s, struct overlay_encaps *encaps)
{
    char *copy = xstrdup(s);
    char *error = NULL;
    char *save = NULL;

    encaps->n = 0;
    for (char *word = strtok_r(copy, ", ", &save); word && !error;
         word = strtok_r(NULL, ", ", &save)) {
        enum overlay_encap encap = ENCAP_MPLSUDP;

        error = overlay_parse_encap(word, &encap);
        for (size_t i = 0; !error && i < encaps->n; i++) {
            if (encaps->e[i] == encap) {
                error = xasprintf("encapsulations \"%s\": %s is named twice",
                                  s, word);
            }
        }
        if (!error) {
            encaps->e[encaps->n++] = encap;
        }
    }
    free(copy);
    return error;
}

/* Parses "promiscuous", "isolated" or "community:N". */
char *
overlay_parse_role(const char *s, uint32_t *role)
{
    unsigned int community;

    if (!strcmp(s, "promiscuous")) {
        *role = ROLE_PROMISCUOUS;
    } else if (!strcmp(s, "isolated")) {
        *role = ROLE_ISOLATED;
    } else if (!strncmp(s, "community:", 10) && isdigit((unsigned char) s[10])
               && str_to_uint(s + 10, 10, &community)
               && community >= 1 && community <= 65535) {
        *role = ROLE_COMMUNITY + community;
    } else {
        return xasprintf("role \"%s\": give promiscuous, isolated or "
                         "community:N, N from 1 to 65535", s);
    }
    return NULL;
}

/* Appends 'role' to 'ds', as overlay_parse_role() takes it. */
void
overlay_format_role(uint32_t role, struct ds *ds)
{
    if (role >= ROLE_COMMUNITY) {
        ds_put_format(ds, "community:%"PRIu32, role - ROLE_COMMUNITY);
    } else {
        ds_put_cstr(ds, role == ROLE_ISOLATED ? "isolated" : "promiscuous");
    }
}

static bool
parse_ip(const char *s, struct in6_addr *addr)
{
    struct in_addr ipv4;

    if (inet_pton(AF_INET, s, &ipv4) == 1) {
        in6_addr_set_mapped_ipv4(addr, ipv4.s_addr);
        return true;
    }
    return inet_pton(AF_INET6, s, addr) == 1;
}

/* Parses a unicast IPv4 or IPv6 address; IPv4 is mapped into IPv6. */
char *
overlay_parse_address(const char *s, struct in6_addr *addr)
{
    if (!parse_ip(s, addr)) {
        return xasprintf("address \"%s\": not an IPv4 or IPv6 address", s);
    }
    if (ipv6_addr_is_multicast(addr) || ipv6_is_zero(addr)
        || (IN6_IS_ADDR_V4MAPPED(addr)
            && (ip_is_multicast(in6_addr_get_mapped_ipv4(addr))
                || !in6_addr_get_mapped_ipv4(addr)
                || in6_addr_get_mapped_ipv4(addr) == htonl(UINT32_MAX)))) {
        return xasprintf("address \"%s\": not a unicast address", s);
    }
    return NULL;
}

/* Parses ADDRESS/LENGTH, in which no bits may stand behind LENGTH. */
char *
overlay_parse_prefix(const char *s, struct overlay_prefix *prefix)
{
    char text[INET6_ADDRSTRLEN];
    const char *slash = strchr(s, '/');
    unsigned int plen;

    if (!slash || slash - s >= sizeof text) {
        return xasprintf("prefix \"%s\": give ADDRESS/LENGTH", s);
    }
    ovs_strlcpy(text, s, slash - s + 1);
    if (!parse_ip(text, &prefix->addr)) {
        return xasprintf("prefix \"%s\": \"%s\" is not an IPv4 or IPv6 "
                         "address", s, text);
    }

    bool ipv4 = IN6_IS_ADDR_V4MAPPED(&prefix->addr);
    if (!isdigit((unsigned char) slash[1])
        || !str_to_uint(slash + 1, 10, &plen) || plen > (ipv4 ? 32 : 128)) {
        return xasprintf("prefix \"%s\": its length must be from 0 to %d", s,
                         ipv4 ? 32 : 128);
    }
    prefix->plen = plen + (ipv4 ? 96 : 0);

    struct in6_addr mask = ipv6_create_mask(prefix->plen);
    struct in6_addr net = ipv6_addr_bitand(&prefix->addr, &mask);
    if (!ipv6_addr_equals(&net, &prefix->addr)) {
        struct ds right = DS_EMPTY_INITIALIZER;

        ipv6_format_mapped(&net, &right);
        char *error = xasprintf("prefix \"%s\": bits are set behind its "
                                "length; give %s/%u", s, ds_cstr(&right),
                                plen);
        ds_destroy(&right);
        return error;
    }
    return NULL;
}

/* Returns true if 'addr' (IPv4 mapped) lies in 'prefix'. */
bool
overlay_prefix_contains(const struct overlay_prefix *prefix,
                        const struct in6_addr *addr)
{
    struct in6_addr mask = ipv6_create_mask(prefix->plen);
    struct in6_addr net = ipv6_addr_bitand(addr, &mask);

    return (ipv6_addr_equals(&net, &prefix->addr)
            && (prefix->plen >= 96 || !IN6_IS_ADDR_V4MAPPED(addr)));
}

/* Parses the Ethernet address of one interface: neither zero nor a group. */
char *
overlay_parse_mac(const char *s, struct eth_addr *mac)
{
    if (!eth_addr_from_string(s, mac)) {
        return xasprintf("MAC \"%s\": give six pairs of hexadecimal digits "
                         "separated by colons", s);
    }
    if (eth_addr_is_multicast(*mac) || eth_addr_is_zero(*mac)) {
        return xasprintf("MAC \"%s\": not the address of one interface", s);
    }
    return NULL;
}

/* Parses a datapath id as ovs-vsctl prints it: 16 hexadecimal digits. */
char *
overlay_parse_datapath_id(const char *s, uint64_t *datapath_id)
{
    if (strlen(s) != 16 || strspn(s, "0123456789abcdef") != 16
        || !(*datapath_id = strtoull(s, NULL, 16))) {
        return xasprintf("datapath id \"%s\": give 16 hexadecimal digits in "
                         "lower case, not all zero, as \"ovs-vsctl get bridge "
                         "br-int datapath_id\" prints them", s);
    }
    return NULL;
}
