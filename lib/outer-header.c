/* SPDX-License-Identifier: Apache-2.0 */

#include "outer-header.h"

#include <string.h>

static const uint8_t ipv4_mapped_prefix[12] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
};

/* IPv6 extension headers that may stand before UDP (RFC 8200). */
enum {
    IPV6_HOP_BY_HOP = 0,
    IPV6_ROUTING = 43,
    IPV6_FRAGMENT = 44,
    IPV6_DESTINATION_OPTIONS = 60
};

enum {
    IPV4_MORE_FRAGMENTS = 0x2000,
    IPV4_FRAGMENT_OFFSET = 0x1fff,
    IPV6_MORE_FRAGMENTS = 0x0001,
    IPV6_FRAGMENT_OFFSET = 0xfff8
};

static void
map_ipv4(const uint8_t *address, uint8_t *out)
{
    memcpy(out, ipv4_mapped_prefix, sizeof ipv4_mapped_prefix);
    memcpy(out + sizeof ipv4_mapped_prefix, address, 4);
}

static uint64_t
ipv4_header_sum(const uint8_t *p, size_t header_size)
{
    return header_size == IPV4_SIZE ? inet_sum_add_header(0, p, IPV4_SIZE)
                                    : inet_sum_add(0, p, header_size);
}

static enum mplsudp_drop
ipv4_read(const uint8_t *p, size_t size, bool verify_sum, struct outer_ip *ip)
{
    size_t header_size = (p[0] & 0xf) * 4;
    size_t total = wire_get16(p + 2);

    if (header_size < IPV4_SIZE || total < header_size || total > size) {
        return MPLSUDP_DROP_OUTER_LENGTH;
    }
    if (verify_sum && inet_sum_finish(ipv4_header_sum(p, header_size))) {
        return MPLSUDP_DROP_IP_CHECKSUM;
    }
    ip->is_fragment = wire_get16(p + 6) & (IPV4_MORE_FRAGMENTS
                                           | IPV4_FRAGMENT_OFFSET);
    ip->is_later_fragment = wire_get16(p + 6) & IPV4_FRAGMENT_OFFSET;
    map_ipv4(p + 12, ip->src);
    map_ipv4(p + 16, ip->dst);
    ip->body = p + header_size;
    ip->body_size = total - header_size;
    ip->protocol = p[9];
    ip->tos = p[1];
    ip->ttl = p[8];
    ip->ipv6 = false;
    return MPLSUDP_PASS;
}

static bool
is_extension(uint8_t protocol)
{
    return protocol == IPV6_HOP_BY_HOP || protocol == IPV6_ROUTING
           || protocol == IPV6_FRAGMENT
           || protocol == IPV6_DESTINATION_OPTIONS;
}

/* Moves '*ip' past its IPv6 extension headers. */
static enum mplsudp_drop
ipv6_skip_extensions(struct outer_ip *ip)
{
    while (is_extension(ip->protocol) && !ip->is_later_fragment) {
        size_t extension_size = 8;      /* Of a fragment header. */

        if (ip->body_size < 8) {
            return MPLSUDP_DROP_OUTER_TRUNCATED;
        }
        if (ip->protocol == IPV6_FRAGMENT) {
            /* Without offset and more to come it is whole: RFC 6946. */
            ip->is_fragment |= (wire_get16(ip->body + 2)
                                & (IPV6_FRAGMENT_OFFSET
                                   | IPV6_MORE_FRAGMENTS)) != 0;
            ip->is_later_fragment = wire_get16(ip->body + 2)
                                    & IPV6_FRAGMENT_OFFSET;
        } else {
            extension_size = (size_t) (ip->body[1] + 1) * 8;
            if (ip->body_size < extension_size) {
                return MPLSUDP_DROP_OUTER_TRUNCATED;
            }
            if (ip->protocol == IPV6_ROUTING && ip->body[3]) {
                return MPLSUDP_DROP_OUTER_PROTOCOL; /* On its way still. */
            }
        }
        ip->protocol = ip->body[0];
        ip->body += extension_size;
        ip->body_size -= extension_size;
    }
    return MPLSUDP_PASS;
}

static enum mplsudp_drop
ipv6_read(const uint8_t *p, size_t size, struct outer_ip *ip)
{
    size_t body_size = wire_get16(p + 4);

    if (size < IPV6_SIZE) {
        return MPLSUDP_DROP_OUTER_TRUNCATED;
    }
    if (body_size > size - IPV6_SIZE) {
        return MPLSUDP_DROP_OUTER_LENGTH;
    }
    if (!memcmp(p + 8, ipv4_mapped_prefix, sizeof ipv4_mapped_prefix)) {
        return MPLSUDP_DROP_UNKNOWN_SOURCE;     /* Never on the wire. */
    }
    memcpy(ip->src, p + 8, OUTER_ADDRESS_SIZE);
    memcpy(ip->dst, p + 24, OUTER_ADDRESS_SIZE);
    ip->body = p + IPV6_SIZE;
    ip->body_size = body_size;
    ip->protocol = p[6];
    ip->tos = inner_ip_tos(p, 6);
    ip->ttl = p[7];
    ip->ipv6 = true;
    ip->is_fragment = ip->is_later_fragment = false;
    return ipv6_skip_extensions(ip);
}

enum mplsudp_drop
outer_ip_read(const uint8_t *data, size_t size, bool verify_sum,
              struct outer_ip *ip)
{
    if (size < IPV4_SIZE) {
        return MPLSUDP_DROP_OUTER_TRUNCATED;
    }
    ip->header = data;
    switch (data[0] >> 4) {
    case 4:
        return ipv4_read(data, size, verify_sum, ip);
    case 6:
        return ipv6_read(data, size, ip);
    default:
        return MPLSUDP_DROP_OUTER_PROTOCOL;
    }
}

enum mplsudp_drop
outer_udp_read(const struct outer_ip *ip, struct outer_udp *udp)
{
    const uint8_t *p = ip->body;

    if (ip->protocol != OUTER_PROTOCOL_UDP) {
        return MPLSUDP_DROP_OUTER_PROTOCOL;
    }
    if (ip->body_size < OUTER_UDP_SIZE) {
        return MPLSUDP_DROP_OUTER_TRUNCATED;
    }
    udp->src_port = wire_get16(p);
    udp->dst_port = wire_get16(p + 2);
    udp->size = wire_get16(p + 4);
    udp->has_sum = wire_get16(p + 6) != 0;
    return MPLSUDP_PASS;
}

enum mplsudp_drop
outer_udp_check(const struct outer_ip *ip, const struct outer_udp *udp)
{
    return udp->size < OUTER_UDP_SIZE || udp->size > ip->body_size
           ? MPLSUDP_DROP_OUTER_LENGTH : MPLSUDP_PASS;
}

uint64_t
outer_pseudo_sum(const uint8_t *ip, bool ipv6, size_t size)
{
    uint64_t sum = (uint64_t) inet_sum_word(OUTER_PROTOCOL_UDP)
                   + inet_sum_word((uint16_t) size);

    return ipv6 ? inet_sum_add_header(sum, ip + 8, 32)
                : inet_sum_add_header(sum, ip + 12, 8);
}

bool
outer_udp_sum_ok(const struct outer_ip *ip, size_t size)
{
    uint64_t sum = outer_pseudo_sum(ip->header, ip->ipv6, size);

    return !inet_sum_finish(inet_sum_add(sum, ip->body, size));
}

size_t
outer_ip_write(const struct outer_params *params, uint8_t *out)
{
    uint8_t *ip = out + ETHERNET_SIZE;

    memcpy(out, params->eth_dst, 6);
    memcpy(out + 6, params->eth_src, 6);
    wire_put16(out + 12, params->ipv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
    if (params->ipv6) {
        wire_put32(ip, UINT32_C(6) << 28 | (uint32_t) params->tos << 20);
        wire_put16(ip + 4, 0);
        ip[6] = params->protocol;
        ip[7] = params->ttl;
        memcpy(ip + 8, params->ip_src, OUTER_ADDRESS_SIZE);
        memcpy(ip + 24, params->ip_dst, OUTER_ADDRESS_SIZE);
        return ETHERNET_SIZE + IPV6_SIZE;
    }
    ip[0] = 0x45;
    ip[1] = params->tos;
    wire_put32(ip + 2, 0);              /* Length, identification. */
    wire_put16(ip + 6, params->dont_fragment ? 0x4000 : 0);
    ip[8] = params->ttl;
    ip[9] = params->protocol;
    wire_put16(ip + 10, 0);
    memcpy(ip + 12, params->ip_src + 12, 4);
    memcpy(ip + 16, params->ip_dst + 12, 4);
    return ETHERNET_SIZE + IPV4_SIZE;
}
