/* SPDX-License-Identifier: Apache-2.0
 *
 * test-vectors: the tunnel packets of the files in tests/vectors/, each read,
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

/* Where things are in the frame of a vector. */
struct layout {
    size_t header;              /* UDP or GRE header. */
    size_t stack;               /* Label stack. */
};

/* Finds the parts of the frame of 'v'.  Returns false if its outer headers do
 * not fit. */
static bool
find_parts(const struct vector *v, struct layout *layout)
{
    const uint8_t *ip = v->frame + ETHERNET;
    size_t size = v->frame_size - ETHERNET, ip_header;
    uint8_t protocol;

    if (v->frame_size < ETHERNET + 20
        || (ip[0] >> 4 != 4 && v->frame_size < ETHERNET + 40)) {
        return false;
    }
    ip_header = ref_ip_header(ip, size, &protocol);
    layout->header = ETHERNET + ip_header;
    layout->stack = layout->header
                    + ref_tunnel_header(ip + ip_header, size - ip_header,
                                        protocol);
    return ip_header
           && protocol == tunnel_types[v->config.type].protocol
           && layout->stack <= v->frame_size;
}

/* Returns the bytes of the label stack at 'start'. */
static size_t
stack_size(const uint8_t *start)
{
    const uint8_t *p = start;

    while (!(p[2] & 1)) {
        p += 4;
    }
    return (size_t) (p + 4 - start);
}

/* Returns the offset of the IP header in '*payload' of 'type', if there is
 * one. */
static size_t
ip_ofs(const struct ref_packet *payload, int64_t type)
{
    size_t ofs;

    switch (type) {
    case 0:
        return ETHERNET;
    case 0x8847:
    case 0x8848:
        ofs = stack_size(payload->bytes);
        return payload->bytes[ofs] >> 4 ? ofs : ofs + 4 + ETHERNET;
    default:
        return 0;
    }
}

/* Changes the IP packet at 'ip' as 'v' says, with a new IPv4 checksum. */
static void
change(const struct vector *v, uint8_t *ip)
{
    bool ipv4 = ip[0] >> 4 == 4;
    size_t size = (size_t) (ip[0] & 15) * 4;

    if (v->ecn != VECTOR_NONE) {
        ip[1] = (uint8_t) (ipv4 ? (ip[1] & 0xfc) | v->ecn
                                : (ip[1] & 0xcf) | v->ecn << 4);
    }
    if (v->ttl != VECTOR_NONE) {
        ip[ipv4 ? 8 : 7] = (uint8_t) v->ttl;
    }
    if (ipv4) {
        uint16_t sum;

        memset(ip + 10, 0, 2);
        sum = (uint16_t) ~ref_sum(0, ip, size);
        ip[10] = (uint8_t) (sum >> 8);
        ip[11] = (uint8_t) sum;
    }
}

/* Returns the offset in the frame of 'v' where its payload should end. */
static size_t
payload_end(const struct vector *v, const struct layout *layout)
{
    const uint8_t *header = v->frame + layout->header;

    return v->config.type == MPLSUDP_TYPE_UDP
           ? layout->header + (size_t) (header[4] << 8 | header[5])
           : ETHERNET + ip_length(v->frame + ETHERNET);
}

/* Reads the packet and compares what is said of it.  Returns true if it
 * passes, as it should. */
static bool
test_decode(const struct vector *v, const struct layout *layout,
            struct tunnel_inner *received)
{
    static struct ref_packet expected;
    enum mplsudp_drop verdict = tunnel_receive(&v->config,
                                               v->frame + ETHERNET,
                                               v->frame_size - ETHERNET,
                                               received);
    bool keep = v->config.payload == MPLSUDP_PAYLOAD_MPLS;

    if (!unit_verdict("verdict", v->verdict, verdict) || verdict
        || !unit_true("layout", layout != NULL)) {
        return false;
    }
    unit_number("has_key", !keep, received->inner.has_key);
    if (v->key != VECTOR_NONE) {
        unit_number("key", (uint64_t) v->key, received->inner.key);
    }
    unit_number("type", (uint64_t) v->type, received->inner.type);
    unit_number("size", (uint64_t) v->size, received->inner.size);

    expected.size = 0;
    ref_put(&expected,
            v->frame + payload_end(v, layout) - received->inner.size,
            received->inner.size);
    if (v->ecn != VECTOR_NONE || v->ttl != VECTOR_NONE) {
        change(v, expected.bytes + ip_ofs(&expected, v->type));
    }
    unit_bytes("payload", expected.bytes, received->payload.bytes,
               expected.size);
    return true;
}

/* Sets the sending port '*t' up as the sender of 'v' was. */
static void
set_sender(struct tunnel *t, const struct vector *v,
           const struct layout *layout, const struct tunnel_inner *received)
{
    const uint8_t *ip = v->frame + ETHERNET, *lse = v->frame + layout->stack;
    const uint8_t *udp = v->frame + layout->header;
    bool ipv6 = ip[0] >> 4 == 6;

    tunnel_init(t, "", ipv6, v->key == VECTOR_NONE ? 0 : (uint64_t) v->key);
    mplsudp_config_init(&t->config, v->config.type);
    t->config.entropy = false;
    t->config.payload = v->config.payload;
    t->config.control_word = v->config.control_word;
    t->config.label_tc = lse[2] >> 1 & 7;
    t->config.label_ttl = lse[3];
    if (v->config.type == MPLSUDP_TYPE_UDP) {
        t->config.csum = udp[6] || udp[7];
        t->config.dst_port = (uint16_t) (udp[2] << 8 | udp[3]);
        t->params.fixed_src_port = (uint16_t) (udp[0] << 8 | udp[1]);
    }
    t->params.outer.dont_fragment = !ipv6 && ip[6] & 0x40;
    t->params.outer.ttl = ip[ipv6 ? 7 : 8];
    t->params.outer.tos = (uint8_t) (ipv6 ? ip[0] << 4 | ip[1] >> 4 : ip[1]);
    memcpy(t->params.outer.eth_dst, v->frame, 6);
    memcpy(t->params.outer.eth_src, v->frame + 6, 6);
    memcpy(t->params.outer.ip_src, received->outer.ip.src, 16);
    memcpy(t->params.outer.ip_dst, received->outer.ip.dst, 16);
}

/* Sends what came out again, with the headers' own TTL, TOS and so on, and
 * compares all bytes. */
static void
test_reencode(const struct vector *v, const struct layout *layout,
              const struct tunnel_inner *received)
{
    static struct ref_packet out;
    enum mplsudp_drop verdict;
    struct tunnel t;

    set_sender(&t, v, layout, received);
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
least_body(const struct vector *v, const struct layout *layout)
{
    const uint8_t *start = v->frame + layout->stack;
    size_t stack = stack_size(start);

    if (v->config.payload == MPLSUDP_PAYLOAD_MPLS) {
        return stack;
    }
    switch (v->type) {
    case 0:
        return stack + 14 + (v->config.control_word ? 4 : 0);
    case 0x0800:
        return stack + (size_t) (start[stack] & 15) * 4;
    default:
        return stack + 40;
    }
}

/* Cuts the packet and makes the outer lengths and checksums right. */
static void
test_cut_inner(const struct vector *v, const struct layout *layout)
{
    static struct tunnel_inner received;
    const uint8_t *ip = v->frame + ETHERNET;
    size_t headers = layout->stack - ETHERNET;
    size_t full = ip_length(ip);

    if (full > v->frame_size - ETHERNET || full < headers) {
        return;
    }
    for (size_t n = headers; n < full; n++) {
        uint8_t *copy = unit_copy(ip, n);
        enum mplsudp_drop verdict;

        ref_set_size(copy, n);
        verdict = tunnel_receive(&v->config, copy, n, &received);
        if (v->verdict == MPLSUDP_PASS) {
            unit_number("cut payload passes",
                        n - headers >= least_body(v, layout),
                        verdict == MPLSUDP_PASS);
        }
        free(copy);
    }
}

static void
test_vector(const struct vector *v)
{
    static struct tunnel_inner received;
    struct layout layout;
    bool found = find_parts(v, &layout), passes;

    n_vectors++;
    unit_case("%s", v->name);
    passes = test_decode(v, found ? &layout : NULL, &received);
    if (passes && v->reencode) {
        test_reencode(v, &layout, &received);
    }
    test_cut(v);
    if (found) {
        test_cut_inner(v, &layout);
    }
}

static void
test_file(const char *file)
{
    const char *folder = getenv("MPLSUDP_VECTORS");
    const char *error;
    char name[1024];
    int line;

    snprintf(name, sizeof name, "%s/%s", folder ? folder : MPLSUDP_VECTORS,
             file);
    n_vectors = 0;
    error = vectors_read(name, test_vector, &line);
    unit_case("%s line %d", name, line);
    unit_text("file", NULL, error);
    unit_true("holds vectors", n_vectors > 0);
}

void
test_vectors(void)
{
    test_file("packets.txt");
    test_file("packets-gre-ip.txt");
}
