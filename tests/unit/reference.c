/* SPDX-License-Identifier: Apache-2.0 */

#include "reference.h"

#include <stdlib.h>
#include <string.h>

static uint16_t
get16(const uint8_t *p)
{
    return (uint16_t) (p[0] * 256 + p[1]);
}

static void
set16(uint8_t *p, unsigned int value)
{
    p[0] = (uint8_t) (value / 256);
    p[1] = (uint8_t) value;
}

/* Sets the checksum at 'field' of what adds up to 'sum' without it. */
static void
set_sum(uint8_t *field, uint16_t sum)
{
    set16(field, 0xffffu - sum);
}

void
ref_put(struct ref_packet *p, const void *data, size_t size)
{
    if (size > sizeof p->bytes - p->size) {
        abort();
    }
    if (size) {
        memcpy(p->bytes + p->size, data, size);
    }
    p->size += size;
}

void
ref_put16(struct ref_packet *p, uint16_t value)
{
    uint8_t bytes[2];

    set16(bytes, value);
    ref_put(p, bytes, sizeof bytes);
}

void
ref_put32(struct ref_packet *p, uint32_t value)
{
    ref_put16(p, (uint16_t) (value >> 16));
    ref_put16(p, (uint16_t) value);
}

void
ref_put_hex(struct ref_packet *p, const char *digits)
{
    static const char hex[] = "0123456789abcdef";

    for (; *digits; digits++) {
        const char *high = strchr(hex, *digits), *low;

        if (*digits == ' ') {
            continue;
        }
        low = strchr(hex, *++digits);
        if (!high || !*digits || !low) {
            abort();
        }
        ref_put_fill(p, (uint8_t) ((high - hex) * 16 + (low - hex)), 1);
    }
}

void
ref_put_fill(struct ref_packet *p, uint8_t fill, size_t size)
{
    while (size-- > 0) {
        ref_put(p, &fill, 1);
    }
}

void
ref_put_lse(struct ref_packet *p, uint32_t label, uint8_t tc, bool bottom,
            uint8_t ttl)
{
    ref_put32(p, label * 4096 + tc * 512u + bottom * 256u + ttl);
}

void
ref_put_ethernet(struct ref_packet *p, uint64_t dst, uint64_t src,
                 uint16_t type)
{
    ref_put16(p, (uint16_t) (dst >> 32));
    ref_put32(p, (uint32_t) dst);
    ref_put16(p, (uint16_t) (src >> 32));
    ref_put32(p, (uint32_t) src);
    ref_put16(p, type);
}

void
ref_put_arp(struct ref_packet *p, uint32_t sender, uint32_t target)
{
    ref_put16(p, 1);
    ref_put16(p, 0x0800);
    ref_put16(p, 0x0604);
    ref_put16(p, 1);
    ref_put16(p, 0x02aa);
    ref_put32(p, sender);
    ref_put32(p, sender);
    ref_put_fill(p, 0, 6);
    ref_put32(p, target);
}

static void
put_address6(struct ref_packet *p, uint32_t address)
{
    ref_put32(p, 0x20010db8);
    ref_put_fill(p, 0, 8);
    ref_put32(p, address);
}

/* Appends the IP header of '*ip'. */
static void
put_ip_header(struct ref_packet *p, const struct ref_ip *ip)
{
    uint8_t *header = p->bytes + p->size;

    if (ip->version == 4) {
        ref_put16(p, (uint16_t) (0x4500 + ip->tos));
        ref_put16(p, (uint16_t) (20 + ip->body_size));
        ref_put16(p, ip->id);
        ref_put16(p, ip->fragment);
        ref_put16(p, (uint16_t) (ip->ttl * 256 + ip->protocol));
        ref_put16(p, 0);
        ref_put32(p, ip->src);
        ref_put32(p, ip->dst);
        set16(header + 10, 0xffffu - ref_sum(0, header, 20));
    } else {
        ref_put32(p, 0x60000000 + ip->tos * 0x100000u);
        ref_put16(p, (uint16_t) ip->body_size);
        ref_put16(p, (uint16_t) (ip->protocol * 256 + ip->ttl));
        put_address6(p, ip->src);
        put_address6(p, ip->dst);
    }
}

void
ref_put_ip(struct ref_packet *p, const struct ref_ip *ip)
{
    struct ref_packet ports = { .size = 0 };
    size_t n = ip->body_size < 4 ? ip->body_size : 4;

    put_ip_header(p, ip);
    ref_put16(&ports, ip->src_port);
    ref_put16(&ports, ip->dst_port);
    ref_put(p, ports.bytes, n);
    ref_put_fill(p, ip->fill, ip->body_size - n);
}

void
ref_put_tunnel(struct ref_packet *p, const struct ref_ip *outer,
               const void *body, size_t size, bool sum)
{
    struct ref_ip ip = *outer;
    uint8_t *header = p->bytes + p->size, *udp;

    ip.protocol = 17;
    ip.body_size = 8 + size;
    put_ip_header(p, &ip);
    udp = p->bytes + p->size;
    ref_put16(p, 50000);
    ref_put16(p, 6635);
    ref_put16(p, (uint16_t) ip.body_size);
    ref_put16(p, 0);
    ref_put(p, body, size);
    if (sum) {
        uint16_t value = ref_udp_sum(header, udp, ip.body_size);

        set_sum(udp + 6, value == 0xffff ? 0 : value);
    }
}

void
ref_put_ip_body(struct ref_packet *p, const struct ref_ip *outer,
                uint8_t protocol, const void *body, size_t size)
{
    struct ref_ip ip = *outer;

    ip.protocol = protocol;
    ip.body_size = size;
    put_ip_header(p, &ip);
    ref_put(p, body, size);
}

uint16_t
ref_sum(uint16_t sum, const uint8_t *data, size_t size)
{
    uint32_t total = sum;

    for (size_t i = 0; i < size; i += 2) {
        total += data[i] * 256u + (i + 1 < size ? data[i + 1] : 0);
        total = total % 65536 + total / 65536;
    }
    return (uint16_t) total;
}

uint16_t
ref_udp_sum(const uint8_t *ip, const uint8_t *udp, size_t size)
{
    bool ipv6 = ip[0] / 16 == 6;
    uint8_t pseudo[4] = { 0, 17 };
    uint16_t sum;

    set16(pseudo + 2, (unsigned int) size);
    sum = ref_sum(0, pseudo, sizeof pseudo);
    sum = ipv6 ? ref_sum(sum, ip + 8, 32) : ref_sum(sum, ip + 12, 8);
    return ref_sum(sum, udp, size);
}

size_t
ref_ip_header(const uint8_t *ip, size_t size, uint8_t *protocol)
{
    size_t header_size = ip[0] % 16 * 4u;

    *protocol = ip[9];
    if (ip[0] / 16 == 6) {
        header_size = 40;
        *protocol = ip[6];
        while (*protocol == 0 || *protocol == 43 || *protocol == 44
               || *protocol == 60) {
            const uint8_t *extension = ip + header_size;

            if (size < header_size + 8) {
                return 0;
            }
            header_size += *protocol == 44 ? 8 : extension[1] * 8u + 8;
            *protocol = extension[0];
        }
    }
    return header_size <= size ? header_size : 0;
}

size_t
ref_tunnel_header(const uint8_t *header, size_t size, uint8_t protocol)
{
    return protocol == 17 ? 8
           : protocol == 47 ? (size > 0 && header[0] / 128 ? 8 : 4) : 0;
}

void
ref_set_size(uint8_t *ip, size_t size)
{
    uint8_t protocol;
    size_t header_size = ref_ip_header(ip, size, &protocol);
    uint8_t *body = ip + header_size;
    size_t body_size = size - header_size;

    if (ip[0] / 16 == 6) {
        set16(ip + 4, (unsigned int) (size - 40));
    } else {
        set16(ip + 2, (unsigned int) size);
        set16(ip + 10, 0);
        set_sum(ip + 10, ref_sum(0, ip, header_size));
    }
    if (protocol == 17) {
        bool sum = body[6] || body[7];

        set16(body + 4, (unsigned int) body_size);
        set16(body + 6, 0);
        if (sum) {
            uint16_t value = ref_udp_sum(ip, body, body_size);

            set_sum(body + 6, value == 0xffff ? 0 : value);
        }
    } else if (protocol == 47 && body[0] / 128) {
        set16(body + 4, 0);
        set_sum(body + 4, ref_sum(0, body, body_size));
    }
}

static const char *
check_udp(const uint8_t *ip, const uint8_t *udp, size_t size, bool sum)
{
    if (size < 8) {
        return "UDP header is cut";
    }
    if (get16(udp + 4) != size) {
        return "UDP length";
    }
    if (!sum) {
        return get16(udp + 6) ? "UDP checksum is not zero" : NULL;
    }
    if (!get16(udp + 6)) {
        return "UDP checksum is zero";
    }
    return ref_udp_sum(ip, udp, size) != 0xffff ? "UDP checksum" : NULL;
}

const char *
ref_check_tunnel(const uint8_t *ip, size_t size, uint8_t protocol, bool sum)
{
    bool ipv6 = ip[0] / 16 == 6;
    size_t header_size = ipv6 ? 40 : 20;
    const uint8_t *body = ip + header_size;

    if (size < header_size + 4) {
        return "packet is short";
    }
    if (ipv6 ? get16(ip + 4) + 40u != size : get16(ip + 2) != size) {
        return "IP length";
    }
    if (!ipv6 && (ip[0] != 0x45 || ref_sum(0, ip, 20) != 0xffff)) {
        return "IPv4 header checksum";
    }
    if (ip[ipv6 ? 6 : 9] != protocol) {
        return "IP protocol";
    }
    switch (protocol) {
    case 17:
        return check_udp(ip, body, size - header_size, sum);
    case 47:
        return get16(body) || get16(body + 2) != 0x8847 ? "GRE header" : NULL;
    default:
        return NULL;
    }
}
