/* SPDX-License-Identifier: Apache-2.0
 *
 * codec-ring: the packets that codec-labels.c and codec-tunnels.c measure
 * lib/ with.  They are made without lib/, by the unit tests' reference.c. */

#include "codec-bench.h"

#include <string.h>

#include "../unit/reference.h"
#include "inner-packet.h"

enum { CACHE_LINE = 64 };

static uint32_t
noise(void)
{
    static uint32_t state = 1;

    return state = state * 1664525 + 1013904223;
}

void
ring_init(struct ring *ring, size_t size)
{
    /* Of an odd number of cache lines, as DPDK's buffers are, so that the
     * packets do not compete for the same sets of the cache. */
    size_t lines = (BENCH_HEADROOM + size + CACHE_LINE - 1) / CACHE_LINE | 1;
    uint8_t *memory = bench_alloc(BENCH_RING_SIZE * lines * CACHE_LINE);

    for (size_t i = 0; i < BENCH_RING_SIZE; i++) {
        struct ring_packet *p = &ring->packets[i];

        p->data = memory + i * lines * CACHE_LINE + BENCH_HEADROOM;
        p->size = size;
        for (size_t j = 0; j < size; j++) {
            p->data[j] = (uint8_t) (noise() >> 24);
        }
    }
}

/* Appends packet 'i', which fills up a frame of 'frame_size' bytes.  It has no
 * congestion marks, so that no tunnel changes it. */
static void
put_flow(struct ref_packet *p, size_t i, uint8_t version, size_t frame_size)
{
    struct ref_ip ip = {
        .version = version, .ttl = 64, .protocol = i % 3 ? 6 : 17,
        .src = 0x0a000000 + (noise() >> 12), .dst = 0x0a000000 + (uint32_t) i,
        .src_port = (uint16_t) (noise() >> 16), .dst_port = 443,
        .id = (uint16_t) (noise() >> 16), .fragment = 0x4000,
        .body_size = frame_size - ETHERNET_SIZE
                     - (version == 4 ? IPV4_SIZE : IPV6_SIZE)
    };

    ref_put_ip(p, &ip);
}

void
ring_init_flows(struct ring *ring, uint16_t type, size_t frame_size)
{
    size_t size = frame_size - (type ? ETHERNET_SIZE : 0);

    ring_init(ring, size);
    for (size_t i = 0; i < BENCH_RING_SIZE; i++) {
        static struct ref_packet p;
        size_t headers_size;

        p.size = 0;
        if (!type) {
            ref_put_ethernet(&p, 0x020000000000 + i, 0x020000010000,
                             ETHERTYPE_IPV4);
        }
        headers_size = p.size + (type == ETHERTYPE_IPV6 ? IPV6_SIZE
                                                        : IPV4_SIZE) + 4;
        put_flow(&p, i, type == ETHERTYPE_IPV6 ? 6 : 4, frame_size);
        /* Behind addresses and ports the noise stays. */
        memcpy(ring->packets[i].data, p.bytes, headers_size);
    }
}
