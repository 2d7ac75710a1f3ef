/* SPDX-License-Identifier: Apache-2.0
 *
 * test-vectors: the tunnel packets of tests/vectors/packets.txt, each read,
 * sent again if lib/ sends such packets, and cut short at every byte. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "label-stack.h"
#include "tunnel.h"
#include "unit.h"
#include "vectors.h"

#ifndef MPLSUDP_VECTORS
#define MPLSUDP_VECTORS "tests/vectors"
#endif

enum { ETHERNET = 14 };

static unsigned int n_vectors;

/* Returns the bytes of the IP packet at 'ip' by its own length. */
static size_t
ip_length(const uint8_t *ip)
{
    return ip[0] >> 4 == 6 ? 40 + (size_t) (ip[4] << 8 | ip[5])
                           : (size_t) (ip[2] << 8 | ip[3]);
}

/* Returns true if the headers of 'v' are without options and extensions. */
static bool
is_plain(const struct vector *v)
{
    const uint8_t *ip = v->frame + ETHERNET;

    return v->frame_size >= ETHERNET + 48
           && (ip[0] == 0x45 ? ip[9] == 17 : ip[0] >> 4 == 6 && ip[6] == 17);
}

/* Returns the offset of the label stack in the frame of 'v', plain. */
static size_t
stack_ofs(const struct vector *v)
{
    return ETHERNET + (v->frame[ETHERNET] >> 4 == 6 ? 48 : 28);
}

/* Returns the bytes of the label stack in the frame of 'v', which passes. */
static size_t
stack_size(const struct vector *v)
{
    const uint8_t *start = v->frame + stack_ofs(v), *p = start;

    while (!(p[2] & 1)) {
        p += 4;
    }
    return (size_t) (p + 4 - start);
}

/* Sets the congestion mark of the packet that starts 'ofs' into '*payload':
 * IPv4, with a new checksum, or IPv6. */
static void
set_ecn(struct ref_packet *payload, size_t ofs, int64_t ecn)
{
    uint8_t *ip = payload->bytes + ofs;

    if (ip[0] >> 4 == 4) {
        uint16_t sum;

        ip[1] = (uint8_t) ((ip[1] & 0xfc) | ecn);
        memset(ip + 10, 0, 2);
        sum = (uint16_t) ~ref_sum(0, ip, (size_t) (ip[0] & 15) * 4);
        ip[10] = (uint8_t) (sum >> 8);
        ip[11] = (uint8_t) sum;
    } else {
        ip[1] = (uint8_t) ((ip[1] & 0xcf) | ecn << 4);
    }
}

/* Reads the packet and compares what is said of it.  Returns true if it
 * passes, as it should. */
static bool
test_decode(const struct vector *v, struct tunnel_inner *received)
{
    static struct ref_packet expected;
    const uint8_t *ip = v->frame + ETHERNET;
    size_t end = ETHERNET + ip_length(ip);
    enum mplsudp_drop verdict = tunnel_receive(&v->config, ip,
                                               v->frame_size - ETHERNET,
                                               received);
    bool keep = v->config.payload == MPLSUDP_PAYLOAD_MPLS;

    if (!unit_verdict("verdict", v->verdict, verdict) || verdict) {
        return false;
    }
    unit_number("has_key", !keep, received->inner.has_key);
    if (v->key != VECTOR_NONE) {
        unit_number("key", (uint64_t) v->key, received->inner.key);
    }
    unit_number("type", (uint64_t) v->type, received->inner.type);
    unit_number("size", (uint64_t) v->size, received->inner.size);

    if (is_plain(v)) {
        end = stack_ofs(v) - 8;
        end += (size_t) (v->frame[end + 4] << 8 | v->frame[end + 5]);
    }
    expected.size = 0;
    ref_put(&expected, v->frame + end - received->inner.size,
            received->inner.size);
    if (v->ecn != VECTOR_NONE) {
        set_ecn(&expected, v->type ? 0 : ETHERNET, v->ecn);
    }
    unit_bytes("payload", expected.bytes, received->payload.bytes,
               expected.size);
    return true;
}

/* Sends what came out again, with the headers' own TTL, TOS and so on, and
 * compares all bytes. */
static void
test_reencode(const struct vector *v, const struct tunnel_inner *received)
{
    static struct ref_packet out;
    const uint8_t *ip = v->frame + ETHERNET, *lse = v->frame + stack_ofs(v);
    bool ipv6 = ip[0] >> 4 == 6;
    const uint8_t *udp = lse - 8;
    enum mplsudp_drop verdict;
    struct tunnel t;

    tunnel_init(&t, "entropy=false", ipv6,
                v->key == VECTOR_NONE ? 0 : (uint64_t) v->key);
    t.config.payload = v->config.payload;
    t.config.control_word = v->config.control_word;
    t.config.csum = udp[6] || udp[7];
    t.config.label_tc = lse[2] >> 1 & 7;
    t.config.label_ttl = lse[3];
    t.config.dst_port = (uint16_t) (udp[2] << 8 | udp[3]);
    t.params.fixed_src_port = (uint16_t) (udp[0] << 8 | udp[1]);
    t.params.outer.dont_fragment = !ipv6 && ip[6] & 0x40;
    t.params.outer.ttl = ip[ipv6 ? 7 : 8];
    t.params.outer.tos = (uint8_t) (ipv6 ? ip[0] << 4 | ip[1] >> 4 : ip[1]);
    memcpy(t.params.outer.eth_dst, v->frame, 6);
    memcpy(t.params.outer.eth_src, v->frame + 6, 6);
    memcpy(t.params.outer.ip_src, received->outer.ip.src, 16);
    memcpy(t.params.outer.ip_dst, received->outer.ip.dst, 16);
    tunnel_build(&t);
    verdict = tunnel_send(&t, &received->payload, received->inner.type, &out);
    if (unit_verdict("re-encode", MPLSUDP_PASS, verdict)
        && unit_number("re-encoded size", v->frame_size, out.size)) {
        unit_bytes("re-encoded", v->frame, out.bytes, out.size);
    }
    tunnel_destroy(&t);
}

/* Cuts the packet, whose IP length then says more than is there. */
static void
test_cut(const struct vector *v)
{
    static struct tunnel_inner received;
    const uint8_t *ip = v->frame + ETHERNET;

    for (size_t n = 0; n < v->frame_size - ETHERNET; n++) {
        enum mplsudp_drop verdict = tunnel_receive(&v->config, ip, n,
                                                   &received);

        if (n < 20 || n < ip_length(ip)) {
            unit_true("cut packet is refused", verdict != MPLSUDP_PASS);
        }
    }
}

/* Returns the least number of bytes from the label stack on that 'v', which
 * passes, needs: without a payload, or with the payload's first header. */
static size_t
least_body(const struct vector *v)
{
    size_t stack = stack_size(v);
    const uint8_t *payload = v->frame + stack_ofs(v) + stack;

    if (v->config.payload == MPLSUDP_PAYLOAD_MPLS) {
        return stack;
    }
    switch (v->type) {
    case 0:
        return stack + 14 + (v->config.control_word ? 4 : 0);
    case 0x0800:
        return stack + (size_t) (payload[0] & 15) * 4;
    default:
        return stack + 40;
    }
}

/* Cuts the packet and makes the outer lengths and checksums right. */
static void
test_cut_inner(const struct vector *v)
{
    static struct tunnel_inner received;
    const uint8_t *ip = v->frame + ETHERNET;
    size_t headers = stack_ofs(v) - ETHERNET;
    size_t full = ip_length(ip);

    if (full > v->frame_size - ETHERNET || full < headers) {
        return;
    }
    for (size_t n = headers; n < full; n++) {
        uint8_t *copy = unit_copy(ip, n);
        enum mplsudp_drop verdict;
        bool ok;

        ref_set_size(copy, n);
        verdict = tunnel_receive(&v->config, copy, n, &received);
        if (v->verdict == MPLSUDP_PASS) {
            ok = n - headers >= least_body(v);
            unit_number("cut payload passes", ok, verdict == MPLSUDP_PASS);
        }
        free(copy);
    }
}

static void
test_vector(const struct vector *v)
{
    static struct tunnel_inner received;
    bool passes;

    n_vectors++;
    unit_case("%s", v->name);
    passes = test_decode(v, &received);
    if (passes && v->reencode) {
        test_reencode(v, &received);
    }
    test_cut(v);
    if (is_plain(v)) {
        test_cut_inner(v);
    }
}

void
test_vectors(void)
{
    const char *folder = getenv("MPLSUDP_VECTORS");
    const char *error;
    char name[1024];
    int line;

    snprintf(name, sizeof name, "%s/packets.txt",
             folder ? folder : MPLSUDP_VECTORS);
    n_vectors = 0;
    error = vectors_read(name, test_vector, &line);
    unit_case("%s line %d", name, line);
    unit_text("file", NULL, error);
    unit_true("holds vectors", n_vectors > 0);
}
