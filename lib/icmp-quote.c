/* SPDX-License-Identifier: Apache-2.0 */

#include "icmp-quote.h"

#include <string.h>

#include "inet-sum.h"
#include "label-entropy.h"
#include "label-stack.h"
#include "wire.h"

enum {
    ICMP4_PROTOCOL = 1,
    ICMP4_UNREACHABLE = 3,
    ICMP4_FRAGMENTATION_NEEDED = 4,
    ICMP6_PROTOCOL = 58,
    ICMP6_TOO_BIG = 2,

    ICMP_HEADER_SIZE = 8,       /* Of both, before the quote. */
    QUOTED_BODY_MIN = 8         /* Least quote behind the IP header: RFC 792,
                                 * and much less than RFC 4443 asks for. */
};

/* A quoted packet, as far as the error has it. */
struct quoted {
    const uint8_t *data;
    size_t size;                /* Bytes of it that are there. */
    bool ipv6;
};

const char *
icmp_quote_name(enum icmp_quote_verdict reason)
{
    static const char *const names[ICMP_QUOTE_N_VERDICTS] = {
#define ICMP_QUOTE_REASON(ENUM, NAME, TEXT) [ICMP_QUOTE_##ENUM] = #NAME,
        ICMP_QUOTE_REASONS
#undef ICMP_QUOTE_REASON
    };

    return names[reason];
}

const char *
icmp_quote_text(enum icmp_quote_verdict reason)
{
    static const char *const texts[ICMP_QUOTE_N_VERDICTS] = {
#define ICMP_QUOTE_REASON(ENUM, NAME, TEXT) [ICMP_QUOTE_##ENUM] = TEXT,
        ICMP_QUOTE_REASONS
#undef ICMP_QUOTE_REASON
    };

    return texts[reason];
}

/* Reads the IP header of the error. */
static enum icmp_quote_verdict
read_error_ip(const uint8_t *data, size_t size, struct outer_ip *ip)
{
    enum mplsudp_drop drop = outer_ip_read(data, size, true, ip);

    if (drop) {
        return drop == MPLSUDP_DROP_IP_CHECKSUM ? ICMP_QUOTE_CHECKSUM
               : drop == MPLSUDP_DROP_OUTER_PROTOCOL
                 || drop == MPLSUDP_DROP_UNKNOWN_SOURCE
                 ? ICMP_QUOTE_OTHER_ERROR
               : ICMP_QUOTE_TRUNCATED;
    }
    if (ip->protocol != (ip->ipv6 ? ICMP6_PROTOCOL : ICMP4_PROTOCOL)) {
        return ICMP_QUOTE_OTHER_ERROR;
    }
    return ip->is_fragment ? ICMP_QUOTE_FRAGMENT : ICMP_QUOTE_PASS;
}

/* Returns true if the checksum of the ICMP message at 'ip->body' is right: RFC
 * 792, RFC 4443 section 2.3. */
static bool
icmp_sum_ok(const struct outer_ip *ip)
{
    uint64_t sum = 0;

    if (ip->ipv6) {
        uint8_t rest[8] = { 0 };

        wire_put32(rest, (uint32_t) ip->body_size);
        rest[7] = ICMP6_PROTOCOL;
        sum = inet_sum_add_header(0, ip->header + 8, 2 * OUTER_ADDRESS_SIZE);
        sum = inet_sum_add_header(sum, rest, sizeof rest);
    }
    return !inet_sum_finish(inet_sum_add(sum, ip->body, ip->body_size));
}

/* Reads the ICMP header at 'ip->body' and finds what follows it. */
static enum icmp_quote_verdict
read_icmp(const struct outer_ip *ip, struct quoted *quoted, uint32_t *mtu)
{
    const uint8_t *icmp = ip->body;

    if (ip->body_size < ICMP_HEADER_SIZE) {
        return ICMP_QUOTE_TRUNCATED;
    }
    if (ip->ipv6 ? icmp[0] != ICMP6_TOO_BIG
                 : icmp[0] != ICMP4_UNREACHABLE
                   || icmp[1] != ICMP4_FRAGMENTATION_NEEDED) {
        return ICMP_QUOTE_OTHER_ERROR;
    }
    if (!icmp_sum_ok(ip)) {
        return ICMP_QUOTE_CHECKSUM;
    }

    *mtu = ip->ipv6 ? wire_get32(icmp + 4) : wire_get16(icmp + 6);
    if (*mtu < (ip->ipv6 ? ICMP_QUOTE_MTU_MIN6 : ICMP_QUOTE_MTU_MIN4)) {
        return ICMP_QUOTE_TOO_SMALL;
    }
    quoted->data = icmp + ICMP_HEADER_SIZE;
    quoted->size = ip->body_size - ICMP_HEADER_SIZE;
    quoted->ipv6 = ip->ipv6;
    if (!ip->ipv6) {
        /* Extensions may follow, behind what the length in words says, or
         * without it behind 128 bytes (RFC 4884 sections 4.1 and 5.5). */
        size_t quote_size = icmp[5] ? (size_t) icmp[5] * 4 : 128;

        if (quoted->size > quote_size) {
            quoted->size = quote_size;
        }
    }
    return ICMP_QUOTE_PASS;
}

/* Finds the tunnel type that sends IP protocol 'protocol'. */
static bool
type_from_protocol(uint8_t protocol, enum mplsudp_type *type)
{
    for (int i = 0; i < MPLSUDP_N_TYPES; i++) {
        if (mplsudp_types[i].protocol == protocol) {
            *type = i;
            return true;
        }
    }
    return false;
}

/* Reads the IP header of '*quoted', moves that past it, and cuts off what does
 * not belong to the quoted packet.  The IPv4 header checksum is not looked at:
 * routers quote the header before or after they have changed the TTL. */
static enum icmp_quote_verdict
read_quoted_ip(const struct outer_ip *ip, struct quoted *quoted,
               struct icmp_quote *quote)
{
    const uint8_t *p = quoted->data;
    size_t header_size = quoted->ipv6 ? IPV6_SIZE : IPV4_SIZE;
    size_t address_size = quoted->ipv6 ? OUTER_ADDRESS_SIZE : 4;
    size_t address_ofs = OUTER_ADDRESS_SIZE - address_size;
    const uint8_t *src = p + header_size - 2 * address_size;

    if (quoted->size < header_size + QUOTED_BODY_MIN) {
        return ICMP_QUOTE_TRUNCATED;
    }
    if (p[0] >> 4 != (quoted->ipv6 ? 6 : 4)) {
        return ICMP_QUOTE_HEADER;
    }

    /* Both addresses are of one family, so they share the prefix. */
    memcpy(quote->src, ip->dst, sizeof quote->src);
    memcpy(quote->dst, ip->dst, sizeof quote->dst);
    memcpy(quote->dst + address_ofs, src + address_size, address_size);
    if (memcmp(quote->src + address_ofs, src, address_size)) {
        return ICMP_QUOTE_SOURCE;
    }
    if (!type_from_protocol(p[quoted->ipv6 ? 6 : 9], &quote->type)) {
        return ICMP_QUOTE_OTHER_PROTOCOL;
    }

    /* No options; only a packet that must not be fragmented can be too big,
     * and a fragment must be of another sender. */
    if (!quoted->ipv6 && (p[0] != 0x45 || wire_get16(p + 6) != 0x4000)) {
        return ICMP_QUOTE_HEADER;
    }
    quote->size = quoted->ipv6 ? (size_t) wire_get16(p + 4) + IPV6_SIZE
                               : wire_get16(p + 2);
    if (quoted->size > quote->size) {
        quoted->size = quote->size;
        if (quoted->size < header_size + QUOTED_BODY_MIN) {
            return ICMP_QUOTE_HEADER;
        }
    }
    quoted->data += header_size;
    quoted->size -= header_size;
    return ICMP_QUOTE_PASS;
}

/* Reads the tunnel header of '*quoted', of which QUOTED_BODY_MIN bytes are
 * there, and moves that past it. */
static enum icmp_quote_verdict
read_quoted_tunnel(struct quoted *quoted, struct icmp_quote *quote)
{
    const uint8_t *p = quoted->data;
    size_t ip_size = quoted->ipv6 ? IPV6_SIZE : IPV4_SIZE;

    quote->src_port = quote->dst_port = 0;
    quote->has_udp_sum = false;
    switch (quote->type) {
    case MPLSUDP_TYPE_UDP:
        quote->src_port = wire_get16(p);
        quote->dst_port = wire_get16(p + 2);
        quote->has_udp_sum = wire_get16(p + 6) != 0;
        if (quote->src_port < ENTROPY_PORT_MIN
            || wire_get16(p + 4) != quote->size - ip_size) {
            return ICMP_QUOTE_HEADER;
        }
        break;

    case MPLSUDP_TYPE_GRE:
        if (wire_get32(p) != ETHERTYPE_MPLS) {
            return ICMP_QUOTE_HEADER;   /* RFC 4023 section 4: no options. */
        }
        break;

    case MPLSUDP_TYPE_IP:
    default:
        break;
    }
    quoted->data += mplsudp_types[quote->type].header_size;
    quoted->size -= mplsudp_types[quote->type].header_size;
    return ICMP_QUOTE_PASS;
}

/* Returns true if what '*quoted' has of a label stack is legal. */
static bool
label_stack_ok(const struct quoted *quoted)
{
    enum mplsudp_drop verdict;
    size_t skip;

    verdict = label_stack_check(quoted->data, quoted->size, &skip);
    return verdict == MPLSUDP_PASS
           || verdict == MPLSUDP_DROP_STACK_TRUNCATED;
}

enum icmp_quote_verdict
icmp_quote_read(const uint8_t *data, size_t size, struct icmp_quote *quote)
{
    enum icmp_quote_verdict verdict;
    struct quoted quoted;
    struct outer_ip ip;

    verdict = read_error_ip(data, size, &ip);
    if (!verdict) {
        verdict = read_icmp(&ip, &quoted, &quote->mtu);
    }
    if (!verdict) {
        verdict = read_quoted_ip(&ip, &quoted, quote);
    }
    if (!verdict) {
        verdict = read_quoted_tunnel(&quoted, quote);
    }
    if (!verdict && !label_stack_ok(&quoted)) {
        verdict = ICMP_QUOTE_LABEL_STACK;
    }
    if (!verdict && quote->mtu >= quote->size) {
        verdict = ICMP_QUOTE_FITTED;
    }
    return verdict;
}
