/* SPDX-License-Identifier: Apache-2.0
 *
 * reference: packets and checksums made without lib/, to test lib/ against.
 *
 * Everything here is written from the RFCs in the slowest and plainest way:
 * sixteen bits a step, one field after another. */

#ifndef REFERENCE_H
#define REFERENCE_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A packet under construction. */
struct ref_packet {
    uint8_t bytes[66000];
    size_t size;
};

/* An IP packet.  Addresses are 192.0.2.x style numbers in IPv4, and the last
 * four bytes behind 2001:db8:: in IPv6. */
struct ref_ip {
    uint8_t version;            /* 4 or 6. */
    uint8_t tos;
    uint8_t ttl;
    uint8_t protocol;
    uint32_t src, dst;
    uint16_t src_port, dst_port;    /* The first four bytes of the body. */
    uint16_t id;                /* IPv4. */
    uint16_t fragment;          /* IPv4: flags and offset. */
    size_t body_size;           /* Bytes behind the IP header. */
    uint8_t fill;               /* Value of the body's other bytes. */
};

/* Appends to '*p'.  'digits' are pairs of hexadecimal digits, with spaces
 * between pairs as one likes. */
void ref_put(struct ref_packet *p, const void *data, size_t size);
void ref_put16(struct ref_packet *p, uint16_t value);
void ref_put32(struct ref_packet *p, uint32_t value);
void ref_put_hex(struct ref_packet *p, const char *digits);
void ref_put_fill(struct ref_packet *p, uint8_t fill, size_t size);
void ref_put_lse(struct ref_packet *p, uint32_t label, uint8_t tc,
                 bool bottom, uint8_t ttl);
void ref_put_ethernet(struct ref_packet *p, uint64_t dst, uint64_t src,
                      uint16_t type);
void ref_put_arp(struct ref_packet *p, uint32_t sender, uint32_t target);
void ref_put_ip(struct ref_packet *p, const struct ref_ip *ip);

/* Appends a tunnel packet: an IP header by '*outer', whose protocol, ports and
 * body size do not count, a UDP header for MPLS with source port 50000, and
 * the 'size' bytes at 'body'.  The UDP checksum is zero unless 'sum'. */
void ref_put_tunnel(struct ref_packet *p, const struct ref_ip *outer,
                    const void *body, size_t size, bool sum);

/* Appends an IP packet by '*outer', whose protocol and body size do not count,
 * that carries 'protocol': the 'size' bytes at 'body'. */
void ref_put_ip_body(struct ref_packet *p, const struct ref_ip *outer,
                     uint8_t protocol, const void *body, size_t size);

/* Returns the ones' complement sum of 16-bit big-endian words (RFC 1071),
 * folded to 16 bits, not complemented, starting with 'sum'.  An odd byte at
 * the end counts as if a zero byte followed. */
uint16_t ref_sum(uint16_t sum, const uint8_t *data, size_t size);

/* Returns the sum of UDP pseudo-header and the 'size' bytes of UDP at 'udp'
 * behind the IP header at 'ip': 0xffff if the checksum in it is right. */
uint16_t ref_udp_sum(const uint8_t *ip, const uint8_t *udp, size_t size);

/* Returns the bytes of the IP header of the 'size' bytes at 'ip', with IPv4
 * options and IPv6 extension headers, and stores in '*protocol' what follows;
 * 0 if they do not fit. */
size_t ref_ip_header(const uint8_t *ip, size_t size, uint8_t *protocol);

/* Returns the bytes of the UDP or GRE header of 'protocol' at 'header', of
 * which 'size' bytes are there; 0 for IP protocol 137. */
size_t ref_tunnel_header(const uint8_t *header, size_t size,
                         uint8_t protocol);

/* Makes the IP packet at 'ip', which carries UDP, GRE or MPLS, 'size' bytes
 * long, at least its headers: sets the lengths and, where there were
 * checksums, the checksums. */
void ref_set_size(uint8_t *ip, size_t size);

/* Returns null if the 'size' bytes at 'ip' are a right IP packet without
 * options that carries 'protocol': 17 with a right UDP header, whose checksum
 * is zero unless 'sum', 47 with the GRE header of a unicast MPLS packet, or
 * 137; else what is wrong. */
const char *ref_check_tunnel(const uint8_t *ip, size_t size,
                             uint8_t protocol, bool sum);

#endif /* reference.h */
