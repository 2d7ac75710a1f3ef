/* SPDX-License-Identifier: Apache-2.0 */

#include "inner-packet.h"

#include <string.h>

#include "inet-sum.h"

enum {
    VLAN_TAG_SIZE = 4,
    VLAN_TAGS_MAX = 4           /* More are not looked behind. */
};

static bool
is_vlan(uint16_t type)
{
    return type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ;
}

void
inner_packet_skip_tags(struct inner_packet *inner)
{
    for (int i = 0; i < VLAN_TAGS_MAX && is_vlan(inner->type)
                    && inner->size - inner->l3_ofs >= VLAN_TAG_SIZE; i++) {
        inner->type = wire_get16(inner->data + inner->l3_ofs + 2);
        inner->l3_ofs += VLAN_TAG_SIZE;
    }
}

/* Replaces the 16 bits at 'p' within the IPv4 header at 'ip' by 'value'. */
static void
set_ipv4_word(uint8_t *ip, uint8_t *p, uint16_t value)
{
    uint16_t old, new, sum;

    memcpy(&old, p, sizeof old);
    wire_put16(p, value);
    memcpy(&new, p, sizeof new);
    memcpy(&sum, ip + 10, sizeof sum);
    sum = inet_sum_update(sum, old, new);
    memcpy(ip + 10, &sum, sizeof sum);
}

static void
set_ecn(uint8_t *ip, uint8_t version, uint8_t ecn)
{
    if (version == 4) {
        set_ipv4_word(ip, ip, (uint16_t) ((wire_get16(ip) & ~ECN_MASK) | ecn));
    } else {
        ip[1] = (uint8_t) ((ip[1] & ~(ECN_MASK << 4)) | ecn << 4);
    }
}

void
inner_ttl_lower(uint8_t *ip, uint8_t version, uint8_t ttl)
{
    if (inner_ip_ttl(ip, version) <= ttl) {
        return;
    }
    if (version == 4) {
        set_ipv4_word(ip, ip + 8, (uint16_t) (ttl << 8 | ip[9]));
    } else {
        ip[7] = ttl;
    }
}

enum mplsudp_drop
inner_ecn_merge(uint8_t *ip, uint8_t version, uint8_t outer_ecn)
{
    enum { DROP = 4 };
    static const uint8_t merged[4][4] = {
        /* Outer:        Not-ECT    ECT(1)    ECT(0)    CE */
        [ECN_NOT_ECT] = { ECN_NOT_ECT, ECN_NOT_ECT, ECN_NOT_ECT, DROP },
        [ECN_ECT1] =    { ECN_ECT1, ECN_ECT1, ECN_ECT1, ECN_CE },
        [ECN_ECT0] =    { ECN_ECT0, ECN_ECT1, ECN_ECT0, ECN_CE },
        [ECN_CE] =      { ECN_CE, ECN_CE, ECN_CE, ECN_CE },
    };
    uint8_t inner_ecn = inner_ip_tos(ip, version) & ECN_MASK;
    uint8_t ecn = merged[inner_ecn][outer_ecn & ECN_MASK];

    if (ecn == DROP) {
        return MPLSUDP_DROP_ECN;
    }
    if (ecn != inner_ecn) {
        set_ecn(ip, version, ecn);
    }
    return MPLSUDP_PASS;
}
