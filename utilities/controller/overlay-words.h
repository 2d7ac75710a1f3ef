/* SPDX-License-Identifier: Apache-2.0
 *
 * overlay-words: the words of MPLS_Overlay's columns, as text and as values.
 *
 * mplsudp-ctl refuses with these functions what a user types wrong, and the
 * controller what a row says wrong.  Each parse function returns NULL if 's'
 * is right and otherwise an error, which says what would be right and which
 * the caller must free. */

#ifndef OVERLAY_WORDS_H
#define OVERLAY_WORDS_H 1

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include "openvswitch/compiler.h"
#include "openvswitch/types.h"

struct ds;

/* The tunnel types, in the order in which 'default_encap' names them. */
enum overlay_encap {
    ENCAP_MPLSUDP,
    ENCAP_MPLSGRE,
    ENCAP_MPLSIP,
};
#define N_ENCAPS 3

/* Encapsulations in order of preference. */
struct overlay_encaps {
    enum overlay_encap e[N_ENCAPS];
    size_t n;
};

const char *overlay_encap_name(enum overlay_encap);
char *overlay_parse_encap(const char *, enum overlay_encap *)
    OVS_WARN_UNUSED_RESULT;
char *overlay_parse_encaps(const char *, struct overlay_encaps *)
    OVS_WARN_UNUSED_RESULT;

/* Roles of ports (RFC 5517): promiscuous ports reach all, isolated ports the
 * promiscuous ones, and community N itself and the promiscuous ones. */
#define ROLE_PROMISCUOUS UINT32_C(0)
#define ROLE_ISOLATED UINT32_C(1)
#define ROLE_COMMUNITY UINT32_C(0x10000) /* Plus N, 1...65535. */

char *overlay_parse_role(const char *, uint32_t *role) OVS_WARN_UNUSED_RESULT;
void overlay_format_role(uint32_t role, struct ds *);

/* Returns true if frames of a port whose role is 'sender' may come to one
 * whose role is 'receiver'. */
static inline bool
overlay_role_reaches(uint32_t sender, uint32_t receiver)
{
    return (sender == ROLE_PROMISCUOUS || receiver == ROLE_PROMISCUOUS
            || (sender == receiver && sender != ROLE_ISOLATED));
}

/* An IPv4 or IPv6 prefix.  IPv4 is mapped into IPv6 and 'plen' counts from
 * there, 96...128. */
struct overlay_prefix {
    struct in6_addr addr;       /* Without bits behind 'plen'. */
    unsigned int plen;          /* 0...128. */
};

char *overlay_parse_address(const char *, struct in6_addr *)
    OVS_WARN_UNUSED_RESULT;
char *overlay_parse_prefix(const char *, struct overlay_prefix *)
    OVS_WARN_UNUSED_RESULT;
bool overlay_prefix_contains(const struct overlay_prefix *,
                             const struct in6_addr *);


char *overlay_parse_mac(const char *, struct eth_addr *)
    OVS_WARN_UNUSED_RESULT;
char *overlay_parse_datapath_id(const char *, uint64_t *)
    OVS_WARN_UNUSED_RESULT;

#endif /* overlay-words.h */
